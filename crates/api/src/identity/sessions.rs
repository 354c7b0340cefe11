//! `/auth/login`, `/auth/refresh`, `/auth/logout`. Their answers hold tokens, which are kept
//! nowhere: an `Idempotency-Key` is not heeded here.

use actix_web::{HttpRequest, post, web};
use identity::TokenPair;
use kernel::Code;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::{Allowed, UseAccount};
use crate::sign_in::{Attempt, sign_in};
use crate::{Answer, ApiResult, Body, Problems, State};

/// A sign-in.
#[derive(Deserialize, ToSchema)]
pub struct Login {
    /// The account's address.
    email: String,
    /// Its password.
    password: String,
    /// For an account with a second factor: a code of the authenticator application, or a
    /// recovery code.
    totp: Option<String>,
}

/// Signs in. An unknown address and a wrong password are answered alike. An account with a
/// second factor is answered `second_factor_required` until `totp` comes along. Tokens are
/// kept nowhere, so an `Idempotency-Key` is not heeded: each sign-in is one of its own.
#[utoipa::path(tag = "Identity", request_body = Login,
    responses((status = 200, body = TokenPair), Problems))]
#[post("/auth/login")]
pub async fn login(
    state: web::Data<State>,
    request: HttpRequest,
    Body(login): Body<Login>,
) -> ApiResult<Answer> {
    let attempt = Attempt {
        email: login.email,
        password: login.password,
        code: login.totp,
    };
    Ok(Answer::ok(&sign_in(&state, &request, attempt).await?)?)
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
pub struct Refresh {
    /// From the last sign-in or refresh.
    refresh_token: String,
}

/// Exchanges a refresh token for a new pair. One that was used before ends the session. An
/// `Idempotency-Key` is not heeded: a token is good for one use.
#[utoipa::path(tag = "Identity", request_body = Refresh,
    responses((status = 200, body = TokenPair), Problems))]
#[post("/auth/refresh")]
pub async fn refresh(state: web::Data<State>, body: Body<Refresh>) -> ApiResult<Answer> {
    let signer = state.signer.clone();
    let tokens = state
        .database
        .write(move |tx| identity::refresh(tx, &signer, &body.refresh_token))
        .await?
        .ok_or(Code::SessionEnded)?;
    Ok(Answer::ok(&tokens)?)
}

/// Ends the session, with all its tokens. A repeat changes nothing.
#[utoipa::path(tag = "Identity", security(("bearer" = [])),
    responses((status = 204, description = "Signed out"), Problems))]
#[post("/auth/logout")]
pub async fn logout(state: web::Data<State>, who: Allowed<UseAccount>) -> ApiResult<Answer> {
    let actor = who.actor();
    state
        .database
        .write(move |tx| identity::end_session(tx, &actor))
        .await?;
    Ok(Answer::no_content())
}
