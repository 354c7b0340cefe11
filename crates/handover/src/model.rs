//! The delivery of a lot: when, where, to whom, device by device.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use kernel::{
    ApplicationId, DeviceKind, HandoverId, HandoverSlotId, Instant, OrganisationId, PersonId,
    WaveId, text_enum,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::loans::{Loan, LoanFilter};

text_enum! {
    /// Where a handover stands.
    pub enum HandoverStatus {
        /// The lot is reserved, nothing is agreed.
        Planned = "planned",
        /// It has an appointment.
        Scheduled = "scheduled",
        /// The lot was signed for, every device scanned.
        Completed = "completed",
        /// Nobody came, or it could not take place.
        Missed = "missed",
        /// The wave was called off.
        Cancelled = "cancelled",
    }
}

db::text_column!(HandoverStatus);

/// A row of the table `handovers`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = db::schema::handovers, treat_none_as_default_value = false)]
#[allow(missing_docs)] // the columns' meaning stands in the migration
pub struct Handover {
    pub id: HandoverId,
    pub reference: String,
    pub wave_id: WaveId,
    pub application_id: ApplicationId,
    pub association_id: OrganisationId,
    pub workshop_id: Option<OrganisationId>,
    pub status: HandoverStatus,
    pub devices: i32,
    pub appointment_from: Option<Instant>,
    pub appointment_to: Option<Instant>,
    pub place: Option<String>,
    pub sequence: i32,
    pub recipient_name: Option<String>,
    pub signature: Option<String>,
    pub reason: Option<String>,
    pub completed_by: Option<PersonId>,
    pub completed_at: Option<Instant>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub signature_sha256: Option<String>,
    pub signature_waived: Option<String>,
    pub collector: Option<String>,
    pub collector_named_by: Option<PersonId>,
    pub collector_named_at: Option<Instant>,
    pub allowed_reason: Option<String>,
    pub allowed_by: Option<PersonId>,
    pub allowed_at: Option<Instant>,
    pub slot_id: Option<HandoverSlotId>,
}

/// A handover, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandoverView {
    /// Its id.
    pub id: HandoverId,
    /// How people name it.
    pub reference: String,
    /// Where it stands.
    pub status: HandoverStatus,
    /// Of which wave.
    pub wave_id: WaveId,
    /// The wave's name.
    pub wave: String,
    /// For which application.
    pub application_id: ApplicationId,
    /// How people name the application.
    pub application: String,
    /// For whom, by id.
    pub association_id: OrganisationId,
    /// For whom.
    pub association: String,
    /// The workshop that keeps the lot, by id.
    pub workshop_id: Option<OrganisationId>,
    /// The workshop that keeps the lot.
    pub workshop: Option<String>,
    /// How many devices the lot has.
    pub devices: i32,
    /// When it begins.
    pub from: Option<Instant>,
    /// When it ends.
    pub to: Option<Instant>,
    /// Where.
    pub place: Option<String>,
    /// The slot that the appointment takes; none for one that was set by hand.
    pub slot_id: Option<HandoverSlotId>,
    /// Who received the lot.
    pub recipient_name: Option<String>,
    /// Whether a signature was taken.
    pub signed: bool,
    /// The signature itself, as it was taken; only when a single handover is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// SHA-256 of the signature as it was taken.
    pub signature_sha256: Option<String>,
    /// Why the lot was handed over without a signature.
    pub signature_waived: Option<String>,
    /// Who collects it, as the association named them beforehand.
    pub collector: Option<String>,
    /// Why the city has it handed over although the association is suspended.
    pub allowed_reason: Option<String>,
    /// Why it was missed or called off.
    pub reason: Option<String>,
    /// When it was completed.
    pub completed_at: Option<Instant>,
    /// Grows with every change.
    pub version: i32,
    /// For a lot that is lent and was handed over: when it is due back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loan: Option<Loan>,
    /// The devices of the lot; only when a single handover is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<Vec<LotItem>>,
    /// Devices of the lot that went on to another association; only when a single handover is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed_on: Option<Vec<PassedItem>>,
    /// The lot is a device that another association did not need any more.
    pub from_another: bool,
}

/// A device that was of a lot, and serves with another association now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PassedItem {
    /// The device.
    #[serde(flatten)]
    pub item: LotItem,
    /// When it was passed on.
    pub passed_on_at: Instant,
}

/// A device of a lot, as the one who hands it over needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LotItem {
    /// Its tag.
    pub tag: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// What it is.
    pub kind: DeviceKind,
    /// Its maker.
    pub manufacturer: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Where it stands in the workshop.
    pub location: Option<String>,
}

/// The body that gives a handover its appointment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct HandoverSchedule {
    /// Begins.
    pub from: Instant,
    /// Ends.
    pub to: Instant,
    /// Where.
    pub place: String,
}

/// The body that completes a handover.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Completion {
    /// Who receives the lot, for the association.
    pub recipient_name: String,
    /// Every device of the lot, by tag, serial number or id, as it was scanned.
    pub devices: Vec<String>,
    /// The signature for the whole lot: a drawn one as a `data:` URL of an image, or the name
    /// that was typed for one.
    pub signature: Option<String>,
    /// In its place: why there is none.
    pub signature_waived: Option<Waived>,
}

/// A signature that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Waived {
    /// Why. Whoever completes the handover answers for it.
    pub reason: String,
}

/// Who collects a lot for the association.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Collector {
    /// Their name; empty to take it back.
    pub name: String,
}

/// A device that was logged as handed over and was not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct NotGiven {
    /// The device, by tag, serial number or id.
    pub device: String,
    /// The device that was given in its place, if one was: by tag, serial number or id.
    pub instead: Option<String>,
    /// Why it is corrected.
    pub reason: String,
}

/// The body that says why a handover did not take place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Missed {
    /// Why.
    pub reason: String,
}

/// The body that replaces a device of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct DeviceFailure {
    /// The device, by tag, serial number or id.
    pub device: String,
    /// What is wrong with it; the workshop reads it.
    pub reason: String,
}

/// A device that took another's place in a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Replacement {
    /// The tag of the device that failed.
    pub failed: String,
    /// The device in its place.
    pub replacement: LotItem,
    /// The handover with its lot as it is now.
    pub handover: HandoverView,
}

/// A lot that came back and is offered to the next in the order.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PassedOn {
    /// The handover that was called off.
    pub handover: HandoverView,
    /// The wave that continues the plan on these devices, to be submitted and approved.
    pub wave: allocation::ProposalView,
}

/// Which handovers to list.
#[derive(Debug, Clone, Default)]
pub struct HandoverFilter {
    /// Of this wave.
    pub wave_id: Option<WaveId>,
    /// In this state.
    pub status: Option<HandoverStatus>,
    /// For this application.
    pub application_id: Option<ApplicationId>,
    /// Completed from one moment on until another.
    pub completed: Option<(Instant, Instant)>,
    /// For associations of this postal code.
    pub postal_code: Option<String>,
    /// For associations that work on this.
    pub theme: Option<kernel::Theme>,
    /// Lent, and where the loan stands at a moment.
    pub loan: Option<(LoanFilter, Instant)>,
}

/// What a lot holds, by kind.
pub(crate) fn by_kind(lot: &[LotItem]) -> BTreeMap<DeviceKind, u64> {
    let mut counts: HashMap<DeviceKind, u64> = HashMap::new();
    for item in lot {
        *counts.entry(item.kind).or_default() += 1;
    }
    counts.into_iter().collect()
}
