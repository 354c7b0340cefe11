//! `/notifications`.

use actix_web::{get, post, web};
use kernel::{Page, PageRequest};
use notifications::{Notification, NotificationStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use ::web::columns;

use crate::access::{Allowed, ReadOutbox};
use crate::{
    Answer, ApiResult, Csv, IfMatch, Paging, PagingParams, Params, PathId, Problems, State,
};

/// Which messages to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// In this status.
    status: Option<NotificationStatus>,
    /// To this address.
    to: Option<String>,
}

/// Messages of the outbox, the newest first. As CSV, the newest 50 000.
#[utoipa::path(tag = "Notifications", security(("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<Notification>), Problems))]
#[get("/notifications")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadOutbox>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = if csv {
        PageRequest::first(columns::MOST)
    } else {
        page
    };
    let page = state
        .read_table(&who, csv, move |db, _| {
            let filter = notifications::Filter {
                status: filter.status,
                to: filter.to,
            };
            notifications::list(db, &filter, &page)
        })
        .await?;
    match csv {
        true => Ok(columns::notifications(page.items)?),
        false => Ok(Answer::ok(&page)?),
    }
}

/// Sends a test mail to whoever asks, to see whether mail leaves.
#[utoipa::path(tag = "Notifications", operation_id = "send_test_mail", security(("bearer" = [])),
    responses((status = 202, description = "It is on its way."), Problems))]
#[post("/notifications/test")]
pub async fn test(state: web::Data<State>, who: Allowed<ReadOutbox>) -> ApiResult<Answer> {
    state
        .write(&who, |tx, actor| {
            let recipient = identity::recipient(tx, actor.person)?;
            notifications::send_test(tx, &recipient)?;
            Ok(Answer::accepted())
        })
        .await
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
