//! Looking at devices: each actor sees its own.

use std::collections::{BTreeMap, HashMap};

use data_encoding::HEXLOWER;
use db::{Db, Result};
use kernel::{
    Actor, Code, Cursor, DeviceId, Instant, OrganisationId, Page, PageRequest, Refusal, TransferId,
};

use super::counts::limits;
use super::names::resolve;
use crate::Settings;
use crate::custody::{Line, Link};
use crate::model::{Device, DeviceFilter, DeviceItem, DeviceView, EventView, Stage, as_stored};
use crate::store::{self, Scope};

/// One device, if the actor may see it: the city any, a workshop and a donor their own.
///
/// # Errors
/// `not_found`.
pub fn device(db: &mut Db, actor: &Actor, id: DeviceId) -> Result<DeviceView> {
    let device = visible(db, actor, id)?;
    let mut views = with_drives(db, vec![device])?;
    views.pop().ok_or_else(|| Refusal::not_found().into())
}

/// The device, if the actor may see it. On the road, it is seen at both ends.
pub(super) fn visible(db: &mut Db, actor: &Actor, id: DeviceId) -> Result<Device> {
    let found = store::by_ids(db, &[id])?
        .pop()
        .ok_or_else(Refusal::not_found)?;
    if may_see(db, actor, &found)? {
        Ok(found)
    } else {
        Err(Refusal::not_found().into())
    }
}

fn may_see(db: &mut Db, actor: &Actor, device: &Device) -> Result<bool> {
    Ok(match Scope::of(actor) {
        Scope::All => true,
        Scope::Donor(donor) => device.donor_id == donor,
        Scope::Workshop(own) if device.workshop_id == Some(own) => true,
        Scope::Workshop(own) => match device.transfer_id {
            Some(transfer) => concerns(db, transfer, own)?,
            None => false,
        },
        Scope::Nothing => false,
    })
}

fn concerns(db: &mut Db, transfer: TransferId, workshop: OrganisationId) -> Result<bool> {
    let found = store::transfers(db, &[transfer].into())?;
    Ok(found.iter().any(|transfer| transfer.concerns(workshop)))
}

/// Which rows a list is of: what is on the road is listed at both ends.
fn scope(db: &mut Db, actor: &Actor, filter: &DeviceFilter) -> Result<Scope> {
    let scope = Scope::of(actor);
    match (scope, filter.transfer_id) {
        (Scope::Workshop(own), Some(transfer)) if concerns(db, transfer, own)? => Ok(Scope::All),
        _ => Ok(scope),
    }
}

pub(super) fn with_drives(db: &mut Db, devices: Vec<Device>) -> Result<Vec<DeviceView>> {
    let ids: Vec<_> = devices.iter().map(|device| device.id).collect();
    let mut drives = store::of_devices(db, &ids)?;
    Ok(devices
        .into_iter()
        .map(|device| {
            let mut own = drives.remove(&device.id).unwrap_or_default();
            own.retain(|drive| drive.cycle == device.cycle);
            DeviceView::new(device, own)
        })
        .collect())
}

/// A page of the devices that the actor may see, the oldest first.
///
/// # Errors
/// `invalid_page`.
pub fn devices(
    db: &mut Db,
    actor: &Actor,
    filter: &DeviceFilter,
    request: &PageRequest,
) -> Result<Page<DeviceItem>> {
    if let Some(scanned) = &filter.scan {
        return scanned_device(db, actor, scanned);
    }
    let after = request.after::<DeviceId>()?;
    let limits = waiting_limits(filter)?;
    let scope = scope(db, actor, filter)?;
    let listed = store::page(db, scope, filter, limits.as_ref(), request, after)?;
    Ok(Page {
        items: listed.rows,
        next: listed.after.map(|after| Cursor::encode(&after.to_string())),
    })
}

/// The same page, each device with its drives and all that is known of it.
///
/// # Errors
/// `invalid_page`.
pub fn devices_in_full(
    db: &mut Db,
    actor: &Actor,
    filter: &DeviceFilter,
    request: &PageRequest,
) -> Result<Page<DeviceView>> {
    let page = devices(db, actor, filter, request)?;
    let ids: Vec<DeviceId> = page.items.iter().map(|item| item.id).collect();
    let mut found: HashMap<DeviceId, Device> = store::by_ids(db, &ids)?
        .into_iter()
        .map(|device| (device.id, device))
        .collect();
    let rows = ids.iter().filter_map(|id| found.remove(id)).collect();
    Ok(Page {
        items: with_drives(db, rows)?,
        next: page.next,
    })
}

