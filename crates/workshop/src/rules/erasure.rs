//! No data leaves with a disk (`DESIGN.md` §3, rule 5).

use kernel::{Code, DeviceKind, Fields, Instant, Refusal, Text, squash};

use super::Facts;
use super::evidence::{keep_the_past, method_of, settle, statement, tell};
use crate::Settings;
use crate::model::{
    Device, Drive, DriveErasure, EraseMethod, EraseResult, History, Media, SeenDrive,
};

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

/// Adds evidence to the drives of a device. Each entry is one more statement about its drive; what
/// all of them come to decides, so a failure is kept too, and leaves the drive without proof.
///
/// # Errors
/// `invalid_fields` for a drive that cannot be told from others, `erasure_not_proven` when
/// overwriting is reported as success where it is none, `absence_contradicted`.
pub(super) fn with_evidence(
    facts: &Facts<'_>,
    evidence: &[DriveErasure],
    at: Instant,
    settings: &Settings,
) -> Result<Vec<Drive>, Refusal> {
    check(facts, evidence, at)?;
    let mut drives = facts.drives.to_vec();
    let mut told: Vec<usize> = Vec::with_capacity(evidence.len());
    for (line, entry) in evidence.iter().enumerate() {
        let key = entry.serial.as_deref().map(squash).unwrap_or_default();
        let known = position(&drives, &key, entry, &told);
        let seen = known
            .map(|n| drives[n].media)
            .filter(|media| *media != Media::Other);
        let counts = [seen, entry.media]
            .iter()
            .flatten()
            .all(|media| settings.clear_counts(*media));
        let success = entry.result == EraseResult::Success;
        if method_of(entry) == EraseMethod::Clear && success && !counts {
            return Err(overwritten(entry));
        }
        if entry.method == EraseMethod::Absent && success {
            may_be_absent(facts, known.map(|n| &drives[n]), entry)?;
        }
        named_tool(line, entry)?;
        let n = known.unwrap_or_else(|| {
            let cycle = facts.device.cycle;
            drives.push(new_drive(entry, free_key(&drives, key), cycle, at));
            drives.len() - 1
        });
        told.push(n);
        let drive = &mut drives[n];
        drive.media = medium(drive.media, entry);
        tell(drive, statement(facts, entry, at, settings));
    }
    Ok(drives)
}

/// What a tool says of the medium wins over a guess that it turns; what may be flash stays flash.
fn medium(known: Media, entry: &DriveErasure) -> Media {
    match entry.media {
        Some(said) if known == Media::Other => said,
        Some(said) if said.is_flash() && !known.is_flash() => said,
        _ => known,
    }
}

/// A drive that the machine was last seen with, and what is soldered to the board, is not absent
/// because somebody says so.
///
/// # Errors
/// `absence_contradicted`.
fn may_be_absent(
    facts: &Facts<'_>,
    known: Option<&Drive>,
    entry: &DriveErasure,
) -> Result<(), Refusal> {
    let soldered = known.is_some_and(|drive| drive.media == Media::Emmc)
        || entry.media == Some(Media::Emmc)
        || (entry.serial.is_none() && has_built_in_storage(facts.device.kind));
    let seen = known.is_some_and(|drive| is_seen(facts.device, drive));
    if soldered || seen {
        return Err(absence_contradicted(entry));
    }
    Ok(())
}

/// Tablets and telephones keep their data on memory that is soldered to the board, and give no
/// serial number for it.
pub(super) const fn has_built_in_storage(kind: DeviceKind) -> bool {
    matches!(kind, DeviceKind::Tablet | DeviceKind::Smartphone)
}

/// Whether the last capture of the machine shows a drive. One that another machine's serial number
/// is on says nothing of this one.
pub(super) fn is_seen(device: &Device, drive: &Drive) -> bool {
    let Some(hardware) = &device.hardware else {
        return false;
    };
    let another = hardware.open().any(|one| one.field == "serial");
    let keys = hardware.summary.drives.iter();
    another
        || keys
            .map(|seen| seen.serial.as_deref().map(squash).unwrap_or_default())
            .any(|key| key == drive.serial_key || (key.is_empty() && drive.serial.is_none()))
}

