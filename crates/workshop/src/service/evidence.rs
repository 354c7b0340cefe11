//! Files that are evidence about a device: noted, listed, found.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, DeviceId, Fields, Refusal, Text};

use super::reading::visible;
use crate::model::{DriveErasure, EvidenceFile, FileKind, NewFile};
use crate::store;

/// Notes a file that was kept, once in a cycle.
pub(super) fn note_file(
    tx: &mut Tx<'_>,
    actor: &Actor,
    device: DeviceId,
    cycle: i32,
    kind: FileKind,
    file: &NewFile,
) -> Result<()> {
    let row = EvidenceFile {
        id: tx.new_id(),
        device_id: device,
        cycle,
        kind,
        sha256: file.sha256.clone(),
        media_type: file.media_type,
        size: file.size,
        name: file.name.clone(),
        added_by: actor.person,
        added_at: tx.now(),
    };
    store::insert_file(tx, &row)
}

/// A `report` that is a SHA-256 names one that is attached to the device.
///
/// # Errors
/// `unknown_reference` at its place.
pub(super) fn reports_attached(
    db: &mut Db,
    device: DeviceId,
    drives: &[DriveErasure],
) -> Result<Result<(), Refusal>> {
    let mut fields = Fields::default();
    for (n, drive) in drives.iter().enumerate() {
        let Some(hash) = drive.report.as_ref().and_then(|report| report.as_str()) else {
            continue;
        };
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let kind = FileKind::ErasureReport;
        if is_hash && store::file_of(db, device, kind, &hash.to_lowercase())?.is_none() {
            fields.push(
                format!("/drives/{n}/report"),
                Code::UnknownReference,
                Text::new(
                    "Aucun rapport joint à cet appareil n'a cette empreinte.",
                    "No report attached to this device has this hash.",
                ),
            );
        }
    }
    Ok(fields.check())
}

/// The files about a device that the actor may see, the oldest first.
///
/// # Errors
/// `not_found`.
pub fn evidence_files(
    db: &mut Db,
    actor: &Actor,
    device: DeviceId,
    kind: FileKind,
) -> Result<Vec<EvidenceFile>> {
    visible(db, actor, device)?;
    store::files_of(db, device, kind)
}

/// One of them, by its content.
///
/// # Errors
/// `not_found`.
pub fn evidence_file(
    db: &mut Db,
    actor: &Actor,
    device: DeviceId,
    kind: FileKind,
    sha256: &str,
) -> Result<EvidenceFile> {
    visible(db, actor, device)?;
    store::file_of(db, device, kind, sha256)?.ok_or_else(|| Refusal::not_found().into())
}

/// Whether a file of this content is evidence about a device.
///
/// # Errors
/// When the database fails.
pub fn content_used(db: &mut Db, sha256: &str) -> Result<bool> {
    store::content_used(db, sha256)
}
