//! `/auth/login`, `/auth/refresh`, `/auth/logout`, `/me/sessions`, `/me/proof`. Their answers hold tokens, which are kept
//! nowhere: an `Idempotency-Key` is not heeded here.

use actix_web::{HttpRequest, delete, get, post, web};
use identity::{OpenSession, TokenPair};
use kernel::{Code, Page};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::{Allowed, ManageAccount, UseAccount};
use crate::record::Origin;
use crate::sign_in::{self, Attempt};
use crate::{Answer, ApiResult, Body, PathId, Problems, State};

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
    /// What this device was given at an earlier sign-in: then wrong tries of others, also from
    /// the same network, do not lock it out.
    device_token: Option<String>,
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
        device_token: login.device_token,
    };
    Ok(Answer::ok(
        &sign_in::sign_in(&state, &request, attempt).await?,
    )?)
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
pub async fn refresh(
    state: web::Data<State>,
    request: HttpRequest,
    body: Body<Refresh>,
) -> ApiResult<Answer> {
    let signer = state.signer.clone();
    let network = Origin::network_of(&request);
    let tokens = state
        .database
        .write(move |tx| identity::refresh(tx, &signer, &body.refresh_token, network.as_deref()))
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

/// One's own sessions that stand, the newest first.
#[utoipa::path(tag = "Identity", security(("bearer" = [])),
    responses((status = 200, body = Page<OpenSession>), Problems))]
#[get("/me/sessions")]
pub async fn list(state: web::Data<State>, who: Allowed<ManageAccount>) -> ApiResult<Answer> {
    let now = state.database.now();
    let items = state
        .read(&who, move |db, actor| {
            identity::open_sessions(db, actor, now)
        })
        .await?;
    Ok(Answer::ok(&Page { items, next: None })?)
}

/// Ends one of one's own sessions, with all its tokens. A repeat changes nothing.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = kernel::SessionId, Path)),
    responses((status = 204, description = "Ended"), Problems))]
#[delete("/me/sessions/{id}")]
pub async fn end(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    PathId(id): PathId<kernel::Session>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            identity::end_own_session(tx, actor, id)?;
            Ok(Answer::no_content())
        })
        .await
}

/// Ends every session of one's own but the one that asks.
#[utoipa::path(tag = "Identity", security(("bearer" = [])),
    responses((status = 204, description = "Ended"), Problems))]
#[delete("/me/sessions")]
pub async fn end_others(state: web::Data<State>, who: Allowed<ManageAccount>) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            identity::end_other_sessions(tx, actor)?;
            Ok(Answer::no_content())
        })
        .await
}

/// The present password, and a code where there is a second factor.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProofOfPerson)]
pub struct Proof {
    /// The present one.
    password: String,
    /// For an account with a second factor: a code of the authenticator application, or a
    /// recovery code.
    totp: Option<String>,
}

/// Proves again who one is, in the session at hand. For some minutes after it (and after a
/// sign-in) one may do what a stolen session should not: make keys and administrators, help
/// somebody who lost their second factor (`proof_required`).
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = Proof,
    responses((status = 204, description = "Proven"), Problems))]
#[post("/me/proof")]
pub async fn renew_proof(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    request: HttpRequest,
    Body(given): Body<Proof>,
) -> ApiResult<Answer> {
    sign_in::renew_proof(&state, &who, &request, given.password, given.totp).await?;
    Ok(Answer::no_content())
}
