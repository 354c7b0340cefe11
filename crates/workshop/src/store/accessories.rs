//! The counted stock.

use std::collections::BTreeMap;

use db::schema::{accessory_movements as m, accessory_stock as s};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{
    AccessoryKind, AccessoryMovementId, BatchId, Code, DeviceId, Instant, OrganisationId, Page,
    PageRequest, PersonId,
};

const WRITE_CHUNK: usize = 1_000;

/// A change of a count, for good.
#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = m, treat_none_as_default_value = false)]
#[allow(missing_docs)] // the columns of `accessory_movements`
pub struct Movement {
    pub id: AccessoryMovementId,
    pub workshop_id: OrganisationId,
    pub kind: AccessoryKind,
    pub delta: i32,
    pub reason: String,
    pub batch_id: Option<BatchId>,
    pub device_id: Option<DeviceId>,
    pub actor_id: PersonId,
    pub at: Instant,
}

/// What a workshop has.
pub(crate) fn accessories(
    db: &mut Db,
    workshop: OrganisationId,
) -> Result<BTreeMap<AccessoryKind, i32>> {
    let rows: Vec<(AccessoryKind, i32)> = s::table
        .filter(s::workshop_id.eq(workshop))
        .select((s::kind, s::quantity))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

/// A page of the movements of a workshop, the newest first.
pub(crate) fn movements(
    db: &mut Db,
    workshop: OrganisationId,
    request: &PageRequest,
    before: Option<AccessoryMovementId>,
) -> Result<Page<Movement>> {
    let mut query = m::table
        .filter(m::workshop_id.eq(workshop))
        .order(m::id.desc())
        .limit(request.fetch())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(m::id.lt(before));
    }
    let rows: Vec<Movement> = query.load(db)?;
    Ok(Page::from_rows(rows, request, |row| row.id.to_string()))
}

/// Moves accessories in and out of stock, never below zero, and keeps the movements.
pub(crate) fn move_accessories(db: &mut Db, movements: &[Movement]) -> Result<()> {
    let mut net: BTreeMap<(OrganisationId, AccessoryKind), i32> = BTreeMap::new();
    for movement in movements {
        *net.entry((movement.workshop_id, movement.kind))
            .or_default() += movement.delta;
    }
    for ((workshop, kind), delta) in net.into_iter().filter(|(_, delta)| *delta != 0) {
        adjust(db, workshop, kind, delta)?;
    }
    for chunk in movements.chunks(WRITE_CHUNK) {
        db::on!(&mut *db, c => diesel::insert_into(m::table).values(chunk).execute(c))?;
    }
    Ok(())
}

fn adjust(db: &mut Db, workshop: OrganisationId, kind: AccessoryKind, delta: i32) -> Result<()> {
    let rows = diesel::update(s::table.find((workshop, kind)))
        .filter(s::quantity.ge(delta.saturating_neg()))
        .set(s::quantity.eq(s::quantity + delta))
        .execute(db)?;
    if rows == 0 && delta >= 0 {
        let row = (
            s::workshop_id.eq(workshop),
            s::kind.eq(kind),
            s::quantity.eq(delta),
        );
        diesel::insert_into(s::table).values(row).execute(db)?;
        return Ok(());
    }
    db::guard(rows, Code::StockTooLow)
}
