//! Malformed and contradictory files are refused with what is wrong and where.

use allocation::plan::replay;
use serde_json::{Value, json};

fn sound() -> Value {
    json!({
        "schema": "alloc-wave/1",
        "wave": {"id": "w1", "seed": "s", "name": "free remarks are welcome here"},
        "params": {"weight": {"base": 0, "score": 1, "fragility": 0}, "residual": "grow"},
        "classes": [{"id": "desktop/open", "kind": "desktop", "qty": 20, "any_of": [], "none_of": []}],
        "caps": [{"id": "c", "tag": "t", "kind": null, "max": 15}],
        "lines": [
            {"id": "A/1", "application": "A", "kinds": ["desktop", "laptop"], "requested": 10, "min_lot": 2,
             "cap": 30, "already": 0, "score": 50, "fragility": 1, "date": "2024-02-29", "tags": ["t"]},
            {"id": "B/1", "application": "B", "kinds": ["desktop"], "requested": 10, "min_lot": 2,
             "cap": 30, "already": 3, "score": 50, "fragility": 1, "date": "2025-09-10", "tags": []}
        ],
        "pins": [{"line": "A/1", "kind": "laptop", "qty": 0, "reason": "r"}],
        "excludes": [],
        "about": {"anything": "goes"}
    })
}

fn answer(document: &Value) -> Value {
    serde_json::from_str(&replay::run(&document.to_string()).0).unwrap()
}

