//! The table `batch_trucks`. No decisions.

use db::schema::{batch_trucks as t, batches as b};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Actor, BatchId, Code, Instant, PersonId, Refusal};

use super::{BatchRow, Scope, complete, visible};
use crate::model::{Batch, NewTruck, Truck};

/// A row without its batch and who sent it.
type Row = (
    i32,
    Instant,
    Instant,
    Option<Instant>,
    Option<i32>,
    Option<Instant>,
);

fn to_truck((number, from, to, collected_at, pallets, cancelled_at): Row) -> Truck {
    Truck {
        number,
        from,
        to,
        collected_at,
        pallets,
        cancelled_at,
    }
}

/// The further trucks of a batch, in their order.
pub(crate) fn trucks(db: &mut Db, batch: BatchId) -> Result<Vec<Truck>> {
    let rows: Vec<Row> = t::table
        .filter(t::batch_id.eq(batch))
        .order(t::number)
        .select((
            t::number,
            t::starts_at,
            t::ends_at,
            t::collected_at,
            t::pallets,
            t::cancelled_at,
        ))
        .load(db)?;
    Ok(rows.into_iter().map(to_truck).collect())
}

pub(crate) fn truck(db: &mut Db, batch: BatchId, number: i32) -> Result<Truck> {
    let found = trucks(db, batch)?.into_iter();
    let mut found = found.filter(|truck| truck.number == number);
    found.next().ok_or_else(|| Refusal::not_found().into())
}

pub(crate) fn insert_truck(
    db: &mut Db,
    batch: BatchId,
    (number, new): (i32, &NewTruck),
    by: PersonId,
    now: Instant,
) -> Result<()> {
    diesel::insert_into(t::table)
        .values((
            t::batch_id.eq(batch),
            t::number.eq(number),
            t::starts_at.eq(new.from),
            t::ends_at.eq(new.to),
            t::created_by.eq(by),
            t::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Guarded: a truck leaves once.
pub(crate) fn load_truck(
    db: &mut Db,
    batch: BatchId,
    number: i32,
    (at, pallets): (Instant, Option<i32>),
) -> Result<()> {
    let rows = diesel::update(t::table.find((batch, number)))
        .filter(t::collected_at.is_null())
        .filter(t::cancelled_at.is_null())
        .set((t::collected_at.eq(Some(at)), t::pallets.eq(pallets)))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// Guarded: a truck that left is not called off.
pub(crate) fn call_truck_off(db: &mut Db, batch: BatchId, number: i32, now: Instant) -> Result<()> {
    let rows = diesel::update(t::table.find((batch, number)))
        .filter(t::collected_at.is_null())
        .filter(t::cancelled_at.is_null())
        .set(t::cancelled_at.eq(Some(now)))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// The further trucks to come of batches that the actor may see, from one moment on until another, in
/// their order: so many at the most.
///
/// # Errors
/// `not_found` for who has none, or when the database fails.
pub fn trucks_to_come(
    db: &mut Db,
    actor: &Actor,
    (from, until): (Instant, Instant),
    most: i64,
) -> Result<Vec<(Batch, Truck)>> {
    let mut query = t::table
        .inner_join(b::table.on(b::id.eq(t::batch_id)))
        .filter(t::starts_at.ge(from).and(t::starts_at.lt(until)))
        .filter(t::collected_at.is_null())
        .filter(t::cancelled_at.is_null())
        .order((t::starts_at, t::batch_id, t::number))
        .select((
            BatchRow::as_select(),
            (
                t::number,
                t::starts_at,
                t::ends_at,
                t::collected_at,
                t::pallets,
                t::cancelled_at,
            ),
        ))
        .limit(most)
        .into_boxed();
    match visible(actor)? {
        Scope::All => {}
        Scope::Donor(organisation) => query = query.filter(b::donor_id.eq(organisation)),
        Scope::Workshop(organisation) => query = query.filter(b::workshop_id.eq(organisation)),
    }
    let rows: Vec<(BatchRow, Row)> = query.load(db)?;
    let (batches, trucks): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let batches = batches.into_iter().map(Batch::try_from);
    let mut batches: Vec<Batch> = batches.collect::<Result<_>>()?;
    complete(db, &mut batches)?;
    Ok(batches
        .into_iter()
        .zip(trucks.into_iter().map(to_truck))
        .collect())
}
