//! What a tool's report proves of the drives of a device.

use kernel::{Code, Instant, Refusal, Text, squash};
use serde_json::json;

use super::identity_key;
use crate::Settings;
use crate::model::{
    Device, Drive, DriveErasure, EraseMethod, EraseResult, ErasureReport, Media, ReportedDrive,
};

/// Characters that have to agree where a report shortens a serial number, or adds to it.
const TAIL: usize = 8;
/// Time zones lie at most so many hours ahead of ours.
const ZONES: i64 = 14;

/// What a report says of a device.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// Its drives, with the evidence that each becomes.
    pub drives: Vec<(ReportedDrive, DriveErasure)>,
    /// Its drives of which the report proves nothing: they were overwritten, on flash.
    pub refused: Vec<ReportedDrive>,
    /// Serial numbers of other drives.
    pub others: Vec<String>,
}

/// Finds a device's drives in a report. A device whose drives nobody has seen yet takes a
/// report that names the machine itself.
///
/// # Errors
/// `report_mismatch` when it is about none of them, `erasure_not_proven` when it proves nothing
/// of any.
pub fn about(
    device: &Device,
    drives: &[Drive],
    report: &ErasureReport,
    sha256: &str,
    settings: &Settings,
    now: Instant,
) -> Result<About, Refusal> {
    let machine = report.machine_serial.as_deref().and_then(identity_key);
    let is_this = machine.is_some() && machine == device.serial_key;
    let mut about = About {
        drives: Vec::new(),
        refused: Vec::new(),
        others: Vec::new(),
    };
    for reported in last_of_each(&report.drives) {
        let known = position(drives, reported.serial.as_deref());
        if known.is_none() && !(is_this && drives.is_empty()) {
            about.others.push(name(&reported).to_owned());
            continue;
        }
        let seen = known.map(|n| &drives[n]);
        let entry = evidence(&reported, seen, report, sha256, now);
        let media = entry.media.unwrap_or(Media::Other);
        let overwritten = entry.method == EraseMethod::Clear && !settings.clear_counts(media);
        if overwritten && entry.result == EraseResult::Success {
            about.refused.push(reported);
        } else {
            about.drives.push((reported, entry));
        }
    }
    match (about.drives.is_empty(), about.refused.is_empty()) {
        (true, true) => Err(mismatch(device, &about.others)),
        (true, false) => Err(overwritten(&about.refused)),
        (false, _) => Ok(about),
    }
}

/// A log may name a drive twice, when it was tried again: the last time counts.
fn last_of_each(drives: &[ReportedDrive]) -> Vec<ReportedDrive> {
    let mut last: Vec<ReportedDrive> = Vec::with_capacity(drives.len());
    for drive in drives {
        let key = drive.serial.as_deref().map(squash);
        last.retain(|one| key.is_none() || one.serial.as_deref().map(squash) != key);
        last.push(drive.clone());
    }
    last
}

/// The drive with this serial number. A report may leave out the maker's prefix, or give more
/// than the machine did; then one drive alone may end so.
fn position(drives: &[Drive], serial: Option<&str>) -> Option<usize> {
    let key = serial.and_then(identity_key)?;
    let exact = drives.iter().position(|drive| drive.serial_key == key);
    exact.or_else(|| {
        let ends_so = |known: &str| {
            known.len().min(key.len()) >= TAIL && (known.ends_with(&key) || key.ends_with(known))
        };
        let mut alike = (0..drives.len()).filter(|n| ends_so(&drives[*n].serial_key));
        match (alike.next(), alike.next()) {
            (Some(n), None) => Some(n),
            _ => None,
        }
    })
}

fn evidence(
    reported: &ReportedDrive,
    seen: Option<&Drive>,
    report: &ErasureReport,
    sha256: &str,
    now: Instant,
) -> DriveErasure {
    // what the machine said of its drive stands; the report only fills the gap
    let known = seen
        .map(|drive| drive.media)
        .filter(|media| *media != Media::Other);
    let hours = hours_ahead(report, reported, now);
    let at = |time: Option<Instant>| time.map(|time| time.plus_seconds(-3600 * hours));
    DriveErasure {
        serial: seen.map_or(&reported.serial, |drive| &drive.serial).clone(),
        media: Some(known.or(reported.media).unwrap_or(Media::Other)),
        method: reported.method,
        standard: Some(reported.standard.clone()),
        tool: Some(report.tool.clone()),
        tool_version: report.tool_version.clone(),
        started_at: at(reported.started_at),
        finished_at: at(reported.finished_at),
        result: reported.result,
        report: Some(json!(sha256)),
    }
}

/// Times without a zone are read as UTC. When the end then lies ahead of now, the station's
/// clock shows the time of its zone: whole hours are taken off.
fn hours_ahead(report: &ErasureReport, reported: &ReportedDrive, now: Instant) -> i64 {
    let ahead = reported
        .finished_at
        .filter(|_| report.local_times)
        .map_or(0, |finished| finished.seconds_since(now));
    if ahead <= 0 || ahead > ZONES * 3600 {
        return 0;
    }
    (ahead + 3599) / 3600
}

fn name(drive: &ReportedDrive) -> &str {
    drive
        .serial
        .as_deref()
        .or(drive.model.as_deref())
        .unwrap_or("?")
}

fn mismatch(device: &Device, others: &[String]) -> Refusal {
    let list = others
        .iter()
        .take(10)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    Refusal::new(
        Code::ReportMismatch,
        Text::new(
            format!(
                "Ce rapport porte sur {list} : aucun disque connu de {}. Envoyez d'abord son relevé matériel.",
                device.name()
            ),
            format!(
                "This report is about {list}: no known drive of {}. Send its hardware capture first.",
                device.name()
            ),
        ),
    )
}

fn overwritten(drives: &[ReportedDrive]) -> Refusal {
    let list = drives.iter().map(name).collect::<Vec<_>>().join(", ");
    Refusal::new(
        Code::ErasureNotProven,
        Text::new(
            format!(
                "L'écrasement rapporté ne prouve rien sur ce support : purgez ou détruisez {list}."
            ),
            format!(
                "The overwriting that it reports proves nothing on this medium: purge or destroy {list}."
            ),
        ),
    )
}
