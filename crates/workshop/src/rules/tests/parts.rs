//! Repairs, the parts they use, and waste.

use super::*;

fn repaired(parts: Value) -> Value {
    json!({"type": "repaired", "description": "mémoire", "minutes": 20, "parts": parts})
}

fn in_repair() -> Bench {
    let mut bench = Bench::until(Stage::Graded);
    bench.does(&json!({"type": "repair_started"}));
    bench
}

#[test]
fn a_repair_takes_the_parts_that_are_counted_and_notes_the_others() {
    let mut bench = in_repair();
    bench.does(&repaired(json!([
        {"kind": "Memory", "label": "8 GO", "quantity": 2}, {"kind": "screw"}, "colle",
        {"kind": "cable", "recovered": true},
    ])));
    assert_eq!(bench.stock.parts["memory|8 go"], 0);
    assert_eq!(bench.stock.parts["cable"], 1);
    assert!(!bench.stock.parts.contains_key("screw"));
    assert_eq!(bench.repairs[0].parts.0.len(), 2, "the counted ones");
    assert_eq!(bench.repairs[0].minutes, 20);
}

#[test]
fn stock_too_low() {
    let mut bench = in_repair();
    for part in [
        json!([{"kind": "battery"}]),
        json!({"kind": "memory", "label": "8 Go", "quantity": 3}),
        json!([{"kind": "memory", "label": "8 Go", "quantity": 2}, {"kind": "memory", "label": "8 Go"}]),
    ] {
        assert_eq!(bench.refused(&repaired(part)), Code::StockTooLow);
    }
    assert_eq!(bench.device.stage, Stage::InRepair);
}

#[test]
fn a_correction_puts_the_parts_back_before_it_takes_the_right_ones() {
    let mut bench = in_repair();
    bench.does(&repaired(
        json!({"kind": "memory", "label": "8 Go", "quantity": 2}),
    ));
    let seq = bench.repairs[0].seq;
    let corrected = |parts: Value| json!({"type": "repair_corrected", "repair": seq, "parts": parts, "minutes": 5, "reason": "une seule barrette"});
    bench.does(&corrected(json!([{"kind": "memory", "label": "8 Go"}])));
    assert_eq!(bench.stock.parts["memory|8 go"], 1);
    assert_eq!((bench.repairs.len(), bench.repairs[0].minutes), (1, 5));
    bench.does(&corrected(json!([])));
    assert_eq!(bench.stock.parts["memory|8 go"], 2);
    let unknown =
        json!({"type": "repair_corrected", "repair": 99, "minutes": 5, "reason": "erreur"});
    assert_eq!(bench.refused(&unknown), Code::InvalidFields);
}

#[test]
fn what_was_wrongly_given_to_stock_and_used_cannot_be_taken_back() {
    let mut bench = in_repair();
    bench.does(&repaired(json!({"kind": "fan", "recovered": true})));
    bench.stock.parts.insert("fan".to_owned(), 0);
    let seq = bench.repairs[0].seq;
    let corrected =
        json!({"type": "repair_corrected", "repair": seq, "parts": [], "reason": "erreur"});
    assert_eq!(bench.refused(&corrected), Code::StockTooLow);
}

#[test]
fn a_device_that_is_taken_apart_gives_its_parts_and_is_waste() {
    let mut bench = Bench::until(Stage::Erased);
    bench.does(&json!({"type": "harvested", "parts": [{"kind": "battery", "quantity": 2}]}));
    assert_eq!(bench.stock.parts["battery"], 2);
    let waste = bench.waste[0].clone();
    assert_eq!(
        (waste.category.as_str(), waste.weight_grams),
        ("weee_6", Some(9_150))
    );
    bench.does(
        &json!({"type": "waste_noted", "waste_reference": "BSD-20230301-AB", "weight_grams": 8_000}),
    );
    let waste = bench.waste[0].clone();
    assert_eq!(waste.waste_reference.as_deref(), Some("BSD-20230301-AB"));
    assert_eq!(waste.weight_grams, Some(8_000));
    let noted = json!({"type": "waste_noted", "waste_reference": "BSD-1"});
    assert_eq!(
        Bench::until(Stage::Erased).refused(&noted),
        Code::StepNotAllowed
    );
}

