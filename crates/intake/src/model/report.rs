//! What became of the upload of a manifest.

use kernel::FieldError;
use serde::Serialize;
use utoipa::ToSchema;

use super::ColumnMapping;
use crate::manifest::{ManifestRow, Notice};

/// What became of an upload, or would become of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ManifestReport {
    /// Lines with a device.
    pub rows: u64,
    /// Good ones among them.
    pub accepted: u64,
    /// Lines that need correcting.
    pub rejected: u64,
    /// `csv`, `xlsx` or `ods`.
    pub format: String,
    /// The sheet that was read, of a workbook; several names when several were.
    pub sheet: Option<String>,
    /// Other sheets with serial numbers; they were not read.
    pub other_sheets: Vec<String>,
    /// Such as `windows-1252`.
    pub encoding: String,
    /// What stands between two cells; empty for a workbook.
    pub delimiter: String,
    /// The line of the column names, the first line of the file being 1.
    pub header_line: u64,
    /// Which column became what.
    pub columns: Vec<ColumnMapping>,
    /// The first devices, as they were read.
    pub preview: Vec<ManifestRow>,
    /// True when nothing was to be stored.
    pub dry_run: bool,
    /// True when the batch has this very file already: nothing changed.
    pub unchanged: bool,
    /// What it changes about the list that the batch had; null without one.
    pub difference: Option<ListChange>,
    /// What to know about the list; nothing of it is refused.
    pub warnings: Vec<Notice>,
    /// What can be understood in several ways; the next upload may answer.
    pub questions: Vec<Notice>,
    /// Mistakes beyond those that are listed.
    pub errors_omitted: u64,
    /// The mistakes, in the order of the file.
    #[serde(skip)]
    #[schema(ignore)]
    pub errors: Vec<FieldError>,
}

/// What a list changes about the one before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListChange {
    /// Devices that are new.
    pub added: u64,
    /// Devices that are no longer on it.
    pub removed: u64,
    /// Devices on both; they keep their tags.
    pub kept: u64,
    /// Serial numbers of the first that are new.
    pub added_serials: Vec<String>,
    /// Serial numbers of the first that are no longer on it.
    pub removed_serials: Vec<String>,
}
