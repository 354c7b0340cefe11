//! Sessions: opened, refreshed, confirmed, ended.

use db::{Db, Result, Tx};
use kernel::{Actor, ApiKeyId, Code, Instant, PersonId, SessionId};

use crate::model::{Claimed, OrganisationStatus, TokenPair};
use crate::store;
use crate::token::{self, SESSION_DAYS, Signer256};

/// Opens a session for someone whose password was checked.
///
/// # Errors
/// `invalid_credentials` when the account was disabled meanwhile.
pub fn open_session(tx: &mut Tx<'_>, signer: &Signer256, person: PersonId) -> Result<TokenPair> {
    let (role, organisation) = store::signing_in(tx, person)?.ok_or(Code::InvalidCredentials)?;
    let session: SessionId = tx.new_id();
    let now = tx.now();
    store::insert_session(tx, session, person, now, now.plus_days(SESSION_DAYS))?;
    let claimed = Claimed {
        person,
        role,
        organisation,
        session,
    };
    issue(tx, signer, claimed)
}

fn issue(tx: &mut Tx<'_>, signer: &Signer256, claimed: Claimed) -> Result<TokenPair> {
    let refresh_token = token::random()?;
    let now = tx.now();
    store::insert_refresh_token(tx, claimed.session, &token::hash(&refresh_token), now)?;
    Ok(TokenPair {
        access_token: signer.sign(claimed, now)?,
        token_type: "Bearer",
        expires_in: token::ACCESS_SECONDS,
        refresh_token,
    })
}

/// Exchanges a refresh token for a new pair. One that was used before ends the session:
/// `Ok(None)`, so that the end is kept.
///
/// # Errors
/// When the database fails.
pub fn refresh(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    refresh_token: &str,
) -> Result<Option<TokenPair>> {
    let token_hash = token::hash(refresh_token);
    let now = tx.now();
    let Some((session, used)) = store::refresh_token(tx, &token_hash)? else {
        return Ok(None);
    };
    if used {
        store::end_session(tx, session, "refresh token used twice", now)?;
        return Ok(None);
    }
    let Some(live) = store::live_session(tx, session, now)? else {
        return Ok(None);
    };
    store::use_refresh_token(tx, &token_hash, now)?;
    store::extend_session(tx, session, now.plus_days(SESSION_DAYS))?;
    issue(tx, signer, live.claimed).map(Some)
}

/// Signs out.
///
/// # Errors
/// When the database fails.
pub fn end_session(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let now = tx.now();
    match actor.session {
        Some(session) => store::end_session(tx, session, "signed out", now),
        None => Ok(()),
    }
}

/// What an actor is found to be when it is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Signs in with a code, too.
    pub second_factor: bool,
    /// Acts for an organization that is barred.
    suspended: bool,
}

/// Checks, in the transaction that writes, that the actor still is who the token says: a
/// session that was ended, a key that was revoked, a role that was changed or an
/// organization that was suspended a moment ago changes nothing.
///
/// # Errors
/// `session_ended`, `not_authenticated` for a key, `organisation_suspended`.
pub fn confirm(
    db: &mut Db,
    actor: &Actor,
    key: Option<ApiKeyId>,
    now: Instant,
) -> Result<Standing> {
    let standing = still_signed_in(db, actor, key, now)?;
    if standing.suspended {
        return Err(Code::OrganisationSuspended.into());
    }
    Ok(standing)
}

/// Checks before a read that the session was not ended, the key not revoked, nor the role
/// changed.
///
/// # Errors
/// `session_ended`, `not_authenticated` for a key.
pub fn still_signed_in(
    db: &mut Db,
    actor: &Actor,
    key: Option<ApiKeyId>,
    now: Instant,
) -> Result<Standing> {
    if let Some(key) = key {
        if !store::key_stands(db, key, now)? {
            return Err(Code::NotAuthenticated.into());
        }
        return Ok(Standing {
            second_factor: false,
            suspended: false,
        });
    }
    let session = actor.session.ok_or(Code::SessionEnded)?;
    let live = store::live_session(db, session, now)?.ok_or(Code::SessionEnded)?;
    let claimed = live.claimed;
    if claimed.role != actor.role || claimed.organisation != actor.organisation {
        return Err(Code::SessionEnded.into());
    }
    Ok(Standing {
        second_factor: live.second_factor,
        suspended: live.status == OrganisationStatus::Suspended,
    })
}