/// The devices that have stood longest at a stage of the workshop, or at the one that is asked
/// for, the longest first.
///
/// # Errors
/// `invalid_page`, or when the database fails.
pub fn waiting_longest(
    db: &mut Db,
    actor: &Actor,
    stage: Option<Stage>,
    request: &PageRequest,
) -> Result<Page<DeviceItem>> {
    let at_work = |stage: &Stage| stage.in_workshop() && *stage != Stage::Ready;
    let stages: Vec<Stage> = match stage {
        Some(stage) => vec![stage],
        None => Stage::ALL.iter().copied().filter(at_work).collect(),
    };
    let after = match request.after::<String>()? {
        None => None,
        Some(text) => Some(since(&text).ok_or_else(|| Refusal::plain(Code::InvalidPage))?),
    };
    let (rows, next) = store::longest(db, Scope::of(actor), &stages, request, after)?;
    Ok(Page {
        items: rows,
        next: next.map(|(at, id)| Cursor::encode(&format!("{} {id}", at.micros()))),
    })
}

fn since(text: &str) -> Option<store::Since> {
    let (at, id) = text.split_once(' ')?;
    Some((Instant::from_micros(at.parse().ok()?)?, id.parse().ok()?))
}

/// What a scanner's string names, alone on a page; nothing when it is nobody's, or not seen.
fn scanned_device(db: &mut Db, actor: &Actor, scanned: &str) -> Result<Page<DeviceItem>> {
    let found = resolve(db, &[scanned.to_owned()], Some(actor))?;
    let mut seen = Vec::new();
    for device in found.devices {
        if may_see(db, actor, &device)? {
            seen.push(device.id);
        }
    }
    Ok(Page {
        items: store::items(db, &seen)?,
        next: None,
    })
}

fn waiting_limits(filter: &DeviceFilter) -> Result<Option<BTreeMap<Stage, Instant>>> {
    let settings = Settings::in_use()?;
    Ok(filter.waiting_at.map(|now| limits(settings, now)))
}

/// A page of a device's log, from its first line on. Who did it, and who receives the device, is
/// told to those who work with it, not to its donor.
///
/// # Errors
/// `not_found`, `invalid_page`.
pub fn events(
    db: &mut Db,
    actor: &Actor,
    id: DeviceId,
    request: &PageRequest,
) -> Result<Page<EventView>> {
    visible(db, actor, id)?;
    let names = matches!(Scope::of(actor), Scope::All | Scope::Workshop(_));
    let after = request.after::<i32>()?;
    let page = store::events_of(db, id, request, after)?;
    Ok(page.map(|link| event_view(link, names)))
}

/// Whether a line says whom a device is for, or who took it: nothing for its donor.
fn is_about_others(line: &Line) -> bool {
    let stages = [line.from_stage.as_str(), line.to_stage.as_str()];
    let given = [Stage::Reserved, Stage::HandedOver];
    given.iter().any(|stage| stages.contains(&stage.as_str()))
}

fn event_view(link: Link, names: bool) -> EventView {
    let mut line = link.line;
    if !names && is_about_others(&line) {
        line.evidence = "{}".to_owned();
        line.note = None;
    }
    EventView {
        seq: line.seq,
        id: line.id,
        event_type: line.event_type,
        at: line.at,
        recorded_at: line.recorded_at,
        actor_id: names.then_some(line.actor),
        organisation_id: line.organisation,
        api_key_id: line.key,
        operated_by: line.operated_by.filter(|_| names),
        from_stage: line.from_stage,
        to_stage: line.to_stage,
        client_id: line.client_id,
        evidence: as_stored(line.evidence),
        note: line.note,
        prev_hash: HEXLOWER.encode(&link.prev_hash),
        hash: HEXLOWER.encode(&link.hash),
    }
}

/// The columns of an exported list of devices.
pub const DEVICE_COLUMNS: [&str; 14] = [
    "tag",
    "serial",
    "kind",
    "manufacturer",
    "model",
    "stage",
    "stage_at",
    "grade",
    "location",
    "received_at",
    "ready_at",
    "batch_id",
    "workshop_id",
    "id",
];

/// The whole list, as rows of [`DEVICE_COLUMNS`], read page by page.
///
/// # Errors
/// When the database fails.
pub fn device_rows(db: &mut Db, actor: &Actor, filter: &DeviceFilter) -> Result<Vec<[String; 14]>> {
    let request = PageRequest::new(Some(PageRequest::MAX_LIMIT), None)?;
    let limits = waiting_limits(filter)?;
    let scope = scope(db, actor, filter)?;
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        db::watch::go_on()?;
        let listed = store::page(db, scope, filter, limits.as_ref(), &request, after)?;
        rows.extend(listed.rows.iter().map(cells));
        after = listed.after;
        if after.is_none() {
            return Ok(rows);
        }
    }
}

fn cells(device: &DeviceItem) -> [String; 14] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let time = |value: Option<kernel::Instant>| value.map(|at| at.to_string()).unwrap_or_default();
    [
        device.tag.clone(),
        text(&device.serial),
        device.kind.to_string(),
        text(&device.manufacturer),
        text(&device.model),
        device.stage.to_string(),
        device.stage_at.to_string(),
        device
            .grade
            .map(|grade| grade.to_string())
            .unwrap_or_default(),
        text(&device.location),
        time(device.received_at),
        time(device.ready_at),
        device.batch_id.to_string(),
        device
            .workshop_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        device.id.to_string(),
    ]
}
