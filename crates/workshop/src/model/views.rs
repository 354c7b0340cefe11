//! What the API takes and answers.

use diesel::prelude::*;
use kernel::{
    AccessoryKind, ApiKeyId, ApplicationId, BatchId, Code, CustodyEventId, DeviceId, DeviceKind,
    Grade, Instant, OrganisationId, PersonId, Text, TransferId, WaveId,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{AcceptedAs, Device, Doubt, Drive, Hardware, Kit, Media, Proof, Stage, Triage};

/// A device, with all that is known of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs)] // named as in `Device`
pub struct DeviceView {
    pub id: DeviceId,
    pub tag: String,
    pub serial: Option<String>,
    pub kind: DeviceKind,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub stage: Stage,
    pub stage_at: Instant,
    pub grade: Option<Grade>,
    pub batch_id: BatchId,
    pub donor_id: OrganisationId,
    pub workshop_id: Option<OrganisationId>,
    /// Line of the manifest; null for a machine that nobody announced.
    pub manifest_line: Option<i32>,
    /// What the manifest said of it.
    #[schema(value_type = Object)]
    pub attributes: Box<RawValue>,
    /// What the machine said of itself.
    pub hardware: Option<Hardware>,
    /// The drives it was seen with in this cycle.
    pub drives: Vec<DriveView>,
    /// Every one of them has its proof.
    pub erasure_proven: bool,
    pub triage: Option<Triage>,
    pub tests_passed: Option<bool>,
    /// Somebody other than who tested it signed.
    pub quality_checked: bool,
    /// The accessories taken from stock for it.
    pub kit: Option<Kit>,
    pub location: Option<String>,
    /// The shipment with which it is under way to another workshop.
    pub transfer_id: Option<TransferId>,
    /// 1, and one more each time it comes back.
    pub cycle: i32,
    pub received_at: Option<Instant>,
    pub ready_at: Option<Instant>,
    pub updated_at: Instant,
    pub version: i32,
}

/// A device as a list shows it.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = db::schema::devices)]
#[allow(missing_docs)] // named as in `DeviceView`
pub struct DeviceItem {
    pub id: DeviceId,
    pub tag: String,
    pub serial: Option<String>,
    pub kind: DeviceKind,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub stage: Stage,
    pub stage_at: Instant,
    pub grade: Option<Grade>,
    pub batch_id: BatchId,
    pub donor_id: OrganisationId,
    pub workshop_id: Option<OrganisationId>,
    pub manifest_line: Option<i32>,
    pub erasure_proven: bool,
    pub triage: Option<Triage>,
    pub tests_passed: Option<bool>,
    pub location: Option<String>,
    pub transfer_id: Option<TransferId>,
    pub cycle: i32,
    pub received_at: Option<Instant>,
    pub ready_at: Option<Instant>,
    pub updated_at: Instant,
    pub version: i32,
}

/// A drive of a device.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs)] // named as in `Drive`
pub struct DriveView {
    pub serial: Option<String>,
    pub media: Media,
    pub model: Option<String>,
    pub size_bytes: Option<i64>,
    /// Its data is proven gone.
    pub proven: bool,
    /// How, or what keeps it from being proven.
    pub proof: Option<Proof>,
    /// Why it is not proven, where something was said about it. The dates that they speak of are
    /// `proof.at` and the device's `received_at`.
    pub doubts: Vec<Doubt>,
    /// What one person proposed to accept, and another may confirm.
    pub proposed: Option<AcceptedAs>,
    pub seen_at: Instant,
}

impl From<Drive> for DriveView {
    fn from(drive: Drive) -> Self {
        let proof = drive.proof.as_ref().filter(|_| !drive.proven);
        let grounds = proof.map_or(&[][..], |proof| &proof.grounds);
        Self {
            doubts: grounds.iter().copied().map(Doubt::from).collect(),
            proposed: drive
                .history
                .review
                .as_ref()
                .map(|review| review.accepted_as),
            serial: drive.serial,
            media: drive.media,
            model: drive.model,
            size_bytes: drive.size_bytes,
            proven: drive.proven,
            proof: drive.proof,
            seen_at: drive.seen_at,
        }
    }
}

/// JSON that is passed on without taking it apart.
pub(crate) fn as_stored(json: String) -> Box<RawValue> {
    RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

impl DeviceView {
    /// Puts a device and its drives together.
    pub fn new(device: Device, drives: Vec<Drive>) -> Self {
        Self {
            id: device.id,
            tag: device.tag,
            serial: device.serial,
            kind: device.kind,
            manufacturer: device.manufacturer,
            model: device.model,
            stage: device.stage,
            stage_at: device.stage_at,
            grade: device.grade,
            batch_id: device.batch_id,
            donor_id: device.donor_id,
            workshop_id: device.workshop_id,
            manifest_line: device.manifest_line,
            attributes: as_stored(device.attributes),
            hardware: device.hardware,
            drives: drives.into_iter().map(DriveView::from).collect(),
            erasure_proven: device.erasure_proven,
            triage: device.triage,
            tests_passed: device.tests_passed,
            quality_checked: device.quality_checked_by.is_some(),
            kit: device.kit,
            location: device.location,
            transfer_id: device.transfer_id,
            cycle: device.cycle,
            received_at: device.received_at,
            ready_at: device.ready_at,
            updated_at: device.updated_at,
            version: device.version,
        }
    }
}

impl From<&DeviceView> for DeviceItem {
    fn from(device: &DeviceView) -> Self {
        Self {
            id: device.id,
            tag: device.tag.clone(),
            serial: device.serial.clone(),
            kind: device.kind,
            manufacturer: device.manufacturer.clone(),
            model: device.model.clone(),
            stage: device.stage,
            stage_at: device.stage_at,
            grade: device.grade,
            batch_id: device.batch_id,
            donor_id: device.donor_id,
            workshop_id: device.workshop_id,
            manifest_line: device.manifest_line,
            erasure_proven: device.erasure_proven,
            triage: device.triage,
            tests_passed: device.tests_passed,
            location: device.location.clone(),
            transfer_id: device.transfer_id,
            cycle: device.cycle,
            received_at: device.received_at,
            ready_at: device.ready_at,
            updated_at: device.updated_at,
            version: device.version,
        }
    }
}

/// A line of a device's custody log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventView {
    /// Its number in the device's log, from 1.
    pub seq: i32,
    /// Its id.
    pub id: CustodyEventId,
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: String,
    /// When, as the person said.
    pub at: Instant,
    /// When we were told.
    pub recorded_at: Instant,
    /// Who, or whoever made the machine's key; told to the city and the workshop only.
    pub actor_id: Option<PersonId>,
    /// For whom.
    pub organisation_id: OrganisationId,
    /// The machine's key that logged it, if it was one.
    pub api_key_id: Option<ApiKeyId>,
    /// Who stood at the machine, where that was proven; told to the city and the workshop only.
    pub operated_by: Option<PersonId>,
    /// The stage before.
    pub from_stage: Stage,
    /// The stage after.
    pub to_stage: Stage,
    /// The sender's own number of the line.
    pub client_id: Option<String>,
    /// The event's fields, byte for byte as they were hashed.
    #[schema(value_type = Object)]
    pub evidence: Box<RawValue>,
    /// A remark.
    pub note: Option<String>,
    /// Hash of the line before, in hexadecimal; empty for the first.
    pub prev_hash: String,
    /// Hash of this line over the one before.
    pub hash: String,
}

/// What became of a line of a list of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventOutcome {
    /// Done now.
    Applied,
    /// Done before; nothing changed.
    AlreadyApplied,
    /// Not done; `code` and `detail` say why.
    Refused,
}

