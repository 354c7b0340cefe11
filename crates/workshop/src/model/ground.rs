//! Why a statement about a drive proves nothing by itself.

use kernel::Text;
use serde::Serialize;
use utoipa::ToSchema;

kernel::text_enum! {
    /// Why a statement about a drive's data is no proof by itself.
    pub enum Ground {
        /// The tool, or the person, says that it failed.
        ReportedFailure = "reported_failure",
        /// A line of the log says so, whatever its summary says.
        FailureLine = "failure_line",
        /// Errors were counted.
        Errors = "errors",
        /// The row of the drive is marked in a summary.
        MarkedRow = "marked_row",
        /// Hidden sectors, or an area that could not be read.
        HiddenArea = "hidden_area",
        /// Fewer bytes were erased than the drive has.
        NotAllErased = "not_all_erased",
        /// Sectors failed, or were reallocated and not reached.
        SectorsLeft = "sectors_left",
        /// A partition or a volume was erased, not the drive.
        Partition = "partition",
        /// The capacity erased is not the drive's.
        CapacityMismatch = "capacity_mismatch",
        /// It was only verified, not erased.
        VerificationOnly = "verification_only",
        /// The log does not show the check that proves the command.
        VerificationMissing = "verification_missing",
        /// The report says that its integrity is not valid.
        IntegrityInvalid = "integrity_invalid",
        /// A part of it failed.
        NestedFailure = "nested_failure",
        /// It took no time, or wrote nothing.
        NothingDone = "nothing_done",
        /// It was interrupted, or had not ended.
        Unfinished = "unfinished",
        /// The report does not say when.
        Undated = "undated",
        /// It ended before the device was received.
        BeforeReception = "before_reception",
        /// It ended in times to come.
        InFuture = "in_future",
        /// Overwriting proves nothing on this medium.
        Overwritten = "overwritten",
        /// The attached report that it names says otherwise.
        ReportContradicts = "report_contradicts",
        /// Nobody has compared the reader of this tool's reports with the tool's manual or with
        /// a report of it.
        LayoutUnverified = "layout_unverified",
    }
}

kernel::text_enum! {
    /// As what two people accept a statement that proves nothing by itself.
    pub enum AcceptedAs {
        /// The warning of hidden sectors was false.
        HiddenAreaFalseAlarm = "hidden_area_false_alarm",
        /// The clock of the erasure station was wrong.
        WrongClock = "wrong_clock",
        /// The drive is not in the machine, though the machine was seen with it.
        AbsentConfirmed = "absent_confirmed",
        /// The report says what the program read in it: both people read it themselves.
        LayoutConfirmed = "layout_confirmed",
    }
}

impl Ground {
    /// Whether it says that data may still be there, and so voids an earlier success. The others
    /// only prove nothing.
    pub const fn speaks_against(self) -> bool {
        !matches!(
            self,
            Self::Partition
                | Self::VerificationOnly
                | Self::VerificationMissing
                | Self::Undated
                | Self::BeforeReception
                | Self::InFuture
                | Self::Overwritten
                | Self::ReportContradicts
                | Self::LayoutUnverified
        )
    }

    /// As what two people may accept it; most grounds they may not.
    pub const fn acceptable(self) -> Option<AcceptedAs> {
        match self {
            Self::HiddenArea => Some(AcceptedAs::HiddenAreaFalseAlarm),
            Self::Undated | Self::BeforeReception | Self::InFuture => Some(AcceptedAs::WrongClock),
            Self::LayoutUnverified => Some(AcceptedAs::LayoutConfirmed),
            _ => None,
        }
    }

    /// For a person.
    pub fn text(self) -> Text {
        let (fr, en) = self.words();
        Text::new(fr, en)
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ReportedFailure => ("L'effacement a échoué.", "The erasure failed."),
            Self::FailureLine => (
                "Une ligne du journal signale un échec sur ce disque.",
                "A line of the log reports a failure on this drive.",
            ),
            Self::Errors => ("Des erreurs ont été comptées.", "Errors were counted."),
            Self::MarkedRow => (
                "Le tableau de l'outil marque ce disque.",
                "The tool's table marks this drive.",
            ),
            Self::HiddenArea => (
                "Des secteurs cachés sont signalés, ou n'ont pas pu être exclus : à vérifier.",
                "Hidden sectors are reported, or could not be ruled out: have a look.",
            ),
            Self::NotAllErased => (
                "Le disque n'a pas été effacé en entier.",
                "Not all of the drive was erased.",
            ),
            Self::SectorsLeft => (
                "Des secteurs n'ont pas été atteints.",
                "Sectors were not reached.",
            ),
            Self::Partition => (
                "Une partition a été effacée, pas le disque.",
                "A partition was erased, not the drive.",
            ),
            Self::CapacityMismatch => (
                "La capacité effacée n'est pas celle du disque.",
                "The capacity erased is not the drive's.",
            ),
            Self::VerificationOnly => (
                "Le disque a été vérifié, pas effacé.",
                "The drive was verified, not erased.",
            ),
            Self::VerificationMissing => (
                "Le journal ne montre pas le contrôle qui prouve cette commande.",
                "The log does not show the check that proves this command.",
            ),
            Self::IntegrityInvalid => (
                "Le rapport dit que son intégrité n'est pas valide.",
                "The report says that its integrity is not valid.",
            ),
            Self::NestedFailure => (
                "Une partie de l'effacement a échoué.",
                "A part of the erasure failed.",
            ),
            Self::NothingDone => (
                "Durée ou débit nuls : rien n'a été écrit.",
                "No duration or no throughput: nothing was written.",
            ),
            Self::Unfinished => (
                "L'effacement a été interrompu ou n'était pas terminé.",
                "The erasure was interrupted or had not ended.",
            ),
            Self::Undated => (
                "Le rapport ne dit pas quand l'effacement s'est terminé.",
                "The report does not say when the erasure ended.",
            ),
            Self::BeforeReception => (
                "L'effacement est daté d'avant la réception de l'appareil.",
                "The erasure is dated before the device was received.",
            ),
            Self::InFuture => (
                "L'effacement est daté du futur.",
                "The erasure is dated in the future.",
            ),
            Self::Overwritten => (
                "L'écrasement ne prouve rien sur ce support.",
                "Overwriting proves nothing on this medium.",
            ),
            Self::ReportContradicts => (
                "Le rapport joint dit autre chose.",
                "The attached report says otherwise.",
            ),
            Self::LayoutUnverified => (
                "La présentation des rapports de cet outil n'a pas été vérifiée : lisez-le vous-mêmes.",
                "The layout of this tool's reports was not verified: read it yourselves.",
            ),
        }
    }
}

/// A ground with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Doubt {
    /// Which.
    pub ground: Ground,
    /// For a person.
    #[schema(value_type = Object)]
    pub detail: Text,
}

impl From<Ground> for Doubt {
    fn from(ground: Ground) -> Self {
        Self {
            ground,
            detail: ground.text(),
        }
    }
}

kernel::text_enum! {
    /// What became of the signature or fingerprint of a report.
    pub enum Integrity {
        /// The tool puts none on its reports.
        None = "none",
        /// The report carries one, which nobody but its maker can verify.
        NotVerified = "not_verified",
    }
}
