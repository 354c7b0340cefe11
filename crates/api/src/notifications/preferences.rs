//! `/me/notifications`: how the signed-in person wants to hear of things.

use actix_web::{HttpRequest, get, put, web};
use notifications::{NewPreferences, Preferences};

use crate::access::{Allowed, ManageAccount, UseAccount};
use crate::problem::language_of;
use crate::{Answer, ApiResult, Body, Problems, State};

/// How one hears of each kind of message that may concern one: at once, in a daily or weekly
/// digest, or not at all. What law or safety requires is marked `always`.
#[utoipa::path(tag = "Notifications", operation_id = "read_preferences", security(("bearer" = [])),
    responses((status = 200, body = Preferences), Problems))]
#[get("/me/notifications")]
pub async fn read(
    state: web::Data<State>,
    who: Allowed<UseAccount>,
    request: HttpRequest,
) -> ApiResult<Answer> {
    let language = language_of(request.headers());
    let preferences = state
        .read(&who, move |db, actor| {
            notifications::preferences(db, actor, language)
        })
        .await?;
    Ok(Answer::ok(&preferences)?)
}

/// Changes how one hears of some kinds of message; the others stay as they are. What waits
/// and was not tried yet follows.
#[utoipa::path(tag = "Notifications", operation_id = "write_preferences", security(("bearer" = [])),
    request_body = NewPreferences, responses((status = 200, body = Preferences), Problems))]
#[put("/me/notifications")]
pub async fn write(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    request: HttpRequest,
    body: Body<NewPreferences>,
) -> ApiResult<Answer> {
    let language = language_of(request.headers());
    state
        .write(&who, move |tx, actor| {
            notifications::set_preferences(tx, actor, &body)?;
            Answer::ok(&notifications::preferences(tx, actor, language)?)
        })
        .await
}
