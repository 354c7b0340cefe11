//! `POST /users`.

use actix_web::{post, web};
use identity::{Invited, NewPerson};
use kernel::Role;

use crate::access::{Allowed, InvitePeople};
use crate::{Answer, ApiResult, Body, Problems, State};

/// Invites someone by mail. The link in the mail sets the password. An administrator takes a
/// sign-in or a proof of a few minutes ago (`proof_required`).
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = NewPerson,
    responses((status = 201, body = Invited), Problems))]
#[post("/users")]
pub async fn invite(
    state: web::Data<State>,
    who: Allowed<InvitePeople>,
    body: Body<NewPerson>,
) -> ApiResult<Answer> {
    let signer = state.signer.clone();
    state
        .write(&who, move |tx, actor| {
            if body.role == Role::Admin {
                identity::freshly_proven(tx, &signer, actor)?;
            }
            Answer::created(&identity::invite(tx, &body)?)
        })
        .await
}
