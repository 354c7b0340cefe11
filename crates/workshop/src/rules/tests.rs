//! The rules by name, and what no sequence of events may lead to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kernel::{AccessoryKind, DeviceKind, Grade, Id, OrganisationId};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::{Capture, Hardware, Media, SeenDrive, Triage};
use crate::reading::incoming;

const TESTER: u8 = 2;
const CHECKER: u8 = 3;

fn id<T>(n: u8) -> Id<T> {
    format!("00000000-0000-7000-8000-0000000000{n:02x}")
        .parse()
        .expect("id")
}

fn at(seconds: i64) -> Instant {
    Instant::from_micros(seconds * 1_000_000).expect("time")
}

fn settings() -> &'static Settings {
    Settings::built_in().expect("settings")
}

/// A device in memory, to which events happen.
#[derive(Clone)]
struct Bench {
    device: Device,
    drives: Vec<Drive>,
    last: Option<LastEvent>,
    stock: Stock,
    clock: i64,
}

impl Bench {
    fn new(stage: Stage) -> Self {
        let workshop: OrganisationId = id(9);
        let mut device = Device::unannounced(
            id(1),
            "RS-1".into(),
            DeviceKind::Desktop,
            id(5),
            id(6),
            at(0),
        );
        device.serial = Some("S1".into());
        device.serial_key = Some("S1".into());
        device.stage = stage;
        device.workshop_id = Some(workshop);
        device.manifest_line = Some(1);
        let stock = [(AccessoryKind::Keyboard, 2), (AccessoryKind::Mouse, 2)].into();
        Self {
            device,
            drives: vec![],
            last: None,
            stock,
            clock: 0,
        }
    }

    fn take(&mut self, verdict: Verdict, last: Option<LastEvent>) -> bool {
        let Verdict::Apply(change) = verdict else {
            return false;
        };
        let (device, drives, stock) = change.into_parts();
        self.device = device;
        self.drives = drives;
        for (kind, delta) in stock {
            *self.stock.entry(kind).or_default() += delta;
        }
        self.last = last;
        true
    }

    fn by(&mut self, person: u8, event: &Value) -> Result<bool, Refusal> {
        self.clock += 1;
        let event = incoming(event)?.event;
        let facts = Facts {
            device: &self.device,
            drives: &self.drives,
            last: self.last.as_ref(),
            repeated: false,
            stock: &self.stock,
        };
        let asking = Asking {
            person: id(person),
            at: at(self.clock),
            event: &event,
            numbered: false,
            by_machine: false,
        };
        let verdict = decide(&facts, &asking, settings())?;
        let last = LastEvent {
            event_type: event.name().into(),
            evidence: event.evidence(),
            actor: id(person),
        };
        Ok(self.take(verdict, Some(last)))
    }

    fn does(&mut self, event: &Value) -> &mut Self {
        self.by(TESTER, event).expect("allowed");
        self
    }

    fn refused(&mut self, event: &Value) -> Code {
        self.by(TESTER, event).expect_err("refused").code
    }

    fn sees(&mut self, drives: &[(&str, Media)], sha: &str) -> Result<bool, Refusal> {
        self.clock += 1;
        let drives = drives
            .iter()
            .map(|(serial, media)| SeenDrive {
                serial: (!serial.is_empty()).then(|| (*serial).to_owned()),
                media: *media,
                model: None,
                size_bytes: None,
            })
            .collect();
        let hardware = Hardware {
            raw_sha256: sha.into(),
            captured_at: at(self.clock),
            summary: Capture {
                drives,
                ..Capture::default()
            },
            contradictions: vec![],
        };
        let facts = Facts {
            device: &self.device,
            drives: &self.drives,
            last: self.last.as_ref(),
            repeated: false,
            stock: &self.stock,
        };
        let verdict = capture(&facts, hardware, at(self.clock))?;
        let last = LastEvent {
            event_type: "hardware_seen".into(),
            evidence: sha.into(),
            actor: id(TESTER),
        };
        Ok(self.take(verdict, Some(last)))
    }

