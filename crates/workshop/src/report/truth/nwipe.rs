//! nwipe and ShredOS.

use super::*;

/// A log of nwipe about one disk: its version, one more line, and its rows.
fn nwipe(version: &str, line: &str, errors: &str, erased: &str, status: &str) -> String {
    let mut log = format!(
        "[2026/03/02 08:00:00]    info: nwipe {version}\n\
         [2026/03/02 08:00:01]  notice: Found /dev/sda, ATA, WDC WD5000AAKX, 500GB, S/N=WD-TRUTH01\n\
         [2026/03/02 08:01:00]  notice: Invoking method 'DoD Short' on /dev/sda\n\
         {line}\n"
    );
    if !errors.is_empty() {
        log += &format!(
            "\n******************************** Error Summary *********************************\n\
             !   Device | Pass Errors | Verifications Errors | Fdatasync I\\O Errors\n{errors}\n"
        );
    }
    if !erased.is_empty() {
        log += &format!(
            "\n******************************* Erasure Summary ********************************\n\
             !   Device |      Bytes Erased |      Bytes Total | Percentage Erased\n{erased}\n"
        );
    }
    log + &format!(
        "\n********************************* Drive Status *********************************\n\
         !   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number\n\
         --------------------------------------------------------------------------------\n\
         {status}\n\
         [2026/03/02 09:30:00] Total Throughput   98MB/s, DoD Short, 1R+NB+VL\n"
    )
}

const NO_ERRORS: &str = "       sda |           0 |                    0 |                    0";

const ALL_ERASED: &str = "       sda |      500107862016 |     500107862016 |           100.00%";

const ERASED: &str = "       sda | Erased |   98MB/s | 01:25:04 | WDC WD5000AAKX/WD-TRUTH01";

pub(super) fn good() -> String {
    nwipe("0.41", "", NO_ERRORS, ALL_ERASED, ERASED)
}

