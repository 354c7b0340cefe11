//! The table of truth: for each tool what it writes, and whether that proves a drive. The source
//! of each line is the tool's own source code or manual, but for KillDisk and BitRaser: no sample or manual
//! of theirs was at hand, so their layouts are unverified. Every text is of our own making.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use files::{MediaType, recognize};
use proptest::prelude::*;

use super::read;
use crate::model::{EraseMethod, EraseResult, ErasureReport, Ground, Media};

/// Proven, or not because of this.
type Verdict = Result<EraseMethod, Ground>;

const CLEAR: Verdict = Ok(EraseMethod::Clear);
const PURGE: Verdict = Ok(EraseMethod::Purge);

fn reads(text: &str) -> Option<ErasureReport> {
    let media_type = recognize(text.as_bytes()).expect("text");
    read(text.as_bytes(), media_type).expect("well-formed")
}

/// What a report says of its only drive.
fn verdict(text: &str) -> Verdict {
    let report = reads(text).unwrap_or_else(|| panic!("is not read: {text}"));
    assert_eq!(report.drives.len(), 1, "{text}");
    let drive = &report.drives[0];
    assert_eq!(
        drive.result == EraseResult::Success,
        drive.grounds.is_empty()
    );
    match drive.grounds.first() {
        None => Ok(drive.method),
        Some(ground) => Err(*ground),
    }
}

fn has(text: &str, ground: Ground) -> bool {
    let report = reads(text).unwrap_or_else(|| panic!("is not read: {text}"));
    report.drives[0].grounds.contains(&ground)
}

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

fn good() -> String {
    nwipe("0.41", "", NO_ERRORS, ALL_ERASED, ERASED)
}

