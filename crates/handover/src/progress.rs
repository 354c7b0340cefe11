//! How far the devices of a batch have come, and which of them are proven.

use std::collections::{BTreeMap, HashMap};

use db::schema::{devices as d, drives as r};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{BatchId, DeviceId};

/// How far the devices of a batch have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) received: i64,
    pub(crate) proven: i64,
    pub(crate) handed_over: i64,
    pub(crate) recycled: i64,
}

impl Count {
    /// Have not found their place yet.
    pub(crate) fn waiting(self) -> i64 {
        self.received - self.handed_over - self.recycled
    }

    /// Every device that came has its proof.
    pub(crate) fn is_proven(self) -> bool {
        self.received > 0 && self.proven == self.received
    }
}

/// Counts the devices of a batch.
pub(crate) fn count(db: &mut Db, batch: BatchId) -> Result<Count> {
    let rows: Vec<(String, bool, i64)> = d::table
        .filter(d::batch_id.eq(batch))
        .filter(d::stage.ne_all(["expected", "missing"]))
        .group_by((d::stage, d::erasure_proven))
        .select((d::stage, d::erasure_proven, diesel::dsl::count_star()))
        .load(db)?;
    let mut count = Count::default();
    for (stage, proven, devices) in rows {
        count.received += devices;
        count.proven += if proven { devices } else { 0 };
        match stage.as_str() {
            "handed_over" => count.handed_over += devices,
            "scrapped" | "parts" => count.recycled += devices,
            _ => {}
        }
    }
    count.proven += proven_before(db, batch)?;
    Ok(count)
}

/// Whether every device of a batch that came has its proof.
pub(crate) fn is_proven(db: &mut Db, batch: BatchId) -> Result<bool> {
    Ok(count(db, batch)?.is_proven())
}

/// Devices of a batch that came back and are not proven in their present cycle, but were in one
/// before: the donor's data was gone then. With that cycle.
pub(crate) fn proven_cycles(db: &mut Db, id: BatchId) -> Result<HashMap<DeviceId, i32>> {
    let rows: Vec<(DeviceId, i32, bool)> = r::table
        .inner_join(d::table)
        .filter(d::batch_id.eq(id))
        .filter(d::erasure_proven.eq(false))
        .filter(d::stage.ne_all(["expected", "missing"]))
        .filter(d::cycle.gt(r::cycle))
        .select((r::device_id, r::cycle, r::proven))
        .load(db)?;
    let mut cycles: BTreeMap<(DeviceId, i32), bool> = BTreeMap::new();
    for (device, cycle, proven) in rows {
        let whole = cycles.entry((device, cycle)).or_insert(true);
        *whole = *whole && proven;
    }
    let proven = cycles.into_iter().filter(|(_, whole)| *whole);
    // in the order of cycles: the last one stands
    Ok(proven.map(|((device, cycle), _)| (device, cycle)).collect())
}

/// How many devices of a batch are proven by a cycle before their present one.
fn proven_before(db: &mut Db, id: BatchId) -> Result<i64> {
    let count = proven_cycles(db, id)?.len();
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
