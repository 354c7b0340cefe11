//! Tests, grade, quality check, kit; and what voids them.

use super::*;

#[test]
fn same_person() {
    let mut bench = Bench::until(Stage::Tested);
    let check = json!({"type": "quality_checked", "passed": true});
    assert_eq!(bench.refused(&check), Code::SamePerson);
    bench.by(CHECKER, &check).expect("another person");
    assert_eq!(bench.device.quality_checked_by, Some(id(CHECKER)));
}

#[test]
fn same_person_behind_the_key_of_a_station() {
    let test = json!({"type": "tested", "checks": {"boot": "pass"}});
    let check = json!({"type": "quality_checked", "passed": true});
    let mut bench = Bench::until(Stage::Erased);
    bench.by_key(TESTER, None, &test).expect("a machine tests");
    assert_eq!(bench.device.tests_passed, Some(true));
    // nobody is named: neither whoever made the key nor anybody else signs on it
    for person in [TESTER, CHECKER] {
        assert_eq!(
            bench.by(person, &check).expect_err("refused").code,
            Code::SamePerson
        );
    }
    // a test of one's own names oneself, and one does not sign it
    bench.by(CHECKER, &test).expect("tests");
    assert_eq!(
        bench.by(CHECKER, &check).expect_err("refused").code,
        Code::SamePerson
    );
    bench.by(TESTER, &check).expect("another person");
    // who stands at the station is who tested, whoever made its key
    bench.by_key(TESTER, Some(CHECKER), &test).expect("tests");
    assert_eq!(
        bench.by(CHECKER, &check).expect_err("refused").code,
        Code::SamePerson
    );
    // and no key signs, whoever stands there
    let by_key = bench.by_key(CHECKER, Some(TESTER), &check);
    assert_eq!(by_key.expect_err("refused").code, Code::SamePerson);
    bench.by(TESTER, &check).expect("another person");
}

#[test]
fn a_second_click_at_a_station_is_told_from_another_principal() {
    let test = json!({"type": "tested", "checks": {"boot": "pass"}});
    let mut bench = Bench::until(Stage::Erased);
    assert!(bench.by_key(TESTER, None, &test).expect("tests"));
    assert!(!bench.by_key(TESTER, None, &test).expect("a second click"));
    assert!(
        bench
            .by(TESTER, &test)
            .expect("the same words of a person are another test")
    );
    assert_eq!(bench.device.tested_by, Some(id(TESTER)));
}

#[test]
fn tests_not_passed() {
    let mut bench = Bench::until(Stage::Erased);
    assert_eq!(bench.refused(&ready()), Code::TestsNotPassed);
    bench.does(&json!({"type": "tested", "checks": {"boot": "fail", "usb": "pass"}}));
    assert_eq!(
        (bench.device.stage, bench.device.tests_passed),
        (Stage::Tested, Some(false))
    );
    assert_eq!(
        bench.refused(&json!({"type": "graded", "cosmetic": "A"})),
        Code::TestsNotPassed
    );
    assert_eq!(bench.refused(&ready()), Code::TestsNotPassed);
    bench
        .does(&json!({"type": "tested", "checks": {"boot": "pass", "optical_drive": "fail", "tpm": "na"}}));
    assert_eq!(bench.device.tests_passed, Some(true));
}

#[test]
fn kit_incomplete() {
    let mut bench = Bench::until(Stage::Graded);
    bench.stock.accessories.insert(AccessoryKind::Mouse, 0);
    let refusal = bench.by(TESTER, &ready()).expect_err("refused");
    assert_eq!(refusal.code, Code::KitIncomplete);
    assert!(refusal.detail.fr.contains("souris") && !refusal.detail.fr.contains("clavier"));
}

#[test]
fn device_not_ready() {
    let refusal = reservable(Bench::until(Stage::Graded).device).expect_err("refused");
    assert_eq!(refusal.code, Code::DeviceNotReady);
    assert!(refusal.detail.fr.contains("RS-1"));
}

#[test]
fn a_repair_voids_tests_grade_and_quality_check() {
    let mut bench = Bench::until(Stage::Ready);
    bench.does(&json!({"type": "repair_started"}));
    assert_eq!(bench.accessories(), [2, 2]);
    bench.does(&json!({"type": "repaired", "description": "alimentation", "minutes": 30}));
    let device = &bench.device;
    assert_eq!(device.stage, Stage::Erased);
    assert_eq!(
        (device.tests_passed, device.grade, device.quality_checked_by),
        (None, None, None)
    );
}

#[test]
fn a_failed_quality_check_takes_a_device_off_the_shelf() {
    let mut bench = Bench::until(Stage::Ready);
    bench
        .by(
            CHECKER,
            &json!({"type": "quality_checked", "passed": false}),
        )
        .expect("allowed");
    assert_eq!(
        (bench.device.stage, bench.device.kit.clone()),
        (Stage::Graded, None)
    );
    assert_eq!(bench.refused(&ready()), Code::StepNotAllowed);
}

#[test]
fn what_comes_back_begins_again_with_its_drives_unproven() {
    let mut bench = Bench::until(Stage::Ready);
    bench.device = reservable(bench.device.clone())
        .expect("ready")
        .reserve(at(90));
    bench.device = hand_over(bench.device.clone(), at(91)).expect("reserved");
    bench
        .does(&json!({"type": "returned", "reason": "panne"}))
        .does(&json!({"type": "received"}));
    assert_eq!(
        (bench.device.cycle, bench.device.erasure_proven),
        (2, false)
    );
    assert_eq!(
        (
            bench.drives.len(),
            bench.drives[0].proven,
            bench.drives[0].cycle
        ),
        (1, false, 2)
    );
    bench.does(&json!({"type": "triaged", "outcome": "keep"}));
    assert_eq!(bench.refused(&ready()), Code::ErasureNotProven);
}

#[test]
fn what_was_missing_and_is_found_begins_again() {
    let mut bench = Bench::until(Stage::Ready);
    bench.does(&json!({"type": "missing"}));
    assert_eq!(
        (
            bench.device.stage,
            bench.stock.accessories[&AccessoryKind::Mouse]
        ),
        (Stage::Missing, 2)
    );
    bench
        .does(&json!({"type": "received"}))
        .does(&json!({"type": "triaged", "outcome": "keep"}));
    assert_eq!(
        (bench.device.stage, bench.device.cycle),
        (Stage::Triaged, 2)
    );
    assert_eq!(bench.refused(&ready()), Code::ErasureNotProven);
}

#[test]
fn a_second_click_changes_nothing() {
    let mut bench = Bench::until(Stage::Ready);
    let before = bench.device.clone();
    assert!(!bench.by(TESTER, &ready()).expect("repeat"));
    assert_eq!(bench.device, before);
    assert_eq!(
        bench.by(CHECKER, &ready()).expect_err("refused").code,
        Code::StepNotAllowed
    );
}