    fn until(stage: Stage) -> Self {
        let mut bench = Self::new(Stage::Expected);
        for step in [
            json!({"type": "received"}),
            json!({"type": "triaged", "outcome": "keep"}),
            erased("D1", "purge", "success"),
            json!({"type": "tested", "checks": {"boot": "pass"}}),
            json!({"type": "graded", "cosmetic": "B"}),
            json!({"type": "quality_checked", "passed": true}),
            json!({"type": "ready"}),
        ] {
            if bench.device.stage == stage && stage != Stage::Graded {
                break;
            }
            let person = if step["type"] == "quality_checked" {
                CHECKER
            } else {
                TESTER
            };
            if stage == Stage::Graded && step["type"] == "ready" {
                break;
            }
            bench.by(person, &step).expect("allowed");
        }
        assert_eq!(bench.device.stage, stage);
        bench
    }
}

fn erased(serial: &str, method: &str, result: &str) -> Value {
    json!({"type": "erased", "drives": [
        {"serial": serial, "media": "nvme", "method": method, "tool": "nvme-cli", "result": result}]})
}

fn ready() -> Value {
    json!({"type": "ready"})
}

#[test]
fn a_device_goes_from_the_truck_to_the_shelf() {
    let bench = Bench::until(Stage::Ready);
    assert_eq!(bench.stock.values().copied().collect::<Vec<_>>(), [1, 1]);
    assert_eq!(bench.device.grade, Some(Grade::B));
    assert!(bench.device.ready_at.is_some() && bench.device.erasure_proven);
}

#[test]
fn erasure_not_proven() {
    for stage in [Stage::Received, Stage::Triaged] {
        assert_eq!(
            Bench::until(stage).refused(&ready()),
            Code::ErasureNotProven
        );
        let scrap = json!({"type": "scrapped", "reason": "cassé"});
        assert_eq!(Bench::until(stage).refused(&scrap), Code::ErasureNotProven);
        assert_eq!(
            Bench::until(stage).refused(&json!({"type": "harvested"})),
            Code::ErasureNotProven
        );
    }
    let mut failed = Bench::until(Stage::Triaged);
    failed.does(&erased("D1", "purge", "failure"));
    assert_eq!(failed.device.stage, Stage::Triaged);
    assert_eq!(failed.refused(&ready()), Code::ErasureNotProven);
    failed.does(&erased("D1", "destroy", "success"));
    assert_eq!(failed.device.stage, Stage::Erased);
}

#[test]
fn overwriting_flash_is_refused_as_erasure_not_proven() {
    let mut bench = Bench::until(Stage::Triaged);
    assert_eq!(
        bench.refused(&erased("D1", "clear", "success")),
        Code::ErasureNotProven
    );
    let hdd = json!({"type": "erased", "drives": [
        {"serial": "D1", "media": "hdd", "method": "clear", "tool": "nwipe", "result": "success"}]});
    bench.sees(&[("D1", Media::Ssd)], "a").expect("seen");
    assert_eq!(bench.refused(&hdd), Code::ErasureNotProven);
    let mut unknown = Bench::until(Stage::Triaged);
    unknown.sees(&[("D1", Media::Other)], "a").expect("seen");
    unknown.does(&hdd);
    assert_eq!(unknown.device.stage, Stage::Erased);
}

#[test]
fn a_flash_drive_is_not_relabelled_to_pass_an_overwrite() {
    let mut bench = Bench::until(Stage::Triaged);
    bench.sees(&[("S1", Media::Nvme)], "sha").expect("seen");
    let told = |method: &str, result: &str| {
        json!({"type": "erased", "drives": [
            {"serial": "S1", "media": "hdd", "method": method, "tool": "nwipe", "result": result}]})
    };
    bench.does(&told("purge", "failure"));
    assert_eq!(
        bench.refused(&told("clear", "success")),
        Code::ErasureNotProven
    );
    assert_eq!(bench.device.stage, Stage::Triaged);
}

