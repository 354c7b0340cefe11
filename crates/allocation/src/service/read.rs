//! What people read of waves, limited to what they may see.

use db::{Db, Result};
use kernel::{
    Actor, ApplicationId, OrganisationId, Page, PageRequest, PersonId, ProgrammeId, Queue, Refusal,
    Role, WaveId,
};

use super::{association_of, conventions, load};
use crate::model::{
    ApplicationResult, DeviceFilter, Granted, LineFilter, LineView, LotDevice, PickingLot, Wave,
    WaveFilter, WaveLine, WaveStatus, WaveView,
};
use crate::store::LineSums;
use crate::{rules, store};

/// A wave that the actor may see: the city every one, an association those decided in
/// which it takes part.
///
/// # Errors
/// `not_found` else.
pub fn wave(db: &mut Db, actor: &Actor, id: WaveId) -> Result<Wave> {
    let wave = load(db, id)?;
    if let Some(association) = association_of(actor) {
        let decided = wave.approved_at.is_some();
        if actor.role != Role::Association
            || !decided
            || !store::wave_ids_with_line(db, id, association)?
        {
            return Err(Refusal::not_found().into());
        }
    }
    Ok(wave)
}

/// The name of a wave, for who may see something of it.
///
/// # Errors
/// `not_found`.
pub fn wave_name(db: &mut Db, id: WaveId) -> Result<String> {
    Ok(load(db, id)?.name)
}

/// What the waves that were decided gave an application, the newest first, request by request.
///
/// # Errors
/// `not_found` when the actor may not see the application.
pub fn results_of(
    db: &mut Db,
    actor: &Actor,
    application: ApplicationId,
) -> Result<Vec<ApplicationResult>> {
    eligibility::application(db, actor, application)?;
    let lines = store::decided_lines(db, application)?;
    let result =
        |(line, wave, approved_at, passed_on): (WaveLine, String, _, bool)| ApplicationResult {
            wave_id: line.wave_id,
            wave,
            approved_at,
            requested: line.requested,
            granted: line.granted(),
            reason: line.reason,
            passed_on,
        };
    Ok(lines.into_iter().map(result).collect())
}

/// A wave with the sums of its plan.
///
/// # Errors
/// `not_found` when the actor may not see it.
pub fn view(db: &mut Db, actor: &Actor, id: WaveId) -> Result<WaveView> {
    let wave = wave(db, actor, id)?;
    let warnings = match actor.is_city() {
        true => Some(conventions::warnings(db, &wave)?),
        false => None,
    };
    let view = wave_view(db, actor, wave)?;
    Ok(WaveView { warnings, ..view })
}

/// The same without what would stop its lots, which takes reading them all.
///
/// # Errors
/// `not_found` when the actor may not see it.
pub fn overview(db: &mut Db, actor: &Actor, id: WaveId) -> Result<WaveView> {
    let wave = wave(db, actor, id)?;
    wave_view(db, actor, wave)
}

/// Waves that wait for approval: those that whoever asks may approve, and those that wait for
/// somebody else because they submitted them.
///
/// # Errors
/// When the database fails.
pub fn waves_to_approve(db: &mut Db, actor: &Actor) -> Result<(Queue, Queue)> {
    store::submitted(db, actor.person)
}

/// A page of waves, the newest first.
///
/// # Errors
/// `invalid_page`.
pub fn waves(
    db: &mut Db,
    actor: &Actor,
    filter: &WaveFilter,
    page: &PageRequest,
) -> Result<Page<WaveView>> {
    let found = store::waves(db, filter, association_of(actor), page)?;
    let mut items = Vec::with_capacity(found.items.len());
    for wave in found.items {
        items.push(wave_view(db, actor, wave)?);
    }
    Ok(Page {
        items,
        next: found.next,
    })
}

