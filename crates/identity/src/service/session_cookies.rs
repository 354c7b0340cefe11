//! Sessions of browsers: the same sessions as those of tokens, opened by an opaque cookie. Not a
//! refresh token: two tabs that refreshed at once would sign each other out.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, Instant, Language};

use super::sessions::lasts_until;
use crate::store;
use crate::token::{self, Signer256};

/// In seconds.
const DAY: i64 = 86_400;

/// Who comes with a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// In which session, and for whom.
    pub actor: Actor,
    /// Their name.
    pub name: String,
    /// What they read.
    pub language: Language,
    /// The name of their organization.
    pub organisation: String,
    /// When the session was opened.
    began: Instant,
    /// When it ends unless it is used.
    expires_at: Instant,
}

impl Visitor {
    /// Whether the session could last a day longer than is written down: so often it is noted
    /// that it is in use. Its lifetime is never passed.
    pub fn is_due(&self, signer: &Signer256, now: Instant) -> bool {
        let until = lasts_until(signer.sessions(), self.began, now);
        until.seconds_since(self.expires_at) >= DAY
    }
}

/// Gives a browser what opens the session of whoever just signed in. The token is shown this
/// once.
///
/// # Errors
/// `session_ended` for what is no session.
pub fn give_cookie(tx: &mut Tx<'_>, actor: &Actor) -> Result<String> {
    let session = actor.session.ok_or(Code::SessionEnded)?;
    let token = token::random()?;
    let now = tx.now();
    store::insert_cookie(tx, &token::hash(&token), session, now)?;
    Ok(token)
}

/// Who comes with a cookie, if its session stands.
///
/// # Errors
/// When the database fails.
pub fn visitor(db: &mut Db, cookie: &str, now: Instant) -> Result<Option<Visitor>> {
    let row = store::cookie_of(db, &token::hash(cookie), now)?;
    Ok(row.map(|row| Visitor {
        actor: Actor {
            person: row.person,
            role: row.role,
            organisation: row.organisation,
            session: Some(row.session),
            key: None,
        },
        name: row.name,
        language: row.language,
        organisation: row.organisation_name,
        began: row.began,
        expires_at: row.expires_at,
    }))
}

/// Extends a session that is in use.
///
/// # Errors
/// `session_ended` when it was ended meanwhile.
pub fn keep_session(tx: &mut Tx<'_>, signer: &Signer256, visitor: &Visitor) -> Result<()> {
    let session = visitor.actor.session.ok_or(Code::SessionEnded)?;
    let now = tx.now();
    let until = lasts_until(signer.sessions(), visitor.began, now);
    store::extend_session(tx, session, until, now)
}

/// Signs out: ends the session, and forgets the cookie.
///
/// # Errors
/// When the database fails.
pub fn end_cookie(tx: &mut Tx<'_>, actor: &Actor, cookie: &str) -> Result<()> {
    super::sessions::end_session(tx, actor)?;
    store::delete_cookie(tx, &token::hash(cookie))
}
