//! `/applications/{id}/messages`: what the city and an association write each other about it.

use actix_web::{get, post, web};
use eligibility::{CaseMessage, NewMessage};
use kernel::{ApplicationId, Page};

use crate::access::{Allowed, Apply, ReadApplications};
use crate::{Answer, ApiResult, Body, PathId, Problems, State};

/// What was written, the oldest first: the city sees all, an association its own.
#[utoipa::path(tag = "Eligibility", operation_id = "list_application_messages", security(("bearer" = [])),
    params(("id" = ApplicationId, Path)), responses((status = 200, body = Page<CaseMessage>), Problems))]
#[get("/applications/{id}/messages")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    PathId(id): PathId<kernel::Application>,
) -> ApiResult<Answer> {
    let items = state
        .read(&who, move |db, actor| eligibility::messages(db, actor, id))
        .await?;
    Ok(Answer::ok(&Page { items, next: None })?)
}

/// Writes to the other side, which has it by mail: the city's staff to the association, the
/// association to the city.
#[utoipa::path(tag = "Eligibility", operation_id = "write_application_message", security(("bearer" = [])),
    params(("id" = ApplicationId, Path)), request_body = NewMessage,
    responses((status = 201, body = CaseMessage), Problems))]
#[post("/applications/{id}/messages")]
pub async fn write(
    state: web::Data<State>,
    who: Allowed<Apply>,
    PathId(id): PathId<kernel::Application>,
    body: Body<NewMessage>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::created(&eligibility::write_message(tx, actor, id, &body)?)
        })
        .await
}
