#![allow(clippy::unwrap_used, dead_code)] // the bodies are only ever compared

use serde_json::json;

use super::*;

#[derive(ToSchema)]
struct Order {
    reference: String,
    kind: crate::DeviceKind,
    since: crate::Instant,
    lines: Vec<Line>,
    donor: Option<crate::DeviceId>,
    accepts: Option<Vec<crate::DeviceKind>>,
}

#[derive(ToSchema)]
struct Line {
    #[schema(minimum = 0)]
    quantity: i32,
    spare: Option<Box<Part>>,
}

#[derive(ToSchema)]
struct Part {
    name: String,
}

#[derive(ToSchema)]
struct Remarks {
    name: String,
    reason: Option<String>,
    reasons: Said,
    checks: std::collections::BTreeMap<String, Outcome>,
    report: Option<Value>,
    #[schema(inline)]
    line: Line,
    step: Step,
}

#[derive(ToSchema)]
struct Outcome {
    note: String,
}

#[derive(ToSchema, serde::Deserialize)]
#[serde(untagged)]
enum Said {
    One(String),
    Several(Vec<String>),
}

#[derive(ToSchema, serde::Serialize)]
struct Step {
    #[serde(flatten)]
    kind: Kind,
    client_id: Option<String>,
}

#[derive(ToSchema, serde::Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Kind {
    Moved { location: String },
    Received {},
}

fn strange(body: &mut Value) -> Vec<(String, &'static str)> {
    let found = Shape::of::<Remarks>().strangers(body).into_vec();
    found
        .into_iter()
        .map(|error| (error.pointer.unwrap_or_default(), error.code.as_str()))
        .collect()
}

fn found(body: &Value) -> Vec<(String, &'static str)> {
    Shape::of::<Order>()
        .mistakes(body)
        .into_vec()
        .into_iter()
        .map(|error| (error.pointer.unwrap_or_default(), error.code.as_str()))
        .collect()
}

#[test]
fn a_body_that_fits_has_no_mistakes() {
    let body = json!({"reference": "A", "kind": "desktop", "since": "2023-02-28T09:00:00Z",
        "lines": [{"quantity": 3, "spare": null}, {"quantity": 0, "spare": {"name": "x"}}],
        "donor": null, "other": {"unknown": "members are let be"}});
    assert_eq!(found(&body), []);
}

#[test]
fn every_mistake_is_named_at_once() {
    let body = json!({"kind": "toaster", "since": "2023-02-30T09:00:00Z",
        "lines": [{"quantity": "3"}, {"spare": {}}, {"quantity": -1}, 7],
        "donor": "Orange", "accepts": ["laptop", "boat"]});
    let mut found = found(&body);
    found.sort();
    let expected = [
        ("/accepts/1", "invalid"),
        ("/donor", "invalid"),
        ("/kind", "invalid"),
        ("/lines/0/quantity", "invalid"),
        ("/lines/1/quantity", "required"),
        ("/lines/1/spare/name", "required"),
        ("/lines/2/quantity", "invalid"),
        ("/lines/3", "invalid"),
        ("/reference", "required"),
        ("/since", "invalid"),
    ];
    assert_eq!(found, expected.map(|(at, code)| (at.to_owned(), code)));
}

#[test]
fn what_is_expected_is_said_in_both_languages() {
    let body = json!({"reference": 7, "kind": "toaster", "since": "now", "lines": []});
    let details = Shape::of::<Order>().mistakes(&body).into_vec();
    let of = |pointer: &str| {
        let found = details
            .iter()
            .find(|error| error.pointer.as_deref() == Some(pointer));
        found.map(|error| error.detail.clone())
    };
    assert_eq!(
        of("/reference").map(|text| text.fr.into_owned()),
        Some("Un texte est attendu.".to_owned())
    );
    let kinds = of("/kind").map(|text| text.fr.into_owned());
    assert!(kinds.is_some_and(|text| text.starts_with("Valeurs possibles : desktop, laptop")),);
    assert!(of("/since").is_some_and(|text| text.en.contains("2023-02-28T09:00:00Z")));
}

#[test]
fn what_serde_says_is_not_passed_on_in_english() {
    let unknown = Shape::stopped_at(
        "/kind".to_owned(),
        "unknown variant `x`, expected one of `a`, `b`",
    );
    assert_eq!(unknown.detail.fr, "Valeurs possibles : a, b.");
    let one = Shape::stopped_at("/kind".to_owned(), "unknown variant `x`, expected `a`");
    assert_eq!(one.detail.en, "Possible values: a.");
    let missing = Shape::stopped_at("/a".to_owned(), "missing field `b/c`");
    assert_eq!(missing.pointer.as_deref(), Some("/a/b~1c"));
    let other = Shape::stopped_at("/a".to_owned(), "invalid type: map, expected u8");
    assert!(!other.detail.fr.contains("expected"));
}

#[test]
fn unknown_field() {
    let mut body = json!({"nom": "x", "reasons": ["a"], "report": {"any": {"thing": "\u{7}"}},
        "checks": {"screen": {"note": "a", "by": 1}}, "line": {"quantity": 1, "a/b": {"deep": 1}},
        "step": {"type": "moved", "location": "A1", "client_id": "1", "where": "A1"}});
    let expected = [
        ("/checks/screen/by", "unknown_field"),
        ("/line/a~1b", "unknown_field"),
        ("/nom", "unknown_field"),
        ("/step/where", "unknown_field"),
    ];
    assert_eq!(
        strange(&mut body),
        expected.map(|(at, code)| (at.to_owned(), code))
    );
    let errors = Shape::of::<Remarks>().strangers(&mut body).into_vec();
    assert_eq!(Shape::refusal(errors).code, Code::UnknownField);
}

#[test]
fn every_text_of_a_body_is_held_against_its_name() {
    let mut body = json!({"name": "a\nBcc: x@y.example", "reason": "a\r\n\tb\u{2029}",
        "reasons": ["fine\r\n", "\u{202e}"], "checks": {"a\nb": {"note": "x\ny"}},
        "step": {"type": "moved", "location": "\u{85}"}, "line": {"quantity": 1,
        "spare": {"name": "\u{2066}"}}});
    let expected = [
        "/checks/a\nb",
        "/line/spare/name",
        "/name",
        "/reason",
        "/reasons/1",
        "/step/location",
    ];
    assert_eq!(
        strange(&mut body),
        expected.map(|at| (at.to_owned(), "invalid"))
    );
    assert_eq!(body["reasons"][0], "fine\n");
}

#[test]
fn a_body_of_strangers_has_a_short_answer() {
    let members: Map<String, Value> = (0..5_000).map(|n| (format!("x{n}"), json!(n))).collect();
    assert!(strange(&mut Value::Object(members)).len() <= MOST);
}

#[test]
fn a_list_of_mistakes_has_a_short_answer() {
    let many = vec![json!(0); 200_000];
    let body = json!({"accepts": many, "lines": many});
    assert_eq!(Shape::of::<Order>().mistakes(&body).len(), MOST);
}

#[test]
fn items_that_are_read_one_by_one_are_left_alone() {
    let mut body = json!({"lines": [{"odd": 1}], "odd": 1});
    let found = Shape::of::<Order>()
        .strangers_beside_lists(&mut body)
        .into_vec();
    let at: Vec<_> = found
        .into_iter()
        .filter_map(|error| error.pointer)
        .collect();
    assert_eq!(at, ["/odd"]);
}
