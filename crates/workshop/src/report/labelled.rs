//! Certificates that are labels and values: what KillDisk and BitRaser write as text, CSV, XML or
//! JSON, and the text layer of the PDFs of nwipe, Blancco and these. Their layouts change from
//! version to version, so nothing but a drive with a number of its own, a plain success, and not
//! one word of failure anywhere is a success.

use kernel::{fold, squash};

use super::tree::Node;
use super::{markers, media, method, time};
use crate::model::{EraseMethod, EraseResult, ErasureReport, Ground, Integrity, ReportedDrive};

/// A label and its value.
pub(super) type Pair = (String, String);

const SERIAL: [&str; 16] = [
    "serial number",
    "serial no",
    "serial",
    "s n",
    "sn",
    "serialnumber",
    "disk serial number",
    "disk serial",
    "drive serial number",
    "drive serial",
    "media serial",
    "hdd serial",
    "numero de serie",
    "n de serie",
    "numero de serie du disque",
    "seriennummer",
];
const MACHINE: [&str; 7] = [
    "system serial number",
    "system serial",
    "computer serial number",
    "chassis serial number",
    "machine serial",
    "bios serial number",
    "asset serial",
];
const STATUS: [&str; 16] = [
    "status",
    "state",
    "result",
    "erase result",
    "erase status",
    "erasure status",
    "erasure result",
    "wipe status",
    "process status",
    "overall result",
    "final status",
    "statut",
    "etat",
    "resultat",
    "ergebnis",
    "estado",
];
const METHOD: [&str; 14] = [
    "method",
    "erase method",
    "erasure method",
    "erasure standard",
    "sanitization method",
    "wipe method",
    "algorithm",
    "erasure algorithm",
    "standard",
    "methode",
    "methode d effacement",
    "norme",
    "loschmethode",
    "metodo",
];
const END: [&str; 18] = [
    "end time",
    "end",
    "ended",
    "finished",
    "finished at",
    "finish time",
    "finish",
    "completed at",
    "completion time",
    "end date",
    "erase end time",
    "erasure end time",
    "stop time",
    "fin",
    "heure de fin",
    "date de fin",
    "ende",
    "endzeit",
];
const START: [&str; 13] = [
    "start time",
    "start",
    "started",
    "started at",
    "begin",
    "erase start time",
    "erasure start time",
    "start date",
    "debut",
    "heure de debut",
    "date de debut",
    "beginn",
    "startzeit",
];
const MODEL: [&str; 8] = [
    "model",
    "make model",
    "disk model",
    "drive model",
    "product",
    "device",
    "modele",
    "modell",
];
const MEDIA: [&str; 8] = [
    "media type",
    "disk type",
    "drive type",
    "bus",
    "interface",
    "type de disque",
    "connection type",
    "technology",
];
const SPENT: [&str; 8] = [
    "duration",
    "elapsed time",
    "time taken",
    "elapsed",
    "throughput",
    "duree",
    "dauer",
    "debit",
];
const TARGET: [&str; 8] = [
    "target",
    "target type",
    "erased object",
    "object type",
    "volume",
    "partition",
    "area",
    "cible",
];

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

/// Whether a label is of a kind, by its words alone.
fn is(label: &str, kind: &[&str]) -> bool {
    let bare = |text: &str| text.replace(' ', "");
    let label = bare(label);
    kind.iter().any(|word| bare(word) == label)
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

fn is_valid(value: &str) -> bool {
    matches!(
        fold(value).as_str(),
        "valid" | "verified" | "valide" | "verifie" | "verifiee"
    )
}

fn first_number(value: &str) -> Option<f64> {
    value
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .find(|word| !word.is_empty())?
        .parse()
        .ok()
}

fn is_nothing(value: &str) -> bool {
    value.contains('0') && !value.contains(|c: char| ('1'..='9').contains(&c))
}

fn names_a_part(value: &str) -> bool {
    let value = fold(value);
    [
        "partition",
        "volume",
        "logical",
        "free space",
        "unallocated",
        "file",
        "dossier",
    ]
    .iter()
    .any(|word| value.contains(word))
}

fn is_hidden(value: &str) -> bool {
    let value = fold(value);
    !(value.is_empty()
        || value.starts_with("no hidden")
        || value.starts_with("not applicable")
        || value.starts_with("0 ")
        || matches!(
            value.as_str(),
            "no" | "none" | "0" | "n a" | "not present" | "not detected" | "non"
        ))
}

/// A line that speaks of hidden sectors, and not of their absence.
fn hides(line: &str) -> bool {
    let line = fold(line);
    (line.contains("hidden sectors") && !line.contains("no hidden"))
        || line.contains("hidden area")
        || line.contains("see warning")
}

/// A line that speaks of a failure, and not of its absence.
fn is_bad(line: &str) -> bool {
    let folded = fold(line);
    let none = [
        "no error",
        "0 error",
        "without error",
        "sans erreur",
        "0 fail",
        "no fail",
        "errors 0",
        "error 0",
        "keine fehler",
        "failed 0",
        "failed sectors 0",
    ]
    .iter()
    .any(|word| folded.contains(word));
    !none && markers::speaks_of_failure(line)
}

fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

/// Lines of `label: value`, or `label = value`, and those that are neither.
pub(super) fn of_lines<'a>(lines: impl Iterator<Item = &'a str>) -> (Vec<Pair>, Vec<String>) {
    let (mut pairs, mut loose) = (Vec::new(), Vec::new());
    for line in lines {
        let line = line.trim();
        let split = line
            .split_once(':')
            .filter(|(label, value)| {
                label.len() < 60
                    && !label.is_empty()
                    && (value.is_empty() || value.starts_with([' ', '\t']))
            })
            .or_else(|| line.split_once(" = "))
            .or_else(|| line.split_once('\t'));
        match split {
            Some((label, value)) => pairs.push((label.to_owned(), value.trim().to_owned())),
            None if !line.is_empty() => loose.push(line.to_owned()),
            None => {}
        }
    }
    (pairs, loose)
}

