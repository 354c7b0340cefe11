//! `/notifications`.

use actix_web::{get, post, web};
use kernel::Page;
use notifications::{Notification, NotificationStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, ReadOutbox};
use crate::{Answer, ApiResult, IfMatch, Paging, PagingParams, Params, PathId, Problems, State};

/// Which messages to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// In this status.
    status: Option<NotificationStatus>,
    /// To this address.
    to: Option<String>,
}

/// Messages of the outbox, the newest first.
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), params(Filter, PagingParams),
    responses((status = 200, body = Page<Notification>), Problems))]
#[get("/notifications")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadOutbox>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
) -> ApiResult<Answer> {
    let page = state
        .read(&who, move |db, _| {
            let filter = notifications::Filter {
                status: filter.status,
                to: filter.to,
            };
            notifications::list(db, &filter, &page)
        })
        .await?;
    Ok(Answer::ok(&page)?)
}

/// One message of the outbox.
#[utoipa::path(tag = "Notifications", operation_id = "get_notification", security(("bearer" = [])),
    params(("id" = kernel::MessageId, Path)),
    responses((status = 200, body = Notification), Problems))]
#[get("/notifications/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadOutbox>,
    PathId(id): PathId<kernel::Message>,
) -> ApiResult<Answer> {
    let found = state
        .read(&who, move |db, _| notifications::notification(db, id))
        .await?;
    Ok(Answer::ok(&found)?.version(found.version))
}

/// Sends again what failed or was given up, with all that travels in the same mail.
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), params(("id" = kernel::MessageId, Path)),
    responses((status = 200, body = Notification), Problems))]
#[post("/notifications/{id}/retry")]
pub async fn retry(
    state: web::Data<State>,
    who: Allowed<ReadOutbox>,
    PathId(id): PathId<kernel::Message>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, _| {
            if_match.check(notifications::notification(tx, id)?.version)?;
            let again = notifications::retry(tx, id)?;
            Ok(Answer::ok(&again)?.version(again.version))
        })
        .await
}
