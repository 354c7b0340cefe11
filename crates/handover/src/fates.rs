//! What became of each device of a batch, as its donor may know it: how far it has come, whether
//! its data is proven gone, and in which commune or arrondissement it serves. Never which
//! association has it: nobody has asked them.

use std::collections::BTreeMap;

use db::schema::{devices as d, organisations as o, wave_devices as w, wave_lines as l};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Actor, BatchId, DeviceId, DeviceKind, Instant, Page, PageRequest, text_enum};
use serde::Serialize;
use utoipa::ToSchema;
use workshop::Stage;

text_enum! {
    /// How far a device has come, as its donor may know it.
    pub enum Fate {
        /// On the list, not counted yet.
        Expected = "expected",
        /// Announced and not found, or lost.
        Missing = "missing",
        /// A workshop works on it.
        InWorkshop = "in_workshop",
        /// Complete: waits for an association.
        Ready = "ready",
        /// An association will receive it.
        Promised = "promised",
        /// An association uses it.
        Serving = "serving",
        /// Its parts repair others.
        Parts = "parts",
        /// Recycled.
        Recycled = "recycled",
    }
}

impl From<Stage> for Fate {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Expected => Self::Expected,
            Stage::Missing => Self::Missing,
            Stage::Received
            | Stage::Triaged
            | Stage::Erased
            | Stage::Tested
            | Stage::InRepair
            | Stage::Graded
            | Stage::Returned => Self::InWorkshop,
            Stage::Ready => Self::Ready,
            Stage::Reserved => Self::Promised,
            Stage::HandedOver => Self::Serving,
            Stage::Parts => Self::Parts,
            Stage::Scrapped => Self::Recycled,
        }
    }
}

impl Fate {
    fn stages(self) -> Vec<Stage> {
        let stages = Stage::ALL.iter().copied();
        stages.filter(|stage| Self::from(*stage) == self).collect()
    }
}

/// Where a device serves: no smaller than a commune or an arrondissement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Place {
    /// Its postal code.
    pub postal_code: String,
    /// Its name.
    pub commune: String,
}

/// What became of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceFate {
    /// The device.
    #[schema(value_type = String, format = "uuid")]
    pub id: DeviceId,
    /// The label that the workshop sticks on it.
    pub tag: String,
    /// The maker's serial number.
    pub serial: Option<String>,
    /// What it is.
    pub kind: DeviceKind,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// How far it has come.
    pub fate: Fate,
    /// Since when.
    pub since: Instant,
    /// Every drive that it was seen with is proven erased, destroyed or absent.
    pub erasure_proven: bool,
    /// Where it serves; null as long as it serves nowhere.
    pub place: Option<Place>,
}

/// The devices of a batch in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FateCounts {
    /// How many came.
    pub received: i64,
    /// Of these, with the proof that their data is gone.
    pub proven: i64,
    /// By how far they have come; what there is none of is left out.
    #[schema(value_type = Object)]
    pub fates: BTreeMap<Fate, i64>,
    /// Where they serve, and how many.
    pub places: Vec<PlaceCount>,
}

/// Devices that serve in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceCount {
    /// The place.
    #[serde(flatten)]
    pub place: Place,
    /// How many.
    pub devices: i64,
}

impl FateCounts {
    /// How many have come so far.
    pub fn of(&self, fate: Fate) -> i64 {
        self.fates.get(&fate).copied().unwrap_or_default()
    }
}

/// What a list of fates is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct FateFilter {
    /// Only those that have come so far.
    pub fate: Option<Fate>,
    /// Any part of serial number, tag, maker or model.
    pub q: Option<String>,
}

type Row = (
    (DeviceId, String, Option<String>, DeviceKind),
    (Option<String>, Option<String>, Stage, Instant, bool, i32),
);

