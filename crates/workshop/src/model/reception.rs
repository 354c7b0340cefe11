//! The count at the dock.

use kernel::{AccessoryKind, BatchId, Code, DeviceId, DeviceKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::KitPart;

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
    /// The serial number as it was announced, where it lacks the leading zeros that were read,
    /// or has those that were not.
    pub announced: Option<String>,
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
#[schema(as = ReceptionCount)]
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
    /// The version of the batch now.
    pub version: i32,
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
    /// Its version.
    pub version: i32,
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
