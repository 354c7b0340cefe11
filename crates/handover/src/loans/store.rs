//! The table `loans`. No decisions.

use std::collections::HashMap;

use db::schema::{
    devices as d, handovers as h, loans as l, organisations as o, programmes as p,
    wave_devices as v, wave_lines as m, waves as w,
};
use db::{Db, Result};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use kernel::{Code, HandoverId, Instant, OrganisationId, PersonId, WaveId};

use super::model::Loan;
use crate::incidents::HANDED_OVER;

/// After how many months a lot of a wave is due back; none when it is given.
pub(super) fn months(db: &mut Db, wave: WaveId) -> Result<Option<u32>> {
    let months: Option<i32> = w::table
        .inner_join(p::table.on(p::id.eq(w::programme_id)))
        .filter(w::id.eq(wave))
        .select(p::loan_months)
        .first(db)?;
    Ok(months.and_then(|months| u32::try_from(months).ok()))
}

pub(super) fn insert(
    db: &mut Db,
    handover: HandoverId,
    due_at: Instant,
    now: Instant,
) -> Result<()> {
    diesel::insert_into(l::table)
        .values((
            l::handover_id.eq(handover),
            l::due_at.eq(due_at),
            l::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// What is known of the loans of these handovers.
pub(crate) fn loans(db: &mut Db, handovers: &[HandoverId]) -> Result<HashMap<HandoverId, Loan>> {
    if handovers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(HandoverId, Instant, Option<String>, Option<Instant>)> = l::table
        .filter(l::handover_id.eq_any(handovers))
        .select((l::handover_id, l::due_at, l::reason, l::returned_at))
        .load(db)?;
    let loan = |(id, due_at, reason, returned_at)| {
        let loan = Loan {
            due_at,
            reason,
            returned_at,
        };
        (id, loan)
    };
    Ok(rows.into_iter().map(loan).collect())
}

pub(super) fn loan(db: &mut Db, handover: HandoverId) -> Result<Option<Loan>> {
    Ok(loans(db, &[handover])?.remove(&handover))
}

/// Gives it another day; it is reminded of anew.
pub(super) fn extend(
    db: &mut Db,
    handover: HandoverId,
    (due_at, reason): (Instant, &str),
    by: PersonId,
) -> Result<()> {
    let rows = diesel::update(l::table.find(handover))
        .filter(l::returned_at.is_null())
        .set((
            l::due_at.eq(due_at),
            l::reason.eq(Some(reason)),
            l::extended_by.eq(Some(by)),
            l::reminded_at.eq(None::<Instant>),
            l::overdue_told_at.eq(None::<Instant>),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

pub(super) fn note_returned(db: &mut Db, handover: HandoverId, now: Instant) -> Result<()> {
    let rows = diesel::update(l::table.find(handover))
        .filter(l::returned_at.is_null())
        .set(l::returned_at.eq(Some(now)))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// Loans that run and of which no device is with its association any more: so many at the most.
pub(super) fn over(db: &mut Db, most: i64) -> Result<Vec<HandoverId>> {
    let of_workshop = d::workshop_id
        .eq(h::workshop_id)
        .or(d::workshop_id.is_null().and(h::workshop_id.is_null()));
    let out = v::table
        .inner_join(m::table.on(m::id.eq(v::line_id)))
        .inner_join(d::table.on(d::id.eq(v::device_id)))
        .filter(v::wave_id.eq(h::wave_id))
        .filter(m::application_id.eq(h::application_id))
        .filter(v::released_at.is_null())
        .filter(v::cycle.eq(d::cycle))
        .filter(d::stage.eq(HANDED_OVER))
        .filter(of_workshop.assume_not_null())
        .select(v::device_id);
    Ok(l::table
        .inner_join(h::table.on(h::id.eq(l::handover_id)))
        .filter(l::returned_at.is_null())
        .filter(not(exists(out)))
        .order(l::due_at)
        .select(l::handover_id)
        .limit(most)
        .load(db)?)
}

/// A loan of which somebody is to be reminded.
pub(super) struct Due {
    pub(super) handover: HandoverId,
    pub(super) reference: String,
    pub(super) association: OrganisationId,
    pub(super) name: String,
    pub(super) due_at: Instant,
}

/// Loans whose day is between two moments, and of which nobody was reminded: so many at the most.
pub(super) fn due(
    db: &mut Db,
    overdue: bool,
    (from, to): (Instant, Instant),
    most: i64,
) -> Result<Vec<Due>> {
    let mut query = l::table
        .inner_join(h::table.on(h::id.eq(l::handover_id)))
        .inner_join(o::table.on(o::id.eq(h::association_id)))
        .filter(l::returned_at.is_null())
        .filter(l::due_at.between(from, to))
        .order((l::due_at.asc(), l::handover_id.asc()))
        .select((h::id, h::reference, h::association_id, o::name, l::due_at))
        .limit(most)
        .into_boxed();
    query = match overdue {
        true => query.filter(l::overdue_told_at.is_null()),
        false => query.filter(l::reminded_at.is_null()),
    };
    let rows: Vec<(HandoverId, String, OrganisationId, String, Instant)> = query.load(db)?;
    let due = |(handover, reference, association, name, due_at)| Due {
        handover,
        reference,
        association,
        name,
        due_at,
    };
    Ok(rows.into_iter().map(due).collect())
}

pub(super) fn note_reminded(
    db: &mut Db,
    handover: HandoverId,
    overdue: bool,
    now: Instant,
) -> Result<()> {
    let row = diesel::update(l::table.find(handover));
    match overdue {
        true => row.set(l::overdue_told_at.eq(Some(now))).execute(db)?,
        false => row.set(l::reminded_at.eq(Some(now))).execute(db)?,
    };
    Ok(())
}
