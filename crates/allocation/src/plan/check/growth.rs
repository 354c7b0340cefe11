//! Phase B: the units of growth are laid out by their exact keys, and at the place
//! where a line's next unit would have come it must have been impossible.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::super::instance::{Instance, Line, Residual};
use super::ledger::Ledger;
use super::{Broken, Entry, Rule, largest};

/// A unit of growth: granted, or the one that a line did not get.
struct Unit {
    /// `2t − 1`.
    numerator: u128,
    weight: u128,
    rank: usize,
    granted: bool,
}

impl Unit {
    fn order(&self, other: &Self) -> Ordering {
        let (left, right) = (self.numerator * other.weight, other.numerator * self.weight);
        left.cmp(&right).then(self.rank.cmp(&other.rank))
    }
}

pub(super) fn stops(instance: &Instance, entries: &[Entry<'_>]) -> Vec<Broken> {
    let kept = kept(instance, entries);
    let is_kept = |entry: &Entry<'_>| grown_kind(entry).is_some_and(|kind| kept.contains(kind));
    let mut broken = Vec::new();
    let mut ledger = Ledger::of(instance);
    let mut units = Vec::new();
    for (rank, entry) in entries.iter().enumerate() {
        ledger.add(entry.line, entry.kind.unwrap_or_default(), entry.at_once());
        if !is_kept(entry) {
            lay_out(instance, rank, entry, &mut units);
        } else if entry.qty > entry.at_once() {
            let detail = "it was grown although what remains of its kind is kept".to_owned();
            broken.push(Broken {
                rule: Rule::Kept,
                line: Some(entry.line.id.clone()),
                detail,
            });
        }
    }
    units.sort_unstable_by(Unit::order);
    for unit in &units {
        let entry = &entries[unit.rank];
        let kind = grown_kind(entry).unwrap_or_default();
        if unit.granted {
            ledger.add(entry.line, kind, 1);
        } else if ledger.could(entry.line, kind, 1) {
            let detail = format!(
                "one more than {} {kind} was possible at its turn",
                entry.qty
            );
            broken.push(Broken {
                rule: Rule::NextUnit,
                line: Some(entry.line.id.clone()),
                detail,
            });
        }
    }
    broken
}

/// The kind in which a line can grow: what it was admitted to, or has a history of.
fn grown_kind<'a>(entry: &'a Entry<'_>) -> Option<&'a str> {
    match (entry.running, entry.kind) {
        (false, _) => None,
        (true, Some(kind)) => Some(kind),
        (true, None) if entry.line.already > 0 => entry.line.kinds.first().map(String::as_str),
        (true, None) => None,
    }
}

/// With `hold`, the kinds wished by a line in the running that got no lot.
fn kept<'a>(instance: &Instance, entries: &'a [Entry<'_>]) -> HashSet<&'a str> {
    let skipped = entries
        .iter()
        .filter(|entry| entry.is_called() && entry.qty == 0);
    let wishes = skipped.flat_map(|entry| entry.line.kinds.iter().map(String::as_str));
    if instance.params.residual == Residual::Hold {
        wishes.collect()
    } else {
        HashSet::new()
    }
}

fn lay_out(instance: &Instance, rank: usize, entry: &Entry<'_>, units: &mut Vec<Unit>) {
    if grown_kind(entry).is_none() {
        return;
    }
    let weight = weight(instance, entry.line);
    let held = entry.line.already + entry.qty;
    let unit = |t: u64, granted| Unit {
        numerator: 2 * u128::from(t) - 1,
        weight,
        rank,
        granted,
    };
    units.extend((entry.line.already + entry.at_once() + 1..=held).map(|t| unit(t, true)));
    if entry.qty < largest(entry.line) {
        units.push(unit(held + 1, false));
    }
}

fn weight(instance: &Instance, line: &Line) -> u128 {
    let formula = &instance.params.weight;
    let points = u128::from(formula.score) * u128::from(line.score);
    let index = u128::from(formula.fragility) * u128::from(line.fragility);
    (u128::from(formula.base) + points + index).max(1)
}
