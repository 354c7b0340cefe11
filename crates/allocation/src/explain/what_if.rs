//! What would have changed a result, asked of the planner.

use std::collections::HashMap;

use super::model::{RequestExplanation, StockGain, WouldChange};
use crate::model::{Granted, LineReason};
use crate::plan::Refused;
use crate::plan::counterfactual::{Goal, WhatIf};
use crate::plan::instance::{Instance, Line};

/// The highest score there is, in hundredths.
const HIGHEST: u64 = 10_000;

/// Everything that would have changed what one request has.
///
/// # Errors
/// When the wave cannot be planned.
pub fn would_change(
    what_if: &WhatIf<'_>,
    instance: &Instance,
    line: &Line,
    request: &RequestExplanation,
) -> Result<WouldChange, Refused> {
    let mut change = WouldChange::default();
    if !instance.pins.is_empty() || !instance.excludes.is_empty() {
        change.without_interventions = without_interventions(what_if, line)?;
    }
    match request.reason {
        LineReason::BelowLot => change.request_at_least = Some(line.min_lot),
        LineReason::StockExhausted | LineReason::CapReached if request.granted.is_empty() => {
            change.score_to_be_served = what_if.smallest_score(&line.id, Goal::Served, HIGHEST)?;
            change.stock = stock(what_if, instance, line, Goal::Served)?;
            change.accepting = accepting(what_if, instance, line)?;
        }
        LineReason::StockShared | LineReason::CapReached => {
            let first = line.kinds.first();
            let second_choice = request
                .granted
                .keys()
                .any(|kind| Some(&kind.to_string()) != first);
            if second_choice {
                change.score_for_better_wish =
                    what_if.smallest_score(&line.id, Goal::BetterWish, HIGHEST)?;
            }
            change.score_for_one_more = what_if.smallest_score(&line.id, Goal::Better, HIGHEST)?;
            change.stock = stock(what_if, instance, line, Goal::Better)?;
        }
        LineReason::RequestMet | LineReason::LotMaxReached => {
            let first = line.kinds.first();
            if request
                .granted
                .keys()
                .any(|kind| Some(&kind.to_string()) != first)
            {
                change.score_for_better_wish =
                    what_if.smallest_score(&line.id, Goal::BetterWish, HIGHEST)?;
                change.stock = stock(what_if, instance, line, Goal::BetterWish)?;
            }
        }
        _ => {}
    }
    Ok(change)
}

fn stock(
    what_if: &WhatIf<'_>,
    instance: &Instance,
    line: &Line,
    goal: Goal,
) -> Result<Vec<StockGain>, Refused> {
    let usable = instance
        .classes
        .iter()
        .filter(|class| line.kinds.contains(&class.kind) && class.serves(&line.tags));
    let mut changes = Vec::new();
    for class in usable {
        if let Some(extra) = what_if.smallest_stock(&line.id, goal, &class.id)? {
            changes.push(StockGain {
                class: class.id.clone(),
                devices: extra.devices,
                smallest: extra.smallest,
            });
        }
    }
    Ok(changes)
}

/// What accepting one kind more would have given, where it gives something.
fn accepting(
    what_if: &WhatIf<'_>,
    instance: &Instance,
    line: &Line,
) -> Result<HashMap<String, u64>, Refused> {
    let mut gains = HashMap::new();
    if line.already > 0 {
        return Ok(gains);
    }
    for class in &instance.classes {
        if line.kinds.contains(&class.kind) || gains.contains_key(&class.kind) {
            continue;
        }
        let award = what_if.accepting(&line.id, &class.kind)?;
        if award.qty > 0 {
            gains.insert(class.kind.clone(), award.qty);
        }
    }
    Ok(gains)
}

fn without_interventions(what_if: &WhatIf<'_>, line: &Line) -> Result<Option<Granted>, Refused> {
    let changes = what_if.without_decisions()?;
    let own = changes
        .into_iter()
        .find(|change| change.otherwise.id == line.id);
    Ok(own.map(|change| {
        let kind = change.otherwise.kind.and_then(|kind| kind.parse().ok());
        kind.filter(|_| change.otherwise.qty > 0)
            .map(|kind| (kind, change.otherwise.qty))
            .into_iter()
            .collect()
    }))
}
