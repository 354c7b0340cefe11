//! Rows and queries. No decisions.

mod contacts;
mod devices;
mod links;
mod pending;
mod reception;
mod trucks;

use std::collections::HashMap;

use db::schema::batches as b;
use db::search::{Searched, Wanted};
use db::{Db, Error, Result};
use diesel::prelude::*;
use kernel::{
    Actor, BatchId, Code, Instant, OrganisationId, Page, PageRequest, PersonId, Queue, Refusal,
    Role,
};

use crate::model::{
    Batch, BatchFilter, BatchStatus, ManifestSummary, Pickup, Restrictions, TitleRoute, Window,
};
pub use contacts::forget_contacts_before;
pub(crate) use devices::{
    Announced, InStock, NewDevice, announced, assign_workshop, delete_announced, insert_announced,
    live_serials,
};
pub use links::follow_link_made_at;
pub(crate) use links::{delete_follow_link, followed, put_follow_link};
pub(crate) use pending::{PendingRow, delete_pending, pending, put_pending};
pub use reception::differing;
pub(crate) use reception::{insert_link, link, put_answer, tags_of};
pub use trucks::trucks_to_come;
pub(crate) use trucks::{call_truck_off, insert_truck, load_truck, truck, trucks};

const BATCHES: Searched = Searched {
    table: "batches",
    letters: "batch_search",
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = b)]
struct BatchRow {
    id: BatchId,
    reference: String,
    donor_id: OrganisationId,
    title: String,
    status: BatchStatus,
    title_route: TitleRoute,
    declared: String,
    accessories: String,
    pickup: Pickup,
    manifest: Option<ManifestSummary>,
    workshop_id: Option<OrganisationId>,
    scheduled_from: Option<Instant>,
    scheduled_to: Option<Instant>,
    schedule_sequence: i32,
    collected_at: Option<Instant>,
    pallets: Option<i32>,
    weight_grams: Option<i64>,
    reason: Option<String>,
    created_by: PersonId,
    submitted_at: Option<Instant>,
    accepted_at: Option<Instant>,
    received_at: Option<Instant>,
    closed_at: Option<Instant>,
    version: i32,
    created_at: Instant,
    updated_at: Instant,
    restrictions: Option<Restrictions>,
}

impl TryFrom<BatchRow> for Batch {
    type Error = Error;

