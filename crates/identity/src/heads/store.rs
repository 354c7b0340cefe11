//! Epochs and heads in the database.

use db::schema::{audit_events as a, chain_epochs as e, chain_heads as h, custody_events as c};
use db::sql::Key;
use db::{Db, Result, Tx};
use diesel::connection::DefaultLoadingMode;
use diesel::dsl::sql;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use kernel::{DeviceId, Fold, Folded, Id, Instant};

use super::{ChainHead, HeadSigner, SignedHead};
use crate::audit::Subject;

/// Closes the present epoch if it has a line; its number then.
///
/// # Errors
/// When the database fails, or another node closed it at the same moment.
pub fn close_epoch(tx: &mut Tx<'_>) -> Result<Option<i64>> {
    let epoch = tx.epoch()?;
    let custody = diesel::dsl::exists(c::table.filter(c::epoch.eq(epoch)));
    let audit = diesel::dsl::exists(a::table.filter(a::epoch.eq(epoch)));
    let written: bool = diesel::select(custody).get_result(&mut **tx)?;
    let recorded: bool = diesel::select(audit).get_result(&mut **tx)?;
    if !written && !recorded {
        return Ok(None);
    }
    let now = tx.now();
    diesel::insert_into(e::table)
        .values((e::epoch.eq(epoch), e::closed_at.eq(now)))
        .execute(&mut **tx)?;
    Ok(Some(epoch))
}

/// Epochs that are closed and have no head yet, in their order.
///
/// # Errors
/// When the database fails.
pub fn pending_epochs(db: &mut Db) -> Result<Vec<i64>> {
    Ok(e::table
        .filter(e::epoch.ne_all(h::table.select(h::number)))
        .order(e::epoch)
        .select(e::epoch)
        .load(db)?)
}

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = Text)]
    at: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Whether all that began before this was called for the first time has ended, so that nobody
/// still writes to an epoch that was closed before. `since` is kept from call to call.
///
/// # Errors
/// When the database fails.
pub fn settled(db: &mut Db, since: &mut Option<String>) -> Result<bool> {
    let Db::Postgres(connection) = db else {
        return Ok(true); // one writer
    };
    let since = match since {
        Some(since) => since,
        None => {
            let now: Moment =
                diesel::sql_query("SELECT clock_timestamp()::text AS at").get_result(connection)?;
            since.insert(now.at)
        }
    };
    let open: Count = diesel::sql_query(
        "SELECT count(*) AS count FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND xact_start <= $1::timestamptz",
    )
    .bind::<Text, _>(&*since)
    .get_result(connection)?;
    Ok(open.count == 0)
}

/// In what steps the lines of an epoch are read.
#[derive(Debug, Clone, Copy)]
pub struct Steps {
    /// So many lines are sorted at once.
    pub sorted: i64,
    /// More, as after a migration of everything, are read in the order of the primary key, so many at a
    /// time: one read would take longer than it may.
    pub at_once: i64,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            sorted: 2_000_000,
            at_once: 250_000,
        }
    }
}

/// The last line that was added to a fold, after which it goes on.
pub type LastLine = (DeviceId, i32);

/// Adds custody lines of a closed epoch, to which nobody writes, to a fold: all of them, or the next
/// ones after a line; then it is to be called again.
///
/// # Errors
/// When the database fails.
pub fn fold_custody(
    db: &mut Db,
    epoch: i64,
    steps: Steps,
    after: Option<LastLine>,
    mut fold: Fold,
) -> Result<(Fold, Option<LastLine>)> {
    type Row = (DeviceId, i32, Vec<u8>, Option<String>);
    let many = after.is_some() || has_many(db, epoch, steps.sorted)?;
    let (mut taken, mut last) = (0, None);
    let mut add = |row: QueryResult<Row>| -> Result<()> {
        let (device, seq, hash, key) = row?;
        fold.add(device.uuid().into_bytes(), seq, &hash, key.as_deref());
        (taken, last) = (taken + 1, Some((device, seq)));
        Ok(())
    };
    macro_rules! lines {
        () => {{
            let mut lines = c::table
                .order((c::device_id, c::seq))
                .select((c::device_id, c::seq, c::hash, c::chain_key))
                .into_boxed();
            // an expression, for which the index of epochs is not taken
            lines = match many {
                true => lines
                    .filter(sql::<Bool>("+custody_events.epoch = ").bind::<BigInt, _>(epoch))
                    .limit(steps.at_once),
                false => lines.filter(c::epoch.eq(epoch)),
            };
            if let Some((device, seq)) = after {
                lines = lines.filter(
                    sql::<Bool>("(custody_events.device_id, custody_events.seq) > (")
                        .bind::<Key, _>(device)
                        .sql(", ")
                        .bind::<Integer, _>(seq)
                        .sql(")"),
                );
            }
            lines
        }};
    }
    match db {
        Db::Sqlite(connection) => lines!()
            .load_iter::<Row, DefaultLoadingMode>(connection)?
            .try_for_each(&mut add)?,
        Db::Postgres(connection) => lines!()
            .load_iter::<Row, PgRowByRowLoadingMode>(connection)?
            .try_for_each(&mut add)?,
    }
    Ok((fold, last.filter(|_| many && taken == steps.at_once)))
}

