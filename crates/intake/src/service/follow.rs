//! A link by which anybody follows a donation without an account: its donor makes it, passes it
//! on, and takes it back. Only its hash is kept.

use db::{Db, Result, Tx};
use identity::token;
use kernel::{Actor, BatchId, Code, Instant, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Batch;
use crate::store;

/// A link that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FollowLink {
    /// The secret in it; shown once.
    pub token: String,
    /// When it was made.
    pub made_at: Instant,
}

/// Makes a link to a batch; one that was made before opens nothing any more.
///
/// # Errors
/// `not_found`.
pub fn make_follow_link(tx: &mut Tx<'_>, actor: &Actor, id: BatchId) -> Result<FollowLink> {
    let batch = store::batch(tx, actor, id)?;
    let link = FollowLink {
        token: token::random()?,
        made_at: tx.now(),
    };
    let made = (actor.person, link.made_at);
    store::put_follow_link(tx, batch.id, &token::hash(&link.token), made)?;
    Ok(link)
}

/// Takes the link back: it opens nothing any more.
///
/// # Errors
/// `not_found`.
pub fn revoke_follow_link(tx: &mut Tx<'_>, actor: &Actor, id: BatchId) -> Result<()> {
    let batch = store::batch(tx, actor, id)?;
    store::delete_follow_link(tx, batch.id)?;
    Ok(())
}

/// The batch that a link follows.
///
/// # Errors
/// `invalid_token` when it is none of ours, or was taken back.
pub fn followed_batch(db: &mut Db, token: &str) -> Result<Batch> {
    let id = store::followed(db, &token::hash(token))?
        .ok_or_else(|| Refusal::plain(Code::InvalidToken))?;
    store::any_batch(db, id)
}
