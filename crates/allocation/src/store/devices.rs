//! The table `wave_devices`: which device is on which line.

use std::collections::HashMap;

use db::schema::{
    device_counts as c, devices as d, organisations as o, wave_devices as v, wave_lines as l,
    waves as w,
};
use db::sql::Key;
use db::{Db, Result, counts};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{
    ApplicationId, BatchId, Code, DeviceId, DeviceKind, Grade, Instant, OrganisationId, Page,
    PageRequest, ProgrammeId, WaveId, WaveLineId,
};

use super::IDS;
use crate::model::{DeviceFilter, LotDevice};
use crate::rules::History;

/// The cycle of a device that was never given before.
const FIRST_LIFE: i32 = 1;

#[derive(Insertable)]
#[diesel(table_name = v, treat_none_as_default_value = false)]
struct NewLotDevice {
    wave_id: WaveId,
    line_id: WaveLineId,
    device_id: DeviceId,
    cycle: i32,
    reserved_at: Instant,
}

/// Puts devices on their lines, each for its present life: one that was given, came back
/// and was refurbished again keeps its earlier line as what was given then. A device that is
/// on another line in this life breaks the unique index, which is the last word on this rule.
pub(crate) fn insert_devices(
    db: &mut Db,
    wave: WaveId,
    picked: &[(WaveLineId, DeviceId)],
    now: Instant,
) -> Result<()> {
    let mut again: HashMap<DeviceId, i32> = HashMap::new();
    for chunk in picked.chunks(IDS) {
        let rows: Vec<(DeviceId, i32)> = d::table
            .filter(d::id.eq_any(chunk.iter().map(|(_, device)| *device)))
            .filter(d::cycle.gt(FIRST_LIFE))
            .select((d::id, d::cycle))
            .load(db)?;
        again.extend(rows);
    }
    let mut rows: Vec<NewLotDevice> = picked
        .iter()
        .map(|&(line_id, device_id)| NewLotDevice {
            wave_id: wave,
            line_id,
            device_id,
            cycle: again.get(&device_id).copied().unwrap_or(FIRST_LIFE),
            reserved_at: now,
        })
        .collect();
    rows.sort_unstable_by_key(|row| row.device_id);
    db::insert_many!(&mut *db, v::table, &rows);
    Ok(())
}

/// What an association received: what it passed on was received all the same, and it is not owed
/// another.
macro_rules! received {
    () => {
        v::released_at.is_null().or(v::passed_on.eq(true))
    };
}

/// What other waves of the programme gave, by application and request. A request that
/// received several kinds counts for the one it received most of.
pub(crate) fn history(db: &mut Db, programme: ProgrammeId, except: WaveId) -> Result<History> {
    let rows = v::table
        .inner_join(l::table.on(l::id.eq(v::line_id)))
        .inner_join(w::table.on(w::id.eq(v::wave_id)))
        .filter(w::programme_id.eq(programme))
        .filter(w::id.ne(except))
        .filter(received!())
        .group_by((l::application_id, l::request, l::kind))
        .select((
            l::application_id,
            l::request,
            l::kind,
            diesel::dsl::count_star(),
        ))
        .order((l::application_id, l::request, l::kind))
        .load(db)?;
    Ok(most_of(rows))
}

/// What waves gave to some applications, the same way: begins at their lines, and so reads no more
/// than these.
pub(crate) fn history_of(db: &mut Db, of: &[ApplicationId]) -> Result<History> {
    if of.is_empty() {
        return Ok(History::new());
    }
    let rows = l::table
        .inner_join(v::table.on(v::line_id.eq(l::id)))
        .filter(l::application_id.eq_any(of))
        .filter(received!())
        .group_by((l::application_id, l::request, l::kind))
        .select((
            l::application_id,
            l::request,
            l::kind,
            diesel::dsl::count_star(),
        ))
        .order((l::application_id, l::request, l::kind))
        .load(db)?;
    Ok(most_of(rows))
}

fn most_of(rows: Vec<(ApplicationId, i32, Option<DeviceKind>, i64)>) -> History {
    let mut most: HashMap<(ApplicationId, i32), (DeviceKind, u64, u64)> = HashMap::new();
    for (application, request, kind, count) in rows {
        let Some(kind) = kind else { continue };
        let count = u64::try_from(count).unwrap_or(0);
        let known = most
            .entry((application, request))
            .or_insert((kind, count, 0));
        known.2 += count;
        if count > known.1 {
            (known.0, known.1) = (kind, count);
        }
    }
    let counted = most.into_iter();
    counted
        .map(|(key, (kind, _, all))| (key, (kind, all)))
        .collect()
}

