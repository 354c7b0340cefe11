//! Rows of `obligations`.

use std::collections::HashMap;

use db::schema::{applications as a, obligations as b};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Actor, Code, Instant, ObligationId, OrganisationId, PersonId, ProgrammeId, Refusal};

use crate::model::Obligation;

type Columns = (
    ObligationId,
    OrganisationId,
    String,
    Instant,
    Option<Instant>,
    Instant,
);

macro_rules! columns {
    () => {
        (
            b::id,
            b::association_id,
            b::what,
            b::due_at,
            b::met_at,
            b::created_at,
        )
    };
}

fn to_obligation((id, association_id, what, due_at, met_at, created_at): Columns) -> Obligation {
    Obligation {
        id,
        association_id,
        what,
        due_at,
        met_at,
        created_at,
    }
}

/// Of one association, the first due first.
pub(crate) fn obligations(db: &mut Db, association: OrganisationId) -> Result<Vec<Obligation>> {
    let rows: Vec<Columns> = b::table
        .filter(b::association_id.eq(association))
        .order((b::due_at, b::id))
        .select(columns!())
        .load(db)?;
    Ok(rows.into_iter().map(to_obligation).collect())
}

/// One that the actor may read.
pub(crate) fn obligation(db: &mut Db, actor: &Actor, id: ObligationId) -> Result<Obligation> {
    let mut query = b::table
        .filter(b::id.eq(id))
        .select(columns!())
        .into_boxed();
    if let Some(organisation) = actor.limited_to() {
        query = query.filter(b::association_id.eq(organisation));
    }
    let row: Option<Columns> = query.first(db).optional()?;
    row.map(to_obligation)
        .ok_or_else(|| Refusal::not_found().into())
}

pub(crate) fn insert_obligation(db: &mut Db, new: &Obligation, by: PersonId) -> Result<()> {
    diesel::insert_into(b::table)
        .values((
            b::id.eq(new.id),
            b::association_id.eq(new.association_id),
            b::what.eq(&new.what),
            b::due_at.eq(new.due_at),
            b::met_at.eq(new.met_at),
            b::created_by.eq(by),
            b::created_at.eq(new.created_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Guarded: it is met once.
pub(crate) fn meet_obligation(db: &mut Db, id: ObligationId, now: Instant) -> Result<()> {
    let rows = diesel::update(b::table.find(id))
        .filter(b::met_at.is_null())
        .set(b::met_at.eq(Some(now)))
        .execute(db)?;
    db::guard(rows, Code::ObligationMet)
}

/// How many are overdue.
pub(crate) fn overdue(db: &mut Db, association: OrganisationId, now: Instant) -> Result<i64> {
    Ok(b::table
        .filter(b::association_id.eq(association))
        .filter(b::met_at.is_null())
        .filter(b::due_at.lt(now))
        .count()
        .get_result(db)?)
}

/// How many are overdue, of each association that applied to the programme.
pub(crate) fn overdue_of_all(
    db: &mut Db,
    programme: ProgrammeId,
    now: Instant,
) -> Result<HashMap<OrganisationId, i64>> {
    let applicants = a::table
        .filter(a::programme_id.eq(programme))
        .select(a::association_id);
    let rows: Vec<OrganisationId> = b::table
        .filter(b::met_at.is_null())
        .filter(b::due_at.lt(now))
        .filter(b::association_id.eq_any(applicants))
        .select(b::association_id)
        .load(db)?;
    let mut counts = HashMap::new();
    for association in rows {
        *counts.entry(association).or_insert(0) += 1;
    }
    Ok(counts)
}
