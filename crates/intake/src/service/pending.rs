//! A list with mistakes or open questions waits until it is mended on a page: nothing of it is a
//! device yet. It goes when a list of the batch is stored, or the batch ends.

use db::{Db, Result, Tx};
use kernel::{Actor, BatchId, Instant};

use super::upload::Answers;
use crate::manifest::{Content, DateOrder, Sheets};
use crate::rules;
use crate::store::{self, PendingRow};

/// Bytes of a list that waits, at the most; a larger one is corrected where it comes from.
pub const PENDING_MOST: u64 = 4 << 20;

/// A list to keep until it is mended.
#[derive(Debug, Clone)]
pub struct KeptList {
    /// What the file was called.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// What was answered to its questions.
    pub answers: Answers,
}

/// A list that waits to be mended.
#[derive(Debug)]
pub struct PendingList {
    /// What the file was called.
    pub name: String,
    /// What is in it.
    pub content: Content,
    /// What was answered to its questions.
    pub answers: Answers,
    /// Since when it waits.
    pub kept_at: Instant,
}

/// Keeps a list until it is mended, in place of an earlier one. The batch itself does not change.
///
/// # Errors
/// `batch_not_editable`.
pub fn keep_list(tx: &mut Tx<'_>, actor: &Actor, id: BatchId, list: &KeptList) -> Result<()> {
    let batch = store::batch(tx, actor, id)?;
    rules::may_list(batch.status)?;
    let row = PendingRow {
        batch_id: batch.id,
        name: list.name.clone(),
        content: list.bytes.clone(),
        sheet: list.answers.sheet(),
        dates: list.answers.dates.map(|order| order.as_str().to_owned()),
        kept_by: actor.person,
        kept_at: tx.now(),
    };
    store::put_pending(tx, &row)
}

/// The list of a batch that waits to be mended, if there is one.
///
/// # Errors
/// `not_found`.
pub fn pending_list(db: &mut Db, actor: &Actor, id: BatchId) -> Result<Option<PendingList>> {
    let batch = store::batch(db, actor, id)?;
    let kept = store::pending(db, batch.id)?;
    Ok(kept.map(|row| PendingList {
        content: Content::from(row.content.as_slice()),
        answers: Answers {
            sheets: Sheets::said(row.sheet),
            dates: row.dates.as_deref().and_then(DateOrder::said),
        },
        name: row.name,
        kept_at: row.kept_at,
    }))
}

/// Forgets the list that waits.
///
/// # Errors
/// `not_found`.
pub fn drop_list(tx: &mut Tx<'_>, actor: &Actor, id: BatchId) -> Result<()> {
    let batch = store::batch(tx, actor, id)?;
    store::delete_pending(tx, batch.id)?;
    Ok(())
}
