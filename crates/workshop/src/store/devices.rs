//! Devices.

use std::collections::BTreeMap;

use db::schema::devices as d;
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Actor, BatchId, DeviceId, Instant, OrganisationId, PageRequest, Role};

use super::{LOOKUP_CHUNK, search};
use crate::model::{Device, DeviceFilter, DeviceItem, Stage};

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
            Role::Association | Role::Helper => Self::Nothing,
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

/// The same as a list shows them, the oldest first.
pub(crate) fn items(db: &mut Db, ids: &[DeviceId]) -> Result<Vec<DeviceItem>> {
    Ok(db::on!(db, c => {
        d::table
            .filter(d::id.eq_any(ids))
            .order(d::id)
            .select(DeviceItem::as_select())
            .load(c)
    })?)
}

/// Keeps others off a device until the transaction ends.
pub(crate) fn lock(db: &mut Db, id: DeviceId) -> Result<()> {
    if let Db::Postgres(connection) = db {
        let locked: Option<DeviceId> = d::table
            .find(id)
            .select(d::id)
            .for_update()
            .first(connection)
            .optional()?;
        // one that is not there is told by whoever asks for it
        let _ = locked;
    }
    Ok(())
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
/// long is for the caller to add, who knows the limits. On SQLite a scan ends in time.
macro_rules! narrowed {
    ($query:expr, $engine:expr, $scope:expr, $filter:expr, $few:expr) => {{
        use db::schema::device_contradictions as dc;
        use diesel::sql_types::{Bool, Text};
        use diesel::{ExpressionMethods, QueryDsl};
        let (mut query, filter) = ($query, $filter);
        match $scope {
            Scope::All => {}
            Scope::Nothing => query = query.filter(diesel::dsl::sql::<Bool>("FALSE")),
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
        if let Some(arrival) = filter.arrival {
            use crate::model::Arrival;
            query = match arrival {
                Arrival::Unexpected => query.filter(d::manifest_line.is_null()),
                Arrival::Awaited => query
                    .filter(d::manifest_line.is_not_null())
                    .filter(d::received_at.is_null()),
                Arrival::Received => query
                    .filter(d::manifest_line.is_not_null())
                    .filter(d::received_at.is_not_null()),
            };
        }
        if let Some(few) = $few {
            query = query.filter(d::id.eq_any(few));
        }
        if let Some(location) = filter.location.as_deref() {
            let place = crate::rules::location_key(location);
            query = query.filter(
                diesel::dsl::sql::<Bool>(crate::store::search::place_is($engine))
                    .bind::<Text, _>(place.trim_start().to_owned())
                    .sql(")"),
            );
        }
        if let Some(q) = filter.q.as_deref() {
            query = db::with_words!(query, d::search_key, q);
            if $engine == db::Engine::Sqlite {
                query = query.filter(db::watch::still_wanted());
            }
        }
        query
    }};
}
pub(super) use narrowed;

/// Devices that are looked at for words that too many have, or that are too short to be indexed,
/// before a page is ended: the next page goes on from there.
const LOOKED_AT: i64 = 30_000;

/// Devices of a page.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub rows: Vec<DeviceItem>,
    /// After which the next page begins, if there is one.
    pub after: Option<DeviceId>,
}

/// A page of the devices that an actor may see. With `limits`, those that wait too long.
pub(crate) fn page(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    limits: Option<&BTreeMap<Stage, Instant>>,
    request: &PageRequest,
    after: Option<DeviceId>,
) -> Result<Listed> {
    let few = search::few(db, filter)?;
    if matches!(scope, Scope::Nothing) || few.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Listed::default());
    }
    let range = Range {
        after,
        last: match few {
            None if filter.q.is_some() => last_looked_at(db, scope, filter, after)?,
            _ => None,
        },
    };
    let mut rows = Vec::new();
    match limits {
        None => rows = listed(db, scope, filter, few, request, range)?,
        Some(limits) => {
            // a page of each stage, of which the first are the page of all
            for (stage, before) in limits {
                if filter.stage.is_some_and(|asked| asked != *stage) {
                    continue;
                }
                let filter = DeviceFilter {
                    stage: Some(*stage),
                    stage_before: Some(filter.stage_before.map_or(*before, |at| at.min(*before))),
                    ..filter.clone()
                };
                let mut range = range;
                if range.after.is_none() && many_wait(db, scope, &filter, &few)? {
                    // says nothing but that a range of ids is asked for: the index in that order is
                    // walked, in place of putting all that waits into it
                    range.after = Some(db::counts::nobody());
                }
                rows.extend(listed(db, scope, &filter, few.clone(), request, range)?);
            }
            rows.sort_unstable_by_key(|device| device.id);
            rows.truncate(usize::try_from(request.fetch()).unwrap_or(usize::MAX));
        }
    }
    let most = usize::try_from(request.fetch() - 1).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let after = match more {
        true => rows.last().map(|device| device.id),
        false => range.last,
    };
    Ok(Listed { rows, after })
}

