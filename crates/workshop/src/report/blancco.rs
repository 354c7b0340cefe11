//! Blancco Drive Eraser's report, as XML or JSON: `blancco_erasure_report` lists erasures, each
//! with its state, its standard and its target; `blancco_hardware_report` has the machine and
//! its disks; `document_log` says which version wrote it. Only the state `Successful` (`Erased`
//! on its certificates) counts: `Erased with exceptions` means that sectors could not be
//! reached, and their data is still there.

use kernel::{Instant, Refusal};

use super::tree::Node;
use super::{media, method, time, unreadable};
use crate::model::{EraseResult, ErasureReport, ReportedDrive};

/// Reads a report; none when the tree is something else.
///
/// # Errors
/// `report_unreadable` for a report without an erasure.
pub(super) fn read(root: &Node) -> Result<Option<ErasureReport>, Refusal> {
    let Some(list) = root.find("blancco_erasure_report") else {
        return Ok(None);
    };
    let mut erasures = Vec::new();
    list.all("erasure", &mut erasures);
    erasures.retain(|erasure| erasure.get("state").is_some() || erasure.get("target").is_some());
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
    let mut local_times = false;
    let drives = erasures
        .into_iter()
        .map(|erasure| drive(erasure, &disks, &mut local_times))
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
        drives,
    }))
}

fn drive(erasure: &Node, disks: &[&Node], local_times: &mut bool) -> ReportedDrive {
    let nothing = Node::default();
    let target = erasure.get("target").unwrap_or(&nothing);
    // the target may only point to one of the disks
    let pointed = target.text("target_id").or_else(|| target.text("id"));
    let disk = disks
        .iter()
        .find(|disk| pointed.is_some() && disk.text("id") == pointed);
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
    let words = ["type", "interface_type", "model"].map(|name| of_either(name).unwrap_or_default());
    let mut at = |names: [&str; 2]| -> Option<Instant> {
        let (at, local) = names.iter().find_map(|name| time(erasure.text(name)?))?;
        *local_times |= local;
        Some(at)
    };
    ReportedDrive {
        serial: of_either("serial"),
        model: of_either("model"),
        media: media(&words.join(" ")),
        size_bytes: of_either("capacity").and_then(|size| size.parse().ok()),
        method: method(standard, firmware),
        standard: standard.chars().take(200).collect(),
        started_at: at(["start_time", "started"]),
        finished_at: at(["end_time", "timestamp"]),
        result: match state.to_lowercase().as_str() {
            "successful" | "success" | "erased" => EraseResult::Success,
            _ => EraseResult::Failure,
        },
        state: state.chars().take(100).collect(),
    }
}
