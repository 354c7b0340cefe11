//! `/notifications`.

use actix_web::{get, post, web};
use kernel::Page;
use notifications::{Notification, NotificationStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, ReadOutbox};
use crate::{Answer, ApiResult, Paging, PagingParams, Params, PathId, Problems, State};

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

/// Sends again what failed or was given up.
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), params(("id" = kernel::MessageId, Path)),
    responses((status = 200, body = Notification), Problems))]
#[post("/notifications/{id}/retry")]
pub async fn retry(
    state: web::Data<State>,
    who: Allowed<ReadOutbox>,
    PathId(id): PathId<kernel::Message>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, _| {
            Answer::ok(&notifications::retry(tx, id)?)
        })
        .await
}
