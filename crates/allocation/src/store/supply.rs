//! The devices that a plan counts on: what is ready, the table `wave_supply`, and what
//! became of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use db::schema::{batches, devices as d, drives as r, wave_devices as v, wave_supply as s};
use db::{Db, Result};
use diesel::dsl::{InnerJoinQuerySource, auto_type, count_star, exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{BatchId, DeviceId, DeviceKind, Grade, OrganisationId, WaveId};
use workshop::EraseMethod;

use super::IDS;
use crate::model::{LotDevice, Supply};
use crate::rules::{DeviceChange, Shelf, Spare};

/// The stage in which a device may be given.
const READY: &str = "ready";

/// A drive of the device's present life was proven by overwriting it.
#[auto_type(no_type_alias)]
fn overwritten() -> _ {
    let clear: EraseMethod = EraseMethod::Clear;
    exists(
        r::table
            .filter(r::device_id.eq(d::id))
            .filter(r::cycle.eq(d::cycle))
            .filter(r::proven.eq(true))
            .filter(r::method.eq(clear)),
    )
}

/// What a wave may give: what its supply says, and whether the programme's rubric takes
/// devices whose drives were overwritten.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) kinds: &'a [DeviceKind],
    pub(crate) supply: &'a Supply,
    pub(crate) clear_counts: bool,
}

/// The ready devices of a kind that a supply takes, whatever the rubric says of their drives.
macro_rules! matching {
    ($supply:expr, $kind:expr) => {{
        let mut query = d::table
            .filter(d::stage.eq(READY))
            .filter(d::kind.eq($kind))
            .into_boxed();
        if let Some(grades) = &$supply.grades {
            query = query.filter(d::grade.eq_any(grades.clone()));
        }
        if let Some(batches) = &$supply.batch_ids {
            query = query.filter(d::batch_id.eq_any(batches.clone()));
        }
        query
    }};
}

/// The ready devices that a wave may give, by kind, those ready for longest first, each with
/// its batch.
pub(crate) fn ready_devices(
    db: &mut Db,
    wanted: Wanted<'_>,
) -> Result<BTreeMap<DeviceKind, Vec<(DeviceId, BatchId)>>> {
    let supply = wanted.supply;
    let named = named(supply);
    let mut found = BTreeMap::new();
    for &kind in wanted.kinds {
        let mut query = matching!(supply, kind)
            .order((d::ready_at.asc(), d::id.asc()))
            .select((d::id, d::batch_id));
        if !wanted.clear_counts {
            query = query.filter(not(overwritten()));
        }
        let mut devices: Vec<(DeviceId, BatchId)> = query.load(db)?;
        if let Some(named) = &named {
            devices.retain(|(id, _)| named.contains(id));
        }
        if let Some(&most) = supply.at_most.as_ref().and_then(|most| most.get(&kind)) {
            devices.truncate(usize::try_from(most).unwrap_or(0));
        }
        if !devices.is_empty() {
            found.insert(kind, devices);
        }
    }
    Ok(found)
}

/// So many ready devices that are alike, as far as a wave looks at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stock {
    pub(crate) kind: DeviceKind,
    pub(crate) grade: Option<Grade>,
    pub(crate) workshop: Option<OrganisationId>,
    pub(crate) batch: BatchId,
    pub(crate) devices: u64,
}

/// What [`ready_devices`] finds, counted along the index `devices_ready` and before `at_most` and
/// `device_ids`.
pub(crate) fn stock(db: &mut Db, wanted: Wanted<'_>) -> Result<Vec<Stock>> {
    type Row = (Option<Grade>, Option<OrganisationId>, BatchId, i64);
    let mut found = Vec::new();
    for &kind in wanted.kinds {
        let mut query = d::table
            .filter(sql::<Bool>("devices.stage = 'ready'"))
            .filter(d::kind.eq(kind))
            .group_by((d::grade, d::workshop_id, d::batch_id))
            .select((d::grade, d::workshop_id, d::batch_id, count_star()))
            .into_boxed();
        if let Some(grades) = &wanted.supply.grades {
            query = query.filter(d::grade.eq_any(grades.clone()));
        }
        if let Some(batches) = &wanted.supply.batch_ids {
            query = query.filter(d::batch_id.eq_any(batches.clone()));
        }
        if !wanted.clear_counts {
            query = query.filter(not(overwritten()));
        }
        let rows: Vec<Row> = query.load(db)?;
        found.extend(
            rows.into_iter()
                .map(|(grade, workshop, batch, count)| Stock {
                    kind,
                    grade,
                    workshop,
                    batch,
                    devices: u64::try_from(count).unwrap_or(0),
                }),
        );
    }
    Ok(found)
}

