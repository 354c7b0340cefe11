//! `GET /me`.

use actix_web::{get, web};

use crate::access::{Allowed, UseAccount};
use crate::{Answer, ApiResult, Problems, State};

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
