//! What is held about somebody: read for them, and taken away.

use std::collections::BTreeMap;

use db::schema::{
    appeals, applications, assessments, batches, custody_events, documents, handovers, incidents,
    invitations, known_devices, people as p, recovery_codes, registration_cases as cases,
    second_factors, sessions, waves,
};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Code, Instant, PersonId, Role};

use super::exists;
use crate::model::{CaseStatus, HeldAccount, HeldLink, HeldSession};

/// An erased account's address: no mail goes there (RFC 2606).
const NOWHERE: &str = "@erased.invalid";
/// Whether an address is that of an erased account.
pub(crate) fn is_erased(email: &str) -> bool {
    email.ends_with(NOWHERE)
}

/// An erased account's name.
const NAMELESS: &str = "Personne effacée";

pub(crate) fn held_account(db: &mut Db, person: PersonId) -> Result<Option<HeldAccount>> {
    type Row = (Instant, Instant, Option<Instant>, bool, bool);
    let row: Option<Row> = p::table
        .find(person)
        .select((
            p::created_at,
            p::updated_at,
            p::last_login_at,
            p::disabled,
            p::password_hash.is_not_null(),
        ))
        .first(db)
        .optional()?;
    Ok(row.map(
        |(created_at, updated_at, last_login_at, disabled, has_password)| HeldAccount {
            created_at,
            updated_at,
            last_login_at,
            disabled,
            has_password,
        },
    ))
}

pub(crate) fn held_sessions(db: &mut Db, person: PersonId) -> Result<Vec<HeldSession>> {
    type Row = (
        (Instant, Instant, Option<Instant>),
        (Option<Instant>, Option<String>, Option<String>),
    );
    let rows: Vec<Row> = sessions::table
        .filter(sessions::person_id.eq(person))
        .order(sessions::id)
        .select((
            (
                sessions::created_at,
                sessions::expires_at,
                sessions::last_at,
            ),
            (
                sessions::ended_at,
                sessions::ended_because,
                sessions::network,
            ),
        ))
        .load(db)?;
    let held = rows.into_iter();
    Ok(held
        .map(
            |((created_at, expires_at, last_at), (ended_at, ended_because, network))| HeldSession {
                created_at,
                last_at,
                expires_at,
                ended_at,
                ended_because,
                network,
            },
        )
        .collect())
}

pub(crate) fn held_links(db: &mut Db, person: PersonId) -> Result<Vec<HeldLink>> {
    type Row = (
        crate::LinkPurpose,
        Option<String>,
        Instant,
        Instant,
        Option<Instant>,
    );
    let rows: Vec<Row> = invitations::table
        .filter(invitations::person_id.eq(person))
        .order(invitations::id)
        .select((
            invitations::purpose,
            invitations::email,
            invitations::created_at,
            invitations::expires_at,
            invitations::used_at,
        ))
        .load(db)?;
    let held = rows.into_iter();
    Ok(held
        .map(
            |(purpose, email, created_at, expires_at, used_at)| HeldLink {
                purpose,
                email,
                created_at,
                expires_at,
                used_at,
            },
        )
        .collect())
}

/// How often somebody's id stands in the files of the other areas. Those are only counted
/// here: what they say is the organization's, or the city's.
pub(crate) fn acts(db: &mut Db, person: PersonId) -> Result<BTreeMap<&'static str, i64>> {
    let mut acts = BTreeMap::new();
    macro_rules! count {
        ($($name:literal: $table:ident.$column:ident;)*) => {$(
            let rows: i64 = $table::table
                .filter($table::$column.eq(person))
                .count()
                .get_result(db)?;
            acts.insert($name, rows);
        )*};
    }
    count! {
        "batches_registered": batches.created_by;
        "device_steps_logged": custody_events.actor_id;
        "applications_opened": applications.created_by;
        "applications_decided": applications.decided_by;
        "assessments": assessments.assessor_id;
        "documents_uploaded": documents.uploaded_by;
        "appeals_filed": appeals.filed_by;
        "waves_set_up": waves.created_by;
        "waves_approved": waves.approved_by;
        "handovers_completed": handovers.completed_by;
        "incidents_reported": incidents.reported_by;
    }
    acts.retain(|_, count| *count > 0);
    Ok(acts)
}

