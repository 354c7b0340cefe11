//! The table `notification_choices`: only what is not at once has a row.

use std::collections::HashMap;

use db::schema::{notification_choices as c, outbox};
use db::{Db, Result, Tx};
use diesel::prelude::*;
use kernel::PersonId;

use super::waiting;
use crate::events::{self, Choice};

/// People of one question.
const CHUNK: usize = 5_000;

/// How each of these people wants to hear of a kind, where it is not at once.
pub(crate) fn of_people(
    db: &mut Db,
    people: &[PersonId],
    kind: &str,
) -> Result<HashMap<PersonId, Choice>> {
    let mut chosen = HashMap::new();
    for chunk in people.chunks(CHUNK) {
        let rows: Vec<(PersonId, Choice)> = c::table
            .filter(c::person_id.eq_any(chunk))
            .filter(c::kind.eq(kind))
            .select((c::person_id, c::choice))
            .load(db)?;
        chosen.extend(rows);
    }
    Ok(chosen)
}

/// Everything that one person chose.
pub(crate) fn of_person(db: &mut Db, person: PersonId) -> Result<HashMap<String, Choice>> {
    let rows: Vec<(String, Choice)> = c::table
        .filter(c::person_id.eq(person))
        .select((c::kind, c::choice))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

/// Notes a choice.
pub(crate) fn put(tx: &mut Tx<'_>, person: PersonId, kind: &str, choice: Choice) -> Result<()> {
    let row = c::table.find((person, kind));
    diesel::delete(row).execute(&mut **tx)?;
    let default = events::of_kind(kind).map_or(Choice::AtOnce, |event| event.default_choice());
    if choice != default {
        diesel::insert_into(c::table)
            .values((
                c::person_id.eq(person),
                c::kind.eq(kind),
                c::choice.eq(choice),
                c::changed_at.eq(tx.now()),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// What waits for this person and was not tried yet follows the new choice: another bundle,
/// or it is dropped.
pub(crate) fn readdress(
    tx: &mut Tx<'_>,
    person: PersonId,
    kind: &str,
    bundle: Option<Option<&str>>,
) -> Result<()> {
    let untried = outbox::table
        .filter(outbox::person_id.eq(person))
        .filter(outbox::kind.eq(kind))
        .filter(waiting())
        .filter(outbox::attempts.eq(0))
        .filter(outbox::locked_until.is_null())
        // a letter that is made up stays as it is
        .filter(outbox::bundle.is_not_null());
    match bundle {
        None => diesel::delete(untried).execute(&mut **tx)?,
        Some(bundle) => diesel::update(untried)
            .set((outbox::bundle.eq(bundle), outbox::due_at.eq(tx.now())))
            .execute(&mut **tx)?,
    };
    Ok(())
}
