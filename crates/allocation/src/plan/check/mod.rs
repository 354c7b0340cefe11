//! The certificate of ALLOCATION §3: whoever holds the published inputs can check a
//! result line by line, without the planner. Each better wish refused in phase A
//! really was impossible given the lots before it; each line's next unit in phase B
//! really was impossible given the units before it. With feasibility this is
//! necessary and sufficient for *the* solution, so one device too many or too few
//! is always noticed.
//!
//! Nothing here uses the planner: the public order, the bounds and the question
//! "possible?" are written again from the definition.

mod growth;
mod ledger;
mod lots;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::answer::Award;
use super::instance::{Instance, Line, Pin};
use ledger::Ledger;

/// A rule that a result breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Which rule.
    pub rule: Rule,
    /// The line concerned, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// What was found.
    pub detail: String,
}

/// The rules of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Every line once, in the public order.
    PublicOrder,
    /// Either a kind and a quantity, or neither.
    Award,
    /// Pins as staff fixed them.
    Pin,
    /// Excluded lines and lines not in the running receive nothing.
    NotInTheRunning,
    /// Only kinds that the line accepts.
    Kind,
    /// Nothing, or between the lot and the most.
    Bounds,
    /// Each kind drawn from classes the lines may use, every cap respected.
    Possible,
    /// What is left is the stock minus what is given.
    Left,
    /// A better wish was refused only where its lot was impossible.
    BetterWish,
    /// Growth stopped only where the next unit was impossible.
    NextUnit,
    /// A kind kept for the next wave is not grown.
    Kept,
}

/// One line with what the result gives it, in the public order.
struct Entry<'a> {
    line: &'a Line,
    pin: Option<&'a Pin>,
    running: bool,
    kind: Option<&'a str>,
    qty: u64,
}

impl Entry<'_> {
    fn is_called(&self) -> bool {
        self.running && self.line.already == 0
    }

    /// What it received at once, by pin or lot.
    fn at_once(&self) -> u64 {
        if !self.running {
            self.qty
        } else if self.qty > 0 {
            smallest(self.line)
        } else {
            0
        }
    }
}

/// Lists every rule that a result breaks; empty for the right result, and only for it.
/// The instance must be valid.
#[must_use]
pub fn check_plan(
    instance: &Instance,
    awards: &[Award],
    left: &BTreeMap<String, u64>,
) -> Vec<Broken> {
    let Some(entries) = matched(instance, awards) else {
        let detail =
            "the lines are not those of the instance, each once, in the public order".to_owned();
        return vec![Broken {
            rule: Rule::PublicOrder,
            line: None,
            detail,
        }];
    };
    let mut broken: Vec<Broken> = entries.iter().filter_map(alone).collect();
    broken.extend(leftovers(instance, &entries, left));
    let mut ledger = Ledger::of(instance);
    let fits = entries.iter().all(|entry| {
        entry
            .kind
            .is_none_or(|kind| ledger.add(entry.line, kind, entry.qty))
    });
    if !fits {
        let detail =
            "the quantities cannot all be drawn from the classes under the caps".to_owned();
        broken.push(Broken {
            rule: Rule::Possible,
            line: None,
            detail,
        });
    }
    // Without these, "what was given before" has no meaning.
    if broken.iter().all(|broken| broken.rule == Rule::Left) {
        broken.extend(lots::refusals(instance, &entries));
        broken.extend(growth::stops(instance, &entries));
    }
    broken
}

/// Whether the pins of a valid instance can be met together.
#[must_use]
pub fn pins_are_possible(instance: &Instance) -> bool {
    let lines: HashMap<&str, &Line> = instance
        .lines
        .iter()
        .map(|line| (line.id.as_str(), line))
        .collect();
    let mut ledger = Ledger::of(instance);
    instance
        .pins
        .iter()
        .all(|pin| match (lines.get(pin.line.as_str()), &pin.kind) {
            (Some(line), Some(kind)) => ledger.add(line, kind, pin.qty),
            _ => true,
        })
}