/// Whether another administrator can sign in.
pub(crate) fn other_admin(db: &mut Db, person: PersonId) -> Result<bool> {
    exists(
        db,
        p::table
            .filter(p::role.eq(Role::Admin))
            .filter(p::disabled.eq(false))
            .filter(
                p::password_hash
                    .is_not_null()
                    .or(p::last_login_at.is_not_null()),
            )
            .filter(p::id.ne(person))
            .count(),
    )
}

/// Takes away what says who somebody is; returns the address that stands there instead.
pub(crate) fn erase_person(db: &mut Db, person: PersonId, now: Instant) -> Result<String> {
    let nowhere = format!("{}{NOWHERE}", person.uuid().simple());
    let rows = diesel::update(p::table.find(person))
        .set((
            p::email.eq(&nowhere),
            p::mailbox.eq(&nowhere),
            p::name.eq(NAMELESS),
            p::password_hash.eq(None::<String>),
            p::disabled.eq(true),
            p::version.eq(p::version + 1),
            p::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::NotFound)?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::person_id.eq(person)))
        .execute(db)?;
    diesel::delete(second_factors::table.find(person)).execute(db)?;
    super::delete_badge(db, person)?;
    super::delete_calendar_link(db, person)?;
    super::delete_saved_views(db, person)?;
    super::revoke_keys_of(db, person, now)?;
    super::forget_devices(db, person)?;
    diesel::delete(invitations::table.filter(invitations::person_id.eq(person))).execute(db)?;
    Ok(nowhere)
}

/// Takes somebody's name and address out of the double registrations that they made.
pub(crate) fn erase_from_cases(db: &mut Db, email: &str, nowhere: &str) -> Result<()> {
    diesel::update(cases::table.filter(cases::email.eq(email)))
        .set((cases::email.eq(nowhere), cases::person_name.eq(NAMELESS)))
        .execute(db)?;
    Ok(())
}

/// Takes names and addresses out of cases that were settled before.
pub(crate) fn erase_cases_before(db: &mut Db, before: Instant) -> Result<usize> {
    Ok(
        diesel::update(cases::table.filter(cases::closed_at.lt(before)))
            .filter(cases::status.ne(CaseStatus::Open))
            .filter(cases::email.ne(NOWHERE))
            .set((cases::email.eq(NOWHERE), cases::person_name.eq(NAMELESS)))
            .execute(db)?,
    )
}

/// Accounts that were closed before, and not erased yet.
pub(crate) fn closed_before(db: &mut Db, before: Instant) -> Result<Vec<PersonId>> {
    Ok(p::table
        .filter(p::disabled.eq(true))
        .filter(p::updated_at.lt(before))
        .filter(p::email.not_like(format!("%{NOWHERE}")))
        .order(p::id)
        .select(p::id)
        .load(db)?)
}

pub(crate) fn forget_devices_before(db: &mut Db, before: Instant) -> Result<usize> {
    Ok(
        diesel::delete(known_devices::table.filter(known_devices::last_at.lt(before)))
            .execute(db)?,
    )
}

pub(crate) fn forget_links_before(db: &mut Db, before: Instant) -> Result<usize> {
    Ok(
        diesel::delete(invitations::table.filter(invitations::expires_at.lt(before)))
            .execute(db)?,
    )
}

/// Sessions that are over since, with their refresh tokens.
pub(crate) fn forget_sessions_before(db: &mut Db, before: Instant) -> Result<usize> {
    use db::schema::{refresh_tokens as tokens, session_cookies as cookies};
    let over = || {
        sessions::table.filter(
            sessions::expires_at
                .lt(before)
                .or(sessions::ended_at.lt(before)),
        )
    };
    let ids = over().select(sessions::id);
    diesel::delete(tokens::table.filter(tokens::session_id.eq_any(ids))).execute(db)?;
    let ids = over().select(sessions::id);
    diesel::delete(cookies::table.filter(cookies::session_id.eq_any(ids))).execute(db)?;
    Ok(diesel::delete(over()).execute(db)?)
}
