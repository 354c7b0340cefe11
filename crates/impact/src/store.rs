//! What is counted. No decisions.

use std::collections::BTreeMap;

use db::schema::{device_counts as c, organisations as o, programmes as p};
use db::{Db, Result, counts};
use diesel::prelude::*;
use kernel::{DeviceKind, OrganisationId, ProgrammeId};
use serde::{Deserialize, Serialize};

use crate::rules::Places;

/// So many devices in each stage.
pub(crate) type Stages = BTreeMap<String, u64>;

/// A kept count: what it is of, whose, at which stage.
type Row = (String, ProgrammeId, String, i64);

#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Kinds(Vec<DeviceKind>);
db::json_column!(Kinds);

/// Every programme: its id, its name, what it gives.
pub(crate) fn programmes(db: &mut Db) -> Result<Vec<(ProgrammeId, String, Vec<DeviceKind>)>> {
    let rows: Vec<(ProgrammeId, String, Kinds)> = p::table
        .order(p::id)
        .select((p::id, p::name, p::kinds))
        .load(db)?;
    let row = |(id, name, kinds): (_, _, Kinds)| (id, name, kinds.0);
    Ok(rows.into_iter().map(row).collect())
}

/// A count of devices: its side, whose, of what kind, at which stage.
type Count = (String, ProgrammeId, String, String, i64);

/// The kept counts of all programmes.
pub(crate) struct Counts(Vec<Count>);

/// Reads them.
pub(crate) fn all_counts(db: &mut Db) -> Result<Counts> {
    let rows = c::table
        .filter(c::side.eq_any([counts::ALL, counts::PROGRAMME, counts::GIVEN]))
        .filter(c::devices.ne(0))
        .select((c::side, c::holder, c::kind, c::stage, c::devices))
        .load(db)?;
    Ok(Counts(rows))
}

impl Counts {
    /// As [`devices_by_stage`].
    pub(crate) fn stages(&self, programme: ProgrammeId, kinds: &[DeviceKind]) -> (Stages, Stages) {
        let (mut all, mut elsewhere) = (Stages::new(), Stages::new());
        for (side, holder, kind, stage, devices) in &self.0 {
            if !kinds.iter().any(|known| known.as_str() == kind) {
                continue;
            }
            let stages = match side.as_str() {
                counts::ALL => &mut all,
                counts::PROGRAMME if *holder != programme => &mut elsewhere,
                _ => continue,
            };
            *stages.entry(stage.clone()).or_default() += u64::try_from(*devices).unwrap_or(0);
        }
        (all, elsewhere)
    }

    /// As [`changes`].
    pub(crate) fn given(&self, programme: ProgrammeId) -> i64 {
        let holders = [programme, counts::nobody()];
        let own = self
            .0
            .iter()
            .filter(|(side, holder, ..)| side == counts::GIVEN && holders.contains(holder));
        own.map(|(.., devices)| devices).sum()
    }
}

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

/// The same of all programmes together.
pub(crate) fn all_changes(db: &mut Db) -> Result<i64> {
    let rows: Vec<i64> = c::table
        .filter(c::side.eq(counts::GIVEN))
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
