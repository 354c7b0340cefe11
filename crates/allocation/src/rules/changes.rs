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
    /// The gifts, by reference, whose donor ties them to others than before.
    pub gifts: Vec<String>,
}

impl Changes {
    fn is_empty(&self) -> bool {
        self.device_count == 0 && self.applications.is_empty() && self.gifts.is_empty()
    }
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
    if changes.is_empty() {
        return Ok(());
    }
    let tags = changes.devices.iter().map(|device| device.tag.as_str());
    let references = changes
        .applications
        .iter()
        .map(|line| line.reference.as_str());
    let gifts = changes.gifts.iter().map(String::as_str);
    let (mut fr, mut en) = (Vec::new(), Vec::new());
    let mut say = |count: usize, names: String, french: &str, english: &str| {
        if count > 0 {
            fr.push(format!("{french} : {count} ({names})"));
            en.push(format!("{english}: {count} ({names})"));
        }
    };
    say(
        changes.device_count,
        first_of(tags, changes.device_count),
        "appareils qui ne peuvent plus être donnés",
        "devices that can no longer be given",
    );
    say(
        changes.applications.len(),
        first_of(references, changes.applications.len()),
        "demandes modifiées",
        "applications changed",
    );
    say(
        changes.gifts.len(),
        first_of(gifts, changes.gifts.len()),
        "dons dont le donateur a changé les conditions",
        "gifts whose donor changed their conditions",
    );
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
        "changes": {"device_count": changes.device_count, "devices": devices, "applications": applications,
            "gifts": changes.gifts}
    })))
}

/// The first names of so many.
fn first_of<'a>(names: impl Iterator<Item = &'a str>, count: usize) -> String {
    const SAID: usize = 10;
    let mut list = names.take(SAID).collect::<Vec<_>>().join(", ");
    if count > SAID {
        list.push_str(", …");
    }
    list
}
