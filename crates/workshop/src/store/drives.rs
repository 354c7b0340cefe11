//! Drives.

use std::collections::HashMap;

use db::schema::{devices as d, drives as t};
use db::{Db, Result};
use diesel::prelude::*;
use diesel::upsert::excluded;
use kernel::{DeviceId, DriveId, Instant};

use super::LOOKUP_CHUNK;
use crate::model::{Drive, EraseMethod, History, Media, Proof, Stage};

const WRITE_CHUNK: usize = 500;

/// A drive as the table has it.
#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = t, treat_none_as_default_value = false)]
pub(crate) struct DriveRow {
    id: DriveId,
    device_id: DeviceId,
    cycle: i32,
    serial: Option<String>,
    serial_key: String,
    media: Media,
    model: Option<String>,
    size_bytes: Option<i64>,
    proof: Option<Proof>,
    /// That of the proof, for queries.
    method: Option<EraseMethod>,
    proven: bool,
    seen_at: Instant,
    history: Option<History>,
}

impl DriveRow {
    pub(crate) fn new(device_id: DeviceId, id: DriveId, drive: Drive) -> Self {
        Self {
            id,
            device_id,
            cycle: drive.cycle,
            serial: drive.serial,
            serial_key: drive.serial_key,
            media: drive.media,
            model: drive.model,
            size_bytes: drive.size_bytes,
            method: drive.proof.as_ref().map(|proof| proof.method),
            proof: drive.proof,
            proven: drive.proven,
            seen_at: drive.seen_at,
            history: Some(drive.history).filter(|history| !history.is_empty()),
        }
    }
}

/// The drives of devices, of every cycle, in the order in which they were seen.
pub(crate) fn of_devices(
    db: &mut Db,
    devices: &[DeviceId],
) -> Result<HashMap<DeviceId, Vec<Drive>>> {
    let mut found: HashMap<DeviceId, Vec<Drive>> = HashMap::new();
    for chunk in devices.chunks(LOOKUP_CHUNK) {
        // on the engine's own connection, which reads rows faster than the one over both
        let rows: Vec<DriveRow> = db::on!(&mut *db, c => match chunk {
            // a statement with a list of values is prepared anew each time on SQLite
            [device] => t::table
                .filter(t::device_id.eq(device))
                .order(t::id)
                .load(c),
            _ => t::table
                .filter(t::device_id.eq_any(chunk))
                .order(t::id)
                .load(c),
        })?;
        for row in rows {
            found.entry(row.device_id).or_default().push(Drive {
                id: Some(row.id),
                cycle: row.cycle,
                serial: row.serial,
                serial_key: row.serial_key,
                media: row.media,
                model: row.model,
                size_bytes: row.size_bytes,
                proof: row.proof,
                proven: row.proven,
                seen_at: row.seen_at,
                history: row.history.unwrap_or_default(),
            });
        }
    }
    Ok(found)
}

/// The devices in which drives with these serial numbers were seen, in their present cycle.
pub(crate) fn holders(db: &mut Db, keys: &[String]) -> Result<Vec<DeviceId>> {
    let mut found: Vec<DeviceId> = Vec::new();
    for chunk in keys.chunks(LOOKUP_CHUNK) {
        let rows: Vec<DeviceId> = t::table
            .inner_join(d::table)
            .filter(t::serial_key.eq_any(chunk))
            .filter(t::cycle.eq(d::cycle))
            .select(d::id)
            .load(db)?;
        found.extend(rows);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Writes drives, new and changed.
pub(crate) fn save_all(db: &mut Db, drives: Vec<(DeviceId, DriveId, Drive)>) -> Result<()> {
    let rows: Vec<_> = drives
        .into_iter()
        .map(|(device, id, drive)| DriveRow::new(device, id, drive))
        .collect();
    for chunk in rows.chunks(WRITE_CHUNK) {
        db::on!(&mut *db, c => diesel::insert_into(t::table)
            .values(chunk)
            .on_conflict(t::id)
            .do_update()
            .set((
                t::media.eq(excluded(t::media)),
                t::model.eq(excluded(t::model)),
                t::size_bytes.eq(excluded(t::size_bytes)),
                t::proof.eq(excluded(t::proof)),
                t::method.eq(excluded(t::method)),
                t::proven.eq(excluded(t::proven)),
                t::history.eq(excluded(t::history)),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Writes new drives, many at once.
pub(crate) fn insert_all(db: &mut Db, drives: &[DriveRow]) -> Result<()> {
    db::insert_many!(&mut *db, t::table, drives);
    Ok(())
}

/// A device whose drive is proven.
#[derive(Debug, Clone)]
pub(crate) struct ProvenIn {
    pub(crate) device: DeviceId,
    pub(crate) stage: Stage,
    pub(crate) method: EraseMethod,
}

/// Where drives with these serial numbers are proven, in the present cycle of their devices.
pub(crate) fn proven_in(db: &mut Db, keys: &[String]) -> Result<HashMap<String, Vec<ProvenIn>>> {
    let mut found: HashMap<String, Vec<ProvenIn>> = HashMap::new();
    let named: Vec<_> = keys.iter().filter(|key| !key.is_empty()).collect();
    for chunk in named.chunks(LOOKUP_CHUNK) {
        let rows: Vec<(String, DeviceId, Stage, Option<EraseMethod>)> = t::table
            .inner_join(d::table)
            .filter(t::serial_key.eq_any(chunk.iter().copied()))
            .filter(t::proven.eq(true))
            .filter(t::cycle.eq(d::cycle))
            .select((t::serial_key, d::id, d::stage, t::method))
            .load(db)?;
        for (key, device, stage, method) in rows {
            let Some(method) = method else { continue };
            found.entry(key).or_default().push(ProvenIn {
                device,
                stage,
                method,
            });
        }
    }
    Ok(found)
}
