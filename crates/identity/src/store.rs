//! Rows and queries. No decisions.

use std::collections::HashMap;

use db::schema::{
    api_keys, invitations, organisations as o, people as p, refresh_tokens, sessions,
};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{
    ApiKeyId, Code, Instant, InvitationId, Language, OrganisationId, Page, PageRequest, PersonId,
    Refusal, Role, SessionId, Text, fold,
};
use notifications::Recipient;

use crate::model::{
    Claimed, Credentials, Me, MyOrganisation, Organisation, OrganisationFilter, OrganisationKind,
    OrganisationStatus, Person, Scope,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = o)]
struct OrganisationRow {
    id: OrganisationId,
    kind: OrganisationKind,
    name: String,
    siret: Option<String>,
    rna: Option<String>,
    status: OrganisationStatus,
    status_reason: Option<String>,
    address: String,
    postal_code: String,
    commune: String,
    commune_code: Option<String>,
    version: i32,
    created_at: Instant,
    updated_at: Instant,
}

impl From<OrganisationRow> for Organisation {
    fn from(row: OrganisationRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            siret: row.siret,
            rna: row.rna,
            status: row.status,
            status_reason: row.status_reason,
            address: row.address,
            postal_code: row.postal_code,
            commune: row.commune,
            commune_code: row.commune_code,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// One organization.
///
/// # Errors
/// When the database fails.
pub fn organisation(db: &mut Db, id: OrganisationId) -> Result<Option<Organisation>> {
    let row = o::table
        .find(id)
        .select(OrganisationRow::as_select())
        .first(db)
        .optional()?;
    Ok(row.map(Into::into))
}

/// An organization that a body names, and that has to be of this kind.
///
/// # Errors
/// `unknown_reference` at `pointer` when there is none.
pub fn organisation_of_kind(
    db: &mut Db,
    id: OrganisationId,
    kind: OrganisationKind,
    pointer: &str,
) -> Result<Organisation> {
    organisation(db, id)?
        .filter(|organisation| organisation.kind == kind)
        .ok_or_else(|| {
            Refusal::field(
                pointer,
                Code::UnknownReference,
                Text::new(
                    "Aucune organisation de ce type n'a cet identifiant.",
                    "No organization of this kind has this id.",
                ),
            )
            .into()
        })
}

/// A page of organizations, the newest first.
///
/// # Errors
/// `invalid_page`, or when the database fails.
pub fn organisations(
    db: &mut Db,
    filter: &OrganisationFilter,
    page: &PageRequest,
) -> Result<Page<Organisation>> {
    let mut query = o::table
        .select(OrganisationRow::as_select())
        .order(o::id.desc())
        .limit(page.fetch())
        .into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(o::kind.eq(kind));
    }
    if let Some(status) = filter.status {
        query = query.filter(o::status.eq(status));
    }
    if let Some(only) = filter.only {
        query = query.filter(o::id.eq(only));
    }
    if let Some(q) = filter.q.as_deref().filter(|q| !q.trim().is_empty()) {
        let name = format!("%{}%", fold(q));
        let number = format!("{}%", kernel::squash(q));
        query = query.filter(
            o::name_key
                .like(name)
                .or(o::siret.like(number.clone()))
                .or(o::rna.like(number)),
        );
    }
    if let Some(after) = page.after::<OrganisationId>()? {
        query = query.filter(o::id.lt(after));
    }
    let rows: Vec<Organisation> = query
        .load::<OrganisationRow>(db)?
        .into_iter()
        .map(Into::into)
        .collect();
    Ok(Page::from_rows(rows, page, |row| row.id.to_string()))
}

/// The names of organizations.
///
/// # Errors
/// When the database fails.
pub fn names(db: &mut Db, ids: &[OrganisationId]) -> Result<HashMap<OrganisationId, String>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let rows: Vec<(OrganisationId, String)> = o::table
            .filter(o::id.eq_any(chunk))
            .select((o::id, o::name))
            .load(db)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Whether another organization has this SIRET or RNA.
pub(crate) fn identifier_taken(
    db: &mut Db,
    siret: Option<&str>,
    rna: Option<&str>,
) -> Result<bool> {
    let with_siret = match siret {
        Some(siret) => exists(db, o::table.filter(o::siret.eq(siret)).count())?,
        None => false,
    };
    let with_rna = match rna {
        Some(rna) => exists(db, o::table.filter(o::rna.eq(rna)).count())?,
        None => false,
    };
    Ok(with_siret || with_rna)
}

fn exists<'q, Q>(db: &mut Db, count: Q) -> Result<bool>
where
    Q: diesel::query_dsl::LoadQuery<'q, Db, i64>,
{
    Ok(count.get_result::<i64>(db)? > 0)
}

pub(crate) fn insert_organisation(db: &mut Db, organisation: &Organisation) -> Result<()> {
    diesel::insert_into(o::table)
        .values((
            o::id.eq(organisation.id),
            o::kind.eq(organisation.kind),
            o::name.eq(&organisation.name),
            o::name_key.eq(fold(&organisation.name)),
            o::siret.eq(organisation.siret.as_deref()),
            o::rna.eq(organisation.rna.as_deref()),
            o::status.eq(organisation.status),
            o::address.eq(&organisation.address),
            o::postal_code.eq(&organisation.postal_code),
            o::commune.eq(&organisation.commune),
            o::commune_code.eq(organisation.commune_code.as_deref()),
            o::version.eq(organisation.version),
            o::created_at.eq(organisation.created_at),
            o::updated_at.eq(organisation.updated_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Guarded by the version that was read.
pub(crate) fn set_status(
    db: &mut Db,
    organisation: &Organisation,
    to: OrganisationStatus,
    reason: Option<&str>,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(o::table.find(organisation.id))
        .filter(o::version.eq(organisation.version))
        .set((
            o::status.eq(to),
            o::status_reason.eq(reason),
            o::version.eq(organisation.version + 1),
            o::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

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

/// Everyone who can be written to at an organization.
///
/// # Errors
/// When the database fails.
pub fn contacts(db: &mut Db, organisation: OrganisationId) -> Result<Vec<Recipient>> {
    let rows: Vec<(PersonId, String, String, Language)> = p::table
        .filter(p::organisation_id.eq(organisation))
        .filter(p::disabled.eq(false))
        .order(p::id)
        .select((p::id, p::email, p::name, p::language))
        .load(db)?;
    Ok(rows.into_iter().map(to_recipient).collect())
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

fn to_recipient((id, email, name, language): (PersonId, String, String, Language)) -> Recipient {
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
    Ok(Me {
        id: person.id,
        email: person.email,
        name: person.name,
        role: person.role,
        language: person.language,
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

/// A token that was mailed, as it was found.
pub(crate) struct InvitationRow {
    pub id: InvitationId,
    pub person: PersonId,
    pub email: String,
    pub expires_at: Instant,
    pub used: bool,
}

pub(crate) fn insert_invitation(
    db: &mut Db,
    id: InvitationId,
    person: PersonId,
    token_hash: &[u8],
    now: Instant,
    expires_at: Instant,
) -> Result<()> {
    diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(id),
            invitations::person_id.eq(person),
            invitations::purpose.eq("invitation"),
            invitations::token_hash.eq(token_hash),
            invitations::created_at.eq(now),
            invitations::expires_at.eq(expires_at),
        ))
        .execute(db)?;
    Ok(())
}

pub(crate) fn invitation(db: &mut Db, token_hash: &[u8]) -> Result<Option<InvitationRow>> {
    let row: Option<(InvitationId, PersonId, String, Instant, Option<Instant>)> =
        invitations::table
            .inner_join(p::table)
            .filter(invitations::token_hash.eq(token_hash))
            .select((
                invitations::id,
                invitations::person_id,
                p::email,
                invitations::expires_at,
                invitations::used_at,
            ))
            .first(db)
            .optional()?;
    Ok(
        row.map(|(id, person, email, expires_at, used_at)| InvitationRow {
            id,
            person,
            email,
            expires_at,
            used: used_at.is_some(),
        }),
    )
}

pub(crate) fn use_invitation(db: &mut Db, id: InvitationId, now: Instant) -> Result<()> {
    let rows = diesel::update(invitations::table.find(id))
        .filter(invitations::used_at.is_null())
        .set(invitations::used_at.eq(now))
        .execute(db)?;
    db::guard(rows, Code::InvalidToken)
}

pub(crate) fn insert_session(
    db: &mut Db,
    session: SessionId,
    person: PersonId,
    now: Instant,
    expires_at: Instant,
) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session),
            sessions::person_id.eq(person),
            sessions::created_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(db)?;
    diesel::update(p::table.find(person))
        .set(p::last_login_at.eq(now))
        .execute(db)?;
    Ok(())
}

pub(crate) fn insert_refresh_token(
    db: &mut Db,
    session: SessionId,
    token_hash: &[u8],
    now: Instant,
) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(token_hash),
            refresh_tokens::session_id.eq(session),
            refresh_tokens::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Of a refresh token: its session, and whether it was used.
pub(crate) fn refresh_token(db: &mut Db, token_hash: &[u8]) -> Result<Option<(SessionId, bool)>> {
    let row: Option<(SessionId, Option<Instant>)> = refresh_tokens::table
        .find(token_hash)
        .select((refresh_tokens::session_id, refresh_tokens::used_at))
        .first(db)
        .optional()?;
    Ok(row.map(|(session, used_at)| (session, used_at.is_some())))
}

pub(crate) fn use_refresh_token(db: &mut Db, token_hash: &[u8], now: Instant) -> Result<()> {
    let rows = diesel::update(refresh_tokens::table.find(token_hash))
        .filter(refresh_tokens::used_at.is_null())
        .set(refresh_tokens::used_at.eq(now))
        .execute(db)?;
    db::guard(rows, Code::SessionEnded)
}

pub(crate) fn extend_session(db: &mut Db, session: SessionId, expires_at: Instant) -> Result<()> {
    let rows = diesel::update(sessions::table.find(session))
        .filter(sessions::ended_at.is_null())
        .set(sessions::expires_at.eq(expires_at))
        .execute(db)?;
    db::guard(rows, Code::SessionEnded)
}

pub(crate) fn end_session(
    db: &mut Db,
    session: SessionId,
    because: &str,
    now: Instant,
) -> Result<()> {
    diesel::update(sessions::table.find(session))
        .filter(sessions::ended_at.is_null())
        .set((
            sessions::ended_at.eq(now),
            sessions::ended_because.eq(because),
        ))
        .execute(db)?;
    Ok(())
}

/// What a live session opens today, whatever its tokens say.
pub(crate) fn live_session(
    db: &mut Db,
    session: SessionId,
    now: Instant,
) -> Result<Option<(Claimed, OrganisationStatus)>> {
    let row: Option<(PersonId, Role, OrganisationId, OrganisationStatus)> = sessions::table
        .inner_join(p::table.inner_join(o::table))
        .filter(sessions::id.eq(session))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(p::disabled.eq(false))
        .select((p::id, p::role, p::organisation_id, o::status))
        .first(db)
        .optional()?;
    Ok(row.map(|(person, role, organisation, status)| {
        let claimed = Claimed {
            person,
            role,
            organisation,
            session,
        };
        (claimed, status)
    }))
}

/// Whether a person may sign in, and as whom.
pub(crate) fn signing_in(db: &mut Db, person: PersonId) -> Result<Option<(Role, OrganisationId)>> {
    Ok(p::table
        .find(person)
        .filter(p::disabled.eq(false))
        .select((p::role, p::organisation_id))
        .first(db)
        .optional()?)
}

/// Who a machine's key acts for.
#[derive(Debug, Clone)]
pub struct KeyHolder {
    /// The key.
    pub id: ApiKeyId,
    /// Who made it, and answers for what it does.
    pub person: PersonId,
    /// In which capacity.
    pub role: Role,
    /// For whom.
    pub organisation: OrganisationId,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// When it was last used.
    pub last_used_at: Option<Instant>,
}

#[allow(clippy::too_many_arguments)] // a row has as many columns
pub(crate) fn insert_api_key(
    db: &mut Db,
    id: ApiKeyId,
    organisation: OrganisationId,
    created_by: PersonId,
    role: Role,
    key: &crate::model::NewApiKey,
    token_hash: &[u8],
    now: Instant,
) -> Result<()> {
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(id),
            api_keys::organisation_id.eq(organisation),
            api_keys::created_by.eq(created_by),
            api_keys::role.eq(role),
            api_keys::name.eq(&key.name),
            api_keys::token_hash.eq(token_hash),
            api_keys::scopes.eq(serde_json::to_string(&key.scopes)?),
            api_keys::created_at.eq(now),
            api_keys::expires_at.eq(key.expires_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Looks a key up; none when it is unknown, expired, revoked, or its organization suspended.
///
/// # Errors
/// When the database fails.
pub fn api_key(db: &mut Db, key: &str, now: Instant) -> Result<Option<KeyHolder>> {
    type Row = (
        ApiKeyId,
        PersonId,
        Role,
        OrganisationId,
        String,
        Option<Instant>,
    );
    let row: Option<Row> = api_keys::table
        .inner_join(o::table.on(o::id.eq(api_keys::organisation_id)))
        .filter(api_keys::token_hash.eq(crate::token::hash(key)))
        .filter(api_keys::revoked_at.is_null())
        .filter(
            api_keys::expires_at
                .is_null()
                .or(api_keys::expires_at.gt(now)),
        )
        .filter(o::status.ne(OrganisationStatus::Suspended))
        .select((
            api_keys::id,
            api_keys::created_by,
            api_keys::role,
            api_keys::organisation_id,
            api_keys::scopes,
            api_keys::last_used_at,
        ))
        .first(db)
        .optional()?;
    row.map(|(id, person, role, organisation, scopes, last_used_at)| {
        Ok(KeyHolder {
            id,
            person,
            role,
            organisation,
            scopes: serde_json::from_str(&scopes)?,
            last_used_at,
        })
    })
    .transpose()
}

/// Notes that a key was used.
///
/// # Errors
/// When the database fails.
pub fn touch_api_key(db: &mut Db, id: ApiKeyId, now: Instant) -> Result<()> {
    diesel::update(api_keys::table.find(id))
        .set(api_keys::last_used_at.eq(now))
        .execute(db)?;
    Ok(())
}