/// The lines in the public order, each with its award; none when they do not match.
fn matched<'a>(instance: &'a Instance, awards: &'a [Award]) -> Option<Vec<Entry<'a>>> {
    let mut lines: Vec<&Line> = instance.lines.iter().collect();
    lines.sort_by_cached_key(|line| {
        let mut draw = Sha256::new();
        draw.update(format!("{}|{}", instance.wave.seed, line.application));
        let draw: [u8; 32] = draw.finalize().into();
        let (points, index) = (u64::MAX - line.score, u64::MAX - line.fragility);
        (points, index, line.date.as_str(), draw, line.id.as_str())
    });
    let pins: HashMap<&str, &Pin> = instance
        .pins
        .iter()
        .map(|pin| (pin.line.as_str(), pin))
        .collect();
    let out: HashSet<&str> = instance
        .excludes
        .iter()
        .map(|exclude| exclude.line.as_str())
        .collect();
    let same = lines.len() == awards.len()
        && lines
            .iter()
            .zip(awards)
            .all(|(line, award)| line.id == award.id);
    let entry = |(line, award): (&'a Line, &'a Award)| {
        let pin = pins.get(line.id.as_str()).copied();
        let running = pin.is_none()
            && !out.contains(line.id.as_str())
            && largest(line) >= smallest(line).max(1);
        Entry {
            line,
            pin,
            running,
            kind: award.kind.as_deref(),
            qty: award.qty,
        }
    };
    same.then(|| lines.into_iter().zip(awards).map(entry).collect())
}

fn largest(line: &Line) -> u64 {
    line.requested.min(line.cap).saturating_sub(line.already)
}

fn smallest(line: &Line) -> u64 {
    if line.already > 0 {
        0
    } else {
        line.min_lot.max(1)
    }
}

/// What can be said of a line without looking at the others.
fn alone(entry: &Entry<'_>) -> Option<Broken> {
    let Entry { line, qty, .. } = *entry;
    let kind = entry.kind.unwrap_or("no kind");
    let found = |rule, detail| {
        Some(Broken {
            rule,
            line: Some(line.id.clone()),
            detail,
        })
    };
    if entry.kind.is_some() != (qty > 0) {
        return found(Rule::Award, format!("{qty} devices of {kind}"));
    }
    if let Some(pin) = entry.pin {
        let pinned = if pin.qty > 0 {
            pin.kind.as_deref()
        } else {
            None
        };
        let kept = pin.qty == qty && pinned == entry.kind;
        return if kept {
            None
        } else {
            found(
                Rule::Pin,
                format!("{qty} of {kind} instead of the pinned {}", pin.qty),
            )
        };
    }
    if qty == 0 {
        return None;
    }
    if !entry.running {
        return found(
            Rule::NotInTheRunning,
            format!("{qty} of {kind} for a line not in the running"),
        );
    }
    if !line.kinds.iter().any(|wish| wish == kind) {
        return found(Rule::Kind, format!("{kind} was not asked"));
    }
    if qty < smallest(line) || qty > largest(line) {
        return found(
            Rule::Bounds,
            format!(
                "{qty} is not between {} and {}",
                smallest(line),
                largest(line)
            ),
        );
    }
    None
}

fn leftovers(
    instance: &Instance,
    entries: &[Entry<'_>],
    left: &BTreeMap<String, u64>,
) -> Option<Broken> {
    let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
    for class in &instance.classes {
        *expected.entry(&class.kind).or_default() += class.qty;
    }
    for entry in entries {
        if let Some(rest) = entry.kind.and_then(|kind| expected.get_mut(kind)) {
            *rest = rest.saturating_sub(entry.qty);
        }
    }
    let same = expected.len() == left.len()
        && expected
            .iter()
            .all(|(kind, rest)| left.get(*kind) == Some(rest));
    let detail = format!("left_by_kind should be {expected:?}");
    if same {
        None
    } else {
        Some(Broken {
            rule: Rule::Left,
            line: None,
            detail,
        })
    }
}
