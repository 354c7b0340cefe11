//! What a tool's report proves of the drives of a device.

use kernel::{Code, Instant, Refusal, Text, squash};
use serde_json::json;

use super::identity_key;
use crate::Settings;
use crate::model::{
    Device, Drive, DriveErasure, EraseMethod, EraseResult, ErasureReport, Ground, Media, Reading,
    ReportedDrive,
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
    let ahead = hours_ahead(report, now);
    for (known, reported) in by_drive(drives, &report.drives) {
        if known.is_none() && !(is_this && drives.is_empty()) {
            about.others.push(name(&reported).to_owned());
            continue;
        }
        let seen = known.map(|n| &drives[n]);
        let entry = evidence(&reported, seen, report, sha256, ahead);
        let media = entry.media.unwrap_or(Media::Other);
        let overwritten = entry.method == EraseMethod::Clear && !settings.clear_counts(media);
        if overwritten && claims_success(&reported) {
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

/// Whether the tool says that the drive is erased, and the drive is not proven for the tool's sake
/// alone.
fn claims_success(reported: &ReportedDrive) -> bool {
    let others = |ground: &Ground| *ground != Ground::LayoutUnverified;
    reported.result == EraseResult::Success
        || (!reported.grounds.is_empty() && !reported.grounds.iter().any(others))
}

/// What a report says of each drive, once: a log may name a drive several times, when it was tried
/// again. The last time counts, by the clock of the tool.
fn by_drive(drives: &[Drive], reported: &[ReportedDrive]) -> Vec<(Option<usize>, ReportedDrive)> {
    let mut found: Vec<(Option<usize>, Option<String>, ReportedDrive)> = Vec::new();
    for one in reported {
        let known = position(drives, one.serial.as_deref());
        let key = one.serial.as_deref().map(squash);
        let same = found.iter_mut().find(|(position, other, _)| {
            (known.is_some() && *position == known) || (key.is_some() && *other == key)
        });
        match same {
            Some((_, _, before)) => {
                if outlives(one, before) {
                    *before = one.clone();
                }
            }
            None => found.push((known, key, one.clone())),
        }
    }
    found
        .into_iter()
        .map(|(known, _, one)| (known, one))
        .collect()
}

/// Of two that a file says of a drive, the one that stands: the later one, and what speaks against
/// an erasure where nobody can tell which is later.
fn outlives(one: &ReportedDrive, before: &ReportedDrive) -> bool {
    let adverse =
        |drive: &ReportedDrive| drive.grounds.iter().any(|ground| ground.speaks_against());
    let proves = |drive: &ReportedDrive| drive.grounds.is_empty();
    let later = |a: &ReportedDrive, b: &ReportedDrive| matches!((a.finished_at, b.finished_at), (Some(a), Some(b)) if a > b);
    match (adverse(one), adverse(before)) {
        (true, true) => later(one, before),
        (true, false) => !later(before, one) || !proves(before),
        (false, true) => proves(one) && later(one, before),
        (false, false) => proves(one) && (!proves(before) || later(one, before)),
    }
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
    ahead: i64,
) -> DriveErasure {
    let at = |time: Option<Instant>| time.map(|time| time.plus_seconds(-3600 * ahead));
    DriveErasure {
        serial: seen.map_or(&reported.serial, |drive| &drive.serial).clone(),
        media: Some(medium(seen, reported)),
        method: reported.method,
        standard: Some(reported.standard.clone()),
        tool: Some(report.tool.clone()),
        tool_version: report.tool_version.clone(),
        started_at: at(reported.started_at),
        finished_at: at(reported.finished_at),
        result: reported.result,
        report: Some(json!(sha256)),
        read: Some(Reading {
            grounds: grounds(reported, seen),
            clock: reported.finished_at,
            local: report.local_times,
        }),
    }
}

/// What the tool says of a medium wins over a guess that it turns; a guess that it is flash stands.
fn medium(seen: Option<&Drive>, reported: &ReportedDrive) -> Media {
    let known = seen.map_or(Media::Other, |drive| drive.media);
    match reported.media {
        Some(said) if known == Media::Other || (said.is_flash() && !known.is_flash()) => said,
        _ => known,
    }
}

/// How far the capacity erased may be from that of the drive: makers count differently, and what
/// they hide for themselves is small.
const CAPACITY_PERCENT: i64 = 3;

/// What a report says against itself, and what the drive says against it.
fn grounds(reported: &ReportedDrive, seen: Option<&Drive>) -> Vec<Ground> {
    let mut grounds = reported.grounds.clone();
    let known = seen
        .and_then(|drive| drive.size_bytes)
        .filter(|size| *size > 0);
    if let (Some(known), Some(erased)) = (known, reported.size_bytes)
        && erased < known.saturating_sub(known / 100 * CAPACITY_PERCENT)
        && !grounds.contains(&Ground::CapacityMismatch)
    {
        grounds.push(Ground::CapacityMismatch);
    }
    grounds
}

/// Times without a zone are read as UTC. When an end then lies ahead of now, the station's clock
/// shows the time of its zone: whole hours are taken off, the same of every time in the file.
fn hours_ahead(report: &ErasureReport, now: Instant) -> i64 {
    let ends = report.drives.iter().filter_map(|drive| drive.finished_at);
    let ahead = ends
        .filter(|_| report.local_times)
        .map(|end| end.seconds_since(now))
        .filter(|ahead| *ahead <= ZONES * 3600)
        .max()
        .unwrap_or(0);
    if ahead <= 0 { 0 } else { (ahead + 3599) / 3600 }
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
