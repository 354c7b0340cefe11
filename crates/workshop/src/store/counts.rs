//! How many devices stand where.

use std::collections::BTreeMap;

use db::schema::{batches as b, device_counts as c, devices as d};
use db::{Db, Result, counts as kept_counts};
use diesel::dsl::count_star;
use diesel::prelude::*;
use kernel::{BatchId, DeviceId, DeviceKind, Instant, OrganisationId};

use super::devices::{narrowed, some_waiting};
use super::{Scope, search};
use crate::model::{CountBy, DeviceFilter, Stage};

/// What a count is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Group {
    All,
    Workshop(Option<OrganisationId>),
    Batch(BatchId),
    Kind(DeviceKind),
}

/// So many devices of a group at a stage.
pub(crate) type GroupCount = (Group, Stage, i64);

/// The same from the counts that are kept, where these are of what is asked for; none where the
/// devices have to be counted.
pub(crate) fn kept(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    by: Option<CountBy>,
) -> Result<Option<Vec<GroupCount>>> {
    let Some((side, holder)) = side(scope, filter, by) else {
        return Ok(None);
    };
    let mut query = c::table
        .filter(c::side.eq(side))
        .filter(c::devices.ne(0))
        .select((c::holder, c::kind, c::stage, c::devices))
        .into_boxed();
    if let Some(holder) = holder {
        query = query.filter(c::holder.eq(holder));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(c::kind.eq(kind));
    }
    if let Some(stage) = filter.stage {
        query = query.filter(c::stage.eq(stage));
    }
    if let Some(grade) = filter.grade {
        query = query.filter(c::grade.eq(grade));
    }
    let rows: Vec<(OrganisationId, DeviceKind, Stage, i64)> = query.load(db)?;
    let mut sums: BTreeMap<(Group, Stage), i64> = BTreeMap::new();
    for (holder, kind, stage, devices) in rows {
        let group = match by {
            Some(CountBy::Workshop) => {
                Group::Workshop(Some(holder).filter(|id| *id != kept_counts::nobody()))
            }
            Some(CountBy::Kind) => Group::Kind(kind),
            Some(CountBy::Batch) | None => Group::All,
        };
        *sums.entry((group, stage)).or_default() += devices;
    }
    let sums = sums.into_iter();
    Ok(Some(
        sums.map(|((group, stage), count)| (group, stage, count))
            .collect(),
    ))
}

/// Which of the kept counts are those of a scope and a filter, and whose.
fn side(
    scope: Scope,
    filter: &DeviceFilter,
    by: Option<CountBy>,
) -> Option<(&'static str, Option<OrganisationId>)> {
    let else_narrowed = filter.batch_id.is_some()
        || filter.location.is_some()
        || filter.stage_before.is_some()
        || filter.transfer_id.is_some()
        || filter.contradicts.is_some()
        || filter.arrival.is_some()
        || filter.q.is_some();
    if else_narrowed || by == Some(CountBy::Batch) {
        return None;
    }
    match (scope, filter.workshop_id, by) {
        (Scope::All, None, Some(CountBy::Workshop)) => Some((kept_counts::WORKSHOP, None)),
        (Scope::All, None, _) => Some((kept_counts::ALL, None)),
        (Scope::All, Some(workshop), _) => Some((kept_counts::WORKSHOP, Some(workshop))),
        (Scope::Workshop(own), asked, _) if asked.is_none_or(|asked| asked == own) => {
            Some((kept_counts::WORKSHOP, Some(own)))
        }
        (Scope::Donor(donor), None, None | Some(CountBy::Kind)) => {
            Some((kept_counts::DONOR, Some(donor)))
        }
        _ => None,
    }
}

