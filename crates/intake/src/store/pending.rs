//! Rows of `pending_lists`.

use db::schema::pending_lists as p;
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{BatchId, Instant, PersonId};

/// A list that waits, as it is stored.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = p, treat_none_as_default_value = false)]
pub(crate) struct PendingRow {
    pub batch_id: BatchId,
    pub name: String,
    pub content: Vec<u8>,
    pub sheet: Option<String>,
    pub dates: Option<String>,
    pub kept_by: PersonId,
    pub kept_at: Instant,
}

/// Keeps a list in place of an earlier one.
pub(crate) fn put_pending(db: &mut Db, row: &PendingRow) -> Result<()> {
    delete_pending(db, row.batch_id)?;
    diesel::insert_into(p::table).values(row).execute(db)?;
    Ok(())
}

/// Forgets the list that waits.
pub(crate) fn delete_pending(db: &mut Db, batch: BatchId) -> Result<bool> {
    Ok(diesel::delete(p::table.find(batch)).execute(db)? > 0)
}

/// The list that waits.
pub(crate) fn pending(db: &mut Db, batch: BatchId) -> Result<Option<PendingRow>> {
    Ok(p::table
        .find(batch)
        .select(PendingRow::as_select())
        .first(db)
        .optional()?)
}
