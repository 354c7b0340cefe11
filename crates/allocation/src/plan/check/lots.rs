//! Phase A, line by line: every wish better than the one granted, and every wish of
//! a line that got nothing, must have been impossible given the lots before it.

use super::super::instance::Instance;
use super::ledger::Ledger;
use super::{Broken, Entry, Rule, smallest};

pub(super) fn refusals(instance: &Instance, entries: &[Entry<'_>]) -> Vec<Broken> {
    let mut ledger = Ledger::of(instance);
    for entry in entries.iter().filter(|entry| entry.pin.is_some()) {
        ledger.add(entry.line, entry.kind.unwrap_or_default(), entry.qty);
    }
    let mut broken = Vec::new();
    for entry in entries.iter().filter(|entry| entry.is_called()) {
        let lot = smallest(entry.line);
        let better = entry
            .line
            .kinds
            .iter()
            .take_while(|wish| entry.kind != Some(wish.as_str()));
        for wish in better {
            if ledger.could(entry.line, wish, lot) {
                let detail = format!("its lot of {lot} {wish} was possible when it was called");
                broken.push(Broken {
                    rule: Rule::BetterWish,
                    line: Some(entry.line.id.clone()),
                    detail,
                });
            }
        }
        ledger.add(entry.line, entry.kind.unwrap_or_default(), entry.at_once());
    }
    broken
}
