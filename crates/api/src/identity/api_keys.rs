//! `POST /api-keys`.

use actix_web::{post, web};
use identity::{ApiKeyCreated, NewApiKey};

use crate::access::{Allowed, CreateApiKeys};
use crate::{Answer, ApiResult, Body, Problems, State};

/// Makes a key for a workshop's station or a donor's system. It is shown this once.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = NewApiKey,
    responses((status = 201, body = ApiKeyCreated), Problems))]
#[post("/api-keys")]
pub async fn create(
    state: web::Data<State>,
    who: Allowed<CreateApiKeys>,
    body: Body<NewApiKey>,
) -> ApiResult<Answer> {
    let who = who.without_repeat(); // the answer holds the key, which is kept nowhere
    state
        .write(&who, move |tx, actor| {
            Answer::created(&identity::create_api_key(tx, actor, &body)?)
        })
        .await
}
