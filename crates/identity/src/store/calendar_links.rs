//! Rows of `calendar_links`: of each link only the hash.

use db::schema::{calendar_links as c, people as p};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Actor, Instant, PersonId};

/// Keeps the hash of somebody's link in place of that of an earlier one.
pub(crate) fn put_calendar_link(
    db: &mut Db,
    person: PersonId,
    token_hash: &[u8],
    made_at: Instant,
) -> Result<()> {
    delete_calendar_link(db, person)?;
    diesel::insert_into(c::table)
        .values((
            c::person_id.eq(person),
            c::token_hash.eq(token_hash),
            c::made_at.eq(made_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Takes somebody's link back; true when there was one.
pub(crate) fn delete_calendar_link(db: &mut Db, person: PersonId) -> Result<bool> {
    Ok(diesel::delete(c::table.find(person)).execute(db)? > 0)
}

/// Whose link it is, as they may see things; nobody whose account is closed.
pub(crate) fn calendar_reader(db: &mut Db, token_hash: &[u8]) -> Result<Option<Actor>> {
    let found = c::table
        .inner_join(p::table.on(p::id.eq(c::person_id)))
        .filter(c::token_hash.eq(token_hash))
        .filter(p::disabled.eq(false))
        .select((p::id, p::role, p::organisation_id))
        .first(db)
        .optional()?;
    Ok(found.map(|(person, role, organisation)| Actor {
        person,
        role,
        organisation,
        session: None,
        key: None,
    }))
}

/// Since when somebody has a link that opens; none when they have none.
///
/// # Errors
/// When the database fails.
pub fn calendar_link_made_at(db: &mut Db, person: PersonId) -> Result<Option<Instant>> {
    Ok(c::table
        .find(person)
        .select(c::made_at)
        .first(db)
        .optional()?)
}
