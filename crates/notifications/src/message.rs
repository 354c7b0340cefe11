//! Every message that the program sends: what it says, as plain values. Who hears it is
//! decided by the domain that pushes it, and stands in the table of this crate's README.

use kernel::{Instant, Language, PersonId};
use serde::{Deserialize, Serialize};

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The person, when there is an account.
    pub person: Option<PersonId>,
    /// Where to.
    pub email: String,
    /// How they are addressed.
    pub name: String,
    /// In which language.
    pub language: Language,
}

/// So many of a kind, in words of both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// Such as « 20 ordinateurs fixes ».
    pub fr: String,
    /// Such as "20 desktop computers".
    pub en: String,
}

impl Quantity {
    /// Writes out a number of machines.
    pub fn of(kind: kernel::DeviceKind, count: u64) -> Self {
        Self {
            fr: format!("{count} {}", kind.french(count)),
            en: format!("{count} {}", kind.english(count)),
        }
    }
}

/// An item that staff ask to be changed in an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeItem {
    /// Which field, as the form names it.
    pub field: String,
    /// Why, and what to do.
    pub message: String,
}

/// A calendar entry that travels with a message. The same `uid` with a higher
/// `sequence` moves an earlier one (RFC 5545).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Names the entry for good.
    pub uid: String,
    /// 0, and one more each time it moves.
    pub sequence: i32,
    /// Begins.
    pub from: Instant,
    /// Ends.
    pub to: Instant,
    /// Where.
    pub place: String,
    /// True when the entry is called off.
    pub cancelled: bool,
}

/// A message. Each variant has its templates: `<kind>.<language>.txt` and `.html`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs)] // the fields are the template's words
pub enum Message {
    /// To a person invited by an administrator: sets the password.
    Invitation {
        organisation: String,
        token: String,
        expires_at: Instant,
    },
    /// To an association that registered itself: confirms the address, sets the password.
    RegistrationReceived {
        organisation: String,
        token: String,
        expires_at: Instant,
    },
    /// To the association: its identity was verified.
    AssociationVerified { organisation: String },
    /// To staff: somebody registers an association that is there already.
    RegistrationTwice {
        organisation: String,
        association: String,
        person: String,
        email: String,
    },
    /// To the people of an organization that is suspended.
    OrganisationSuspended {
        organisation: String,
        reason: String,
    },

    /// To staff: a donor submitted a batch.
    BatchSubmitted {
        reference: String,
        title: String,
        donor: String,
        quantities: Vec<Quantity>,
    },
    /// To the donor.
    BatchAccepted { reference: String, title: String },
    /// To the donor.
    BatchRefused {
        reference: String,
        title: String,
        reason: String,
    },
    /// To the donor and the workshop; takes the pickup out of their calendars.
    BatchCancelled {
        reference: String,
        title: String,
        reason: String,
        #[serde(default)]
        appointment: Option<Appointment>,
    },
    /// To the donor and the workshop: when the batch is picked up.
    PickupScheduled {
        reference: String,
        title: String,
        donor: String,
        workshop: String,
        contact_name: String,
        contact_phone: String,
        /// They knew of it at another time or place.
        #[serde(default)]
        moved: bool,
        appointment: Appointment,
    },
    /// To the donor: the truck left.
    BatchCollected {
        reference: String,
        title: String,
        pallets: Option<i32>,
        weight_kg: Option<String>,
    },
    /// To each person of the donor: counted against the manifest; a link to confirm or
    /// contest.
    BatchClosed {
        reference: String,
        title: String,
        expected: i64,
        received: i64,
        missing: i64,
        unexpected: i64,
        #[serde(default)]
        token: String,
        #[serde(default)]
        answer_until: Option<Instant>,
    },
    /// To staff and the workshop: the donor does not agree with the count.
    ReceptionContested {
        reference: String,
        title: String,
        donor: String,
        comment: String,
    },

    /// To the association: the acknowledgement of its application, with the legal mentions.
    ApplicationReceived {
        reference: String,
        programme: String,
        association: String,
        submitted_at: Instant,
        silence_at: Instant,
        requests: Vec<Quantity>,
        /// What the decision still waits for, in both languages.
        #[serde(default)]
        missing: Vec<Quantity>,
        /// Staff filled it in on behalf of the association.
        #[serde(default)]
        assisted: bool,
    },
    /// To staff: an application is there to review.
    ApplicationToReview {
        reference: String,
        programme: String,
        association: String,
    },
    /// To the association.
    ChangesRequested {
        reference: String,
        programme: String,
        items: Vec<ChangeItem>,
    },
    /// To the association.
    ApplicationWithdrawn {
        reference: String,
        programme: String,
    },
    /// To the association: eligible, with its score in points.
    ApplicationEligible {
        reference: String,
        programme: String,
        score: String,
    },
    /// To the association: not eligible, with the reasons and the ways to appeal.
    ApplicationIneligible {
        reference: String,
        programme: String,
        reasons: Vec<String>,
    },

