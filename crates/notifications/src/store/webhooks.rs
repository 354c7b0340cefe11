//! The tables `webhooks` and `webhook_deliveries`.

use db::schema::{people, webhook_deliveries as d, webhooks as w};
use db::{Db, Result, Tx};
use diesel::prelude::*;
use kernel::{
    Instant, Language, OrganisationId, PageRequest, PersonId, WebhookDeliveryId, WebhookId,
};

use super::waiting;
use crate::rules::ATTEMPTS;
use crate::webhooks::model::{Call, Kinds, Webhook, WebhookStatus};
use crate::{NotificationStatus, Recipient};

/// A webhook that is set up.
pub(crate) struct NewRow<'a> {
    pub(crate) id: WebhookId,
    pub(crate) organisation: OrganisationId,
    pub(crate) created_by: PersonId,
    pub(crate) url: &'a str,
    pub(crate) events: Kinds,
    pub(crate) secret: &'a str,
}

/// Sets a webhook up.
pub(crate) fn insert(tx: &mut Tx<'_>, row: &NewRow<'_>) -> Result<()> {
    let now = tx.now();
    diesel::insert_into(w::table)
        .values((
            w::id.eq(row.id),
            w::organisation_id.eq(row.organisation),
            w::created_by.eq(row.created_by),
            w::url.eq(row.url),
            w::events.eq(&row.events),
            w::secret.eq(row.secret),
            w::status.eq(WebhookStatus::Active),
            w::version.eq(1),
            w::created_at.eq(now),
            w::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

type Columns = (
    w::id,
    w::organisation_id,
    w::url,
    w::events,
    w::status,
    w::failing_since,
    w::last_error,
    w::version,
    w::created_at,
    w::updated_at,
);
const COLUMNS: Columns = (
    w::id,
    w::organisation_id,
    w::url,
    w::events,
    w::status,
    w::failing_since,
    w::last_error,
    w::version,
    w::created_at,
    w::updated_at,
);

type Row = (
    WebhookId,
    OrganisationId,
    String,
    Kinds,
    WebhookStatus,
    Option<Instant>,
    Option<String>,
    i32,
    Instant,
    Instant,
);

fn to_webhook(row: Row) -> Webhook {
    Webhook {
        id: row.0,
        organisation_id: row.1,
        url: row.2,
        events: row.3.0,
        status: row.4,
        failing_since: row.5,
        last_error: row.6,
        version: row.7,
        created_at: row.8,
        updated_at: row.9,
    }
}

/// The webhooks of an organization.
pub(crate) fn of_organisation(db: &mut Db, organisation: OrganisationId) -> Result<Vec<Webhook>> {
    let rows: Vec<Row> = w::table
        .filter(w::organisation_id.eq(organisation))
        .order(w::id)
        .select(COLUMNS)
        .load(db)?;
    Ok(rows.into_iter().map(to_webhook).collect())
}

/// One webhook of an organization.
pub(crate) fn find(
    db: &mut Db,
    organisation: OrganisationId,
    id: WebhookId,
) -> Result<Option<Webhook>> {
    let row: Option<Row> = w::table
        .find(id)
        .filter(w::organisation_id.eq(organisation))
        .select(COLUMNS)
        .first(db)
        .optional()?;
    Ok(row.map(to_webhook))
}

/// Removes a webhook with its deliveries.
pub(crate) fn delete(tx: &mut Tx<'_>, id: WebhookId) -> Result<usize> {
    diesel::delete(d::table.filter(d::webhook_id.eq(id))).execute(&mut **tx)?;
    Ok(diesel::delete(w::table.find(id)).execute(&mut **tx)?)
}

/// Has a webhook called again.
pub(crate) fn enable(tx: &mut Tx<'_>, id: WebhookId) -> Result<usize> {
    let now = tx.now();
    Ok(diesel::update(w::table.find(id))
        .set((
            w::status.eq(WebhookStatus::Active),
            w::failing_since.eq(None::<Instant>),
            w::last_error.eq(None::<String>),
            w::version.eq(w::version + 1),
            w::updated_at.eq(now),
        ))
        .execute(&mut **tx)?)
}

/// Whether any webhook is called at all.
pub(crate) fn any(db: &mut Db) -> Result<bool> {
    let first: Option<WebhookId> = w::table
        .filter(w::status.eq(WebhookStatus::Active))
        .select(w::id)
        .first(db)
        .optional()?;
    Ok(first.is_some())
}

/// Webhooks that are called, of the organizations of these people.
pub(crate) fn of_people(db: &mut Db, persons: &[PersonId]) -> Result<Vec<(WebhookId, Kinds)>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let theirs = people::table
        .filter(people::id.eq_any(persons))
        .select(people::organisation_id);
    Ok(w::table
        .filter(w::status.eq(WebhookStatus::Active))
        .filter(w::organisation_id.eq_any(theirs))
        .order(w::id)
        .select((w::id, w::events))
        .load(db)?)
}

/// Whether this very event was queued in this very use case: a message that is written to
/// each person by itself is one event.
pub(crate) fn is_queued(
    tx: &mut Tx<'_>,
    webhook: WebhookId,
    event: &str,
    data: &str,
) -> Result<bool> {
    let now = tx.now();
    let same: i64 = d::table
        .filter(d::webhook_id.eq(webhook))
        .filter(d::created_at.eq(now))
        .filter(d::event.eq(event))
        .filter(d::data.eq(data))
        .count()
        .get_result(&mut **tx)?;
    Ok(same > 0)
}

/// When a webhook that fails is tried next; none when it works.
fn next_attempt(tx: &mut Tx<'_>, webhook: WebhookId) -> Result<Option<Instant>> {
    if failing_since(tx, webhook)?.is_none() {
        return Ok(None);
    }
    Ok(d::table
        .filter(d::webhook_id.eq(webhook))
        .filter(waiting())
        .order(d::due_at)
        .select(d::due_at)
        .first(&mut **tx)
        .optional()?)
}

/// Queues an event for a webhook; while that fails, for its next attempt.
pub(crate) fn queue(tx: &mut Tx<'_>, webhook: WebhookId, event: &str, data: &str) -> Result<()> {
    let (id, now): (WebhookDeliveryId, _) = (tx.new_id(), tx.now());
    let due_at = next_attempt(tx, webhook)?.unwrap_or(now);
    diesel::insert_into(d::table)
        .values((
            d::id.eq(id),
            d::webhook_id.eq(webhook),
            d::event.eq(event),
            d::data.eq(data),
            d::status.eq(NotificationStatus::Queued),
            d::attempts.eq(0),
            d::due_at.eq(due_at),
            d::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Takes up to `limit` deliveries that are due, until `until`.
pub(crate) fn claim(tx: &mut Tx<'_>, limit: i64, until: Instant) -> Result<Vec<Call>> {
    let now = tx.now();
    give_up_what_never_returns(tx, now)?;
    let due = d::table
        .filter(waiting())
        .filter(d::due_at.le(now))
        .filter(d::locked_until.is_null().or(d::locked_until.le(now)))
        .order((d::due_at, d::id))
        .limit(limit)
        .select(d::id);
    let ids: Vec<WebhookDeliveryId> = match &mut **tx {
        Db::Postgres(c) => due.for_update().skip_locked().load(c)?,
        Db::Sqlite(c) => due.load(c)?,
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // also an attempt that ends with the program was one
    diesel::update(d::table.filter(d::id.eq_any(&ids)))
        .set((d::locked_until.eq(until), d::attempts.eq(d::attempts + 1)))
        .execute(&mut **tx)?;
    Ok(d::table
        .inner_join(w::table)
        .filter(d::id.eq_any(&ids))
        .order((d::due_at, d::id))
        .select((
            d::id,
            d::webhook_id,
            w::organisation_id,
            w::url,
            w::secret,
            d::event,
            d::data,
            d::attempts,
            d::created_at,
        ))
        .load(&mut **tx)?)
}

/// Ends deliveries whose every attempt broke off.
fn give_up_what_never_returns(tx: &mut Tx<'_>, now: Instant) -> Result<()> {
    let spent = d::table
        .filter(waiting())
        .filter(d::attempts.ge(ATTEMPTS))
        .filter(d::locked_until.le(now));
    diesel::update(spent)
        .set((
            d::status.eq(NotificationStatus::Dead),
            d::locked_until.eq(None::<Instant>),
            d::last_error.eq("not sent: every attempt broke off"),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// What an attempt came to.
pub(crate) struct Outcome<'a> {
    pub(crate) status: NotificationStatus,
    pub(crate) due_at: Instant,
    pub(crate) answer: Option<i32>,
    pub(crate) error: Option<&'a str>,
    pub(crate) sent_at: Option<Instant>,
}

/// Writes the outcome of an attempt.
pub(crate) fn finish(tx: &mut Tx<'_>, call: &Call, outcome: &Outcome<'_>) -> Result<()> {
    diesel::update(d::table.find(call.id))
        .set((
            d::status.eq(outcome.status),
            d::attempts.eq(call.attempts),
            d::due_at.eq(outcome.due_at),
            d::locked_until.eq(None::<Instant>),
            d::answer.eq(outcome.answer),
            d::last_error.eq(outcome.error),
            d::sent_at.eq(outcome.sent_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Notes how a webhook does: since when it fails, or that it works.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    id: WebhookId,
    failing_since: Option<Instant>,
    error: Option<&str>,
) -> Result<()> {
    diesel::update(w::table.find(id))
        .set((w::failing_since.eq(failing_since), w::last_error.eq(error)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Puts off what waits for a webhook that does not answer: it is left alone until its next
/// attempt.
pub(crate) fn put_off(tx: &mut Tx<'_>, id: WebhookId, until: Instant) -> Result<()> {
    let others = d::table
        .filter(d::webhook_id.eq(id))
        .filter(waiting())
        .filter(d::locked_until.is_null())
        .filter(d::due_at.lt(until));
    diesel::update(others)
        .set(d::due_at.eq(until))
        .execute(&mut **tx)?;
    Ok(())
}

/// Stops calling a webhook; what waits for it is given up. False when it was disabled
/// already.
pub(crate) fn disable(tx: &mut Tx<'_>, id: WebhookId) -> Result<bool> {
    let now = tx.now();
    let rows = diesel::update(w::table.find(id))
        .filter(w::status.eq(WebhookStatus::Active))
        .set((
            w::status.eq(WebhookStatus::Disabled),
            w::version.eq(w::version + 1),
            w::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    let rest = d::table.filter(d::webhook_id.eq(id)).filter(waiting());
    diesel::update(rest)
        .set((
            d::status.eq(NotificationStatus::Dead),
            d::locked_until.eq(None::<Instant>),
        ))
        .execute(&mut **tx)?;
    Ok(rows > 0)
}

/// A webhook as the worker left it: since when it fails.
pub(crate) fn failing_since(db: &mut Db, id: WebhookId) -> Result<Option<Instant>> {
    Ok(w::table
        .find(id)
        .select(w::failing_since)
        .first(db)
        .optional()?
        .flatten())
}

/// Who set a webhook up; when they have left, the people of its organization.
pub(crate) fn owners(db: &mut Db, id: WebhookId) -> Result<Vec<Recipient>> {
    let (organisation, person): (OrganisationId, PersonId) = w::table
        .find(id)
        .select((w::organisation_id, w::created_by))
        .first(db)?;
    let rows: Vec<(PersonId, String, String, Language)> = people::table
        .filter(people::organisation_id.eq(organisation))
        .filter(people::disabled.eq(false))
        .order(people::id)
        .select((people::id, people::email, people::name, people::language))
        .load(db)?;
    let everyone = rows
        .into_iter()
        .map(|(id, email, name, language)| Recipient {
            person: Some(id),
            email,
            name,
            language,
        });
    let (theirs, others): (Vec<_>, Vec<_>) =
        everyone.partition(|recipient| recipient.person == Some(person));
    Ok(if theirs.is_empty() { others } else { theirs })
}

/// A delivery as its organization sees it.
#[derive(Debug, Queryable)]
pub(crate) struct Listed {
    pub(crate) id: WebhookDeliveryId,
    pub(crate) event: String,
    pub(crate) status: NotificationStatus,
    pub(crate) attempts: i32,
    pub(crate) due_at: Instant,
    pub(crate) answer: Option<i32>,
    pub(crate) last_error: Option<String>,
    pub(crate) created_at: Instant,
    pub(crate) sent_at: Option<Instant>,
}

/// A page of a webhook's deliveries, the newest first, with one row more than it shows.
pub(crate) fn page(db: &mut Db, id: WebhookId, request: &PageRequest) -> Result<Vec<Listed>> {
    let mut query = d::table
        .filter(d::webhook_id.eq(id))
        .select((
            d::id,
            d::event,
            d::status,
            d::attempts,
            d::due_at,
            d::answer,
            d::last_error,
            d::created_at,
            d::sent_at,
        ))
        .into_boxed();
    if let Some(after) = request.after::<WebhookDeliveryId>()? {
        query = query.filter(d::id.lt(after));
    }
    Ok(query.order(d::id.desc()).limit(request.fetch()).load(db)?)
}
