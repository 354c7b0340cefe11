//! What changed since a plan was made: a plan is submitted and approved on the facts it
//! was computed from, or not at all.

use std::collections::HashMap;

use kernel::{Code, Refusal, Text};
use serde_json::json;

use crate::plan::instance::Line;

/// A device that is not what the plan counted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceChange {
    /// Its tag.
    pub tag: String,
    /// Its stage now.
    pub stage: String,
}

/// An application that is not what the plan was computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineChange {
    /// How people name the application.
    pub reference: String,
    /// What changed: `gone`, `request`, `score`, `fragility`, `history` or `facts`.
    pub what: &'static str,
}

/// Everything that changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// How many devices.
    pub device_count: usize,
    /// The first of them.
    pub devices: Vec<DeviceChange>,
    /// The applications.
    pub applications: Vec<LineChange>,
}

/// Compares the lines of the plan with what they would be now. New applications are for
/// the next plan, and change nothing in this one.
#[must_use]
pub fn changed_lines(planned: &[Line], now: &[Line]) -> Vec<LineChange> {
    let now: HashMap<&str, &Line> = now.iter().map(|line| (line.id.as_str(), line)).collect();
    let mut changes: Vec<LineChange> = Vec::new();
    for line in planned {
        let what = match now.get(line.id.as_str()) {
            Some(same) if *same == line => continue,
            Some(other) => what_differs(line, other),
            None => "gone",
        };
        if changes
            .last()
            .is_none_or(|last| last.reference != line.application || last.what != what)
        {
            changes.push(LineChange {
                reference: line.application.clone(),
                what,
            });
        }
    }
    changes
}

fn what_differs(planned: &Line, now: &Line) -> &'static str {
    if planned.already != now.already {
        "history"
    } else if planned.score != now.score {
        "score"
    } else if planned.fragility != now.fragility {
        "fragility"
    } else if planned.requested != now.requested || planned.kinds != now.kinds {
        "request"
    } else {
        "facts"
    }
}

/// Refuses to go on with a plan whose facts have changed.
///
/// # Errors
/// `wave_out_of_date`, with what changed in `changes`.
pub fn out_of_date(changes: &Changes) -> Result<(), Refusal> {
    if changes.device_count == 0 && changes.applications.is_empty() {
        return Ok(());
    }
    let tags: Vec<&str> = changes
        .devices
        .iter()
        .map(|device| device.tag.as_str())
        .take(10)
        .collect();
    let references: Vec<&str> = changes
        .applications
        .iter()
        .map(|line| line.reference.as_str())
        .take(10)
        .collect();
    let (mut fr, mut en) = (Vec::new(), Vec::new());
    if changes.device_count > 0 {
        let more = if changes.device_count > tags.len() {
            ", …"
        } else {
            ""
        };
        let count = changes.device_count;
        fr.push(format!(
            "appareils qui ne sont plus prêts : {count} ({}{more})",
            tags.join(", ")
        ));
        en.push(format!(
            "devices no longer ready: {count} ({}{more})",
            tags.join(", ")
        ));
    }
    if !references.is_empty() {
        let more = if changes.applications.len() > references.len() {
            ", …"
        } else {
            ""
        };
        let count = changes.applications.len();
        fr.push(format!(
            "demandes modifiées : {count} ({}{more})",
            references.join(", ")
        ));
        en.push(format!(
            "applications changed: {count} ({}{more})",
            references.join(", ")
        ));
    }
    let detail = Text::new(
        format!(
            "Depuis la proposition : {}. Proposez de nouveau.",
            fr.join(" ; ")
        ),
        format!("Since the plan was made: {}. Propose again.", en.join("; ")),
    );
    let devices: Vec<_> = changes
        .devices
        .iter()
        .map(|device| json!({"tag": device.tag, "stage": device.stage}))
        .collect();
    let applications: Vec<_> = changes
        .applications
        .iter()
        .map(|line| json!({"reference": line.reference, "what": line.what}))
        .collect();
    Err(Refusal::new(Code::WaveOutOfDate, detail).with_extra(json!({
        "changes": {"device_count": changes.device_count, "devices": devices, "applications": applications}
    })))
}
