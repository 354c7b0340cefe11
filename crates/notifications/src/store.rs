//! The table `outbox`.

use db::schema::outbox;
use db::{Db, Result, Tx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{Instant, Language, MessageId, PageRequest, PersonId};

use crate::model::Claimed;
use crate::{Filter, Message, NotificationStatus, Recipient};

#[derive(Insertable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
struct NewRow<'a> {
    id: MessageId,
    kind: &'static str,
    recipient: &'a str,
    recipient_name: &'a str,
    person_id: Option<PersonId>,
    language: Language,
    data: &'a str,
    message_id: String,
    status: NotificationStatus,
    attempts: i32,
    due_at: Instant,
    created_at: Instant,
}

/// Rows of one statement: 12 columns each, below SQLite's limit of variables.
const CHUNK: usize = 500;

/// Queues one message for each recipient, due at `due_at`.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    recipients: &[&Recipient],
    message: &Message,
    due_at: Instant,
) -> Result<()> {
    let now = tx.now();
    let data = serde_json::to_string(message)?;
    for chunk in recipients.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|recipient| new_row(tx.new_id(), recipient, message, &data, now, due_at))
            .collect();
        db::on!(&mut **tx, c => diesel::insert_into(outbox::table).values(&rows).execute(c))?;
    }
    Ok(())
}

fn new_row<'a>(
    id: MessageId,
    recipient: &'a Recipient,
    message: &Message,
    data: &'a str,
    now: Instant,
    due_at: Instant,
) -> NewRow<'a> {
    NewRow {
        id,
        kind: message.kind(),
        recipient: &recipient.email,
        recipient_name: &recipient.name,
        person_id: recipient.person,
        language: recipient.language,
        data,
        message_id: id.to_string(),
        status: NotificationStatus::Queued,
        attempts: 0,
        due_at,
        created_at: now,
    }
}

/// What waits to be sent. Written out, because the partial index serves no other form.
const WAITING: &str = "status IN ('queued', 'failed')";

/// Takes up to `limit` messages that are due, until `until`. On PostgreSQL several workers
/// take at once, and pass over what another has its hand on.
pub(crate) fn claim(tx: &mut Tx<'_>, limit: i64, until: Instant) -> Result<Vec<Claimed>> {
    let now = tx.now();
    let due = outbox::table
        .filter(sql::<Bool>(WAITING))
        .filter(outbox::due_at.le(now))
        .filter(
            outbox::locked_until
                .is_null()
                .or(outbox::locked_until.le(now)),
        )
        .order((outbox::due_at, outbox::id))
        .limit(limit)
        .select(outbox::id);
    let ids: Vec<MessageId> = match &mut **tx {
        Db::Postgres(c) => due.for_update().skip_locked().load(c)?,
        Db::Sqlite(c) => due.load(c)?,
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    diesel::update(outbox::table.filter(outbox::id.eq_any(&ids)))
        .set(outbox::locked_until.eq(until))
        .execute(&mut **tx)?;
    Ok(outbox::table
        .filter(outbox::id.eq_any(&ids))
        .order((outbox::due_at, outbox::id))
        .select((
            outbox::id,
            outbox::recipient,
            outbox::recipient_name,
            outbox::language,
            outbox::data,
            outbox::message_id,
            outbox::attempts,
            outbox::created_at,
            outbox::locked_until.assume_not_null(),
        ))
        .load(&mut **tx)?)
}

/// What an attempt came to.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) status: NotificationStatus,
    pub(crate) due_at: Instant,
    pub(crate) error: Option<String>,
    pub(crate) message_id: String,
    pub(crate) data: String,
    pub(crate) sent_at: Option<Instant>,
}

