//! Rows of `sign_in_attempts` and `sign_in_places`.

use db::schema::{sign_in_attempts as a, sign_in_places as places};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Instant, PersonId};

use super::exists;

pub(crate) fn attempts(db: &mut Db, bucket: &[u8]) -> Result<Option<(i32, Instant)>> {
    Ok(a::table
        .find(bucket)
        .select((a::attempts, a::since))
        .first(db)
        .optional()?)
}

pub(crate) fn set_attempts(
    db: &mut Db,
    bucket: &[u8],
    attempts: i32,
    since: Instant,
) -> Result<()> {
    let known = diesel::update(a::table.find(bucket))
        .set((a::attempts.eq(attempts), a::since.eq(since)))
        .execute(db)?;
    if known == 0 {
        diesel::insert_into(a::table)
            .values((
                a::bucket.eq(bucket),
                a::attempts.eq(attempts),
                a::since.eq(since),
            ))
            .execute(db)?;
    }
    Ok(())
}

pub(crate) fn take_back_attempt(db: &mut Db, bucket: &[u8]) -> Result<()> {
    diesel::update(a::table.find(bucket))
        .filter(a::attempts.gt(0))
        .set(a::attempts.eq(a::attempts - 1))
        .execute(db)?;
    Ok(())
}

pub(crate) fn forget_attempts(db: &mut Db, bucket: &[u8]) -> Result<()> {
    diesel::delete(a::table.find(bucket)).execute(db)?;
    Ok(())
}

pub(crate) fn forget_attempts_before(db: &mut Db, before: Instant) -> Result<usize> {
    Ok(diesel::delete(a::table.filter(a::since.lt(before))).execute(db)?)
}

/// Whether somebody signed in from there before.
pub(crate) fn is_place_of(db: &mut Db, person: PersonId, place: &[u8]) -> Result<bool> {
    exists(
        db,
        places::table
            .filter(places::person_id.eq(person))
            .filter(places::place.eq(place))
            .count(),
    )
}

pub(crate) fn note_place(db: &mut Db, person: PersonId, place: &[u8], now: Instant) -> Result<()> {
    let known = diesel::update(places::table.find((person, place)))
        .set(places::last_at.eq(now))
        .execute(db)?;
    if known == 0 {
        diesel::insert_into(places::table)
            .values((
                places::person_id.eq(person),
                places::place.eq(place),
                places::last_at.eq(now),
            ))
            .execute(db)?;
    }
    Ok(())
}
