//! Sessions: opened, refreshed, confirmed, ended.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, Instant, PersonId, Refusal, SessionId};

use super::audit::note;
use crate::model::{Claimed, OpenSession, OrganisationStatus, SessionSettings, TokenPair};
use crate::token::{self, Signer256};
use crate::{rules, store};

/// Opens a session for someone whose password was checked.
///
/// # Errors
/// `invalid_credentials` when the account was disabled meanwhile.
pub fn open_session(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    person: PersonId,
    network: Option<&str>,
) -> Result<TokenPair> {
    let (role, organisation) = store::signing_in(tx, person)?.ok_or(Code::InvalidCredentials)?;
    let session: SessionId = tx.new_id();
    let now = tx.now();
    let until = lasts_until(signer.sessions(), now, now);
    store::insert_session(tx, session, person, network, (now, until))?;
    let claimed = Claimed {
        person,
        role,
        organisation,
        session,
    };
    issue(tx, signer, claimed)
}

/// When a session ends that is not used any more: after so many days, and never later than
/// its lifetime allows.
pub(super) fn lasts_until(settings: SessionSettings, began: Instant, now: Instant) -> Instant {
    let most = began.plus_days(settings.lifetime_days);
    now.plus_days(settings.idle_days).min(most)
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
        device_token: None,
    })
}

/// Exchanges a refresh token for a new pair. One that was used before ends the session, since
/// somebody else may hold it, and is recorded for the account, with the network that it came from.
/// So does its lifetime: `Ok(None)`, so that the end is kept.
///
/// # Errors
/// When the database fails.
pub fn refresh(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    refresh_token: &str,
    network: Option<&str>,
) -> Result<Option<TokenPair>> {
    let token_hash = token::hash(refresh_token);
    let now = tx.now();
    let Some((session, used)) = store::refresh_token(tx, &token_hash)? else {
        return Ok(None);
    };
    let Some(live) = store::live_session(tx, session, now)? else {
        return Ok(None);
    };
    if used {
        store::end_session(tx, session, "refresh token used twice", now)?;
        let person = live.claimed.person;
        note(tx, "auth_refresh_used_twice", person, network)?;
        return Ok(None);
    }
    let began = store::session_began(tx, session)?.unwrap_or(now);
    let until = lasts_until(signer.sessions(), began, now);
    if until <= now {
        store::end_session(tx, session, "lifetime over", now)?;
        return Ok(None);
    }
    store::use_refresh_token(tx, &token_hash, now)?;
    store::extend_session(tx, session, until, now)?;
    issue(tx, signer, live.claimed).map(Some)
}

/// Signs out; a line of the audit log says so.
///
/// # Errors
/// When the database fails.
pub fn end_session(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let Some(session) = actor.session else {
        return Ok(());
    };
    let now = tx.now();
    store::end_session(tx, session, "signed out", now)?;
    note(tx, "post_auth_logout", actor.person, None)
}

/// One's own sessions that stand, the newest first.
///
/// # Errors
/// When the database fails.
pub fn open_sessions(db: &mut Db, actor: &Actor, now: Instant) -> Result<Vec<OpenSession>> {
    store::open_sessions(db, actor.person, actor.session, now)
}

/// Ends one of one's own sessions. A repeat changes nothing.
///
/// # Errors
/// `not_found` when it is somebody else's.
pub fn end_own_session(tx: &mut Tx<'_>, actor: &Actor, session: SessionId) -> Result<()> {
    if !store::is_session_of(tx, session, actor.person)? {
        return Err(Refusal::not_found().into());
    }
    let now = tx.now();
    store::end_session(tx, session, "ended by its person", now)
}

/// Ends every session of one's own but the one at hand.
///
/// # Errors
/// When the database fails.
pub fn end_other_sessions(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let now = tx.now();
    let because = "ended by its person";
    store::end_sessions(tx, actor.person, actor.session, because, now)
}

/// Notes that the person of a session just gave their password, and a code where there is a
/// second factor.
///
/// # Errors
/// `session_ended` for what is no session.
pub fn renew_proof(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    let session = actor.session.ok_or(Code::SessionEnded)?;
    let now = tx.now();
    store::set_proven(tx, session, now)
}

/// What a stolen session should not do asks for the password again, unless it was given a few
/// minutes ago.
///
/// # Errors
/// `proof_required`.
pub fn freshly_proven(tx: &mut Tx<'_>, signer: &Signer256, actor: &Actor) -> Result<()> {
    let session = actor.session.ok_or(Code::SessionEnded)?;
    let proven = store::proven_at(tx, session)?;
    Ok(rules::fresh_enough(signer.sessions(), proven, tx.now())?)
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
pub fn confirm(db: &mut Db, actor: &Actor, now: Instant) -> Result<Standing> {
    let standing = still_signed_in(db, actor, now)?;
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
pub fn still_signed_in(db: &mut Db, actor: &Actor, now: Instant) -> Result<Standing> {
    if let Some(key) = actor.key {
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
