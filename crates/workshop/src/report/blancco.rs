//! Blancco Drive Eraser's report, as XML or JSON: `blancco_erasure_report` lists erasures, each
//! with its state, its standard and its target; `blancco_hardware_report` has the machine and
//! its disks; `document_log` says which version wrote it. `Successful` (`Erased` on its
//! certificates, and its translations) is not enough: `Erased with exceptions` means that sectors
//! could not be reached, and a success may have failed steps, failed or unreallocated sectors, a
//! partition for its target, or nothing written at all.

use kernel::{Instant, Refusal};

use super::tree::Node;
use super::{markers, media, method, time, unreadable};
use crate::model::{EraseResult, ErasureReport, Ground, Integrity, ReportedDrive};

/// Reads a report; none when the tree is something else.
///
/// # Errors
/// `report_unreadable` for a report without an erasure.
pub(super) fn read(root: &Node) -> Result<Option<ErasureReport>, Refusal> {
    let Some(list) = root.find("blancco_erasure_report") else {
        return Ok(None);
    };
    let mut erasures = Vec::new();
    outermost(list, false, &mut erasures);
    if erasures.is_empty() {
        return Err(unreadable(
            "il ne rapporte aucun effacement",
            "it reports no erasure",
        ));
    }
    let mut disks = Vec::new();
    if let Some(hardware) = root.find("blancco_hardware_report") {
        hardware.all("disk", &mut disks);
    }
    let author = root.find("author").unwrap_or(root);
    let name = author.find("product_name").map(|node| node.text.trim());
    let broken = is_broken(root);
    let mut local_times = false;
    let drives = erasures
        .into_iter()
        .map(|(erasure, within_failure)| {
            let mut drive = drive(erasure, &disks, &mut local_times);
            if within_failure {
                drive.doubt(Ground::NestedFailure);
            }
            if broken {
                drive.doubt(Ground::IntegrityInvalid);
            }
            drive
        })
        .collect();
    Ok(Some(ErasureReport {
        tool: name
            .filter(|name| !name.is_empty())
            .unwrap_or("Blancco")
            .to_owned(),
        tool_version: author
            .find("product_version")
            .map(|node| node.text.trim().to_owned()),
        document_id: root
            .find("document_id")
            .map(|node| node.text.trim().to_owned()),
        machine_serial: root
            .find("blancco_hardware_report")
            .and_then(|hardware| hardware.find("system"))
            .and_then(|system| system.text("serial"))
            .map(str::to_owned),
        local_times,
        integrity: Integrity::NotVerified,
        drives,
    }))
}

/// The erasures of a report, and whether one lies within something that failed. What lies within
/// an erasure is a part of it.
fn outermost<'a>(node: &'a Node, failed: bool, found: &mut Vec<(&'a Node, bool)>) {
    let state = ["state", "status", "result"]
        .iter()
        .find_map(|name| node.text(name));
    let failed = failed || state.is_some_and(|state| !markers::is_success(state));
    for inner in &node.nodes {
        if inner.name == "erasure"
            && (inner.get("state").is_some() || inner.get("target").is_some())
        {
            found.push((inner, failed));
        } else {
            outermost(inner, failed, found);
        }
    }
}

/// Any of its log entries says that the report was changed, or that nobody knows.
fn is_broken(root: &Node) -> bool {
    let mut said = Vec::new();
    for name in ["integrity", "report_integrity", "digital_signature_status"] {
        root.all(name, &mut said);
    }
    said.iter()
        .map(|node| node.text.trim().to_lowercase())
        .any(|word| {
            !word.is_empty()
                && ![
                    "verified",
                    "valid",
                    "ok",
                    "true",
                    "vérifié",
                    "vérifiée",
                    "valide",
                ]
                .contains(&word.as_str())
        })
}

