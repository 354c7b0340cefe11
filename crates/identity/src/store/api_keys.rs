//! Rows of `api_keys`.

use db::schema::{api_keys, organisations as o, people as p};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{ApiKeyId, Instant, OrganisationId, Page, PageRequest, PersonId, Role};

use super::exists;
use crate::model::{ApiKey, OrganisationStatus, Scope};

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
    (now, expires_at): (Instant, Instant),
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
            api_keys::expires_at.eq(expires_at),
        ))
        .execute(db)?;
    Ok(())
}

/// The keys that open something now.
macro_rules! live_keys {
    ($now:expr) => {
        api_keys::table
            .inner_join(o::table.on(o::id.eq(api_keys::organisation_id)))
            .inner_join(p::table.on(p::id.eq(api_keys::created_by)))
            .filter(p::disabled.eq(false))
            .filter(api_keys::revoked_at.is_null())
            .filter(
                api_keys::expires_at
                    .is_null()
                    .or(api_keys::expires_at.gt($now)),
            )
            .filter(
                o::status.ne_all([OrganisationStatus::Suspended, OrganisationStatus::Dissolved]),
            )
    };
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
    let row: Option<Row> = live_keys!(now)
        .filter(api_keys::token_hash.eq(crate::token::hash(key)))
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

/// Whether a key still opens what it opened when it was looked up.
pub(crate) fn key_stands(db: &mut Db, id: ApiKeyId, now: Instant) -> Result<bool> {
    exists(db, live_keys!(now).filter(api_keys::id.eq(id)).count())
}

type KeyRow = (
    (ApiKeyId, String, String, OrganisationId, PersonId),
    (Instant, Option<Instant>, Option<Instant>, Option<Instant>),
);

macro_rules! columns {
    () => {
        (
            (
                api_keys::id,
                api_keys::name,
                api_keys::scopes,
                api_keys::organisation_id,
                api_keys::created_by,
            ),
            (
                api_keys::created_at,
                api_keys::expires_at,
                api_keys::last_used_at,
                api_keys::revoked_at,
            ),
        )
    };
}

/// The keys that somebody made and that open something, the newest first.
pub(crate) fn live_keys_of(db: &mut Db, maker: PersonId, now: Instant) -> Result<Vec<ApiKey>> {
    let rows: Vec<KeyRow> = live_keys!(now)
        .filter(api_keys::created_by.eq(maker))
        .order(api_keys::id.desc())
        .select(columns!())
        .load(db)?;
    rows.into_iter().map(to_key).collect()
}

/// Revokes every key that somebody made.
pub(crate) fn revoke_keys_of(db: &mut Db, maker: PersonId, now: Instant) -> Result<()> {
    diesel::update(api_keys::table.filter(api_keys::created_by.eq(maker)))
        .filter(api_keys::revoked_at.is_null())
        .set(api_keys::revoked_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// A page of keys, the newest first.
pub(crate) fn api_keys(
    db: &mut Db,
    organisation: Option<OrganisationId>,
    page: &PageRequest,
) -> Result<Page<ApiKey>> {
    let mut query = api_keys::table
        .order(api_keys::id.desc())
        .limit(page.fetch())
        .select(columns!())
        .into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(api_keys::organisation_id.eq(organisation));
    }
    if let Some(after) = page.after::<ApiKeyId>()? {
        query = query.filter(api_keys::id.lt(after));
    }
    let rows: Vec<KeyRow> = query.load(db)?;
    let keys = rows.into_iter().map(to_key).collect::<Result<Vec<_>>>()?;
    Ok(Page::from_rows(keys, page, |key: &ApiKey| {
        key.id.to_string()
    }))
}

fn to_key((what, when): KeyRow) -> Result<ApiKey> {
    let (id, name, scopes, organisation_id, created_by) = what;
    let (created_at, expires_at, last_used_at, revoked_at) = when;
    Ok(ApiKey {
        id,
        name,
        scopes: serde_json::from_str(&scopes)?,
        organisation_id,
        created_by,
        created_at,
        expires_at,
        last_used_at,
        revoked_at,
    })
}

/// Revokes a key; false when there is none. A repeat keeps the first moment.
pub(crate) fn revoke_api_key(db: &mut Db, id: ApiKeyId, now: Instant) -> Result<bool> {
    diesel::update(api_keys::table.find(id))
        .filter(api_keys::revoked_at.is_null())
        .set(api_keys::revoked_at.eq(now))
        .execute(db)?;
    exists(db, api_keys::table.filter(api_keys::id.eq(id)).count())
}
