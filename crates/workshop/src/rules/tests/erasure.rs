//! No data leaves with the disk.

use super::*;

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
    bench.does(&json!({"type": "erased", "drives": [{"method": "destroy", "result": "success"}]}));
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
        assert_eq!(bench.accessories(), [2, 2]);
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
