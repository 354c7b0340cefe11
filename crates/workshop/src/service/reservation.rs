//! What an approved wave does to devices: into a lot, out of it again, out of the house.

use std::collections::HashMap;
use std::sync::Arc;

use db::{Result, Tx};
use kernel::{Actor, Code, DeviceId, Instant, Refusal};
use serde_json::json;

use super::ledger::{Ledger, Record};
use crate::model::{Device, ReservationRef, Stage};
use crate::rules;
use crate::store;

/// Devices that are loaded and written at once.
const AT_ONCE: usize = 10_000;

/// Puts devices into the lot of an association. All of them, or none.
///
/// # Errors
/// `device_not_ready` with those that are not ready, `unknown_device`.
pub fn reserve(
    tx: &mut Tx<'_>,
    actor: &Actor,
    devices: &[DeviceId],
    reservation: &ReservationRef,
) -> Result<()> {
    reserve_lots(tx, actor, &[(reservation.clone(), devices.to_vec())])
}

/// Puts devices into many lots at once. All of them, or none.
///
/// # Errors
/// `device_not_ready` with those that are not ready, `unknown_device`.
pub fn reserve_lots(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lots: &[(ReservationRef, Vec<DeviceId>)],
) -> Result<()> {
    let mut evidence: HashMap<DeviceId, Arc<str>> = HashMap::new();
    for (reservation, devices) in lots {
        let words: Arc<str> = serde_json::to_value(reservation)?.to_string().into();
        evidence.extend(devices.iter().map(|device| (*device, Arc::clone(&words))));
    }
    // by id, as tables and indexes have them: each page is written once
    let mut ids: Vec<DeviceId> = evidence.keys().copied().collect();
    ids.sort_unstable();
    ids.chunks(AT_ONCE)
        .try_for_each(|ids| reserve_some(tx, actor, ids, &evidence))
}

fn reserve_some(
    tx: &mut Tx<'_>,
    actor: &Actor,
    ids: &[DeviceId],
    evidence: &HashMap<DeviceId, Arc<str>>,
) -> Result<()> {
    let loaded = load(tx, ids)?;
    let refused: Vec<_> = loaded
        .iter()
        .filter(|device| device.stage != Stage::Ready)
        .cloned()
        .collect();
    if !refused.is_empty() {
        return Err(rules::device_not_ready(&refused).into());
    }
    let words = |device: &Device| evidence.get(&device.id).map(|words| words.to_string());
    change(
        tx,
        actor,
        loaded,
        (Stage::Ready, "reserved"),
        words,
        |device, at| Ok(rules::reservable(device)?.reserve(at)),
    )
}

/// Takes devices out of their lot: they are ready again, kit and all.
///
/// # Errors
/// `step_not_allowed` when one is not reserved, `unknown_device`.
pub fn release(tx: &mut Tx<'_>, actor: &Actor, devices: &[DeviceId], reason: &str) -> Result<()> {
    let loaded = load(tx, devices)?;
    change(
        tx,
        actor,
        loaded,
        (Stage::Reserved, "released"),
        |_| Some(json!({"reason": reason}).to_string()),
        rules::release,
    )
}

/// Notes that devices were given to their association.
///
/// # Errors
/// `step_not_allowed` when one is not reserved, `unknown_device`.
pub fn hand_over(
    tx: &mut Tx<'_>,
    actor: &Actor,
    devices: &[DeviceId],
    reference: &str,
) -> Result<()> {
    let loaded = load(tx, devices)?;
    change(
        tx,
        actor,
        loaded,
        (Stage::Reserved, "handed_over"),
        |_| Some(json!({"reference": reference}).to_string()),
        rules::hand_over,
    )
}

/// Notes that a device that was logged as given was not: it is ready, as it was, kit and all.
///
/// # Errors
/// `correction_not_possible` when it is not handed over, `unknown_device`.
pub fn not_given(
    tx: &mut Tx<'_>,
    actor: &Actor,
    device: DeviceId,
    (reference, reason): (&str, &str),
) -> Result<()> {
    let loaded = load(tx, &[device])?;
    change(
        tx,
        actor,
        loaded,
        (Stage::HandedOver, "corrected"),
        |_| {
            let said = json!({"event": "handed_over", "reference": reference, "reason": reason});
            Some(said.to_string())
        },
        rules::not_given,
    )
}

/// Notes that a device that an association reported was repaired and is with it again: by which
/// report, of which lot, whether under guarantee, and what was done.
///
/// # Errors
/// `step_not_allowed` when it is not with an association, `unknown_device`.
pub fn repaired_after_handover(
    tx: &mut Tx<'_>,
    actor: &Actor,
    device: DeviceId,
    (report, reference): (&str, &str),
    (guaranteed, description): (bool, &str),
) -> Result<()> {
    let loaded = load(tx, &[device])?;
    change(
        tx,
        actor,
        loaded,
        (Stage::HandedOver, "repaired_after_handover"),
        |_| {
            let said = json!({
                "report": report, "reference": reference, "guaranteed": guaranteed,
                "description": description,
            });
            Some(said.to_string())
        },
        rules::with_association,
    )
}

/// Notes that a device went from one association to another: from the lot of one handover to that of
/// another, by a report of the first association. It stays handed over. It names lots and no
/// association, whoever reads the log.
///
/// # Errors
/// `step_not_allowed` when it is not with an association, `unknown_device`.
pub fn passed_on(
    tx: &mut Tx<'_>,
    actor: &Actor,
    device: DeviceId,
    (report, reason): (&str, &str),
    (from, to): (&str, &str),
) -> Result<()> {
    let loaded = load(tx, &[device])?;
    change(
        tx,
        actor,
        loaded,
        (Stage::HandedOver, "passed_on"),
        |_| {
            let said = json!({"report": report, "from": from, "to": to, "reason": reason});
            Some(said.to_string())
        },
        rules::with_association,
    )
}

fn load(tx: &mut Tx<'_>, ids: &[DeviceId]) -> Result<Vec<Device>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let loaded = store::by_ids(tx, &ids)?;
    if loaded.len() != ids.len() {
        return Err(Code::UnknownDevice.into());
    }
    Ok(loaded)
}

fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    devices: Vec<Device>,
    (from, event_type): (Stage, &str),
    evidence: impl Fn(&Device) -> Option<String>,
    step: impl Fn(Device, Instant) -> Result<Device, Refusal>,
) -> Result<()> {
    let now = tx.now();
    let mut ledger = Ledger::of(devices.clone());
    for device in devices {
        let record = Record {
            event_type: event_type.to_owned(),
            evidence: evidence(&device).unwrap_or_default(),
            at: now,
            note: None,
            client_id: None,
            operated_by: None,
        };
        ledger.apply(tx, actor, step(device, now)?, None, record)?;
    }
    ledger.write_moves(tx, from)
}
