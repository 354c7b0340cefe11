//! Rows of `badges`.

use db::schema::badges as b;
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Instant, PersonId};

/// Whose badge it is.
pub(crate) fn badge_holder(db: &mut Db, token_hash: &[u8]) -> Result<Option<PersonId>> {
    Ok(b::table
        .filter(b::token_hash.eq(token_hash))
        .select(b::person_id)
        .first(db)
        .optional()?)
}

/// Keeps a badge in the place of the one before.
pub(crate) fn set_badge(
    db: &mut Db,
    person: PersonId,
    token_hash: &[u8],
    now: Instant,
) -> Result<()> {
    delete_badge(db, person)?;
    diesel::insert_into(b::table)
        .values((
            b::person_id.eq(person),
            b::token_hash.eq(token_hash),
            b::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Voids the badge of somebody.
pub(crate) fn delete_badge(db: &mut Db, person: PersonId) -> Result<()> {
    diesel::delete(b::table.find(person)).execute(db)?;
    Ok(())
}
