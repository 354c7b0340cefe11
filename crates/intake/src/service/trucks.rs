//! Further trucks of a batch that does not fit in one. The first is the pickup of the batch; each has
//! an entry of its own in the calendars of donor and workshop.

use db::{Db, Result, Tx};
use kernel::{Actor, BatchId, Verdict};

use super::{own_workshop, tell};
use crate::model::{Batch, NewTruck, Truck, TruckLoad};
use crate::rules;
use crate::store;

/// The further trucks of a batch, in their order.
///
/// # Errors
/// `not_found` when the actor may not see the batch.
pub fn trucks(db: &mut Db, actor: &Actor, id: BatchId) -> Result<Vec<Truck>> {
    store::batch(db, actor, id)?;
    store::trucks(db, id)
}

/// Sends a further truck; donor and workshop get its calendar entry.
///
/// # Errors
/// `not_found`, `batch_step_not_allowed`, `invalid_fields`.
pub fn send_truck(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BatchId,
    new: &NewTruck,
) -> Result<Vec<Truck>> {
    let batch = store::batch(tx, actor, id)?;
    let known = store::trucks(tx, id)?;
    let now = tx.now();
    if rules::may_send_truck(batch.status, &known, new, now)? == Verdict::AlreadyDone {
        return Ok(known);
    }
    let number = known.last().map_or(2, |truck| truck.number + 1);
    store::insert_truck(tx, id, (number, new), actor.person, now)?;
    let truck = store::truck(tx, id, number)?;
    tell::truck(tx, &batch, &truck, false)?;
    store::trucks(tx, id)
}

/// A truck left the donor.
///
/// # Errors
/// `not_found`, `batch_step_not_allowed`, `invalid_fields`.
pub fn load_truck(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, number): (BatchId, i32),
    load: &TruckLoad,
) -> Result<Vec<Truck>> {
    let batch = store::batch(tx, actor, id)?;
    own_workshop(actor, &batch)?;
    let truck = store::truck(tx, id, number)?;
    let now = tx.now();
    if rules::may_load_truck(&batch, &truck, load, now)? == Verdict::Go {
        let loaded = (load.collected_at, load.pallets);
        store::load_truck(tx, id, number, loaded)?;
    }
    store::trucks(tx, id)
}

/// Calls a truck off that has not left; its entry leaves the calendars.
///
/// # Errors
/// `not_found`, `batch_step_not_allowed`.
pub fn call_truck_off(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, number): (BatchId, i32),
) -> Result<Vec<Truck>> {
    let batch = store::batch(tx, actor, id)?;
    let truck = store::truck(tx, id, number)?;
    if rules::may_call_truck_off(&truck)? == Verdict::Go {
        write_off(tx, &batch, &truck)?;
    }
    store::trucks(tx, id)
}

fn write_off(tx: &mut Tx<'_>, batch: &Batch, truck: &Truck) -> Result<()> {
    let now = tx.now();
    store::call_truck_off(tx, batch.id, truck.number, now)?;
    tell::truck(tx, batch, truck, true)
}

/// The whole batch is called off: no further truck comes.
pub(super) fn call_all_off(tx: &mut Tx<'_>, batch: &Batch) -> Result<()> {
    let trucks = store::trucks(tx, batch.id)?;
    for truck in trucks.iter().filter(|truck| truck.is_awaited()) {
        write_off(tx, batch, truck)?;
    }
    Ok(())
}
