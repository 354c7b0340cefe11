//! What an approved wave does to devices: into a lot, out of it again, out of the house.

use db::{Result, Tx};
use kernel::{Actor, Code, DeviceId, Instant, Refusal};
use serde_json::{Value, json};

use super::ledger::{Ledger, Record};
use crate::model::{Device, ReservationRef, Stage};
use crate::rules;
use crate::store;

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
    let loaded = load(tx, devices)?;
    let refused: Vec<_> = loaded
        .iter()
        .filter(|device| device.stage != Stage::Ready)
        .cloned()
        .collect();
    if !refused.is_empty() {
        return Err(rules::device_not_ready(&refused).into());
    }
    let evidence = serde_json::to_value(reservation)?;
    change(tx, actor, loaded, "reserved", &evidence, |device, at| {
        Ok(rules::reservable(device)?.reserve(at))
    })
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
        "released",
        &json!({"reason": reason}),
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
        "handed_over",
        &json!({"reference": reference}),
        rules::hand_over,
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
    event_type: &str,
    evidence: &Value,
    step: impl Fn(Device, Instant) -> Result<Device, Refusal>,
) -> Result<()> {
    let evidence = evidence.to_string();
    let now = tx.now();
    let mut ledger = Ledger::of(devices.clone());
    for device in devices {
        let record = Record {
            event_type: event_type.to_owned(),
            evidence: evidence.clone(),
            at: now,
            note: None,
            client_id: None,
        };
        ledger.apply(tx, actor, step(device, now)?, None, record)?;
    }
    ledger.write(tx)
}
