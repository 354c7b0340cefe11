//! No data leaves with a disk (`DESIGN.md` §3, rule 5).

use kernel::{Code, Fields, Instant, Refusal, Text, squash};

use crate::Settings;
use crate::model::{Drive, DriveErasure, EraseMethod, EraseResult, Media, Proof, SeenDrive};

/// Every drive of a device is erased, destroyed or recorded absent. Only [`proven`] makes
/// one, and no device becomes ready, scrapped or parts without.
#[derive(Debug)]
pub struct Proven(());

/// Decides whether the data of a device is proven gone: evidence for each drive it was
/// seen with, and for one at least.
///
/// # Errors
/// `erasure_not_proven` without any proof, `drive_not_covered` naming the drives that have none.
pub fn proven(drives: &[Drive]) -> Result<Proven, Refusal> {
    if !drives.iter().any(|drive| drive.proven) {
        return Err(not_proven(
            "Aucune preuve d'effacement n'est enregistrée pour cet appareil : enregistrez « erased » pour chacun de ses disques, ou l'absence de disque.",
            "No proof of erasure is recorded for this device: record `erased` for each of its drives, or that it has none.",
        ));
    }
    let open: Vec<_> = drives
        .iter()
        .filter(|drive| !drive.proven)
        .map(Drive::name)
        .collect();
    if open.is_empty() {
        return Ok(Proven(()));
    }
    let open = open.join(", ");
    Err(Refusal::new(
        Code::DriveNotCovered,
        Text::new(
            format!(
                "Sans preuve d'effacement : disque {open}. Effacez-le, détruisez-le ou enregistrez son absence."
            ),
            format!(
                "Without proof of erasure: drive {open}. Erase it, destroy it or record that it is absent."
            ),
        ),
    ))
}

fn not_proven(fr: &'static str, en: &'static str) -> Refusal {
    Refusal::new(Code::ErasureNotProven, Text::new(fr, en))
}

/// Adds evidence to the drives of a device. A failure is kept too, and leaves the drive
/// without proof; so does evidence for another drive.
///
/// # Errors
/// `invalid_fields` for a drive that cannot be told from others, `erasure_not_proven` when
/// overwriting is reported as success where it is none.
pub(super) fn with_evidence(
    drives: &[Drive],
    evidence: &[DriveErasure],
    cycle: i32,
    at: Instant,
    settings: &Settings,
) -> Result<Vec<Drive>, Refusal> {
    check(drives, evidence, at)?;
    let mut drives = drives.to_vec();
    let mut told: Vec<usize> = Vec::with_capacity(evidence.len());
    for (line, entry) in evidence.iter().enumerate() {
        let key = entry.serial.as_deref().map(squash).unwrap_or_default();
        let known = position(&drives, &key, &told);
        let seen = known
            .map(|n| drives[n].media)
            .filter(|media| *media != Media::Other);
        let counts = [seen, entry.media]
            .iter()
            .flatten()
            .all(|media| settings.clear_counts(*media));
        if entry.method == EraseMethod::Clear && entry.result == EraseResult::Success && !counts {
            return Err(overwritten(entry));
        }
        named_tool(line, entry)?;
        let n = known.unwrap_or_else(|| {
            drives.push(new_drive(entry, free_key(&drives, key), cycle, at));
            drives.len() - 1
        });
        told.push(n);
        let drive = &mut drives[n];
        // what the machine said of its drive stands; evidence only fills the gap
        if let Some(media) = entry.media.filter(|_| drive.media == Media::Other) {
            drive.media = media;
        }
        drive.proven = entry.result == EraseResult::Success;
        drive.proof = Some(Proof {
            method: entry.method,
            result: entry.result,
            tool: entry.tool.clone(),
            at: entry.finished_at.unwrap_or(at),
        });
    }
    Ok(drives)
}

/// The drive that evidence is about. Evidence without a serial number is about one of the
/// drives that gave none: the first that is open, and each entry about another.
fn position(drives: &[Drive], key: &str, told: &[usize]) -> Option<usize> {
    if !key.is_empty() {
        return drives.iter().position(|drive| drive.serial_key == key);
    }
    let nameless = |open: bool| {
        drives.iter().enumerate().position(|(n, drive)| {
            drive.serial.is_none() && !told.contains(&n) && (!open || !drive.proven)
        })
    };
    nameless(true).or_else(|| nameless(false))
}

/// Drives without a serial number are told apart by a number of ours, which no serial
/// number can be: an empty key, then `#2`, `#3` …
fn nth_nameless(n: usize) -> String {
    if n == 0 {
        String::new()
    } else {
        format!("#{}", n + 1)
    }
}

fn free_key(drives: &[Drive], key: String) -> String {
    if !key.is_empty() {
        return key;
    }
    (0..)
        .map(nth_nameless)
        .find(|key| drives.iter().all(|drive| drive.serial_key != *key))
        .unwrap_or_default()
}

fn new_drive(entry: &DriveErasure, serial_key: String, cycle: i32, at: Instant) -> Drive {
    Drive {
        id: None,
        cycle,
        serial: entry.serial.clone(),
        serial_key,
        media: entry.media.unwrap_or(Media::Other),
        model: None,
        size_bytes: None,
        proof: None,
        proven: false,
        seen_at: at,
    }
}

