//! Sessions: opened, refreshed, confirmed, ended.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, Instant, PersonId, SessionId};

use crate::model::{Claimed, OrganisationStatus, TokenPair};
use crate::token::{self, SESSION_DAYS, Signer256};
use crate::{rules, store};

/// Sets the password of someone who was invited, and signs them in. `password_hash` is
/// made by the caller, outside of the transaction; `password` is checked here.
///
/// # Errors
/// `invalid_token` when the link was used or is too old, `weak_password`.
pub fn accept_invitation(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    token: &str,
    password: &str,
    password_hash: &str,
) -> Result<TokenPair> {
    let now = tx.now();
    let invitation = store::invitation(tx, &token::hash(token))?
        .filter(|invitation| !invitation.used && invitation.expires_at > now)
        .ok_or(Code::InvalidToken)?;
    rules::check_password(password, &invitation.email)?;
    store::use_invitation(tx, invitation.id, now)?;
    store::set_password(tx, invitation.person, password_hash, now)?;
    open_session(tx, signer, invitation.person)
}

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
    let Some((claimed, _)) = store::live_session(tx, session, now)? else {
        return Ok(None);
    };
    store::use_refresh_token(tx, &token_hash, now)?;
    store::extend_session(tx, session, now.plus_days(SESSION_DAYS))?;
    issue(tx, signer, claimed).map(Some)
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

/// Checks, in the transaction that writes, that the actor still is who the token says: a
/// session that was ended, a role that was changed or an organization that was suspended
/// a moment ago changes nothing.
///
/// # Errors
/// `session_ended`, `organisation_suspended`.
pub fn confirm(db: &mut Db, actor: &Actor, now: Instant) -> Result<()> {
    match standing(db, actor, now)? {
        Some(OrganisationStatus::Suspended) => Err(Code::OrganisationSuspended.into()),
        _ => Ok(()),
    }
}

/// Checks before a read that the session was not ended, nor the role changed.
///
/// # Errors
/// `session_ended`.
pub fn still_signed_in(db: &mut Db, actor: &Actor, now: Instant) -> Result<()> {
    standing(db, actor, now).map(drop)
}

/// The status of the organization of an actor whose session stands; none for a machine's
/// key, which is looked up at each request.
fn standing(db: &mut Db, actor: &Actor, now: Instant) -> Result<Option<OrganisationStatus>> {
    let Some(session) = actor.session else {
        return Ok(None);
    };
    let (claimed, status) = store::live_session(db, session, now)?.ok_or(Code::SessionEnded)?;
    if claimed.role != actor.role || claimed.organisation != actor.organisation {
        return Err(Code::SessionEnded.into());
    }
    Ok(Some(status))
}
