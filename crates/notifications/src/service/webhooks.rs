//! Webhooks: set up by people of an organization for what they hear of themselves.

use db::{Db, Result, Tx, guard};
use kernel::{Actor, Code, Fields, Instant, Page, PageRequest, Refusal, Text, WebhookId};

use super::outbox::push_all;
use crate::events;
use crate::rules::{self, Failure, Next};
use crate::store::{keys, webhooks as store};
use crate::webhooks::caller::{self, Answer};
use crate::webhooks::model::{
    Call, Delivery, Kinds, NewWebhook, Webhook, WebhookCreated, WebhookStatus,
};
use crate::webhooks::secret;
use crate::{Message, NotificationStatus, Recipient, WebhookSettings};

/// Webhooks of one organization at the most.
const MOST: usize = 20;
/// Characters of a URL at the most.
const URL_LENGTH: usize = 2_000;
/// Characters kept of what came of a call.
const ERROR_LENGTH: usize = 300;

/// Sets a webhook up for the actor's organization. Its secret is shown this once.
///
/// # Errors
/// `address_not_allowed`, `unknown_reference` for a kind that it may not hear of,
/// `too_many_webhooks`.
pub fn create_webhook(
    tx: &mut Tx<'_>,
    actor: &Actor,
    settings: &WebhookSettings,
    new: &NewWebhook,
) -> Result<WebhookCreated> {
    check(actor, settings, new)?;
    if store::of_organisation(tx, actor.organisation)?.len() >= MOST {
        return Err(Refusal::plain(Code::TooManyWebhooks).into());
    }
    let secret = secret(&keys::random()?);
    let id = tx.new_id();
    let row = store::NewRow {
        id,
        organisation: actor.organisation,
        created_by: actor.person,
        url: new.url.trim(),
        events: Kinds(new.events.clone()),
        secret: &secret,
    };
    store::insert(tx, &row)?;
    Ok(WebhookCreated {
        webhook: webhook(tx, actor, id)?,
        secret,
    })
}

fn check(actor: &Actor, settings: &WebhookSettings, new: &NewWebhook) -> Result<()> {
    let mut fields = Fields::default();
    fields.text("/url", &new.url, URL_LENGTH);
    if fields.is_empty() && !caller::may_call(new.url.trim(), settings.allow_private) {
        fields.push(
            "/url",
            Code::AddressNotAllowed,
            Code::AddressNotAllowed.help(),
        );
    }
    let kinds = events::EVENTS.len();
    fields.at_most("/events", new.events.len(), kinds);
    for (number, kind) in new.events.iter().enumerate().take(kinds) {
        let known =
            events::of_kind(kind).is_some_and(|event| event.webhook && event.concerns(actor.role));
        if !known {
            fields.push(
                format!("/events/{number}"),
                Code::UnknownReference,
                Code::UnknownReference.help(),
            );
        }
    }
    Ok(fields.check()?)
}

/// The kinds that webhooks of somebody's organization may be told of, each with what it is about.
pub fn webhook_events(actor: &Actor) -> Vec<(&'static str, Text)> {
    let all = events::EVENTS.iter();
    let heard = all.filter(|event| event.webhook && event.concerns(actor.role));
    heard.map(|event| (event.kind, event.title())).collect()
}

/// The webhooks of the actor's organization.
///
/// # Errors
/// When the database fails.
pub fn webhooks(db: &mut Db, actor: &Actor) -> Result<Vec<Webhook>> {
    store::of_organisation(db, actor.organisation)
}

/// One of them.
///
/// # Errors
/// `not_found`.
pub fn webhook(db: &mut Db, actor: &Actor, id: WebhookId) -> Result<Webhook> {
    Ok(store::find(db, actor.organisation, id)?.ok_or_else(Refusal::not_found)?)
}

/// Removes one, with what waits for it.
///
/// # Errors
/// `not_found`.
pub fn delete_webhook(tx: &mut Tx<'_>, actor: &Actor, id: WebhookId) -> Result<()> {
    webhook(tx, actor, id)?;
    guard(store::delete(tx, id)?, Code::NotFound)
}

/// Has one called again that was disabled.
///
/// # Errors
/// `not_found`.
pub fn enable_webhook(tx: &mut Tx<'_>, actor: &Actor, id: WebhookId) -> Result<Webhook> {
    if webhook(tx, actor, id)?.status == WebhookStatus::Disabled {
        guard(store::enable(tx, id)?, Code::NotFound)?;
    }
    webhook(tx, actor, id)
}

