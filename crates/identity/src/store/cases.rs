//! Rows of `registration_cases`.

use db::schema::{organisations as o, registration_cases as c};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{
    Code, Instant, OrganisationId, Page, PageRequest, PersonId, Queue, RegistrationCaseId,
};

use super::exists;
use crate::model::{CaseKind, CaseStatus, RegistrationCase};

/// Cases that wait to be settled.
///
/// # Errors
/// When the database fails.
pub fn open_registration_cases(db: &mut Db) -> Result<Queue> {
    let since: Vec<Instant> = c::table
        .filter(c::status.eq(CaseStatus::Open))
        .order(c::id)
        .select(c::created_at)
        .limit(Queue::FETCH)
        .load(db)?;
    Ok(Queue::of(&since))
}

type Columns = (
    RegistrationCaseId,
    OrganisationId,
    String,
    Option<OrganisationId>,
    CaseKind,
    String,
    String,
    String,
    CaseStatus,
    Option<String>,
    Instant,
    Option<Instant>,
);

fn to_case(row: Columns) -> RegistrationCase {
    let (
        id,
        organisation_id,
        organisation,
        other_id,
        kind,
        association,
        person_name,
        email,
        status,
        note,
        created_at,
        closed_at,
    ) = row;
    RegistrationCase {
        id,
        organisation_id,
        organisation,
        other_id,
        kind,
        association,
        person_name,
        email,
        status,
        note,
        created_at,
        closed_at,
    }
}

macro_rules! columns {
    () => {
        (
            c::id,
            c::organisation_id,
            o::name,
            c::other_id,
            c::kind,
            c::association,
            c::person_name,
            c::email,
            c::status,
            c::note,
            c::created_at,
            c::closed_at,
        )
    };
}

pub(crate) fn case(db: &mut Db, id: RegistrationCaseId) -> Result<Option<RegistrationCase>> {
    let row: Option<Columns> = c::table
        .inner_join(o::table.on(o::id.eq(c::organisation_id)))
        .filter(c::id.eq(id))
        .select(columns!())
        .first(db)
        .optional()?;
    Ok(row.map(to_case))
}

/// The newest first.
pub(crate) fn cases(
    db: &mut Db,
    status: Option<CaseStatus>,
    page: &PageRequest,
) -> Result<Page<RegistrationCase>> {
    let mut query = c::table
        .inner_join(o::table.on(o::id.eq(c::organisation_id)))
        .select(columns!())
        .order(c::id.desc())
        .limit(page.fetch())
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(c::status.eq(status));
    }
    if let Some(after) = page.after::<RegistrationCaseId>()? {
        query = query.filter(c::id.lt(after));
    }
    let rows = query
        .load::<Columns>(db)?
        .into_iter()
        .map(to_case)
        .collect();
    Ok(Page::from_rows(rows, page, |case: &RegistrationCase| {
        case.id.to_string()
    }))
}

/// Whether this address waits for this organization already.
pub(crate) fn open_case(db: &mut Db, organisation: OrganisationId, email: &str) -> Result<bool> {
    exists(
        db,
        c::table
            .filter(c::organisation_id.eq(organisation))
            .filter(c::email.eq(email))
            .filter(c::status.eq(CaseStatus::Open))
            .count(),
    )
}

pub(crate) fn insert_case(db: &mut Db, case: &RegistrationCase) -> Result<()> {
    diesel::insert_into(c::table)
        .values((
            c::id.eq(case.id),
            c::organisation_id.eq(case.organisation_id),
            c::other_id.eq(case.other_id),
            c::kind.eq(case.kind),
            c::association.eq(&case.association),
            c::person_name.eq(&case.person_name),
            c::email.eq(&case.email),
            c::status.eq(case.status),
            c::created_at.eq(case.created_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Guarded: only an open case is settled.
pub(crate) fn close_case(
    db: &mut Db,
    id: RegistrationCaseId,
    status: CaseStatus,
    note: &str,
    by: PersonId,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(c::table.find(id))
        .filter(c::status.eq(CaseStatus::Open))
        .set((
            c::status.eq(status),
            c::note.eq(Some(note)),
            c::closed_by.eq(Some(by)),
            c::closed_at.eq(Some(now)),
        ))
        .execute(db)?;
    db::guard(rows, Code::CaseClosed)
}
