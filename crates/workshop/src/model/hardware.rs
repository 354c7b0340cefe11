//! What a machine says of itself.

use kernel::{DeviceKind, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Media;

/// What was read from a capture of the machine's hardware.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Capture {
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Serial number; none when the maker left a placeholder.
    pub serial: Option<String>,
    /// The form of its case, as the machine names it.
    pub chassis: Option<String>,
    /// What the form says that it is.
    pub kind: Option<DeviceKind>,
    /// The processor.
    pub processor: Option<String>,
    /// Memory, in MiB.
    pub memory_mib: Option<i64>,
    /// The modules that it is made of.
    pub memory_modules: Vec<MemoryModule>,
    /// What drives its displays.
    #[serde(default)]
    pub graphics: Vec<String>,
    /// Its battery, when it has one.
    #[serde(default)]
    pub battery: Option<Battery>,
    /// The hardware addresses of its network interfaces.
    #[serde(default)]
    pub network_addresses: Vec<String>,
    /// Its own drives: no optical drives, card readers or USB sticks.
    pub drives: Vec<SeenDrive>,
}

/// A battery, as it was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Battery {
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// What it was built to hold.
    pub capacity_mwh: Option<i64>,
}

/// A memory module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemoryModule {
    /// In which slot.
    pub slot: Option<String>,
    /// How much, in MiB.
    pub size_mib: i64,
}

/// A drive that a machine was seen with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeenDrive {
    /// Its serial number, when it gives one.
    pub serial: Option<String>,
    /// What it seems to be.
    pub media: Media,
    /// Which model.
    pub model: Option<String>,
    /// How large.
    pub size_bytes: Option<i64>,
}

/// Where the machine contradicts what was announced: flagged, never merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contradiction {
    /// Which field.
    pub field: String,
    /// What we have.
    pub announced: String,
    /// What the machine says.
    pub machine: String,
}

/// The last capture of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hardware {
    /// SHA-256 of the file as it was sent.
    pub raw_sha256: String,
    /// When it was sent.
    pub captured_at: Instant,
    /// What was read from it.
    #[serde(flatten)]
    pub summary: Capture,
    /// Where it contradicts what was announced.
    pub contradictions: Vec<Contradiction>,
}

db::json_column!(Hardware);
