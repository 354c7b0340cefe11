//! The outbox as the worker sees it: takes letters into its hand and lets go of them.

use std::collections::HashSet;

use db::schema::{outbox, people};
use db::{Db, Result, Tx};
use diesel::prelude::*;
use kernel::{Instant, Language, MessageId, PersonId};

use super::{waiting, waiting_in_turn};
use crate::NotificationStatus;
use crate::model::{Ended, Letter, Part};

/// A row that waits.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct Row {
    pub(crate) id: MessageId,
    pub(crate) kind: String,
    pub(crate) recipient: String,
    pub(crate) name: String,
    pub(crate) person: Option<PersonId>,
    pub(crate) language: Language,
    pub(crate) data: String,
    pub(crate) bundle: Option<String>,
    pub(crate) part_of: Option<MessageId>,
    pub(crate) message_id: String,
    pub(crate) attempts: i32,
    pub(crate) created_at: Instant,
}

/// The columns of [`Row`].
type Columns = (
    outbox::id,
    outbox::kind,
    outbox::recipient,
    outbox::recipient_name,
    outbox::person_id,
    outbox::language,
    outbox::data,
    outbox::bundle,
    outbox::part_of,
    outbox::message_id,
    outbox::attempts,
    outbox::created_at,
);

const COLUMNS: Columns = (
    outbox::id,
    outbox::kind,
    outbox::recipient,
    outbox::recipient_name,
    outbox::person_id,
    outbox::language,
    outbox::data,
    outbox::bundle,
    outbox::part_of,
    outbox::message_id,
    outbox::attempts,
    outbox::created_at,
);

/// Names the turn of workers on PostgreSQL.
const TURN: &str = "SELECT pg_advisory_xact_lock(7277311)";

/// Workers take letters one after the other, so that two do not take halves of one. What
/// they do with them, they do at once. On SQLite there is one writer anyway.
pub(crate) fn take_turn(tx: &mut Tx<'_>) -> Result<()> {
    if let Db::Postgres(connection) = &mut **tx {
        diesel::sql_query(TURN).execute(connection)?;
    }
    Ok(())
}