/// The pieces of a PDF: a label ends with a colon, and its value follows, or stands behind it.
pub(super) fn of_pieces(pieces: &[String]) -> (Vec<Pair>, Vec<String>) {
    let (mut pairs, mut loose): (Vec<Pair>, Vec<String>) = (Vec::new(), Vec::new());
    let mut waiting: Vec<String> = Vec::new();
    for piece in pieces {
        if let Some(label) = piece.strip_suffix(':') {
            waiting.push(label.to_owned());
        } else if let Some(label) = waiting.pop() {
            pairs.push((label, piece.clone()));
        } else if let Some((label, value)) = piece.split_once(": ") {
            pairs.push((label.to_owned(), value.to_owned()));
        } else {
            loose.push(piece.clone());
        }
    }
    (pairs, loose)
}

/// The drives of a tree: the smallest parts that have a serial number and a status, with what is
/// said above them.
pub(super) fn of_tree(tool: &str, root: &Node) -> Option<ErasureReport> {
    let mut pairs = Vec::new();
    gather(root, &mut pairs);
    read(tool, &pairs, &[])
}

fn is_drive(node: &Node) -> bool {
    let mut own = Vec::new();
    flatten(node, &mut own);
    let has = |kind: &[&str]| own.iter().any(|(label, _)| is(&fold(label), kind));
    has(&SERIAL) && has(&STATUS)
}

fn gather(node: &Node, pairs: &mut Vec<Pair>) {
    if is_drive(node) && !node.nodes.iter().any(is_drive) {
        let mut own = Vec::new();
        flatten(node, &mut own);
        // its number first: with it begins what is said of a drive
        own.sort_by_key(|(label, _)| !is(&fold(label), &SERIAL));
        pairs.extend(own);
        return;
    }
    for inner in &node.nodes {
        if is_drive(inner) {
            gather(inner, pairs);
        } else {
            let mut own = Vec::new();
            flatten(inner, &mut own);
            let of_drive = |(label, _): &Pair| {
                let label = fold(label);
                is(&label, &SERIAL) || is(&label, &STATUS)
            };
            own.retain(|pair| !of_drive(pair) || is_bad(&pair.1));
            let renamed = own.into_iter().map(|(label, value)| match is_bad(&value) {
                true => (format!("verified {label}"), value),
                false => (label, value),
            });
            pairs.splice(0..0, renamed);
        }
    }
}

fn flatten(node: &Node, pairs: &mut Vec<Pair>) {
    if !node.text.trim().is_empty() {
        let spaced: String = node
            .name
            .chars()
            .map(|c| if c == '_' || c == '-' { ' ' } else { c })
            .collect();
        pairs.push((spaced, node.text.trim().to_owned()));
    }
    node.nodes.iter().for_each(|inner| flatten(inner, pairs));
}

/// The rows of a table with a line of titles.
pub(super) fn of_table(text: &str) -> Option<(Vec<Pair>, usize)> {
    let first = text.lines().next()?;
    let delimiter = [b';', b',', b'\t']
        .into_iter()
        .max_by_key(|byte| first.bytes().filter(|other| other == byte).count())?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let titles: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let place = titles.iter().position(|title| is(&fold(title), &SERIAL))?;
    titles.iter().position(|title| is(&fold(title), &STATUS))?;
    let mut pairs = Vec::new();
    let mut rows = 0;
    for row in reader.records().take(201) {
        let row = row.ok()?;
        rows += 1;
        pairs.push((titles[place].clone(), row.get(place)?.to_owned()));
        let others = titles.iter().zip(row.iter()).enumerate();
        let others = others.filter(|(n, _)| *n != place);
        pairs.extend(others.map(|(_, (title, value))| (title.clone(), value.to_owned())));
    }
    Some((pairs, rows))
}
