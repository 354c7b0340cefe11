//! Signing in, as both doors do it. A password is compared outside of the transactions, since
//! that is slow.

use actix_web::HttpRequest;
use identity::password::Verdict;
use identity::{SignIn, SignedIn, TokenPair};
use kernel::Code;

use crate::problem::ApiResult;
use crate::record::Origin;
use crate::security::client_address;
use crate::state::State;

/// What somebody signs in with.
#[derive(Default)]
pub struct Attempt {
    /// The account's address.
    pub email: String,
    /// Its password.
    pub password: String,
    /// Of the authenticator application, or a recovery code.
    pub code: Option<String>,
}

/// Signs somebody in, and records it.
///
/// # Errors
/// `invalid_credentials`, `second_factor_required`, `second_factor_refused`,
/// `too_many_requests`.
pub async fn sign_in(
    state: &State,
    request: &HttpRequest,
    attempt: Attempt,
) -> ApiResult<TokenPair> {
    let from = client_address(request);
    let origin = Origin::of(request).named("post_auth_login");
    let (signer, email) = (state.signer.clone(), attempt.email);
    let sign_in = state
        .database
        .write(move |tx| identity::begin_sign_in(tx, &signer, &email, from))
        .await?;
    let (right, new_hash) = compare(state, &sign_in, attempt.password).await?;
    let person = sign_in
        .person
        .filter(|_| right)
        .ok_or(Code::InvalidCredentials)?;
    let (signer, vault) = (state.signer.clone(), state.vault.clone());
    let code = attempt.code;
    let signed_in = state
        .database
        .write(move |tx| {
            let (code, hash) = (code.as_deref(), new_hash.as_deref());
            let done =
                identity::finish_sign_in(tx, (&signer, &vault), &sign_in, person, code, hash)?;
            if matches!(done, SignedIn::Session(_)) {
                identity::record(tx, origin.of_person(person))?;
            }
            Ok(done)
        })
        .await?;
    match signed_in {
        SignedIn::Session(tokens) => Ok(tokens),
        SignedIn::SecondFactorRequired => Err(Code::SecondFactorRequired.into()),
    }
}

/// Compares a password with that of a sign-in under way: whether it is right, and the hash
/// to keep instead of an outdated one.
///
/// # Errors
/// When no password can be compared.
pub async fn compare(
    state: &State,
    sign_in: &SignIn,
    password: String,
) -> db::Result<(bool, Option<String>)> {
    let stored = sign_in.password_hash.clone();
    Ok(match state.passwords.verify(password, stored).await? {
        Verdict::Wrong => (false, None),
        Verdict::Right => (true, None),
        Verdict::Outdated(hash) => (true, Some(hash)),
    })
}
