//! What happens to a lot: an appointment, the handover itself, one that did not take place, a lot that
//! is taken back or passed on, a device that is replaced.

use data_encoding::HEXLOWER;
use db::{Db, Result, Tx};
use eligibility::Received;
use kernel::{Actor, DeviceId, HandoverId, HandoverSlotId, Verdict};
use notifications::{Appointment, Message, Quantity};
use sha2::{Digest, Sha256};

use super::reading::{item, view};
use super::{expected, lot_of, tell};
use crate::loans;
use crate::model::{
    Completion, DeviceFailure, Handover, HandoverSchedule, HandoverView, LotItem, Missed, PassedOn,
    Replacement, by_kind,
};
use crate::rules;
use crate::store::{self, Step};

/// Gives a handover its appointment, or moves it; association and workshop get the
/// calendar entry.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`.
pub fn schedule(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    body: &HandoverSchedule,
) -> Result<HandoverView> {
    let handover = store::handover(tx, actor, id)?;
    if rules::may_schedule(&handover, body, tx.now())? == Verdict::AlreadyDone {
        return view(tx, handover);
    }
    appoint(tx, actor, &handover, body, None)
}

/// Gives a handover an appointment: at a time that was set by hand, or in a slot.
pub(crate) fn appoint(
    tx: &mut Tx<'_>,
    actor: &Actor,
    handover: &Handover,
    when: &HandoverSchedule,
    slot: Option<HandoverSlotId>,
) -> Result<HandoverView> {
    given_to(tx, handover)?;
    let now = tx.now();
    let place = when.place.trim();
    store::step(
        tx,
        handover,
        Step::Schedule {
            from: when.from,
            to: when.to,
            place,
            slot,
        },
        now,
    )?;
    allocation::hand_over_begins(tx, handover.wave_id)?;
    let handover = store::handover(tx, actor, handover.id)?;
    let view = view(tx, handover.clone())?;
    let granted = by_kind(view.lot.as_deref().unwrap_or_default());
    let granted = granted
        .into_iter()
        .map(|(kind, count)| Quantity::of(kind, count))
        .collect();
    let appointment = Appointment {
        uid: handover.id.to_string(),
        sequence: handover.sequence,
        from: when.from,
        to: when.to,
        place: place.to_owned(),
        cancelled: false,
    };
    tell_of_appointment(tx, &handover, &view.association, granted, appointment)?;
    Ok(view)
}

/// The association at once, with the calendar entry. A workshop has dozens of appointments a
/// wave: it reads of them once a day, but for those that are soon.
fn tell_of_appointment(
    tx: &mut Tx<'_>,
    handover: &Handover,
    association: &str,
    granted: Vec<Quantity>,
    appointment: Appointment,
) -> Result<()> {
    let soon = appointment.from < tx.now().plus_days(2);
    let (reference, association) = (handover.reference.clone(), association.to_owned());
    let message = Message::HandoverScheduled {
        reference: reference.clone(),
        association: association.clone(),
        granted: granted.clone(),
        appointment: appointment.clone(),
    };
    tell(tx, Some(handover.association_id), &message)?;
    let booked = Message::HandoverBooked {
        reference,
        association,
        granted,
        appointment,
    };
    let message = if soon { message } else { booked };
    tell(tx, handover.workshop_id, &message)
}

/// Devices that a mail lists; a longer list is on its page.
const LISTED_IN_A_MAIL: usize = 60;

/// The devices of a lot, a line each.
fn listed(lot: &[LotItem]) -> Vec<String> {
    if lot.len() > LISTED_IN_A_MAIL {
        return Vec::new();
    }
    let line = |item: &LotItem| {
        let machine: Vec<&str> = [&item.manufacturer, &item.model]
            .into_iter()
            .filter_map(|part| part.as_deref())
            .collect();
        let serial = item.serial.as_ref().map(|serial| format!("n° {serial}"));
        let parts = [Some(machine.join(" ")), serial];
        let known = parts.into_iter().flatten().filter(|part| !part.is_empty());
        let words: Vec<String> = std::iter::once(item.tag.clone()).chain(known).collect();
        words.join(", ")
    };
    lot.iter().map(line).collect()
}

/// Hands a lot over: one signature for the whole lot, every device scanned.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`, `device_not_in_lot`,
/// `lot_incomplete`; and as [`allocation::may_receive`].
pub fn complete(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    body: &Completion,
) -> Result<HandoverView> {
    let handover = store::handover(tx, actor, id)?;
    let verdict = rules::may_complete(&handover)?;
    let expected = expected(&lot_of(tx, &handover)?);
    rules::scanned(body, &expected)?;
    if verdict == Verdict::AlreadyDone {
        return view(tx, handover);
    }
    given_to(tx, &handover)?;
    allocation::may_receive(tx, handover.wave_id, handover.application_id)?;
    let now = tx.now();
    let recipient = body.recipient_name.trim();
    let signature = body.signature.as_deref().map(str::trim);
    let sha256 = signature.map(hash);
    let waived = body.signature_waived.as_ref();
    store::step(
        tx,
        &handover,
        Step::Complete {
            by: actor.person,
            recipient,
            signature,
            sha256: sha256.as_deref(),
            waived: waived.map(|waived| waived.reason.trim()),
        },
        now,
    )?;
    let devices: Vec<DeviceId> = expected.iter().map(|device| device.id).collect();
    workshop::hand_over(tx, actor, &devices, &handover.reference)?;
    eligibility::owe_follow_up(
        tx,
        actor,
        &Received {
            handover: handover.id,
            application: handover.application_id,
            reference: &handover.reference,
            devices: handover.devices,
        },
    )?;
    let loan_until = loans::begin(tx, &handover)?;
    allocation::hand_over_begins(tx, handover.wave_id)?;
    if store::open_of_wave(tx, handover.wave_id)? == 0 {
        allocation::complete(tx, handover.wave_id)?;
    }
    let handover = store::handover(tx, actor, id)?;
    let view = view(tx, handover.clone())?;
    let message = Message::HandoverCompleted {
        reference: handover.reference.clone(),
        association: view.association.clone(),
        devices: i64::from(handover.devices),
        recipient_name: recipient.to_owned(),
        lot: listed(view.lot.as_deref().unwrap_or_default()),
        loan_until,
    };
    tell(tx, Some(handover.association_id), &message)?;
    Ok(view)
}