#[test]
fn nwipe_by_its_lines_and_rows() {
    // source: nwipe's nwipe.c, method.c, pass*.c, hpa_dco.c, logging.c of the version
    let table: [(&str, &str, Verdict); 25] = [
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

/// A report of Blancco about one drive, with one more entry in its erasure and one in its target.
fn blancco(state: &str, standard: &str, entry: &str, target: &str, log: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><root><report><blancco_data><description><document_id>d-1</document_id>\
         <document_log><log_entry><author><product_name>Blancco Drive Eraser</product_name>\
         <product_version>7.1</product_version></author>{log}</log_entry></document_log></description>\
         <blancco_erasure_report><entries name=\"erasures\"><entries name=\"erasure\">\
         <entry name=\"state\">{state}</entry><entry name=\"erasure_standard_name\">{standard}</entry>\
         <entry name=\"start_time\">2026-03-02T08:00:00+0100</entry><entry name=\"end_time\">2026-03-02T09:00:00+0100</entry>\
         <entry name=\"elapsed_time\">01:00:00</entry>{entry}\
         <entries name=\"target\"><entry name=\"serial\">WD-TRUTH01</entry><entry name=\"type\">HDD</entry>\
         <entry name=\"capacity\">500107862016</entry>{target}</entries></entries></entries>\
         </blancco_erasure_report></blancco_data></report></root>"
    )
}

#[test]
fn blancco_by_its_entries() {
    // source: Blancco Drive Eraser user manual, chapters on reports and on exceptions
    let clear = "NIST 800-88 Clear";
    for state in [
        "Successful",
        "Erased",
        "Effacé",
        "Gelöscht",
        "Erfolgreich gelöscht",
        "Borrado con éxito",
        "Réussi",
    ] {
        assert_eq!(
            verdict(&blancco(state, clear, "", "", "")),
            CLEAR,
            "{state}"
        );
    }
    for state in [
        "Erased with exceptions",
        "Effacé avec exceptions",
        "Mit Ausnahmen gelöscht",
        "Failed",
        "Not erased",
        "Non effacé",
        "Nicht gelöscht",
        "Unsuccessful",
        "Cancelled",
        "something new",
        "",
    ] {
        assert!(
            verdict(&blancco(state, clear, "", "", "")).is_err(),
            "{state}"
        );
    }
    assert_eq!(
        verdict(&blancco(
            "Successful",
            "NIST 800-88 Purge",
            "",
            "",
            "<integrity>Verified</integrity>"
        )),
        PURGE
    );
    let table = [
        (
            "<entry name=\"failed_sectors\">12</entry>",
            "",
            "",
            Ground::SectorsLeft,
        ),
        (
            "<entries name=\"remapped\"><entry name=\"unreallocated_sectors\">1</entry></entries>",
            "",
            "",
            Ground::SectorsLeft,
        ),
        (
            "<entry name=\"write_errors\">3</entry>",
            "",
            "",
            Ground::Errors,
        ),
        (
            "",
            "<entry name=\"target_type\">Partition</entry>",
            "",
            Ground::Partition,
        ),
        (
            "<entry name=\"erased_capacity\">250000000000</entry>",
            "",
            "",
            Ground::CapacityMismatch,
        ),
        (
            "<entries name=\"steps\"><entries name=\"step\"><entry name=\"state\">Failed</entry></entries></entries>",
            "",
            "",
            Ground::NestedFailure,
        ),
        (
            "<entries name=\"exceptions\"><entry name=\"exception\">HPA area could not be removed</entry></entries>",
            "",
            "",
            Ground::NestedFailure,
        ),
        (
            "<entry name=\"throughput\">0</entry>",
            "",
            "",
            Ground::NothingDone,
        ),
        (
            "<entry name=\"duration\">00:00:00</entry>",
            "",
            "",
            Ground::NothingDone,
        ),
        (
            "",
            "",
            "<integrity>Invalid</integrity>",
            Ground::IntegrityInvalid,
        ),
        (
            "",
            "",
            "<integrity>Tampered</integrity>",
            Ground::IntegrityInvalid,
        ),
    ];
    for (entry, target, log, ground) in table {
        assert_eq!(
            verdict(&blancco("Successful", clear, entry, target, log)),
            Err(ground),
            "{entry}{target}{log}"
        );
    }
    for entry in [
        "<entry name=\"failed_sectors\">0</entry>",
        "<entry name=\"throughput\">98 MB/s</entry>",
        "<entry name=\"read_errors\">0</entry>",
    ] {
        assert_eq!(
            verdict(&blancco("Successful", clear, entry, "", "")),
            CLEAR,
            "{entry}"
        );
    }
    assert_eq!(
        verdict(&blancco("Successful", "Verification only", "", "", "")),
        Err(Ground::VerificationOnly)
    );
    // a success within a failure
    let nested = blancco("Successful", clear, "", "", "").replace(
        "<entries name=\"erasures\">",
        "<entries name=\"erasures\"><entry name=\"state\">Failed</entry>",
    );
    assert_eq!(verdict(&nested), Err(Ground::NestedFailure));
}

/// A transcript of hdparm: what it printed at the erasure, and what it said afterwards.
fn hdparm(erasure: &str, afterwards: &str) -> String {
    format!(
        "Mon Mar  2 08:00:00 UTC 2026\n# hdparm -I /dev/sda\n\n/dev/sda:\n\nATA device, with non-removable media\n\
         \tModel Number:       Samsung SSD 860 EVO 250GB\n\tSerial Number:      WD-TRUTH01\nSecurity:\n\tMaster password revision code = 65534\n\
         \t\tsupported\n\t\tenabled\n\tnot\tlocked\n\tnot\tfrozen\n\
         # hdparm --user-master u --security-erase p /dev/sda\nsecurity_password: \"p\"\n\n/dev/sda:\n{erasure}\n\
         # hdparm -I /dev/sda\n\n/dev/sda:\n\tSerial Number:      WD-TRUTH01\nSecurity:\n{afterwards}\nMon Mar  2 08:05:00 UTC 2026\n"
    )
}

#[test]
fn hdparm_with_its_check() {
    // source: hdparm 9.65, hdparm.c (SECURITY_ERASE) and identify.c (security)
    let issued = " Issuing SECURITY_ERASE command, password=\"p\", user=user";
    let disabled = "\t\tsupported\n\tnot\tenabled\n\tnot\tlocked\n\tnot\tfrozen";
    assert_eq!(verdict(&hdparm(issued, disabled)), PURGE);
    let table = [
        (
            issued,
            "\t\tsupported\n\t\tenabled\n\tnot\tlocked",
            Ground::FailureLine,
        ),
        (issued, "\t\tsupported", Ground::VerificationMissing),
        (
            " Issuing SECURITY_ERASE command, password=\"p\", user=user\nSECURITY_ERASE: Input/output error",
            disabled,
            Ground::FailureLine,
        ),
        (
            " Issuing SECURITY_ERASE command\nSG_IO: bad/missing sense data, sb[]:  70 00",
            disabled,
            Ground::FailureLine,
        ),
    ];
    for (erasure, afterwards, ground) in table {
        assert_eq!(
            verdict(&hdparm(erasure, afterwards)),
            Err(ground),
            "{erasure} {afterwards}"
        );
    }
}

/// A transcript of nvme-cli.
fn nvme(commands: &str) -> String {
    format!(
        "2026-03-02T08:00:00+01:00\n# nvme id-ctrl /dev/nvme0\nNVME Identify Controller:\nvid       : 0x144d\n\
         sn        : WD-TRUTH01\nmn        : SAMSUNG MZVLB256HAHQ\n{commands}\n2026-03-02T08:01:00+01:00\n"
    )
}

fn sanitize_log(sprog: &str, sstat: &str, dword: &str) -> String {
    nvme(&format!(
        "# nvme sanitize /dev/nvme0 -a 2\n# nvme sanitize-log /dev/nvme0\n\
         Sanitize Progress                      (SPROG) :  {sprog}\n\
         Sanitize Status                        (SSTAT) :  {sstat}\n\
         Sanitize Command Dword 10 Information (SCDW10) :  {dword}"
    ))
}

#[test]
fn nvme_with_its_log() {
    // source: NVM Express base specification, sanitize status log; nvme-cli manual of sanitize-log, format
    let table = [
        (sanitize_log("65535", "0x101", "0x2"), PURGE),
        (sanitize_log("65535", "0x1", "0x4"), PURGE),
        (sanitize_log("65535", "0x104", "0x2"), PURGE),
        (sanitize_log("12000", "0x2", "0x2"), Err(Ground::Unfinished)),
        (
            sanitize_log("65535", "0x3", "0x2"),
            Err(Ground::FailureLine),
        ),
        (
            sanitize_log("65535", "0", "0"),
            Err(Ground::VerificationMissing),
        ),
        (
            sanitize_log("65535", "0x101", "0x1"),
            Err(Ground::VerificationMissing),
        ),
        (
            nvme("# nvme sanitize /dev/nvme0 -a 2"),
            Err(Ground::VerificationMissing),
        ),
        (
            nvme("# nvme format /dev/nvme0n1 --ses=1\nSuccess formatting namespace:1"),
            PURGE,
        ),
        (
            nvme("# nvme format /dev/nvme0n1 -s 2\nSuccess formatting namespace:1"),
            PURGE,
        ),
        (
            nvme("# nvme format /dev/nvme0n1\nSuccess formatting namespace:1"),
            Err(Ground::VerificationMissing),
        ),
        (
            nvme("# nvme format /dev/nvme0n1 --ses=0\nSuccess formatting namespace:1"),
            Err(Ground::VerificationMissing),
        ),
        (
            nvme("# nvme format /dev/nvme0n1 --ses=1\nNVMe status: INVALID_FORMAT(0x410a)"),
            Err(Ground::FailureLine),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(verdict(&text), expected, "{text}");
    }
    let report = reads(&sanitize_log("65535", "0x101", "0x2")).expect("reads");
    assert_eq!(report.drives[0].media, Some(Media::Nvme));
    let end = report.drives[0].finished_at.expect("an end").to_string();
    assert_eq!(
        (report.local_times, end.as_str()),
        (false, "2026-03-02T07:01:00Z")
    );
    let no_number = sanitize_log("65535", "0x101", "0x2").replace("sn        : WD-TRUTH01", "");
    assert_eq!(reads(&no_number), None, "of which drive?");
}

fn usody(result: bool, check: bool, code: i32, tool: &str) -> String {
    let command = format!(
        "{{\"command\": \"{tool} --security-erase /dev/sda\", \"return_code\": {code}, \"success\": {}}}",
        code == 0
    );
    format!(
        "{{\"steps\": [{{\"start_time\": 1772438400.5, \"end_time\": 1772442000.5, \"commands\": [{command}], \"success\": true}}],\
          \"validation\": {{\"result\": {check}, \"commands\": [{{\"command\": \"dd\", \"return_code\": 0, \"success\": true}}]}},\
          \"device_info\": {{\"model\": \"WDC\", \"serial_number\": \"WD-TRUTH01\", \"storage_medium\": \"HDD\", \"export_data\": {{\"block\": {{\"rota\": true}}}}}},\
          \"method\": {{\"name\": \"Basic Erasure\", \"overwriting_steps\": [{{\"tool\": \"{tool}\"}}]}},\
          \"result\": {result}, \"version\": \"0.1.1\"}}"
    )
}

#[test]
fn usody_sanitize_by_its_commands() {
    // source: usody_sanitize/schemas, and the examples of the project
    assert_eq!(verdict(&usody(true, true, 0, "shred")), CLEAR);
    assert_eq!(verdict(&usody(true, true, 0, "hdparm")), PURGE);
    assert_eq!(
        verdict(&usody(false, true, 0, "shred")),
        Err(Ground::ReportedFailure)
    );
    assert_eq!(
        verdict(&usody(true, false, 0, "shred")),
        Err(Ground::NestedFailure)
    );
    assert_eq!(
        verdict(&usody(true, true, 1, "shred")),
        Err(Ground::NestedFailure)
    );
    let nothing = usody(true, true, 0, "shred").replace("1772442000.5", "1772438400.5");
    assert_eq!(verdict(&nothing), Err(Ground::NothingDone));
}

/// A certificate as lines.
fn certificate(tool: &str, status: &str, line: &str) -> String {
    format!(
        "{tool} 14.0 Erase Certificate\nComputer Serial Number: CZC0001\nDisk Model: WDC WD5000AAKX\nDisk Serial Number: WD-TRUTH01\n\
         Erase Method: US DoD 5220.22-M (3 passes)\nStart Time: 02/03/2026 08:00:00\nEnd Time: 02/03/2026 09:25:04\n\
         Duration: 01:25:04\nErrors: 0\nStatus: {status}\n{line}\n"
    )
}

#[test]
fn killdisk_and_bitraser_as_text_table_and_tree() {
    // unverified: layouts assumed from general knowledge, no sample or manual was at hand
    for tool in ["Active@ KillDisk", "BitRaser Drive Eraser"] {
        assert_eq!(verdict(&certificate(tool, "Erased", "")), CLEAR);
        assert_eq!(
            verdict(&certificate(tool, "Completed", "Verification: Passed")),
            CLEAR
        );
        let table = [
            ("Failed", "", Ground::ReportedFailure),
            ("Completed with errors", "", Ground::ReportedFailure),
            ("Erased", "Errors: 4", Ground::Errors),
            ("Erased", "Bad Sectors: 12", Ground::SectorsLeft),
            ("Erased", "Verification: Failed", Ground::NestedFailure),
            ("Erased", "Target: Partition C:", Ground::Partition),
            ("Erased", "HIDDEN AREA DETECTED", Ground::HiddenArea),
            (
                "Erased",
                "Disk erase was aborted by user",
                Ground::FailureLine,
            ),
            ("Erased", "Elapsed Time: 00:00:00", Ground::NothingDone),
        ];
        for (status, line, ground) in table {
            assert!(
                has(&certificate(tool, status, line), ground),
                "{tool} {status} {line}"
            );
        }
    }
    let xml = "<?xml version=\"1.0\"?><killdisk_report version=\"14\"><disk><SerialNumber>WD-TRUTH01</SerialNumber><Model>WDC</Model>\
        <EraseMethod>One Pass Zeros</EraseMethod><EndTime>2026-03-02 09:00:00</EndTime><Result>Erased</Result></disk></killdisk_report>";
    assert_eq!(verdict(xml), CLEAR);
    assert!(verdict(&xml.replace("Erased</Result>", "Erased</Result><Errors>3</Errors>")).is_err());
    assert!(
        verdict(&xml.replace("<disk>", "<Status>Failed</Status><disk>")).is_err(),
        "a success in a failure"
    );
    let json = "{\"tool\": \"BitRaser\", \"drives\": [{\"disk_serial\": \"WD-TRUTH01\", \"erasure_method\": \"NIST 800-88 Purge\", \"status\": \"Completed\", \"end_time\": \"2026-03-02 09:00:00\"}]}";
    assert_eq!(verdict(json), PURGE);
    let table = "Tool;Serial Number;Erasure Method;Status;End Time;Failed Sectors\n\
        BitRaser;WD-TRUTH01;NIST 800-88 Clear;Completed;2026-03-02 09:00:00;0\nBitRaser;WD-TRUTH02;NIST 800-88 Clear;Completed;2026-03-02 09:00:00;5\n";
    let report = reads(table).expect("reads");
    let told: Vec<_> = report
        .drives
        .iter()
        .map(|drive| drive.grounds.clone())
        .collect();
    assert_eq!(told, [vec![], vec![Ground::SectorsLeft]]);
    // two drives and one status: nobody can tell whose it is
    assert_eq!(
        reads(&certificate(
            "KillDisk",
            "Erased",
            "Disk Serial Number: WD-TRUTH02"
        )),
        None
    );
}

/// A PDF with these pieces of text, plain or deflated.
pub(super) fn pdf(pieces: &[&str], deflated: bool) -> Vec<u8> {
    use std::io::Write as _;
    let mut file = b"%PDF-1.3\n".to_vec();
    for (n, piece) in pieces.iter().enumerate() {
        let piece = piece
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        let content = format!("BT /F1 12 Tf 1 0 0 1 50 {} Tm ({piece}) Tj ET", 700 - n);
        let (filter, data) = if deflated {
            let mut encoder =
                flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(content.as_bytes()).unwrap();
            ("/Filter /FlateDecode ", encoder.finish().unwrap())
        } else {
            ("", content.into_bytes())
        };
        file.extend(
            format!(
                "{} 0 obj\n<< {filter}/Length {} >>stream\n",
                n + 1,
                data.len()
            )
            .bytes(),
        );
        file.extend(data);
        file.extend(b"\nendstream\nendobj\n");
    }
    file
}

const SHEET: [&str; 29] = [
    "Disk Erasure Report",
    "Page 1 - Erasure Status",
    "Disk Information",
    "Make/Model:",
    "WDC WD5000AAKX",
    "Serial:",
    "WD-TRUTH01",
    "Bus:",
    "ATA",
    "Disk Erasure Details",
    "Start time:",
    "2026/03/02 08:00:00",
    "End time:",
    "2026/03/02 09:25:04",
    "Duration:",
    "01:25:04",
    "Status:",
    "ERASED",
    "Method:",
    "DoD Short",
    "*Bytes Erased:",
    "500107862016, (100.00%)",
    "HPA/DCO:",
    "HPA/DCO Size:",
    "No hidden sectors",
    "No hidden sectors",
    "Errors(pass/sync/verify):",
    "0/0/0",
    "Disc Erasure by NWIPE version 0.36",
];

#[test]
fn the_text_layer_of_a_pdf() {
    // source: nwipe's create_pdf.c, which draws through PDFGen: literal strings, streams not deflated
    let judge = |pieces: &[&str], deflated: bool| {
        let bytes = pdf(pieces, deflated);
        let report = read(&bytes, MediaType::Pdf).expect("kept")?;
        Some(report.drives[0].grounds.clone())
    };
    assert_eq!(judge(&SHEET, false), Some(vec![]));
    assert_eq!(judge(&SHEET, true), Some(vec![]));
    for (piece, instead, ground) in [
        ("ERASED", "FAILED", Ground::ReportedFailure),
        ("ERASED", "ABORTED", Ground::ReportedFailure),
        ("0/0/0", "0/0/2", Ground::Errors),
        (
            "500107862016, (100.00%)",
            "250053931008, (50.00%)",
            Ground::NotAllErased,
        ),
        (
            "No hidden sectors",
            "Hidden sectors found!",
            Ground::HiddenArea,
        ),
        ("No hidden sectors", "Unknown", Ground::HiddenArea),
        ("DoD Short", "Verify Zeros (0x00)", Ground::VerificationOnly),
    ] {
        let other = SHEET.map(|one| if one == piece { instead } else { one });
        assert!(
            judge(&other, false).expect("reads").contains(&ground),
            "{instead}"
        );
    }
    let warned: Vec<_> = SHEET.iter().copied().chain(["See Warning !"]).collect();
    assert!(
        judge(&warned, true)
            .expect("reads")
            .contains(&Ground::HiddenArea)
    );
    for bytes in [
        &b"%PDF-1.7 certificat d'effacement"[..],
        b"%PDF-1.7\n1 0 obj\n<< /Encrypt 2 0 R >>stream\n(KillDisk) Tj\nendstream",
    ] {
        assert_eq!(
            read(bytes, MediaType::Pdf).expect("kept"),
            None,
            "stays unread"
        );
    }
    // a stream that inflates without end is cut, and the file stays unread
    let bomb: Vec<&str> = vec![];
    assert_eq!(judge(&bomb, true), None);
}

/// Lines that say, whatever else stands there, that a drive was not erased.
fn any_failure() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("[2026/03/02 09:00:00]   error: [FAILURE] /dev/sda may not be blanked".to_owned()),
        Just("[FAILURE] /dev/sda".to_owned()),
        Just("[2026/03/02 09:00:00] warning:  *** HIDDEN SECTORS DETECTED ! *** on /dev/sda".to_owned()),
        Just("HIDDEN AREA DETECTED".to_owned()),
        Just("Nwipe exited with fatal errors on device = /dev/sda".to_owned()),
        Just("[2026/03/02 09:00:00]    info: Nwipe exited with fatal errors, see summary table and log.".to_owned()),
        Just("!      sda |-FAILED-|   98MB/s | 01:25:04 | WDC WD5000AAKX/WD-TRUTH01".to_owned()),
        Just("!      sda |UABORTED|   98MB/s | 01:25:04 | WDC WD5000AAKX/WD-TRUTH01".to_owned()),
        (1_u32..9_999).prop_map(|n| format!("[2026/03/02 09:00:00]   error: {n} wipe errors on '/dev/sda'.")),
        (1_i32..9).prop_map(|n| format!("[2026/03/02 09:00:00]   debug: Status: /dev/sda, result={n}, pass_errors=0")),
    ]
}

