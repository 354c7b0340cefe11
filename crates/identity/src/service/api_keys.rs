//! Keys for machines.

use db::{Result, Tx};
use kernel::{Actor, Code, Fields, Refusal};

use crate::model::{ApiKeyCreated, NewApiKey};
use crate::{rules, store, token};

/// Makes a key for a machine of an organization.
///
/// # Errors
/// `invalid_fields`, `unknown_reference`.
pub fn create_api_key(tx: &mut Tx<'_>, actor: &Actor, new: &NewApiKey) -> Result<ApiKeyCreated> {
    let mut fields = Fields::default();
    fields.text("/name", &new.name, 200);
    if new.scopes.is_empty() {
        fields.push("/scopes", Code::Required, Code::Required.help());
    }
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
    let role = rules::role_of(organisation.kind);
    store::insert_api_key(
        tx,
        id,
        organisation_id,
        actor.person,
        role,
        new,
        &token::hash(&key),
        now,
    )?;
    Ok(ApiKeyCreated {
        id,
        key,
        name: new.name.clone(),
        scopes: new.scopes.clone(),
        organisation_id,
        expires_at: new.expires_at,
    })
}