/// Devices that are counted one by one. Where more wait, those that do not are counted, and taken
/// from the count that is kept of all: few of what so many wait for has come of late.
const COUNTED: i64 = 2_000;

/// Whether more devices of a filter than are counted one by one have stood at a stage since before
/// a moment; how many those are, up to there.
pub(super) fn some_waiting(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    few: &Option<Vec<DeviceId>>,
    before: Instant,
) -> Result<(bool, i64)> {
    let engine = db.engine();
    let query = d::table
        .filter(d::stage_at.lt(before))
        .select(diesel::dsl::sql::<diesel::sql_types::Integer>("1"))
        .limit(COUNTED + 1)
        .into_boxed();
    let found: Vec<i32> = narrowed!(query, engine, scope, filter, few.clone()).load(db)?;
    let found = i64::try_from(found.len()).unwrap_or(i64::MAX);
    Ok((found > COUNTED, found))
}

fn many_wait(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    few: &Option<Vec<DeviceId>>,
) -> Result<bool> {
    let Some(before) = filter.stage_before else {
        return Ok(false);
    };
    Ok(some_waiting(db, scope, filter, few, before)?.0)
}

/// Between which devices, by id, a page is looked for.
#[derive(Debug, Clone, Copy)]
struct Range {
    after: Option<DeviceId>,
    last: Option<DeviceId>,
}

/// Where a list by time at the stage goes on.
pub(crate) type Since = (Instant, DeviceId);

/// The devices that have stood longest at one of these stages, and where the list goes on.
pub(crate) fn longest(
    db: &mut Db,
    scope: Scope,
    stages: &[Stage],
    request: &PageRequest,
    after: Option<Since>,
) -> Result<(Vec<DeviceItem>, Option<Since>)> {
    if matches!(scope, Scope::Nothing) {
        return Ok((Vec::new(), None));
    }
    let engine = db.engine();
    let mut rows: Vec<DeviceItem> = Vec::new();
    // a page of each stage, of which the first are the page of all
    for stage in stages {
        let filter = DeviceFilter {
            stage: Some(*stage),
            ..DeviceFilter::default()
        };
        let few: Option<Vec<DeviceId>> = None;
        rows.extend(db::on!(&mut *db, c => {
            let query = d::table
                .select(DeviceItem::as_select())
                .order((d::stage_at, d::id))
                .limit(request.fetch())
                .into_boxed();
            let mut query = narrowed!(query, engine, scope, &filter, few);
            if let Some((at, id)) = after {
                query = query
                    .filter(d::stage_at.ge(at))
                    .filter(d::stage_at.gt(at).or(d::id.gt(id)));
            }
            query.load(c)
        })?);
    }
    rows.sort_unstable_by_key(|device| (device.stage_at, device.id));
    let most = usize::try_from(request.fetch() - 1).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let last = rows.last().filter(|_| more);
    let next = last.map(|device| (device.stage_at, device.id));
    Ok((rows, next))
}

fn listed(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    few: Option<Vec<DeviceId>>,
    request: &PageRequest,
    range: Range,
) -> Result<Vec<DeviceItem>> {
    let engine = db.engine();
    macro_rules! within {
        ($columns:expr) => {{
            let query = d::table
                .select($columns)
                .order(d::id)
                .limit(request.fetch())
                .into_boxed();
            let mut query = narrowed!(query, engine, scope, filter, few);
            if let Some(after) = range.after {
                query = query.filter(d::id.gt(after));
            }
            if let Some(last) = range.last {
                query = query.filter(d::id.le(last));
            }
            query
        }};
    }
    Ok(match db {
        Db::Sqlite(c) => within!(DeviceItem::as_select()).load(c)?,
        // the ids first, from an index that has the filters: PostgreSQL takes devices at a stage for
        // spread evenly and walks the primary key, past two million to the newest
        Db::Postgres(c) => d::table
            .filter(d::id.eq_any(within!(d::id)))
            .order(d::id)
            .select(DeviceItem::as_select())
            .load(c)?,
    })
}

/// The last device that is looked at for words; none when the list ends before.
fn last_looked_at(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    after: Option<DeviceId>,
) -> Result<Option<DeviceId>> {
    let engine = db.engine();
    let filter = DeviceFilter {
        q: None,
        ..filter.clone()
    };
    let few: Option<Vec<DeviceId>> = None;
    Ok(db::on!(db, c => {
        let query = d::table
            .select(d::id)
            .order(d::id)
            .offset(LOOKED_AT - 1)
            .limit(1)
            .into_boxed();
        let mut query = narrowed!(query, engine, scope, filter, few);
        if let Some(after) = after {
            query = query.filter(d::id.gt(after));
        }
        query.first(c)
    })
    .optional()?)
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
