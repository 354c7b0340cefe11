//! Webhooks: set up by people of an organization for what they hear of themselves.

use db::{Db, Result, Tx, guard};
use kernel::{Actor, Code, Fields, Page, PageRequest, Refusal, Text, WebhookId};

use crate::events;
use crate::store::{keys, webhooks as store};
use crate::webhooks::caller;
use crate::webhooks::model::{Delivery, Kinds, NewWebhook, Webhook, WebhookCreated, WebhookStatus};
use crate::webhooks::secret;
use crate::{Message, NotificationStatus, Recipient, WebhookSettings};

/// Webhooks of one organization at the most.
const MOST: usize = 20;
/// Characters of a URL at the most.
const URL_LENGTH: usize = 2_000;

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
