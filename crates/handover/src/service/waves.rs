//! The lots of a wave, planned with its approval and called off with it.

use allocation::{Lot, Remark, Wave};
use db::{Result, Tx};
use kernel::{Actor, WaveId};

use crate::model::{Handover, HandoverStatus};
use crate::store;

/// Approves a wave and plans the handover of each lot, one for each application and
/// workshop, in the same transaction.
///
/// # Errors
/// As [`allocation::approve`].
pub fn approve_wave(tx: &mut Tx<'_>, actor: &Actor, id: WaveId, decision: &Remark) -> Result<()> {
    let approval = allocation::approve(tx, actor, id, decision)?;
    if !approval.newly {
        return Ok(());
    }
    let lots = allocation::lots(tx, id)?;
    let count = i64::try_from(lots.len()).unwrap_or(i64::MAX);
    let year = tx.now().year();
    let first = if count > 0 {
        tx.next_numbers(&format!("handovers-{year}"), count)?
    } else {
        1
    };
    let planned: Vec<Handover> = lots
        .iter()
        .zip(first..)
        .map(|(lot, number)| planned(tx, id, lot, format!("R-{year}-{number:05}")))
        .collect();
    store::insert(tx, &planned)
}

/// The handover of a lot, before anything is agreed.
pub(crate) fn planned(tx: &Tx<'_>, wave: WaveId, lot: &Lot, reference: String) -> Handover {
    Handover {
        id: tx.new_id(),
        reference,
        wave_id: wave,
        application_id: lot.application,
        association_id: lot.association,
        workshop_id: lot.workshop,
        status: HandoverStatus::Planned,
        devices: i32::try_from(lot.devices).unwrap_or(i32::MAX),
        appointment_from: None,
        appointment_to: None,
        place: None,
        sequence: 0,
        recipient_name: None,
        signature: None,
        reason: None,
        completed_by: None,
        completed_at: None,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        signature_sha256: None,
        signature_waived: None,
        collector: None,
        collector_named_by: None,
        collector_named_at: None,
        allowed_reason: None,
        allowed_by: None,
        allowed_at: None,
        slot_id: None,
    }
}

/// Calls a wave off, with every handover that did not take place.
///
/// # Errors
/// As [`allocation::cancel`].
pub fn cancel_wave(tx: &mut Tx<'_>, actor: &Actor, id: WaveId, reason: &str) -> Result<Wave> {
    let wave = allocation::cancel(tx, actor, id, reason)?;
    let now = tx.now();
    store::cancel_of_wave(tx, id, reason.trim(), now)?;
    Ok(wave)
}
