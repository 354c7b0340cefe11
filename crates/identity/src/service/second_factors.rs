//! The second factor: set up, confirmed with a first code, used, taken away. Its secret lies
//! sealed in the database.

use db::{Result, Tx};
use kernel::{Actor, Code, PersonId, Refusal, SessionId};
use notifications::{AccountChange, Message};

use super::people::recipient;
use crate::model::{RecoveryCodes, SecondFactorSecret};
use crate::{Vault, store, token, totp};

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// Begins a second factor. It counts from the first code on.
///
/// # Errors
/// `second_factor_set` when there is one.
pub fn begin_second_factor(
    tx: &mut Tx<'_>,
    vault: &Vault,
    actor: &Actor,
) -> Result<SecondFactorSecret> {
    let known = store::second_factor(tx, actor.person)?;
    if known.is_some_and(|factor| factor.confirmed_at.is_some()) {
        return Err(Code::SecondFactorSet.into());
    }
    let person = store::person(tx, actor.person)?.ok_or_else(Refusal::not_found)?;
    let mut secret = [0_u8; totp::SECRET_BYTES];
    token::fill(&mut secret)?;
    let now = tx.now();
    let sealed = vault.seal(actor.person, &secret)?;
    store::insert_second_factor(tx, actor.person, &sealed, now)?;
    Ok(SecondFactorSecret {
        secret: totp::written(&secret),
        uri: totp::uri(&secret, &person.email),
    })
}

/// Shows that the generator is set up: from now on each sign-in needs a code. Other
/// sessions end, and recovery codes are given this once.
///
/// # Errors
/// `second_factor_refused`, `second_factor_set`.
pub fn confirm_second_factor(
    tx: &mut Tx<'_>,
    vault: &Vault,
    actor: &Actor,
    code: &str,
) -> Result<RecoveryCodes> {
    let now = tx.now();
    let factor = store::second_factor(tx, actor.person)?.ok_or(Code::SecondFactorRefused)?;
    let secret = vault.open(actor.person, &factor.sealed)?.text;
    let step = totp::step_of(&secret, code, now).ok_or(Code::SecondFactorRefused)?;
    store::confirm_second_factor(tx, actor.person, now)?;
    store::use_step(tx, actor.person, step)?;
    let mut recovery_codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0_u8; 15];
        token::fill(&mut bytes)?;
        let code = totp::written(&bytes);
        store::insert_recovery_code(tx, actor.person, &token::hash(&code))?;
        recovery_codes.push(spaced(&code));
    }
    store::end_sessions(tx, actor.person, actor.session, "second factor set", now)?;
    tell(tx, actor.person, AccountChange::SecondFactorOn)?;
    Ok(RecoveryCodes { recovery_codes })
}

/// In fours, as people copy it.
fn spaced(code: &str) -> String {
    let fours: Vec<&str> = code
        .as_bytes()
        .chunks(4)
        .filter_map(|four| std::str::from_utf8(four).ok())
        .collect();
    fours.join("-")
}

/// Takes a second factor away: its owner, with a code; or an administrator, for somebody
/// who lost the generator and the recovery codes. Their sessions end, but for the one at hand.
///
/// # Errors
/// `not_found` when there is none.
pub fn remove_second_factor(
    tx: &mut Tx<'_>,
    person: PersonId,
    at_hand: Option<SessionId>,
) -> Result<()> {
    if !store::delete_second_factor(tx, person)? {
        return Err(Refusal::not_found().into());
    }
    let now = tx.now();
    store::end_sessions(tx, person, at_hand, "second factor removed", now)?;
    tell(tx, person, AccountChange::SecondFactorOff)
}

/// Uses a code of the generator, or a recovery code, up.
///
/// # Errors
/// `second_factor_refused`, also for a code that was taken before.
pub fn use_second_factor(
    tx: &mut Tx<'_>,
    vault: &Vault,
    person: PersonId,
    code: &str,
) -> Result<()> {
    let now = tx.now();
    let factor = store::second_factor(tx, person)?
        .filter(|factor| factor.confirmed_at.is_some())
        .ok_or(Code::SecondFactorRefused)?;
    let opened = vault.open(person, &factor.sealed)?;
    if let Some(step) = totp::step_of(&opened.text, code, now) {
        if step <= factor.last_step {
            return Err(Code::SecondFactorRefused.into());
        }
        if opened.outdated {
            store::reseal(tx, person, &vault.seal(person, &opened.text)?)?;
        }
        return store::use_step(tx, person, step);
    }
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let code_hash = token::hash(&letters.to_ascii_uppercase());
    if store::use_recovery_code(tx, person, &code_hash, now)? {
        return tell(tx, person, AccountChange::RecoveryCodeUsed);
    }
    Err(Code::SecondFactorRefused.into())
}

/// Tells the owner of an account what was done to it.
pub(super) fn tell(tx: &mut Tx<'_>, person: PersonId, change: AccountChange) -> Result<()> {
    let person = store::person(tx, person)?.ok_or_else(Refusal::not_found)?;
    let at = tx.now();
    notifications::push(
        tx,
        &recipient(&person),
        &Message::AccountChanged { change, at },
    )
}