/// Counts devices by stage and, when asked for, by something else.
pub(crate) fn counts(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    by: Option<CountBy>,
) -> Result<Vec<GroupCount>> {
    if let Some(kept) = kept(db, scope, filter, by)? {
        return Ok(kept);
    }
    let (few, engine) = (search::few(db, filter)?, db.engine());
    macro_rules! by_column {
        ($column:expr, $key:ty, $group:expr) => {{
            let query = d::table
                .group_by(($column, d::stage))
                .select(($column, d::stage, count_star()))
                .into_boxed();
            let rows: Vec<($key, Stage, i64)> =
                narrowed!(query, engine, scope, filter, few.clone()).load(db)?;
            rows.into_iter()
                .map(|(key, stage, count)| ($group(key), stage, count))
                .collect()
        }};
    }
    if matches!(scope, Scope::Nothing) || few.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    Ok(match by {
        None => {
            let query = d::table
                .group_by(d::stage)
                .select((d::stage, count_star()))
                .into_boxed();
            let rows: Vec<(Stage, i64)> = narrowed!(query, engine, scope, filter, few).load(db)?;
            rows.into_iter()
                .map(|(stage, count)| (Group::All, stage, count))
                .collect()
        }
        Some(CountBy::Workshop) => {
            by_column!(d::workshop_id, Option<OrganisationId>, Group::Workshop)
        }
        Some(CountBy::Batch) => by_column!(d::batch_id, BatchId, Group::Batch),
        Some(CountBy::Kind) => by_column!(d::kind, DeviceKind, Group::Kind),
    })
}

/// What has stood at a stage since before its limit: how many, and since when the first.
pub(crate) fn waiting(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    limits: &BTreeMap<Stage, Instant>,
) -> Result<BTreeMap<Stage, (i64, Instant)>> {
    let mut found = BTreeMap::new();
    if matches!(scope, Scope::Nothing) {
        return Ok(found);
    }
    let few = search::few(db, filter)?;
    if few.as_ref().is_some_and(Vec::is_empty) {
        return Ok(found);
    }
    for (stage, before) in limits {
        if filter.stage.is_some_and(|asked| asked != *stage) {
            continue;
        }
        let filter = DeviceFilter {
            stage: Some(*stage),
            ..filter.clone()
        };
        if let Some(since) = longest_at(db, scope, &filter, &few, *before)? {
            let count = count_waiting(db, scope, &filter, &few, *before)?;
            found.insert(*stage, (count, since));
        }
    }
    Ok(found)
}

/// Since when the first device has stood at the stage of a filter, if that is before a moment.
fn longest_at(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    few: &Option<Vec<DeviceId>>,
    before: Instant,
) -> Result<Option<Instant>> {
    let engine = db.engine();
    let query = d::table
        .filter(d::stage_at.lt(before))
        .order(d::stage_at)
        .select(d::stage_at)
        .limit(1)
        .into_boxed();
    let query = narrowed!(query, engine, scope, filter, few.clone());
    Ok(query.first(db).optional()?)
}

fn count_waiting(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    few: &Option<Vec<DeviceId>>,
    before: Instant,
) -> Result<i64> {
    let (more, found) = some_waiting(db, scope, filter, few, before)?;
    if !more {
        return Ok(found);
    }
    let (engine, all) = (db.engine(), kept(db, scope, filter, None)?);
    macro_rules! count {
        ($condition:expr) => {{
            let query = d::table
                .filter($condition)
                .select(count_star())
                .into_boxed();
            narrowed!(query, engine, scope, filter, few.clone()).first::<i64>(db)?
        }};
    }
    Ok(match all {
        Some(all) => {
            let all: i64 = all.iter().map(|(_, _, devices)| devices).sum();
            all - count!(d::stage_at.ge(before))
        }
        None => count!(d::stage_at.lt(before)),
    })
}

/// The references of batches.
pub(crate) fn batch_references(db: &mut Db, ids: &[BatchId]) -> Result<Vec<(BatchId, String)>> {
    Ok(b::table
        .filter(b::id.eq_any(ids))
        .select((b::id, b::reference))
        .load(db)?)
}
