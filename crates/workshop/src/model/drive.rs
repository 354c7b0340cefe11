//! A disk seen in a device.

use kernel::{DriveId, Instant};

use super::{History, Media, Proof};

kernel::text_enum! {
    /// How a check went.
    pub enum CheckResult {
        /// It works.
        Pass = "pass",
        /// It does not.
        Fail = "fail",
        /// The machine has no such thing.
        NotApplicable = "na",
    }
}

/// A drive that a device was seen with in one of its cycles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drive {
    /// Its row, once it is stored.
    pub id: Option<DriveId>,
    /// In which cycle of the device.
    pub cycle: i32,
    /// Its serial number, when it can be read.
    pub serial: Option<String>,
    /// The serial number for comparison, empty when there is none.
    pub serial_key: String,
    /// What it is.
    pub media: Media,
    /// Which model.
    pub model: Option<String>,
    /// How large.
    pub size_bytes: Option<i64>,
    /// What decides about its data.
    pub proof: Option<Proof>,
    /// That counts as proof.
    pub proven: bool,
    /// When it was first seen.
    pub seen_at: Instant,
    /// All that was said about its data, of which `proof` and `proven` follow.
    pub history: History,
}

impl Drive {
    /// How a person recognizes it.
    pub fn name(&self) -> &str {
        self.serial.as_deref().unwrap_or("?")
    }
}