    fn try_from(row: BatchRow) -> Result<Self> {
        let wrong = |what: &str| Error::Inconsistent(format!("batch {}: {what}", row.id));
        let scheduled = match (row.scheduled_from, row.scheduled_to) {
            (Some(from), Some(to)) => Some(Window { from, to }),
            (None, None) => None,
            _ => return Err(wrong("half a pickup window")),
        };
        let on_the_way = matches!(
            row.status,
            BatchStatus::Scheduled
                | BatchStatus::Collected
                | BatchStatus::Received
                | BatchStatus::Closed
        );
        if on_the_way && (scheduled.is_none() || row.workshop_id.is_none()) {
            return Err(wrong("on its way without a pickup"));
        }
        #[allow(clippy::cast_precision_loss)] // a truck's load is far below 2⁵³ grams
        let weight_kg = row.weight_grams.map(|grams| grams as f64 / 1000.0);
        Ok(Self {
            id: row.id,
            reference: row.reference,
            donor_id: row.donor_id,
            donor_name: String::new(),
            title: row.title,
            status: row.status,
            title_route: row.title_route,
            restrictions: row.restrictions.unwrap_or_default(),
            declared: serde_json::from_str(&row.declared)?,
            accessories: serde_json::from_str(&row.accessories)?,
            pickup: row.pickup,
            manifest: row.manifest,
            workshop_id: row.workshop_id,
            workshop_name: None,
            scheduled,
            schedule_sequence: row.schedule_sequence,
            collected_at: row.collected_at,
            pallets: row.pallets,
            weight_kg,
            reason: row.reason,
            created_by: row.created_by,
            submitted_at: row.submitted_at,
            accepted_at: row.accepted_at,
            received_at: row.received_at,
            closed_at: row.closed_at,
            reception: None,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// One batch, if the actor may see it: a donor its own, a workshop those it fetches.
///
/// # Errors
/// `not_found`, also for a batch of others.
pub fn batch(db: &mut Db, actor: &Actor, id: BatchId) -> Result<Batch> {
    let mut query = b::table
        .filter(b::id.eq(id))
        .select(BatchRow::as_select())
        .into_boxed();
    match visible(actor)? {
        Scope::All => {}
        Scope::Donor(organisation) => query = query.filter(b::donor_id.eq(organisation)),
        Scope::Workshop(organisation) => query = query.filter(b::workshop_id.eq(organisation)),
    }
    let row: BatchRow = query.first(db).optional()?.ok_or_else(Refusal::not_found)?;
    let mut batch = [row.try_into()?];
    complete(db, &mut batch)?;
    let [batch] = batch;
    Ok(batch)
}

/// One batch, whoever asks: for a link that names it.
pub(crate) fn any_batch(db: &mut Db, id: BatchId) -> Result<Batch> {
    let row: BatchRow = b::table
        .find(id)
        .select(BatchRow::as_select())
        .first(db)
        .optional()?
        .ok_or_else(Refusal::not_found)?;
    let mut batch = [row.try_into()?];
    complete(db, &mut batch)?;
    let [batch] = batch;
    Ok(batch)
}

/// The batch that people name so, if the actor may see it.
///
/// # Errors
/// `not_found`, also for a batch of others.
pub fn batch_named(db: &mut Db, actor: &Actor, reference: &str) -> Result<Batch> {
    let id = b::table
        .filter(b::reference.eq(reference))
        .select(b::id)
        .first(db)
        .optional()?
        .ok_or_else(Refusal::not_found)?;
    batch(db, actor, id)
}

/// Reference and title of each batch of a donor.
pub(crate) fn titles_of_donor(
    db: &mut Db,
    donor: OrganisationId,
) -> Result<Vec<(BatchId, String, String)>> {
    Ok(b::table
        .filter(b::donor_id.eq(donor))
        .order(b::id)
        .select((b::id, b::reference, b::title))
        .load(db)?)
}

pub(crate) fn set_search_key(db: &mut Db, id: BatchId, search_key: &str) -> Result<()> {
    diesel::update(b::table.find(id))
        .set(b::search_key.eq(search_key))
        .execute(db)?;
    Ok(())
}

/// Whether the count of a batch has ended.
pub(crate) fn is_closed(db: &mut Db, id: BatchId) -> Result<bool> {
    let status: Option<BatchStatus> = b::table.find(id).select(b::status).first(db).optional()?;
    Ok(status == Some(BatchStatus::Closed))
}

/// Adds what stands in other tables: names, and the donor's answer.
fn complete(db: &mut Db, batches: &mut [Batch]) -> Result<()> {
    let mut organisations: Vec<OrganisationId> = batches
        .iter()
        .flat_map(|batch| [Some(batch.donor_id), batch.workshop_id])
        .flatten()
        .collect();
    organisations.sort_unstable();
    organisations.dedup();
    let names = identity::names(db, &organisations)?;
    let closed: Vec<BatchId> = batches
        .iter()
        .filter(|batch| batch.status == BatchStatus::Closed)
        .map(|batch| batch.id)
        .collect();
    let mut answers: HashMap<_, _> = match closed.is_empty() {
        true => HashMap::new(),
        false => reception::answers(db, &closed)?.into_iter().collect(),
    };
    for batch in batches {
        batch.donor_name = names.get(&batch.donor_id).cloned().unwrap_or_default();
        batch.workshop_name = batch.workshop_id.and_then(|id| names.get(&id).cloned());
        batch.reception = answers.remove(&batch.id);
    }
    Ok(())
}

/// What gifts are tied to, of these batches those that are tied to something.
///
/// # Errors
/// When the database fails.
pub fn restrictions(db: &mut Db, batches: &[BatchId]) -> Result<HashMap<BatchId, Restrictions>> {
    let mut found = HashMap::new();
    for chunk in batches.chunks(500) {
        let rows: Vec<(BatchId, Option<Restrictions>)> = b::table
            .filter(b::id.eq_any(chunk))
            .filter(b::restrictions.is_not_null())
            .select((b::id, b::restrictions))
            .load(db)?;
        let tied = rows
            .into_iter()
            .filter_map(|(id, restrictions)| Some((id, restrictions?)))
            .filter(|(_, restrictions)| !restrictions.is_none());
        found.extend(tied);
    }
    Ok(found)
}

/// A page of the batches that the actor may see, the newest first.
///
/// # Errors
/// `invalid_page`, or when the database fails.
pub fn batches(
    db: &mut Db,
    actor: &Actor,
    filter: &BatchFilter,
    page: &PageRequest,
) -> Result<Page<Batch>> {
    let mut query = b::table
        .select(BatchRow::as_select())
        .order(b::id.desc())
        .limit(page.fetch())
        .into_boxed();
    match visible(actor)? {
        Scope::All => {}
        Scope::Donor(organisation) => query = query.filter(b::donor_id.eq(organisation)),
        Scope::Workshop(organisation) => query = query.filter(b::workshop_id.eq(organisation)),
    }
    if let Some(status) = filter.status {
        query = query.filter(b::status.eq(status));
    }
    if let Some(donor) = filter.donor_id {
        query = query.filter(b::donor_id.eq(donor));
    }
    if let Some(few) = BATCHES.few(db, filter.q.as_deref().and_then(Wanted::words))? {
        query = query.filter(b::id.eq_any::<Vec<BatchId>>(few));
    }
    if let Some(q) = filter.q.as_deref() {
        query = db::with_words!(query, b::search_key, q);
    }
    if let Some(after) = page.after::<BatchId>()? {
        query = query.filter(b::id.lt(after));
    }
    let mut rows: Vec<Batch> = query
        .load::<BatchRow>(db)?
        .into_iter()
        .map(Batch::try_from)
        .collect::<Result<_>>()?;
    complete(db, &mut rows)?;
    Ok(Page::from_rows(rows, page, |row| row.id.to_string()))
}

/// The pickups that the actor may see, from one moment on until another, in their order: so many at
/// the most.
///
/// # Errors
/// `not_found` for who has none, or when the database fails.
pub fn pickups(
    db: &mut Db,
    actor: &Actor,
    (from, until): (Instant, Instant),
    most: i64,
) -> Result<Vec<Batch>> {
    let mut query = b::table
        .select(BatchRow::as_select())
        .filter(b::scheduled_from.ge(from).and(b::scheduled_from.lt(until)))
        .filter(b::status.eq(BatchStatus::Scheduled))
        .order((b::scheduled_from, b::id))
        .limit(most)
        .into_boxed();
    match visible(actor)? {
        Scope::All => {}
        Scope::Donor(organisation) => query = query.filter(b::donor_id.eq(organisation)),
        Scope::Workshop(organisation) => query = query.filter(b::workshop_id.eq(organisation)),
    }
    let rows = query.load::<BatchRow>(db)?;
    let batches = rows.into_iter().map(Batch::try_from);
    let mut batches: Vec<Batch> = batches.collect::<Result<_>>()?;
    complete(db, &mut batches)?;
    Ok(batches)
}

enum Scope {
    All,
    Donor(OrganisationId),
    Workshop(OrganisationId),
}

/// Which rows an actor's queries are limited to.
fn visible(actor: &Actor) -> Result<Scope, Refusal> {
    match actor.role {
        Role::Staff | Role::Admin => Ok(Scope::All),
        Role::Donor => Ok(Scope::Donor(actor.organisation)),
        Role::Refurbisher => Ok(Scope::Workshop(actor.organisation)),
        Role::Association | Role::Helper => Err(Refusal::not_found()),
    }
}

/// Writes a new batch.
pub(crate) fn insert(db: &mut Db, batch: &Batch, search_key: &str) -> Result<()> {
    diesel::insert_into(b::table)
        .values((
            b::id.eq(batch.id),
            b::reference.eq(&batch.reference),
            b::donor_id.eq(batch.donor_id),
            b::title.eq(&batch.title),
            b::search_key.eq(search_key),
            b::status.eq(batch.status),
            b::title_route.eq(batch.title_route),
            b::declared.eq(serde_json::to_string(&batch.declared)?),
            b::accessories.eq(serde_json::to_string(&batch.accessories)?),
            b::pickup.eq(&batch.pickup),
            b::restrictions.eq(Some(&batch.restrictions).filter(|tied| !tied.is_none())),
            b::schedule_sequence.eq(batch.schedule_sequence),
            b::created_by.eq(batch.created_by),
            b::version.eq(batch.version),
            b::created_at.eq(batch.created_at),
            b::updated_at.eq(batch.updated_at),
        ))
        .execute(db)?;
    Ok(())
}

/// What changes in a batch; what is not named stays.
#[derive(AsChangeset)]
#[diesel(table_name = b)]
pub(crate) struct Change {
    pub status: BatchStatus,
    pub version: i32,
    pub updated_at: Instant,
    pub manifest: Option<ManifestSummary>,
    pub workshop_id: Option<OrganisationId>,
    pub scheduled_from: Option<Instant>,
    pub scheduled_to: Option<Instant>,
    pub schedule_sequence: Option<i32>,
    pub collected_at: Option<Instant>,
    pub pallets: Option<i32>,
    pub weight_grams: Option<i64>,
    pub reason: Option<String>,
    pub submitted_at: Option<Instant>,
    pub accepted_at: Option<Instant>,
    pub received_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub restrictions: Option<Restrictions>,
    pub pickup: Option<Pickup>,
}

impl Change {
    /// To a status, with nothing else.
    pub(crate) fn to(batch: &Batch, status: BatchStatus, now: Instant) -> Self {
        Self {
            status,
            version: batch.version + 1,
            updated_at: now,
            manifest: None,
            workshop_id: None,
            scheduled_from: None,
            scheduled_to: None,
            schedule_sequence: None,
            collected_at: None,
            pallets: None,
            weight_grams: None,
            reason: None,
            submitted_at: None,
            accepted_at: None,
            received_at: None,
            closed_at: None,
            restrictions: None,
            pickup: None,
        }
    }
}

/// Changes a batch, unless someone was there first.
pub(crate) fn update(db: &mut Db, batch: &Batch, change: &Change) -> Result<()> {
    let rows = diesel::update(b::table.find(batch.id))
        .filter(b::version.eq(batch.version))
        .filter(b::status.eq(batch.status))
        .set(change)
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// What the city has to do about donations: those that are offered since they were, and those that
/// are accepted and have no pickup yet, since they were changed last.
///
/// # Errors
/// When the database fails.
pub fn donations_waiting(db: &mut Db) -> Result<(Queue, Queue)> {
    let offered: Vec<Option<Instant>> = b::table
        .filter(b::status.eq(BatchStatus::Submitted))
        .order(b::id)
        .select(b::submitted_at)
        .limit(Queue::FETCH)
        .load(db)?;
    let accepted: Vec<Instant> = b::table
        .filter(b::status.eq(BatchStatus::Accepted))
        .order(b::id)
        .select(b::updated_at)
        .limit(Queue::FETCH)
        .load(db)?;
    let offered: Vec<Instant> = offered.into_iter().flatten().collect();
    Ok((Queue::of(&offered), Queue::of(&accepted)))
}
