//! What a line may be, and every fault at its place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;

use super::*;
use crate::model::{EraseMethod, EraseResult, Triage};

fn faults(value: &Value) -> Vec<(String, &'static str)> {
    incoming(value)
        .expect_err("refused")
        .errors
        .into_iter()
        .map(|error| (error.pointer.unwrap_or_default(), error.code.as_str()))
        .collect()
}

#[test]
fn a_line_is_read_with_what_is_said_about_it() {
    let line = incoming(&json!({
        "type": "triaged", "outcome": "keep", "at": "2023-03-01T09:00:00Z",
        "note": " ", "client_id": "42", "device": "RS-1",
    }))
    .expect("reads");
    assert_eq!(
        line.event,
        Event::Triaged {
            outcome: Triage::Keep
        }
    );
    assert_eq!((line.note, line.client_id.as_deref()), (None, Some("42")));
    assert_eq!(line.event.evidence(), r#"{"outcome":"keep"}"#);
    let bare =
        incoming(&json!({"type": "ready", "client_id": 7, "device": 12_345})).expect("reads");
    assert_eq!(
        (bare.client_id.as_deref(), bare.device.as_deref()),
        (Some("7"), Some("12345"))
    );
}

#[test]
fn every_fault_is_named_at_its_place() {
    let value = json!({"type": "erased", "at": "yesterday", "drives": [
        {"serial": "A", "media": "floppy", "result": "success"}, 7,
        {"method": "purge", "result": 1},
    ]});
    assert_eq!(
        faults(&value),
        [
            ("/drives/0/media".to_owned(), "invalid"),
            ("/drives/0/method".to_owned(), "required"),
            ("/drives/1".to_owned(), "invalid"),
            ("/drives/2/result".to_owned(), "invalid"),
            ("/at".to_owned(), "invalid"),
        ]
    );
    assert_eq!(faults(&json!({})), [("/type".to_owned(), "required")]);
    assert_eq!(
        faults(&json!({"type": "blessed"})),
        [("/type".to_owned(), "invalid")]
    );
    assert_eq!(
        faults(&json!({"type": "erased", "drives": []})),
        [("/drives".to_owned(), "required")]
    );
    assert_eq!(faults(&json!([1])), [(String::new(), "invalid")]);
    assert_eq!(
        faults(&json!({"type": "moved", "location": "a\u{0}b"})).len(),
        1
    );
}

#[test]
fn parts_that_are_counted_are_well_formed_and_others_are_remarks() {
    let repaired = |parts: Value| json!({"type": "repaired", "description": "x", "minutes": 5, "parts": parts});
    for remark in [
        json!("une barrette"),
        json!(["vis", {"name": "SSD"}, 3]),
        json!({"kind": "fan"}),
    ] {
        incoming(&repaired(remark)).expect("taken");
    }
    let wrong = repaired(
        json!([{"kind": "fan", "quantity": 0}, {"kind": 7}, {"kind": "…"},
        {"kind": "fan", "quantity": "two", "recovered": 1}]),
    );
    assert_eq!(
        faults(&wrong),
        [
            ("/parts/0/quantity".to_owned(), "out_of_range"),
            ("/parts/1/kind".to_owned(), "invalid"),
            ("/parts/2/kind".to_owned(), "invalid"),
            ("/parts/3/quantity".to_owned(), "invalid"),
            ("/parts/3/recovered".to_owned(), "invalid"),
        ]
    );
    let nothing = json!({"type": "repair_corrected", "repair": 4, "reason": "erreur"});
    assert_eq!(faults(&nothing), [("/minutes".to_owned(), "required")]);
}

#[test]
fn evidence_of_a_drive_is_complete() {
    let line = incoming(&json!({"type": "erased", "drives": [{
        "serial": "S1", "media": "nvme", "method": "purge", "tool": "nvme-cli",
        "tool_version": "2.4", "finished_at": "2023-03-01T09:00:00Z", "result": "success",
        "report": {"status": "ok"},
    }]}))
    .expect("reads");
    let Event::Erased { drives } = &line.event else {
        panic!("erased")
    };
    assert_eq!(drives[0].method, EraseMethod::Purge);
    assert_eq!(drives[0].result, EraseResult::Success);
    assert!(
        line.event
            .evidence()
            .contains(r#""report":{"status":"ok"}"#)
    );
}
