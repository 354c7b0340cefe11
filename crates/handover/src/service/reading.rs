//! Looking at handovers: each actor sees its own.

use std::collections::HashMap;

use db::{Db, Result};
use kernel::{Actor, HandoverId, Instant, Page, PageRequest, Queue};

use crate::loans::Loan;
use crate::model::{Handover, HandoverFilter, HandoverView, LotItem, PassedItem};
use crate::store::{self, Named};

/// Appointments of a day in Paris; the oldest is the first of them.
///
/// # Errors
/// When the database fails.
pub fn appointments_on(db: &mut Db, day: kernel::Date) -> Result<Queue> {
    let begin = Instant::start_of(day);
    let next = day.succ_opt().map_or(begin.plus_days(1), Instant::start_of);
    store::appointments_waiting(db, begin, next)
}

/// A handover with the devices of its lot.
///
/// # Errors
/// `not_found` when the actor may not see it.
pub fn handover(db: &mut Db, actor: &Actor, id: HandoverId) -> Result<HandoverView> {
    let handover = store::handover(db, actor, id)?;
    view(db, handover)
}

/// The handover that people name so, with the devices of its lot.
///
/// # Errors
/// `not_found` when the actor may not see it.
pub fn handover_named(db: &mut Db, actor: &Actor, reference: &str) -> Result<HandoverView> {
    let handover = store::handover_named(db, actor, reference)?;
    view(db, handover)
}

/// A page of the handovers that the actor may see, the newest first.
///
/// # Errors
/// `invalid_page`.
pub fn handovers(
    db: &mut Db,
    actor: &Actor,
    filter: &HandoverFilter,
    page: &PageRequest,
) -> Result<Page<HandoverView>> {
    let found = store::handovers(db, actor, filter, page)?;
    let mut loans = loans_of(db, &found.items)?;
    Ok(found.map(|named| shown(named, None, &mut loans)))
}

/// The appointments from one moment on until another, in their order: so many at the most.
///
/// # Errors
/// When the database fails.
pub fn appointments(
    db: &mut Db,
    actor: &Actor,
    days: (kernel::Instant, kernel::Instant),
    most: i64,
) -> Result<Vec<HandoverView>> {
    let found = store::appointments(db, actor, days, most)?;
    let mut loans = loans_of(db, &found)?;
    let shown = |named| shown(named, None, &mut loans);
    Ok(found.into_iter().map(shown).collect())
}

type Loans = HashMap<HandoverId, Loan>;

fn loans_of(db: &mut Db, found: &[Named]) -> Result<Loans> {
    let ids: Vec<HandoverId> = found.iter().map(|named| named.handover.id).collect();
    crate::loans::store::loans(db, &ids)
}

pub(crate) fn view(db: &mut Db, handover: Handover) -> Result<HandoverView> {
    let lot = allocation::lot_devices(
        db,
        handover.wave_id,
        handover.application_id,
        handover.workshop_id,
    )?;
    let left = allocation::passed_on(
        db,
        handover.wave_id,
        handover.application_id,
        handover.workshop_id,
    )?;
    let left = left.into_iter().map(|(device, passed_on_at)| PassedItem {
        item: item(device),
        passed_on_at,
    });
    let named = store::named(db, handover)?;
    let mut loans = loans_of(db, std::slice::from_ref(&named))?;
    Ok(HandoverView {
        passed_on: Some(left.collect()),
        ..shown(named, Some(lot.into_iter().map(item).collect()), &mut loans)
    })
}

pub(crate) fn item(device: allocation::LotDevice) -> LotItem {
    LotItem {
        tag: device.tag,
        serial: device.serial,
        kind: device.kind,
        manufacturer: device.manufacturer,
        model: device.model,
        location: device.location,
    }
}

fn shown(named: Named, lot: Option<Vec<LotItem>>, loans: &mut Loans) -> HandoverView {
    let handover = named.handover;
    let single = lot.is_some();
    HandoverView {
        id: handover.id,
        reference: handover.reference,
        status: handover.status,
        wave_id: handover.wave_id,
        wave: named.wave,
        application_id: handover.application_id,
        application: named.application,
        association_id: handover.association_id,
        association: named.association,
        workshop_id: handover.workshop_id,
        workshop: named.workshop,
        devices: handover.devices,
        from: handover.appointment_from,
        to: handover.appointment_to,
        place: handover.place,
        slot_id: handover.slot_id,
        recipient_name: handover.recipient_name,
        signed: handover.signature.is_some(),
        signature: handover.signature.filter(|_| single),
        signature_sha256: handover.signature_sha256,
        signature_waived: handover.signature_waived,
        collector: handover.collector,
        allowed_reason: handover.allowed_reason,
        reason: handover.reason,
        completed_at: handover.completed_at,
        version: handover.version,
        loan: loans.remove(&handover.id),
        lot,
        passed_on: None,
        from_another: named.from_another,
    }
}