    /// To the association: a draft has to be submitted, or changes to be made, by a day.
    ApplicationReminder {
        reference: String,
        programme: String,
        /// `deadline` or `changes`.
        about: String,
        /// The deadline, or when changes were requested.
        day: Instant,
    },
    /// To staff: silence is about to decide.
    SilenceNear {
        reference: String,
        programme: String,
        association: String,
        silence_at: Instant,
    },
    /// To the association: silence has decided, with the ways to appeal.
    SilenceDecided {
        reference: String,
        programme: String,
        silence_at: Instant,
    },
    /// To the association: the acknowledgement of its appeal.
    AppealReceived {
        reference: String,
        application: String,
        programme: String,
        filed_at: Instant,
        silence_at: Instant,
    },
    /// To staff but who decided before: an appeal waits.
    AppealToReview {
        reference: String,
        application: String,
        programme: String,
        association: String,
    },
    /// To the association: how its appeal was decided, and why.
    AppealDecided {
        reference: String,
        application: String,
        programme: String,
        overturned: bool,
        reasons: Vec<String>,
    },

    /// To staff other than who submitted it: a wave waits for approval.
    WaveToApprove {
        wave: String,
        programme: String,
        submitted_by: String,
        associations: i64,
        devices: i64,
    },
    /// To who submitted it.
    WaveRejected {
        wave: String,
        programme: String,
        reason: String,
    },
    /// To an association that receives something: how many, why, and its right to the rules.
    LotGranted {
        reference: String,
        wave: String,
        programme: String,
        association: String,
        granted: Vec<Quantity>,
        /// What it is worth.
        value: Quantity,
        score: String,
        rank: i64,
        of: i64,
    },
    /// To an association whose turn did not come in this wave.
    LotNotGranted {
        reference: String,
        wave: String,
        programme: String,
        association: String,
        score: String,
        rank: i64,
        of: i64,
        reason: Quantity,
    },
    /// To the association, when an approved wave is called off.
    LotReleased {
        reference: String,
        wave: String,
        reason: String,
    },
    /// To the workshop: devices to put aside.
    PickingList {
        wave: String,
        programme: String,
        lots: i64,
        devices: i64,
    },
    /// To the association and the workshop: when the lot is handed over.
    HandoverScheduled {
        reference: String,
        association: String,
        granted: Vec<Quantity>,
        appointment: Appointment,
    },
    /// To the association: the lot was handed over.
    HandoverCompleted {
        reference: String,
        association: String,
        devices: i64,
        recipient_name: String,
    },
    /// To the association and staff: nobody came.
    HandoverMissed {
        reference: String,
        association: String,
        reason: String,
    },
}

impl Message {
    /// The stable name of this message, as in the JSON and in the names of its templates.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Invitation { .. } => "invitation",
            Self::RegistrationReceived { .. } => "registration_received",
            Self::AssociationVerified { .. } => "association_verified",
            Self::RegistrationTwice { .. } => "registration_twice",
            Self::OrganisationSuspended { .. } => "organisation_suspended",
            Self::BatchSubmitted { .. } => "batch_submitted",
            Self::BatchAccepted { .. } => "batch_accepted",
            Self::BatchRefused { .. } => "batch_refused",
            Self::BatchCancelled { .. } => "batch_cancelled",
            Self::PickupScheduled { .. } => "pickup_scheduled",
            Self::BatchCollected { .. } => "batch_collected",
            Self::BatchClosed { .. } => "batch_closed",
            Self::ReceptionContested { .. } => "reception_contested",
            Self::ApplicationReceived { .. } => "application_received",
            Self::ApplicationToReview { .. } => "application_to_review",
            Self::ChangesRequested { .. } => "changes_requested",
            Self::ApplicationWithdrawn { .. } => "application_withdrawn",
            Self::ApplicationEligible { .. } => "application_eligible",
            Self::ApplicationIneligible { .. } => "application_ineligible",
            Self::ApplicationReminder { .. } => "application_reminder",
            Self::SilenceNear { .. } => "silence_near",
            Self::SilenceDecided { .. } => "silence_decided",
            Self::AppealReceived { .. } => "appeal_received",
            Self::AppealToReview { .. } => "appeal_to_review",
            Self::AppealDecided { .. } => "appeal_decided",
            Self::WaveToApprove { .. } => "wave_to_approve",
            Self::WaveRejected { .. } => "wave_rejected",
            Self::LotGranted { .. } => "lot_granted",
            Self::LotNotGranted { .. } => "lot_not_granted",
            Self::LotReleased { .. } => "lot_released",
            Self::PickingList { .. } => "picking_list",
            Self::HandoverScheduled { .. } => "handover_scheduled",
            Self::HandoverCompleted { .. } => "handover_completed",
            Self::HandoverMissed { .. } => "handover_missed",
        }
    }

    /// The calendar entry that travels with it.
    pub const fn appointment(&self) -> Option<&Appointment> {
        match self {
            Self::PickupScheduled { appointment, .. }
            | Self::HandoverScheduled { appointment, .. } => Some(appointment),
            Self::BatchCancelled { appointment, .. } => appointment.as_ref(),
            _ => None,
        }
    }

    /// Blanks what lets somebody in: once the mail has left, nobody needs it here.
    pub(crate) fn forget_token(&mut self) {
        if let Self::Invitation { token, .. }
        | Self::RegistrationReceived { token, .. }
        | Self::BatchClosed { token, .. } = self
        {
            token.clear();
        }
    }
}
