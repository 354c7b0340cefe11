//! Time decides, not the order of what is told; what one person may not decide, two may.

use proptest::prelude::*;

use super::*;
use crate::model::{
    Acceptance, AcceptedAs, DriveErasure, EraseMethod, EraseResult, Ground, Reading,
};
use crate::rules::{confirm, propose};

const HOUR: i64 = 3600;
/// When the machine was counted in.
const RECEIVED: i64 = 1_000_000;
const NOW: i64 = RECEIVED + 100 * HOUR;

/// What a report says of the drive: when it ended, and why it is no proof.
fn read(end: Option<i64>, local: bool, grounds: &[Ground]) -> DriveErasure {
    let failed = grounds
        .iter()
        .any(|ground| *ground != Ground::BeforeReception);
    DriveErasure {
        serial: Some("WD-1234".to_owned()),
        media: Some(Media::Hdd),
        method: EraseMethod::Purge,
        standard: None,
        tool: Some("hdparm".to_owned()),
        tool_version: None,
        started_at: None,
        finished_at: end.map(at),
        result: match failed {
            true => EraseResult::Failure,
            false => EraseResult::Success,
        },
        report: Some(json!(format!(
            "{:064x}",
            end.unwrap_or(0) + i64::from(local)
        ))),
        read: Some(Reading {
            grounds: grounds.to_vec(),
            clock: end.map(at),
            local,
        }),
    }
}

fn bench() -> Bench {
    let mut bench = Bench::until(Stage::Triaged);
    bench.cycle_started_at = Some(at(RECEIVED));
    bench.clock = NOW;
    bench
        .sees(&[("WD-1234", Media::Hdd)], "capture")
        .expect("seen");
    bench
}

impl Bench {
    fn hears(&mut self, entry: DriveErasure, now: i64) {
        let event = Event::Erased {
            drives: vec![entry],
        };
        let asking = Asking {
            person: id(TESTER),
            at: at(now),
            event: &event,
            numbered: true,
            by_machine: false,
            key: None,
            operated_by: None,
        };
        let verdict = decide(&self.facts(), &asking, settings()).expect("taken");
        self.take(verdict, None);
    }

    fn grounds(&self) -> Vec<Ground> {
        let proof = self.drives[0].proof.as_ref().expect("something was said");
        proof.grounds.clone()
    }

    fn review(&mut self, person: u8, accepted_as: AcceptedAs, second: bool) -> Result<bool, Code> {
        self.clock += 1;
        let asked = Acceptance {
            drive: Some("wd 1234".to_owned()),
            accepted_as,
            reason: "vu à l'atelier".to_owned(),
        };
        let now = at(self.clock);
        let verdict = match second {
            false => propose(&self.facts(), id(person), &asked, now),
            true => confirm(&self.facts(), id(person), &asked, now),
        };
        let verdict = verdict.map_err(|refusal| refusal.code)?;
        Ok(self.take(verdict, None))
    }
}

#[test]
fn a_failure_after_a_success_voids_it_and_a_success_before_a_failure_proves_nothing() {
    let success = read(Some(NOW - 10 * HOUR), true, &[]);
    let failure = read(Some(NOW - 5 * HOUR), true, &[Ground::FailureLine]);
    let again = read(Some(NOW - HOUR), true, &[]);
    let mut bench = bench();
    bench.hears(success.clone(), NOW);
    assert_eq!(bench.device.stage, Stage::Erased);
    bench.hears(failure, NOW);
    assert_eq!(
        (bench.device.stage, bench.drives[0].proven),
        (Stage::Triaged, false)
    );
    bench.hears(success, NOW);
    assert_eq!(
        bench.device.stage,
        Stage::Triaged,
        "the old success once more"
    );
    bench.hears(again, NOW);
    assert_eq!(bench.device.stage, Stage::Erased);
}