/// What one was told, the newest first.
///
/// # Errors
/// `not_found`; `invalid_page` for a cursor of another list.
pub fn deliveries(
    db: &mut Db,
    actor: &Actor,
    id: WebhookId,
    request: &PageRequest,
) -> Result<Page<Delivery>> {
    webhook(db, actor, id)?;
    let rows = store::page(db, id, request)?;
    let page = Page::from_rows(rows, request, |row| row.id.to_string());
    Ok(page.map(|row| Delivery {
        id: row.id,
        event: row.event,
        status: row.status,
        attempts: row.attempts,
        due_at: matches!(
            row.status,
            NotificationStatus::Queued | NotificationStatus::Failed
        )
        .then_some(row.due_at),
        answer: row.answer,
        last_error: row.last_error,
        created_at: row.created_at,
        sent_at: row.sent_at,
    }))
}

/// Queues messages for the webhooks of the organizations of those who hear of them.
pub(crate) fn announce(tx: &mut Tx<'_>, letters: &[(&Message, Vec<&Recipient>)]) -> Result<()> {
    if !store::any(tx)? {
        return Ok(());
    }
    for (message, recipients) in letters {
        let kind = message.kind();
        if !events::of_kind(kind).is_some_and(|event| event.webhook) {
            continue;
        }
        let people: Vec<_> = recipients.iter().filter_map(|to| to.person).collect();
        let data = message.public_data().to_string();
        for (webhook, Kinds(kinds)) in store::of_people(tx, &people)? {
            let wanted = kinds.is_empty() || kinds.iter().any(|wanted| wanted == kind);
            if wanted && !store::is_queued(tx, webhook, kind, &data)? {
                store::queue(tx, webhook, kind, &data)?;
            }
        }
    }
    Ok(())
}

/// What is said of a call that was our own mistake.
const BROKEN: &str = "this event cannot be sent: a mistake within the program, which is in its log";

/// Writes what came of a call. A webhook that failed for `disable_after` seconds, or says
/// that it is gone, is disabled, and whoever set it up is told.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    call: &Call,
    answer: &Answer,
    disable_after: i64,
) -> Result<()> {
    let now = tx.now();
    let (status, error) = match answer {
        Answer::Taken(status) => {
            let outcome = store::Outcome {
                status: NotificationStatus::Sent,
                due_at: now,
                answer: Some(i32::from(*status)),
                error: None,
                sent_at: Some(now),
            };
            store::finish(tx, call, &outcome)?;
            return store::note(tx, call.webhook, None, None);
        }
        Answer::Broken => {
            let outcome = store::Outcome {
                status: NotificationStatus::Dead,
                due_at: now,
                answer: None,
                error: Some(BROKEN),
                sent_at: None,
            };
            return store::finish(tx, call, &outcome);
        }
        Answer::Gone => (Some(410), "HTTP 410".to_owned()),
        Answer::Failed { status, error } => {
            let error = error.chars().take(ERROR_LENGTH).collect();
            (status.map(i32::from), error)
        }
    };
    let since = store::failing_since(tx, call.webhook)?.unwrap_or(now);
    store::note(tx, call.webhook, Some(since), Some(&error))?;
    let next = rules::after_failure(Failure::Temporary, call.attempts, chance(call));
    let (fate, due_at) = match next {
        Next::RetryAfter(seconds) => (NotificationStatus::Failed, now.plus_seconds(seconds)),
        Next::GiveUp => (NotificationStatus::Dead, now),
    };
    let outcome = store::Outcome {
        status: fate,
        due_at,
        answer: status,
        error: Some(&error),
        sent_at: None,
    };
    store::finish(tx, call, &outcome)?;
    store::put_off(tx, call.webhook, due_at)?;
    if *answer == Answer::Gone || now.seconds_since(since) >= disable_after {
        disable(tx, call, since, &error)?;
    }
    Ok(())
}

fn disable(tx: &mut Tx<'_>, call: &Call, since: Instant, error: &str) -> Result<()> {
    if !store::disable(tx, call.webhook)? {
        return Ok(());
    }
    let owners = store::owners(tx, call.webhook)?;
    let message = Message::WebhookDisabled {
        url: call.url.clone(),
        failing_since: since,
        error: error.to_owned(),
    };
    push_all(tx, &owners, &message)
}

/// The random part of the event's id, other bits of it at each attempt.
fn chance(call: &Call) -> u64 {
    let (_, low) = call.id.uuid().as_u64_pair();
    low >> (call.attempts.unsigned_abs() % 32)
}