fn named(supply: &Supply) -> Option<HashSet<DeviceId>> {
    let ids = supply.device_ids.as_ref()?;
    Some(ids.iter().copied().collect())
}

/// How many ready devices of each kind the supply would take, and the programme's rubric does
/// not, since their drives were overwritten.
pub(crate) fn left_out(db: &mut Db, wanted: Wanted<'_>) -> Result<BTreeMap<DeviceKind, u64>> {
    let mut counts = BTreeMap::new();
    if wanted.clear_counts {
        return Ok(counts);
    }
    let named = named(wanted.supply);
    for &kind in wanted.kinds {
        let query = matching!(wanted.supply, kind)
            .select(d::id)
            .filter(overwritten());
        let mut devices: Vec<DeviceId> = query.load(db)?;
        if let Some(named) = &named {
            devices.retain(|id| named.contains(id));
        }
        if !devices.is_empty() {
            counts.insert(kind, devices.len() as u64);
        }
    }
    Ok(counts)
}

/// How people name these batches.
pub(crate) fn batch_references(db: &mut Db, ids: &[BatchId]) -> Result<HashMap<BatchId, String>> {
    let rows: Vec<(BatchId, String)> = batches::table
        .filter(batches::id.eq_any(ids.to_vec()))
        .select((batches::id, batches::reference))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

/// Which of these batches do not exist.
pub(crate) fn unknown_batches(db: &mut Db, ids: &[BatchId]) -> Result<Vec<usize>> {
    let mut known: Vec<BatchId> = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS) {
        let found: Vec<BatchId> = batches::table
            .filter(batches::id.eq_any(chunk))
            .select(batches::id)
            .load(db)?;
        known.extend(found);
    }
    Ok(ids
        .iter()
        .enumerate()
        .filter(|(_, id)| !known.contains(id))
        .map(|(at, _)| at)
        .collect())
}

#[derive(Insertable)]
#[diesel(table_name = s, treat_none_as_default_value = false)]
struct NewSupply<'a> {
    wave_id: WaveId,
    device_id: DeviceId,
    class: &'a str,
}

/// Stores what a plan counts on, in place of what the one before did.
pub(crate) fn replace_supply(
    db: &mut Db,
    wave: WaveId,
    devices: &[(DeviceId, &str)],
) -> Result<()> {
    diesel::delete(s::table.filter(s::wave_id.eq(wave))).execute(db)?;
    let row = |&(device_id, class)| NewSupply {
        wave_id: wave,
        device_id,
        class,
    };
    let rows: Vec<NewSupply<'_>> = devices.iter().map(row).collect();
    db::insert_many!(&mut *db, s::table, &rows);
    Ok(())
}

/// How many devices of each class a plan counts on.
pub(crate) fn supply_by_class(db: &mut Db, wave: WaveId) -> Result<Vec<(String, i64)>> {
    Ok(s::table
        .filter(s::wave_id.eq(wave))
        .group_by(s::class)
        .select((s::class, diesel::dsl::count_star()))
        .load(db)?)
}

type Changed = Box<
    dyn BoxableExpression<
            InnerJoinQuerySource<s::table, d::table>,
            db::MultiBackend,
            SqlType = Bool,
        >,
>;

/// The devices of a class that are no longer what the plan counted on: how many, and the
/// first of them.
pub(crate) fn changed_devices(
    db: &mut Db,
    wave: WaveId,
    (class, kind): (&str, DeviceKind),
    wanted: Wanted<'_>,
) -> Result<(usize, Vec<DeviceChange>)> {
    let mut changed: Changed = Box::new(d::stage.ne(READY).or(d::kind.ne(kind)));
    if let Some(grades) = &wanted.supply.grades {
        let other = not(d::grade.assume_not_null().eq_any(grades.clone()));
        changed = Box::new(changed.or(d::grade.is_null()).or(other));
    }
    if !wanted.clear_counts {
        changed = Box::new(changed.or(overwritten()));
    }
    let query = s::table
        .inner_join(d::table)
        .filter(s::wave_id.eq(wave))
        .filter(s::class.eq(class))
        .filter(changed)
        .select((d::tag, d::stage))
        .order(d::tag);
    let rows: Vec<(String, String)> = query.load(db)?;
    let changes = rows.iter().take(100).map(|(tag, stage)| DeviceChange {
        tag: tag.clone(),
        stage: stage.clone(),
    });
    Ok((rows.len(), changes.collect()))
}

