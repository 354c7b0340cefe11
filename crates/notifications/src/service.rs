//! Putting messages into the outbox, and what staff do with it.

use std::collections::HashSet;

use db::{Db, Result, Tx, guard};
use kernel::{Code, MessageId, Page, PageRequest, Refusal};

use crate::store::Listed;
use crate::{Filter, Message, Notification, NotificationStatus, Recipient, render, rules, store};

/// Queues a message to one person, in the transaction that makes it true.
///
/// # Errors
/// When the database fails.
pub fn push(tx: &mut Tx<'_>, recipient: &Recipient, message: &Message) -> Result<()> {
    push_all(tx, std::slice::from_ref(recipient), message)
}

/// Queues a message to several people, once to each address.
///
/// # Errors
/// When the database fails.
pub fn push_all(tx: &mut Tx<'_>, recipients: &[Recipient], message: &Message) -> Result<()> {
    let mut seen = HashSet::new();
    let once: Vec<_> = recipients
        .iter()
        .filter(|recipient| seen.insert(recipient.email.to_lowercase()))
        .collect();
    if once.is_empty() {
        return Ok(());
    }
    store::insert(tx, &once, message, tx.now())?;
    tx.wake_worker();
    Ok(())
}

/// The outbox, the newest first. For staff.
///
/// # Errors
/// `invalid_page` for a cursor of another list.
pub fn list(db: &mut Db, filter: &Filter, request: &PageRequest) -> Result<Page<Notification>> {
    let rows = store::page(db, filter, request)?;
    Ok(Page::from_rows(rows, request, |row| row.id.to_string()).map(view))
}

/// Sends again, by hand, what failed. For staff.
///
/// # Errors
/// `not_found`; `notification_not_retriable` for what was sent or waits for its turn.
pub fn retry(tx: &mut Tx<'_>, id: MessageId) -> Result<Notification> {
    let row = store::find(tx, id)?.ok_or_else(Refusal::not_found)?;
    rules::may_retry(row.status)?;
    guard(store::requeue(tx, id)?, Code::NotificationNotRetriable)?;
    tx.wake_worker();
    let row = store::find(tx, id)?.ok_or_else(Refusal::not_found)?;
    Ok(view(row))
}

fn view(row: Listed) -> Notification {
    let waits = matches!(
        row.status,
        NotificationStatus::Queued | NotificationStatus::Failed
    );
    // a message of an older program that this one cannot read is still listed
    let subject = serde_json::from_str::<Message>(&row.data)
        .ok()
        .and_then(|message| render::subject(&message, row.language).ok())
        .unwrap_or_else(|| row.kind.clone());
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
        message_id: row.message_id,
        created_at: row.created_at,
        sent_at: row.sent_at,
    }
}