#[test]
fn nwipe_by_its_lines_and_rows() {
    // source: nwipe's nwipe.c, method.c, pass*.c, hpa_dco.c, logging.c of the version
    let table: [(&str, &str, Judged); 25] = [
        (
            "0.30",
            "[2026/03/02 09:26:04]  notice: [SUCCESS] Blanked device /dev/sda",
            CLEAR,
        ),
        (
            "0.30",
            "[2026/03/02 09:26:04]  notice: [FAILURE] /dev/sda Verification errors, not empty",
            Err(Ground::FailureLine),
        ),
        (
            "0.30",
            "[2026/03/02 09:26:04]   error: [FAILURE] /dev/sda IS NOT empty.",
            Err(Ground::FailureLine),
        ),
        (
            "0.30",
            "[2026/03/02 09:26:04]   error: 7 verification errors on '/dev/sda'.",
            Err(Ground::Errors),
        ),
        (
            "0.25",
            "[2026/03/02 09:26:04]   error: 7 wipe errors on device '/dev/sda'.",
            Err(Ground::Errors),
        ),
        (
            "0.30",
            "[2026/03/02 09:26:04]   error: Nwipe exited with fatal errors on device = /dev/sda",
            Err(Ground::FailureLine),
        ),
        (
            "0.30",
            "[2026/03/02 09:26:04]   fatal: Nwipe exited with non fatal errors on device = /dev/sda",
            Err(Ground::FailureLine),
        ),
        (
            "0.34",
            "[2026/03/02 09:26:04]    info: Nwipe exited with errors, check the log & summary table for individual drive status.",
            Err(Ground::FailureLine),
        ),
        (
            "0.34",
            "[2026/03/02 09:26:04]   debug: Status: /dev/sda, result=-1, pass_errors=0, verify_errors=0, fsync_errors=0",
            Err(Ground::Errors),
        ),
        (
            "0.34",
            "[2026/03/02 09:26:04]   debug: Status: /dev/sda, result=0, pass_errors=0, verify_errors=0, fsync_errors=2",
            Err(Ground::Errors),
        ),
        (
            "0.34",
            "[2026/03/02 09:26:04]   debug: Status: /dev/sda, result=0, pass_errors=0, verify_errors=0, fsync_errors=0",
            CLEAR,
        ),
        (
            "0.38",
            "[2026/03/02 08:00:02] warning:  *** HIDDEN SECTORS DETECTED ! *** on /dev/sda",
            Err(Ground::HiddenArea),
        ),
        (
            "0.38",
            "[2026/03/02 08:00:02] warning: HIDDEN SECTORS INDETERMINATE! on /dev/sda, Some USB adapters",
            Err(Ground::HiddenArea),
        ),
        (
            "0.38",
            "[2026/03/02 08:00:02]    info: No hidden sectors on /dev/sda",
            CLEAR,
        ),
        (
            "0.38",
            "*** HIDDEN AREA DETECTED ***",
            Err(Ground::HiddenArea),
        ),
        (
            "0.38",
            "[2026/03/02 08:00:02]    info: /dev/sda: >>> FAILURE! <<<: code -1",
            Err(Ground::FailureLine),
        ),
        (
            "0.38",
            "[2026/03/02 08:00:02]    info: /dev/sda: Success",
            CLEAR,
        ),
        (
            "0.38",
            "[2026/03/02 08:00:02]   error: Read error on '/dev/sda' at offset 4096.",
            Err(Ground::FailureLine),
        ),
        (
            "0.42",
            "[2026/03/02 08:00:02]   error: Verification mismatch on '/dev/sda' at offset 4096",
            Err(Ground::FailureLine),
        ),
        (
            "0.42",
            "[2026/03/02 08:00:02] warning: Buffer flush failure on '/dev/sda'.",
            Err(Ground::FailureLine),
        ),
        (
            "0.38",
            "[2026/03/02 08:00:02]   error: SG_IO bad/missing sense data hdparm --verbose -N /dev/sda",
            CLEAR,
        ),
        (
            "0.38",
            "[2026/03/02 08:00:02]   error: 12 wipe errors on '/dev/sdb'.",
            CLEAR,
        ),
        (
            "0.38",
            "[2026/03/02 08:00:02] warning: hdparm command not found.",
            CLEAR,
        ),
        (
            "0.38",
            "[FAILURE] WD-TRUTH01 may not be blanked",
            Err(Ground::FailureLine),
        ),
        (
            "0.38",
            "[2026/03/02 08:00:02]    info: Nwipe successfully completed. See summary table for details.",
            CLEAR,
        ),
    ];
    for (version, line, expected) in table {
        assert_eq!(
            verdict(&nwipe(version, line, "", "", ERASED)),
            expected,
            "{version} {line}"
        );
        assert_eq!(
            verdict(&nwipe(version, line, NO_ERRORS, ALL_ERASED, ERASED)),
            expected,
            "{line}"
        );
    }
    let rows: [(&str, &str, &str, Ground); 11] = [
        (
            "!      sda |           1 |                    0 |                    0",
            ALL_ERASED,
            ERASED,
            Ground::MarkedRow,
        ),
        (
            "       sda |           0 |                    3 |                    0",
            ALL_ERASED,
            ERASED,
            Ground::Errors,
        ),
        (
            NO_ERRORS,
            "!      sda |      500107862015 |     500107862016 |           100.00%",
            ERASED,
            Ground::NotAllErased,
        ),
        (
            NO_ERRORS,
            "       sda |      250053931008 |     500107862016 |            50.00%",
            ERASED,
            Ground::NotAllErased,
        ),
        (
            NO_ERRORS,
            ALL_ERASED,
            "!      sda | Erased |   98MB/s | 01:25:04 | WDC WD5000AAKX/WD-TRUTH01",
            Ground::MarkedRow,
        ),
        (
            NO_ERRORS,
            ALL_ERASED,
            "!      sda |-FAILED-|   98MB/s | 01:25:04 | WDC WD5000AAKX/WD-TRUTH01",
            Ground::ReportedFailure,
        ),
        (
            NO_ERRORS,
            ALL_ERASED,
            "!      sda |UABORTED|   98MB/s | 01:25:04 | WDC WD5000AAKX/WD-TRUTH01",
            Ground::Unfinished,
        ),
        (
            NO_ERRORS,
            ALL_ERASED,
            "       sda |INSANITY|   98MB/s | 01:25:04 | WDC WD5000AAKX/WD-TRUTH01",
            Ground::ReportedFailure,
        ),
        (
            NO_ERRORS,
            ALL_ERASED,
            "       sda | Erased |    0 B/s | 01:25:04 | WDC WD5000AAKX/WD-TRUTH01",
            Ground::NothingDone,
        ),
        (
            NO_ERRORS,
            ALL_ERASED,
            "       sda | Erased |   98MB/s | 00:00:00 | WDC WD5000AAKX/WD-TRUTH01",
            Ground::NothingDone,
        ),
        (
            NO_ERRORS,
            ALL_ERASED,
            "       sda | Erased |   98MB/s | 01:25:04 | WDC WD5000AAKX/WD-OTHER",
            Ground::ReportContradicts,
        ),
    ];
    for (errors, erased, status, ground) in rows {
        assert!(
            has(&nwipe("0.41", "", errors, erased, status), ground),
            "{errors} {erased} {status}"
        );
    }
}

