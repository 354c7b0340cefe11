//! `POST /registrations`.

use actix_web::{post, web};
use identity::{RegisteredOrganisation, Registration};

use crate::access::Anyone;
use crate::{Answer, ApiResult, Body, Problems, State};

/// An association registers itself. It can apply at once; staff verify it before they decide.
#[utoipa::path(tag = "Identity", request_body = Registration,
    responses((status = 201, body = RegisteredOrganisation), Problems))]
#[post("/registrations")]
pub async fn register(
    state: web::Data<State>,
    who: Anyone,
    body: Body<Registration>,
) -> ApiResult<Answer> {
    state
        .write_as_anyone(&who, move |tx| {
            Answer::created(&identity::register(tx, &body)?)
        })
        .await
}
