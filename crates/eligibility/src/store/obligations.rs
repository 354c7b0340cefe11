//! Rows of `obligations`.

use std::collections::HashMap;

use db::schema::{applications as a, obligations as b, organisations as o, programmes as p};
use db::{Db, Result};
use diesel::prelude::*;
use identity::OrganisationStatus;
use kernel::{
    Actor, ApplicationId, Code, HandoverId, Instant, ObligationId, OrganisationId, Page,
    PageRequest, PersonId, ProgrammeId, Refusal,
};

use crate::model::{FollowUpReport, Obligation, ObligationFilter};

db::json_column!(FollowUpReport);

#[derive(Queryable, Selectable)]
#[diesel(table_name = b)]
struct ObligationRow {
    id: ObligationId,
    association_id: OrganisationId,
    what: String,
    due_at: Instant,
    handover_id: Option<HandoverId>,
    met_at: Option<Instant>,
    met_by: Option<PersonId>,
    report: Option<FollowUpReport>,
    created_at: Instant,
}

fn to_obligation((row, association): (ObligationRow, String)) -> Obligation {
    Obligation {
        id: row.id,
        association_id: row.association_id,
        association,
        what: row.what,
        due_at: row.due_at,
        handover_id: row.handover_id,
        met_at: row.met_at,
        met_by: row.met_by,
        report: row.report,
        created_at: row.created_at,
    }
}

macro_rules! with_association {
    () => {
        b::table
            .inner_join(o::table.on(o::id.eq(b::association_id)))
            .select((ObligationRow::as_select(), o::name))
            .into_boxed()
    };
}

/// Of one association, the first due first.
pub(crate) fn obligations_of(db: &mut Db, association: OrganisationId) -> Result<Vec<Obligation>> {
    let rows = with_association!()
        .filter(b::association_id.eq(association))
        .order((b::due_at, b::id))
        .load(db)?;
    Ok(rows.into_iter().map(to_obligation).collect())
}

/// The newest first: the city sees all, an association its own.
pub(crate) fn obligations(
    db: &mut Db,
    actor: &Actor,
    filter: &ObligationFilter,
    now: Instant,
    page: &PageRequest,
) -> Result<Page<Obligation>> {
    let mut query = with_association!().order(b::id.desc()).limit(page.fetch());
    if let Some(organisation) = actor.limited_to() {
        query = query.filter(b::association_id.eq(organisation));
    }
    if let Some(association) = filter.association_id {
        query = query.filter(b::association_id.eq(association));
    }
    match filter.open {
        Some(true) => query = query.filter(b::met_at.is_null()),
        Some(false) => query = query.filter(b::met_at.is_not_null()),
        None => {}
    }
    if filter.overdue {
        query = query.filter(b::met_at.is_null()).filter(b::due_at.lt(now));
    }
    if let Some(after) = page.after::<ObligationId>()? {
        query = query.filter(b::id.lt(after));
    }
    let rows: Vec<Obligation> = query.load(db)?.into_iter().map(to_obligation).collect();
    Ok(Page::from_rows(rows, page, |it| it.id.to_string()))
}

/// What is open, the first due first.
pub(crate) fn open_obligations(
    db: &mut Db,
    due: (Option<Instant>, Option<Instant>),
    page: &PageRequest,
) -> Result<Page<Obligation>> {
    let mut query = with_association!()
        .filter(b::met_at.is_null())
        .order((b::due_at.asc(), b::id.asc()))
        .limit(page.fetch());
    if let Some(from) = due.0 {
        query = query.filter(b::due_at.ge(from));
    }
    if let Some(before) = due.1 {
        query = query.filter(b::due_at.lt(before));
    }
    if let Some(After { due_at, id }) = page.after::<After>()? {
        query = query
            .filter(b::due_at.ge(due_at))
            .filter(b::due_at.gt(due_at).or(b::id.gt(id)));
    }
    let rows: Vec<Obligation> = query.load(db)?.into_iter().map(to_obligation).collect();
    Ok(Page::from_rows(rows, page, |it| {
        format!("{}.{}", it.due_at.micros(), it.id)
    }))
}

/// Where a page of them ended.
struct After {
    due_at: Instant,
    id: ObligationId,
}

impl std::str::FromStr for After {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let (micros, id) = text.split_once('.').ok_or(())?;
        Ok(Self {
            due_at: micros
                .parse()
                .ok()
                .and_then(Instant::from_micros)
                .ok_or(())?,
            id: id.parse().map_err(|_| ())?,
        })
    }
}

/// One that the actor may read.
pub(crate) fn obligation(db: &mut Db, actor: &Actor, id: ObligationId) -> Result<Obligation> {
    let mut query = with_association!().filter(b::id.eq(id));
    if let Some(organisation) = actor.limited_to() {
        query = query.filter(b::association_id.eq(organisation));
    }
    let row = query.first(db).optional()?;
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
            b::handover_id.eq(new.handover_id),
            b::created_by.eq(by),
            b::created_at.eq(new.created_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Whose an application is, their name, and after how many months its programme asks for a
/// report. Not scoped: who hands a lot over does not read applications.
pub(crate) fn follow_up_terms(
    db: &mut Db,
    application: ApplicationId,
) -> Result<Option<(OrganisationId, String, i32)>> {
    Ok(a::table
        .inner_join(o::table)
        .inner_join(p::table.on(p::id.eq(a::programme_id)))
        .filter(a::id.eq(application))
        .select((a::association_id, o::name, p::follow_up_months))
        .first(db)
        .optional()?)
}

/// Guarded: it is met once.
pub(crate) fn meet_obligation(
    db: &mut Db,
    id: ObligationId,
    report: Option<&FollowUpReport>,
    by: PersonId,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(b::table.find(id))
        .filter(b::met_at.is_null())
        .set((
            b::met_at.eq(Some(now)),
            b::met_by.eq(Some(by)),
            b::report.eq(report),
        ))
        .execute(db)?;
    db::guard(rows, Code::ObligationMet)
}

/// Obligations whose day is near, or past, and that nobody was reminded of. Suspended
/// associations can do nothing and are not written to.
pub(crate) fn due_obligations(
    db: &mut Db,
    overdue: bool,
    from: Instant,
    to: Instant,
    most: i64,
) -> Result<Vec<Obligation>> {
    let mut query = with_association!()
        .filter(o::status.eq_any([OrganisationStatus::Pending, OrganisationStatus::Verified]))
        .filter(b::met_at.is_null())
        .filter(b::due_at.between(from, to))
        .order(b::id)
        .limit(most);
    query = if overdue {
        query.filter(b::overdue_told_at.is_null())
    } else {
        query.filter(b::reminded_at.is_null())
    };
    Ok(query.load(db)?.into_iter().map(to_obligation).collect())
}

/// Notes that the association was reminded.
pub(crate) fn note_reminded(
    db: &mut Db,
    id: ObligationId,
    overdue: bool,
    now: Instant,
) -> Result<()> {
    let row = diesel::update(b::table.find(id));
    if overdue {
        row.set(b::overdue_told_at.eq(Some(now))).execute(db)?;
    } else {
        row.set(b::reminded_at.eq(Some(now))).execute(db)?;
    }
    Ok(())
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
