//! Rows of `second_factors` and `recovery_codes`.

use db::schema::{recovery_codes as codes, second_factors as f};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Code, Instant, PersonId};

/// Somebody's generator of codes.
#[derive(Queryable)]
pub(crate) struct SecondFactor {
    /// As the vault sealed it.
    pub(crate) sealed: Vec<u8>,
    pub(crate) confirmed_at: Option<Instant>,
    pub(crate) last_step: i64,
}

pub(crate) fn second_factor(db: &mut Db, person: PersonId) -> Result<Option<SecondFactor>> {
    Ok(f::table
        .find(person)
        .select((f::secret, f::confirmed_at, f::last_step))
        .first(db)
        .optional()?)
}

/// Begins a generator; one that was begun and never confirmed makes way.
pub(crate) fn insert_second_factor(
    db: &mut Db,
    person: PersonId,
    sealed: &[u8],
    now: Instant,
) -> Result<()> {
    diesel::delete(f::table.find(person))
        .filter(f::confirmed_at.is_null())
        .execute(db)?;
    diesel::insert_into(f::table)
        .values((
            f::person_id.eq(person),
            f::secret.eq(sealed),
            f::last_step.eq(0_i64),
            f::created_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Keeps a secret sealed by today's key in the place of the same sealed by an older one.
pub(crate) fn reseal(db: &mut Db, person: PersonId, sealed: &[u8]) -> Result<()> {
    diesel::update(f::table.find(person))
        .set(f::secret.eq(sealed))
        .execute(db)?;
    Ok(())
}

/// Every secret as it was sealed: for the start, which looks whether its key is there.
///
/// # Errors
/// When the database fails.
pub fn sealed_secrets(db: &mut Db) -> Result<Vec<Vec<u8>>> {
    Ok(f::table.select(f::secret).load(db)?)
}

pub(crate) fn confirm_second_factor(db: &mut Db, person: PersonId, now: Instant) -> Result<()> {
    let rows = diesel::update(f::table.find(person))
        .filter(f::confirmed_at.is_null())
        .set(f::confirmed_at.eq(now))
        .execute(db)?;
    db::guard(rows, Code::SecondFactorSet)
}

/// Uses a code up: none of this step or an earlier one is taken again.
pub(crate) fn use_step(db: &mut Db, person: PersonId, step: i64) -> Result<()> {
    let rows = diesel::update(f::table.find(person))
        .filter(f::last_step.lt(step))
        .set(f::last_step.eq(step))
        .execute(db)?;
    db::guard(rows, Code::SecondFactorRefused)
}

pub(crate) fn insert_recovery_code(db: &mut Db, person: PersonId, code_hash: &[u8]) -> Result<()> {
    diesel::insert_into(codes::table)
        .values((codes::person_id.eq(person), codes::code_hash.eq(code_hash)))
        .execute(db)?;
    Ok(())
}

/// Uses a recovery code up; false when it is not one, or was used.
pub(crate) fn use_recovery_code(
    db: &mut Db,
    person: PersonId,
    code_hash: &[u8],
    now: Instant,
) -> Result<bool> {
    let rows = diesel::update(codes::table.find((person, code_hash)))
        .filter(codes::used_at.is_null())
        .set(codes::used_at.eq(now))
        .execute(db)?;
    Ok(rows == 1)
}

/// Takes the second factor away, with its recovery codes; false when there was none.
pub(crate) fn delete_second_factor(db: &mut Db, person: PersonId) -> Result<bool> {
    diesel::delete(codes::table.filter(codes::person_id.eq(person))).execute(db)?;
    Ok(diesel::delete(f::table.find(person)).execute(db)? > 0)
}
