//! What a machine says of itself.

use kernel::{DeviceKind, Instant, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Media;

/// What was read from a capture of the machine's hardware.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Capture {
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Its version; some makers put the name here that people know.
    pub version: Option<String>,
    /// Serial number; none when the maker left a placeholder.
    pub serial: Option<String>,
    /// The form of its case, as the machine names it.
    pub chassis: Option<String>,
    /// What the form says that it is.
    pub kind: Option<DeviceKind>,
    /// Its main board.
    pub board: Option<Board>,
    /// The processor's model.
    pub processor: Option<String>,
    /// Every processor that is there.
    pub processors: Vec<Processor>,
    /// Memory, in MiB.
    pub memory_mib: Option<i64>,
    /// The modules that it is made of.
    pub memory_modules: Vec<MemoryModule>,
    /// What drives its displays.
    pub graphics: Vec<String>,
    /// What its display showed, in pixels.
    pub resolution: Option<Pixels>,
    /// Its battery, when it has one.
    pub battery: Option<Battery>,
    /// Its network interfaces.
    pub network: Vec<NetworkInterface>,
    /// The hardware addresses of its network interfaces.
    pub network_addresses: Vec<String>,
    /// Its own drives: no optical drives, card readers or USB sticks.
    pub drives: Vec<SeenDrive>,
}

/// A main board.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Board {
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Its own serial number: not the machine's.
    pub serial: Option<String>,
}

/// A processor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Processor {
    /// Which model.
    pub model: Option<String>,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Its cores.
    pub cores: Option<i32>,
    /// What it runs at once.
    pub threads: Option<i32>,
    /// How fast it ran when it was read.
    pub speed_mhz: Option<i64>,
    /// How fast it may run.
    pub max_speed_mhz: Option<i64>,
}

/// A size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pixels {
    /// Across.
    pub width: u32,
    /// Down.
    pub height: u32,
}

/// A network interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NetworkInterface {
    /// Its hardware address; none without its driver.
    pub address: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Without a cable.
    pub wireless: bool,
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct MemoryModule {
    /// In which slot.
    pub slot: Option<String>,
    /// How much, in MiB.
    pub size_mib: i64,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// `DDR3` and the like.
    pub generation: Option<String>,
    /// How fast it is.
    pub speed_mhz: Option<i64>,
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
    /// What a person decided; none while it is open.
    #[serde(default)]
    pub decision: Option<Decision>,
}

kernel::text_enum! {
    /// Which of two is right.
    pub enum Keep {
        /// What we have: the machine is mistaken, or was mended with another's board.
        Known = "known",
        /// What the machine says.
        Machine = "machine",
    }
}

/// What a person decided about a contradiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ContradictionDecision)]
pub struct Decision {
    /// Which of the two is right.
    pub keep: Keep,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: PersonId,
    /// When.
    pub at: Instant,
}

/// A person's answer to a contradiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// Which field: `serial` or `kind`.
    pub field: String,
    /// Which of the two is right.
    pub keep: Keep,
    /// Why.
    pub reason: String,
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

impl Hardware {
    /// The contradictions that nobody has decided.
    pub fn open(&self) -> impl Iterator<Item = &Contradiction> {
        self.contradictions
            .iter()
            .filter(|contradiction| contradiction.decision.is_none())
    }
}

db::json_column!(Hardware);
