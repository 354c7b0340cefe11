//! KillDisk and BitRaser.

use super::*;

/// A certificate as lines.
pub(super) fn certificate(tool: &str, status: &str, line: &str) -> String {
    format!(
        "{tool} 14.0 Erase Certificate\nComputer Serial Number: CZC0001\nDisk Model: WDC WD5000AAKX\nDisk Serial Number: WD-TRUTH01\n\
         Erase Method: US DoD 5220.22-M (3 passes)\nStart Time: 02/03/2026 08:00:00\nEnd Time: 02/03/2026 09:25:04\n\
         Duration: 01:25:04\nErrors: 0\nStatus: {status}\n{line}\n"
    )
}

#[test]
fn killdisk_and_bitraser_as_text_table_and_tree() {
    // unverified: layouts assumed from general knowledge; on 2026-12-01 no manual was found that
    // shows a report, of KillDisk (killdisk.com/manual) only the chapters on methods
    for tool in ["Active@ KillDisk", "BitRaser Drive Eraser"] {
        assert_eq!(verdict(&certificate(tool, "Erased", "")), TO_BE_READ);
        assert_eq!(
            verdict(&certificate(tool, "Completed", "Verification: Passed")),
            TO_BE_READ
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
    assert_eq!(verdict(xml), TO_BE_READ);
    assert!(has(
        &xml.replace("Erased</Result>", "Erased</Result><Errors>3</Errors>"),
        Ground::Errors
    ));
    assert!(
        nobody_accepts(&xml.replace("<disk>", "<Status>Failed</Status><disk>")),
        "a success in a failure"
    );
    let json = "{\"tool\": \"BitRaser\", \"drives\": [{\"disk_serial\": \"WD-TRUTH01\", \"erasure_method\": \"NIST 800-88 Purge\", \"status\": \"Completed\", \"end_time\": \"2026-03-02 09:00:00\"}]}";
    assert_eq!(verdict(json), TO_BE_READ);
    let method = reads(json).expect("reads").drives[0].method;
    assert_eq!(method, EraseMethod::Purge);
    let table = "Tool;Serial Number;Erasure Method;Status;End Time;Failed Sectors\n\
        BitRaser;WD-TRUTH01;NIST 800-88 Clear;Completed;2026-03-02 09:00:00;0\nBitRaser;WD-TRUTH02;NIST 800-88 Clear;Completed;2026-03-02 09:00:00;5\n";
    let report = reads(table).expect("reads");
    let told: Vec<_> = report
        .drives
        .iter()
        .map(|drive| drive.grounds.clone())
        .collect();
    let unverified = Ground::LayoutUnverified;
    assert_eq!(
        told,
        [vec![unverified], vec![Ground::SectorsLeft, unverified]]
    );
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

#[test]
fn the_text_of_a_blancco_certificate_is_read_by_people_too() {
    // unverified: the manual says what a report has, not how its PDF is laid out
    let text = certificate("Blancco Drive Eraser", "Erased", "");
    assert_eq!(verdict(&text), TO_BE_READ);
    assert!(nobody_accepts(&certificate(
        "Blancco Drive Eraser",
        "Erased with exceptions",
        ""
    )));
}
