//! Devices.

use std::collections::BTreeMap;

use db::schema::devices as d;
use db::{Db, Result};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{Actor, BatchId, DeviceId, Instant, OrganisationId, Page, PageRequest, Role};

use super::{LOOKUP_CHUNK, search};
use crate::model::{Device, DeviceFilter, Stage};

/// Rows of one statement: 32 values each, and SQLite takes 32 766.
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
    // on SQLite a statement with a list of values is prepared anew each time
    if let [id] = ids {
        return Ok(db::on!(db, c => d::table.filter(d::id.eq(id)).load(c))?);
    }
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

/// Narrows a query over devices to those that an actor may see, and asks for; `few` are those
/// among which they are, if that is known. What waits too
/// long is for the caller to add, who knows the limits.
macro_rules! narrowed {
    ($query:expr, $scope:expr, $filter:expr, $few:expr) => {{
        use db::schema::device_contradictions as dc;
        use diesel::{ExpressionMethods, QueryDsl, TextExpressionMethods};
        let (mut query, filter) = ($query, $filter);
        match $scope {
            Scope::All | Scope::Nothing => {}
            Scope::Donor(donor) => query = query.filter(d::donor_id.eq(donor)),
            Scope::Workshop(workshop) => query = query.filter(d::workshop_id.eq(workshop)),
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
        if let Some(contradicts) = filter.contradicts {
            let open = dc::table.select(dc::device_id);
            query = match contradicts {
                true => query.filter(d::id.eq_any(open)),
                false => query.filter(d::id.ne_all(open)),
            };
        }
        if let Some(grade) = filter.grade {
            query = query.filter(d::grade.eq(grade));
        }
        if let Some(transfer) = filter.transfer_id {
            query = query.filter(d::transfer_id.eq(transfer));
        }
        if let Some(before) = filter.stage_before {
            query = query.filter(d::stage_at.lt(before));
        }
        if let Some(few) = $few {
            query = query.filter(d::id.eq_any(few));
        }
        if let Some(location) = filter.location.as_deref() {
            let ending = crate::rules::location_key(location);
            query = query.filter(d::search_key.like(format!("%{ending}")));
        }
        if let Some(q) = filter.q.as_deref() {
            query = db::with_words!(query, d::search_key, q);
        }
        query
    }};
}
pub(super) use narrowed;

/// At one of these stages since before its limit.
macro_rules! past_limits {
    ($limits:expr) => {{
        type Condition<Engine> = Box<dyn BoxableExpression<d::table, Engine, SqlType = Bool>>;
        let mut conditions = $limits.iter().map(|(stage, before)| -> Condition<_> {
            Box::new(d::stage.eq(*stage).and(d::stage_at.lt(*before)))
        });
        let first = conditions.next();
        first.map(|first| {
            conditions.fold(first, |any, next| -> Condition<_> {
                Box::new(any.or(next))
            })
        })
    }};
}

/// A page of the devices that an actor may see. With `limits`, those that wait too long.
pub(crate) fn page(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    limits: Option<&BTreeMap<Stage, Instant>>,
    request: &PageRequest,
    after: Option<DeviceId>,
) -> Result<Page<Device>> {
    let few = search::few(db, filter)?;
    if matches!(scope, Scope::Nothing) || few.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    }
    let rows: Vec<Device> = db::on!(db, c => {
        let query = d::table.order(d::id).limit(request.fetch()).into_boxed();
        let mut query = narrowed!(query, scope, filter, few);
        if let Some(condition) = limits.and_then(|limits| past_limits!(limits)) {
            query = query.filter(condition);
        }
        if let Some(after) = after {
            query = query.filter(d::id.gt(after));
        }
        query.load(c)
    })?;
    Ok(Page::from_rows(rows, request, |row| row.id.to_string()))
}

/// Writes new devices.
pub(crate) fn insert_all(db: &mut Db, devices: &[Device]) -> Result<()> {
    db::insert_many!(&mut *db, d::table, devices, at_once: WRITE_CHUNK);
    Ok(())
}

/// The next devices by id.
pub(crate) fn devices_after(
    db: &mut Db,
    after: Option<DeviceId>,
    limit: i64,
) -> Result<Vec<Device>> {
    db::on!(db, c => {
        let mut query = d::table.order(d::id).limit(limit).into_boxed();
        if let Some(after) = after {
            query = query.filter(d::id.gt(after));
        }
        Ok(query.load(c)?)
    })
}

/// Seals a device whose log was written before there were keys.
pub(crate) fn seal(db: &mut Db, device: &Device, head: &[u8]) -> Result<()> {
    diesel::update(
        d::table
            .find(device.id)
            .filter(d::custody_head.eq(&device.custody_head)),
    )
    .set(d::custody_head.eq(head))
    .execute(db)?;
    Ok(())
}
