//! Who stands at a station: a machine's key is no person, and may say which person works at it.
//! They prove it there, with their badge or a short sign-in, and get a token that is good for a
//! shift, at that key and in that workshop alone. It opens nothing.

use std::collections::HashMap;

use db::{Db, Result, Tx};
use kernel::{Actor, Code, PersonId, Refusal};

use super::sign_in::{SignIn, proven, take_code};
use crate::model::{Badge, Operator};
use crate::token::{self, BADGE_PREFIX, OPERATOR_HOURS, Signer256, Standing};
use crate::{Vault, store};

/// Makes a badge for the person signed in, in the place of the one before. It is shown once.
///
/// # Errors
/// `proof_required`.
pub fn make_badge(tx: &mut Tx<'_>, signer: &Signer256, actor: &Actor) -> Result<Badge> {
    super::freshly_proven(tx, signer, actor)?;
    let badge = format!("{BADGE_PREFIX}{}", token::random()?);
    let now = tx.now();
    store::set_badge(tx, actor.person, &token::hash(&badge), now)?;
    Ok(Badge { badge })
}

/// Voids the badge of the person signed in. A repeat changes nothing.
///
/// # Errors
/// When the database fails.
pub fn void_badge(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    store::delete_badge(tx, actor.person)
}

/// Whose badge it is. It opens nothing: at a station that several people share, it says which of
/// those who signed in there goes on.
///
/// # Errors
/// When the database fails.
pub fn whose_badge(db: &mut Db, badge: &str) -> Result<Option<PersonId>> {
    store::badge_holder(db, &token::hash(badge.trim()))
}

/// Whoever shows a badge stands at the station.
///
/// # Errors
/// `invalid_credentials`, also for the badge of another workshop's people.
pub fn operator_by_badge(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    station: &Actor,
    badge: &str,
) -> Result<Operator> {
    let person = store::badge_holder(tx, &token::hash(badge.trim()))?;
    stands(tx, signer, station, person.ok_or(Code::InvalidCredentials)?)
}

/// Whoever gave the right password, and the code where there is a second factor, stands at the
/// station. No session is opened.
///
/// # Errors
/// `second_factor_required`, `second_factor_refused`; `invalid_credentials` for another
/// workshop's people.
pub fn operator_by_password(
    tx: &mut Tx<'_>,
    (signer, vault): (&Signer256, &Vault),
    station: &Actor,
    (sign_in, person): (&SignIn, PersonId),
    (code, new_hash): (Option<&str>, Option<&str>),
) -> Result<Operator> {
    let operator = stands(tx, signer, station, person)?;
    take_code(tx, vault, person, code)?;
    proven(tx, sign_in, new_hash)?;
    Ok(operator)
}

fn stands(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    station: &Actor,
    person: PersonId,
) -> Result<Operator> {
    let key = station
        .key
        .ok_or_else(|| Refusal::plain(Code::NotAllowed))?;
    let (_, organisation) = store::signing_in(tx, person)?.ok_or(Code::InvalidCredentials)?;
    if organisation != station.organisation {
        return Err(Code::InvalidCredentials.into());
    }
    let known = store::person(tx, person)?.ok_or(Code::InvalidCredentials)?;
    let standing = Standing {
        sub: person,
        org: organisation,
        key,
    };
    Ok(Operator {
        operator: signer.sign_standing(standing, tx.now())?,
        id: person,
        name: known.name,
        expires_in: OPERATOR_HOURS * 3600,
    })
}

/// Who the tokens name that a station sent: those that hold, of people who still work there.
///
/// # Errors
/// When the database fails.
pub fn operators<'a>(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    station: &Actor,
    tokens: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, PersonId>> {
    let mut people = HashMap::new();
    let now = tx.now();
    for token in tokens {
        if people.contains_key(token) {
            continue;
        }
        let standing = signer.standing(token, now).filter(|standing| {
            Some(standing.key) == station.key && standing.org == station.organisation
        });
        let Some(standing) = standing else { continue };
        let works_there = store::signing_in(tx, standing.sub)?
            .is_some_and(|(_, organisation)| organisation == station.organisation);
        if works_there {
            people.insert(token.to_owned(), standing.sub);
        }
    }
    Ok(people)
}
