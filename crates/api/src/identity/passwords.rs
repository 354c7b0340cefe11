//! `/auth/invitation`, `/auth/forgotten`, `/auth/reset` and `/me/password`. Hashing is slow
//! on purpose: it happens outside of transactions, and not at all for a link that is void.

use actix_web::{HttpRequest, post, web};
use identity::{KeysOfMaker, LinkPurpose, TokenPair};
use kernel::Actor;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::{Allowed, ManageAccount};
use crate::passwords::hash_for_link;
use crate::record::Origin;
use crate::security::client_address;
use crate::sign_in::{note_refused_code, prove};
use crate::{Answer, ApiResult, Body, Problems, State};

/// A password that a link in a mail sets.
#[derive(Deserialize, ToSchema)]
pub struct NewPassword {
    /// From the link.
    token: String,
    /// The password to be.
    password: String,
    /// When a forgotten password is set anew: revokes the machines' keys that one made, too.
    #[serde(default)]
    revoke_keys: bool,
}

/// Accepts an invitation or confirms a registration: sets the password and signs in. The
/// link is good for one use, also under an `Idempotency-Key`.
#[utoipa::path(tag = "Identity", request_body = NewPassword,
    responses((status = 200, body = TokenPair), Problems))]
#[post("/auth/invitation")]
pub async fn accept_invitation(
    state: web::Data<State>,
    request: HttpRequest,
    Body(new): Body<NewPassword>,
) -> ApiResult<Answer> {
    Ok(Answer::ok(&accept(&state, &request, new).await?)?)
}

/// Sets the password that an invitation asks for, and signs in.
async fn accept(state: &State, request: &HttpRequest, new: NewPassword) -> db::Result<TokenPair> {
    let network = Origin::network_of(request);
    let hash = hash_for_link(state, LinkPurpose::Invitation, &new.token, &new.password).await?;
    let signer = state.signer.clone();
    state
        .database
        .write(move |tx| {
            identity::accept_invitation(tx, &signer, &new.token, &hash, network.as_deref())
        })
        .await
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
pub struct Forgotten {
    /// The account's address.
    email: String,
}

/// Mails a link to set a new password, if the address has an account; the answer does not
/// say. Some links an hour are mailed to one account at the most, and asked for from one network
/// address.
#[utoipa::path(tag = "Identity", request_body = Forgotten,
    responses((status = 202, description = "A link is mailed if there is such an account"), Problems))]
#[post("/auth/forgotten")]
pub async fn forgotten(
    state: web::Data<State>,
    request: HttpRequest,
    body: Body<Forgotten>,
) -> ApiResult<Answer> {
    let (signer, from) = (state.signer.clone(), client_address(&request));
    state
        .database
        .write(move |tx| identity::forget_password(tx, &signer, &body.email, from))
        .await?;
    Ok(Answer::accepted())
}

/// Sets a new password from the link in a mail, and ends every session. Then sign in: wrong
/// tries from before count no more, and with the link's token as `device_token` those of others
/// do not lock one out either. Whoever made keys for machines is told which ones still open
/// something; they are revoked when the body says `revoke_keys`.
#[utoipa::path(tag = "Identity", request_body = NewPassword,
    responses((status = 204, description = "The password is set"),
        (status = 200, description = "The same, of somebody who made keys", body = KeysOfMaker), Problems))]
#[post("/auth/reset")]
pub async fn reset(
    state: web::Data<State>,
    request: HttpRequest,
    Body(new): Body<NewPassword>,
) -> ApiResult<Answer> {
    Ok(told(&set_anew(&state, &request, new).await?)?)
}

/// Sets the new password that a link asks for.
async fn set_anew(
    state: &State,
    request: &HttpRequest,
    new: NewPassword,
) -> db::Result<KeysOfMaker> {
    let network = Origin::network_of(request);
    let hash = hash_for_link(state, LinkPurpose::Reset, &new.token, &new.password).await?;
    state
        .database
        .write(move |tx| {
            let person = identity::reset_password(tx, &new.token, &hash, network.as_deref())?;
            identity::keys_of_maker(tx, person, new.revoke_keys)
        })
        .await
}

/// A change of one's own password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    /// The present one.
    current_password: String,
    /// The one to be.
    new_password: String,
    /// For an account with a second factor: a code of the authenticator application, or a
    /// recovery code.
    totp: Option<String>,
    /// Revokes the machines' keys that one made, too.
    #[serde(default)]
    revoke_keys: bool,
}

/// Changes one's own password, and ends one's other sessions. Whoever made keys for machines is
/// told which ones still open something: whoever knew the password may have made one. They are
/// revoked when the body says `revoke_keys`.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = PasswordChange,
    responses((status = 204, description = "The password is changed"),
        (status = 200, description = "The same, of somebody who made keys", body = KeysOfMaker), Problems))]
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
    let origin = Origin::of(&request);
    let (vault, totp, revoke) = (state.vault.clone(), change.totp, change.revoke_keys);
    let proven = proof.clone();
    let outcome = state
        .write(&who, move |tx, actor: &Actor| {
            identity::take_code(tx, &vault, actor.person, totp.as_deref())?;
            identity::proven(tx, &proven, None)?;
            identity::change_password(tx, actor, &hash)?;
            told(&identity::keys_of_maker(tx, actor.person, revoke)?)
        })
        .await;
    note_refused_code(&state, &proof, &origin, outcome).await
}

/// What there is to say of the keys that somebody made: nothing when there are none.
fn told(keys: &KeysOfMaker) -> db::Result<Answer> {
    match keys.api_keys.is_empty() {
        true => Ok(Answer::no_content()),
        false => Answer::ok(keys),
    }
}