/// A handover did not take place; the lot stays reserved until staff decide.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`.
pub fn missed(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    body: &Missed,
) -> Result<HandoverView> {
    let handover = store::handover(tx, actor, id)?;
    if rules::may_miss(&handover, &body.reason)? == Verdict::AlreadyDone {
        return view(tx, handover);
    }
    let now = tx.now();
    let reason = body.reason.trim();
    store::step(tx, &handover, Step::Miss { reason }, now)?;
    let handover = store::handover(tx, actor, id)?;
    let view = view(tx, handover.clone())?;
    let message = Message::HandoverMissed {
        reference: handover.reference.clone(),
        association: view.association.clone(),
        reason: reason.to_owned(),
    };
    tell(tx, Some(handover.association_id), &message)?;
    let staff = identity::staff_contacts(tx)?;
    notifications::push_all(tx, &staff, &message)?;
    Ok(view)
}

/// Takes a lot back: its devices are ready again for the next wave.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`.
pub fn release(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    body: &Missed,
) -> Result<HandoverView> {
    let handover = store::handover(tx, actor, id)?;
    if rules::may_release(&handover, &body.reason)? == Verdict::AlreadyDone {
        return view(tx, handover);
    }
    let (now, reason) = (tx.now(), body.reason.trim());
    store::step(tx, &handover, Step::Cancel { reason }, now)?;
    let lot = (handover.application_id, handover.workshop_id);
    allocation::release_lot(tx, actor, handover.wave_id, lot, reason)?;
    let open = store::open_of_wave(tx, handover.wave_id)?;
    if open == 0 && store::completed_of_wave(tx, handover.wave_id)? > 0 {
        allocation::complete(tx, handover.wave_id)?;
    }
    let handover = store::handover(tx, actor, id)?;
    view(tx, handover)
}

/// Passes a lot on to the next in the order: it is taken back, and a wave on its devices
/// alone is proposed.
///
/// # Errors
/// As [`release`]; `handover_step_not_allowed` when the lot was taken back before;
/// `nothing_to_allocate` when nobody may receive one of its devices.
pub fn pass_on(tx: &mut Tx<'_>, actor: &Actor, id: HandoverId, body: &Missed) -> Result<PassedOn> {
    let handover = store::handover(tx, actor, id)?;
    if rules::may_release(&handover, &body.reason)? == Verdict::AlreadyDone {
        return Err(kernel::Code::HandoverStepNotAllowed.into());
    }
    let devices: Vec<DeviceId> = lot_of(tx, &handover)?
        .iter()
        .map(|device| device.device_id)
        .collect();
    let released = release(tx, actor, id, body)?;
    let lot = (handover.application_id, devices);
    let wave = allocation::pass_on(tx, actor, handover.wave_id, lot, body.reason.trim())?;
    Ok(PassedOn {
        handover: released,
        wave,
    })
}

/// Replaces a device that failed before its lot was handed over: an equivalent one takes
/// its place, and it goes back to the workshop's bench with what is wrong with it.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`, `device_not_in_lot`,
/// `no_replacement`.
pub fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    body: &DeviceFailure,
) -> Result<Replacement> {
    let handover = store::handover(tx, actor, id)?;
    rules::may_replace(&handover, body)?;
    let lot = lot_of(tx, &handover)?;
    let failed = &lot[rules::named(&body.device, &expected(&lot))?];
    let reason = body.reason.trim();
    let taken = allocation::replace_device(tx, actor, handover.wave_id, failed, reason)?;
    let repair = workshop::Incoming {
        event: workshop::Event::RepairStarted {},
        at: None,
        note: Some(reason.to_owned()),
        client_id: None,
        operator: None,
        device: None,
    };
    workshop::record(
        tx,
        actor,
        failed.device_id,
        &repair,
        &workshop::Operators::new(),
    )?;
    let now = tx.now();
    store::touch(tx, &handover, now)?;
    let lot = lot_of(tx, &handover)?;
    let replacement = lot
        .into_iter()
        .find(|device| device.device_id == taken)
        .ok_or_else(|| db::Error::internal("the replacement is not in the lot"))?;
    let handover = store::handover(tx, actor, id)?;
    Ok(Replacement {
        failed: failed.tag.clone(),
        replacement: item(replacement),
        handover: view(tx, handover)?,
    })
}

/// Whether the association may still be given a lot.
fn given_to(db: &mut Db, handover: &Handover) -> Result<()> {
    let association = identity::organisation(db, handover.association_id)?
        .ok_or_else(kernel::Refusal::not_found)?;
    let allowed = handover.allowed_at.is_some();
    Ok(rules::may_be_given_to(association.status, allowed)?)
}

/// SHA-256 of a signature as it was taken, in hexadecimal.
fn hash(signature: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(signature.as_bytes()))
}
