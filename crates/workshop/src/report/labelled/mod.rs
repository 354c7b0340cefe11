//! Certificates that are labels and values: what KillDisk and BitRaser write as text, CSV, XML or
//! JSON, and the text layer of the PDFs of nwipe, Blancco and these. Their layouts change from
//! version to version, so nothing but a drive with a number of its own, a plain success, and not
//! one word of failure anywhere is a success.

mod layouts;
mod words;

use kernel::{fold, squash};

pub(super) use layouts::{of_lines, of_pieces, of_table, of_tree};
use words::*;

use super::{markers, media, method, time};
use crate::model::{EraseMethod, EraseResult, ErasureReport, Ground, Integrity, ReportedDrive};

/// The tools whose certificates were compared with their source code or manual. What the others
/// write was assumed from general knowledge, so that two people have to read it too.
const VERIFIED: [&str; 1] = ["nwipe"];

/// A label and its value.
pub(super) type Pair = (String, String);

/// The tool that a text says it is of.
pub(super) fn tool_of(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    [
        ("bitraser", "BitRaser"),
        ("killdisk", "KillDisk"),
        ("blancco", "Blancco"),
        ("nwipe", "nwipe"),
        ("shredos", "nwipe"),
    ]
    .iter()
    .find_map(|(word, tool)| text.contains(word).then_some(*tool))
}

/// Reads a certificate of one drive, or of several one after the other; none where nobody can tell
/// which status is of which drive.
pub(super) fn read(tool: &str, pairs: &[Pair], loose: &[String]) -> Option<ErasureReport> {
    let mut numbers: Vec<String> = Vec::new();
    let mut pairs: Vec<Pair> = pairs
        .iter()
        .map(|(label, value)| (fold(label), value.trim().to_owned()))
        .collect();
    // a number that stands twice is of one drive
    pairs.retain(|(label, value)| {
        let again = is(label, &SERIAL) && numbers.contains(&squash(value));
        if is(label, &SERIAL) {
            numbers.push(squash(value));
        }
        !again
    });
    let count = |kind: &[&str]| pairs.iter().filter(|(label, _)| is(label, kind)).count();
    let (serials, states) = (count(&SERIAL), count(&STATUS));
    if serials == 0 || serials > 200 || serials != states {
        return None;
    }
    let machine_serial = pairs
        .iter()
        .find(|(label, _)| is(label, &MACHINE))
        .map(|(_, value)| value.clone());
    // what stands before the first drive is about all of them
    let first = pairs.iter().position(|(label, _)| is(label, &SERIAL))?;
    let mut drives = Vec::new();
    let mut local_times = false;
    for group in groups(&pairs, first, serials) {
        let mut drive = drive(&group, &mut local_times)?;
        if loose.iter().any(|line| is_bad(line)) {
            drive.doubt(Ground::FailureLine);
        }
        if loose.iter().any(|line| hides(line)) {
            drive.doubt(Ground::HiddenArea);
        }
        if !VERIFIED.contains(&tool) {
            drive.doubt(Ground::LayoutUnverified);
        }
        drives.push(drive);
    }
    let signed = pairs.iter().any(|(label, _)| {
        ["signature", "fingerprint", "digital identifier", "checksum"]
            .iter()
            .any(|word| label.contains(word))
    });
    Some(ErasureReport {
        tool: tool.to_owned(),
        tool_version: pairs
            .iter()
            .find(|(label, _)| label.ends_with("version"))
            .map(|(_, value)| value.clone()),
        document_id: pairs
            .iter()
            .find(|(label, _)| {
                is(
                    label,
                    &[
                        "report id",
                        "document id",
                        "digital identifier",
                        "certificate id",
                    ],
                )
            })
            .map(|(_, value)| value.clone()),
        machine_serial,
        local_times,
        integrity: match signed || tool == "Blancco" {
            true => Integrity::NotVerified,
            false => Integrity::None,
        },
        drives,
    })
}