#[test]
fn the_sound_file_is_planned_with_or_without_its_optional_parts() {
    assert_eq!(answer(&sound())["status"], "ok");
    let mut bare = sound();
    for part in ["caps", "pins", "excludes", "about"] {
        bare.as_object_mut().unwrap().remove(part);
        assert_eq!(answer(&bare)["status"], "ok", "without {part}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let table: Vec<(&str, Value, &str, &str)> = vec![
        (
            "/schema",
            json!("alloc-wave/2"),
            "invalid_instance",
            "schema",
        ),
        (
            "/wave",
            json!({"id": "w"}),
            "invalid_instance",
            "wave: missing field `seed`",
        ),
        ("/wave/id", json!(""), "invalid_instance", "wave.id"),
        (
            "/params/residual",
            json!("keep"),
            "invalid_instance",
            "params.residual",
        ),
        (
            "/params/weight/score",
            json!(-1),
            "invalid_instance",
            "params.weight.score",
        ),
        (
            "/params/weight/score",
            json!(10_u64.pow(10)),
            "invalid_instance",
            "params.weight.score",
        ),
        (
            "/classes",
            json!({}),
            "invalid_instance",
            "classes: expected a list",
        ),
        (
            "/classes/0/qty",
            json!(-1),
            "invalid_instance",
            "classes[0] (desktop/open).qty",
        ),
        (
            "/classes/0/qty",
            json!(1.5),
            "invalid_instance",
            "classes[0] (desktop/open).qty",
        ),
        (
            "/classes/0/qty",
            json!(u64::MAX),
            "invalid_instance",
            "class desktop/open: qty",
        ),
        (
            "/classes/0/kind",
            json!(" "),
            "invalid_instance",
            "class desktop/open: kind",
        ),
        (
            "/classes/0/any_of",
            json!("t"),
            "invalid_instance",
            "classes[0] (desktop/open).any_of",
        ),
        (
            "/caps/0/max",
            json!("15"),
            "invalid_instance",
            "caps[0] (c).max",
        ),
        ("/caps/0/tag", json!(""), "invalid_instance", "cap c: tag"),
        (
            "/lines/0/kinds",
            json!([]),
            "invalid_instance",
            "line A/1: kinds",
        ),
        (
            "/lines/0/kinds",
            json!(["desktop", "desktop"]),
            "invalid_instance",
            "line A/1: kinds",
        ),
        (
            "/lines/0/requested",
            json!(-4),
            "invalid_instance",
            "lines[0] (A/1).requested",
        ),
        (
            "/lines/0/score",
            json!(null),
            "invalid_instance",
            "lines[0] (A/1).score",
        ),
        (
            "/lines/0/fragility",
            json!(10_u64.pow(12)),
            "invalid_instance",
            "line A/1: fragility",
        ),
        (
            "/lines/0/date",
            json!("2025-02-29"),
            "invalid_instance",
            "line A/1: date",
        ),
        (
            "/lines/0/date",
            json!("10/09/2025"),
            "invalid_instance",
            "line A/1: date",
        ),
        (
            "/lines/0/id",
            json!("B/1"),
            "invalid_instance",
            "lines[1].id: \"B/1\"",
        ),
        ("/lines/0/id", json!(""), "invalid_instance", "lines[0].id"),
        (
            "/lines/0/application",
            json!(""),
            "invalid_instance",
            "line A/1: application",
        ),
        (
            "/lines/0/already",
            json!(1),
            "history_needs_one_kind",
            "line A/1",
        ),
        ("/pins/0/line", json!("X/1"), "pin_unknown", "X/1"),
        (
            "/pins/0/qty",
            json!(3),
            "pin_not_possible",
            "no class of laptop",
        ),
        (
            "/pins/0/kind",
            json!(7),
            "invalid_instance",
            "pins[0] (A/1).kind",
        ),
        ("/excludes", json!([{"line": "A/1"}]), "pin_excluded", "A/1"),
        (
            "/excludes",
            json!([{"line": "X/1"}]),
            "invalid_instance",
            "X/1",
        ),
        (
            "/excludes",
            json!([{"line": "B/1"}, {"line": "B/1"}]),
            "invalid_instance",
            "twice",
        ),
    ];
    for (place, value, code, says) in table {
        let mut document = sound();
        *document.pointer_mut(place).unwrap() = value.clone();
        let answer = answer(&document);
        assert_eq!(answer["code"], code, "{place} = {value}: {answer}");
        assert!(
            answer["detail"].as_str().unwrap().contains(says),
            "{place} = {value}: {answer}"
        );
    }
}

#[test]
fn missing_unknown_and_repeated_fields_are_refused() {
    for part in ["schema", "wave", "params", "classes", "lines"] {
        let mut document = sound();
        document.as_object_mut().unwrap().remove(part);
        assert_eq!(
            answer(&document)["code"],
            "invalid_instance",
            "without {part}"
        );
    }
    let fields = [
        "id",
        "application",
        "kinds",
        "requested",
        "min_lot",
        "cap",
        "already",
        "score",
        "fragility",
        "date",
        "tags",
    ];
    for field in fields {
        let mut document = sound();
        document["lines"][1].as_object_mut().unwrap().remove(field);
        let answer = answer(&document);
        assert!(
            answer["detail"].as_str().unwrap().contains(field),
            "without {field}: {answer}"
        );
    }
    let mut misspelt = sound();
    misspelt["pin"] = json!([]);
    assert!(
        answer(&misspelt)["detail"]
            .as_str()
            .unwrap()
            .contains("unknown field `pin`")
    );
    let mut misspelt = sound();
    misspelt["lines"][0]["minlot"] = json!(3);
    assert!(
        answer(&misspelt)["detail"]
            .as_str()
            .unwrap()
            .contains("lines[0] (A/1): unknown field `minlot`")
    );
    let twice = sound()
        .to_string()
        .replacen("\"score\":50", "\"score\":50,\"score\":60", 1);
    assert!(replay::run(&twice).0.contains("duplicate field `score`"));
}

#[test]
fn two_pins_on_a_line_are_refused() {
    let mut document = sound();
    document["pins"] = json!([{"line": "A/1", "kind": "desktop", "qty": 1}, {"line": "A/1", "kind": "desktop", "qty": 2}]);
    assert_eq!(answer(&document)["code"], "pin_unknown");
}

#[test]
fn what_is_not_a_document_is_refused_without_a_panic() {
    for text in [
        "",
        "{",
        "[]",
        "null",
        "3",
        "{}",
        "\u{0}",
        "[[[[",
        "{\"schema\": \"alloc-wave/1\"}",
    ] {
        let (answer, planned) = replay::run(text);
        assert!(
            !planned && answer.contains("invalid_instance"),
            "{text}: {answer}"
        );
    }
    let deep = "[".repeat(100_000);
    assert!(replay::run(&deep).0.contains("invalid_instance"));
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    let mut document = sound();
    let (quantity, number) = (10_u64.pow(12), 10_u64.pow(9));
    document["params"]["weight"] = json!({"base": number, "score": number, "fragility": number});
    document["classes"][0]["qty"] = json!(quantity);
    document["caps"] = json!([]);
    document["pins"] = json!([]);
    for at in 0..2 {
        for field in ["requested", "cap"] {
            document["lines"][at][field] = json!(quantity);
        }
        document["lines"][at]["fragility"] = json!(number);
    }
    document["lines"][0]["score"] = json!(number);
    document["lines"][1]["score"] = json!(0);
    let answer = answer(&document);
    // Weights 2·10^18 + 10^9 and 10^18 + 10^9 share 10^12 + 3 devices, history included.
    assert_eq!(answer["lines"][0]["qty"], 666_666_666_558_u64);
    assert_eq!(answer["left_by_kind"]["desktop"], 0);
}
