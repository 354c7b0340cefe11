//! What a machine says of itself, and what people decide where it contradicts.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, DeviceId, Refusal, Text, squash};
use serde_json::json;

use super::evidence::note_file;
use super::ledger::{Ledger, Needs, Record};
use super::limits::{own_workshop, unknown_device};
use crate::model::{
    Answer, Capture, Device, DeviceView, EventOutcome, FileKind, Hardware, Keep, NewFile, Recorded,
};
use crate::rules::{self, Change, Decided, Heard};
use crate::store;

/// Whether the actor's workshop works on a device: asked before a file about it is kept, and
/// again when it is noted.
///
/// # Errors
/// `unknown_device`, `not_your_workshop`.
pub fn may_add_evidence(db: &mut Db, actor: &Actor, id: DeviceId) -> Result<()> {
    let device = store::by_ids(db, &[id])?
        .pop()
        .ok_or_else(|| unknown_device(&id.to_string(), &[]))?;
    Ok(own_workshop(actor, &device)?)
}

/// Takes what was read from a capture of a device, and notes its drives as seen. The file was
/// kept before.
///
/// # Errors
/// `unknown_device`, `not_your_workshop`, `already_reserved`, `step_not_allowed`.
pub fn put_hardware(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    capture: &Capture,
    file: &NewFile,
) -> Result<Recorded> {
    let mut ledger = on_bench(tx, actor, id)?;
    let bench = ledger
        .get(id)
        .ok_or_else(|| unknown_device(&id.to_string(), &[]))?;
    let cycle = bench.device.cycle;
    let before = store::file_of(tx, id, FileKind::Capture, &file.sha256)?;
    let heard = Heard {
        hardware: Hardware {
            raw_sha256: file.sha256.clone(),
            captured_at: tx.now(),
            summary: capture.clone(),
            contradictions: Vec::new(),
        },
        sent_before: before.is_some_and(|file| file.cycle == cycle),
        serial_taken: holder(tx, id, capture.serial.as_deref())?.is_some(),
    };
    let facts = ledger.facts(bench, None, None);
    let verdict = rules::capture(&facts, heard, tx.now())?;
    let status = outcome(&verdict);
    if let Decided::Apply(change) = verdict {
        note_file(tx, actor, id, cycle, FileKind::Capture, file)?;
        apply(tx, actor, &mut ledger, *change, "hardware_seen", |device| {
            json!(device.hardware).to_string()
        })?;
    }
    finish(tx, ledger, id, status)
}

/// A person decides where a machine contradicts its record.
///
/// # Errors
/// `unknown_device`, `not_your_workshop`, `not_allowed` for the key of a station,
/// `nothing_to_resolve`, `duplicate_serial`, and as for a capture.
pub fn resolve_contradiction(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    answer: &Answer,
) -> Result<Recorded> {
    person_only(actor)?;
    let mut ledger = on_bench(tx, actor, id)?;
    let bench = ledger
        .get(id)
        .ok_or_else(|| unknown_device(&id.to_string(), &[]))?;
    let facts = ledger.facts(bench, None, None);
    let verdict = rules::decide_contradiction(&facts, actor.person, answer, tx.now())?;
    let status = outcome(&verdict);
    if let Decided::Apply(change) = verdict {
        let serial = change.device().serial.clone();
        if answer.keep == Keep::Machine
            && let Some(other) = holder(tx, id, serial.as_deref())?
        {
            return Err(rules::duplicate_serial(&other).into());
        }
        let evidence = json!({
            "field": answer.field,
            "keep": answer.keep,
            "reason": answer.reason.trim(),
        });
        apply(
            tx,
            actor,
            &mut ledger,
            *change,
            "contradiction_resolved",
            |_| evidence.to_string(),
        )?;
    }
    finish(tx, ledger, id, status)
}

/// A person decides, not a machine.
///
/// # Errors
/// `not_allowed`.
pub(super) fn person_only(actor: &Actor) -> Result<(), Refusal> {
    if actor.is_person() {
        return Ok(());
    }
    Err(Refusal::new(
        Code::NotAllowed,
        Text::new(
            "Une personne tranche, avec son propre compte ; la clé d'un poste ne le peut pas.",
            "A person decides, with an account of their own; the key of a station cannot.",
        ),
    ))
}

pub(super) fn on_bench(tx: &mut Tx<'_>, actor: &Actor, id: DeviceId) -> Result<Ledger> {
    on_bench_with(tx, actor, id, Needs::default())
}

pub(super) fn on_bench_with(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    needs: Needs,
) -> Result<Ledger> {
    may_add_evidence(tx, actor, id)?;
    let mut ledger = Ledger::of(store::by_ids(tx, &[id])?);
    ledger.load_facts(tx, needs)?;
    Ok(ledger)
}

/// The other live device that has this serial number.
fn holder(db: &mut Db, id: DeviceId, serial: Option<&str>) -> Result<Option<Device>> {
    let Some(key) = serial.map(squash) else {
        return Ok(None);
    };
    let named = store::by_serial_keys(db, &[key])?;
    Ok(named
        .into_iter()
        .find(|device| device.id != id && device.is_live()))
}

pub(super) fn outcome(verdict: &Decided) -> EventOutcome {
    match verdict {
        Decided::Apply(_) => EventOutcome::Applied,
        Decided::AlreadyDone => EventOutcome::AlreadyApplied,
    }
}

pub(super) fn apply(
    tx: &mut Tx<'_>,
    actor: &Actor,
    ledger: &mut Ledger,
    change: Change,
    event_type: &str,
    evidence: impl FnOnce(&Device) -> String,
) -> Result<()> {
    let (device, drives, effects) = change.into_parts();
    let open = device
        .hardware
        .as_ref()
        .is_some_and(|hardware| hardware.open().next().is_some());
    let now = tx.now();
    store::set_contradicts(tx, device.id, open, now)?;
    ledger.move_stock(tx, actor, &device, &effects);
    let record = Record {
        event_type: event_type.to_owned(),
        evidence: evidence(&device),
        at: tx.now(),
        note: None,
        client_id: None,
        operated_by: None,
    };
    ledger.apply(tx, actor, device, Some(drives), record)
}

pub(super) fn finish(
    tx: &mut Tx<'_>,
    ledger: Ledger,
    id: DeviceId,
    status: EventOutcome,
) -> Result<Recorded> {
    let bench = ledger
        .get(id)
        .ok_or_else(|| unknown_device(&id.to_string(), &[]))?;
    let device = DeviceView::new(bench.device.clone(), bench.drives.clone());
    ledger.write(tx)?;
    Ok(Recorded {
        device,
        status,
        checks: None,
    })
}
