//! What a criterion gives, by its rule.

use super::facts::{Facts, figure, flag, marks};
use super::logarithm::binary_logarithm;
use super::{Assessed, Points, Range, Rule, Scale, Steps};

/// The points of one criterion.
pub(super) fn points(code: &str, rule: &Rule, facts: &Facts) -> Points {
    match rule {
        Rule::YesNo(rule) => match flag(rule.reads, facts) {
            Some(true) => rule.yes,
            Some(false) => rule.no,
            None => Points::NONE,
        },
        Rule::Table(rule) => facts
            .purpose
            .and_then(|purpose| rule.points.get(&purpose).copied())
            .unwrap_or(Points::NONE),
        Rule::Steps(rule) => {
            figure(rule.reads, facts).map_or(Points::NONE, |value| step(rule, value))
        }
        Rule::Range(rule) => {
            figure(rule.reads, facts).map_or(Points::NONE, |value| range(rule, value))
        }
        Rule::Themes(rule) => {
            let sum: i64 = facts
                .themes
                .iter()
                .filter_map(|theme| rule.points.get(theme))
                .map(|points| i64::from(points.value()))
                .sum();
            Points::hundredths(sum)
        }
        Rule::Territory(rule) => facts.place.index_tenths.map_or(Points::NONE, |index| {
            Points::ratio(
                i64::from(index - rule.from.0),
                i64::from(rule.to.0 - rule.from.0),
            )
        }),
        Rule::Assessed(rule) => mean(&marks(code, facts), rule),
        Rule::PastObligations(rule) => {
            let cost = facts
                .overdue
                .max(0)
                .saturating_mul(i64::from(rule.each.value()));
            Points::hundredths(i64::from(Points::ALL.value()).saturating_sub(cost))
        }
    }
}

fn step(rule: &Steps, value: i64) -> Points {
    rule.steps
        .iter()
        .rev()
        .find(|step| value >= step.from)
        .map_or(Points::NONE, |step| step.points)
}

fn range(rule: &Range, value: i64) -> Points {
    let value = value.clamp(rule.from, rule.to);
    match rule.scale {
        Scale::Linear => Points::ratio(
            value.saturating_sub(rule.from),
            rule.to.saturating_sub(rule.from),
        ),
        Scale::Logarithmic => {
            let start = binary_logarithm(rule.from);
            Points::ratio(
                binary_logarithm(value) - start,
                binary_logarithm(rule.to) - start,
            )
        }
    }
}

fn mean(marks: &[i64], rule: &Assessed) -> Points {
    let best = marks.len() as i64 * i64::from(rule.max);
    Points::ratio(marks.iter().sum(), best)
}
