//! Rows of `people`.

use std::collections::{HashMap, HashSet};

use db::schema::{people as p, second_factors as f, sessions};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Code, Instant, Language, OrganisationId, PersonId, Refusal, Role, SessionId};
use notifications::Recipient;

use super::{exists, organisation};
use crate::model::{Credentials, Me, Member, MyOrganisation, Person};

type PersonColumns = (PersonId, OrganisationId, String, String, Role, Language);

fn to_person((id, organisation_id, email, name, role, language): PersonColumns) -> Person {
    Person {
        id,
        organisation_id,
        email,
        name,
        role,
        language,
    }
}

/// One person.
///
/// # Errors
/// When the database fails.
pub fn person(db: &mut Db, id: PersonId) -> Result<Option<Person>> {
    let row: Option<PersonColumns> = p::table
        .find(id)
        .select((
            p::id,
            p::organisation_id,
            p::email,
            p::name,
            p::role,
            p::language,
        ))
        .first(db)
        .optional()?;
    Ok(row.map(to_person))
}

pub(crate) fn email_taken(db: &mut Db, email: &str) -> Result<bool> {
    exists(db, p::table.filter(p::email.eq(email)).count())
}

pub(crate) fn insert_person(
    db: &mut Db,
    person: &Person,
    password_hash: Option<&str>,
    now: Instant,
) -> Result<()> {
    diesel::insert_into(p::table)
        .values((
            p::id.eq(person.id),
            p::organisation_id.eq(person.organisation_id),
            p::email.eq(&person.email),
            p::mailbox.eq(crate::rules::mailbox(&person.email)),
            p::name.eq(&person.name),
            p::role.eq(person.role),
            p::language.eq(person.language),
            p::password_hash.eq(password_hash),
            p::disabled.eq(false),
            p::version.eq(1),
            p::created_at.eq(now),
            p::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Everyone who can be written to at an organization: those who took up their account. Where
/// nobody did yet, those who were invited.
///
/// # Errors
/// When the database fails.
pub fn contacts(db: &mut Db, organisation: OrganisationId) -> Result<Vec<Recipient>> {
    let mut found = contacts_of_all(db, &[organisation])?;
    Ok(found.remove(&organisation).unwrap_or_default())
}

/// The same for each of these organizations.
///
/// # Errors
/// When the database fails.
pub fn contacts_of_all(
    db: &mut Db,
    organisations: &[OrganisationId],
) -> Result<HashMap<OrganisationId, Vec<Recipient>>> {
    let mut found: HashMap<OrganisationId, Vec<Recipient>> = HashMap::new();
    for chunk in organisations.chunks(1_000) {
        let rows: Vec<(OrganisationId, bool, Contact)> = p::table
            .filter(p::organisation_id.eq_any(chunk))
            .filter(p::disabled.eq(false))
            .order(p::id)
            .select((
                p::organisation_id,
                p::password_hash.is_not_null(),
                (p::id, p::email, p::name, p::language),
            ))
            .load(db)?;
        let taken_up: HashSet<OrganisationId> = rows
            .iter()
            .filter(|(_, taken_up, _)| *taken_up)
            .map(|(organisation, ..)| *organisation)
            .collect();
        for (organisation, theirs, row) in rows {
            if theirs || !taken_up.contains(&organisation) {
                found
                    .entry(organisation)
                    .or_default()
                    .push(to_recipient(row));
            }
        }
    }
    Ok(found)
}

/// Everyone who reviews and approves for the city.
///
/// # Errors
/// When the database fails.
pub fn staff_contacts(db: &mut Db) -> Result<Vec<Recipient>> {
    let rows: Vec<(PersonId, String, String, Language)> = p::table
        .filter(p::role.eq_any([Role::Staff, Role::Admin]))
        .filter(p::disabled.eq(false))
        .order(p::id)
        .select((p::id, p::email, p::name, p::language))
        .load(db)?;
    Ok(rows.into_iter().map(to_recipient).collect())
}

/// Somebody as mail addresses them.
///
/// # Errors
/// `not_found`.
pub fn recipient(db: &mut Db, id: PersonId) -> Result<Recipient> {
    let person = person(db, id)?.ok_or_else(Refusal::not_found)?;
    Ok(to_recipient((
        person.id,
        person.email,
        person.name,
        person.language,
    )))
}

/// Those who review and approve for the city and can sign in, by name.
///
/// # Errors
/// When the database fails.
pub fn staff(db: &mut Db) -> Result<Vec<(PersonId, String)>> {
    Ok(p::table
        .filter(p::role.eq_any([Role::Staff, Role::Admin]))
        .filter(p::disabled.eq(false))
        .order((p::name, p::id))
        .select((p::id, p::name))
        .load(db)?)
}

type Contact = (PersonId, String, String, Language);

fn to_recipient((id, email, name, language): Contact) -> Recipient {
    Recipient {
        person: Some(id),
        email,
        name,
        language,
    }
}

/// The signed-in person with their organization.
///
/// # Errors
/// `not_found` when the account is gone.
pub fn me(db: &mut Db, id: PersonId) -> Result<Me> {
    let person = person(db, id)?.ok_or_else(Refusal::not_found)?;
    let organisation = organisation(db, person.organisation_id)?.ok_or_else(Refusal::not_found)?;
    let second_factor = exists(
        db,
        f::table
            .filter(f::person_id.eq(id))
            .filter(f::confirmed_at.is_not_null())
            .count(),
    )?;
    Ok(Me {
        id: person.id,
        email: person.email,
        name: person.name,
        role: person.role,
        language: person.language,
        second_factor,
        organisation: MyOrganisation {
            id: organisation.id,
            kind: organisation.kind,
            name: organisation.name,
            status: organisation.status,
        },
    })
}

/// What a sign-in with this address is checked against.
///
/// # Errors
/// When the database fails.
pub fn credentials(db: &mut Db, email: &str) -> Result<Option<Credentials>> {
    let row: Option<(PersonId, Option<String>, bool)> = p::table
        .filter(p::email.eq(crate::rules::normal_email(email)))
        .select((p::id, p::password_hash, p::disabled))
        .first(db)
        .optional()?;
    Ok(row.map(|(person, password_hash, disabled)| Credentials {
        person,
        password_hash,
        disabled,
    }))
}

pub(crate) fn set_password(
    db: &mut Db,
    person: PersonId,
    password_hash: &str,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(p::table.find(person))
        .filter(p::disabled.eq(false))
        .set((
            p::password_hash.eq(password_hash),
            p::version.eq(p::version + 1),
            p::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::InvalidToken)
}

pub(crate) fn set_email(db: &mut Db, person: PersonId, email: &str, now: Instant) -> Result<()> {
    let rows = diesel::update(p::table.find(person))
        .filter(p::disabled.eq(false))
        .set((
            p::email.eq(email),
            p::mailbox.eq(crate::rules::mailbox(email)),
            p::version.eq(p::version + 1),
            p::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::InvalidToken)
}

/// Everyone of an organization, also those who left.
pub(crate) fn members(db: &mut Db, organisation: OrganisationId) -> Result<Vec<Member>> {
    let rows: Vec<(PersonId, String, String, Option<String>, bool)> = p::table
        .filter(p::organisation_id.eq(organisation))
        .order(p::id)
        .select((p::id, p::name, p::email, p::password_hash, p::disabled))
        .load(db)?;
    let members = rows
        .into_iter()
        .map(|(id, name, email, password_hash, disabled)| Member {
            id,
            name,
            email,
            signed_up: password_hash.is_some(),
            disabled,
        });
    Ok(members.collect())
}

/// Whether someone cannot sign in any more.
pub(crate) fn is_disabled(db: &mut Db, person: PersonId) -> Result<bool> {
    exists(
        db,
        p::table
            .filter(p::id.eq(person))
            .filter(p::disabled.eq(true))
            .count(),
    )
}

/// Another account whose mail arrives in the same mailbox.
pub(crate) fn in_same_mailbox(
    db: &mut Db,
    mailbox: &str,
    but: PersonId,
) -> Result<Option<PersonId>> {
    Ok(p::table
        .filter(p::mailbox.eq(mailbox))
        .filter(p::id.ne(but))
        .order(p::id)
        .select(p::id)
        .first(db)
        .optional()?)
}

/// Keeps someone from signing in; false when they could not already.
pub(crate) fn disable(db: &mut Db, person: PersonId, now: Instant) -> Result<bool> {
    let rows = diesel::update(p::table.find(person))
        .filter(p::disabled.eq(false))
        .set((
            p::disabled.eq(true),
            p::version.eq(p::version + 1),
            p::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(rows > 0)
}

/// Ends every session of someone, but the one at hand if there is one.
pub(crate) fn end_sessions(
    db: &mut Db,
    person: PersonId,
    but: Option<SessionId>,
    because: &str,
    now: Instant,
) -> Result<()> {
    let mut ending = diesel::update(sessions::table)
        .filter(sessions::person_id.eq(person))
        .filter(sessions::ended_at.is_null())
        .set((
            sessions::ended_at.eq(now),
            sessions::ended_because.eq(because),
        ))
        .into_boxed();
    if let Some(but) = but {
        ending = ending.filter(sessions::id.ne(but));
    }
    ending.execute(db)?;
    Ok(())
}

/// Keeps a hash of today's parameters in the place of an older one of the same password.
pub(crate) fn replace_hash(db: &mut Db, person: PersonId, old: &str, new: &str) -> Result<()> {
    diesel::update(p::table.find(person))
        .filter(p::password_hash.eq(old))
        .set(p::password_hash.eq(new))
        .execute(db)?;
    Ok(())
}

/// Corrects somebody's name and language.
pub(crate) fn set_profile(
    db: &mut Db,
    person: PersonId,
    name: &str,
    language: Language,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(p::table.find(person))
        .filter(p::disabled.eq(false))
        .set((
            p::name.eq(name),
            p::language.eq(language),
            p::version.eq(p::version + 1),
            p::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::NotFound)
}

/// Everyone of one organization acts for another from now on.
pub(crate) fn move_people(
    db: &mut Db,
    from: OrganisationId,
    to: OrganisationId,
    now: Instant,
) -> Result<()> {
    for member in members(db, from)? {
        end_sessions(db, member.id, None, "organization merged", now)?;
    }
    diesel::update(p::table.filter(p::organisation_id.eq(from)))
        .set((
            p::organisation_id.eq(to),
            p::version.eq(p::version + 1),
            p::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}
