//! A link by which a calendar reads somebody's appointments without signing in: its owner makes it,
//! and takes it back. Only its hash is kept, and it opens nothing but the calendar.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, Instant, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{store, token};

/// A link that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalendarLink {
    /// The secret in it; shown once.
    pub token: String,
    /// When it was made.
    pub made_at: Instant,
}

/// Makes a link; one that was made before opens nothing any more.
///
/// # Errors
/// When the database fails.
pub fn make_calendar_link(tx: &mut Tx<'_>, actor: &Actor) -> Result<CalendarLink> {
    let link = CalendarLink {
        token: token::random()?,
        made_at: tx.now(),
    };
    store::put_calendar_link(tx, actor.person, &token::hash(&link.token), link.made_at)?;
    Ok(link)
}

/// Takes the link back: it opens nothing any more.
///
/// # Errors
/// When the database fails.
pub fn revoke_calendar_link(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    store::delete_calendar_link(tx, actor.person)?;
    Ok(())
}

/// Whose calendar a link opens.
///
/// # Errors
/// `invalid_token` when it is none of ours, was taken back, or its owner's account is closed.
pub fn calendar_reader(db: &mut Db, secret: &str) -> Result<Actor> {
    let found = store::calendar_reader(db, &token::hash(secret))?;
    found.ok_or_else(|| Refusal::plain(Code::InvalidToken).into())
}
