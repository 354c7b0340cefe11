//! The words of certificates: what a label is about, and which values speak against an erasure.

use kernel::fold;

use super::super::markers;

pub(super) const SERIAL: [&str; 16] = [
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

pub(super) const MACHINE: [&str; 7] = [
    "system serial number",
    "system serial",
    "computer serial number",
    "chassis serial number",
    "machine serial",
    "bios serial number",
    "asset serial",
];

pub(super) const STATUS: [&str; 16] = [
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

pub(super) const METHOD: [&str; 14] = [
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

pub(super) const END: [&str; 18] = [
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

pub(super) const START: [&str; 13] = [
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

pub(super) const MODEL: [&str; 8] = [
    "model",
    "make model",
    "disk model",
    "drive model",
    "product",
    "device",
    "modele",
    "modell",
];

pub(super) const MEDIA: [&str; 8] = [
    "media type",
    "disk type",
    "drive type",
    "bus",
    "interface",
    "type de disque",
    "connection type",
    "technology",
];

pub(super) const SPENT: [&str; 8] = [
    "duration",
    "elapsed time",
    "time taken",
    "elapsed",
    "throughput",
    "duree",
    "dauer",
    "debit",
];

pub(super) const TARGET: [&str; 8] = [
    "target",
    "target type",
    "erased object",
    "object type",
    "volume",
    "partition",
    "area",
    "cible",
];

/// Whether a label is of a kind, by its words alone.
pub(super) fn is(label: &str, kind: &[&str]) -> bool {
    let bare = |text: &str| text.replace(' ', "");
    let label = bare(label);
    kind.iter().any(|word| bare(word) == label)
}

pub(super) fn is_valid(value: &str) -> bool {
    matches!(
        fold(value).as_str(),
        "valid" | "verified" | "valide" | "verifie" | "verifiee"
    )
}

pub(super) fn first_number(value: &str) -> Option<f64> {
    value
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .find(|word| !word.is_empty())?
        .parse()
        .ok()
}

pub(super) fn is_nothing(value: &str) -> bool {
    value.contains('0') && !value.contains(|c: char| ('1'..='9').contains(&c))
}

pub(super) fn names_a_part(value: &str) -> bool {
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

pub(super) fn is_hidden(value: &str) -> bool {
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
pub(super) fn hides(line: &str) -> bool {
    let line = fold(line);
    (line.contains("hidden sectors") && !line.contains("no hidden"))
        || line.contains("hidden area")
        || line.contains("see warning")
}

/// A line that speaks of a failure, and not of its absence.
pub(super) fn is_bad(line: &str) -> bool {
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

pub(super) fn short(text: &str) -> String {
    text.chars().take(200).collect()
}
