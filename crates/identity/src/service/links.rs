//! Links in mails: each is for one person, one purpose and one use, and not for ever. Only a
//! hash of its token is kept.

use db::{Db, Result, Tx};
use kernel::{Code, Instant, PersonId, SessionId};

use crate::model::LinkPurpose;
use crate::store::{self, NewLink};
use crate::token;

/// Makes a link that works for so many seconds: its token, and until when.
pub(super) fn new_link(
    tx: &mut Tx<'_>,
    person: PersonId,
    purpose: LinkPurpose,
    seconds: i64,
) -> Result<(String, Instant)> {
    make(tx, person, purpose, seconds, None)
}

/// The same for a new address of somebody who asks for it in a session.
pub(super) fn new_email_link(
    tx: &mut Tx<'_>,
    person: PersonId,
    seconds: i64,
    asked: (&str, Option<SessionId>),
) -> Result<(String, Instant)> {
    make(tx, person, LinkPurpose::Email, seconds, Some(asked))
}

fn make(
    tx: &mut Tx<'_>,
    person: PersonId,
    purpose: LinkPurpose,
    seconds: i64,
    asked: Option<(&str, Option<SessionId>)>,
) -> Result<(String, Instant)> {
    let token = token::random()?;
    let (id, now) = (tx.new_id(), tx.now());
    let expires_at = now.plus_seconds(seconds);
    let link = NewLink {
        id,
        person_id: person,
        purpose,
        token_hash: &token::hash(&token),
        created_at: now,
        expires_at,
        email: asked.map(|(email, _)| email),
        session_id: asked.and_then(|(_, session)| session),
    };
    store::insert_link(tx, &link)?;
    Ok((token, expires_at))
}

/// A link that still works.
///
/// # Errors
/// `invalid_token`.
pub(super) fn live_link(
    db: &mut Db,
    purpose: LinkPurpose,
    token: &str,
    now: Instant,
) -> Result<store::LinkRow> {
    Ok(store::link(db, purpose, &token::hash(token))?
        .filter(|link| !link.used && link.expires_at > now)
        .ok_or(Code::InvalidToken)?)
}
