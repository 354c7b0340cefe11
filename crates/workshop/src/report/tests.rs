#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use files::recognize;

use super::*;
use crate::model::ReportedDrive;

const NWIPE: &str = include_str!("../../fixtures/reports/nwipe.log");
const BLANCCO: &str = include_str!("../../fixtures/reports/blancco.xml");

fn reads(text: &str) -> ErasureReport {
    let media_type = recognize(text.as_bytes()).expect("text");
    read(text.as_bytes(), media_type)
        .expect("reads")
        .expect("known tool")
}

fn refused(bytes: &[u8]) -> Code {
    let media_type = recognize(bytes).expect("text");
    read(bytes, media_type).expect_err("refused").code
}

/// Serial, method and result of each drive.
fn drives(report: &ErasureReport) -> Vec<(&str, &str, &str)> {
    let one = |drive: &'_ ReportedDrive| (drive.method.as_str(), drive.result.as_str());
    report
        .drives
        .iter()
        .map(|drive| {
            let (method, result) = one(drive);
            (drive.serial.as_deref().unwrap_or("-"), method, result)
        })
        .collect()
}

#[test]
fn the_log_of_nwipe() {
    let report = reads(NWIPE);
    assert_eq!(
        (report.tool.as_str(), report.tool_version.as_deref()),
        ("nwipe", Some("0.37"))
    );
    assert_eq!(report.machine_serial.as_deref(), Some("CZC0001"));
    assert_eq!(
        drives(&report),
        [
            ("WD-WCC2EX000001", "clear", "success"),
            ("S3Z1NB0K000002", "clear", "success"),
            ("5LR30003", "clear", "failure"),
            ("Z2A30004", "clear", "failure"),
            ("9VY00005", "clear", "failure"),
        ]
    );
    let first = &report.drives[0];
    assert_eq!(first.standard, "DoD Short");
    assert_eq!(
        first.started_at.expect("time").to_string(),
        "2023-02-28T07:10:00Z"
    );
    assert_eq!(
        first.finished_at.expect("time").to_string(),
        "2023-02-28T08:35:04Z"
    );
    let media: Vec<_> = report.drives.iter().map(|drive| drive.media).collect();
    assert_eq!(media, [None, Some(Media::Ssd), None, None, None]);
}

#[test]
fn older_logs_of_nwipe_and_terminals_that_color_them() {
    let text = "[2019/11/06 15:41:48] nwipe: notice: Invoking method 'PRNG Stream' on device '/dev/sdb'.\n\
        [2019/11/06 15:41:49]  notice: /dev/sdb has serial number OLD-1\n\
        \x1b[1m********* Drive Status *********\x1b[0m\n\
        !   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number\n\
        ---------------\n       sdb | Erased |  120MB/s | 00:00:10 | MODEL/OLD-1\n****************\n";
    assert_eq!(drives(&reads(text)), [("OLD-1", "clear", "success")]);
}

#[test]
fn report_unreadable() {
    let half = NWIPE.split_once("Drive Status").expect("table").0;
    assert_eq!(refused(half.as_bytes()), Code::ReportUnreadable);
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;</a>";
    for text in [
        bomb,
        "<root><blancco_erasure_report></blancco_erasure_report></root>",
        "<root><report>",
        "<a></b>",
        "<a>&unknown;</a>",
        "<",
        "{\"report\": ",
        "[{]",
    ] {
        assert_eq!(refused(text.as_bytes()), Code::ReportUnreadable, "{text}");
    }
    let deep = "<a>".repeat(10_000);
    assert_eq!(refused(deep.as_bytes()), Code::ReportUnreadable);
    let wide = format!("<a>{}</a>", "<b/>".repeat(300_000));
    assert_eq!(refused(wide.as_bytes()), Code::ReportUnreadable);
    let truncated = &BLANCCO[..BLANCCO.len() - 40];
    assert_eq!(refused(truncated.as_bytes()), Code::ReportUnreadable);
}

#[test]
fn what_another_tool_wrote_is_kept_unread() {
    for text in [
        "Drive S1 erased by hand, Tuesday.",
        "<certificate><drive>S1</drive></certificate>",
        "{\"drive\": \"S1\"}",
    ] {
        let media_type = recognize(text.as_bytes()).expect("text");
        assert_eq!(read(text.as_bytes(), media_type).expect("kept"), None);
    }
    assert_eq!(read(b"%PDF-1.7", MediaType::Pdf).expect("kept"), None);
}

