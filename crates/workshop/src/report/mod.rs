//! Reads what erasure tools write. When in doubt a drive is not erased, and what cannot be read
//! proves nothing: `truth.rs` has what each tool's words come to.

mod blancco;
mod commands;
mod labelled;
mod markers;
mod nwipe;
mod pdf;
mod tree;
mod usody;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod truth;

use chrono::{DateTime, NaiveDateTime};
use files::MediaType;
use kernel::{Code, Instant, Refusal, Text};

use crate::model::{EraseMethod, ErasureReport, Ground, Media};

/// What a report may be.
pub const REPORT_TYPES: [MediaType; 4] = [
    MediaType::Pdf,
    MediaType::Plain,
    MediaType::Xml,
    MediaType::Json,
];

/// Drives of one report at the most.
const DRIVES: usize = 200;

/// Reads a report of a known tool; none when it is another's, or cannot be read: such a file is
/// kept, and proves nothing.
///
/// # Errors
/// `report_unreadable` for XML or JSON that is not well-formed, and for a report of a known
/// tool that breaks off.
pub fn read(bytes: &[u8], media_type: MediaType) -> Result<Option<ErasureReport>, Refusal> {
    let report = match media_type {
        MediaType::Pdf => of_pdf(bytes),
        MediaType::Plain | MediaType::Xml | MediaType::Json => {
            let text = files::decode(bytes).ok_or_else(|| unreadable("", ""))?;
            match media_type {
                MediaType::Xml => of_tree(&tree::of_xml(&text)?, &text)?,
                MediaType::Json => of_json(&text)?,
                _ => of_text(&text)?,
            }
        }
        _ => None,
    };
    if let Some(report) = &report
        && report.drives.len() > DRIVES
    {
        return Err(unreadable("plus de 200 disques", "more than 200 drives"));
    }
    Ok(report.map(sound))
}

/// What holds of every report, whatever its tool.
fn sound(mut report: ErasureReport) -> ErasureReport {
    for drive in &mut report.drives {
        drive.serial = drive
            .serial
            .take()
            .filter(|serial| !serial.trim().is_empty());
        if let (Some(start), Some(end)) = (drive.started_at, drive.finished_at)
            && (end < start || (end == start && drive.method == EraseMethod::Clear))
        {
            drive.doubt(Ground::NothingDone);
        }
    }
    report
}

fn of_text(text: &str) -> Result<Option<ErasureReport>, Refusal> {
    if let Some(report) = nwipe::read(text)? {
        return Ok(Some(report));
    }
    if let Some(report) = commands::read(text) {
        return Ok(Some(report));
    }
    let Some(tool) = labelled::tool_of(text) else {
        return Ok(None);
    };
    if let Some((pairs, rows)) = labelled::of_table(text) {
        return Ok(labelled::read(tool, &pairs, &[]).filter(|read| read.drives.len() == rows));
    }
    let (pairs, loose) = labelled::of_lines(text.lines());
    Ok(labelled::read(tool, &pairs, &loose))
}

fn of_tree(root: &tree::Node, text: &str) -> Result<Option<ErasureReport>, Refusal> {
    if let Some(report) = blancco::read(root)? {
        return Ok(Some(report));
    }
    let tool = labelled::tool_of(text).filter(|tool| *tool != "Blancco");
    Ok(tool.and_then(|tool| labelled::of_tree(tool, root)))
}

fn of_json(text: &str) -> Result<Option<ErasureReport>, Refusal> {
    let root = tree::of_json(text)?;
    if let Some(report) = of_tree(&root, text)? {
        return Ok(Some(report));
    }
    let value = serde_json::from_str(text).unwrap_or_default();
    Ok(usody::read(&value))
}

fn of_pdf(bytes: &[u8]) -> Option<ErasureReport> {
    let mut pieces = pdf::text(bytes)?;
    let tool = labelled::tool_of(&pieces.join("\n"))?;
    if tool == "nwipe" {
        // behind the first page, it lists what smartctl and dmidecode say, with other serial numbers
        let second = pieces.iter().position(|piece| piece.starts_with("Page 2"));
        pieces.truncate(second.unwrap_or(pieces.len()));
    }
    let (pairs, loose) = labelled::of_pieces(&pieces);
    labelled::read(tool, &pairs, &loose)
}

fn unreadable(fr: &str, en: &str) -> Refusal {
    if fr.is_empty() {
        return Refusal::plain(Code::ReportUnreadable);
    }
    Refusal::new(
        Code::ReportUnreadable,
        Text::new(
            format!("Ce rapport d'effacement n'est pas lisible : {fr}."),
            format!("This erasure report is not readable: {en}."),
        ),
    )
}

/// What a tool calls what it did, in our terms (NIST SP 800-88 Rev. 2; IEEE 2883). The drive's
/// own commands purge: secure erase, sanitize, block erase, cryptographic erase. Whatever goes
/// through the ordinary write commands clears, however often it is repeated.
fn method(standard: &str, firmware_rounds: bool) -> EraseMethod {
    let name = standard.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if says(&["clear", "overwrite", "zeros", "zeroes", "random"]) {
        EraseMethod::Clear
    } else if firmware_rounds
        || says(&[
            "purge",
            "sanitize",
            "secure erase",
            "secure-erase",
            "block erase",
            "crypto",
            "firmware",
        ])
    {
        EraseMethod::Purge
    } else {
        EraseMethod::Clear
    }
}

/// A medium by the words of a report.
fn media(words: &str) -> Option<Media> {
    let words = words.to_lowercase();
    let says = |word: &str| words.contains(word);
    if says("nvme") {
        Some(Media::Nvme)
    } else if says("mmc") {
        Some(Media::Emmc)
    } else if says("ssd") || says("solid") || says("flash") {
        Some(Media::Ssd)
    } else if says("hdd") || says("rotat") || says("rpm") {
        Some(Media::Hdd)
    } else {
        None
    }
}

/// A time, and whether it is the station's own, without a zone.
fn time(text: &str) -> Option<(Instant, bool)> {
    let text = text.trim();
    let zoned = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%:z"))
        .or_else(|_| DateTime::parse_from_rfc2822(text));
    if let Ok(zoned) = zoned {
        return Some((Instant::from_micros(zoned.timestamp_micros())?, false));
    }
    if let Some(at) = printed_by_date(text) {
        return Some((at, true));
    }
    [
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%d.%m.%Y %H:%M:%S",
        "%d/%m/%Y %H:%M:%S",
        "%d/%m/%Y %H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    .and_then(|local| Instant::from_micros(local.and_utc().timestamp_micros()))
    .map(|at| (at, true))
}

/// `Tue Feb 28 09:10:00 CET 2023`, as `date` prints it. The names of zones are ambiguous.
fn printed_by_date(text: &str) -> Option<Instant> {
    let words: Vec<_> = text.split_whitespace().collect();
    let (month, day, clock, year) = match words.as_slice() {
        [_, month, day, clock, year] | [_, month, day, clock, _, year] => (month, day, clock, year),
        _ => return None,
    };
    let plain = format!("{day} {month} {year} {clock}");
    let local = NaiveDateTime::parse_from_str(&plain, "%d %b %Y %H:%M:%S").ok()?;
    Instant::from_micros(local.and_utc().timestamp_micros())
}
