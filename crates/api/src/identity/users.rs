//! `POST /users`.

use actix_web::{post, web};
use identity::{Invited, NewPerson};

use crate::access::{Allowed, InvitePeople};
use crate::{Answer, ApiResult, Body, Problems, State};

/// Invites someone by mail. The link in the mail sets the password.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = NewPerson,
    responses((status = 201, body = Invited), Problems))]
#[post("/users")]
pub async fn invite(
    state: web::Data<State>,
    who: Allowed<InvitePeople>,
    body: Body<NewPerson>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, _| {
            Answer::created(&identity::invite(tx, &body)?)
        })
        .await
}
