//! Files that are evidence, and devices that contradict their record.

use db::schema::{device_contradictions as c, device_files as f};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{DeviceId, Instant};

use crate::model::{EvidenceFile, FileKind};

pub(crate) fn insert_file(db: &mut Db, file: &EvidenceFile) -> Result<()> {
    diesel::insert_into(f::table).values(file).execute(db)?;
    Ok(())
}

/// Of a device, the oldest first.
pub(crate) fn files_of(db: &mut Db, device: DeviceId, kind: FileKind) -> Result<Vec<EvidenceFile>> {
    Ok(f::table
        .filter(f::device_id.eq(device))
        .filter(f::kind.eq(kind))
        .order(f::id)
        .load(db)?)
}

/// The file of a device with this content, in the last cycle that knows it.
pub(crate) fn file_of(
    db: &mut Db,
    device: DeviceId,
    kind: FileKind,
    sha256: &str,
) -> Result<Option<EvidenceFile>> {
    Ok(f::table
        .filter(f::device_id.eq(device))
        .filter(f::kind.eq(kind))
        .filter(f::sha256.eq(sha256))
        .order(f::cycle.desc())
        .first(db)
        .optional()?)
}

/// Whether a row refers to this content.
pub(crate) fn content_used(db: &mut Db, sha256: &str) -> Result<bool> {
    let count: i64 = f::table
        .filter(f::sha256.eq(sha256))
        .count()
        .get_result(db)?;
    Ok(count > 0)
}

/// Notes that a device contradicts its record, or no longer does.
pub(crate) fn set_contradicts(
    db: &mut Db,
    device: DeviceId,
    contradicts: bool,
    at: Instant,
) -> Result<()> {
    diesel::delete(c::table.find(device)).execute(db)?;
    if contradicts {
        diesel::insert_into(c::table)
            .values((c::device_id.eq(device), c::found_at.eq(at)))
            .execute(db)?;
    }
    Ok(())
}