/// A gift that a plan counts on, as far as it is in one class.
pub(crate) struct Gift {
    pub(crate) class: String,
    pub(crate) batch: BatchId,
    pub(crate) reference: String,
}

/// The gifts that a plan counts on, by reference.
pub(crate) fn gifts(db: &mut Db, wave: WaveId) -> Result<Vec<Gift>> {
    let rows: Vec<(String, BatchId, String)> = s::table
        .inner_join(d::table)
        .inner_join(batches::table.on(batches::id.eq(d::batch_id)))
        .filter(s::wave_id.eq(wave))
        .select((s::class, batches::id, batches::reference))
        .distinct()
        .order((batches::reference, s::class))
        .load(db)?;
    let gift = |(class, batch, reference)| Gift {
        class,
        batch,
        reference,
    };
    Ok(rows.into_iter().map(gift).collect())
}

/// The supply as it stands on the shelves, ready for longest first.
pub(crate) fn shelves(db: &mut Db, wave: WaveId) -> Result<Vec<Shelf>> {
    type Row = (
        DeviceId,
        String,
        Option<OrganisationId>,
        Option<String>,
        Option<String>,
        Option<Grade>,
    );
    let rows: Vec<Row> = s::table
        .inner_join(d::table)
        .filter(s::wave_id.eq(wave))
        .order((d::ready_at.asc(), d::id.asc()))
        .select((
            d::id,
            s::class,
            d::workshop_id,
            d::manufacturer,
            d::model,
            d::grade,
        ))
        .load(db)?;
    let shelf = |(device, class, workshop, maker, model, grade): Row| Shelf {
        device,
        class,
        workshop,
        grade,
        model: format!(
            "{} {}",
            maker.unwrap_or_default(),
            model.unwrap_or_default()
        ),
    };
    Ok(rows.into_iter().map(shelf).collect())
}

/// What is ready in the place of a device: same kind and workshop, a grade at least as good,
/// ready for longest first; from the batches of the wave's supply, and with drives that the
/// programme's rubric takes. What this wave gave before and took back does not return to it.
pub(crate) fn spares(
    db: &mut Db,
    wave: WaveId,
    like: &LotDevice,
    wanted: Wanted<'_>,
) -> Result<Vec<Spare>> {
    type Row = (
        DeviceId,
        BatchId,
        Option<Grade>,
        Option<String>,
        Option<String>,
    );
    let mut query = d::table
        .filter(d::stage.eq(READY))
        .filter(d::kind.eq(like.kind))
        .filter(d::id.ne_all(v::table.filter(v::wave_id.eq(wave)).select(v::device_id)))
        .order((d::ready_at.asc(), d::id.asc()))
        .select((d::id, d::batch_id, d::grade, d::manufacturer, d::model))
        .into_boxed();
    query = match like.workshop_id {
        Some(workshop) => query.filter(d::workshop_id.eq(workshop)),
        None => query.filter(d::workshop_id.is_null()),
    };
    if let Some(grade) = like.grade {
        query = query.filter(d::grade.le(grade)); // A comes before B
    }
    if let Some(batches) = &wanted.supply.batch_ids {
        query = query.filter(d::batch_id.eq_any(batches.clone()));
    }
    if !wanted.clear_counts {
        query = query.filter(not(overwritten()));
    }
    let rows: Vec<Row> = query.load(db)?;
    let spare = |(device, batch, grade, manufacturer, model): Row| Spare {
        device,
        batch,
        tags: Vec::new(),
        same_grade: grade == like.grade,
        same_model: (manufacturer, model) == (like.manufacturer.clone(), like.model.clone()),
    };
    Ok(rows.into_iter().map(spare).collect())
}

/// In which class each of these devices was counted.
pub(crate) fn classes_of(db: &mut Db, wave: WaveId, devices: &[DeviceId]) -> Result<Vec<String>> {
    let mut classes = Vec::with_capacity(devices.len());
    for chunk in devices.chunks(IDS) {
        let found: Vec<String> = s::table
            .filter(s::wave_id.eq(wave))
            .filter(s::device_id.eq_any(chunk))
            .select(s::class)
            .load(db)?;
        classes.extend(found);
    }
    Ok(classes)
}
