//! Signing in: the attempt is counted, the password compared (slowly, outside of the
//! transactions), then the session opened.

use std::net::IpAddr;

use db::{Db, Result, Tx};
use kernel::{Actor, Code, PersonId, Refusal};
use notifications::AccountChange;

use super::attempts::{self, Counted, Tried};
use super::second_factors::{tell, use_second_factor};
use super::sessions::open_session;
use crate::model::TokenPair;
use crate::token::{self, Signer256};
use crate::{Vault, rules, store};

/// A sign-in that is under way.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// Who, if the address has an account that may sign in.
    pub person: Option<PersonId>,
    /// What the password is compared with.
    pub password_hash: Option<String>,
    counted: Counted,
}

/// How a sign-in with the right password ends.
pub enum SignedIn {
    /// With a session.
    Session(TokenPair),
    /// Not yet: the account has a second factor, and no code came with the request.
    SecondFactorRequired,
}

/// Begins a sign-in: counts the attempt and finds what it is checked against. An address
/// that nobody has is treated alike.
///
/// # Errors
/// `too_many_requests`.
pub fn begin_sign_in(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    email: &str,
    device_token: Option<&str>,
    from: Option<IpAddr>,
) -> Result<SignIn> {
    let account = rules::normal_email(email);
    let credentials = store::credentials(tx, &account)?.filter(|found| !found.disabled);
    let person = credentials.as_ref().map(|found| found.person);
    let password_hash = credentials.and_then(|found| found.password_hash);
    let tried = Tried {
        account: &account,
        person,
        password_hash: password_hash.as_deref(),
        device_token,
    };
    Ok(SignIn {
        person,
        counted: attempts::count(tx, signer, tried, from)?,
        password_hash,
    })
}

/// The same for somebody who is signed in and proves again who they are.
///
/// # Errors
/// `too_many_requests`, `not_found`.
pub fn begin_proof(tx: &mut Tx<'_>, signer: &Signer256, actor: &Actor) -> Result<SignIn> {
    let session = actor.session.ok_or(Code::SessionEnded)?;
    let known = store::person(tx, actor.person)?.ok_or_else(Refusal::not_found)?;
    let credentials = store::credentials(tx, &known.email)?.filter(|found| !found.disabled);
    let password_hash = credentials.and_then(|found| found.password_hash);
    let tried = Tried {
        account: &known.email,
        person: Some(known.id),
        password_hash: password_hash.as_deref(),
        device_token: None,
    };
    Ok(SignIn {
        person: Some(known.id),
        counted: attempts::count_proof(tx, signer, session, tried)?,
        password_hash,
    })
}

/// An attempt had the wrong password, or the wrong code: counted, and its owner is told after
/// some. The same is done for an account that nobody has, which nobody is told of.
///
/// # Errors
/// When the database fails.
pub fn failed(tx: &mut Tx<'_>, sign_in: &SignIn) -> Result<()> {
    let many = attempts::count_failure(tx, &sign_in.counted)?;
    match sign_in.person.filter(|_| many) {
        Some(person) => tell(tx, person, AccountChange::SignInsFailed),
        None => Ok(()),
    }
}

/// The password was right: what was counted is taken back. A hash of outdated parameters
/// is replaced.
///
/// # Errors
/// When the database fails.
pub fn proven(tx: &mut Tx<'_>, sign_in: &SignIn, new_hash: Option<&str>) -> Result<()> {
    attempts::forgive(tx, &sign_in.counted)?;
    if let (Some(person), Some(old), Some(new)) =
        (sign_in.person, sign_in.password_hash.as_deref(), new_hash)
    {
        store::replace_hash(tx, person, old, new)?;
    }
    Ok(())
}

/// Opens the session of somebody whose password was right, and remembers their device: the
/// token by which it is known from now on is in the answer.
///
/// # Errors
/// `second_factor_refused`, `invalid_credentials` when the account was disabled meanwhile.
pub fn finish_sign_in(
    tx: &mut Tx<'_>,
    (signer, vault): (&Signer256, &Vault),
    sign_in: &SignIn,
    person: PersonId,
    (code, new_hash, network): (Option<&str>, Option<&str>, Option<&str>),
) -> Result<SignedIn> {
    match (has_second_factor(tx, person)?, code) {
        (true, None) => {
            // not forgiven as a whole: codes are guessed at, too
            attempts::take_back(tx, &sign_in.counted)?;
            return Ok(SignedIn::SecondFactorRequired);
        }
        (true, Some(code)) => use_second_factor(tx, vault, person, code)?,
        (false, _) => {}
    }
    proven(tx, sign_in, new_hash)?;
    let tokens = open_session(tx, signer, person, network)?;
    let device_token = match &sign_in.counted.known_device {
        Some(known) => known.clone(),
        None => token::random()?,
    };
    let now = tx.now();
    store::note_device(tx, person, &token::hash(&device_token), now)?;
    Ok(SignedIn::Session(TokenPair {
        device_token: Some(device_token),
        ..tokens
    }))
}

/// Takes the code of somebody who has a second factor.
///
/// # Errors
/// `second_factor_required` without one; `second_factor_refused`.
pub fn take_code(
    tx: &mut Tx<'_>,
    vault: &Vault,
    person: PersonId,
    code: Option<&str>,
) -> Result<()> {
    match (has_second_factor(tx, person)?, code) {
        (true, None) => Err(Code::SecondFactorRequired.into()),
        (true, Some(code)) => use_second_factor(tx, vault, person, code),
        (false, _) => Ok(()),
    }
}

/// Whether somebody signs in with a code, too.
///
/// # Errors
/// When the database fails.
pub fn has_second_factor(db: &mut Db, person: PersonId) -> Result<bool> {
    let factor = store::second_factor(db, person)?;
    Ok(factor.is_some_and(|factor| factor.confirmed_at.is_some()))
}
