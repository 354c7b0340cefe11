//! What there is.

use db::Db;
use db::schema::{
    applications as a, custody_events as e, devices as d, drives as r, organisations as o,
    wave_devices as w,
};
use diesel::prelude::*;
use kernel::{DeviceId, OrganisationId};
use serde_json::{Value, json};
use workshop::Stage;

use super::{Result, text};

/// Devices that stand in a workshop, for reads and for events.
///
/// # Errors
/// When the database fails.
pub fn devices_of(db: &mut Db, workshop: OrganisationId, most: i64) -> Result<Vec<DeviceId>> {
    let stages = [
        Stage::Received,
        Stage::Erased,
        Stage::Tested,
        Stage::Graded,
        Stage::Ready,
    ];
    d::table
        .filter(d::workshop_id.eq(workshop))
        .filter(d::stage.eq_any(stages))
        .order(d::id.desc())
        .limit(most)
        .select(d::id)
        .load(db)
        .map_err(text)
}

/// How many devices stand at a stage.
///
/// # Errors
/// When the database fails.
pub fn count(db: &mut Db, stage: Stage) -> Result<i64> {
    d::table
        .filter(d::stage.eq(stage))
        .count()
        .get_result(db)
        .map_err(text)
}

/// The last of so many devices of a stage: at least one.
///
/// # Errors
/// When there are not so many.
pub fn nth(db: &mut Db, stage: Stage, depth: i64) -> Result<DeviceId> {
    d::table
        .filter(d::stage.eq(stage))
        .order(d::id)
        .offset(depth - 1)
        .limit(1)
        .select(d::id)
        .first(db)
        .map_err(text)
}

/// How many rows the largest tables have.
///
/// # Errors
/// When the database fails.
pub fn rows(db: &mut Db) -> Result<Value> {
    let mut rows = serde_json::Map::new();
    macro_rules! count {
        ($($table:expr, $name:literal;)*) => {$(
            let count: i64 = $table.count().get_result(db).map_err(text)?;
            rows.insert($name.to_owned(), json!(count));
        )*};
    }
    count! {
        d::table, "devices";
        e::table, "custody_events";
        r::table, "drives";
        w::table, "wave_devices";
        a::table, "applications";
        o::table, "organisations";
    }
    Ok(Value::Object(rows))
}