#[test]
fn batteries_that_are_taken_out_are_waste_of_their_own() {
    let lines = |bench: &Bench| -> Vec<(String, Option<i32>, Option<String>)> {
        let line = |waste: &Waste| {
            (
                waste.category.clone(),
                waste.weight_grams,
                waste.waste_reference.clone(),
            )
        };
        bench.waste.iter().map(line).collect()
    };
    let mut bench = Bench::until(Stage::Erased);
    bench.does(&json!({"type": "scrapped", "reason": "panne", "batteries": {"weight_grams": 150}}));
    let of = |category: &str, grams: i32, note: Option<&str>| {
        (category.to_owned(), Some(grams), note.map(str::to_owned))
    };
    // 9 150 g is what a desktop usually weighs, its battery included
    assert_eq!(
        lines(&bench),
        [of("weee_6", 9_000, None), of("batteries", 150, None)]
    );
    bench.does(&json!({"type": "waste_noted", "batteries": {"waste_reference": "PILES-7"}}));
    assert_eq!(
        lines(&bench),
        [
            of("weee_6", 9_000, None),
            of("batteries", 150, Some("PILES-7"))
        ]
    );
    bench.does(&json!({"type": "waste_noted", "waste_reference": "BSD-1", "batteries": {"weight_grams": 200}}));
    assert_eq!(
        lines(&bench),
        [
            of("weee_6", 8_950, Some("BSD-1")),
            of("batteries", 200, Some("PILES-7"))
        ]
    );
    bench.does(&json!({"type": "waste_noted", "waste_reference": "BSD-2", "weight_grams": 7_000}));
    assert!(lines(&bench).contains(&of("weee_6", 7_000, Some("BSD-2"))));
    for wrong in [
        json!({"type": "waste_noted"}),
        json!({"type": "waste_noted", "batteries": 3}),
        json!({"type": "waste_noted", "batteries": {"weight_grams": 0}}),
    ] {
        assert_eq!(bench.refused(&wrong), Code::InvalidFields);
    }
}

#[test]
fn a_strict_template_takes_its_own_checks_and_no_others() {
    let text = include_str!("../../../../../config/workshop.toml").replacen(
        "strict = false",
        "strict = true",
        1,
    );
    let strict = Settings::parse(
        &text,
        include_str!("../../../../../config/impact_factors.csv"),
    )
    .expect("settings");
    let bench = Bench::until(Stage::Erased);
    let test = |checks: Value| {
        let event = incoming(&json!({"type": "tested", "checks": checks})).expect("reads");
        let asking = Asking {
            person: id(TESTER),
            at: at(90),
            event: &event.event,
            numbered: false,
            by_machine: false,
            key: None,
            operated_by: None,
        };
        decide(&bench.facts(), &asking, &strict)
    };
    let refusal = test(json!({"boot": "pass", "memory": "na", "power/on": "pass"}));
    let refusal = refusal.expect_err("refused");
    let faults: Vec<_> = refusal
        .errors
        .iter()
        .map(|error| (error.pointer.as_deref().unwrap_or_default(), error.code))
        .collect();
    assert_eq!(
        faults,
        [
            ("/checks/memory", Code::Required),
            ("/checks/network", Code::Required),
            ("/checks/usb", Code::Required),
            ("/checks/video", Code::Required),
            ("/checks/power~1on", Code::Invalid),
        ]
    );
    let all = json!({"boot": "pass", "memory": "pass", "network": "fail", "usb": "pass",
        "video": "pass", "audio": "na"});
    let Decided::Apply(change) = test(all).expect("taken") else {
        panic!("applied")
    };
    assert_eq!(change.into_parts().0.tests_passed, Some(false));
}