#[test]
fn the_report_of_blancco_as_xml() {
    let report = reads(BLANCCO);
    assert_eq!(
        (report.tool.as_str(), report.tool_version.as_deref()),
        ("Blancco Drive Eraser", Some("6.9.1"))
    );
    assert_eq!(report.machine_serial.as_deref(), Some("CZC0001"));
    assert_eq!(
        drives(&report),
        [
            ("S3Z1NB0K000002", "purge", "success"),
            ("WD-WCC2EX000001", "clear", "success"),
            ("5LR30003", "clear", "failure"),
            ("9VY00005", "purge", "failure"),
        ]
    );
    let first = &report.drives[0];
    assert_eq!(first.media, Some(Media::Ssd));
    assert_eq!(first.size_bytes, Some(256_060_514_304));
    assert_eq!(
        first.finished_at.expect("time").to_string(),
        "2023-02-28T08:00:30Z"
    );
    let utf16: Vec<u8> = format!("\u{feff}{}", BLANCCO.replace("utf-8", "utf-16"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(recognize(&utf16), Some(MediaType::Xml));
    assert_eq!(read(&utf16, MediaType::Xml).expect("reads"), Some(report));
}

#[test]
fn the_report_of_blancco_as_json() {
    let nested = r#"{"reports": [{"blancco_data": {"description": {"document_id": "d-1"}, "blancco_erasure_report": {"erasures": [
        {"erasure": [{"timestamp": "2023-02-28T08:00:00Z"}, {"state": "Successful"}, {"erasure_standard_name": "NIST 800-88 Purge"},
            {"target": [{"model": "M1"}, {"serial": "J1"}, {"type": "NVMe"}]}]},
        {"erasure": [{"state": "Erased with exceptions"}, {"erasure_standard_name": "NIST 800-88 Clear"},
            {"target": [{"serial": "J2"}]}]}]}}}]}"#;
    let report = reads(nested);
    assert_eq!(report.document_id.as_deref(), Some("d-1"));
    assert_eq!(
        drives(&report),
        [("J1", "purge", "success"), ("J2", "clear", "failure")]
    );
    assert_eq!(report.drives[0].media, Some(Media::Nvme));
    let flat = r#"{"blancco_erasure_report": {"erasures": [
        {"state": "Successful", "erasure_standard_name": "Cryptographic Erasure", "target": {"serial": "F1"}},
        {"state": "Failed", "erasure_standard_name": "Aperiodic random overwrite", "target": {"serial": "F2"}}]}}"#;
    assert_eq!(
        drives(&reads(flat)),
        [("F1", "purge", "success"), ("F2", "clear", "failure")]
    );
}

#[test]
fn what_tools_call_it_in_our_terms() {
    for (name, firmware, expected) in [
        ("DoD 5220.22-M", false, "clear"),
        ("PRNG Stream", false, "clear"),
        ("Gutmann Wipe", false, "clear"),
        ("NIST 800-88 Clear", false, "clear"),
        ("NIST 800-88 Clear", true, "clear"),
        ("NIST 800-88 Purge", false, "purge"),
        ("IEEE 2883 Purge", false, "purge"),
        ("Firmware Based Erasure", false, "purge"),
        ("Blancco SSD Erasure", true, "purge"),
        ("Blancco SSD Erasure", false, "clear"),
        ("ATA Secure Erase", false, "purge"),
        ("NVMe Sanitize (Block Erase)", false, "purge"),
        ("Cryptographic Erasure", false, "purge"),
        ("Zeros, Lower Standard", false, "clear"),
        ("something new", false, "clear"),
    ] {
        assert_eq!(
            method(name, firmware).as_str(),
            expected,
            "{name} {firmware}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn no_report_makes_it_panic(bytes: Vec<u8>, text in "[\\[\\]<>/!&;{}\"=|,:a-z0-9 \n]{0,300}") {
        for media_type in [MediaType::Plain, MediaType::Xml, MediaType::Json] {
            let _ = read(&bytes, media_type);
            let _ = read(text.as_bytes(), media_type);
        }
    }
}
