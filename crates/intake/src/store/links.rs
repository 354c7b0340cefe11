//! Rows of `follow_links`: of each link only the hash.

use db::schema::follow_links as f;
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{BatchId, Instant, PersonId};

/// Keeps the hash of a batch's link in place of that of an earlier one.
pub(crate) fn put_follow_link(
    db: &mut Db,
    batch: BatchId,
    token_hash: &[u8],
    (made_by, made_at): (PersonId, Instant),
) -> Result<()> {
    delete_follow_link(db, batch)?;
    diesel::insert_into(f::table)
        .values((
            f::batch_id.eq(batch),
            f::token_hash.eq(token_hash),
            f::made_by.eq(made_by),
            f::made_at.eq(made_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Takes a batch's link back; true when there was one.
pub(crate) fn delete_follow_link(db: &mut Db, batch: BatchId) -> Result<bool> {
    Ok(diesel::delete(f::table.find(batch)).execute(db)? > 0)
}

/// Which batch a link follows.
pub(crate) fn followed(db: &mut Db, token_hash: &[u8]) -> Result<Option<BatchId>> {
    Ok(f::table
        .filter(f::token_hash.eq(token_hash))
        .select(f::batch_id)
        .first(db)
        .optional()?)
}

/// Since when a batch has a link that opens; none when it has none.
///
/// # Errors
/// When the database fails.
pub fn follow_link_made_at(db: &mut Db, batch: BatchId) -> Result<Option<Instant>> {
    Ok(f::table
        .find(batch)
        .select(f::made_at)
        .first(db)
        .optional()?)
}
