//! `/auth/invitation`, `/auth/forgotten`, `/auth/reset` and `/me/password`. Hashing is slow
//! on purpose: it happens outside of transactions, and not at all for a link that is void.

use actix_web::{HttpRequest, post, web};
use identity::{LinkPurpose, SignIn, TokenPair};
use kernel::{Actor, Code, Refusal};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::{Allowed, ManageAccount};
use crate::passwords::hash_for_link;
use crate::security::client_address;
use crate::sign_in::compare;
use crate::{Answer, ApiResult, Body, Problems, State};

/// A password that a link in a mail sets.
#[derive(Deserialize, ToSchema)]
pub struct NewPassword {
    /// From the link.
    token: String,
    /// The password to be.
    password: String,
}

/// Accepts an invitation or confirms a registration: sets the password and signs in. The
/// link is good for one use, also under an `Idempotency-Key`.
#[utoipa::path(tag = "Identity", request_body = NewPassword,
    responses((status = 200, body = TokenPair), Problems))]
#[post("/auth/invitation")]
pub async fn accept_invitation(
    state: web::Data<State>,
    Body(new): Body<NewPassword>,
) -> ApiResult<Answer> {
    Ok(Answer::ok(&accept(&state, new).await?)?)
}

/// Sets the password that an invitation asks for, and signs in.
async fn accept(state: &State, new: NewPassword) -> db::Result<TokenPair> {
    let hash = hash_for_link(state, LinkPurpose::Invitation, &new.token, &new.password).await?;
    let signer = state.signer.clone();
    state
        .database
        .write(move |tx| identity::accept_invitation(tx, &signer, &new.token, &hash))
        .await
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
pub struct Forgotten {
    /// The account's address.
    email: String,
}

/// Mails a link to set a new password, if the address has an account; the answer does not
/// say. Some links an hour are mailed to one account at the most.
#[utoipa::path(tag = "Identity", request_body = Forgotten,
    responses((status = 202, description = "A link is mailed if there is such an account"), Problems))]
#[post("/auth/forgotten")]
pub async fn forgotten(state: web::Data<State>, body: Body<Forgotten>) -> ApiResult<Answer> {
    let signer = state.signer.clone();
    state
        .database
        .write(move |tx| identity::forget_password(tx, &signer, &body.email))
        .await?;
    Ok(Answer::accepted())
}

/// Sets a new password from the link in a mail, and ends every session. Then sign in.
#[utoipa::path(tag = "Identity", request_body = NewPassword,
    responses((status = 204, description = "The password is set"), Problems))]
#[post("/auth/reset")]
pub async fn reset(state: web::Data<State>, Body(new): Body<NewPassword>) -> ApiResult<Answer> {
    set_anew(&state, new).await?;
    Ok(Answer::no_content())
}

/// Sets the new password that a link asks for.
async fn set_anew(state: &State, new: NewPassword) -> db::Result<()> {
    let hash = hash_for_link(state, LinkPurpose::Reset, &new.token, &new.password).await?;
    state
        .database
        .write(move |tx| identity::reset_password(tx, &new.token, &hash))
        .await
}

/// A change of one's own password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    /// The present one.
    current_password: String,
    /// The one to be.
    new_password: String,
}

/// Changes one's own password, and ends one's other sessions.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = PasswordChange,
    responses((status = 204, description = "The password is changed"), Problems))]
#[post("/me/password")]
pub async fn change(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    request: HttpRequest,
    Body(change): Body<PasswordChange>,
) -> ApiResult<Answer> {
    let who = who.without_repeat(); // a digest of the body would be one of the password
    let pointer = "/current_password";
    let proof = prove(&state, &who, &request, change.current_password, pointer).await?;
    let (passwords, new) = (state.passwords.clone(), change.new_password.clone());
    state
        .read(&who, move |db, actor| {
            identity::check_new_password(db, passwords.settings(), actor, &new)
        })
        .await?;
    let hash = state.passwords.hash(change.new_password).await?;
    state
        .write(&who, move |tx, actor: &Actor| {
            identity::proven(tx, &proof, None)?;
            identity::change_password(tx, actor, &hash)?;
            Ok(Answer::no_content())
        })
        .await
}

/// Whoever is signed in proves again who they are, before something that a stolen session
/// should not do. The attempt is counted as one to sign in is.
pub(super) async fn prove(
    state: &State,
    who: &Allowed<ManageAccount>,
    request: &HttpRequest,
    password: String,
    pointer: &'static str,
) -> ApiResult<SignIn> {
    let (actor, signer) = (who.actor(), state.signer.clone());
    let from = client_address(request);
    let sign_in = state
        .database
        .write(move |tx| {
            let now = tx.now();
            identity::still_signed_in(tx, &actor, None, now)?;
            identity::begin_proof(tx, &signer, &actor, from)
        })
        .await?;
    let (right, _) = compare(state, &sign_in, password).await?;
    if !right {
        let code = Code::WrongPassword;
        return Err(Refusal::field(pointer, code, code.help()).into());
    }
    Ok(sign_in)
}
