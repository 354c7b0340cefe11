//! Devices.

use db::schema::devices as d;
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Actor, BatchId, DeviceId, OrganisationId, Page, PageRequest, Role, fold, squash};

use super::LOOKUP_CHUNK;
use crate::model::{Device, DeviceFilter, Stage};

/// Rows of one statement: 31 values each, and SQLite takes 32 766.
const WRITE_CHUNK: usize = 250;

/// Which rows an actor's queries are limited to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    All,
    Donor(OrganisationId),
    Workshop(OrganisationId),
    Nothing,
}

impl Scope {
    pub(crate) fn of(actor: &Actor) -> Self {
        match actor.role {
            Role::Staff | Role::Admin => Self::All,
            Role::Donor => Self::Donor(actor.organisation),
            Role::Refurbisher => Self::Workshop(actor.organisation),
            Role::Association => Self::Nothing,
        }
    }
}

/// The devices with these ids, in no particular order.
pub(crate) fn by_ids(db: &mut Db, ids: &[DeviceId]) -> Result<Vec<Device>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(LOOKUP_CHUNK) {
        found.extend(d::table.filter(d::id.eq_any(chunk)).load::<Device>(db)?);
    }
    Ok(found)
}

/// The devices with these tags.
pub(crate) fn by_tags(db: &mut Db, tags: &[String]) -> Result<Vec<Device>> {
    let mut found = Vec::new();
    for chunk in tags.chunks(LOOKUP_CHUNK) {
        found.extend(d::table.filter(d::tag.eq_any(chunk)).load::<Device>(db)?);
    }
    Ok(found)
}

/// Every device that has or had one of these serial numbers.
pub(crate) fn by_serial_keys(db: &mut Db, keys: &[String]) -> Result<Vec<Device>> {
    let mut found = Vec::new();
    for chunk in keys.chunks(LOOKUP_CHUNK) {
        found.extend(
            d::table
                .filter(d::serial_key.eq_any(chunk))
                .load::<Device>(db)?,
        );
    }
    Ok(found)
}

/// What a batch announced and nobody has seen yet.
pub(crate) fn expected_of_batch(db: &mut Db, batch: BatchId) -> Result<Vec<Device>> {
    Ok(d::table
        .filter(d::batch_id.eq(batch))
        .filter(d::stage.eq(Stage::Expected))
        .order(d::id)
        .load(db)?)
}

/// A page of the devices that an actor may see.
pub(crate) fn page(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    request: &PageRequest,
    after: Option<DeviceId>,
) -> Result<Page<Device>> {
    let mut query = d::table.order(d::id).limit(request.fetch()).into_boxed();
    match scope {
        Scope::All => {}
        Scope::Donor(donor) => query = query.filter(d::donor_id.eq(donor)),
        Scope::Workshop(workshop) => query = query.filter(d::workshop_id.eq(workshop)),
        Scope::Nothing => {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
    }
    if let Some(stage) = filter.stage {
        query = query.filter(d::stage.eq(stage));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(d::kind.eq(kind));
    }
    if let Some(batch) = filter.batch_id {
        query = query.filter(d::batch_id.eq(batch));
    }
    if let Some(workshop) = filter.workshop_id {
        query = query.filter(d::workshop_id.eq(workshop));
    }
    if let Some(grade) = filter.grade {
        query = query.filter(d::grade.eq(grade));
    }
    if let Some(q) = filter.q.as_deref() {
        // words in any order, or a serial number as it was typed, separators and all
        let words = fold(q);
        let together = squash(q).to_lowercase();
        for word in words.split(' ').filter(|_| !together.is_empty()) {
            query = query.filter(
                d::search_key
                    .like(format!("%{word}%"))
                    .or(d::search_key.like(format!("%{together}%"))),
            );
        }
    }
    if let Some(after) = after {
        query = query.filter(d::id.gt(after));
    }
    let rows: Vec<Device> = query.load(db)?;
    Ok(Page::from_rows(rows, request, |row| row.id.to_string()))
}

/// Writes new devices.
pub(crate) fn insert_all(db: &mut Db, devices: &[Device]) -> Result<()> {
    for chunk in devices.chunks(WRITE_CHUNK) {
        db::on!(&mut *db, c => diesel::insert_into(d::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// A device as the verification of its log needs it.
#[derive(Debug, Queryable)]
pub(crate) struct Chained {
    pub id: DeviceId,
    pub tag: String,
    pub stage: Stage,
    pub seq: i32,
    pub head: Vec<u8>,
}

/// The next devices by id.
pub(crate) fn chained_after(
    db: &mut Db,
    after: Option<DeviceId>,
    limit: i64,
) -> Result<Vec<Chained>> {
    let mut query = d::table
        .select((d::id, d::tag, d::stage, d::custody_seq, d::custody_head))
        .order(d::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(d::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// The same of one device.
pub(crate) fn chained(db: &mut Db, id: DeviceId) -> Result<Option<Chained>> {
    Ok(d::table
        .find(id)
        .select((d::id, d::tag, d::stage, d::custody_seq, d::custody_head))
        .first(db)
        .optional()?)
}
