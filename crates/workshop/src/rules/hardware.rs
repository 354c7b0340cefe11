//! What a capture of a machine's hardware changes, and who decides where it contradicts.

use kernel::{Code, DeviceKind, Instant, PersonId, Refusal, Text, squash};

use super::erasure::with_seen;
use super::{Change, Decided, Facts, already_reserved};
use crate::model::{Answer, Contradiction, Decision, Device, Hardware, Keep, Stage};

/// What a machine said of itself, and what we know of having heard it.
#[derive(Debug)]
pub struct Heard {
    /// What was read.
    pub hardware: Hardware,
    /// The same file was sent in this cycle of the device.
    pub sent_before: bool,
    /// Another live device has the serial number that it gives.
    pub serial_taken: bool,
}

/// Takes note of a capture. A drive that appears after the proof voids it: a device past
/// `triaged` falls back to there, and a ready one gives its kit back. Another serial number
/// or kind than the record's is flagged and stops nobody: what is proven is proven of the
/// machine at hand, and a manifest may be wrong. The same file in the same cycle was sent
/// again, and says nothing new.
///
/// # Errors
/// `already_reserved`, or `step_not_allowed` when the device is not in the workshop.
pub fn capture(facts: &Facts<'_>, heard: Heard, at: Instant) -> Result<Decided, Refusal> {
    let device = facts.device;
    in_workshop(device)?;
    if heard.sent_before {
        return Ok(Decided::AlreadyDone);
    }
    let mut hardware = heard.hardware;
    let mut change = Change::new(facts);
    change.drives = with_seen(facts.drives, &hardware.summary.drives, device.cycle, at);
    hardware.contradictions = contradictions(device, &hardware, heard.serial_taken);
    let summary = &hardware.summary;
    change.device.manufacturer = device
        .manufacturer
        .clone()
        .or_else(|| summary.manufacturer.clone());
    change.device.model = device.model.clone().or_else(|| summary.model.clone());
    if let Some(serial) = summary.serial.as_ref().filter(|_| !heard.serial_taken)
        && device.serial_key.is_none()
    {
        change.device.serial_key = Some(squash(serial));
        change.device.serial = Some(serial.clone());
    }
    change.device.hardware = Some(hardware);
    if device.stage == Stage::Triaged || device.erasure_proven {
        change.settle_proof(at);
    }
    Ok(Decided::Apply(Box::new(change)))
}

pub(super) fn in_workshop(device: &Device) -> Result<(), Refusal> {
    if device.stage == Stage::Reserved {
        return Err(already_reserved(device));
    }
    if device.stage.in_workshop() {
        return Ok(());
    }
    Err(Refusal::new(
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
    ))
}

/// Another serial number or another kind than announced is flagged, never merged; so is a
/// number that another device has already. What a person decided about the same two before
/// stands.
fn contradictions(device: &Device, hardware: &Hardware, taken: bool) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let before = device.hardware.as_ref();
    let mut flag = |field: &str, announced: &str, machine: &str| {
        let mut contradiction = Contradiction {
            field: field.to_owned(),
            announced: announced.to_owned(),
            machine: machine.to_owned(),
            decision: None,
        };
        let decided = before.and_then(|before| {
            before.contradictions.iter().find(|known| {
                known.field == field && known.announced == announced && known.machine == machine
            })
        });
        contradiction.decision = decided.and_then(|known| known.decision.clone());
        found.push(contradiction);
    };
    if let Some(serial) = &hardware.summary.serial
        && device.serial_key.as_ref() != Some(&squash(serial))
        && (device.serial_key.is_some() || taken)
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

/// A person decides about a contradiction: what we have stands, or what the machine says is
/// taken over. A machine of another kind is tested again, by that kind's template.
///
/// # Errors
/// `nothing_to_resolve`, `invalid_fields` without a reason, and as for a capture.
pub fn decide_contradiction(
    facts: &Facts<'_>,
    by: PersonId,
    answer: &Answer,
    at: Instant,
) -> Result<Decided, Refusal> {
    in_workshop(facts.device)?;
    check_reason(&answer.reason)?;
    let mut change = Change::new(facts);
    let decision = Decision {
        keep: answer.keep,
        reason: answer.reason.trim().to_owned(),
        by,
        at,
    };
    let contradiction = change
        .device
        .hardware
        .iter_mut()
        .flat_map(|hardware| hardware.contradictions.iter_mut())
        .find(|one| one.field == answer.field)
        .ok_or_else(|| Refusal::plain(Code::NothingToResolve))?;
    match &contradiction.decision {
        Some(made) if made.keep == decision.keep => return Ok(Decided::AlreadyDone),
        Some(_) => return Err(Refusal::plain(Code::NothingToResolve)),
        None => contradiction.decision = Some(decision),
    }
    let (field, machine) = (contradiction.field.clone(), contradiction.machine.clone());
    if answer.keep == Keep::Machine {
        take_over(&mut change, &field, machine, at);
    }
    Ok(Decided::Apply(Box::new(change)))
}

/// A reason is given, and not too long.
pub(super) fn check_reason(reason: &str) -> Result<(), Refusal> {
    let length = reason.trim().chars().count();
    let (code, detail) = match length {
        0 => (Code::Required, Text::new("Dites pourquoi.", "Say why.")),
        1..=500 => return Ok(()),
        _ => (
            Code::TooLong,
            Text::new("500 caractères au plus.", "At most 500 characters."),
        ),
    };
    Err(Refusal::field("/reason", code, detail))
}

fn take_over(change: &mut Change, field: &str, machine: String, at: Instant) {
    match (field, machine.parse::<DeviceKind>()) {
        ("kind", Ok(kind)) => {
            change.device.kind = kind;
            change.void_work();
            if matches!(change.device.stage, Stage::Tested | Stage::Graded) {
                change.go(Stage::Erased, at);
            }
        }
        _ => {
            change.device.serial_key = Some(squash(&machine));
            change.device.serial = Some(machine);
        }
    }
}
