//! Files that are evidence about a device.

use diesel::prelude::*;
use files::MediaType;
use kernel::{DeviceFileId, DeviceId, Instant, PersonId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{DeviceView, EventOutcome};

kernel::text_enum! {
    /// What a file is evidence of.
    pub enum FileKind {
        /// What a machine said of its hardware, as it was sent.
        Capture = "capture",
        /// A tool's report of what it did to drives.
        ErasureReport = "erasure_report",
        /// A picture that somebody took of it.
        Photograph = "photograph",
    }
}
db::text_column!(FileKind);

/// A file that is evidence about a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable, Insertable)]
#[diesel(table_name = db::schema::device_files, treat_none_as_default_value = false)]
pub struct EvidenceFile {
    /// Names it.
    pub id: DeviceFileId,
    /// About which device.
    pub device_id: DeviceId,
    /// In which cycle of the device.
    pub cycle: i32,
    /// What it is.
    pub kind: FileKind,
    /// Of its content.
    pub sha256: String,
    /// Found in its content.
    pub media_type: MediaType,
    /// Bytes.
    pub size: i64,
    /// As the sender called it.
    pub name: Option<String>,
    /// By whom.
    pub added_by: PersonId,
    /// When.
    pub added_at: Instant,
}

/// What a photograph may be.
pub const PHOTOGRAPH_TYPES: [MediaType; 3] = [MediaType::Jpeg, MediaType::Png, MediaType::Webp];

/// What became of a photograph.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttachedPhotograph {
    /// SHA-256 of the file, under which it is kept.
    pub sha256: String,
    /// What it is, by its content.
    pub media_type: MediaType,
    /// Bytes.
    pub size: i64,
    /// `applied`, or `already_applied` when it was attached before.
    pub status: EventOutcome,
    /// The device as it is now.
    pub device: DeviceView,
}

/// A file that was recognized and kept, to be noted as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Of its content.
    pub sha256: String,
    /// Found in its content.
    pub media_type: MediaType,
    /// Bytes.
    pub size: i64,
    /// As the sender called it.
    pub name: Option<String>,
}
