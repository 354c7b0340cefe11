//! What no sequence of events may lead to.

use proptest::prelude::*;

use super::*;
use crate::model::Triage;

fn any_event() -> impl Strategy<Value = Value> {
    let serial = prop_oneof![Just("D1"), Just("D2"), Just("")];
    let method = prop_oneof![
        Just("clear"),
        Just("purge"),
        Just("destroy"),
        Just("absent")
    ];
    let media = prop_oneof![Just("hdd"), Just("ssd"), Just("nvme")];
    let result = prop_oneof![3 => Just("success"), 1 => Just("failure")];
    let drives = (serial, method, media, result).prop_map(|(serial, method, media, result)| {
        json!({"type": "erased", "drives": [
            {"serial": serial, "media": media, "method": method, "result": result}]})
    });
    let one = |event: Value| Just(event).boxed();
    prop::strategy::Union::new_weighted(vec![
        (1, one(json!({"type": "received"}))),
        (
            2,
            prop_oneof![Just("keep"), Just("scrap"), Just("parts")]
                .prop_map(|outcome| json!({"type": "triaged", "outcome": outcome}))
                .boxed(),
        ),
        (4, drives.boxed()),
        (
            2,
            prop_oneof![3 => Just("pass"), 1 => Just("fail")]
                .prop_map(|result| json!({"type": "tested", "checks": {"boot": result}}))
                .boxed(),
        ),
        (1, one(json!({"type": "repair_started"}))),
        (
            2,
            any_parts()
                .prop_map(|parts| json!({"type": "repaired", "description": "x", "minutes": 5, "parts": parts}))
                .boxed(),
        ),
        (
            2,
            (any_parts(), 0..12)
                .prop_map(|(parts, seq)| json!({"type": "repair_corrected", "repair": seq, "parts": parts, "reason": "x"}))
                .boxed(),
        ),
        (2, one(json!({"type": "graded", "cosmetic": "B"}))),
        (
            2,
            prop_oneof![3 => Just(true), 1 => Just(false)]
                .prop_map(|passed| json!({"type": "quality_checked", "passed": passed}))
                .boxed(),
        ),
        (3, one(ready())),
        (1, one(json!({"type": "scrapped", "reason": "x"}))),
        (
            1,
            any_parts()
                .prop_map(|parts| json!({"type": "harvested", "parts": parts}))
                .boxed(),
        ),
        (1, one(json!({"type": "waste_noted", "waste_reference": "BSD-1"}))),
        (1, one(json!({"type": "send"}))),
        (1, one(json!({"type": "arrive"}))),
        (1, one(json!({"type": "call_back"}))),
        (1, one(json!({"type": "moved", "location": "A"}))),
        (1, one(json!({"type": "missing"}))),
        (1, one(json!({"type": "returned", "reason": "x"}))),
        (1, one(json!({"type": "seen", "n": 1}))),
        (1, one(json!({"type": "seen", "n": 2}))),
        (1, one(json!({"type": "reserve"}))),
        (1, one(json!({"type": "hand_over"}))),
    ])
}

fn any_parts() -> impl Strategy<Value = Value> {
    let part = (
        prop_oneof![Just("memory"), Just("battery"), Just("screw")],
        1..3,
        any::<bool>(),
    )
        .prop_map(|(kind, quantity, recovered)| {
            let label = if kind == "memory" { "8 Go" } else { "" };
            json!({"kind": kind, "label": label, "quantity": quantity, "recovered": recovered})
        });
    prop::collection::vec(part, 0..3).prop_map(Value::from)
}

/// What must hold of a device whatever happened to it.
fn check_invariants(bench: &Bench) -> Result<(), TestCaseError> {
    let device = &bench.device;
    let needs_proof = matches!(
        device.stage,
        Stage::Ready | Stage::Reserved | Stage::HandedOver | Stage::Scrapped | Stage::Parts
    );
    if needs_proof {
        prop_assert!(device.erasure_proven);
        prop_assert!(!bench.drives.is_empty() && bench.drives.iter().all(|drive| drive.proven));
    }
    if matches!(device.stage, Stage::Ready | Stage::Reserved) {
        prop_assert_eq!(device.tests_passed, Some(true));
        prop_assert!(device.grade.is_some() && device.quality_checked_by.is_some());
        prop_assert_eq!(device.triage, Some(Triage::Keep));
        prop_assert!(device.kit.is_some());
    }
    prop_assert!(
        device.quality_checked_by.is_none() || device.quality_checked_by != device.tested_by
    );
    prop_assert!(bench.accessories().iter().all(|count| *count >= 0));
    prop_assert!(bench.stock.parts.values().all(|count| *count >= 0));
    let gone_for_good = matches!(device.stage, Stage::Scrapped | Stage::Parts);
    prop_assert_eq!(!bench.waste.is_empty(), gone_for_good);
    if device.transfer_id.is_some() {
        prop_assert!(device.stage.in_workshop() && device.stage != Stage::Ready);
    }
    let out = i32::from(device.kit.is_some());
    let gone = device.cycle - 1; // a kit may have gone with the machine, each time
    let keyboards = bench.stock.accessories[&AccessoryKind::Keyboard];
    prop_assert!(keyboards + out <= 2 && keyboards + out + gone >= 2);
    for drive in bench.drives.iter().filter(|drive| drive.proven) {
        let proof = drive.proof.as_ref().expect("a proven drive has its proof");
        prop_assert!(proof.method != crate::model::EraseMethod::Clear || drive.media == Media::Hdd);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_events_lets_data_or_counts_slip(
        start in prop_oneof![Just(Stage::Expected), Just(Stage::Graded), Just(Stage::Ready)],
        events in prop::collection::vec((1_u8..4, any_event()), 1..60),
    ) {
        let mut bench = if start == Stage::Expected { Bench::new(start) } else { Bench::until(start) };
        for (person, event) in events {
            let before = bench.device.clone();
            let outcome = match event["type"].as_str() {
                Some("seen") if event["n"] == 1 => bench.sees(&[("D1", Media::Nvme)], "one"),
                Some("seen") => bench.sees(&[("D1", Media::Nvme), ("D2", Media::Hdd)], "two"),
                Some("reserve") => reservable(bench.device.clone())
                    .map(|device| { bench.device = device.reserve(at(1)); bench.last = None; true }),
                Some("hand_over") => hand_over(bench.device.clone(), at(1))
                    .map(|device| { bench.device = device; bench.last = None; true }),
                Some("send") => send(&bench.device, &bench.drives, id(7), at(1))
                    .map(|change| { bench.is_now(change); bench.last = None; true }),
                Some("call_back") => call_back(&bench.device, &bench.drives)
                    .map(|change| { bench.is_now(change); bench.last = None; true }),
                Some("arrive") => {
                    bench.arriving_at = Some(id(9));
                    let outcome = bench.by(person, &json!({"type": "received"}));
                    bench.arriving_at = None;
                    outcome
                }
                _ => bench.by(person, &event),
            };
            if !matches!(outcome, Ok(true)) {
                prop_assert_eq!(&bench.device, &before, "what is refused or repeated changes nothing");
            }
            check_invariants(&bench)?;
        }
    }
}
