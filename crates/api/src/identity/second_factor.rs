//! `/me/second-factor`, and `/people/{id}/second-factor` for who lost theirs.

use actix_web::{HttpRequest, delete, post, web};
use identity::{RecoveryCodes, SecondFactorSecret};
use kernel::PersonId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::{Allowed, ManageAccount, ManagePeople};
use crate::record::Origin;
use crate::sign_in::{note_refused_code, prove};
use crate::{Answer, ApiResult, Body, PathId, Problems, State};

/// The present password, again.
#[derive(Deserialize, ToSchema)]
pub struct PasswordProof {
    /// The present one.
    password: String,
}

/// Begins a second factor: the secret for an authenticator application. It counts once a
/// first code confirms it.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = PasswordProof,
    responses((status = 201, body = SecondFactorSecret), Problems))]
#[post("/me/second-factor")]
pub async fn begin(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    request: HttpRequest,
    Body(proof): Body<PasswordProof>,
) -> ApiResult<Answer> {
    let who = who.without_repeat();
    let proof = prove(&state, &who, &request, proof.password, "/password").await?;
    let vault = state.vault.clone();
    state
        .write(&who, move |tx, actor| {
            identity::proven(tx, &proof, None)?;
            Answer::created(&identity::begin_second_factor(tx, &vault, actor)?)
        })
        .await
}

/// A code of the authenticator application.
#[derive(Deserialize, ToSchema)]
pub struct FirstCode {
    /// Six digits.
    totp: String,
}

/// Confirms a second factor with a first code: from now on each sign-in needs one. Other
/// sessions end. The recovery codes are shown this once.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = FirstCode,
    responses((status = 200, body = RecoveryCodes), Problems))]
#[post("/me/second-factor/confirm")]
pub async fn confirm(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    body: Body<FirstCode>,
) -> ApiResult<Answer> {
    let who = who.without_repeat();
    let vault = state.vault.clone();
    state
        .write(&who, move |tx, actor| {
            let codes = identity::confirm_second_factor(tx, &vault, actor, &body.totp)?;
            Answer::ok(&codes)
        })
        .await
}

/// What it takes to go back to a password alone.
#[derive(Deserialize, ToSchema)]
pub struct Removal {
    /// The present one.
    password: String,
    /// A code of the authenticator application, or a recovery code.
    totp: String,
}

/// Removes one's own second factor.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = Removal,
    responses((status = 204, description = "Removed"), Problems))]
#[post("/me/second-factor/remove")]
pub async fn remove(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    request: HttpRequest,
    Body(removal): Body<Removal>,
) -> ApiResult<Answer> {
    let who = who.without_repeat();
    let proof = prove(&state, &who, &request, removal.password, "/password").await?;
    let (vault, proven) = (state.vault.clone(), proof.clone());
    let outcome = state
        .write(&who, move |tx, actor| {
            identity::use_second_factor(tx, &vault, actor.person, &removal.totp)?;
            identity::proven(tx, &proven, None)?;
            identity::remove_second_factor(tx, actor.person, actor.session)?;
            Ok(Answer::no_content())
        })
        .await;
    note_refused_code(&state, &proof, &Origin::of(&request), outcome).await
}

/// Removes the second factor of somebody who lost it, and every recovery code. They are told. Asks
/// for a sign-in or a proof of a few minutes ago (`proof_required`).
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = PersonId, Path)),
    responses((status = 204, description = "Removed"), Problems))]
#[delete("/people/{id}/second-factor")]
pub async fn remove_of(
    state: web::Data<State>,
    who: Allowed<ManagePeople>,
    PathId(id): PathId<kernel::Person>,
) -> ApiResult<Answer> {
    let signer = state.signer.clone();
    state
        .write(&who, move |tx, actor| {
            identity::freshly_proven(tx, &signer, actor)?;
            identity::remove_second_factor(tx, id, None)?;
            Ok(Answer::no_content())
        })
        .await
}
