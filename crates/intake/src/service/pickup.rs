//! What the donor says of its pickup: whom to call, which times suit, whether the time that was
//! set does.

use db::{Result, Tx};
use kernel::{Actor, BatchId};

use super::tell;
use crate::model::{Batch, BatchStatus, MoveRequest, Pickup, PickupAnswer, PickupChange};
use crate::rules;
use crate::store::{self, Change};

/// Changes where, when and whom to call, until the truck has come. Once the batch was offered,
/// the city and the workshop that is to fetch it are told.
///
/// # Errors
/// `batch_not_editable`, `invalid_fields`.
pub fn change_pickup(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BatchId,
    change: &PickupChange,
) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    rules::may_change_pickup(batch.status)?;
    let pickup = rules::check_pickup_change(&batch.pickup, change)?;
    if pickup == batch.pickup {
        return Ok(batch);
    }
    let changed = write(tx, actor, &batch, pickup)?;
    if batch.status != BatchStatus::Draft {
        tell::pickup_changed(tx, &changed)?;
    }
    Ok(changed)
}

/// The time that was set suits the donor.
///
/// # Errors
/// `batch_step_not_allowed`.
pub fn accept_pickup(tx: &mut Tx<'_>, actor: &Actor, id: BatchId) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    rules::may_answer_pickup(batch.status)?;
    if batch.pickup.answer.as_ref().is_some_and(|it| it.agrees) {
        return Ok(batch);
    }
    let answer = PickupAnswer {
        agrees: true,
        reason: None,
        at: tx.now(),
    };
    let pickup = Pickup {
        answer: Some(answer),
        ..batch.pickup.clone()
    };
    write(tx, actor, &batch, pickup)
}

/// The donor asks for another time, and says why; the city and the workshop are told. The time
/// that was set stays until the city sets another.
///
/// # Errors
/// `batch_step_not_allowed`, `invalid_fields`.
pub fn ask_to_move_pickup(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BatchId,
    asked: &MoveRequest,
) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    rules::may_answer_pickup(batch.status)?;
    let reason = rules::check_move(asked)?;
    let known = batch.pickup.answer.as_ref();
    let again = known.is_some_and(|it| !it.agrees && it.reason.as_ref() == Some(&reason));
    if again && (asked.windows.is_empty() || asked.windows == batch.pickup.windows) {
        return Ok(batch);
    }
    let answer = PickupAnswer {
        agrees: false,
        reason: Some(reason),
        at: tx.now(),
    };
    let mut pickup = Pickup {
        answer: Some(answer),
        ..batch.pickup.clone()
    };
    if !asked.windows.is_empty() {
        pickup.windows.clone_from(&asked.windows);
    }
    let changed = write(tx, actor, &batch, pickup)?;
    tell::pickup_changed(tx, &changed)?;
    Ok(changed)
}

fn write(tx: &mut Tx<'_>, actor: &Actor, batch: &Batch, pickup: Pickup) -> Result<Batch> {
    let mut change = Change::to(batch, batch.status, tx.now());
    change.pickup = Some(pickup);
    store::update(tx, batch, &change)?;
    store::batch(tx, actor, batch.id)
}
