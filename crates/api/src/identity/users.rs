//! `/users`.

use actix_web::{delete, get, patch, post, web};
use identity::{Invited, NewPerson, User, UserChange};
use kernel::{Page, PersonId, Role};

use crate::access::{Allowed, InvitePeople, ManagePeople};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

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

/// Everyone who acts for the city, also those who left, by name.
#[utoipa::path(tag = "Identity", security(("bearer" = [])),
    responses((status = 200, body = Page<User>), Problems))]
#[get("/users")]
pub async fn list(state: web::Data<State>, who: Allowed<ManagePeople>) -> ApiResult<Answer> {
    let items = state
        .read(&who, |db, actor| {
            identity::users_of_city(db, actor.organisation)
        })
        .await?;
    Ok(Answer::ok(&Page { items, next: None })?)
}

/// Changes an account of any organization: another role, kept from signing in (`disabled: true`),
/// let in again (`false`). Its sessions end with the first two. Where an administrator comes or
/// goes, it takes a sign-in or a proof of a few minutes ago (`proof_required`); the last one who can
/// sign in stays (`last_person`).
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = PersonId, Path)),
    request_body = UserChange, responses((status = 200, body = User), Problems))]
#[patch("/users/{id}")]
pub async fn change(
    state: web::Data<State>,
    who: Allowed<ManagePeople>,
    PathId(id): PathId<kernel::Person>,
    if_match: IfMatch,
    body: Body<UserChange>,
) -> ApiResult<Answer> {
    let signer = state.signer.clone();
    state
        .write(&who, move |tx, actor| {
            if_match.check(identity::user(tx, id)?.version)?;
            let user = identity::change_user(tx, &signer, actor, id, &body)?;
            Ok(Answer::ok(&user)?.version(user.version))
        })
        .await
}

/// Signs somebody out everywhere, such as after a telephone was lost. Their keys and their password
/// stay.
#[utoipa::path(tag = "Identity", operation_id = "end_sessions_of", security(("bearer" = [])),
    params(("id" = PersonId, Path)), responses((status = 204), Problems))]
#[delete("/users/{id}/sessions")]
pub async fn sign_out(
    state: web::Data<State>,
    who: Allowed<ManagePeople>,
    PathId(id): PathId<kernel::Person>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, _| {
            identity::end_sessions_of(tx, id)?;
            Ok(Answer::no_content())
        })
        .await
}
