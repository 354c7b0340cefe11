//! Evidence of erasure: what was done about the data of a drive, by what, and how it ended.

use kernel::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AcceptedAs, Ground};

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

/// How a tool's report was read: never taken from a caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reading {
    /// Why it is no proof by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<Ground>,
    /// When it ended, by the clock of the tool, as it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Instant>,
    /// That clock names no zone.
    #[serde(default)]
    pub local: bool,
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

/// What two people accepted: who they are stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Accepted {
    /// As what.
    pub accepted_as: AcceptedAs,
    /// Why.
    pub reason: String,
    /// When the second person confirmed it.
    pub at: Instant,
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
