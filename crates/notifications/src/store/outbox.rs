//! The table `outbox`, as those who write to it and staff see it.

use std::collections::HashMap;

use db::schema::outbox;
use db::{Db, Result, Tx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{Instant, Language, MessageId, PageRequest, PersonId, Queue};

use super::waiting;
use crate::model::Ended;
use crate::{Filter, Message, NotificationStatus, Recipient};

/// Messages that were given up.
pub(crate) fn dead(db: &mut Db) -> Result<Queue> {
    let since: Vec<Instant> = outbox::table
        .filter(outbox::status.eq(NotificationStatus::Dead))
        .order(outbox::id)
        .select(outbox::created_at)
        .limit(Queue::FETCH)
        .load(db)?;
    Ok(Queue::of(&since))
}

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
    topic: Option<&'a str>,
    bundle: Option<&'static str>,
    message_id: String,
    status: NotificationStatus,
    attempts: i32,
    due_at: Instant,
    version: i32,
    created_at: Instant,
}

/// A message, the topic that it is on, and for each recipient the bundle that it shares a
/// mail with.
pub(crate) struct Queued<'a> {
    pub(crate) message: &'a Message,
    pub(crate) topic: Option<String>,
    pub(crate) recipients: Vec<(&'a Recipient, Option<&'static str>)>,
}

/// Queues each message for each of its recipients.
pub(crate) fn insert(tx: &mut Tx<'_>, queued: &[Queued<'_>]) -> Result<()> {
    let now = tx.now();
    let texts: Vec<String> = queued
        .iter()
        .map(|queued| serde_json::to_string(queued.message))
        .collect::<std::result::Result<_, _>>()?;
    let mut rows = Vec::with_capacity(queued.len());
    for (queued, data) in queued.iter().zip(&texts) {
        for (recipient, bundle) in &queued.recipients {
            let id: MessageId = tx.new_id();
            rows.push(NewRow {
                id,
                kind: queued.message.kind(),
                recipient: &recipient.email,
                recipient_name: &recipient.name,
                person_id: recipient.person,
                language: recipient.language,
                data,
                topic: queued.topic.as_deref(),
                bundle: *bundle,
                message_id: id.to_string(),
                status: NotificationStatus::Queued,
                attempts: 0,
                due_at: now,
                version: 1,
                created_at: now,
            });
        }
    }
    db::insert_many!(&mut **tx, outbox::table, &rows);
    Ok(())
}

/// Takes out what waits for these addresses on this topic: something newer takes its place.
pub(crate) fn supersede(tx: &mut Tx<'_>, addresses: &[&str], topic: &str) -> Result<usize> {
    let older = outbox::table
        .filter(outbox::recipient.eq_any(addresses))
        .filter(outbox::topic.eq(topic))
        .filter(waiting())
        .filter(outbox::attempts.eq(0))
        .filter(outbox::locked_until.is_null())
        .filter(outbox::part_of.is_null())
        .filter(sql::<Bool>(
            "NOT EXISTS (SELECT 1 FROM outbox AS part WHERE part.part_of = outbox.id)",
        ));
    Ok(diesel::delete(older).execute(&mut **tx)?)
}

/// A row as staff see it.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = outbox)]
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
    pub(crate) ended_because: Option<Ended>,
    pub(crate) part_of: Option<MessageId>,
    pub(crate) version: i32,
    pub(crate) created_at: Instant,
    pub(crate) sent_at: Option<Instant>,
}

/// A page of the outbox, the newest first, with one row more than the page shows.
pub(crate) fn page(db: &mut Db, filter: &Filter, request: &PageRequest) -> Result<Vec<Listed>> {
    let mut query = outbox::table.select(Listed::as_select()).into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(outbox::status.eq(status));
    }
    if let Some(to) = &filter.to {
        query = match to.to_lowercase() {
            lower if lower == *to => query.filter(outbox::recipient.eq(lower)),
            lower => query.filter(outbox::recipient.eq_any([to.clone(), lower])),
        };
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
    Ok(outbox::table
        .find(id)
        .select(Listed::as_select())
        .first(db)
        .optional()?)
}

/// The Message-IDs of these letters.
pub(crate) fn message_ids(
    db: &mut Db,
    letters: &[MessageId],
) -> Result<HashMap<MessageId, String>> {
    if letters.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(MessageId, String)> = outbox::table
        .filter(outbox::id.eq_any(letters))
        .select((outbox::id, outbox::message_id))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

/// Puts a letter that failed, with all that travels in it, back into the queue. Who has it
/// in hand keeps it there.
pub(crate) fn requeue(tx: &mut Tx<'_>, letter: MessageId) -> Result<usize> {
    let now = tx.now();
    let stuck = outbox::table
        .filter(outbox::id.eq(letter).or(outbox::part_of.eq(letter)))
        .filter(outbox::status.eq_any([NotificationStatus::Failed, NotificationStatus::Dead]));
    Ok(diesel::update(stuck)
        .set((
            outbox::status.eq(NotificationStatus::Queued),
            outbox::attempts.eq(0),
            outbox::due_at.eq(now),
            outbox::ended_because.eq(None::<Ended>),
            outbox::reported_at.eq(None::<Instant>),
            outbox::version.eq(outbox::version + 1),
        ))
        .execute(&mut **tx)?)
}
