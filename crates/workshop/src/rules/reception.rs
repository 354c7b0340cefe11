//! Counting in: from the truck, or back from an association.

use kernel::{Code, Instant, OrganisationId, Refusal, Text};

use super::erasure::carried_over;
use super::stages::from;
use super::{Asking, Change, Facts};
use crate::model::{Device, Drive, Stage};

/// A `received` event: of a machine on a manifest, of one that comes back, or of one that
/// was missing and is found. Where the last two were nobody can tell, so they begin another
/// cycle.
pub(super) fn received(facts: &Facts<'_>, asking: &Asking<'_>) -> Result<Change, Refusal> {
    from(
        facts,
        asking,
        &[Stage::Expected, Stage::Returned, Stage::Missing],
    )?;
    let mut change = Change::new(facts);
    if facts.device.received_at.is_some() {
        let (device, drives) = receive_again(facts.device.clone(), facts.drives, asking.at);
        change.device = device;
        change.drives = drives;
    } else {
        let workshop = facts
            .device
            .workshop_id
            .ok_or_else(|| not_scheduled(facts.device))?;
        change.device = receive(facts.device.clone(), workshop, asking.at);
    }
    Ok(change)
}

fn not_scheduled(device: &Device) -> Refusal {
    Refusal::new(
        Code::StepNotAllowed,
        Text::new(
            format!("{} : son lot n'est confié à aucun atelier.", device.name()),
            format!(
                "{}: its batch is not scheduled with a workshop.",
                device.name()
            ),
        ),
    )
}

/// A machine of the manifest that is here now.
pub fn receive(mut device: Device, workshop: OrganisationId, at: Instant) -> Device {
    device.workshop_id = Some(workshop);
    device.received_at = Some(at);
    device.stage = Stage::Received;
    device.stage_at = at;
    device
}

/// A machine that comes back begins another cycle: what was proven before says nothing.
pub fn receive_again(mut device: Device, drives: &[Drive], at: Instant) -> (Device, Vec<Drive>) {
    device.cycle += 1;
    device.stage = Stage::Received;
    device.stage_at = at;
    device.erasure_proven = false;
    device.triage = None;
    device.tests_passed = None;
    device.tested_by = None;
    device.quality_checked_by = None;
    device.grade = None;
    device.kit = None; // it went with the machine, and is counted in by hand
    device.ready_at = None;
    let drives = carried_over(drives, device.cycle, at);
    (device, drives)
}

/// A machine of the manifest that is not on the truck.
pub fn give_up(mut device: Device, at: Instant) -> Device {
    device.stage = Stage::Missing;
    device.stage_at = at;
    device
}
