//! One machine.

use diesel::prelude::*;
use kernel::{
    AccessoryKind, BatchId, DeviceId, DeviceKind, Grade, Instant, OrganisationId, PersonId,
    TransferId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Hardware;

kernel::text_enum! {
    /// What is proven of a device; not what somebody is busy with.
    pub enum Stage {
        /// On a manifest, not seen yet.
        Expected = "expected",
        /// Counted at the dock.
        Received = "received",
        /// Somebody decided what to do with it.
        Triaged = "triaged",
        /// Every drive it was seen with is erased, destroyed or recorded absent.
        Erased = "erased",
        /// Its checks were run; `tests_passed` says how they went.
        Tested = "tested",
        /// Taken apart for a repair.
        InRepair = "in_repair",
        /// Its looks were graded.
        Graded = "graded",
        /// Complete with its kit: may be allocated.
        Ready = "ready",
        /// In the lot of an association.
        Reserved = "reserved",
        /// Given.
        HandedOver = "handed_over",
        /// Came back, not counted in again yet.
        Returned = "returned",
        /// Announced and never seen, or lost.
        Missing = "missing",
        /// Gone to recycling.
        Scrapped = "scrapped",
        /// Taken apart for its parts.
        Parts = "parts",
    }
}

impl Stage {
    /// A workshop works on it: anything but `moved` may still happen here.
    pub const fn in_workshop(self) -> bool {
        matches!(
            self,
            Self::Received
                | Self::Triaged
                | Self::Erased
                | Self::Tested
                | Self::InRepair
                | Self::Graded
                | Self::Ready
        )
    }

    /// What French readers call it.
    pub const fn french(self) -> &'static str {
        match self {
            Self::Expected => "attendu",
            Self::Received => "reçu",
            Self::Triaged => "trié",
            Self::Erased => "effacé",
            Self::Tested => "testé",
            Self::InRepair => "en réparation",
            Self::Graded => "classé",
            Self::Ready => "prêt",
            Self::Reserved => "réservé",
            Self::HandedOver => "remis",
            Self::Returned => "retourné",
            Self::Missing => "manquant",
            Self::Scrapped => "mis au rebut",
            Self::Parts => "démonté pour pièces",
        }
    }
}

kernel::text_enum! {
    /// What triage decided.
    pub enum Triage {
        /// Refurbish it.
        Keep = "keep",
        /// Recycle it.
        Scrap = "scrap",
        /// Take its parts.
        Parts = "parts",
    }
}

/// So many accessories of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KitPart {
    /// Which.
    pub kind: AccessoryKind,
    /// How many.
    pub quantity: i32,
}

/// The accessories that were taken from stock for a device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Kit(pub Vec<KitPart>);

db::text_column!(Stage, Triage);
db::json_column!(Kit);