/// Up to `limit` rows that are due and nobody has in hand, and that travel in no other's
/// mail. On PostgreSQL it passes over what somebody is just changing.
pub(crate) fn due(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Row>> {
    let now = tx.now();
    let due = outbox::table
        .filter(waiting_in_turn(tx))
        .filter(outbox::due_at.le(now))
        .filter(outbox::part_of.is_null())
        .filter(outbox::locked_until.is_null())
        .order((outbox::due_at, outbox::id))
        .limit(limit)
        .select(COLUMNS);
    Ok(match &mut **tx {
        Db::Postgres(c) => due.for_update().skip_locked().load(c)?,
        Db::Sqlite(c) => due.load(c)?,
    })
}

/// A row whose last attempt broke off: whoever had it in hand never said what came of it.
pub(crate) fn broken_off(tx: &mut Tx<'_>) -> Result<Vec<Row>> {
    let now = tx.now();
    let due = outbox::table
        .filter(waiting_in_turn(tx))
        .filter(outbox::due_at.le(now))
        .filter(outbox::part_of.is_null())
        .filter(outbox::locked_until.le(now))
        .order((outbox::due_at, outbox::id))
        .limit(1)
        .select(COLUMNS);
    Ok(match &mut **tx {
        Db::Postgres(c) => due.for_update().skip_locked().load(c)?,
        Db::Sqlite(c) => due.load(c)?,
    })
}

/// What waits for one address in one bundle, the oldest first.
pub(crate) fn bundle(
    tx: &mut Tx<'_>,
    recipient: &str,
    bundle: &str,
    limit: i64,
) -> Result<Vec<Row>> {
    let together = outbox::table
        .filter(outbox::recipient.eq(recipient))
        .filter(outbox::bundle.eq(bundle))
        .filter(waiting())
        .filter(outbox::part_of.is_null())
        .order(outbox::id)
        .limit(limit)
        .select(COLUMNS);
    Ok(match &mut **tx {
        Db::Postgres(c) => together.for_update().skip_locked().load(c)?,
        Db::Sqlite(c) => together.load(c)?,
    })
}

/// What travels in these letters.
pub(crate) fn parts(tx: &mut Tx<'_>, letters: &[MessageId]) -> Result<Vec<Row>> {
    if letters.is_empty() {
        return Ok(Vec::new());
    }
    Ok(outbox::table
        .filter(outbox::part_of.eq_any(letters))
        .filter(waiting())
        .order(outbox::id)
        .select(COLUMNS)
        .load(&mut **tx)?)
}

/// Who of these people has left.
pub(crate) fn who_left(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<HashSet<PersonId>> {
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    let left: Vec<PersonId> = people::table
        .filter(people::id.eq_any(people))
        .filter(people::disabled.eq(true))
        .select(people::id)
        .load(&mut **tx)?;
    Ok(left.into_iter().collect())
}

/// Ends what is not sent any more.
pub(crate) fn end(tx: &mut Tx<'_>, ids: &[MessageId], because: Ended, said: &str) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set((
            outbox::status.eq(NotificationStatus::Dead),
            outbox::ended_because.eq(because),
            outbox::last_error.eq(said),
            outbox::part_of.eq(None::<MessageId>),
            outbox::bundle.eq(None::<String>),
            outbox::locked_until.eq(None::<Instant>),
            outbox::version.eq(outbox::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Puts rows off until a moment.
pub(crate) fn put_off(tx: &mut Tx<'_>, ids: &[MessageId], until: Instant) -> Result<()> {
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set(outbox::due_at.eq(until))
        .execute(&mut **tx)?;
    Ok(())
}

/// Has rows travel in the letter that the first of them carries, for good: a second attempt
/// says what the first said.
pub(crate) fn make_up(tx: &mut Tx<'_>, rows: &[Row]) -> Result<()> {
    let Some((carrier, others)) = rows.split_first() else {
        return Ok(());
    };
    let others: Vec<_> = others.iter().map(|row| row.id).collect();
    if !others.is_empty() {
        diesel::update(outbox::table.filter(outbox::id.eq_any(&others)))
            .set((
                outbox::part_of.eq(carrier.id),
                outbox::bundle.eq(None::<String>),
            ))
            .execute(&mut **tx)?;
    }
    if carrier.bundle.is_some() || carrier.part_of.is_some() {
        diesel::update(outbox::table.find(carrier.id))
            .set((
                outbox::part_of.eq(None::<MessageId>),
                outbox::bundle.eq(None::<String>),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Takes letters into hand until a moment, and counts the attempt: also one that ends with
/// the program was one.
pub(crate) fn hold(tx: &mut Tx<'_>, ids: &[MessageId], until: Instant) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set((
            outbox::locked_until.eq(until),
            outbox::attempts.eq(outbox::attempts + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The letter that rows make up; none of no rows.
pub(crate) fn letter(rows: Vec<Row>, locked_until: Instant) -> Option<Letter> {
    let first = rows.first()?;
    Some(Letter {
        id: first.id,
        email: first.recipient.clone(),
        name: first.name.clone(),
        person: first.person,
        language: first.language,
        message_id: first.message_id.clone(),
        attempts: first.attempts + 1,
        created_at: first.created_at,
        locked_until,
        parts: rows
            .into_iter()
            .map(|row| Part {
                id: row.id,
                kind: row.kind,
                data: row.data,
            })
            .collect(),
    })
}

/// When the next letter is due that nobody has in hand.
pub(crate) fn next_due(tx: &mut Tx<'_>) -> Result<Option<Instant>> {
    let now = tx.now();
    // says nothing, but that a range of `due_at` is asked for, for which there is an index
    let ever = Instant::from_micros(0).unwrap_or(now);
    Ok(outbox::table
        .filter(waiting_in_turn(tx))
        .filter(outbox::due_at.ge(ever))
        .filter(outbox::part_of.is_null())
        .filter(
            outbox::locked_until
                .is_null()
                .or(outbox::locked_until.le(now)),
        )
        .order(outbox::due_at)
        .select(outbox::due_at)
        .first(&mut **tx)
        .optional()?)
}

/// What an attempt came to.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) status: NotificationStatus,
    pub(crate) ended_because: Option<Ended>,
    pub(crate) due_at: Instant,
    pub(crate) error: Option<String>,
    pub(crate) message_id: String,
    /// Of those messages that held what is not kept once it has left: what remains of them.
    pub(crate) remains: Vec<(MessageId, String)>,
    pub(crate) sent_at: Option<Instant>,
}

/// Writes the outcome and lets go of the letter; false when it was no longer in this
/// worker's hand.
pub(crate) fn finish(tx: &mut Tx<'_>, letter: &Letter, outcome: &Outcome) -> Result<bool> {
    let fate = (
        outbox::status.eq(outcome.status),
        outbox::ended_because.eq(outcome.ended_because),
        outbox::attempts.eq(letter.attempts),
        outbox::due_at.eq(outcome.due_at),
        outbox::last_error.eq(outcome.error.as_deref()),
        outbox::sent_at.eq(outcome.sent_at),
        outbox::version.eq(outbox::version + 1),
    );
    let mine = outbox::table
        .filter(outbox::id.eq(letter.id))
        .filter(outbox::locked_until.eq(letter.locked_until))
        .filter(waiting());
    let rows = diesel::update(mine)
        .set((
            fate,
            outbox::locked_until.eq(None::<Instant>),
            outbox::message_id.eq(&outcome.message_id),
        ))
        .execute(&mut **tx)?;
    if rows == 0 {
        return Ok(false);
    }
    for (id, data) in &outcome.remains {
        diesel::update(outbox::table.find(*id))
            .set(outbox::data.eq(data))
            .execute(&mut **tx)?;
    }
    if letter.parts.len() > 1 {
        let parts = outbox::table
            .filter(outbox::part_of.eq(letter.id))
            .filter(waiting());
        diesel::update(parts).set(fate).execute(&mut **tx)?;
    }
    Ok(true)
}

/// Lets go of a letter that was not tried.
pub(crate) fn release(tx: &mut Tx<'_>, id: MessageId, locked_until: Instant) -> Result<()> {
    let mine = outbox::table
        .filter(outbox::id.eq(id))
        .filter(outbox::locked_until.eq(locked_until));
    diesel::update(mine)
        .set((
            outbox::locked_until.eq(None::<Instant>),
            outbox::attempts.eq(outbox::attempts - 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
