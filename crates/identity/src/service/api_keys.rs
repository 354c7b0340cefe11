//! Keys for machines.

use db::{Db, Result, Tx};
use kernel::{Actor, ApiKeyId, Code, Fields, OrganisationId, Page, PageRequest, PersonId, Refusal};

use super::sessions::freshly_proven;
use crate::model::{ApiKey, ApiKeyCreated, KeysOfMaker, NewApiKey, Scope};
use crate::token::Signer256;
use crate::{rules, store, token};

/// Makes a key for a machine of an organization. One that says no end gets one.
///
/// # Errors
/// `proof_required`, `invalid_fields`, `unknown_reference`.
pub fn create_api_key(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    actor: &Actor,
    new: &NewApiKey,
) -> Result<ApiKeyCreated> {
    freshly_proven(tx, signer, actor)?;
    let mut fields = Fields::default();
    fields.text("/name", &new.name, 200);
    if new.scopes.is_empty() {
        fields.push("/scopes", Code::Required, Code::Required.help());
    }
    fields.at_most("/scopes", new.scopes.len(), Scope::ALL.len());
    if new.expires_at.is_some_and(|at| at <= tx.now()) {
        fields.push("/expires_at", Code::OutOfRange, Code::OutOfRange.help());
    }
    fields.check()?;
    let organisation_id = new.organisation_id.unwrap_or(actor.organisation);
    let organisation = store::organisation(tx, organisation_id)?.ok_or_else(|| {
        Refusal::field(
            "/organisation_id",
            Code::UnknownReference,
            Code::UnknownReference.help(),
        )
    })?;
    let key = format!("{}{}", token::API_KEY_PREFIX, token::random()?);
    let (id, now) = (tx.new_id(), tx.now());
    let ends = now.plus_days(signer.sessions().key_days);
    let expires_at = new.expires_at.unwrap_or(ends);
    let role = rules::role_of(organisation.kind);
    store::insert_api_key(
        tx,
        id,
        organisation_id,
        actor.person,
        role,
        new,
        &token::hash(&key),
        (now, expires_at),
    )?;
    Ok(ApiKeyCreated {
        id,
        key,
        name: new.name.clone(),
        scopes: new.scopes.clone(),
        organisation_id,
        expires_at,
    })
}

/// The keys that somebody made and that open something still; revokes them when that is asked.
///
/// # Errors
/// When the database fails.
pub fn keys_of_maker(tx: &mut Tx<'_>, maker: PersonId, revoke: bool) -> Result<KeysOfMaker> {
    let now = tx.now();
    let api_keys = store::live_keys_of(tx, maker, now)?;
    if revoke {
        store::revoke_keys_of(tx, maker, now)?;
    }
    Ok(KeysOfMaker {
        api_keys,
        revoked: revoke,
    })
}

/// A page of keys, of one organization or of all, the newest first.
///
/// # Errors
/// `invalid_page`.
pub fn api_keys(
    db: &mut Db,
    organisation: Option<OrganisationId>,
    page: &PageRequest,
) -> Result<Page<ApiKey>> {
    store::api_keys(db, organisation, page)
}

/// Revokes a key: from now on it opens nothing, also where a request is under way. A
/// repeat changes nothing.
///
/// # Errors
/// `not_found`.
pub fn revoke_api_key(tx: &mut Tx<'_>, id: ApiKeyId) -> Result<()> {
    let now = tx.now();
    if store::revoke_api_key(tx, id, now)? {
        return Ok(());
    }
    Err(Refusal::not_found().into())
}
