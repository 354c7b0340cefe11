//! The planner against the definition, and the certificate against damage.

use crate::support::{ALL, Range, brute_force, instances, number_of_cases};
use allocation::plan::planner::{Growth, plan_by};
use allocation::plan::{Answer, Code, Instance, Plan, check_plan, plan};
use proptest::prelude::*;

/// Some of what a result can have wrong by one device.
fn damaged(plan: &Plan) -> Vec<Plan> {
    let mut copies = Vec::new();
    for kind in plan.left_by_kind.keys() {
        let mut copy = plan.clone();
        copy.left_by_kind
            .entry(kind.clone())
            .and_modify(|left| *left += 1);
        copies.push(copy);
    }
    for place in 0..plan.awards.len() {
        for up in [true, false] {
            let mut copy = plan.clone();
            let award = &mut copy.awards[place];
            let Some(kind) = award.kind.clone() else {
                continue;
            };
            let left = copy.left_by_kind.entry(kind).or_default();
            if up {
                award.qty += 1;
                *left = left.saturating_sub(1);
            } else {
                award.qty -= 1;
                *left += 1;
            }
            if award.qty == 0 {
                award.kind = None;
            }
            copies.push(copy);
        }
        for other in 0..plan.awards.len() {
            let mut copy = plan.clone();
            if place != other
                && plan.awards[place].qty > 0
                && plan.awards[place].kind == plan.awards[other].kind
            {
                copy.awards[place].qty -= 1;
                copy.awards[other].qty += 1;
                if copy.awards[place].qty == 0 {
                    copy.awards[place].kind = None;
                }
                copies.push(copy);
            }
        }
    }
    copies
}

/// More of everything: many units for the search of the level to jump over.
fn enlarged(instance: &Instance, times: u64) -> Instance {
    let mut large = instance.clone();
    large
        .classes
        .iter_mut()
        .for_each(|class| class.qty *= times);
    large.caps.iter_mut().for_each(|cap| cap.max *= times);
    for (at, line) in large.lines.iter_mut().enumerate() {
        line.requested = line.requested * times + at as u64;
        line.cap *= times;
        line.score = line.score * 97 + at as u64;
    }
    large
}

proptest! {
    #![proptest_config(ProptestConfig { cases: number_of_cases(1000), ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_definition(instance in instances(ALL)) {
        match (brute_force(&instance), plan(&instance)) {
            (Some(expected), Ok(plan)) => {
                prop_assert_eq!(&plan.awards, &expected);
                prop_assert_eq!(check_plan(&instance, &plan.awards, &plan.left_by_kind), vec![]);
            }
            (None, Err(refused)) => prop_assert_eq!(refused.code, Code::PinNotPossible),
            (expected, found) => prop_assert!(false, "{:?} but {:?}", expected, found.map(Plan::into_answer)),
        }
    }

    #[test]
    fn growing_by_level_is_growing_by_unit(
        instance in instances(Range { lines: 30, classes: 9, caps: 5, ..ALL }),
        times in 1..400u64,
    ) {
        let instance = enlarged(&instance, times);
        match (plan_by(&instance, Growth::ByLevel), plan_by(&instance, Growth::ByUnit)) {
            (Ok(level), Ok(unit)) => {
                for place in 0..level.awards.len() {
                    prop_assert_eq!(level.trace.line(&instance, place), unit.trace.line(&instance, place));
                }
                prop_assert_eq!(&level.awards, &unit.awards);
                prop_assert_eq!(check_plan(&instance, &level.awards, &level.left_by_kind), vec![]);
            }
            (level, unit) => prop_assert_eq!(level.err(), unit.err()),
        }
    }

    #[test]
    fn damage_by_one_device_is_noticed(instance in instances(ALL)) {
        if let Ok(plan) = plan(&instance) {
            for copy in damaged(&plan) {
                let broken = check_plan(&instance, &copy.awards, &copy.left_by_kind);
                prop_assert!(!broken.is_empty(), "{:?} passes for {:?}", copy.awards, plan.awards);
            }
        }
    }

    #[test]
    fn published_and_checked_again(instance in instances(ALL)) {
        let text = serde_json::to_string(&instance).unwrap();
        let (printed, planned) = allocation::plan::replay::run(&text);
        let (verdict, right) = allocation::plan::replay::check(&text, &printed);
        prop_assert!(right, "{}", verdict);
        prop_assert_eq!(planned, matches!(serde_json::from_str(&printed).unwrap(), Answer::Ok { .. }));
    }
}