#[test]
fn a_date_outside_the_cycle_proves_nothing_by_itself() {
    let day = 26 * HOUR;
    for (end, ground) in [
        (Some(RECEIVED - day - 1), Some(Ground::BeforeReception)),
        (Some(RECEIVED - day), None),
        (Some(NOW + day), None),
        (Some(NOW + day + 1), Some(Ground::InFuture)),
        (None, Some(Ground::Undated)),
    ] {
        let mut bench = bench();
        bench.hears(read(end, true, &[]), NOW);
        assert_eq!(bench.drives[0].proven, ground.is_none(), "{end:?}");
        assert_eq!(bench.grounds(), ground.into_iter().collect::<Vec<_>>());
        if ground.is_some() {
            bench.hears(read(Some(NOW - HOUR), true, &[]), NOW);
            assert!(bench.drives[0].proven, "a wipe in the cycle");
        }
    }
    let mut typed = bench();
    let told = json!({"type": "erased", "drives": [{"serial": "WD-1234", "media": "hdd", "method": "purge",
        "tool": "hdparm", "result": "success", "finished_at": "1969-12-31T00:00:00Z"}]});
    typed.does(&told);
    assert_eq!(typed.grounds(), [Ground::BeforeReception]);
    assert_eq!(typed.device.stage, Stage::Triaged);
}

#[test]
fn absence_contradicted() {
    let absent = |serial: &str| json!({"type": "erased", "drives": [{"serial": serial, "method": "absent", "result": "success"}]});
    let mut seen = bench();
    assert_eq!(seen.refused(&absent("WD-1234")), Code::AbsenceContradicted);
    let mut later = bench();
    later.sees(&[], "without it").expect("seen");
    later.does(&absent("WD-1234"));
    assert_eq!(later.device.stage, Stage::Erased);
    let mut soldered = Bench::until(Stage::Triaged);
    soldered.sees(&[("EM-1", Media::Emmc)], "a").expect("seen");
    soldered.sees(&[], "b").expect("seen");
    assert_eq!(soldered.refused(&absent("EM-1")), Code::AbsenceContradicted);
    let nothing = json!({"type": "erased", "drives": [{"method": "absent", "result": "success"}]});
    for kind in [DeviceKind::Tablet, DeviceKind::Smartphone] {
        let mut bench = Bench::until(Stage::Triaged);
        bench.device.kind = kind;
        assert_eq!(bench.refused(&nothing), Code::AbsenceContradicted);
        bench.does(
            &json!({"type": "erased", "drives": [{"media": "emmc", "method": "purge",
            "tool": "Android 13", "result": "success"}]}),
        );
        assert_eq!(
            bench.device.stage,
            Stage::Erased,
            "its own storage, without a number"
        );
        assert_eq!(bench.drives.len(), 1);
    }
    let mut without = Bench::until(Stage::Triaged);
    without.does(&nothing);
    assert_eq!(
        without.device.stage,
        Stage::Erased,
        "a machine without a drive"
    );
}

#[test]
fn built_in_storage_is_proven_as_the_one_of_this_device() {
    let purged = json!({"type": "erased", "drives": [{"media": "emmc", "method": "purge", "tool": "mmc-utils", "result": "success"}]});
    let mut unread = Bench::until(Stage::Triaged);
    unread.sees(&[("", Media::Emmc)], "a").expect("seen");
    unread.does(&purged);
    assert_eq!(
        (unread.drives.len(), unread.device.stage),
        (1, Stage::Erased)
    );
    let mut both = Bench::until(Stage::Triaged);
    both.sees(&[("", Media::Hdd), ("", Media::Emmc)], "a")
        .expect("seen");
    both.does(&purged);
    let open: Vec<_> = both
        .drives
        .iter()
        .map(|drive| (drive.media, drive.proven))
        .collect();
    assert_eq!(open, [(Media::Hdd, false), (Media::Emmc, true)]);
    let mut named = Bench::until(Stage::Triaged);
    named.sees(&[("EM-1", Media::Emmc)], "a").expect("seen");
    assert_eq!(
        named.refused(&purged),
        Code::InvalidFields,
        "it has a number"
    );
}