/// The devices of a wave that are still reserved by it.
pub(crate) fn reserved_devices(
    db: &mut Db,
    wave: WaveId,
) -> Result<Vec<(ApplicationId, DeviceId)>> {
    Ok(v::table
        .inner_join(l::table.on(l::id.eq(v::line_id)))
        .inner_join(d::table.on(d::id.eq(v::device_id)))
        .filter(v::wave_id.eq(wave))
        .filter(v::released_at.is_null())
        .filter(v::cycle.eq(d::cycle))
        .filter(d::stage.eq("reserved"))
        .order((l::rank, v::device_id))
        .select((l::application_id, v::device_id))
        .load(db)?)
}

/// Takes devices off their lines.
pub(crate) fn mark_released(
    db: &mut Db,
    wave: WaveId,
    devices: &[DeviceId],
    now: Instant,
) -> Result<()> {
    let mut released = 0;
    for chunk in devices.chunks(IDS) {
        released += diesel::update(v::table)
            .filter(v::wave_id.eq(wave))
            .filter(v::device_id.eq_any(chunk))
            .filter(v::released_at.is_null())
            .set(v::released_at.eq(now))
            .execute(db)?;
    }
    if released == devices.len() {
        Ok(())
    } else {
        Err(Code::WaveStepNotAllowed.into())
    }
}

/// A device that was given goes to another association: it leaves its line, which received it.
pub(crate) fn mark_passed_on(
    db: &mut Db,
    wave: WaveId,
    device: DeviceId,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(v::table.find((wave, device)))
        .filter(v::released_at.is_null())
        .set((v::released_at.eq(Some(now)), v::passed_on.eq(true)))
        .execute(db)?;
    db::guard(rows, Code::WaveStepNotAllowed)
}

/// What an application was given by a wave in one workshop and passed on, and when.
pub(crate) fn passed_on(
    db: &mut Db,
    wave: WaveId,
    application: ApplicationId,
    workshop: Option<OrganisationId>,
) -> Result<Vec<(LotDevice, Instant)>> {
    let mut query = v::table
        .inner_join(l::table.on(l::id.eq(v::line_id)))
        .inner_join(d::table.on(d::id.eq(v::device_id)))
        .inner_join(o::table.on(o::id.eq(l::association_id)))
        .filter(v::wave_id.eq(wave))
        .filter(v::passed_on.eq(true))
        .filter(l::application_id.eq(application))
        .select((
            DeviceColumns::as_select(),
            l::application_id,
            l::association_id,
            o::name,
            l::id,
            v::released_at,
        ))
        .order(v::device_id)
        .into_boxed();
    query = match workshop {
        Some(workshop) => query.filter(d::workshop_id.eq(workshop)),
        None => query,
    };
    type Row = (
        DeviceColumns,
        ApplicationId,
        OrganisationId,
        String,
        WaveLineId,
        Option<Instant>,
    );
    let rows: Vec<Row> = query.load(db)?;
    let dated = rows.into_iter().filter_map(|row| {
        let (device, application, association, name, line, at) = row;
        Some((
            lot_device((device, application, association, name, line)),
            at?,
        ))
    });
    Ok(dated.collect())
}

/// One device takes another's line, as of the day on which that one was put there: an award counts
/// in the year in which it was made, whatever takes the place of a device later.
pub(crate) fn take_line(
    db: &mut Db,
    wave: WaveId,
    (line, old): (WaveLineId, DeviceId),
    device: DeviceId,
    now: Instant,
) -> Result<()> {
    let since: Instant = v::table
        .find((wave, old))
        .select(v::reserved_at)
        .first(db)?;
    mark_released(db, wave, &[old], now)?;
    insert_devices(db, wave, &[(line, device)], since)
}

/// How often an association moved: the districts of a notice are where they are now.
pub(crate) fn changed_places(db: &mut Db) -> Result<i64> {
    let changes: Option<i64> = c::table
        .filter(c::side.eq(counts::GIVEN))
        .filter(c::holder.eq(counts::nobody::<kernel::Programme>()))
        .select(c::devices)
        .first(db)
        .optional()?;
    Ok(changes.unwrap_or(0))
}

/// How many live devices each line of a wave has.
pub(crate) fn live_counts(db: &mut Db, wave: WaveId) -> Result<HashMap<WaveLineId, i64>> {
    let rows: Vec<(WaveLineId, i64)> = v::table
        .filter(v::wave_id.eq(wave))
        .filter(v::released_at.is_null())
        .group_by(v::line_id)
        .select((v::line_id, diesel::dsl::count_star()))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

/// A lot in one workshop: application, association, workshop, devices.
type Lot = (ApplicationId, OrganisationId, Option<OrganisationId>, i64);

/// The live lots of a wave, by application and workshop.
pub(crate) fn lots_of(db: &mut Db, wave: WaveId) -> Result<Vec<Lot>> {
    Ok(v::table
        .inner_join(l::table.on(l::id.eq(v::line_id)))
        .inner_join(d::table.on(d::id.eq(v::device_id)))
        .filter(v::wave_id.eq(wave))
        .filter(v::released_at.is_null())
        .group_by((l::application_id, l::association_id, d::workshop_id))
        .select((
            l::application_id,
            l::association_id,
            d::workshop_id,
            diesel::dsl::count_star(),
        ))
        .order((l::application_id, d::workshop_id))
        .load(db)?)
}

/// The workshops that keep devices of a wave: how many lots and devices each.
pub(crate) fn workshops_of(db: &mut Db, wave: WaveId) -> Result<Vec<(OrganisationId, i64, i64)>> {
    let mut sums: Vec<(OrganisationId, i64, i64)> = Vec::new();
    for (_, _, workshop, devices) in lots_of(db, wave)? {
        let Some(workshop) = workshop else { continue };
        match sums.iter_mut().find(|(known, ..)| *known == workshop) {
            Some((_, lots, sum)) => {
                *lots += 1;
                *sum += devices;
            }
            None => sums.push((workshop, 1, devices)),
        }
    }
    Ok(sums)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = d)]
