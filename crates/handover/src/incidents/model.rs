//! What happens to a device after it was handed over.

use kernel::{
    ApplicationId, DeviceId, HandoverId, IncidentId, Instant, OrganisationId, PersonId,
    ProgrammeId, text_enum,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text_enum! {
    /// What an association reports.
    pub enum IncidentKind {
        /// It does not work any more.
        Broken = "broken",
        /// Nobody needs it any more.
        NotNeeded = "not_needed",
    }
}

text_enum! {
    /// How a report was dealt with.
    pub enum IncidentOutcome {
        /// Repaired, and with the association again.
        Repaired = "repaired",
        /// Another one took its place.
        Replaced = "replaced",
        /// It goes back to the workshop.
        TakenBack = "taken_back",
        /// Nothing was to be done.
        Dismissed = "dismissed",
        /// The city passed it on to another association, which has it in a lot of its own.
        PassedOn = "passed_on",
    }
}

text_enum! {
    /// Whether a report was dealt with.
    pub enum IncidentStatus {
        /// It waits.
        Open = "open",
        /// It was dealt with.
        Closed = "closed",
    }
}

db::text_column!(IncidentKind, IncidentOutcome);

/// A device that was given and does not work, or is not needed any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// How people name it.
    pub reference: String,
    /// Whether it waits.
    pub status: IncidentStatus,
    /// The handover in which the device was given.
    pub handover_id: HandoverId,
    /// How people name the handover.
    pub handover: String,
    /// The programme that gave it.
    pub programme_id: ProgrammeId,
    /// Who has the device, by id.
    pub association_id: OrganisationId,
    /// Who has the device.
    pub association: String,
    /// The workshop that gave it, by id.
    pub workshop_id: Option<OrganisationId>,
    /// The device.
    pub device_id: DeviceId,
    /// Its tag.
    pub tag: String,
    /// Its maker.
    pub manufacturer: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// What is reported.
    pub kind: IncidentKind,
    /// In the association's words.
    pub description: String,
    /// It broke within the guarantee.
    pub guaranteed: bool,
    /// Who reported it.
    pub reported_by: PersonId,
    /// When.
    pub reported_at: Instant,
    /// How it was dealt with; null until then.
    pub outcome: Option<IncidentOutcome>,
    /// What was done, for the association to read.
    pub note: Option<String>,
    /// The device that took its place, by id.
    pub replacement_id: Option<DeviceId>,
    /// The tag of the device that took its place.
    pub replacement: Option<String>,
    /// The lot in which another association has it now: for the city and the workshop. The
    /// association that passed it on is not told whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed_on_to: Option<PassedOnTo>,
    /// When it was dealt with.
    pub closed_at: Option<Instant>,
    /// Grows with every change.
    pub version: i32,
}

/// Who has a device that was passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PassedOnTo {
    /// The handover by which it has it.
    pub handover_id: HandoverId,
    /// How people name the handover.
    pub handover: String,
    /// For which application.
    pub application_id: ApplicationId,
    /// Whose.
    pub association: String,
}

/// The body that reports a device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct NewIncident {
    /// The device, by tag, serial number or id.
    pub device: String,
    /// What is reported.
    pub kind: IncidentKind,
    /// In one's own words.
    pub description: String,
}

/// The body that says how a report was dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct IncidentClosing {
    /// How.
    pub outcome: IncidentOutcome,
    /// What was done and why, for the association to read.
    pub note: String,
    /// With `replaced`: the device in its place, by tag, serial number or id. When absent, the
    /// ready device that is the most like it.
    #[serde(default)]
    pub replacement: Option<String>,
    /// With `passed_on`: the eligible application, of the same programme, that gets the device.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "uuid")]
    pub application: Option<ApplicationId>,
}

/// Which reports to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct IncidentFilter {
    /// In this state.
    pub status: Option<IncidentStatus>,
    /// Of this programme.
    pub programme_id: Option<ProgrammeId>,
    /// Of this handover.
    pub handover_id: Option<HandoverId>,
}