#[test]
fn a_serial_of_punctuation_is_none_and_each_such_drive_is_another() {
    let mut bench = Bench::until(Stage::Triaged);
    let gone = |serial: &str| json!({"serial": serial, "method": "absent", "result": "success"});
    bench.does(&json!({"type": "erased", "drives": [gone("-"), gone("?")]}));
    bench.does(&json!({"type": "erased", "drives": [gone("-"), gone("--"), gone("?")]}));
    let mut keys: Vec<_> = bench
        .drives
        .iter()
        .map(|drive| drive.serial_key.as_str())
        .collect();
    keys.sort_unstable();
    assert_eq!(keys, ["", "#2", "#3"]);
    assert_eq!(bench.device.stage, Stage::Erased);
}

#[test]
fn date_in_future() {
    let mut bench = Bench::until(Stage::Triaged);
    let late = json!({"type": "erased", "drives": [{"serial": "D1", "media": "hdd",
        "method": "purge", "tool": "nwipe", "result": "success",
        "finished_at": "2099-01-01T00:00:00Z"}]});
    let refusal = bench.by(TESTER, &late).expect_err("refused");
    assert_eq!(refusal.errors[0].code, Code::DateInFuture);
    let nothing = json!({"type": "erased", "drives": [{"serial": "D1", "media": "hdd",
        "method": "purge", "result": "success"}]});
    let refusal = bench.by(TESTER, &nothing).expect_err("refused");
    assert_eq!(refusal.errors[0].pointer.as_deref(), Some("/drives/0/tool"));
}

#[test]
fn drive_not_covered() {
    let mut bench = Bench::until(Stage::Received);
    bench
        .sees(
            &[("D1", Media::Ssd), ("D2", Media::Hdd), ("", Media::Other)],
            "a",
        )
        .expect("seen");
    bench
        .does(&json!({"type": "triaged", "outcome": "keep"}))
        .does(&erased("d-1", "purge", "success"));
    assert_eq!(bench.device.stage, Stage::Triaged);
    for event in [
        ready(),
        json!({"type": "scrapped", "reason": "x"}),
        json!({"type": "tested", "checks": {"a": "pass"}}),
    ] {
        assert_eq!(bench.refused(&event), Code::DriveNotCovered);
    }
    bench.does(&erased("D2", "purge", "success"));
    assert_eq!(bench.refused(&ready()), Code::DriveNotCovered);
    bench.does(&json!({"type": "erased", "drives": [{"method": "absent", "result": "success"}]}));
    assert_eq!(bench.device.stage, Stage::Erased);
}

#[test]
fn a_drive_that_appears_later_voids_the_proof_and_gives_the_kit_back() {
    for stage in [Stage::Erased, Stage::Tested, Stage::Graded, Stage::Ready] {
        let mut bench = Bench::until(stage);
        bench
            .sees(&[("D1", Media::Nvme), ("D9", Media::Ssd)], "a")
            .expect("seen");
        assert_eq!(bench.device.stage, Stage::Triaged);
        assert!(!bench.device.erasure_proven && bench.device.tests_passed.is_none());
        assert_eq!(bench.stock.values().copied().collect::<Vec<_>>(), [2, 2]);
        assert_eq!(bench.refused(&ready()), Code::DriveNotCovered);
    }
    let mut same = Bench::until(Stage::Ready);
    assert!(same.sees(&[("D1", Media::Nvme)], "a").expect("seen"));
    assert_eq!(same.device.stage, Stage::Ready);
    assert!(
        !same.sees(&[("D1", Media::Nvme)], "a").expect("seen"),
        "the same file again"
    );
}

