//! Rows of `api_keys`.

use db::schema::{api_keys, organisations as o, people as p};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{ApiKeyId, Instant, OrganisationId, PersonId, Role};

use crate::model::{OrganisationStatus, Scope};

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
        .inner_join(p::table.on(p::id.eq(api_keys::created_by)))
        .filter(p::disabled.eq(false))
        .filter(api_keys::token_hash.eq(crate::token::hash(key)))
        .filter(api_keys::revoked_at.is_null())
        .filter(
            api_keys::expires_at
                .is_null()
                .or(api_keys::expires_at.gt(now)),
        )
        .filter(o::status.ne_all([OrganisationStatus::Suspended, OrganisationStatus::Dissolved]))
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
