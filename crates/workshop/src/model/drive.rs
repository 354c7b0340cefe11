//! A disk seen in a device, and what was done about its data.

use kernel::{DriveId, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Accepted, Ground, History, Reading};

kernel::text_enum! {
    /// What a drive keeps its data on.
    pub enum Media {
        /// Rotating disks.
        Hdd = "hdd",
        /// Flash behind SATA or SAS.
        Ssd = "ssd",
        /// Flash behind NVMe.
        Nvme = "nvme",
        /// Flash soldered to the board.
        Emmc = "emmc",
        /// Not known, or anything else.
        Other = "other",
    }
}

impl Media {
    /// Flash keeps copies that overwriting does not reach.
    pub const fn is_flash(self) -> bool {
        matches!(self, Self::Ssd | Self::Nvme | Self::Emmc)
    }
}

kernel::text_enum! {
    /// How the data was dealt with (NIST SP 800-88), or that there is no drive.
    pub enum EraseMethod {
        /// Overwritten through the ordinary commands.
        Clear = "clear",
        /// Sanitized by the drive's own commands, out of a laboratory's reach.
        Purge = "purge",
        /// The medium is destroyed.
        Destroy = "destroy",
        /// There is no such drive in the machine, or no longer.
        Absent = "absent",
    }
}

kernel::text_enum! {
    /// How the erasure of a drive ended.
    pub enum EraseResult {
        /// Done and verified.
        Success = "success",
        /// Not done: the drive has to be destroyed or taken out.
        Failure = "failure",
    }
}

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

/// Erasure evidence for one drive, as the workshop reports it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DriveErasure {
    /// Serial number of the drive. May be left out for a drive that is absent or
    /// destroyed, and for one that gave no serial number when the machine was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// What it is. May be left out for a drive that is absent or destroyed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// What was done.
    pub method: EraseMethod,
    /// What was done, as the tool calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// The program or machine that did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_version: Option<String>,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Instant>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Instant>,
    /// How it ended.
    pub result: EraseResult,
    /// The tool's own report: the SHA-256 of one that is attached to the device, or its text
    /// or JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<serde_json::Value>,
    /// How the report was read, where this was taken from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Reading>,
}

/// What decides about a drive's data: the statement that proves it gone, or the one that keeps
/// it from being proven. The whole evidence is in the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proof {
    /// What was done.
    pub method: EraseMethod,
    /// How it ended.
    pub result: EraseResult,
    /// By which tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_version: Option<String>,
    /// When it ended, or was reported.
    pub at: Instant,
    /// SHA-256 of the report that says so; without one, a person of the workshop does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// Why it is no proof by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<Ground>,
    /// What two people accepted in spite of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Accepted>,
}

db::text_column!(Media);
db::text_column!(EraseMethod);
db::json_column!(Proof);

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
