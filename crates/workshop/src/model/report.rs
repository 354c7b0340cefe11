//! What a tool reports of the drives that it erased.

use kernel::{Code, Instant};
use serde::Serialize;
use utoipa::ToSchema;

use super::{DeviceView, Doubt, EraseMethod, EraseResult, EventOutcome, Ground, Integrity, Media};

/// What was read from a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErasureReport {
    /// Which tool wrote it.
    pub tool: String,
    /// Its version.
    pub tool_version: Option<String>,
    /// The tool's own number of the report.
    pub document_id: Option<String>,
    /// Serial number of the machine in which the tool ran.
    pub machine_serial: Option<String>,
    /// Its times have no zone: they are the station's own.
    #[serde(skip)]
    pub local_times: bool,
    /// What became of its signature or fingerprint.
    pub integrity: Integrity,
    /// The drives that it names.
    pub drives: Vec<ReportedDrive>,
}

/// What a report says of one drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportedDrive {
    /// Its serial number; none when the report hides it.
    pub serial: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// What it is, when the report says so.
    pub media: Option<Media>,
    /// How large.
    pub size_bytes: Option<i64>,
    /// What was done, in our terms.
    pub method: EraseMethod,
    /// What was done, as the tool calls it.
    pub standard: String,
    /// When it began.
    pub started_at: Option<Instant>,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// How it ended, in our terms: what is not a plain success is a failure.
    pub result: EraseResult,
    /// How it ended, as the tool calls it.
    pub state: String,
    /// Why it is no proof, whatever the tool calls it.
    pub grounds: Vec<Ground>,
}

impl ReportedDrive {
    /// The same with one more reason why it is no proof: it is no success then.
    #[must_use]
    pub fn but(mut self, ground: Ground) -> Self {
        self.doubt(ground);
        self
    }

    /// One more reason why it is no proof.
    pub fn doubt(&mut self, ground: Ground) {
        if !self.grounds.contains(&ground) {
            self.grounds.push(ground);
        }
        self.result = EraseResult::Failure;
    }
}

/// What a report proves of a drive of the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportVerdict {
    /// What the report says.
    #[serde(flatten)]
    pub reported: ReportedDrive,
    /// The drive has its proof now.
    pub proven: bool,
    /// Why the report proves nothing of it, in words. Dates are compared with `received_at`.
    pub doubts: Vec<Doubt>,
    /// When the device was received.
    pub received_at: Option<Instant>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "code_name")]
    #[schema(value_type = Option<String>)]
    pub code: Option<Code>,
}

fn code_name<S: serde::Serializer>(code: &Option<Code>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(code.map(Code::as_str).unwrap_or_default())
}

/// What became of a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttachedReport {
    /// SHA-256 of the file, under which it is kept.
    pub sha256: String,
    /// What it is, by its content.
    pub media_type: files::MediaType,
    /// Bytes.
    pub size: i64,
    /// `applied`, or `already_applied` when it was attached before.
    pub status: EventOutcome,
    /// Whether it could be read. What is not read is kept, and proves nothing.
    pub read: bool,
    /// What became of its signature or fingerprint, where it was read.
    pub integrity: Option<Integrity>,
    /// The tool, when the report could be read.
    pub tool: Option<String>,
    /// Its version.
    pub tool_version: Option<String>,
    /// The tool's own number of the report.
    pub document_id: Option<String>,
    /// Serial number of the machine in which the tool ran.
    pub machine_serial: Option<String>,
    /// The drives of this device that it is about. Empty when it could not be read: tell with
    /// an `erased` event what it proves.
    pub drives: Vec<ReportVerdict>,
    /// Serial numbers of drives that are not this device's.
    pub others: Vec<String>,
    /// The device as it is now.
    pub device: DeviceView,
}