/// A device, as it is stored. Which values go together is decided in `rules` and backed
/// by the table's constraints.
#[derive(Debug, Clone, PartialEq, Queryable, Insertable)]
#[diesel(table_name = db::schema::devices, treat_none_as_default_value = false)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// The label that the workshop sticks on it.
    pub tag: String,
    /// The maker's serial number; none when it cannot be read.
    pub serial: Option<String>,
    /// The serial number for comparison.
    pub serial_key: Option<String>,
    /// What it is.
    pub kind: DeviceKind,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Where it stands.
    pub stage: Stage,
    /// How it looks.
    pub grade: Option<Grade>,
    /// The batch it came with.
    pub batch_id: BatchId,
    /// Who gave it.
    pub donor_id: OrganisationId,
    /// Who works on it; none before its batch is scheduled.
    pub workshop_id: Option<OrganisationId>,
    /// Its line of the manifest; none for a machine that nobody announced.
    pub manifest_line: Option<i32>,
    /// What the manifest said of it: JSON.
    pub attributes: String,
    /// What the machine said of itself.
    pub hardware: Option<Hardware>,
    /// Where it lies in the workshop.
    pub location: Option<String>,
    /// 1, and one more each time it comes back.
    pub cycle: i32,
    /// Every drive it was seen with in this cycle has its proof.
    pub erasure_proven: bool,
    /// What triage decided.
    pub triage: Option<Triage>,
    /// How the last tests went; none before them, and after a repair.
    pub tests_passed: Option<bool>,
    /// Who ran them.
    pub tested_by: Option<PersonId>,
    /// Who signed the quality check; none when it did not pass, or was voided.
    pub quality_checked_by: Option<PersonId>,
    /// What was taken from stock for it.
    pub kit: Option<Kit>,
    /// Since when it stands there.
    pub stage_at: Instant,
    /// When it was counted at the dock.
    pub received_at: Option<Instant>,
    /// When it became ready.
    pub ready_at: Option<Instant>,
    /// Number of its last event, 0 before the first.
    pub custody_seq: i32,
    /// Hash of its last event, empty before the first; then the seal, where there are keys.
    pub custody_head: Vec<u8>,
    /// What a search looks through.
    pub search_key: String,
    /// One more with each change.
    pub version: i32,
    /// When it last changed.
    pub updated_at: Instant,
    /// Its shipment, while it is under way to another workshop.
    pub transfer_id: Option<TransferId>,
}

/// Begins the seal of a device whose log was written before there were keys.
pub const SEALED_AT_UPGRADE: u8 = 1;
/// Bytes of a hash.
const HASH: usize = 32;

impl Device {
    /// A machine that nobody announced, about to be counted.
    pub fn unannounced(
        id: DeviceId,
        tag: String,
        kind: DeviceKind,
        batch_id: BatchId,
        donor_id: OrganisationId,
        now: Instant,
    ) -> Self {
        Self {
            id,
            tag,
            serial: None,
            serial_key: None,
            kind,
            manufacturer: None,
            model: None,
            stage: Stage::Expected,
            grade: None,
            batch_id,
            donor_id,
            workshop_id: None,
            manifest_line: None,
            attributes: "{}".to_owned(),
            hardware: None,
            location: None,
            cycle: 1,
            erasure_proven: false,
            triage: None,
            tests_passed: None,
            tested_by: None,
            quality_checked_by: None,
            kit: None,
            stage_at: now,
            received_at: None,
            ready_at: None,
            custody_seq: 0,
            custody_head: Vec::new(),
            search_key: String::new(),
            version: 1,
            updated_at: now,
            transfer_id: None,
        }
    }

    /// It is somewhere: not missing, not scrapped, not taken apart.
    pub const fn is_live(&self) -> bool {
        !matches!(self.stage, Stage::Missing | Stage::Scrapped | Stage::Parts)
    }

    /// Another device turned out to be this one, which had been announced and has not come: nothing
    /// is left here but the log.
    pub fn is_merged(&self) -> bool {
        self.stage == Stage::Missing && self.manifest_line.is_none() && self.received_at.is_none()
    }

    /// Whether no line of its log says all its columns: it has none, or they are older.
    pub fn is_untold(&self) -> bool {
        self.custody_seal()
            .is_none_or(|seal| seal.first() == Some(&SEALED_AT_UPGRADE) && seal.len() == 33)
    }

    /// Hash of its last event, empty before the first.
    pub fn custody_hash(&self) -> &[u8] {
        self.custody_head.get(..HASH).unwrap_or(&self.custody_head)
    }

    /// HMAC over its columns and the end of its log.
    pub fn custody_seal(&self) -> Option<&[u8]> {
        self.custody_head
            .get(HASH..)
            .filter(|seal| !seal.is_empty())
    }

    /// The tag and, when it has one, the serial number: how a person recognizes it.
    pub fn name(&self) -> String {
        match &self.serial {
            Some(serial) => format!("{} ({serial})", self.tag),
            None => self.tag.clone(),
        }
    }
}
