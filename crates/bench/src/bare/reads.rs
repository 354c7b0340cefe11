//! What is read: devices with their drives.

use db::Db;
use db::schema::{devices as d, drives as r};
use diesel::prelude::*;
use kernel::{Actor, Clock, DeviceId, DriveId, Instant, SystemClock};
use workshop::{Device, Stage};

use super::{Result, text};

/// A drive as the table has it.
type DriveRow = (
    DriveId,
    DeviceId,
    i32,
    Option<String>,
    String,
    String,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<String>,
    bool,
    Instant,
    Option<String>,
);

/// Whether the session stands, asked with the server's own statement.
pub(super) fn standing(db: &mut Db, asker: &Actor) -> db::Result<()> {
    identity::still_signed_in(db, asker, SystemClock.now()).map(drop)
}

pub(super) fn drives(db: &mut Db, devices: &[DeviceId]) -> QueryResult<Vec<DriveRow>> {
    let all = r::table.order(r::id);
    db::on!(db, c => match devices {
        [device] => all.filter(r::device_id.eq(device)).load(c),
        _ => all.filter(r::device_id.eq_any(devices)).load(c),
    })
}

pub(super) fn device_row(db: &mut Db, id: DeviceId) -> QueryResult<Device> {
    db::on!(db, c => d::table.find(id).first(c))
}

/// One device with its drives.
///
/// # Errors
/// When the database fails.
pub fn device(db: &mut Db, asker: &Actor, id: DeviceId) -> Result<Device> {
    standing(db, asker).map_err(text)?;
    let device = device_row(db, id).map_err(text)?;
    drives(db, &[id]).map_err(text)?;
    Ok(device)
}

/// Fifty devices of a stage after one, with their drives; and one more, as the server reads to
/// know whether there is a next page.
///
/// # Errors
/// When the database fails.
pub fn page(
    db: &mut Db,
    asker: &Actor,
    stage: Stage,
    after: Option<DeviceId>,
) -> Result<Vec<Device>> {
    standing(db, asker).map_err(text)?;
    let of_stage = d::table.filter(d::stage.eq(stage)).order(d::id).limit(51);
    let found: Vec<Device> = match after {
        None => db::on!(db, c => of_stage.load(c)),
        Some(after) => db::on!(db, c => of_stage.filter(d::id.gt(after)).load(c)),
    }
    .map_err(text)?;
    let ids: Vec<DeviceId> = found.iter().take(50).map(|device| device.id).collect();
    drives(db, &ids).map_err(text)?;
    Ok(found)
}