#[test]
fn two_people_accept_a_false_warning_of_hidden_sectors_and_one_does_not() {
    let mut bench = bench();
    bench.hears(read(Some(NOW - HOUR), true, &[Ground::HiddenArea]), NOW);
    assert_eq!(bench.device.stage, Stage::Triaged);
    let told = json!({"type": "erased", "drives": [{"serial": "WD-1234", "media": "hdd", "method": "purge", "tool": "hdparm", "result": "success"}]});
    bench.does(&told);
    assert_eq!(
        bench.device.stage,
        Stage::Triaged,
        "a word does not answer the warning"
    );
    let alarm = AcceptedAs::HiddenAreaFalseAlarm;
    assert_eq!(
        bench.review(TESTER, alarm, true),
        Err(Code::NothingToResolve),
        "nobody proposed"
    );
    assert_eq!(
        bench.review(TESTER, AcceptedAs::WrongClock, false),
        Err(Code::NothingToResolve)
    );
    assert_eq!(bench.review(TESTER, alarm, false), Ok(true));
    assert_eq!(
        bench.review(CHECKER, alarm, false),
        Ok(false),
        "it is proposed already"
    );
    assert_eq!(bench.review(TESTER, alarm, true), Err(Code::SamePerson));
    assert_eq!(bench.device.stage, Stage::Triaged);
    assert_eq!(bench.review(CHECKER, alarm, true), Ok(true));
    assert_eq!(bench.device.stage, Stage::Erased);
    assert_eq!(
        bench.review(CHECKER, alarm, true),
        Err(Code::NothingToResolve),
        "once"
    );
    let late = read(Some(NOW - HOUR / 2), true, &[Ground::HiddenArea]);
    bench.hears(late, NOW + 10);
    assert_eq!(
        bench.device.stage,
        Stage::Triaged,
        "a new warning was not accepted"
    );
}

#[test]
fn a_report_whose_layout_nobody_verified_is_read_by_two_people() {
    let mut bench = bench();
    let unverified = Ground::LayoutUnverified;
    bench.hears(read(Some(NOW - 9 * HOUR), true, &[unverified]), NOW);
    assert_eq!(
        (bench.device.stage, bench.grounds()),
        (Stage::Triaged, vec![unverified])
    );
    let confirmed = AcceptedAs::LayoutConfirmed;
    assert_eq!(
        bench.review(TESTER, AcceptedAs::WrongClock, false),
        Err(Code::NothingToResolve)
    );
    assert_eq!(bench.review(TESTER, confirmed, false), Ok(true));
    assert_eq!(bench.review(TESTER, confirmed, true), Err(Code::SamePerson));
    assert_eq!(bench.device.stage, Stage::Triaged);
    assert_eq!(bench.review(CHECKER, confirmed, true), Ok(true));
    assert_eq!(bench.device.stage, Stage::Erased);
    let failed = [Ground::ReportedFailure, unverified];
    bench.hears(read(Some(NOW - HOUR), true, &failed), NOW + 10);
    assert_eq!(
        bench.device.stage,
        Stage::Triaged,
        "its failures count as any other tool's"
    );
    assert_eq!(
        bench.review(TESTER, confirmed, false),
        Err(Code::NothingToResolve)
    );
}

#[test]
fn a_success_whose_layout_nobody_verified_voids_nothing_and_undoes_no_failure() {
    let unverified = read(Some(NOW - HOUR), true, &[Ground::LayoutUnverified]);
    let mut proven = bench();
    proven.hears(read(Some(NOW - 9 * HOUR), true, &[]), NOW);
    proven.hears(unverified.clone(), NOW);
    assert_eq!(proven.device.stage, Stage::Erased);
    let mut failed = bench();
    failed.hears(
        read(Some(NOW - 9 * HOUR), true, &[Ground::FailureLine]),
        NOW,
    );
    failed.hears(unverified, NOW);
    assert_eq!(failed.device.stage, Stage::Triaged);
}

