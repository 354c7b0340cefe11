//! The table `handover_slots`, and who chose which. No decisions.

use std::collections::HashMap;

use db::schema::{handover_slots as s, handovers as h, organisations as o};
use db::{Db, Result};
use diesel::dsl::count_star;
use diesel::prelude::*;
use kernel::{Actor, Code, HandoverSlotId, Instant, OrganisationId, Refusal};

use super::model::{HandoverSlot, SlotFilter, SlotRow};
use crate::model::HandoverStatus;

/// Slots that a list shows at the most: some months of a workshop.
const LISTED: i64 = 500;

pub(super) fn insert(db: &mut Db, slots: &[SlotRow]) -> Result<()> {
    db::insert_many!(&mut *db, s::table, slots);
    Ok(())
}

/// A slot of the actor's own workshop; of any for the city.
pub(super) fn own(db: &mut Db, actor: &Actor, id: HandoverSlotId) -> Result<SlotRow> {
    let slot = slot(db, id)?;
    match actor.limited_to() {
        Some(organisation) if organisation != slot.workshop_id => Err(Refusal::not_found().into()),
        _ => Ok(slot),
    }
}

/// A slot, whoever asks.
pub(super) fn slot(db: &mut Db, id: HandoverSlotId) -> Result<SlotRow> {
    s::table
        .find(id)
        .select(SlotRow::as_select())
        .first(db)
        .optional()?
        .ok_or_else(|| Refusal::not_found().into())
}

/// How many lots are, or were, collected in each of these slots.
pub(super) fn taken(db: &mut Db, slots: &[HandoverSlotId]) -> Result<HashMap<HandoverSlotId, i64>> {
    if slots.is_empty() {
        return Ok(HashMap::new());
    }
    let slots: Vec<Option<HandoverSlotId>> = slots.iter().copied().map(Some).collect();
    let counted: Vec<(Option<HandoverSlotId>, i64)> = h::table
        .filter(h::slot_id.eq_any(slots))
        .filter(h::status.eq_any([HandoverStatus::Scheduled, HandoverStatus::Completed]))
        .group_by(h::slot_id)
        .select((h::slot_id, count_star()))
        .load(db)?;
    Ok(counted
        .into_iter()
        .filter_map(|(slot, count)| Some((slot?, count)))
        .collect())
}

/// The slots that are to come, in their order.
pub(super) fn to_come(db: &mut Db, filter: &SlotFilter, now: Instant) -> Result<Vec<HandoverSlot>> {
    let mut query = s::table
        .inner_join(o::table.on(o::id.eq(s::workshop_id)))
        .filter(s::withdrawn_at.is_null())
        .filter(s::starts_at.gt(now))
        .order((s::starts_at.asc(), s::id.asc()))
        .select((SlotRow::as_select(), o::name))
        .limit(LISTED)
        .into_boxed();
    if let Some(workshop) = filter.workshop_id {
        query = query.filter(s::workshop_id.eq(workshop));
    }
    let rows: Vec<(SlotRow, String)> = query.load(db)?;
    let ids: Vec<HandoverSlotId> = rows.iter().map(|(slot, _)| slot.id).collect();
    let taken = taken(db, &ids)?;
    let shown = rows.into_iter().map(|(slot, workshop)| HandoverSlot {
        taken: taken.get(&slot.id).copied().unwrap_or_default(),
        id: slot.id,
        workshop_id: slot.workshop_id,
        workshop,
        from: slot.starts_at,
        to: slot.ends_at,
        place: slot.place,
        lots: slot.lots,
    });
    Ok(shown.collect())
}

pub(super) fn withdraw(db: &mut Db, id: HandoverSlotId, now: Instant) -> Result<()> {
    let rows = diesel::update(s::table.find(id))
        .filter(s::withdrawn_at.is_null())
        .set(s::withdrawn_at.eq(Some(now)))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// Lots of a workshop that have no appointment yet, with whose they are.
pub(super) fn without_appointment(
    db: &mut Db,
    workshop: OrganisationId,
) -> Result<Vec<(String, OrganisationId, String)>> {
    Ok(h::table
        .inner_join(o::table.on(o::id.eq(h::association_id)))
        .filter(h::workshop_id.eq(workshop))
        .filter(h::status.eq(HandoverStatus::Planned))
        .order(h::id)
        .select((h::reference, h::association_id, o::name))
        .load(db)?)
}