/// What became of each device of a batch, by their ids, for those who see the batch.
///
/// # Errors
/// `not_found`.
pub fn fates(
    db: &mut Db,
    actor: &Actor,
    id: BatchId,
    filter: &FateFilter,
    page: &PageRequest,
) -> Result<Page<DeviceFate>> {
    let batch = intake::batch(db, actor, id)?;
    let mut query = d::table
        .filter(d::batch_id.eq(batch.id))
        .order(d::id)
        .limit(page.fetch())
        .select((
            (d::id, d::tag, d::serial, d::kind),
            (
                d::manufacturer,
                d::model,
                d::stage,
                d::stage_at,
                d::erasure_proven,
                d::cycle,
            ),
        ))
        .into_boxed();
    if let Some(fate) = filter.fate {
        query = query.filter(d::stage.eq_any(fate.stages()));
    }
    if let Some(q) = filter.q.as_deref() {
        query = db::with_words!(query, d::search_key, q);
    }
    if let Some(after) = page.after::<DeviceId>()? {
        query = query.filter(d::id.gt(after));
    }
    let rows: Vec<Row> = query.load(db)?;
    let serving: Vec<DeviceId> = rows
        .iter()
        .filter(|row| row.1.2 == Stage::HandedOver)
        .map(|row| row.0.0)
        .collect();
    let mut places = places(db, &serving)?;
    let told = rows.into_iter().map(|(named, state)| {
        let (id, tag, serial, kind) = named;
        let (manufacturer, model, stage, since, erasure_proven, cycle) = state;
        DeviceFate {
            place: places.remove(&(id, cycle)),
            fate: stage.into(),
            id,
            tag,
            serial,
            kind,
            manufacturer,
            model,
            since,
            erasure_proven,
        }
    });
    Ok(Page::from_rows(told.collect(), page, |row| {
        row.id.to_string()
    }))
}

/// The places of those that serve somewhere, each in its cycle.
fn places(db: &mut Db, devices: &[DeviceId]) -> Result<BTreeMap<(DeviceId, i32), Place>> {
    if devices.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(DeviceId, i32, String, String)> = w::table
        .inner_join(l::table.on(l::id.eq(w::line_id)))
        .inner_join(o::table.on(o::id.eq(l::association_id)))
        .filter(w::device_id.eq_any(devices))
        .filter(w::released_at.is_null())
        .select((w::device_id, w::cycle, o::postal_code, o::commune))
        .load(db)?;
    let place = |(id, cycle, postal_code, commune)| {
        let place = Place {
            postal_code,
            commune,
        };
        ((id, cycle), place)
    };
    Ok(rows.into_iter().map(place).collect())
}

/// The devices of a batch in numbers, for those who see the batch.
///
/// # Errors
/// `not_found`.
pub fn fate_counts(db: &mut Db, actor: &Actor, id: BatchId) -> Result<FateCounts> {
    let batch = intake::batch(db, actor, id)?;
    counts_of(db, batch.id)
}

/// The same for whoever follows a batch by its link.
///
/// # Errors
/// When the database fails.
pub fn counts_of(db: &mut Db, batch: BatchId) -> Result<FateCounts> {
    let rows: Vec<(Stage, bool, i64)> = d::table
        .filter(d::batch_id.eq(batch))
        .group_by((d::stage, d::erasure_proven))
        .select((d::stage, d::erasure_proven, diesel::dsl::count_star()))
        .load(db)?;
    let mut counts = FateCounts::default();
    for (stage, proven, devices) in rows {
        let fate = Fate::from(stage);
        *counts.fates.entry(fate).or_default() += devices;
        if !matches!(fate, Fate::Expected | Fate::Missing) {
            counts.received += devices;
            counts.proven += if proven { devices } else { 0 };
        }
    }
    let served: Vec<(String, String, i64)> = w::table
        .inner_join(d::table)
        .inner_join(l::table.on(l::id.eq(w::line_id)))
        .inner_join(o::table.on(o::id.eq(l::association_id)))
        .filter(d::batch_id.eq(batch))
        .filter(d::stage.eq(Stage::HandedOver))
        .filter(w::released_at.is_null())
        .filter(w::cycle.eq(d::cycle))
        .group_by((o::postal_code, o::commune))
        .order((o::postal_code, o::commune))
        .select((o::postal_code, o::commune, diesel::dsl::count_star()))
        .load(db)?;
    counts.places = served
        .into_iter()
        .map(|(postal_code, commune, devices)| PlaceCount {
            place: Place {
                postal_code,
                commune,
            },
            devices,
        })
        .collect();
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_is_one_fate_and_every_fate_has_a_stage() {
        let all: usize = Fate::ALL.iter().map(|fate| fate.stages().len()).sum();
        assert_eq!(all, Stage::ALL.len());
        assert!(Fate::ALL.iter().all(|fate| !fate.stages().is_empty()));
        assert_eq!(Fate::from(Stage::HandedOver), Fate::Serving);
    }
}