fn drive(erasure: &Node, disks: &[&Node], local_times: &mut bool) -> ReportedDrive {
    let nothing = Node::default();
    let target = erasure.get("target").unwrap_or(&nothing);
    // the target may only point to one of the disks
    let pointed = target.text("target_id").or_else(|| target.text("id"));
    let own = target.text("serial");
    let disk = disks.iter().find(|disk| {
        (pointed.is_some() && disk.text("id") == pointed)
            || (own.is_some() && disk.text("serial") == own)
    });
    let of_either = |name: &str| {
        target
            .text(name)
            .or_else(|| disk.and_then(|disk| disk.text(name)))
            .map(|text| text.chars().take(200).collect::<String>())
    };
    let standard = [
        "erasure_standard_name",
        "erasure_standard",
        "standard",
        "method",
    ]
    .iter()
    .find_map(|name| erasure.text(name))
    .unwrap_or("?");
    let firmware = erasure
        .text("firmware_rounds")
        .and_then(|rounds| rounds.parse::<u32>().ok())
        .is_some_and(|rounds| rounds > 0);
    let state = erasure.text("state").unwrap_or("?");
    let of_disk = |name: &str| disk.and_then(|disk| disk.text(name)).unwrap_or_default();
    let words = ["type", "interface_type", "model"]
        .map(|name| format!("{} {}", of_either(name).unwrap_or_default(), of_disk(name)));
    let mut at = |names: [&str; 2]| -> Option<Instant> {
        let (at, local) = names.iter().find_map(|name| time(erasure.text(name)?))?;
        *local_times |= local;
        Some(at)
    };
    let mut drive = ReportedDrive {
        serial: of_either("serial"),
        model: of_either("model"),
        media: media(&words.join(" ")),
        size_bytes: of_either("capacity").and_then(|size| size.parse().ok()),
        method: method(standard, firmware),
        standard: standard.chars().take(200).collect(),
        started_at: at(["start_time", "started"]),
        finished_at: at(["end_time", "timestamp"]),
        result: EraseResult::Success,
        state: state.chars().take(100).collect(),
        grounds: Vec::new(),
    };
    if !markers::is_success(state) {
        drive.doubt(Ground::ReportedFailure);
    }
    for ground in against(erasure, target, standard, drive.size_bytes) {
        drive.doubt(ground);
    }
    drive
}

/// What stands in an erasure against its own state.
fn against(erasure: &Node, target: &Node, standard: &str, capacity: Option<i64>) -> Vec<Ground> {
    let mut found = Vec::new();
    if markers::only_verifies(standard) {
        found.push(Ground::VerificationOnly);
    }
    let kind = ["type", "target_type", "kind"]
        .iter()
        .filter_map(|name| target.text(name))
        .chain(erasure.text("target_type"))
        .any(|kind| {
            let kind = kind.to_lowercase();
            [
                "partition",
                "volume",
                "lun",
                "file",
                "folder",
                "logical",
                "free space",
            ]
            .iter()
            .any(|part| kind.contains(part))
        });
    if kind {
        found.push(Ground::Partition);
    }
    erasure.walk(&mut |node, depth| {
        found.extend(against_node(node, depth, capacity));
    });
    found
}

/// What one of its fields says, wherever in the erasure it stands.
fn against_node(node: &Node, depth: usize, capacity: Option<i64>) -> Option<Ground> {
    let name = node.name.as_str();
    let text = node.text.trim();
    let number = text
        .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .next()
        .and_then(|word| word.parse::<f64>().ok());
    let is_state = matches!(name, "state" | "status" | "result" | "verification_result");
    if depth > 1 && is_state && !text.is_empty() && !markers::is_success(text) {
        return Some(Ground::NestedFailure);
    }
    if depth >= 1 && name.contains("exception") && !text.is_empty() && number != Some(0.0) {
        return Some(Ground::NestedFailure);
    }
    let counts_bad = [
        "failed",
        "unreallocated",
        "unerased",
        "not_erased",
        "bad_sector",
        "remaining",
    ]
    .iter()
    .any(|word| name.contains(word))
        || (name.contains("remapped") && name.contains("not"))
        || name == "reallocated_sectors_not_erased";
    if counts_bad && (number.is_some_and(|count| count > 0.0) || matches!(text, "true" | "yes")) {
        return Some(Ground::SectorsLeft);
    }
    if name.contains("error") && number.is_some_and(|count| count > 0.0) {
        return Some(Ground::Errors);
    }
    let erased = matches!(
        name,
        "erased_capacity" | "capacity_erased" | "erased_bytes" | "bytes_erased" | "erased_size"
    );
    if erased
        && let (Some(erased), Some(capacity)) = (number, capacity)
        && fewer(erased, capacity)
    {
        return Some(Ground::CapacityMismatch);
    }
    let spent = matches!(
        name,
        "elapsed_time" | "duration" | "throughput" | "average_throughput" | "speed"
    );
    let zero = !text.is_empty()
        && text
            .chars()
            .filter(char::is_ascii_digit)
            .all(|digit| digit == '0')
        && text.contains('0');
    (depth <= 1 && spent && zero).then_some(Ground::NothingDone)
}

#[allow(clippy::cast_precision_loss)] // a capacity, compared to within a percent
fn fewer(erased: f64, capacity: i64) -> bool {
    erased < capacity as f64 * 0.99
}