#[test]
fn each_drive_without_a_serial_number_needs_its_own_proof() {
    let mut bench = Bench::until(Stage::Received);
    let seen = [("", Media::Nvme), ("", Media::Nvme)];
    bench.sees(&seen, "a").expect("seen");
    assert_eq!(bench.drives.len(), 2);
    let one = json!({"media": "nvme", "method": "purge", "tool": "nvme-cli", "result": "success"});
    bench
        .does(&json!({"type": "triaged", "outcome": "keep"}))
        .does(&json!({"type": "erased", "drives": [one]}));
    assert_eq!(bench.refused(&ready()), Code::DriveNotCovered);
    bench.sees(&seen, "b").expect("seen");
    assert_eq!(
        (bench.drives.len(), bench.device.stage),
        (2, Stage::Triaged)
    );
    let failed = json!({"media": "nvme", "method": "purge", "result": "failure"});
    bench.does(&json!({"type": "erased", "drives": [one, failed]}));
    assert_eq!(
        bench.device.stage,
        Stage::Triaged,
        "each entry is about another drive"
    );
    bench.last = None;
    bench.does(&json!({"type": "erased", "drives": [one]}));
    assert_eq!((bench.drives.len(), bench.device.stage), (2, Stage::Erased));
}

#[test]
fn same_person() {
    let mut bench = Bench::until(Stage::Tested);
    let check = json!({"type": "quality_checked", "passed": true});
    assert_eq!(bench.refused(&check), Code::SamePerson);
    bench.by(CHECKER, &check).expect("another person");
    assert_eq!(bench.device.quality_checked_by, Some(id(CHECKER)));
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
        .does(&json!({"type": "tested", "checks": {"boot": "pass", "audio": "fail", "tpm": "na"}}));
    assert_eq!(bench.device.tests_passed, Some(true));
}

#[test]
fn kit_incomplete() {
    let mut bench = Bench::until(Stage::Graded);
    bench.stock.insert(AccessoryKind::Mouse, 0);
    let refusal = bench.by(TESTER, &ready()).expect_err("refused");
    assert_eq!(refusal.code, Code::KitIncomplete);
    assert!(refusal.detail.fr.contains("souris") && !refusal.detail.fr.contains("clavier"));
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
fn device_not_ready() {
    let refusal = reservable(Bench::until(Stage::Graded).device).expect_err("refused");
    assert_eq!(refusal.code, Code::DeviceNotReady);
    assert!(refusal.detail.fr.contains("RS-1"));
}

#[test]
fn a_repair_voids_tests_grade_and_quality_check() {
    let mut bench = Bench::until(Stage::Ready);
    bench.does(&json!({"type": "repair_started"}));
    assert_eq!(bench.stock.values().copied().collect::<Vec<_>>(), [2, 2]);
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
        (bench.device.stage, bench.stock[&AccessoryKind::Mouse]),
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
            1,
            one(json!({"type": "repaired", "description": "x", "minutes": 5})),
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
        (1, one(json!({"type": "harvested"}))),
        (1, one(json!({"type": "moved", "location": "A"}))),
        (1, one(json!({"type": "missing"}))),
        (1, one(json!({"type": "returned", "reason": "x"}))),
        (1, one(json!({"type": "seen", "n": 1}))),
        (1, one(json!({"type": "seen", "n": 2}))),
        (1, one(json!({"type": "reserve"}))),
        (1, one(json!({"type": "hand_over"}))),
    ])
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
    prop_assert!(bench.stock.values().all(|count| *count >= 0));
    let out = i32::from(device.kit.is_some());
    let gone = device.cycle - 1; // a kit may have gone with the machine, each time
    let keyboards = bench.stock[&AccessoryKind::Keyboard];
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
                _ => bench.by(person, &event),
            };
            if !matches!(outcome, Ok(true)) {
                prop_assert_eq!(&bench.device, &before, "what is refused or repeated changes nothing");
            }
            check_invariants(&bench)?;
        }
    }
}
