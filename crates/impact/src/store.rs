//! What is counted. No decisions.

use std::collections::BTreeMap;

use db::schema::{devices as d, organisations as o, wave_devices as v, waves as w};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{DeviceKind, OrganisationId, ProgrammeId};

use crate::rules::Places;

/// So many devices in each stage.
pub(crate) type Stages = BTreeMap<String, u64>;

/// Devices of these kinds, by stage.
pub(crate) fn devices_by_stage(db: &mut Db, kinds: &[DeviceKind]) -> Result<Stages> {
    let rows = d::table
        .filter(d::kind.eq_any(kinds.to_vec()))
        .group_by(d::stage)
        .select((d::stage, diesel::dsl::count_star()))
        .load(db)?;
    Ok(counted(rows))
}

/// Devices of these kinds on lines of other programmes' waves, by stage.
pub(crate) fn given_elsewhere(
    db: &mut Db,
    programme: ProgrammeId,
    kinds: &[DeviceKind],
) -> Result<Stages> {
    let rows = v::table
        .inner_join(w::table.on(w::id.eq(v::wave_id)))
        .inner_join(d::table.on(d::id.eq(v::device_id)))
        .filter(w::programme_id.ne(programme))
        .filter(v::released_at.is_null())
        .filter(v::cycle.eq(d::cycle))
        .filter(d::kind.eq_any(kinds.to_vec()))
        .group_by(d::stage)
        .select((d::stage, diesel::dsl::count_star()))
        .load(db)?;
    Ok(counted(rows))
}

fn counted(rows: Vec<(String, i64)>) -> Stages {
    rows.into_iter()
        .map(|(stage, count)| (stage, u64::try_from(count).unwrap_or(0)))
        .collect()
}

/// Where these associations are.
pub(crate) fn places(db: &mut Db, ids: &[OrganisationId]) -> Result<Places> {
    let mut places = Places::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let rows: Vec<(OrganisationId, String, String)> = o::table
            .filter(o::id.eq_any(chunk))
            .select((o::id, o::postal_code, o::commune))
            .load(db)?;
        places.extend(
            rows.into_iter()
                .map(|(id, postal_code, commune)| (id, (postal_code, commune))),
        );
    }
    Ok(places)
}
