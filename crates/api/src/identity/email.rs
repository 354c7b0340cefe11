//! `POST /me/email` asks for another address, `POST /auth/email` confirms it by the link that
//! was mailed there.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::{Allowed, ManageAccount};
use crate::email::change;
use crate::record::Origin;
use crate::sign_in::{note_refused_code, prove};
use crate::{Answer, ApiResult, Body, Problems, State};

/// The address to be, and who asks for it.
#[derive(Deserialize, ToSchema)]
pub struct EmailChange {
    /// The address to be.
    email: String,
    /// The present password.
    password: String,
    /// For an account with a second factor: a code of the authenticator application, or a
    /// recovery code.
    totp: Option<String>,
}

/// Asks for another address. A link is mailed to it, and the present one is told; nothing
/// changes before the link is used. The answer does not say whether the new address has an
/// account already: then there is no link.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = EmailChange,
    responses((status = 202, description = "A link is mailed to the new address"), Problems))]
#[post("/me/email")]
pub async fn ask(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    request: HttpRequest,
    Body(change): Body<EmailChange>,
) -> ApiResult<Answer> {
    let who = who.without_repeat(); // a digest of the body would be one of the password
    let proof = prove(&state, &who, &request, change.password, "/password").await?;
    let (signer, vault) = (state.signer.clone(), state.vault.clone());
    let (email, totp, proven) = (change.email, change.totp, proof.clone());
    let outcome = state
        .write(&who, move |tx, actor| {
            let keys = (&signer, &vault);
            identity::ask_email_change(tx, keys, actor, &email, totp.as_deref())?;
            identity::proven(tx, &proven, None)?;
            Ok(Answer::accepted())
        })
        .await;
    note_refused_code(&state, &proof, &Origin::of(&request), outcome).await
}

/// The token of a link.
#[derive(Deserialize, ToSchema)]
pub struct Confirmation {
    /// From the link.
    token: String,
}

/// Changes the address to the one that the link was mailed to. Every session ends but the one
/// in which it was asked for; the old address is told.
#[utoipa::path(tag = "Identity", request_body = Confirmation,
    responses((status = 204, description = "The address is changed"), Problems))]
#[post("/auth/email")]
pub async fn confirm(
    state: web::Data<State>,
    request: HttpRequest,
    Body(confirmation): Body<Confirmation>,
) -> ApiResult<Answer> {
    change(&state, &request, confirmation.token).await?;
    Ok(Answer::no_content())
}
