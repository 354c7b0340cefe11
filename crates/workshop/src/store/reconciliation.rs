//! A batch as it was announced and as it came.

use std::collections::BTreeMap;

use db::schema::{accessory_movements as m, devices as d};
use db::{Db, Result};
use diesel::dsl::count_star;
use diesel::prelude::*;
use kernel::{AccessoryKind, BatchId, DeviceKind};

/// Devices of a kind in a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct KindCount {
    pub on_manifest: i64,
    pub received: i64,
    pub unexpected: i64,
}

/// Counts a batch's devices by kind.
pub(crate) fn counts_by_kind(
    db: &mut Db,
    batch: BatchId,
) -> Result<BTreeMap<DeviceKind, KindCount>> {
    let mut counts: BTreeMap<DeviceKind, KindCount> = BTreeMap::new();
    let all = d::table.filter(d::batch_id.eq(batch));
    let announced: Vec<(DeviceKind, i64)> = all
        .filter(d::manifest_line.is_not_null())
        .group_by(d::kind)
        .select((d::kind, count_star()))
        .load(db)?;
    let arrived: Vec<(DeviceKind, i64)> = all
        .filter(d::manifest_line.is_not_null())
        .filter(d::received_at.is_not_null())
        .group_by(d::kind)
        .select((d::kind, count_star()))
        .load(db)?;
    let unexpected: Vec<(DeviceKind, i64)> = all
        .filter(d::manifest_line.is_null())
        .filter(d::received_at.is_not_null())
        .group_by(d::kind)
        .select((d::kind, count_star()))
        .load(db)?;
    for (kind, count) in announced {
        counts.entry(kind).or_default().on_manifest = count;
    }
    for (kind, count) in arrived {
        counts.entry(kind).or_default().received = count;
    }
    for (kind, count) in unexpected {
        counts.entry(kind).or_default().unexpected = count;
    }
    Ok(counts)
}

/// The accessories counted with a batch at the dock; kits taken later have a device.
pub(crate) fn accessories_received(
    db: &mut Db,
    batch: BatchId,
) -> Result<BTreeMap<AccessoryKind, i64>> {
    let rows: Vec<(AccessoryKind, i32)> = m::table
        .filter(m::batch_id.eq(batch))
        .filter(m::device_id.is_null())
        .select((m::kind, m::delta))
        .load(db)?;
    let mut counts = BTreeMap::new();
    for (kind, delta) in rows {
        *counts.entry(kind).or_insert(0) += i64::from(delta);
    }
    Ok(counts)
}
