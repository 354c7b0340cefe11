//! `/me`.

use actix_web::{get, patch, web};
use identity::ProfileChange;

use crate::access::{Allowed, ManageAccount, UseAccount};
use crate::{Answer, ApiResult, Body, Problems, State};

/// The signed-in person and their organization.
#[utoipa::path(tag = "Identity", security(("bearer" = [])),
    responses((status = 200, body = identity::Me), Problems))]
#[get("/me")]
pub async fn me(state: web::Data<State>, who: Allowed<UseAccount>) -> ApiResult<Answer> {
    let me = state
        .read(&who, |db, actor| identity::me(db, actor.person))
        .await?;
    Ok(Answer::ok(&me)?)
}

/// Corrects one's own name or language.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = ProfileChange,
    responses((status = 200, body = identity::Me), Problems))]
#[patch("/me")]
pub async fn correct(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    body: Body<ProfileChange>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::ok(&identity::change_profile(tx, actor, &body)?)
        })
        .await
}
