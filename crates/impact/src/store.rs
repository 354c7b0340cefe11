//! What is counted. No decisions.

use std::collections::BTreeMap;

use db::schema::{devices as d, organisations as o};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{DeviceKind, OrganisationId};

use crate::rules::Places;

/// Devices of these kinds, by stage.
pub(crate) fn devices_by_stage(db: &mut Db, kinds: &[DeviceKind]) -> Result<BTreeMap<String, u64>> {
    let rows: Vec<(String, i64)> = d::table
        .filter(d::kind.eq_any(kinds.to_vec()))
        .group_by(d::stage)
        .select((d::stage, diesel::dsl::count_star()))
        .load(db)?;
    Ok(rows
        .into_iter()
        .map(|(stage, count)| (stage, u64::try_from(count).unwrap_or(0)))
        .collect())
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
