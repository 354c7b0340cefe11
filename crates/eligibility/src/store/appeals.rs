//! Rows of `appeals`.

use db::schema::{appeals as l, applications as a, organisations as o};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{
    Actor, AppealId, ApplicationId, Code, Instant, OrganisationId, Page, PageRequest, PersonId,
    Refusal,
};

use super::ReasonList;
use crate::model::{Appeal, AppealOutcome, Contested, Reopened};

#[derive(Queryable, Selectable)]
#[diesel(table_name = l)]
struct AppealRow {
    id: AppealId,
    reference: String,
    application_id: ApplicationId,
    contested: Contested,
    contested_at: Instant,
    contested_by: Option<PersonId>,
    grounds: String,
    filed_by: PersonId,
    filed_at: Instant,
    silence_at: Instant,
    outcome: Option<AppealOutcome>,
    reasons: Option<ReasonList>,
    decided_by: Option<PersonId>,
    decided_at: Option<Instant>,
    marked_anew_at: Option<Instant>,
    version: i32,
}

type Found = (AppealRow, String, OrganisationId, String);

fn to_appeal((row, application, association_id, association): Found) -> Appeal {
    Appeal {
        id: row.id,
        reference: row.reference,
        application_id: row.application_id,
        application,
        association_id,
        association,
        contested: row.contested,
        contested_at: row.contested_at,
        contested_by: row.contested_by,
        grounds: row.grounds,
        filed_by: row.filed_by,
        filed_at: row.filed_at,
        silence_at: row.silence_at,
        outcome: row.outcome,
        reasons: row.reasons.map(|reasons| reasons.0).unwrap_or_default(),
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        marked_anew_at: row.marked_anew_at,
        version: row.version,
    }
}

macro_rules! appeals_seen_by {
    ($actor:expr) => {{
        let query = l::table
            .inner_join(a::table.inner_join(o::table))
            .select((
                AppealRow::as_select(),
                a::reference,
                a::association_id,
                o::name,
            ))
            .into_boxed();
        seen_by!(query, $actor)
    }};
}

/// One that the actor may read.
pub(crate) fn appeal(db: &mut Db, actor: &Actor, id: AppealId) -> Result<Appeal> {
    let row: Option<Found> = appeals_seen_by!(actor)
        .filter(l::id.eq(id))
        .first(db)
        .optional()?;
    row.map(to_appeal)
        .ok_or_else(|| Refusal::not_found().into())
}

/// The same by its reference.
pub(crate) fn appeal_named(db: &mut Db, actor: &Actor, reference: &str) -> Result<Appeal> {
    let row: Option<Found> = appeals_seen_by!(actor)
        .filter(l::reference.eq(reference))
        .first(db)
        .optional()?;
    row.map(to_appeal)
        .ok_or_else(|| Refusal::not_found().into())
}

/// The newest first.
pub(crate) fn appeals(
    db: &mut Db,
    actor: &Actor,
    open: Option<bool>,
    application: Option<ApplicationId>,
    page: &PageRequest,
) -> Result<Page<Appeal>> {
    let mut query = appeals_seen_by!(actor)
        .order(l::id.desc())
        .limit(page.fetch());
    match open {
        Some(true) => query = query.filter(l::outcome.is_null()),
        Some(false) => query = query.filter(l::outcome.is_not_null()),
        None => {}
    }
    if let Some(application) = application {
        query = query.filter(l::application_id.eq(application));
    }
    if let Some(after) = page.after::<AppealId>()? {
        query = query.filter(l::id.lt(after));
    }
    let rows: Vec<Appeal> = query
        .load::<Found>(db)?
        .into_iter()
        .map(to_appeal)
        .collect();
    Ok(Page::from_rows(rows, page, |appeal| appeal.id.to_string()))
}

/// Whether this decision is under appeal, decided or not.
pub(crate) fn appeal_exists(db: &mut Db, application: ApplicationId, at: Instant) -> Result<bool> {
    let count: i64 = l::table
        .filter(l::application_id.eq(application))
        .filter(l::contested_at.eq(at))
        .count()
        .get_result(db)?;
    Ok(count > 0)
}

/// The appeal that has an application assessed again: the one that waits for a decision, or the
/// one that was accepted while marks are still to be given anew.
pub(crate) fn reopened_by(db: &mut Db, application: ApplicationId) -> Result<Option<Reopened>> {
    let overturned = Some(AppealOutcome::Overturned);
    let found = l::table
        .filter(l::application_id.eq(application))
        .filter(
            l::outcome
                .is_null()
                .or(l::outcome.eq(overturned).and(l::marked_anew_at.is_null())),
        )
        .order(l::id.desc())
        .select((
            l::id,
            l::reference,
            l::contested,
            l::contested_by,
            l::outcome,
        ))
        .first(db)
        .optional()?;
    Ok(found.map(
        |(appeal, reference, contested, contested_by, outcome): (
            _,
            _,
            _,
            _,
            Option<AppealOutcome>,
        )| Reopened {
            appeal,
            reference,
            contested,
            contested_by,
            accepted: outcome.is_some(),
        },
    ))
}

/// Whether an appeal on this application waits for a decision.
pub(crate) fn under_appeal(db: &mut Db, application: ApplicationId) -> Result<bool> {
    let count: i64 = l::table
        .filter(l::application_id.eq(application))
        .filter(l::outcome.is_null())
        .count()
        .get_result(db)?;
    Ok(count > 0)
}

/// Nothing is left to mark anew.
pub(crate) fn note_marked_anew(db: &mut Db, id: AppealId, now: Instant) -> Result<()> {
    let rows = diesel::update(l::table.find(id))
        .filter(l::marked_anew_at.is_null())
        .set((
            l::marked_anew_at.eq(Some(now)),
            l::version.eq(l::version + 1),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

pub(crate) fn insert_appeal(db: &mut Db, appeal: &Appeal) -> Result<()> {
    diesel::insert_into(l::table)
        .values((
            l::id.eq(appeal.id),
            l::reference.eq(&appeal.reference),
            l::application_id.eq(appeal.application_id),
            l::contested.eq(appeal.contested),
            l::contested_at.eq(appeal.contested_at),
            l::contested_by.eq(appeal.contested_by),
            l::grounds.eq(&appeal.grounds),
            l::filed_by.eq(appeal.filed_by),
            l::filed_at.eq(appeal.filed_at),
            l::silence_at.eq(appeal.silence_at),
            l::version.eq(appeal.version),
        ))
        .execute(db)?;
    Ok(())
}

/// Guarded: an appeal is decided once.
pub(crate) fn decide_appeal(
    db: &mut Db,
    id: AppealId,
    outcome: AppealOutcome,
    reasons: Vec<String>,
    by: PersonId,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(l::table.find(id))
        .filter(l::outcome.is_null())
        .set((
            l::outcome.eq(Some(outcome)),
            l::reasons.eq(Some(ReasonList(reasons))),
            l::decided_by.eq(Some(by)),
            l::decided_at.eq(Some(now)),
            l::version.eq(l::version + 1),
        ))
        .execute(db)?;
    db::guard(rows, Code::AppealDecided)
}
