//! How many devices stand where.

use std::collections::BTreeMap;

use db::schema::{batches as b, devices as d};
use db::sql::Moment;
use db::{Db, Result};
use diesel::dsl::count_star;
use diesel::prelude::*;
use kernel::{BatchId, DeviceKind, Instant, OrganisationId};

use super::devices::narrowed;
use super::{Scope, search};
use crate::model::{CountBy, DeviceFilter, Stage};

diesel::define_sql_function! {
    /// The first of many moments; none of none.
    #[aggregate]
    #[sql_name = "min"]
    fn earliest(at: Moment) -> Nullable<Moment>;
}

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

/// Counts devices by stage and, when asked for, by something else.
pub(crate) fn counts(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    by: Option<CountBy>,
) -> Result<Vec<GroupCount>> {
    let few = search::few(db, filter)?;
    macro_rules! by_column {
        ($column:expr, $key:ty, $group:expr) => {{
            let query = d::table
                .group_by(($column, d::stage))
                .select(($column, d::stage, count_star()))
                .into_boxed();
            let rows: Vec<($key, Stage, i64)> =
                narrowed!(query, scope, filter, few.clone()).load(db)?;
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
            let rows: Vec<(Stage, i64)> = narrowed!(query, scope, filter, few).load(db)?;
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
        let query = d::table
            .filter(d::stage.eq(*stage))
            .filter(d::stage_at.lt(*before))
            .select((count_star(), earliest(d::stage_at)))
            .into_boxed();
        let (count, since): (i64, Option<Instant>) =
            narrowed!(query, scope, filter, few.clone()).first(db)?;
        if let Some(since) = since {
            found.insert(*stage, (count, since));
        }
    }
    Ok(found)
}

/// The references of batches.
pub(crate) fn batch_references(db: &mut Db, ids: &[BatchId]) -> Result<Vec<(BatchId, String)>> {
    Ok(b::table
        .filter(b::id.eq_any(ids))
        .select((b::id, b::reference))
        .load(db)?)
}