#[test]
fn nwipe_as_0_30_and_shredos_write_it() {
    // 0.30 has one table, without a title; ShredOS puts its own banner first
    let log = format!(
        "ShredOS v2021.08.2_23_x86-64_0.34\n\
         [2026/03/02 08:00:00]    info: nwipe 0.30\n\
         [2026/03/02 08:00:01]  notice: Found /dev/sda, ATA, WDC WD5000AAKX, 500GB, S/N=WD-TRUTH01\n\
         [2026/03/02 08:01:00]  notice: Invoking method 'DoD Short' on /dev/sda\n\
         ********************************************************************************\n\
         ! Device | Status | Thru-put | HH:MM:SS | Model/Serial Number\n\
         --------------------------------------------------------------------------------\n{ERASED}\n\
         ********************************************************************************\n"
    );
    assert_eq!(verdict(&log), CLEAR);
    let failed = log.replace(
        "ShredOS v",
        "[FAILURE] /dev/sda may not be blanked\nShredOS v",
    );
    assert_eq!(
        verdict(&failed),
        Err(Ground::FailureLine),
        "wherever the line stands"
    );
}

#[test]
fn a_table_is_known_by_its_title_too() {
    let log = good().replace(
        "!   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number\n",
        "",
    );
    assert_eq!(verdict(&log), CLEAR);
    assert!(verdict(&log.replace(" Erased |", "-FAILED-|")).is_err());
}

#[test]
fn a_log_of_several_runs_keeps_them_apart() {
    let failed = nwipe(
        "0.41",
        "[2026/03/02 09:00:00]   error: 7 wipe errors on '/dev/sda'.",
        "",
        "",
        ERASED,
    );
    let report = reads(&(failed + &good())).expect("reads");
    let told: Vec<_> = report
        .drives
        .iter()
        .map(|drive| drive.grounds.clone())
        .collect();
    assert_eq!(told, [vec![Ground::Errors], vec![]]);
    // a drive that was begun and has no row
    let begun = good().replace(
        "[2026/03/02 08:01:00]",
        "[2026/03/02 08:00:30]  notice: Found /dev/sdb, ATA, WDC WD10EZEX, 1TB, S/N=WD-TRUTH02\n\
         [2026/03/02 08:00:40]  notice: Invoking method 'DoD Short' on /dev/sdb\n[2026/03/02 08:01:00]",
    );
    let report = reads(&begun).expect("reads");
    assert_eq!(report.drives[1].grounds, [Ground::Unfinished]);
    assert!(report.drives[0].grounds.is_empty());
}
