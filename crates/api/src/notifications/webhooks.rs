//! `/webhooks`: other programs of one's organization that are told of what it hears.

use actix_web::{delete, get, post, web};
use kernel::{Page, WebhookId};
use notifications::{Delivery, NewWebhook, Webhook, WebhookCreated};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Allowed, ManageWebhooks};
use crate::{Answer, ApiResult, Body, IfMatch, Paging, PagingParams, PathId, Problems, State};

/// The webhooks of an organization: twenty at the most, so not in pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookList {
    /// The oldest first.
    items: Vec<Webhook>,
}

/// Sets a webhook up for one's own organization. The answer is the only one that shows its
/// secret; calls are signed with it as Standard Webhooks says.
#[utoipa::path(tag = "Webhooks", operation_id = "create_webhook", security(("bearer" = [])),
    request_body = NewWebhook, responses((status = 201, body = WebhookCreated), Problems))]
#[post("/webhooks")]
pub async fn create(
    state: web::Data<State>,
    who: Allowed<ManageWebhooks>,
    body: Body<NewWebhook>,
) -> ApiResult<Answer> {
    let (settings, signer) = (state.webhooks.clone(), state.signer.clone());
    // the secret is not kept for a repeat
    let who = who.without_repeat();
    state
        .write(&who, move |tx, actor| {
            // everything that happens goes to the address from now on
            identity::freshly_proven(tx, &signer, actor)?;
            let created = notifications::create_webhook(tx, actor, &settings, &body)?;
            Ok(Answer::created(&created)?.version(created.webhook.version))
        })
        .await
}

/// The webhooks of one's own organization.
#[utoipa::path(tag = "Webhooks", operation_id = "list_webhooks", security(("bearer" = [])),
    responses((status = 200, body = WebhookList), Problems))]
#[get("/webhooks")]
pub async fn list(state: web::Data<State>, who: Allowed<ManageWebhooks>) -> ApiResult<Answer> {
    let items = state.read(&who, notifications::webhooks).await?;
    Ok(Answer::ok(&WebhookList { items })?)
}

/// One webhook of one's own organization.
#[utoipa::path(tag = "Webhooks", operation_id = "get_webhook", security(("bearer" = [])),
    params(("id" = WebhookId, Path)), responses((status = 200, body = Webhook), Problems))]
#[get("/webhooks/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ManageWebhooks>,
    PathId(id): PathId<kernel::Webhook>,
) -> ApiResult<Answer> {
    let webhook = state
        .read(&who, move |db, actor| notifications::webhook(db, actor, id))
        .await?;
    Ok(Answer::ok(&webhook)?.version(webhook.version))
}

/// Removes a webhook, with what waits for it.
#[utoipa::path(tag = "Webhooks", operation_id = "delete_webhook", security(("bearer" = [])),
    params(("id" = WebhookId, Path)), responses((status = 204, description = "It is gone."), Problems))]
#[delete("/webhooks/{id}")]
pub async fn delete(
    state: web::Data<State>,
    who: Allowed<ManageWebhooks>,
    PathId(id): PathId<kernel::Webhook>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.check(notifications::webhook(tx, actor, id)?.version)?;
            notifications::delete_webhook(tx, actor, id)?;
            Ok(Answer::no_content())
        })
        .await
}

/// Has a webhook called again that was disabled.
#[utoipa::path(tag = "Webhooks", operation_id = "enable_webhook", security(("bearer" = [])),
    params(("id" = WebhookId, Path)), responses((status = 200, body = Webhook), Problems))]
#[post("/webhooks/{id}/enable")]
pub async fn enable(
    state: web::Data<State>,
    who: Allowed<ManageWebhooks>,
    PathId(id): PathId<kernel::Webhook>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.check(notifications::webhook(tx, actor, id)?.version)?;
            let webhook = notifications::enable_webhook(tx, actor, id)?;
            Ok(Answer::ok(&webhook)?.version(webhook.version))
        })
        .await
}

/// What a webhook was told, the newest first.
#[utoipa::path(tag = "Webhooks", operation_id = "list_webhook_deliveries", security(("bearer" = [])),
    params(("id" = WebhookId, Path), PagingParams),
    responses((status = 200, body = Page<Delivery>), Problems))]
#[get("/webhooks/{id}/deliveries")]
pub async fn deliveries(
    state: web::Data<State>,
    who: Allowed<ManageWebhooks>,
    PathId(id): PathId<kernel::Webhook>,
    Paging(page): Paging,
) -> ApiResult<Answer> {
    let page = state
        .read(&who, move |db, actor| {
            notifications::deliveries(db, actor, id, &page)
        })
        .await?;
    Ok(Answer::ok(&page)?)
}
