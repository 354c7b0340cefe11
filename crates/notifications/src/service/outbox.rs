//! Putting messages into the outbox, and what staff do with it.

use std::collections::{HashMap, HashSet};

use db::{Db, Error, Result, Tx, guard};
use kernel::{Code, MessageId, Page, PageRequest, PersonId, Queue, Refusal};

use super::webhooks;
use crate::events::{self, Choice, Event};
use crate::rules::pace::{self, Delivery};
use crate::store::choices;
use crate::store::outbox::{self as store, Listed, Queued};
use crate::{Filter, Message, Notification, NotificationStatus, Recipient, render, rules};

/// Queues a message to one person, in the transaction that makes it true.
///
/// # Errors
/// When the database fails.
pub fn push(tx: &mut Tx<'_>, recipient: &Recipient, message: &Message) -> Result<()> {
    push_all(tx, std::slice::from_ref(recipient), message)
}

/// Queues a message to several people, once to each address and as each wants to hear of
/// it, and to the webhooks of their organizations. One that says anew what an earlier one
/// says takes its place while that still waits.
///
/// # Errors
/// When the database fails.
pub fn push_all(tx: &mut Tx<'_>, recipients: &[Recipient], message: &Message) -> Result<()> {
    queue(tx, &[(message, once_each(recipients))])
}

/// Queues many messages, each to its recipients, as [`push_all`] does.
///
/// # Errors
/// When the database fails.
pub fn push_many(tx: &mut Tx<'_>, messages: &[(Message, Vec<Recipient>)]) -> Result<()> {
    let letters: Vec<_> = messages
        .iter()
        .map(|(message, recipients)| (message, once_each(recipients)))
        .collect();
    queue(tx, &letters)
}

fn once_each(recipients: &[Recipient]) -> Vec<&Recipient> {
    let mut seen = HashSet::new();
    recipients
        .iter()
        .filter(|recipient| seen.insert(recipient.email.to_lowercase()))
        .collect()
}

fn queue(tx: &mut Tx<'_>, letters: &[(&Message, Vec<&Recipient>)]) -> Result<()> {
    webhooks::announce(tx, letters)?;
    let chosen = chosen(tx, letters)?;
    let mut queued = Vec::with_capacity(letters.len());
    for (message, recipients) in letters {
        let topic = message.topic();
        if let Some(topic) = &topic {
            let addresses: Vec<_> = recipients.iter().map(|to| to.email.as_str()).collect();
            store::supersede(tx, &addresses, topic)?;
        }
        let event = row(message)?;
        let told = recipients.iter().filter_map(|recipient| {
            let choice = recipient.person.and_then(|person| {
                let choices = chosen.get(event.kind)?;
                choices.get(&person).copied()
            });
            match pace::bundle(event, choice.unwrap_or_else(|| event.default_choice())) {
                Delivery::Nothing => None,
                Delivery::Alone => Some((*recipient, None)),
                Delivery::With(bundle) => Some((*recipient, Some(bundle))),
            }
        });
        let recipients: Vec<_> = told.collect();
        if !recipients.is_empty() {
            queued.push(Queued {
                message,
                topic,
                recipients,
            });
        }
    }
    if !queued.is_empty() {
        store::insert(tx, &queued)?;
        tx.wake_worker();
    }
    Ok(())
}

fn row(message: &Message) -> Result<&'static Event> {
    events::of_kind(message.kind())
        .ok_or_else(|| Error::internal(format!("{} has no row in the table", message.kind())))
}

/// What the readers chose, where there is a choice: one question for each kind.
fn chosen(
    tx: &mut Tx<'_>,
    letters: &[(&Message, Vec<&Recipient>)],
) -> Result<HashMap<&'static str, HashMap<PersonId, Choice>>> {
    let mut people: HashMap<&'static str, Vec<PersonId>> = HashMap::new();
    for (message, recipients) in letters {
        let event = row(message)?;
        if !event.always {
            let readers = people.entry(event.kind).or_default();
            readers.extend(recipients.iter().filter_map(|recipient| recipient.person));
        }
    }
    let mut chosen = HashMap::new();
    for (kind, readers) in people {
        chosen.insert(kind, choices::of_people(tx, &readers, kind)?);
    }
    Ok(chosen)
}

/// The outbox, the newest first. For staff.
///
/// # Errors
/// `invalid_page` for a cursor of another list.
pub fn list(db: &mut Db, filter: &Filter, request: &PageRequest) -> Result<Page<Notification>> {
    let rows = store::page(db, filter, request)?;
    let carriers: Vec<_> = rows.iter().filter_map(|row| row.part_of).collect();
    let names = store::message_ids(db, &carriers)?;
    let page = Page::from_rows(rows, request, |row| row.id.to_string());
    Ok(page.map(|row| view(row, &names)))
}

/// Messages that were given up, and that somebody has to look at.
///
/// # Errors
/// When the database fails.
pub fn undelivered(db: &mut Db) -> Result<Queue> {
    store::dead(db)
}

/// One message of the outbox. For staff.
///
/// # Errors
/// `not_found`.
pub fn notification(db: &mut Db, id: MessageId) -> Result<Notification> {
    let row = store::find(db, id)?.ok_or_else(Refusal::not_found)?;
    let carriers: Vec<_> = row.part_of.into_iter().collect();
    let names = store::message_ids(db, &carriers)?;
    Ok(view(row, &names))
}

/// Sends a test mail to whoever asks, to see whether mail leaves.
///
/// # Errors
/// When the database fails.
pub fn send_test(tx: &mut Tx<'_>, recipient: &Recipient) -> Result<()> {
    let at = tx.now();
    push(tx, recipient, &Message::TestMail { at })
}

/// Sends again, by hand, what failed, with all that travels in the same mail. For staff.
///
/// # Errors
/// `not_found`; `notification_not_retriable` for what was sent or waits for its turn.
pub fn retry(tx: &mut Tx<'_>, id: MessageId) -> Result<Notification> {
    let row = store::find(tx, id)?.ok_or_else(Refusal::not_found)?;
    rules::may_retry(row.status)?;
    let rows = store::requeue(tx, row.part_of.unwrap_or(id))?;
    guard(rows, Code::NotificationNotRetriable)?;
    tx.wake_worker();
    notification(tx, id)
}

fn view(row: Listed, carriers: &HashMap<MessageId, String>) -> Notification {
    let waits = matches!(
        row.status,
        NotificationStatus::Queued | NotificationStatus::Failed
    );
    // a message of an older program that this one cannot read is still listed
    let subject = serde_json::from_str::<Message>(&row.data)
        .ok()
        .and_then(|message| render::subject(&message, row.language))
        .unwrap_or_else(|| row.kind.clone());
    let carrier = row.part_of.and_then(|id| carriers.get(&id)).cloned();
    Notification {
        id: row.id,
        kind: row.kind,
        to: row.recipient,
        name: row.recipient_name,
        language: row.language,
        subject,
        status: row.status,
        attempts: row.attempts,
        due_at: waits.then_some(row.due_at),
        last_error: row.last_error,
        ended_because: row.ended_because,
        part_of: row.part_of,
        message_id: carrier.unwrap_or(row.message_id),
        version: row.version,
        created_at: row.created_at,
        sent_at: row.sent_at,
    }
}
