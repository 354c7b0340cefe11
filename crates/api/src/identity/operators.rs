//! `POST /auth/operator`: who stands at a station; `/me/badge`: what they show there.

use actix_web::{HttpRequest, delete, post, web};
use identity::{Badge, Operator};
use kernel::{Code, Refusal, Text};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::{Allowed, ManageAccount, NameOperators};
use crate::record::Origin;
use crate::sign_in::{Attempt, note_refused_code, password_of};
use crate::{Answer, ApiResult, Body, Problems, State};

/// Who stands at the station, and how they prove it: their badge, or a short sign-in.
#[derive(Deserialize, ToSchema)]
pub struct OperatorSignIn {
    /// What the badge reads.
    badge: Option<String>,
    /// The account's address, in its place.
    email: Option<String>,
    /// Its password.
    password: Option<String>,
    /// For an account with a second factor: a code of the authenticator application, or a
    /// recovery code.
    totp: Option<String>,
}

/// Says who stands at a station, asked with the station's key: a person of the same workshop,
/// by their badge or by their address and password. What comes back goes into the field
/// `operator` of each event that the station logs, for a shift: then this person stands on the
/// line of custody, beside the key and whoever made it. It opens nothing, and is good for this
/// key alone.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = OperatorSignIn,
    responses((status = 200, body = Operator), Problems))]
#[post("/auth/operator")]
pub async fn name_operator(
    state: web::Data<State>,
    who: Allowed<NameOperators>,
    request: HttpRequest,
    Body(given): Body<OperatorSignIn>,
) -> ApiResult<Answer> {
    let who = who.without_repeat(); // the answer holds a token, which is kept nowhere
    let (badge, email, password) = (given.badge, given.email, given.password);
    match (badge, email, password) {
        (Some(badge), ..) => by_badge(&state, &who, badge).await,
        (None, Some(email), Some(password)) => {
            let attempt = Attempt {
                email,
                password,
                code: given.totp,
                device_token: None,
            };
            by_password(&state, &who, &request, attempt).await
        }
        _ => {
            let help = Text::new(
                "Présentez un badge, ou une adresse et un mot de passe.",
                "Show a badge, or give an address and a password.",
            );
            Err(Refusal::field("/badge", Code::Required, help).into())
        }
    }
}

async fn by_badge(state: &State, who: &Allowed<NameOperators>, badge: String) -> ApiResult<Answer> {
    let signer = state.signer.clone();
    state
        .write(who, move |tx, station| {
            Answer::ok(&identity::operator_by_badge(tx, &signer, station, &badge)?)
        })
        .await
}

async fn by_password(
    state: &State,
    who: &Allowed<NameOperators>,
    request: &HttpRequest,
    attempt: Attempt,
) -> ApiResult<Answer> {
    let origin = Origin::of(request);
    let (sign_in, person, new_hash) = password_of(state, request, &origin, &attempt).await?;
    let (signer, vault) = (state.signer.clone(), state.vault.clone());
    let (code, begun) = (attempt.code, sign_in.clone());
    let outcome = state
        .write(who, move |tx, station| {
            let given = (code.as_deref(), new_hash.as_deref());
            let keys = (&signer, &vault);
            let operator =
                identity::operator_by_password(tx, keys, station, (&begun, person), given)?;
            Answer::ok(&operator)
        })
        .await;
    note_refused_code(state, &sign_in, &origin, outcome).await
}

/// Makes a badge for oneself, in the place of the one before: whoever shows it at a station of
/// the workshop is taken for its owner there. It is shown this once. Asks for a sign-in or a
/// proof of a few minutes ago (`proof_required`).
#[utoipa::path(tag = "Identity", security(("bearer" = [])),
    responses((status = 201, body = Badge), Problems))]
#[post("/me/badge")]
pub async fn make_badge(state: web::Data<State>, who: Allowed<ManageAccount>) -> ApiResult<Answer> {
    let who = who.without_repeat(); // the answer holds the badge, which is kept nowhere
    let signer = state.signer.clone();
    state
        .write(&who, move |tx, actor| {
            Answer::created(&identity::make_badge(tx, &signer, actor)?)
        })
        .await
}

/// Voids one's own badge. A repeat changes nothing.
#[utoipa::path(tag = "Identity", security(("bearer" = [])),
    responses((status = 204, description = "Voided"), Problems))]
#[delete("/me/badge")]
pub async fn void_badge(state: web::Data<State>, who: Allowed<ManageAccount>) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            identity::void_badge(tx, actor)?;
            Ok(Answer::no_content())
        })
        .await
}