/// For a gift whose donor wants its drives destroyed, nothing else proves anything.
///
/// # Errors
/// `erasure_not_proven`.
pub fn only_destruction(evidence: &[DriveErasure]) -> Result<(), Refusal> {
    let erased = evidence.iter().any(|entry| {
        entry.result == EraseResult::Success
            && matches!(entry.method, EraseMethod::Clear | EraseMethod::Purge)
    });
    if !erased {
        return Ok(());
    }
    Err(Refusal::new(
        Code::ErasureNotProven,
        Text::new(
            "Le donateur demande que les disques de ce lot soient détruits : un effacement n'en tient pas lieu.",
            "The donor asks that the drives of this batch be destroyed: erasing them does not stand for it.",
        ),
    ))
}

/// A proof names the tool that gave it (NIST SP 800-88 Rev. 2, certificate of sanitization).
fn named_tool(line: usize, entry: &DriveErasure) -> Result<(), Refusal> {
    let by_tool = matches!(entry.method, EraseMethod::Clear | EraseMethod::Purge);
    if by_tool && entry.result == EraseResult::Success && entry.tool.is_none() {
        return Err(Refusal::field(
            format!("/drives/{line}/tool"),
            Code::Required,
            Text::new(
                "Indiquez l'outil qui a effacé ce disque.",
                "Give the tool that erased this drive.",
            ),
        ));
    }
    Ok(())
}

fn overwritten(entry: &DriveErasure) -> Refusal {
    let serial = entry.serial.as_deref().unwrap_or("?");
    Refusal::new(
        Code::ErasureNotProven,
        Text::new(
            format!(
                "L'écrasement (« clear ») ne prouve rien sur ce support : purgez ou détruisez le disque {serial}."
            ),
            format!(
                "Overwriting (`clear`) proves nothing on this medium: purge or destroy drive {serial}."
            ),
        ),
    )
}

/// How far the clock of an erasure station may be ahead of the scanner's.
const CLOCK_SECONDS: i64 = 3600;

/// Each entry names its drive and how it was erased, and each drive one entry.
fn check(drives: &[Drive], evidence: &[DriveErasure], at: Instant) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    let nameless = drives.iter().any(|drive| drive.serial.is_none());
    let mut seen = Vec::with_capacity(evidence.len());
    for (n, entry) in evidence.iter().enumerate() {
        let key = entry.serial.as_deref().map(squash).unwrap_or_default();
        let gone = matches!(entry.method, EraseMethod::Destroy | EraseMethod::Absent);
        let mut wrong = |field: &str, code: Code, detail: Text| {
            fields.push(format!("/drives/{n}/{field}"), code, detail);
        };
        if key.is_empty() && !gone && !nameless {
            wrong("serial", Code::Required, serial_missing());
        }
        if entry.media.is_none() && !gone {
            let detail = Text::new("Indiquez le type de disque.", "Give the kind of drive.");
            wrong("media", Code::Required, detail);
        }
        if !key.is_empty() && seen.contains(&key) {
            let detail = Text::new("Ce disque figure deux fois.", "This drive stands twice.");
            wrong("serial", Code::Duplicate, detail);
        }
        if let Some((code, detail)) = wrong_end(entry, at) {
            wrong("finished_at", code, detail);
        }
        seen.push(key);
    }
    fields.check()
}

fn serial_missing() -> Text {
    Text::new(
        "Indiquez le numéro de série du disque.",
        "Give the serial number of the drive.",
    )
}

/// An erasure ends after it began, and not in times to come.
fn wrong_end(entry: &DriveErasure, at: Instant) -> Option<(Code, Text)> {
    let finished = entry.finished_at?;
    if finished > at.plus_seconds(CLOCK_SECONDS) {
        return Some((Code::DateInFuture, Code::DateInFuture.help()));
    }
    let began_later = entry.started_at.is_some_and(|began| finished < began);
    began_later.then(|| {
        let detail = Text::new("La fin précède le début.", "It ends before it begins.");
        (Code::Invalid, detail)
    })
}

/// Adds the drives that a machine was seen with. One that is new, or that was recorded as
/// destroyed or absent, has no proof now.
pub(super) fn with_seen(
    drives: &[Drive],
    seen: &[SeenDrive],
    cycle: i32,
    at: Instant,
) -> Vec<Drive> {
    let mut drives = drives.to_vec();
    let mut nameless = 0;
    for one in seen {
        let mut key = one.serial.as_deref().map(squash).unwrap_or_default();
        if key.is_empty() {
            key = nth_nameless(nameless);
            nameless += 1;
        }
        let Some(drive) = drives.iter_mut().find(|drive| drive.serial_key == key) else {
            drives.push(Drive {
                id: None,
                cycle,
                serial: one.serial.clone(),
                serial_key: key,
                media: one.media,
                model: one.model.clone(),
                size_bytes: one.size_bytes,
                proof: None,
                proven: false,
                seen_at: at,
            });
            continue;
        };
        drive.model = drive.model.take().or_else(|| one.model.clone());
        drive.size_bytes = drive.size_bytes.or(one.size_bytes);
        if drive.media == Media::Other {
            drive.media = one.media;
        }
        let gone = drive.proof.as_ref().is_some_and(|proof| {
            matches!(proof.method, EraseMethod::Destroy | EraseMethod::Absent)
        });
        if gone {
            drive.proven = false;
            drive.proof = None;
        }
    }
    drives
}

/// A device that comes back has been in other hands: the drives that it left with are in
/// it again, without proof.
pub(super) fn carried_over(drives: &[Drive], cycle: i32, at: Instant) -> Vec<Drive> {
    drives
        .iter()
        .filter(|drive| {
            !drive.proof.as_ref().is_some_and(|proof| {
                matches!(proof.method, EraseMethod::Destroy | EraseMethod::Absent)
            })
        })
        .map(|drive| Drive {
            id: None,
            cycle,
            proof: None,
            proven: false,
            seen_at: at,
            ..drive.clone()
        })
        .collect()
}
