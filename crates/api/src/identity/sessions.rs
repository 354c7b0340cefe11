//! `/auth`. Hashing a password is slow on purpose, so it happens outside the transaction.

use actix_web::{HttpRequest, post, web};
use identity::{TokenPair, password};
use kernel::Code;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Throttle;
use crate::access::{Allowed, UseAccount};
use crate::{Answer, ApiResult, Body, Problems, State};

/// A sign-in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Login {
    /// The account's address.
    email: String,
    /// Its password.
    password: String,
}

/// Signs in. An unknown address and a wrong password are answered alike.
#[utoipa::path(tag = "Identity", request_body = Login,
    responses((status = 200, body = TokenPair), Problems))]
#[post("/auth/login")]
pub async fn login(
    state: web::Data<State>,
    throttle: web::Data<Throttle>,
    request: HttpRequest,
    Body(login): Body<Login>,
) -> ApiResult<Answer> {
    let Login { email, password } = login;
    let account = identity::rules::normal_email(&email);
    let address = request.peer_addr().map(|peer| peer.ip());
    let now = state.database.now();
    throttle.check(address, &account, now)?;
    let credentials = state
        .database
        .read(move |db| identity::credentials(db, &email))
        .await?;
    let stored = credentials.as_ref().and_then(|c| c.password_hash.clone());
    let matches = slow(move || Ok(password::matches(&password, stored.as_deref()))).await?;
    let person = credentials
        .filter(|credentials| matches && !credentials.disabled)
        .map(|credentials| credentials.person)
        .ok_or_else(|| {
            throttle.failed(address, &account, now);
            Code::InvalidCredentials
        })?;
    let signer = state.signer.clone();
    let tokens = state
        .database
        .write(move |tx| identity::open_session(tx, &signer, person))
        .await?;
    Ok(Answer::ok(&tokens)?)
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Refresh {
    /// From the last sign-in or refresh.
    refresh_token: String,
}

/// Exchanges a refresh token for a new pair. One that was used before ends the session.
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

/// Ends the session, with all its tokens.
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

/// The answer to an invitation.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Acceptance {
    /// From the link in the mail.
    pub(super) token: String,
    /// The password to be.
    password: String,
}

/// Accepts an invitation or confirms a registration: sets the password and signs in.
#[utoipa::path(tag = "Identity", request_body = Acceptance,
    responses((status = 200, body = TokenPair), Problems))]
#[post("/auth/invitation")]
pub async fn accept_invitation(
    state: web::Data<State>,
    Body(acceptance): Body<Acceptance>,
) -> ApiResult<Answer> {
    Ok(Answer::ok(&accept(&state, acceptance).await?)?)
}

/// Sets the password that an invitation asks for, and signs in.
pub(super) async fn accept(state: &State, acceptance: Acceptance) -> db::Result<TokenPair> {
    // what is too long is refused below, and need not be hashed
    let to_hash: String = acceptance
        .password
        .chars()
        .take(identity::rules::PASSWORD_MAX)
        .collect();
    let hash = slow(move || password::hash(&to_hash)).await?;
    let signer = state.signer.clone();
    state
        .database
        .write(move |tx| {
            let Acceptance { token, password } = &acceptance;
            identity::accept_invitation(tx, &signer, token, password, &hash)
        })
        .await
}

async fn slow<T: Send + 'static>(
    work: impl FnOnce() -> db::Result<T> + Send + 'static,
) -> db::Result<T> {
    web::block(work)
        .await
        .unwrap_or_else(|cause| Err(db::Error::internal(cause)))
}
