//! What the API takes and answers.

use kernel::{
    AccessoryKind, ApplicationId, BatchId, Code, CustodyEventId, DeviceId, DeviceKind, Grade,
    Instant, OrganisationId, PersonId, Text, WaveId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Device, Drive, Hardware, Kit, KitPart, Media, Proof, Stage, Triage};

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
    pub attributes: serde_json::Value,
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
    /// 1, and one more each time it comes back.
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
    /// How.
    pub proof: Option<Proof>,
    pub seen_at: Instant,
}

impl From<Drive> for DriveView {
    fn from(drive: Drive) -> Self {
        Self {
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
            attributes: serde_json::from_str(&device.attributes).unwrap_or_default(),
            hardware: device.hardware,
            drives: drives.into_iter().map(DriveView::from).collect(),
            erasure_proven: device.erasure_proven,
            triage: device.triage,
            tests_passed: device.tests_passed,
            quality_checked: device.quality_checked_by.is_some(),
            kit: device.kit,
            location: device.location,
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
    /// Who; told to the city and the workshop only.
    pub actor_id: Option<PersonId>,
    /// For whom.
    pub organisation_id: OrganisationId,
    /// The stage before.
    pub from_stage: Stage,
    /// The stage after.
    pub to_stage: Stage,
    /// The sender's own number of the line.
    pub client_id: Option<String>,
    /// The event's fields.
    #[schema(value_type = Object)]
    pub evidence: serde_json::Value,
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

/// The device after a step.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Recorded {
    /// The device as it is now.
    #[serde(flatten)]
    pub device: DeviceView,
    /// `applied`, or `already_applied` when this was sent before.
    pub status: EventOutcome,
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
}

/// The answer to a list of events, in the order in which they were sent.
#[derive(Debug, Clone)]
pub struct BulkAnswer {
    /// A verdict each.
    pub results: Vec<EventResult>,
}

/// What a list of devices is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct DeviceFilter {
    /// Where it stands.
    pub stage: Option<Stage>,
    /// What it is.
    pub kind: Option<DeviceKind>,
    /// The batch it came with.
    pub batch_id: Option<BatchId>,
    /// Who works on it.
    pub workshop_id: Option<OrganisationId>,
    /// How it looks.
    pub grade: Option<Grade>,
    /// Any part of serial number, tag or model.
    pub q: Option<String>,
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

/// A machine counted at the dock.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ReceptionLine {
    /// Its serial number; left out when it cannot be read.
    pub serial: Option<String>,
    /// What it is; needed for a machine that nobody announced when the batch has several kinds.
    pub kind: Option<DeviceKind>,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// What comes off the truck.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct Reception {
    /// The machines.
    #[serde(default)]
    pub devices: Vec<ReceptionLine>,
    /// The accessories, by count. Added to the workshop's stock: send an `Idempotency-Key`
    /// when the network may make you send it twice.
    #[serde(default)]
    pub accessories: Vec<KitPart>,
}

/// How a counted machine was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceptionStatus {
    /// It was announced, and is here now.
    Received,
    /// It was counted before.
    AlreadyReceived,
    /// Nobody announced it; it is in the stock now.
    Unexpected,
    /// Another live device has this serial number.
    Refused,
}

/// A counted machine.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReceptionDevice {
    /// The serial number as it was sent.
    pub serial: Option<String>,
    /// The device; null when refused.
    pub id: Option<DeviceId>,
    /// What to stick on it; null when refused.
    pub tag: Option<String>,
    /// How it was understood.
    pub status: ReceptionStatus,
    /// Why it is refused.
    #[schema(value_type = Option<String>)]
    pub code: Option<Code>,
}

/// The answer of a reception.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ReceptionAnswer {
    /// Announced, and here now.
    pub received: usize,
    /// Counted before.
    pub already_received: usize,
    /// Here, and announced by nobody.
    pub unexpected: usize,
    /// Not taken: another live device has the serial number.
    pub refused: usize,
    /// One by one, in the order sent.
    pub devices: Vec<ReceptionDevice>,
}

/// The two-sided count of a kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KindReconciliation {
    /// Which kind.
    pub kind: DeviceKind,
    /// What the donor declared with the batch.
    pub declared: i64,
    /// Lines of the manifest.
    pub on_manifest: i64,
    /// Of those, counted at the dock.
    pub received: i64,
    /// Of those, not counted.
    pub missing: i64,
    /// Counted without being on the manifest.
    pub unexpected: i64,
}

/// Declared and received accessories of a kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccessoryReconciliation {
    /// Which.
    pub kind: AccessoryKind,
    /// As the donor declared.
    pub declared: i64,
    /// As counted at the dock.
    pub received: i64,
}

/// A batch as it was announced and as it came: `on_manifest = received + missing`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reconciliation {
    /// Which batch.
    pub batch_id: BatchId,
    /// Its reference.
    pub reference: String,
    /// Its status.
    pub status: String,
    /// What the donor declared with the batch.
    pub declared: i64,
    /// Lines of the manifest.
    pub on_manifest: i64,
    /// Of those, counted at the dock.
    pub received: i64,
    /// Of those, not counted; final once the batch is closed.
    pub missing: i64,
    /// Counted without being on the manifest.
    pub unexpected: i64,
    /// The same by kind.
    pub per_kind: Vec<KindReconciliation>,
    /// Accessories by kind.
    pub accessories: Vec<AccessoryReconciliation>,
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
