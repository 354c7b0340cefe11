//! `PUT` and `DELETE /me/calendar-link`: a link by which a calendar reads one's appointments.

use actix_web::{delete, put, web};
use identity::CalendarLink;

use crate::access::{Allowed, ManageAccount};
use crate::{Answer, ApiResult, Problems, State};

/// Makes a link (`/agenda/{token}.ics`) by which a calendar reads one's handovers and pickups without
/// signing in, a month back and half a year ahead. The token is shown this once; a link that was made
/// before opens nothing any more.
#[utoipa::path(tag = "Identity", operation_id = "make_calendar_link", security(("bearer" = [])),
    responses((status = 200, body = CalendarLink), Problems))]
#[put("/me/calendar-link")]
pub async fn make(state: web::Data<State>, who: Allowed<ManageAccount>) -> ApiResult<Answer> {
    // nothing of a secret is kept for a repeat
    state
        .write(&who.without_repeat(), |tx, actor| {
            Answer::ok(&identity::make_calendar_link(tx, actor)?)
        })
        .await
}

/// Takes the link back: it opens nothing any more.
#[utoipa::path(tag = "Identity", operation_id = "revoke_calendar_link", security(("bearer" = [])),
    responses((status = 204), Problems))]
#[delete("/me/calendar-link")]
pub async fn revoke(state: web::Data<State>, who: Allowed<ManageAccount>) -> ApiResult<Answer> {
    state
        .write(&who, |tx, actor| {
            identity::revoke_calendar_link(tx, actor)?;
            Ok(Answer::no_content())
        })
        .await
}
