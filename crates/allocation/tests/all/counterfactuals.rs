//! What would have changed a result: against the worked examples, and against trying
//! every value in turn.

use crate::support::{self, ALL, Range, brute_force, instances, number_of_cases};
use allocation::plan::counterfactual::{Goal, WhatIf};
use allocation::plan::validate::NUMBER_MAX;
use allocation::plan::{Award, Instance, plan};
use proptest::prelude::*;
use serde_json::{Value, json};

const GOALS: [Goal; 3] = [Goal::Served, Goal::BetterWish, Goal::Better];
const SMALL: Range = Range {
    lines: 5,
    classes: 4,
    ..ALL
};

#[test]
fn the_examples_counterfactuals_agree() {
    let text = include_str!("../../../../tests/data/allocation/examples.json");
    let document: Value = serde_json::from_str(text).unwrap();
    let mut seen = 0;
    for example in document["examples"].as_array().unwrap() {
        let instance = Instance::read(&example["instance"].to_string()).unwrap();
        for expected in example["counterfactuals"].as_array().into_iter().flatten() {
            let line = expected["line"].as_str().unwrap();
            let what_if = WhatIf::of(&instance).unwrap();
            let score = what_if
                .smallest_score(line, Goal::Better, NUMBER_MAX)
                .unwrap();
            assert_eq!(
                json!(score),
                expected["better_from_score"],
                "{} {line}",
                example["name"]
            );
            for (class, extra) in expected["better_from_extra_stock"].as_object().unwrap() {
                let found = what_if.smallest_stock(line, Goal::Better, class).unwrap();
                assert!(found.is_none_or(|found| found.smallest));
                assert_eq!(
                    json!(found.map(|found| found.devices)),
                    *extra,
                    "{} {line} {class}",
                    example["name"]
                );
            }
            seen += 1;
        }
    }
    assert!(seen > 0);
}

/// Whether `then` reaches a goal for a line that has `now`.
fn reaches(kinds: &[String], goal: Goal, now: &Award, then: &Award) -> bool {
    let rank = |award: &Award| {
        kinds
            .iter()
            .position(|kind| Some(kind) == award.kind.as_ref())
            .unwrap_or(9)
    };
    match goal {
        Goal::Served => now.qty == 0 && then.qty > 0,
        Goal::BetterWish => rank(then) < rank(now),
        Goal::Better => rank(then) < rank(now) || rank(then) == rank(now) && then.qty > now.qty,
    }
}

/// The first value in a range with which a line reaches a goal.
fn first(
    instance: &Instance,
    at: usize,
    goal: Goal,
    mut values: impl Iterator<Item = u64>,
    set: impl Fn(&mut Instance, u64),
) -> Option<u64> {
    let line = &instance.lines[at];
    let now = plan(instance).unwrap();
    values.find(|&value| {
        let mut other = instance.clone();
        set(&mut other, value);
        let then = plan(&other).unwrap();
        reaches(
            &line.kinds,
            goal,
            now.award(&line.id).unwrap(),
            then.award(&line.id).unwrap(),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: number_of_cases(200), max_global_rejects: u32::MAX, ..ProptestConfig::default() })]

    #[test]
    fn the_smallest_score_is_the_first_that_is_enough(instance in instances(SMALL), at in 0..5usize, goal in 0..3usize) {
        prop_assume!(at < instance.lines.len());
        let Ok(what_if) = WhatIf::of(&instance) else { return Ok(()) };
        let line = &instance.lines[at];
        let found = what_if.smallest_score(&line.id, GOALS[goal], 150).unwrap();
        let expected = first(&instance, at, GOALS[goal], line.score + 1..=150, |other, score| other.lines[at].score = score);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_smallest_stock_is_the_first_that_is_enough(
        instance in instances(SMALL), at in 0..5usize, class in 0..4usize, goal in 0..3usize,
    ) {
        prop_assume!(at < instance.lines.len() && class < instance.classes.len());
        let Ok(what_if) = WhatIf::of(&instance) else { return Ok(()) };
        let (line, id) = (&instance.lines[at].id, &instance.classes[class].id);
        let expected = first(&instance, at, GOALS[goal], 1..=80, |other, extra| other.classes[class].qty += extra);
        let found = what_if.smallest_stock(line, GOALS[goal], id).unwrap();
        prop_assert_eq!(found.map(|found| found.devices), expected);
        prop_assert!(found.is_none_or(|found| found.smallest));
        if let Some(threshold) = what_if.with_effort(0).smallest_stock(line, GOALS[goal], id).unwrap() {
            let at_threshold = |extra: u64| first(&instance, at, GOALS[goal], std::iter::once(extra), |other, extra| {
                other.classes[class].qty += extra;
            });
            prop_assert!(at_threshold(threshold.devices).is_some());
            prop_assert!(threshold.devices == 1 || at_threshold(threshold.devices - 1).is_none());
        }
    }

    #[test]
    fn effects_are_the_plans_without_the_decision(instance in instances(SMALL)) {
        let Ok(what_if) = WhatIf::of(&instance) else { return Ok(()) };
        let effects = what_if.effects().unwrap();
        prop_assert_eq!(effects.len(), instance.pins.len() + instance.excludes.len());
        for effect in effects {
            let mut without = instance.clone();
            without.pins.retain(|pin| pin.line != effect.line);
            without.excludes.retain(|exclude| exclude.line != effect.line);
            let without = plan(&without).unwrap();
            for award in &what_if.plan().awards {
                let change = effect.changes.iter().find(|change| change.now.id == award.id);
                let otherwise = change.map_or(award, |change| &change.otherwise);
                prop_assert_eq!(otherwise, without.award(&award.id).unwrap());
            }
        }
    }

    #[test]
    fn accepting_another_kind_is_what_the_definition_gives_with_it(
        instance in instances(SMALL), at in 0..5usize, kind in 0..3usize,
    ) {
        prop_assume!(at < instance.lines.len());
        let Ok(what_if) = WhatIf::of(&instance) else { return Ok(()) };
        let line = &instance.lines[at];
        prop_assume!(line.already == 0);
        let kind = support::KINDS[kind].to_owned();
        let mut open = instance.clone();
        if !line.kinds.contains(&kind) {
            open.lines[at].kinds.push(kind.clone());
        }
        let expected = brute_force(&open).unwrap();
        let expected = expected.iter().find(|award| award.id == line.id).unwrap();
        let then = what_if.accepting(&line.id, &kind).unwrap();
        prop_assert_eq!(&then, expected);
        let now = what_if.plan().award(&line.id).unwrap();
        prop_assert!(now.qty == 0 || now == &then, "it costs nobody what one has");
    }

    #[test]
    fn without_decisions_is_what_the_definition_gives_on_the_merits_alone(instance in instances(SMALL)) {
        let Ok(what_if) = WhatIf::of(&instance) else { return Ok(()) };
        let mut merits = instance.clone();
        merits.pins.clear();
        merits.excludes.clear();
        let expected = brute_force(&merits).unwrap();
        let changes = what_if.without_decisions().unwrap();
        let differing = expected.iter().filter(|&award| what_if.plan().award(&award.id) != Some(award));
        prop_assert_eq!(changes.iter().map(|change| &change.otherwise).collect::<Vec<_>>(), differing.collect::<Vec<_>>());
        for change in &changes {
            prop_assert_eq!(Some(&change.now), what_if.plan().award(&change.now.id));
        }
    }
}