proptest! {
    #[test]
    fn no_failure_line_added_anywhere_leaves_a_report_proven(line in any_failure(), place in 0.0_f64..1.0) {
        let log = good();
        let lines: Vec<_> = log.lines().collect();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (place * (lines.len() + 1) as f64) as usize;
        let mut told = lines[..at].to_vec();
        told.push(&line);
        told.extend(&lines[at..]);
        let told = told.join("\n");
        let media_type = recognize(told.as_bytes()).expect("text");
        if let Ok(Some(report)) = read(told.as_bytes(), media_type) {
            let proven = report.drives.iter().any(|drive| drive.result == EraseResult::Success);
            prop_assert!(!proven, "{told}");
        }
    }

    #[test]
    fn no_word_of_failure_added_to_a_certificate_leaves_it_proven(
        word in prop_oneof![Just("Failed"), Just("12 errors"), Just("Aborted by user"), Just("Échec"), Just("Fehler"), Just("HIDDEN SECTORS DETECTED")],
        label in prop_oneof![Just(""), Just("Verification: "), Just("Notes: "), Just("Pass 2: ")],
    ) {
        let text = certificate("KillDisk", "Erased", &format!("{label}{word}"));
        prop_assert!(verdict(&text).is_err(), "{text}");
    }

    #[test]
    fn no_pdf_makes_it_panic(bytes: Vec<u8>, text in "[()<>\\\\/a-zA-Z0-9 %\\[\\]\n]{0,300}") {
        let mut file = b"%PDF-1.4\n1 0 obj\n<< /Filter /FlateDecode >>stream\n".to_vec();
        file.extend(&bytes);
        file.extend(b"\nendstream\n2 0 obj\n<< >>stream\nBT ");
        file.extend(text.bytes());
        file.extend(b"\nendstream");
        let _ = read(&file, MediaType::Pdf);
    }
}