fn absence_contradicted(entry: &DriveErasure) -> Refusal {
    let serial = entry.serial.as_deref().unwrap_or("?");
    Refusal::new(
        Code::AbsenceContradicted,
        Text::new(
            format!(
                "Le dernier relevé de cette machine montre le disque {serial}, ou ce stockage est soudé : envoyez un nouveau relevé sans lui, ou faites accepter son absence, avec un motif, par deux personnes."
            ),
            format!(
                "The last capture of this machine shows drive {serial}, or this storage is soldered: send a new capture without it, or have two people accept, with a reason, that it is absent."
            ),
        ),
    )
}

/// The drive that evidence is about. Evidence without a serial number is about one of the
/// drives that gave none: the first that is open, and each entry about another.
fn position(drives: &[Drive], key: &str, entry: &DriveErasure, told: &[usize]) -> Option<usize> {
    if !key.is_empty() {
        return drives.iter().position(|drive| drive.serial_key == key);
    }
    let fits = |drive: &Drive| {
        entry.media.is_none_or(|media| {
            media == Media::Other
                || drive.media == Media::Other
                || (media == Media::Emmc) == (drive.media == Media::Emmc)
        })
    };
    let nameless = |open: bool| {
        drives.iter().enumerate().position(|(n, drive)| {
            drive.serial.is_none() && fits(drive) && !told.contains(&n) && (!open || !drive.proven)
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
        history: History::default(),
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
fn check(facts: &Facts<'_>, evidence: &[DriveErasure], at: Instant) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    let nameless = facts.drives.iter().any(|drive| drive.serial.is_none());
    let mut seen = Vec::with_capacity(evidence.len());
    for (n, entry) in evidence.iter().enumerate() {
        let key = entry.serial.as_deref().map(squash).unwrap_or_default();
        let gone = matches!(entry.method, EraseMethod::Destroy | EraseMethod::Absent);
        let mut wrong = |field: &str, code: Code, detail: Text| {
            fields.push(format!("/drives/{n}/{field}"), code, detail);
        };
        if key.is_empty() && !gone && !nameless && !built_in(facts, entry) {
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
        // a report says what it says: its dates are judged, not refused
        if let Some((code, detail)) = wrong_end(entry, at).filter(|_| entry.read.is_none()) {
            wrong("finished_at", code, detail);
        }
        seen.push(key);
    }
    fields.check()
}

/// Evidence of *the* storage that is built into this device, and gives no serial number: of memory
/// that is soldered to the board, where no drive of the device is known by a number to be that.
fn built_in(facts: &Facts<'_>, entry: &DriveErasure) -> bool {
    let soldered = entry.media == Some(Media::Emmc) || has_built_in_storage(facts.device.kind);
    let named = |drive: &Drive| drive.serial.is_some() && drive.media == Media::Emmc;
    soldered && !facts.drives.iter().any(named)
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
                history: History::default(),
            });
            continue;
        };
        drive.model = drive.model.take().or_else(|| one.model.clone());
        drive.size_bytes = drive.size_bytes.or(one.size_bytes);
        if drive.media == Media::Other || (one.media.is_flash() && !drive.media.is_flash()) {
            drive.media = one.media;
        }
        is_there_after_all(drive);
    }
    drives
}

/// A drive that was recorded as destroyed or absent, and is seen: what was done before that was
/// done in other hands, but for what speaks against it.
fn is_there_after_all(drive: &mut Drive) {
    keep_the_past(drive);
    let gone = drive
        .proof
        .as_ref()
        .is_some_and(|proof| matches!(proof.method, EraseMethod::Destroy | EraseMethod::Absent));
    if gone {
        let statements = &mut drive.history.statements;
        statements.retain(|one| one.speaks_against() && !super::evidence::physical(one));
        drive.history.review = None;
    }
    settle(drive);
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
            history: History::default(),
            ..drive.clone()
        })
        .collect()
}
