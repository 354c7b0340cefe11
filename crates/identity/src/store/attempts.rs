//! Rows of `sign_in_attempts` and `known_devices`.

use db::schema::{known_devices as devices, sign_in_attempts as a};
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

/// Devices that are remembered for somebody at the most.
const DEVICES: i64 = 20;

/// Whether somebody signed in with the device that has this token.
pub(crate) fn is_known_device(db: &mut Db, person: PersonId, token_hash: &[u8]) -> Result<bool> {
    exists(
        db,
        devices::table
            .filter(devices::person_id.eq(person))
            .filter(devices::token_hash.eq(token_hash))
            .count(),
    )
}

/// Remembers a device, and forgets those that were not used for the longest time when there are
/// many.
pub(crate) fn note_device(
    db: &mut Db,
    person: PersonId,
    token_hash: &[u8],
    now: Instant,
) -> Result<()> {
    let known = diesel::update(devices::table.find((person, token_hash)))
        .set(devices::last_at.eq(now))
        .execute(db)?;
    if known > 0 {
        return Ok(());
    }
    diesel::insert_into(devices::table)
        .values((
            devices::person_id.eq(person),
            devices::token_hash.eq(token_hash),
            devices::created_at.eq(now),
            devices::last_at.eq(now),
        ))
        .execute(db)?;
    let stale: Vec<Vec<u8>> = devices::table
        .filter(devices::person_id.eq(person))
        .order((devices::last_at.desc(), devices::token_hash))
        .offset(DEVICES)
        .limit(DEVICES)
        .select(devices::token_hash)
        .load(db)?;
    for token_hash in stale {
        diesel::delete(devices::table.find((person, token_hash))).execute(db)?;
    }
    Ok(())
}

/// Forgets every device of somebody.
pub(crate) fn forget_devices(db: &mut Db, person: PersonId) -> Result<()> {
    diesel::delete(devices::table.filter(devices::person_id.eq(person))).execute(db)?;
    Ok(())
}