/// The pairs of each drive. A drive alone has all of the document.
fn groups(pairs: &[Pair], first: usize, drives: usize) -> Vec<Vec<Pair>> {
    if drives == 1 {
        return vec![pairs.to_vec()];
    }
    let (common, rest) = pairs.split_at(first);
    let mut groups: Vec<Vec<Pair>> = Vec::new();
    for pair in rest {
        if is(&pair.0, &SERIAL) {
            let common = common.iter().filter(|(label, _)| !is(label, &MODEL));
            groups.push(common.cloned().collect());
        }
        if let Some(group) = groups.last_mut() {
            group.push(pair.clone());
        }
    }
    groups
}

fn drive(pairs: &[Pair], local_times: &mut bool) -> Option<ReportedDrive> {
    let of = |kind: &[&str]| {
        pairs
            .iter()
            .rfind(|(label, value)| is(label, kind) && !value.is_empty())
            .map(|(_, value)| value.as_str())
    };
    let standard = of(&METHOD).unwrap_or("?");
    let state = of(&STATUS).unwrap_or("?");
    let words: Vec<_> = [of(&MEDIA), of(&MODEL)].into_iter().flatten().collect();
    let mut at = |kind: &[&str]| {
        let (at, local) = time(of(kind)?)?;
        *local_times |= local;
        Some(at)
    };
    let mut drive = ReportedDrive {
        serial: Some(short(of(&SERIAL)?)),
        model: of(&MODEL).map(short),
        media: media(&words.join(" ")),
        size_bytes: None,
        method: match standard {
            "?" => EraseMethod::Clear,
            standard => method(standard, false),
        },
        standard: short(standard),
        started_at: at(&START),
        finished_at: at(&END),
        result: EraseResult::Success,
        state: short(state),
        grounds: Vec::new(),
    };
    if !markers::is_success(state) {
        drive.doubt(Ground::ReportedFailure);
    }
    if standard == "?" {
        drive.doubt(Ground::VerificationMissing);
    } else if markers::only_verifies(standard) {
        drive.doubt(Ground::VerificationOnly);
    }
    if drive.finished_at.is_some() && drive.finished_at < drive.started_at {
        drive.doubt(Ground::NothingDone);
    }
    for (label, value) in pairs {
        if let Some(ground) = against(label, value) {
            drive.doubt(ground);
        }
    }
    Some(drive)
}

/// What a field says against the erasure.
fn against(label: &str, value: &str) -> Option<Ground> {
    let says = |words: &[&str]| words.iter().any(|word| label.contains(word));
    let number = first_number(value);
    if hides(value) || (says(&["hpa", "dco", "hidden"]) && is_hidden(value)) {
        return Some(Ground::HiddenArea);
    }
    if is(label, &TARGET) && names_a_part(value) {
        return Some(Ground::Partition);
    }
    if says(&["sector", "secteur"])
        && says(&["fail", "bad", "unrea", "not ", "skipp", "defect"])
        && number != Some(0.0)
    {
        return number.map(|_| Ground::SectorsLeft);
    }
    if says(&["error", "erreur", "fehler"]) && value.contains(|c: char| ('1'..='9').contains(&c)) {
        return Some(Ground::Errors);
    }
    if says(&["rounds", "passes completed"])
        && let Some((done, asked)) = value.split_once('/')
        && done.trim() != asked.trim()
    {
        return Some(Ground::Unfinished);
    }
    if says(&["bytes erased", "erased bytes", "percent", "progress"])
        && let Some((before, _)) = value.split_once('%')
    {
        let percent = before
            .rsplit(|c: char| !(c.is_ascii_digit() || c == '.'))
            .next();
        let whole = percent
            .and_then(|text| text.parse::<f64>().ok())
            .is_some_and(|p| p >= 100.0);
        return (!whole).then_some(Ground::NotAllErased);
    }
    if is(label, &SPENT) && is_nothing(value) {
        return Some(Ground::NothingDone);
    }
    if says(&["integrity", "signature status"]) && !markers::is_success(value) && !is_valid(value) {
        return Some(Ground::IntegrityInvalid);
    }
    let verdict = says(&["verif", "result", "status", "statut", "resultat"]) && !is(label, &STATUS);
    (verdict && markers::speaks_of_failure(value))
        .then_some(Ground::NestedFailure)
        .or_else(|| is_bad(value).then_some(Ground::FailureLine))
}
