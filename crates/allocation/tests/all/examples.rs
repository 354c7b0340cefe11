//! The worked examples of the policy, to the unit.

use allocation::plan::key::Ratio;
use allocation::plan::order::Level;
use allocation::plan::trace::{Bound, Stop};
use allocation::plan::{Instance, Plan, plan, replay};
use serde_json::Value;

fn examples() -> Vec<Value> {
    let text = include_str!("../../../../tests/data/allocation/examples.json");
    let document: Value = serde_json::from_str(text).unwrap();
    document["examples"].as_array().unwrap().clone()
}

#[test]
fn every_example_agrees_to_the_unit() {
    for example in examples() {
        let (printed, planned) = replay::run(&example["instance"].to_string());
        let mut answer: Value = serde_json::from_str(&printed).unwrap();
        if !planned {
            assert!(
                !answer["detail"].as_str().unwrap().is_empty(),
                "{}",
                example["name"]
            );
            answer.as_object_mut().unwrap().remove("detail");
        }
        assert_eq!(answer, example["expected"], "{}", example["name"]);
    }
}

#[test]
fn every_expected_answer_passes_the_certificate() {
    for example in examples() {
        let (verdict, right) = replay::check(
            &example["instance"].to_string(),
            &example["expected"].to_string(),
        );
        assert!(right, "{}: {verdict}", example["name"]);
    }
}

#[test]
fn examples_survive_being_written_again() {
    for example in examples() {
        let instance = Instance::read(&example["instance"].to_string());
        if let Ok(instance) = instance {
            let text = serde_json::to_string(&instance).unwrap();
            assert_eq!(
                Instance::read(&text).unwrap(),
                instance,
                "{}",
                example["name"]
            );
        }
    }
}

fn planned(name: &str) -> (Instance, Plan) {
    let example = examples()
        .into_iter()
        .find(|example| example["name"] == name)
        .unwrap();
    let instance = Instance::read(&example["instance"].to_string()).unwrap();
    let plan = plan(&instance).unwrap();
    (instance, plan)
}

#[test]
fn exact_shares_are_those_of_the_first_example() {
    let (instance, plan) = planned("01-abundance");
    let share = |line| plan.why(&instance, line).unwrap().exact_share;
    assert_eq!(share("ALPHA/1"), Some(Ratio::new(80, 3)));
    assert_eq!(share("BETA/1"), Some(Ratio::new(20, 1)));
    assert_eq!(share("GAMMA/1"), Some(Ratio::new(40, 3)));
}

#[test]
fn the_trace_says_how_a_tie_was_broken() {
    let (instance, plan) = planned("03-ties");
    let levels: Vec<Level> = (0..4)
        .map(|place| plan.trace.line(&instance, place).unwrap().level)
        .collect();
    assert_eq!(
        levels,
        [Level::First, Level::Fragility, Level::Draw, Level::Date]
    );
}

#[test]
fn the_trace_says_what_was_possible_and_what_bound_it() {
    let (instance, plan) = planned("12-substitution");
    let beta = plan.why(&instance, "BETA/1").unwrap();
    let laptops = Bound::Stock {
        kind: "laptop".to_owned(),
        classes: vec!["laptop/open".to_owned()],
    };
    assert_eq!((beta.wishes[0].possible, beta.wishes[0].lot), (Some(4), 10));
    assert_eq!(beta.wishes[0].bound, Some(laptops));
    assert!(beta.wishes[1].granted);
    assert_eq!((beta.lot, beta.growth), (10, 11));
    assert_eq!(plan.why(&instance, "DELTA/1").unwrap().stop, Stop::NoLot);
    let (instance, plan) = planned("02-cap-and-small-request");
    assert_eq!(plan.why(&instance, "ALPHA/1").unwrap().stop, Stop::Request);
    let (instance, plan) = planned("18-crossing-caps");
    let stop = plan.why(&instance, "L1/1").unwrap().stop;
    assert_eq!(stop, Stop::Bound(Bound::Cap { id: "c".to_owned() }));
    let (instance, plan) = planned("05-scarcity-hold");
    let kind = "desktop".to_owned();
    assert_eq!(
        plan.why(&instance, "ALPHA/1").unwrap().stop,
        Stop::Kept { kind }
    );
}
