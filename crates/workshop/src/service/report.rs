//! Reports of erasure tools: attached to a device, and read where the tool is known.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, DeviceId, squash};
use serde_json::json;

use super::events::record;
use super::evidence::note_file;
use super::hardware::{finish, on_bench};
use super::ledger::Record;
use super::limits::unknown_device;
use crate::Settings;
use crate::model::{
    AttachedReport, Device, DeviceView, Doubt, DriveErasure, EraseResult, ErasureReport, Event,
    EventOutcome, FileKind, Ground, Incoming, NewFile, Operators, Recorded, ReportVerdict,
    ReportedDrive,
};
use crate::rules::{self, About};
use crate::store;

/// Attaches a report that was kept. One that could be read becomes the `erased` event of those
/// of the device's drives that it is about; any other is noted in the log. The same file again
/// changes nothing.
///
/// # Errors
/// `unknown_device`, `not_your_workshop`, `report_mismatch`, `erasure_not_proven`, and what
/// keeps a device from being `erased`.
pub fn attach_report(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    file: &NewFile,
    report: Option<&ErasureReport>,
) -> Result<AttachedReport> {
    let ledger = on_bench(tx, actor, id)?;
    let bench = ledger
        .get(id)
        .ok_or_else(|| unknown_device(&id.to_string(), &[]))?;
    let (device, drives) = (bench.device.clone(), bench.drives.clone());
    let Some(report) = report else {
        let recorded = note_unread(tx, actor, &device, file)?;
        return Ok(answer(file, None, recorded, None));
    };
    let settings = Settings::in_use()?;
    let now = tx.now();
    let about = rules::about(&device, &drives, report, &file.sha256, settings, now)?;
    note_once(tx, actor, &device, file)?;
    let number = format!("report:{}", file.sha256);
    if is_logged(tx, id, &number)? {
        // what is read of the same file may have changed since: it is the file that counts once
        let recorded = finish(tx, ledger, id, EventOutcome::AlreadyApplied)?;
        return Ok(answer(file, Some(report), recorded, Some(about)));
    }
    let line = Incoming {
        event: Event::Erased {
            drives: about
                .drives
                .iter()
                .map(|(_, entry)| entry.clone())
                .collect(),
        },
        at: None,
        note: None,
        client_id: Some(number),
        operator: None,
        device: None,
    };
    let recorded = record(tx, actor, id, &line, &Operators::new())?;
    Ok(answer(file, Some(report), recorded, Some(about)))
}

/// The workshop's own devices that a report is about: those in which its drives were seen, else the
/// one whose serial number it carries.
///
/// # Errors
/// When the database fails.
pub fn devices_of_report(
    db: &mut Db,
    actor: &Actor,
    report: &ErasureReport,
) -> Result<Vec<DeviceId>> {
    let serials = report.drives.iter().filter_map(|one| one.serial.as_deref());
    let keys: Vec<String> = serials.map(squash).filter(|key| !key.is_empty()).collect();
    let own = |device: &Device| {
        device.is_live() && (actor.is_city() || device.workshop_id == Some(actor.organisation))
    };
    let holders = store::holders(db, &keys)?;
    let mut found = store::by_ids(db, &holders)?;
    found.retain(own);
    if found.is_empty()
        && let Some(serial) = &report.machine_serial
    {
        found = store::by_serial_keys(db, &[squash(serial)])?;
        found.retain(own);
    }
    found.sort_unstable_by_key(|device| device.id);
    Ok(found.into_iter().map(|device| device.id).collect())
}

/// Whether a line of the device's log has this number.
fn is_logged(tx: &mut Tx<'_>, id: DeviceId, number: &str) -> Result<bool> {
    let known = store::client_ids(tx, &[id])?;
    Ok(known.iter().any(|(_, client_id)| client_id == number))
}

/// Whether it was noted now, not before.
fn note_once(tx: &mut Tx<'_>, actor: &Actor, device: &Device, file: &NewFile) -> Result<bool> {
    let kind = FileKind::ErasureReport;
    let before = store::file_of(tx, device.id, kind, &file.sha256)?;
    if before.is_some_and(|before| before.cycle == device.cycle) {
        return Ok(false);
    }
    note_file(tx, actor, device.id, device.cycle, kind, file)?;
    Ok(true)
}

fn note_unread(
    tx: &mut Tx<'_>,
    actor: &Actor,
    device: &Device,
    file: &NewFile,
) -> Result<Recorded> {
    let mut ledger = on_bench(tx, actor, device.id)?;
    if !note_once(tx, actor, device, file)? {
        return finish(tx, ledger, device.id, EventOutcome::AlreadyApplied);
    }
    let record = Record {
        event_type: "report_attached".to_owned(),
        evidence: json!({
            "sha256": file.sha256,
            "media_type": file.media_type,
            "size": file.size,
            "name": file.name,
        })
        .to_string(),
        at: tx.now(),
        note: None,
        client_id: None,
        operated_by: None,
    };
    ledger.apply(tx, actor, device.clone(), None, record)?;
    finish(tx, ledger, device.id, EventOutcome::Applied)
}

fn answer(
    file: &NewFile,
    report: Option<&ErasureReport>,
    recorded: Recorded,
    about: Option<About>,
) -> AttachedReport {
    let device = recorded.device;
    let mut verdicts = Vec::new();
    let mut others = Vec::new();
    if let Some(about) = about {
        let told = about.drives.into_iter();
        verdicts.extend(told.map(|(reported, entry)| verdict(&device, reported, &entry)));
        let refused = about.refused.into_iter();
        verdicts.extend(refused.map(|reported| refused_on_flash(&device, reported)));
        others = about.others;
    }
    AttachedReport {
        sha256: file.sha256.clone(),
        media_type: file.media_type,
        size: file.size,
        status: recorded.status,
        read: report.is_some(),
        integrity: report.map(|report| report.integrity),
        tool: report.map(|report| report.tool.clone()),
        tool_version: report.and_then(|report| report.tool_version.clone()),
        document_id: report.and_then(|report| report.document_id.clone()),
        machine_serial: report.and_then(|report| report.machine_serial.clone()),
        drives: verdicts,
        others,
        device,
    }
}

/// A report proves a drive when nothing in it, and nothing else that was said, speaks against it.
fn verdict(device: &DeviceView, reported: ReportedDrive, entry: &DriveErasure) -> ReportVerdict {
    let key = entry.serial.as_deref().map(squash);
    let drive = device
        .drives
        .iter()
        .find(|drive| drive.serial.as_deref().map(squash) == key);
    let proven = reported.result == EraseResult::Success && drive.is_some_and(|one| one.proven);
    let own = reported.grounds.iter().copied().map(Doubt::from);
    let mut doubts: Vec<Doubt> = own.collect();
    if let Some(drive) = drive.filter(|drive| !drive.proven) {
        let more = drive.doubts.iter().filter(|doubt| !doubts.contains(doubt));
        let more: Vec<_> = more.cloned().collect();
        doubts.extend(more);
    }
    ReportVerdict {
        reported,
        proven,
        doubts,
        received_at: device.received_at,
        code: (!proven).then_some(Code::ErasureNotProven),
    }
}

fn refused_on_flash(device: &DeviceView, reported: ReportedDrive) -> ReportVerdict {
    ReportVerdict {
        reported,
        proven: false,
        doubts: vec![Ground::Overwritten.into()],
        received_at: device.received_at,
        code: Some(Code::ErasureNotProven),
    }
}
