//! A wave is called off, or goes on to its handovers and its end.

use std::collections::BTreeMap;

use db::{Result, Tx};
use kernel::{Actor, ApplicationId, DeviceId, OrganisationId, Refusal, Verdict, WaveId};

use super::{load, mail, stored_plan};
use crate::model::{Wave, WaveStatus};
use crate::rules;
use crate::store::{self, Step};

/// Calls a wave off and releases what it still has reserved. What was handed over stays.
///
/// # Errors
/// `wave_step_not_allowed` when it is completed; `invalid_fields` without a reason.
pub fn cancel(tx: &mut Tx<'_>, actor: &Actor, id: WaveId, reason: &str) -> Result<Wave> {
    let wave = load(tx, id)?;
    rules::reason_given(reason)?;
    let reason = reason.trim();
    if rules::may_cancel(wave.status)? == Verdict::AlreadyDone {
        return Ok(wave);
    }
    let now = tx.now();
    if wave.status.is_decided() {
        let reserved = store::reserved_devices(tx, id)?;
        let devices: Vec<DeviceId> = reserved.iter().map(|(_, device)| *device).collect();
        workshop::release(tx, actor, &devices, reason)?;
        store::mark_released(tx, id, &devices, now)?;
        let lots: BTreeMap<ApplicationId, ()> = reserved
            .iter()
            .map(|(application, _)| (*application, ()))
            .collect();
        if let Some((instance, ..)) = stored_plan(tx, &wave)? {
            mail::released(tx, &wave, &instance, lots.into_keys(), reason)?;
        }
    }
    store::step(tx, &wave, Step::Cancel { reason }, now)?;
    load(tx, id)
}

/// Takes a lot back from an application, as far as one workshop keeps it: its devices are
/// ready again for the next wave, and the association is told.
///
/// # Errors
/// `wave_step_not_allowed` when the wave is not approved.
pub fn release_lot(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: WaveId,
    (application, workshop): (ApplicationId, Option<OrganisationId>),
    reason: &str,
) -> Result<()> {
    let wave = load(tx, id)?;
    rules::may_hand_over(wave.status)?;
    let devices: Vec<DeviceId> = super::read::lot_devices(tx, id, application, workshop)?
        .iter()
        .map(|device| device.device_id)
        .collect();
    workshop::release(tx, actor, &devices, reason)?;
    let now = tx.now();
    store::mark_released(tx, id, &devices, now)?;
    if let Some((instance, ..)) = stored_plan(tx, &wave)? {
        mail::released(tx, &wave, &instance, std::iter::once(application), reason)?;
    }
    Ok(())
}

/// The first handover of a wave is under way.
///
/// # Errors
/// `wave_step_not_allowed` when the wave is not approved.
pub fn hand_over_begins(tx: &mut Tx<'_>, id: WaveId) -> Result<()> {
    let wave = load(tx, id)?;
    rules::may_hand_over(wave.status)?;
    if wave.status == WaveStatus::Approved {
        let now = tx.now();
        store::step(tx, &wave, Step::HandOver, now)?;
    }
    Ok(())
}

/// Every lot of a wave was handed over.
///
/// # Errors
/// `wave_step_not_allowed` when the wave is not approved.
pub fn complete(tx: &mut Tx<'_>, id: WaveId) -> Result<()> {
    let wave = load(tx, id)?;
    if wave.status == WaveStatus::Completed {
        return Ok(());
    }
    if !rules::may_complete(wave.status) {
        return Err(Refusal::plain(kernel::Code::WaveStepNotAllowed).into());
    }
    let now = tx.now();
    store::step(tx, &wave, Step::Complete, now)
}