struct DeviceColumns {
    id: DeviceId,
    tag: String,
    serial: Option<String>,
    kind: DeviceKind,
    manufacturer: Option<String>,
    model: Option<String>,
    grade: Option<Grade>,
    location: Option<String>,
    batch_id: BatchId,
    workshop_id: Option<OrganisationId>,
}

type LotRow = (
    DeviceColumns,
    ApplicationId,
    OrganisationId,
    String,
    WaveLineId,
);

fn lot_device((device, application_id, association_id, association, line_id): LotRow) -> LotDevice {
    LotDevice {
        device_id: device.id,
        tag: device.tag,
        serial: device.serial,
        kind: device.kind,
        manufacturer: device.manufacturer,
        model: device.model,
        grade: device.grade,
        location: device.location,
        batch_id: device.batch_id,
        workshop_id: device.workshop_id,
        application_id,
        association_id,
        association,
        line_id,
    }
}

/// A page of the picking list, by device.
pub(crate) fn lot_devices(
    db: &mut Db,
    wave: WaveId,
    filter: &DeviceFilter,
    page: &PageRequest,
) -> Result<Page<LotDevice>> {
    let mut query = v::table
        .inner_join(l::table.on(l::id.eq(v::line_id)))
        .inner_join(d::table.on(d::id.eq(v::device_id)))
        .inner_join(o::table.on(o::id.eq(l::association_id)))
        .filter(v::released_at.is_null())
        .select((
            DeviceColumns::as_select(),
            l::application_id,
            l::association_id,
            o::name,
            l::id,
        ))
        .order(v::device_id)
        .limit(page.fetch())
        .into_boxed();
    // a lot is found by its line: a wave may have a hundred thousand devices
    let by_line = filter.application.is_some() || filter.applications.is_some();
    query = match by_line {
        true => query.filter(l::wave_id.eq(wave)),
        false => query.filter(v::wave_id.eq(wave)),
    };
    query = match filter.workshop {
        // an expression, for which no index is taken: not all devices of the workshop are walked
        Some(workshop) if by_line => query
            .filter(sql::<Bool>("coalesce(devices.workshop_id, NULL) = ").bind::<Key, _>(workshop)),
        Some(workshop) => query.filter(d::workshop_id.eq(workshop)),
        None => query,
    };
    if let Some(application) = filter.application {
        query = query.filter(l::application_id.eq(application));
    }
    if let Some(applications) = &filter.applications {
        query = query.filter(l::application_id.eq_any(applications.clone()));
    }
    if let Some(after) = page.after::<DeviceId>()? {
        query = query.filter(v::device_id.gt(after));
    }
    let rows: Vec<LotRow> = query.load(db)?;
    let rows = rows.into_iter().map(lot_device).collect();
    Ok(Page::from_rows(rows, page, |row: &LotDevice| {
        row.device_id.to_string()
    }))
}

/// By association and kind, how many devices were given in a year and not taken back.
pub(crate) fn given(
    db: &mut Db,
    association: Option<OrganisationId>,
    year: i32,
) -> Result<Vec<(OrganisationId, DeviceKind, i64)>> {
    let mut query = c::table
        .filter(c::side.eq(counts::AWARD))
        .filter(c::stage.eq(format!("{year:04}")))
        .filter(c::kind.ne(""))
        .filter(c::devices.ne(0))
        .select((c::holder, c::kind, c::devices))
        .into_boxed();
    if let Some(association) = association {
        query = query.filter(c::holder.eq(association));
    }
    Ok(query.load(db)?)
}

/// Whether a device is of the kind and the workshop of one of a lot.
pub(crate) fn is_like(db: &mut Db, of: &LotDevice, device: DeviceId) -> Result<bool> {
    let found: Option<(DeviceKind, Option<OrganisationId>)> = d::table
        .find(device)
        .select((d::kind, d::workshop_id))
        .first(db)
        .optional()?;
    Ok(found == Some((of.kind, of.workshop_id)))
}
