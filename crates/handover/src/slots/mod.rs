//! A workshop offers times at which it hands lots over, and the associations choose among them: no
//! telephone call for each of dozens of appointments.

mod model;
pub mod rules;
mod store;

use db::{Db, Result, Tx};
use identity::OrganisationKind;
use kernel::{Actor, Code, HandoverId, HandoverSlotId, Instant, OrganisationId, Refusal, Verdict};
use notifications::Message;

use model::SlotRow;
pub use model::{HandoverSlot, SlotChoice, SlotFilter, SlotSeries};

use crate::model::{HandoverSchedule, HandoverView};
use crate::service::appoint;

/// Offers slots of a workshop; one that is offered already is not offered twice. Associations whose
/// lots wait there without an appointment are told when there was nothing to choose before.
///
/// # Errors
/// `invalid_fields`; `unknown_reference` for a workshop that is none.
pub fn offer(tx: &mut Tx<'_>, actor: &Actor, series: &SlotSeries) -> Result<Vec<HandoverSlot>> {
    let now = tx.now();
    let wanted = rules::slots_of(series, now)?;
    let workshop = workshop_of(tx, actor, series.workshop_id)?;
    let filter = SlotFilter {
        workshop_id: Some(workshop),
    };
    let there = store::to_come(tx, &filter, now)?;
    let place = series.place.trim();
    let is_known = |(from, to): (Instant, Instant)| {
        let same = |it: &HandoverSlot| (it.from, it.to, it.place.as_str()) == (from, to, place);
        there.iter().any(same)
    };
    let fresh = wanted.into_iter().filter(|span| !is_known(*span));
    let rows: Vec<SlotRow> = fresh
        .map(|(starts_at, ends_at)| SlotRow {
            id: tx.new_id(),
            workshop_id: workshop,
            starts_at,
            ends_at,
            place: place.to_owned(),
            lots: series.lots,
            offered_by: actor.person,
            offered_at: now,
            withdrawn_at: None,
        })
        .collect();
    store::insert(tx, &rows)?;
    if !rows.is_empty() && !there.iter().any(HandoverSlot::is_free) {
        tell_who_waits(tx, workshop)?;
    }
    store::to_come(tx, &filter, now)
}

fn workshop_of(
    db: &mut Db,
    actor: &Actor,
    named: Option<OrganisationId>,
) -> Result<OrganisationId> {
    match (actor.limited_to(), named) {
        (Some(own), None) => Ok(own),
        (Some(own), Some(named)) if own == named => Ok(own),
        (Some(_), Some(_)) => Err(Refusal::not_found().into()),
        (None, Some(named)) => {
            let kind = OrganisationKind::Workshop;
            Ok(identity::organisation_of_kind(db, named, kind, "/workshop_id")?.id)
        }
        (None, None) => {
            let help = Code::Required.help();
            Err(Refusal::field("/workshop_id", Code::Required, help).into())
        }
    }
}

fn tell_who_waits(tx: &mut Tx<'_>, workshop: OrganisationId) -> Result<()> {
    let waiting = store::without_appointment(tx, workshop)?;
    let ids: Vec<OrganisationId> = waiting.iter().map(|(_, id, _)| *id).collect();
    let contacts = identity::contacts_of_all(tx, &ids)?;
    let letters: Vec<_> = waiting
        .into_iter()
        .map(|(reference, id, association)| {
            let message = Message::HandoverSlots {
                reference,
                association,
            };
            (message, contacts.get(&id).cloned().unwrap_or_default())
        })
        .collect();
    notifications::push_many(tx, &letters)
}

/// The slots to come, free or not: the city sees all, a workshop its own.
///
/// # Errors
/// When the database fails.
pub fn slots(
    db: &mut Db,
    actor: &Actor,
    filter: &SlotFilter,
    now: Instant,
) -> Result<Vec<HandoverSlot>> {
    let filter = match actor.limited_to() {
        Some(own) => SlotFilter {
            workshop_id: Some(own),
        },
        None => *filter,
    };
    store::to_come(db, &filter, now)
}

/// The slots among which the association may choose for its lot, its own one included.
///
/// # Errors
/// `not_found` when the actor may not see the lot.
pub fn slots_for(
    db: &mut Db,
    actor: &Actor,
    id: HandoverId,
    now: Instant,
) -> Result<Vec<HandoverSlot>> {
    let handover = crate::store::handover(db, actor, id)?;
    let Some(workshop) = handover.workshop_id else {
        return Ok(Vec::new());
    };
    let filter = SlotFilter {
        workshop_id: Some(workshop),
    };
    let mut found = store::to_come(db, &filter, now)?;
    found.retain(|slot| slot.is_free() || handover.slot_id == Some(slot.id));
    Ok(found)
}

/// An association chooses when it collects its lot, or moves its appointment to another slot.
///
/// # Errors
/// `not_found`, `slot_full`, `invalid_fields`, `handover_step_not_allowed`,
/// `organisation_suspended`.
pub fn choose_slot(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    choice: &SlotChoice,
) -> Result<HandoverView> {
    let handover = crate::store::handover(tx, actor, id)?;
    let slot = store::slot(tx, choice.slot_id)?;
    let taken = store::taken(tx, &[slot.id])?
        .remove(&slot.id)
        .unwrap_or_default();
    if rules::may_choose(&handover, &slot, taken, tx.now())? == Verdict::AlreadyDone {
        return crate::service::view(tx, handover);
    }
    let when = HandoverSchedule {
        from: slot.starts_at,
        to: slot.ends_at,
        place: slot.place,
    };
    appoint(tx, actor, &handover, &when, Some(slot.id))
}

/// Withdraws a slot that nobody chose.
///
/// # Errors
/// `not_found`, `slot_taken`.
pub fn withdraw_slot(tx: &mut Tx<'_>, actor: &Actor, id: HandoverSlotId) -> Result<()> {
    let slot = store::own(tx, actor, id)?;
    let taken = store::taken(tx, &[id])?.remove(&id).unwrap_or_default();
    match rules::may_withdraw(&slot, taken)? {
        Verdict::AlreadyDone => Ok(()),
        Verdict::Go => {
            let now = tx.now();
            store::withdraw(tx, id, now)
        }
    }
}