/// Who decided, and what they remarked, is for the city: others are told what was decided.
fn wave_view(db: &mut Db, actor: &Actor, mut wave: Wave) -> Result<WaveView> {
    if !actor.is_city() {
        wave.submitted_by = None;
        wave.approved_by = None;
        wave.comment = None;
    }
    let mut supply = Granted::new();
    for (class, count) in store::supply_by_class(db, wave.id)? {
        if let Some(kind) = rules::kind_of_class(&class) {
            *supply.entry(kind).or_default() += u64::try_from(count).unwrap_or(0);
        }
    }
    let submitted_by = name(db, wave.submitted_by)?;
    let approved_by = name(db, wave.approved_by)?;
    let sums = store::line_sums(db, wave.id)?;
    Ok(summed(wave, supply, sums, submitted_by, approved_by))
}

pub(super) fn name(db: &mut Db, person: Option<PersonId>) -> Result<Option<String>> {
    let Some(person) = person else {
        return Ok(None);
    };
    Ok(identity::person(db, person)?.map(|person| person.name))
}

fn summed(
    wave: Wave,
    supply: Granted,
    sums: LineSums,
    submitted_by: Option<String>,
    approved_by: Option<String>,
) -> WaveView {
    let counted = |count: i64| u64::try_from(count).unwrap_or(0);
    let lot = |quantity: Option<i32>| quantity.and_then(|lot| u64::try_from(lot).ok());
    let granted = sums.granted;
    WaveView {
        id: wave.id,
        programme_id: wave.programme_id,
        ordinal: wave.ordinal,
        name: wave.name,
        status: wave.status,
        settings: wave.settings,
        supply,
        associations: counted(sums.associations),
        devices: granted.values().sum(),
        value_cents: rules::value_cents(&granted),
        granted,
        smallest: lot(sums.smallest),
        largest: lot(sums.largest),
        unserved: counted(sums.lines - sums.served),
        warnings: None,
        digest: wave.digest,
        proposed_at: wave.proposed_at,
        submitted_by,
        submitted_at: wave.submitted_at,
        approved_by,
        approved_at: wave.approved_at,
        comment: wave.comment,
        reason: wave.reason,
        version: wave.version,
        created_at: wave.created_at,
    }
}

/// A page of the lines of a wave, in the public order; an association sees its own.
///
/// # Errors
/// `not_found` when the actor may not see the wave; `invalid_page`.
pub fn lines(db: &mut Db, actor: &Actor, id: WaveId, page: &PageRequest) -> Result<Page<LineView>> {
    lines_found(db, actor, id, LineFilter::default(), page)
}

/// The same, narrowed.
///
/// # Errors
/// As [`lines`].
pub fn lines_found(
    db: &mut Db,
    actor: &Actor,
    id: WaveId,
    mut filter: LineFilter,
    page: &PageRequest,
) -> Result<Page<LineView>> {
    wave(db, actor, id)?;
    filter.association = association_of(actor).or(filter.association);
    let found = store::lines(db, id, &filter, page)?;
    Ok(found.map(|(line, name)| LineView::of(&line, name)))
}

/// A page of the picking list: a workshop sees what it keeps.
///
/// # Errors
/// `not_found` when there is no such wave, or nothing in it for this workshop.
pub fn device_list(
    db: &mut Db,
    actor: &Actor,
    id: WaveId,
    page: &PageRequest,
) -> Result<Page<LotDevice>> {
    load(db, id)?;
    let filter = DeviceFilter {
        workshop: actor.limited_to(),
        ..DeviceFilter::default()
    };
    let found = store::lot_devices(db, id, &filter, page)?;
    let first_page = page.after::<kernel::DeviceId>()?.is_none();
    if actor.limited_to().is_some() && first_page && found.items.is_empty() {
        return Err(Refusal::not_found().into());
    }
    Ok(found)
}