/// Writes the outcome and lets go of the message; false when it was no longer in this
/// worker's hand.
pub(crate) fn finish(tx: &mut Tx<'_>, row: &Claimed, outcome: &Outcome) -> Result<bool> {
    let mine = outbox::table
        .filter(outbox::id.eq(row.id))
        .filter(outbox::locked_until.eq(row.locked_until))
        .filter(sql::<Bool>(WAITING));
    let rows = diesel::update(mine)
        .set((
            outbox::status.eq(outcome.status),
            outbox::attempts.eq(row.attempts + 1),
            outbox::due_at.eq(outcome.due_at),
            outbox::locked_until.eq(None::<Instant>),
            outbox::last_error.eq(outcome.error.as_deref()),
            outbox::message_id.eq(&outcome.message_id),
            outbox::data.eq(&outcome.data),
            outbox::sent_at.eq(outcome.sent_at),
        ))
        .execute(&mut **tx)?;
    Ok(rows == 1)
}

/// Lets go of a message that was not tried.
pub(crate) fn release(tx: &mut Tx<'_>, id: MessageId, locked_until: Instant) -> Result<()> {
    let mine = outbox::table
        .filter(outbox::id.eq(id))
        .filter(outbox::locked_until.eq(locked_until));
    diesel::update(mine)
        .set(outbox::locked_until.eq(None::<Instant>))
        .execute(&mut **tx)?;
    Ok(())
}

/// A row as staff see it.
#[derive(Debug, Queryable)]
pub(crate) struct Listed {
    pub(crate) id: MessageId,
    pub(crate) kind: String,
    pub(crate) recipient: String,
    pub(crate) recipient_name: String,
    pub(crate) language: Language,
    pub(crate) data: String,
    pub(crate) message_id: String,
    pub(crate) status: NotificationStatus,
    pub(crate) attempts: i32,
    pub(crate) due_at: Instant,
    pub(crate) last_error: Option<String>,
    pub(crate) created_at: Instant,
    pub(crate) sent_at: Option<Instant>,
}

/// The columns of [`Listed`].
type ListedColumns = (
    outbox::id,
    outbox::kind,
    outbox::recipient,
    outbox::recipient_name,
    outbox::language,
    outbox::data,
    outbox::message_id,
    outbox::status,
    outbox::attempts,
    outbox::due_at,
    outbox::last_error,
    outbox::created_at,
    outbox::sent_at,
);

const LISTED: ListedColumns = (
    outbox::id,
    outbox::kind,
    outbox::recipient,
    outbox::recipient_name,
    outbox::language,
    outbox::data,
    outbox::message_id,
    outbox::status,
    outbox::attempts,
    outbox::due_at,
    outbox::last_error,
    outbox::created_at,
    outbox::sent_at,
);

/// A page of the outbox, the newest first, with one row more than the page shows.
pub(crate) fn page(db: &mut Db, filter: &Filter, request: &PageRequest) -> Result<Vec<Listed>> {
    let mut query = outbox::table.select(LISTED).into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(outbox::status.eq(status));
    }
    if let Some(to) = &filter.to {
        query = query.filter(outbox::recipient.eq_any([to.clone(), to.to_lowercase()]));
    }
    if let Some(after) = request.after::<MessageId>()? {
        query = query.filter(outbox::id.lt(after));
    }
    Ok(query
        .order(outbox::id.desc())
        .limit(request.fetch())
        .load(db)?)
}

/// One message.
pub(crate) fn find(db: &mut Db, id: MessageId) -> Result<Option<Listed>> {
    Ok(outbox::table.find(id).select(LISTED).first(db).optional()?)
}

/// Puts a message that failed back into the queue. Who has it in hand keeps it there.
pub(crate) fn requeue(tx: &mut Tx<'_>, id: MessageId) -> Result<usize> {
    let now = tx.now();
    let stuck = outbox::table
        .filter(outbox::id.eq(id))
        .filter(outbox::status.eq_any([NotificationStatus::Failed, NotificationStatus::Dead]));
    Ok(diesel::update(stuck)
        .set((
            outbox::status.eq(NotificationStatus::Queued),
            outbox::attempts.eq(0),
            outbox::due_at.eq(now),
        ))
        .execute(&mut **tx)?)
}
