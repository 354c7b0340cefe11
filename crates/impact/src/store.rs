//! What is counted. No decisions.

use std::collections::BTreeMap;

use db::schema::{device_counts as c, organisations as o};
use db::{Db, Result, counts};
use diesel::prelude::*;
use kernel::{DeviceKind, OrganisationId, ProgrammeId};

use crate::rules::Places;

/// So many devices in each stage.
pub(crate) type Stages = BTreeMap<String, u64>;

/// A kept count: what it is of, whose, at which stage.
type Row = (String, ProgrammeId, String, i64);

/// Devices of these kinds, by stage: all, and those on lines of other programmes' waves.
pub(crate) fn devices_by_stage(
    db: &mut Db,
    programme: ProgrammeId,
    kinds: &[DeviceKind],
) -> Result<(Stages, Stages)> {
    let rows: Vec<Row> = c::table
        .filter(c::side.eq_any([counts::ALL, counts::PROGRAMME]))
        .filter(c::kind.eq_any(kinds.to_vec()))
        .filter(c::devices.ne(0))
        .select((c::side, c::holder, c::stage, c::devices))
        .load(db)?;
    let (mut all, mut elsewhere) = (Stages::new(), Stages::new());
    for (side, holder, stage, devices) in rows {
        let stages = match side.as_str() {
            counts::ALL => &mut all,
            _ if holder != programme => &mut elsewhere,
            _ => continue,
        };
        *stages.entry(stage).or_default() += u64::try_from(devices).unwrap_or(0);
    }
    Ok((all, elsewhere))
}

/// How often something changed of what a programme gave, or of where associations are.
pub(crate) fn changes(db: &mut Db, programme: ProgrammeId) -> Result<i64> {
    let rows: Vec<i64> = c::table
        .filter(c::side.eq(counts::GIVEN))
        .filter(c::holder.eq_any([programme, counts::nobody()]))
        .select(c::devices)
        .load(db)?;
    Ok(rows.into_iter().sum())
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
