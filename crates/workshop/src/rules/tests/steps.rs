//! Which step may be taken from where.

use kernel::Grade;

use super::*;

#[test]
fn a_device_goes_from_the_truck_to_the_shelf() {
    let bench = Bench::until(Stage::Ready);
    assert_eq!(bench.accessories(), [1, 1]);
    assert_eq!(bench.device.grade, Some(Grade::B));
    assert!(bench.device.ready_at.is_some() && bench.device.erasure_proven);
}

#[test]
fn step_not_allowed() {
    let tested = json!({"type": "tested", "checks": {"boot": "pass"}});
    assert_eq!(
        Bench::until(Stage::Triaged).refused(&tested),
        Code::StepNotAllowed
    );
    let graded = json!({"type": "graded", "cosmetic": "A"});
    assert_eq!(
        Bench::until(Stage::Erased).refused(&graded),
        Code::StepNotAllowed
    );
    assert_eq!(
        Bench::until(Stage::Received).refused(&erased("D1", "purge", "success")),
        Code::StepNotAllowed
    );
    assert_eq!(
        Bench::until(Stage::Tested).refused(&ready()),
        Code::StepNotAllowed
    );
    let mut unsigned = Bench::until(Stage::Tested);
    unsigned.does(&graded);
    assert_eq!(unsigned.refused(&ready()), Code::StepNotAllowed);
    assert_eq!(
        Bench::new(Stage::Expected).refused(&ready()),
        Code::StepNotAllowed
    );
}

#[test]
fn already_reserved_for_everything_but_a_move() {
    let mut bench = Bench::until(Stage::Ready);
    bench.device = reservable(bench.device.clone())
        .expect("ready")
        .reserve(at(99));
    bench.last = None;
    assert_eq!(
        bench.refused(&json!({"type": "repair_started"})),
        Code::AlreadyReserved
    );
    assert_eq!(
        bench.sees(&[], "a").expect_err("refused").code,
        Code::AlreadyReserved
    );
    bench.does(&json!({"type": "moved", "location": "Palette 4"}));
    assert_eq!(bench.device.location.as_deref(), Some("Palette 4"));
    assert_eq!(bench.device.stage, Stage::Reserved);
}

#[test]
fn client_id_reused() {
    let bench = Bench::until(Stage::Triaged);
    let decided = |earlier: &Value, event: &Value| {
        let (earlier, event) = (incoming(earlier), incoming(event));
        let (earlier, event) = (earlier.expect("event").event, event.expect("event").event);
        let earlier = LastEvent {
            event_type: earlier.name().into(),
            evidence: earlier.evidence(),
            actor: id(9),
            key: None,
            operated_by: None,
        };
        let facts = Facts {
            earlier: Some(&earlier),
            ..bench.facts()
        };
        let asking = Asking {
            person: id(1),
            at: at(100),
            event: &event,
            numbered: true,
            by_machine: false,
            key: None,
            operated_by: None,
        };
        decide(&facts, &asking, settings())
    };
    let moved = |place: &str| json!({"type": "moved", "location": place});
    let same = decided(&moved("A1"), &moved("A1"));
    assert!(matches!(same, Ok(Decided::AlreadyDone)), "{same:?}");
    for other in [moved("A2"), json!({"type": "ready"})] {
        let refused = decided(&moved("A1"), &other).expect_err("refused");
        assert_eq!(refused.code, Code::ClientIdReused);
    }
}
