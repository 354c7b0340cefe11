//! `/api-keys`.

use actix_web::{delete, get, post, web};
use identity::{ApiKey, ApiKeyCreated, NewApiKey};
use kernel::{ApiKeyId, OrganisationId, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, ManageApiKeys};
use crate::{Answer, ApiResult, Body, Paging, PagingParams, Params, PathId, Problems, State};

/// Makes a key for a workshop's station or a donor's system. It is shown this once, works until
/// `expires_at` (a year when not said) and no longer than the account of whoever makes it. Asks
/// for a sign-in or a proof of a few minutes ago (`proof_required`).
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = NewApiKey,
    responses((status = 201, body = ApiKeyCreated), Problems))]
#[post("/api-keys")]
pub async fn create(
    state: web::Data<State>,
    who: Allowed<ManageApiKeys>,
    body: Body<NewApiKey>,
) -> ApiResult<Answer> {
    let who = who.without_repeat(); // the answer holds the key, which is kept nowhere
    let signer = state.signer.clone();
    state
        .write(&who, move |tx, actor| {
            Answer::created(&identity::create_api_key(tx, &signer, actor, &body)?)
        })
        .await
}

/// Which keys to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of this organization.
    organisation_id: Option<OrganisationId>,
}

/// Keys, also those that work no more, the newest first. The key itself is never shown again.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(Filter, PagingParams),
    responses((status = 200, body = Page<ApiKey>), Problems))]
#[get("/api-keys")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ManageApiKeys>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
) -> ApiResult<Answer> {
    let page = state
        .read(&who, move |db, _| {
            identity::api_keys(db, filter.organisation_id, &page)
        })
        .await?;
    Ok(Answer::ok(&page)?)
}

/// Revokes a key: it opens nothing from now on. A repeat changes nothing.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = ApiKeyId, Path)),
    responses((status = 204, description = "Revoked"), Problems))]
#[delete("/api-keys/{id}")]
pub async fn revoke(
    state: web::Data<State>,
    who: Allowed<ManageApiKeys>,
    PathId(id): PathId<kernel::ApiKey>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, _| {
            identity::revoke_api_key(tx, id)?;
            Ok(Answer::no_content())
        })
        .await
}
