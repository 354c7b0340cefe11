//! What reports of tools prove, drive by drive.

use super::*;
use crate::model::{EraseMethod, EraseResult, ErasureReport, Ground, Integrity, ReportedDrive};
use crate::rules::{About, about};

fn reported(serial: &str, method: EraseMethod, result: EraseResult) -> ReportedDrive {
    ReportedDrive {
        serial: Some(serial.to_owned()),
        model: None,
        media: None,
        size_bytes: None,
        method,
        standard: "DoD Short".to_owned(),
        started_at: None,
        finished_at: None,
        result,
        state: "Erased".to_owned(),
        grounds: match result {
            EraseResult::Success => vec![],
            EraseResult::Failure => vec![Ground::ReportedFailure],
        },
    }
}

fn report(drives: Vec<ReportedDrive>) -> ErasureReport {
    ErasureReport {
        tool: "nwipe".to_owned(),
        tool_version: None,
        document_id: None,
        machine_serial: None,
        local_times: true,
        integrity: Integrity::None,
        drives,
    }
}

fn says(bench: &Bench, report: &ErasureReport) -> Result<About, Refusal> {
    let settings = Settings::in_use().expect("settings");
    about(
        &bench.device,
        &bench.drives,
        report,
        "ab",
        settings,
        at(100),
    )
}

/// A device that was seen with these drives.
fn seen(drives: &[(&str, Media)]) -> Bench {
    let mut bench = Bench::until(Stage::Received);
    bench.sees(drives, "a").expect("seen");
    bench
}

#[test]
fn report_mismatch() {
    let bench = seen(&[("WD-WCC2EX000001", Media::Hdd), ("S2", Media::Hdd)]);
    let clear = |serial| reported(serial, EraseMethod::Clear, EraseResult::Success);
    for (serial, found) in [
        ("WD-WCC2EX000001", true),
        ("wd wcc2ex000001", true),
        ("WCC2EX000001", true),
        ("ATA-WD-WCC2EX000001", true),
        ("000001", false),
        ("WCC2EX000002", false),
        ("X-S2", false),
        ("None", false),
    ] {
        let about = says(&bench, &report(vec![clear(serial)]));
        match about {
            Ok(about) => assert!(found && about.drives.len() == 1, "{serial}"),
            Err(refusal) => {
                assert!(!found, "{serial}");
                assert_eq!(refusal.code, Code::ReportMismatch);
            }
        }
    }
    // two drives end alike: nobody can tell which
    let twins = seen(&[("AA-12345678", Media::Hdd), ("BB-12345678", Media::Hdd)]);
    assert!(says(&twins, &report(vec![clear("12345678")])).is_err());
}

#[test]
fn overwriting_is_refused_drive_by_drive_and_failures_are_kept() {
    let bench = seen(&[("H1", Media::Hdd), ("S1", Media::Ssd), ("O1", Media::Other)]);
    let all = report(vec![
        reported("H1", EraseMethod::Clear, EraseResult::Success),
        reported("S1", EraseMethod::Clear, EraseResult::Success),
        reported("O1", EraseMethod::Clear, EraseResult::Success),
        reported("E1", EraseMethod::Clear, EraseResult::Success),
    ]);
    let about = says(&bench, &all).expect("one counts");
    assert_eq!(
        about.drives[0].1.media,
        Some(Media::Hdd),
        "as the machine said"
    );
    assert_eq!(
        (about.drives.len(), about.refused.len(), about.others.len()),
        (1, 2, 1)
    );
    let flash = report(vec![reported(
        "S1",
        EraseMethod::Clear,
        EraseResult::Success,
    )]);
    assert_eq!(
        says(&bench, &flash).expect_err("refused").code,
        Code::ErasureNotProven
    );
    let failed = report(vec![reported(
        "S1",
        EraseMethod::Clear,
        EraseResult::Failure,
    )]);
    assert_eq!(says(&bench, &failed).expect("kept").drives.len(), 1);
    // an overwriting is refused for the medium's sake, whatever else people would have to look at
    let success = |serial| reported(serial, EraseMethod::Clear, EraseResult::Success);
    let unverified = report(vec![
        success("H1").but(Ground::LayoutUnverified),
        success("O1").but(Ground::LayoutUnverified),
        success("S1")
            .but(Ground::Errors)
            .but(Ground::LayoutUnverified),
    ]);
    let about = says(&bench, &unverified).expect("one may count");
    assert_eq!((about.drives.len(), about.refused.len()), (2, 1));
}

#[test]
fn of_two_times_in_one_file_the_later_one_counts_whatever_their_order() {
    let bench = seen(&[("H1", Media::Hdd)]);
    let ended = |serial: &str, result, end: Option<i64>| {
        let mut drive = reported(serial, EraseMethod::Clear, result);
        drive.finished_at = end.map(at);
        drive
    };
    let (good, bad) = (EraseResult::Success, EraseResult::Failure);
    for (success, failure, stands) in [
        (Some(20), Some(10), good),
        (Some(10), Some(20), bad),
        (Some(10), Some(10), bad),
        (Some(10), None, bad),
        (None, Some(10), bad),
        (None, None, bad),
    ] {
        let both = [ended("H1", good, success), ended("h1", bad, failure)];
        for order in [[0, 1], [1, 0]] {
            let file = report(order.map(|n: usize| both[n].clone()).to_vec());
            let about = says(&bench, &file).expect("about it");
            assert_eq!(about.drives.len(), 1);
            assert_eq!(
                about.drives[0].1.result, stands,
                "{success:?} {failure:?} {order:?}"
            );
        }
    }
}

#[test]
fn a_device_that_nobody_looked_into_takes_what_names_it() {
    let mut bench = Bench::until(Stage::Received);
    bench.device.serial_key = Some("CZC0001".to_owned());
    let mut named = report(vec![reported(
        "H1",
        EraseMethod::Purge,
        EraseResult::Success,
    )]);
    assert_eq!(
        says(&bench, &named).expect_err("whose?").code,
        Code::ReportMismatch
    );
    named.machine_serial = Some("To be filled by O.E.M.".to_owned());
    assert!(says(&bench, &named).is_err());
    named.machine_serial = Some("czc-0001".to_owned());
    assert_eq!(says(&bench, &named).expect("this one").drives.len(), 1);
}

#[test]
fn times_of_a_station_without_a_zone_do_not_lie_ahead() {
    let bench = seen(&[("H1", Media::Hdd)]);
    let mut drive = reported("H1", EraseMethod::Clear, EraseResult::Success);
    drive.started_at = Some(at(100).plus_seconds(3600));
    drive.finished_at = Some(at(100).plus_seconds(7200 - 300));
    let about = says(&bench, &report(vec![drive.clone()])).expect("read");
    let entry = &about.drives[0].1;
    assert_eq!(entry.finished_at, Some(at(100).plus_seconds(-300)));
    assert_eq!(entry.started_at, Some(at(100).plus_seconds(-3600)));
    let mut zoned = report(vec![drive]);
    zoned.local_times = false;
    let kept = says(&bench, &zoned).expect("read").drives[0].1.finished_at;
    assert_eq!(kept, Some(at(100).plus_seconds(6900)), "a zone is believed");
}