fn has_many(db: &mut Db, epoch: i64, sorted: i64) -> Result<bool> {
    let beyond: Option<i32> = c::table
        .filter(c::epoch.eq(epoch))
        .select(sql::<Integer>("1"))
        .offset(sorted)
        .first(db)
        .optional()?;
    Ok(beyond.is_some())
}

/// What the audit lines of a closed epoch come to.
///
/// # Errors
/// When the database fails.
pub fn fold_audit(db: &mut Db, epoch: i64) -> Result<Folded> {
    type Row = (Id<Subject>, i32, Vec<u8>, Option<String>);
    let mut audit = Fold::default();
    let mut add = |row: QueryResult<Row>| -> Result<()> {
        let (subject, seq, hash, key) = row?;
        audit.add(subject.uuid().into_bytes(), seq, &hash, key.as_deref());
        Ok(())
    };
    let lines = a::table
        .filter(a::epoch.eq(epoch))
        .order((a::subject_id, a::seq))
        .select((a::subject_id, a::seq, a::hash, a::chain_key));
    match db {
        Db::Sqlite(connection) => lines
            .load_iter::<Row, DefaultLoadingMode>(connection)?
            .try_for_each(&mut add)?,
        Db::Postgres(connection) => lines
            .load_iter::<Row, PgRowByRowLoadingMode>(connection)?
            .try_for_each(&mut add)?,
    }
    Ok(audit.finish())
}

/// Signs and keeps the head of an epoch; none when another node did it meanwhile.
///
/// # Errors
/// When the database fails.
pub fn insert_head(
    tx: &mut Tx<'_>,
    number: i64,
    (custody, audit): (&Folded, &Folded),
    signer: &HeadSigner,
) -> Result<Option<SignedHead>> {
    let before = last_head(tx)?;
    if before.as_ref().is_some_and(|it| it.head.number >= number) {
        return Ok(None);
    }
    let head = ChainHead::new(number, tx.now(), (custody, audit), before.as_ref());
    let signed = signer.sign(head)?;
    let now = tx.now();
    diesel::insert_into(h::table)
        .values((
            h::number.eq(number),
            h::line.eq(&signed.line),
            h::made_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(Some(signed))
}

/// The last head.
///
/// # Errors
/// When the database fails, or has what is no head.
pub fn last_head(db: &mut Db) -> Result<Option<SignedHead>> {
    let line: Option<String> = h::table
        .order(h::number.desc())
        .select(h::line)
        .first(db)
        .optional()?;
    let parsed = line.map(|line| SignedHead::parse(&line)).transpose();
    parsed.map_err(db::Error::Inconsistent)
}

/// The first head that covers the lines of an epoch, if it was made already.
///
/// # Errors
/// When the database fails, or what it holds is no head.
pub fn head_covering(db: &mut Db, epoch: i64) -> Result<Option<SignedHead>> {
    let line: Option<String> = h::table
        .filter(h::number.ge(epoch))
        .order(h::number)
        .select(h::line)
        .first(db)
        .optional()?;
    let parsed = line.map(|line| SignedHead::parse(&line)).transpose();
    parsed.map_err(db::Error::Inconsistent)
}

/// The lines of heads after one, in their order.
///
/// # Errors
/// When the database fails.
pub fn head_lines(db: &mut Db, after: Option<i64>, limit: i64) -> Result<Vec<(i64, String)>> {
    Ok(h::table
        .filter(h::number.gt(after.unwrap_or(-1)))
        .order(h::number)
        .limit(limit)
        .select((h::number, h::line))
        .load(db)?)
}

/// The last head, when a day has passed since one was mailed, or none was.
///
/// # Errors
/// When the database fails.
pub fn unmailed_head(db: &mut Db, now: Instant) -> Result<Option<SignedHead>> {
    let mailed: Option<Option<Instant>> = h::table
        .filter(h::mailed_at.is_not_null())
        .order(h::number.desc())
        .select(h::mailed_at)
        .first(db)
        .optional()?;
    if mailed
        .flatten()
        .is_some_and(|at| now.seconds_since(at) < 86_400)
    {
        return Ok(None);
    }
    let Some(last) = last_head(db)? else {
        return Ok(None);
    };
    let known: Option<Instant> = h::table
        .find(last.head.number)
        .select(h::mailed_at)
        .first(db)?;
    Ok(Some(last).filter(|_| known.is_none()))
}

/// Notes that a head was mailed.
///
/// # Errors
/// When the database fails.
pub fn note_mailed(tx: &mut Tx<'_>, number: i64) -> Result<()> {
    let now = tx.now();
    diesel::update(h::table.find(number))
        .set(h::mailed_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

/// The last head, when it bears no time-stamp.
///
/// # Errors
/// When the database fails.
pub fn unstamped_head(db: &mut Db) -> Result<Option<SignedHead>> {
    let Some(last) = last_head(db)? else {
        return Ok(None);
    };
    let token: Option<Vec<u8>> = h::table
        .find(last.head.number)
        .select(h::timestamp_token)
        .first(db)?;
    Ok(Some(last).filter(|_| token.is_none()))
}

/// Keeps the time-stamp of a head.
///
/// # Errors
/// When the database fails.
pub fn note_token(tx: &mut Tx<'_>, number: i64, token: &[u8]) -> Result<()> {
    diesel::update(h::table.find(number))
        .set(h::timestamp_token.eq(token))
        .execute(&mut **tx)?;
    Ok(())
}
