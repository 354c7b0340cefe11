//! What a capture of a machine's hardware changes.

use kernel::{Code, Instant, Refusal, Text, squash};

use super::erasure::with_seen;
use super::{Change, Facts, Verdict, already_reserved};
use crate::model::{Contradiction, Device, Hardware, Stage};

/// Takes note of a capture. A drive that appears after the proof voids it: a device past
/// `triaged` falls back to there, and a ready one gives its kit back.
///
/// # Errors
/// `already_reserved`, or `step_not_allowed` when the device is not in the workshop.
pub fn capture(facts: &Facts<'_>, mut hardware: Hardware, at: Instant) -> Result<Verdict, Refusal> {
    let device = facts.device;
    if device.stage == Stage::Reserved {
        return Err(already_reserved(device));
    }
    if !device.stage.in_workshop() {
        return Err(Refusal::new(
            Code::StepNotAllowed,
            Text::new(
                format!(
                    "{} n'est pas à l'atelier ({}).",
                    device.name(),
                    device.stage.french()
                ),
                format!(
                    "{} is not in the workshop ({}).",
                    device.name(),
                    device.stage
                ),
            ),
        ));
    }
    let mut change = Change::new(facts);
    change.drives = with_seen(facts.drives, &hardware.summary.drives, device.cycle, at);
    let known = device.hardware.as_ref().map(|known| &known.raw_sha256);
    if known == Some(&hardware.raw_sha256) && change.drives == facts.drives {
        return Ok(Verdict::AlreadyDone);
    }
    hardware.contradictions = contradictions(device, &hardware);
    let summary = &hardware.summary;
    change.device.manufacturer = device
        .manufacturer
        .clone()
        .or_else(|| summary.manufacturer.clone());
    change.device.model = device.model.clone().or_else(|| summary.model.clone());
    change.device.hardware = Some(hardware);
    if device.stage == Stage::Triaged || device.erasure_proven {
        change.settle_proof(at);
    }
    Ok(Verdict::Apply(Box::new(change)))
}

/// Another serial number or another kind than announced is flagged, never merged.
fn contradictions(device: &Device, hardware: &Hardware) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let mut flag = |field: &str, announced: &str, machine: &str| {
        found.push(Contradiction {
            field: field.to_owned(),
            announced: announced.to_owned(),
            machine: machine.to_owned(),
        });
    };
    if let (Some(key), Some(serial)) = (&device.serial_key, &hardware.summary.serial)
        && *key != squash(serial)
    {
        flag(
            "serial",
            device.serial.as_deref().unwrap_or_default(),
            serial,
        );
    }
    if let Some(kind) = hardware.summary.kind
        && kind != device.kind
    {
        flag("kind", device.kind.as_str(), kind.as_str());
    }
    found
}