/// A part of the picking list lot by lot, in the public order: so many lots as the page asks, each
/// with its devices in the order of places. A workshop sees what it keeps.
///
/// # Errors
/// `not_found` when there is no such wave, or nothing in it for this workshop.
pub fn picking(
    db: &mut Db,
    actor: &Actor,
    id: WaveId,
    page: &PageRequest,
) -> Result<Page<PickingLot>> {
    let wave = load(db, id)?;
    let filter = LineFilter {
        served: Some(true),
        ..LineFilter::default()
    };
    let lines = store::lines(db, id, &filter, page)?;
    let of_lines: Vec<ApplicationId> = lines
        .items
        .iter()
        .map(|(line, _)| line.application_id)
        .collect();
    let filter = DeviceFilter {
        workshop: actor.limited_to(),
        applications: Some(of_lines.clone()),
        ..DeviceFilter::default()
    };
    let mut devices = match wave.approved_at {
        Some(_) => store::lot_devices(db, id, &filter, &PageRequest::everything())?.items,
        None => Vec::new(),
    };
    let whole = page.after::<i32>()?.is_none() && lines.next.is_none();
    // whoever got the list before the wave was called off reads that nothing is left to fetch
    let called_off = wave.status == WaveStatus::Cancelled && wave.approved_at.is_some();
    if actor.limited_to().is_some() && whole && devices.is_empty() && !called_off {
        return Err(Refusal::not_found().into());
    }
    devices.sort_by(|a, b| (&a.location, &a.tag).cmp(&(&b.location, &b.tag)));
    let mut lots: Vec<PickingLot> = Vec::new();
    for application in of_lines {
        if lots.iter().any(|lot| lot.application_id == application) {
            continue;
        }
        let own: Vec<LotDevice> = devices
            .iter()
            .filter(|device| device.application_id == application)
            .cloned()
            .collect();
        if let Some(first) = own.first() {
            lots.push(PickingLot {
                application_id: application,
                association: first.association.clone(),
                devices: own,
            });
        }
    }
    Ok(Page {
        items: lots,
        next: lines.next,
    })
}

/// A lot as it stands in one workshop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// For which application.
    pub application: ApplicationId,
    /// For whom.
    pub association: OrganisationId,
    /// Where it stands.
    pub workshop: Option<OrganisationId>,
    /// How many devices.
    pub devices: i64,
}

/// The live lots of a wave, one for each application and workshop.
///
/// # Errors
/// When the database fails.
pub fn lots(db: &mut Db, wave: WaveId) -> Result<Vec<Lot>> {
    let lot = |(application, association, workshop, devices)| Lot {
        application,
        association,
        workshop,
        devices,
    };
    Ok(store::lots_of(db, wave)?.into_iter().map(lot).collect())
}

/// The live devices of one application's lot in one workshop.
///
/// # Errors
/// When the database fails.
pub fn lot_devices(
    db: &mut Db,
    wave: WaveId,
    application: ApplicationId,
    workshop: Option<OrganisationId>,
) -> Result<Vec<LotDevice>> {
    let filter = DeviceFilter {
        workshop,
        application: Some(application),
        ..DeviceFilter::default()
    };
    Ok(store::lot_devices(db, wave, &filter, &PageRequest::everything())?.items)
}

/// The approved waves of a programme in their order, with the lines that still have
/// devices, each with as many as it has: what was released does not count. A wave that was
/// called off is there when some of its lots had been handed over.
///
/// # Errors
/// When the database fails.
pub fn decided_waves(db: &mut Db, programme: ProgrammeId) -> Result<Vec<(Wave, Vec<WaveLine>)>> {
    let filter = WaveFilter {
        programme_id: Some(programme),
        status: None,
    };
    let mut waves = store::waves(db, &filter, None, &PageRequest::everything())?.items;
    waves.retain(|wave| wave.approved_at.is_some());
    waves.sort_by_key(|wave| wave.ordinal);
    let mut decided = Vec::with_capacity(waves.len());
    for wave in waves {
        let live = store::live_counts(db, wave.id)?;
        let mut lines = store::served_lines(db, wave.id)?;
        for line in &mut lines {
            let devices = live.get(&line.id).copied().unwrap_or(0);
            line.quantity = i32::try_from(devices).unwrap_or(i32::MAX);
        }
        lines.retain(|line| line.quantity > 0);
        if wave.status.is_decided() || !lines.is_empty() {
            decided.push((wave, lines));
        }
    }
    Ok(decided)
}