/// How the checks of a test compare with the template of the device's kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChecksReport {
    /// Expected by the template, and not answered with `pass` or `fail`.
    pub left_out: Vec<String>,
    /// Answered, and not in the template.
    pub additional: Vec<String>,
}

/// The device after a step.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Recorded {
    /// The device as it is now.
    #[serde(flatten)]
    pub device: DeviceView,
    /// `applied`, or `already_applied` when this was sent before.
    pub status: EventOutcome,
    /// After a test: how its checks compare with the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checks: Option<ChecksReport>,
}

/// The verdict on one line of a list. `detail` is turned into the reader's language by
/// the API.
#[derive(Debug, Clone)]
pub struct EventResult {
    /// The sender's own number of the line.
    pub client_id: Option<String>,
    /// The verdict.
    pub status: EventOutcome,
    /// Why it is refused.
    pub code: Option<Code>,
    /// Why, in a sentence.
    pub detail: Option<Text>,
    /// The device, when it was found.
    pub device_id: Option<DeviceId>,
    /// Where it stands now.
    pub stage: Option<Stage>,
    /// Tags of devices that were meant perhaps, where none was found.
    pub near: Vec<String>,
    /// After a test: what the template of its kind expects and the test left out.
    pub left_out: Vec<String>,
}

/// The answer to a list of events, in the order in which they were sent.
#[derive(Debug, Clone)]
pub struct BulkAnswer {
    /// A verdict each.
    pub results: Vec<EventResult>,
}

/// A device by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRef {
    /// Its id.
    pub id: DeviceId,
    /// Its tag.
    pub tag: String,
    /// Its serial number.
    pub serial: Option<String>,
}

/// For whom a device is reserved: goes into the custody log.
#[derive(Debug, Clone, Serialize)]
pub struct ReservationRef {
    /// The wave.
    pub wave: WaveId,
    /// Its name.
    pub wave_name: String,
    /// The application that is granted.
    pub application: ApplicationId,
    /// Of which association.
    pub association_name: String,
}

/// The count of an accessory.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccessoryCountView {
    /// Which.
    pub kind: AccessoryKind,
    /// How many are there.
    pub quantity: i32,
}

/// The counted stock of a workshop.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccessoryStock {
    /// Whose.
    pub workshop_id: OrganisationId,
    /// Every kind, also those of which there is none.
    pub items: Vec<AccessoryCountView>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// A change of the counted stock.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct StockChange {
    /// Which accessory.
    pub kind: AccessoryKind,
    /// How many more; negative for fewer.
    pub delta: i32,
    /// Why.
    pub reason: String,
}