#[test]
fn what_was_said_after_the_proposal_is_not_accepted_with_it() {
    let mut bench = bench();
    bench.hears(read(Some(RECEIVED - 90 * HOUR), true, &[]), NOW);
    assert_eq!(
        bench.review(TESTER, AcceptedAs::WrongClock, false),
        Ok(true)
    );
    bench.hears(read(Some(NOW - HOUR), true, &[Ground::Errors]), NOW + 10);
    assert_eq!(
        bench.review(CHECKER, AcceptedAs::WrongClock, true),
        Ok(true)
    );
    assert_eq!(
        bench.device.stage,
        Stage::Triaged,
        "a failure is no wrong clock"
    );
    assert_eq!(
        bench.review(TESTER, AcceptedAs::HiddenAreaFalseAlarm, false),
        Err(Code::NothingToResolve),
        "nobody accepts errors"
    );
}

#[test]
fn two_people_confirm_that_a_drive_is_absent_until_it_is_seen() {
    let mut bench = bench();
    let absent = AcceptedAs::AbsentConfirmed;
    assert_eq!(bench.review(TESTER, absent, false), Ok(true));
    assert_eq!(bench.review(CHECKER, absent, true), Ok(true));
    assert_eq!(bench.device.stage, Stage::Erased);
    bench
        .sees(&[("WD-1234", Media::Hdd)], "again")
        .expect("seen");
    assert_eq!(bench.device.stage, Stage::Triaged, "it is there after all");
}

#[test]
fn a_tool_that_overwrites_purges_nothing_and_what_it_calls_flash_is_flash() {
    let told = |media: &str, tool: &str| json!({"type": "erased", "drives": [{"serial": "WD-1234", "media": media, "method": "purge", "tool": tool, "result": "success"}]});
    let mut disk = bench();
    disk.does(&told("hdd", "nwipe 0.36"));
    assert_eq!(
        disk.drives[0].proof.as_ref().map(|proof| proof.method),
        Some(EraseMethod::Clear)
    );
    let mut flash = Bench::until(Stage::Triaged);
    flash.sees(&[("WD-1234", Media::Ssd)], "a").expect("seen");
    assert_eq!(flash.refused(&told("ssd", "nwipe")), Code::ErasureNotProven);
    let mut renamed = bench();
    renamed.does(&told("ssd", "hdparm"));
    assert_eq!(
        renamed.drives[0].media,
        Media::Ssd,
        "what may be flash is flash"
    );
}

fn any_statement() -> impl Strategy<Value = DriveErasure> {
    let ground = prop_oneof![
        4 => Just(None),
        1 => Just(Some(Ground::FailureLine)),
        1 => Just(Some(Ground::HiddenArea)),
        1 => Just(Some(Ground::VerificationOnly)),
        1 => Just(Some(Ground::Partition)),
    ];
    let end = prop_oneof![
        9 => (-150_i64..2).prop_map(|hours| Some(NOW + hours * HOUR)),
        1 => Just(None),
    ];
    (end, any::<bool>(), ground)
        .prop_map(|(end, local, ground)| read(end, local, &ground.into_iter().collect::<Vec<_>>()))
}

proptest! {
    #[test]
    fn the_order_of_files_never_matters(
        (files, shuffled) in prop::collection::vec(any_statement(), 1..8)
            .prop_flat_map(|files| (Just(files.clone()), Just(files).prop_shuffle())),
    ) {
        let outcome = |files: Vec<DriveErasure>| {
            let mut bench = bench();
            files.into_iter().for_each(|file| bench.hears(file, NOW));
            (bench.drives[0].proven, bench.device.stage)
        };
        prop_assert_eq!(outcome(files), outcome(shuffled));
    }

    #[test]
    fn a_later_failure_always_voids(files in prop::collection::vec(any_statement(), 0..8)) {
        let mut bench = bench();
        files.into_iter().for_each(|file| bench.hears(file, NOW));
        bench.hears(read(Some(NOW + 2 * HOUR), true, &[Ground::FailureLine]), NOW);
        prop_assert!(!bench.drives[0].proven);
    }
}
