//! Signing in, and proving again who one is: what the API and the pages share. A password is
//! compared outside of the transactions, since that is slow; what fails is recorded.

use actix_web::HttpRequest;
use identity::password::Matched;
use identity::{SignIn, SignedIn, TokenPair};
use kernel::{Code, PersonId, Refusal};

use crate::access::{Allowed, Permission};
use crate::answer::Answer;
use crate::problem::{ApiError, ApiResult};
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
    /// What this device was given when it signed in before.
    pub device_token: Option<String>,
}

/// Which of the two was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Factor {
    Password,
    Code,
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
    let origin = Origin::of(request).named("post_auth_login");
    let (sign_in, person, new_hash) = password_of(state, request, &origin, &attempt).await?;
    let (signer, vault) = (state.signer.clone(), state.vault.clone());
    let (begun, deed) = (sign_in.clone(), origin.of_person(person));
    let code = attempt.code;
    let signed_in = state
        .database
        .write(move |tx| {
            let given = (
                code.as_deref(),
                new_hash.as_deref(),
                deed.network.as_deref(),
            );
            let done = identity::finish_sign_in(tx, (&signer, &vault), &begun, person, given)?;
            if matches!(done, SignedIn::Session(_)) {
                identity::record(tx, deed.clone())?;
            }
            Ok(done)
        })
        .await
        .map_err(ApiError::from);
    match note_refused_code(state, &sign_in, &origin, signed_in).await? {
        SignedIn::Session(tokens) => Ok(tokens),
        SignedIn::SecondFactorRequired => Err(Code::SecondFactorRequired.into()),
    }
}

/// Begins a sign-in, and compares the password: whose account it opens.
///
/// # Errors
/// `invalid_credentials`, `too_many_requests`.
pub async fn password_of(
    state: &State,
    request: &HttpRequest,
    origin: &Origin,
    attempt: &Attempt,
) -> ApiResult<(SignIn, PersonId, Option<String>)> {
    let (from, signer) = (client_address(request), state.signer.clone());
    let (email, device) = (attempt.email.clone(), attempt.device_token.clone());
    let sign_in = state
        .database
        .write(move |tx| identity::begin_sign_in(tx, &signer, &email, device.as_deref(), from))
        .await?;
    let (right, new_hash) = compare(state, &sign_in, attempt.password.clone()).await?;
    match sign_in.person.filter(|_| right) {
        Some(person) => Ok((sign_in, person, new_hash)),
        None => {
            note_failure(state, &sign_in, origin, Factor::Password).await?;
            Err(Code::InvalidCredentials.into())
        }
    }
}

/// Whoever is signed in proves again who they are, before something that a stolen session
/// should not do. The attempt is counted as one to sign in is.
///
/// # Errors
/// `wrong_password` at `pointer`, `too_many_requests`, `session_ended`.
pub async fn prove<P: Permission>(
    state: &State,
    who: &Allowed<P>,
    request: &HttpRequest,
    password: String,
    pointer: &'static str,
) -> ApiResult<SignIn> {
    let (actor, signer) = (who.actor(), state.signer.clone());
    let sign_in = state
        .database
        .write(move |tx| {
            let now = tx.now();
            identity::still_signed_in(tx, &actor, now)?;
            identity::begin_proof(tx, &signer, &actor)
        })
        .await?;
    let (right, _) = compare(state, &sign_in, password).await?;
    if !right {
        let origin = Origin::of(request);
        note_failure(state, &sign_in, &origin, Factor::Password).await?;
        let code = Code::WrongPassword;
        return Err(Refusal::field(pointer, code, code.help()).into());
    }
    Ok(sign_in)
}

/// Whoever is signed in proves who they are with password and code, and for some minutes may do what
/// a stolen session should not.
///
/// # Errors
/// As [`prove`]; `second_factor_required`, `second_factor_refused`.
pub async fn renew_proof<P: Permission>(
    state: &State,
    who: &Allowed<P>,
    request: &HttpRequest,
    password: String,
    totp: Option<String>,
) -> ApiResult<()> {
    // a digest of the body would be one of the password
    let who = who.clone().without_repeat().named("post_me_proof");
    let origin = Origin::of(request);
    let proof = prove(state, &who, request, password, "/password").await?;
    let (vault, proven) = (state.vault.clone(), proof.clone());
    let outcome = state
        .write(&who, move |tx, actor| {
            identity::take_code(tx, &vault, actor.person, totp.as_deref())?;
            identity::proven(tx, &proven, None)?;
            identity::renew_proof(tx, actor)?;
            Ok(Answer::no_content())
        })
        .await;
    note_refused_code(state, &proof, &origin, outcome)
        .await
        .map(drop)
}

/// Records a code that was refused, and hands the outcome on.
///
/// # Errors
/// Those of the outcome.
pub async fn note_refused_code<T>(
    state: &State,
    sign_in: &SignIn,
    origin: &Origin,
    outcome: ApiResult<T>,
) -> ApiResult<T> {
    let refused = outcome.as_ref().err().and_then(ApiError::code);
    if refused == Some(Code::SecondFactorRefused) {
        note_failure(state, sign_in, origin, Factor::Code).await?;
    }
    outcome
}

/// Counts and records a failure: in the log without saying whose, in the audit log of the
/// account if there is one. An account that nobody has costs the same transaction.
async fn note_failure(
    state: &State,
    sign_in: &SignIn,
    origin: &Origin,
    factor: Factor,
) -> db::Result<()> {
    let wrong = match factor {
        Factor::Password => "password",
        Factor::Code => "code",
    };
    tracing::warn!(wrong, "a sign-in failed");
    let failed = sign_in.clone();
    let deed = sign_in
        .person
        .map(|person| origin.failure_at(person, wrong));
    state
        .database
        .write(move |tx| {
            identity::failed(tx, &failed)?;
            match &deed {
                Some(deed) => identity::record(tx, deed.clone()),
                None => Ok(()),
            }
        })
        .await
}

/// Compares a password with that of a sign-in under way: whether it is right, and the hash
/// to keep instead of an outdated one.
async fn compare(
    state: &State,
    sign_in: &SignIn,
    password: String,
) -> db::Result<(bool, Option<String>)> {
    let stored = sign_in.password_hash.clone();
    Ok(match state.passwords.verify(password, stored).await? {
        Matched::Wrong => (false, None),
        Matched::Right => (true, None),
        Matched::Outdated(hash) => (true, Some(hash)),
    })
}
