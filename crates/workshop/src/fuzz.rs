//! Files that nobody would send to the readers of captures and of erasure reports: real ones
//! with bytes and words changed, made and tried by the crate `fuzzing`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use files::MediaType;
use fuzzing::{Fuzz, Numbers};
use kernel::Code;

use crate::model::EraseResult;
use crate::{lshw, report};

const CAPTURES: [&[u8]; 4] = [
    include_bytes!("../fixtures/lshw/desktop.json"),
    include_bytes!("../fixtures/lshw/laptop.json"),
    include_bytes!("../fixtures/lshw/tablet.json"),
    include_bytes!("../fixtures/lshw/station-B.02.19.json"),
];

const REPORTS: [(&[u8], MediaType); 4] = [
    (
        include_bytes!("../fixtures/reports/nwipe.log"),
        MediaType::Plain,
    ),
    (
        include_bytes!("../fixtures/reports/blancco.xml"),
        MediaType::Xml,
    ),
    (
        include_bytes!("../fixtures/reports/glyphs.pdf"),
        MediaType::Pdf,
    ),
    (
        include_bytes!("../fixtures/reports/packed.pdf"),
        MediaType::Pdf,
    ),
];

/// What means something to a reader.
const WORDS: [&str; 80] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\\"",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "\u{1}",
    "é",
    "\u{1f30a}",
    "null",
    "true",
    "-1",
    "0",
    "1e308",
    "99999999999999999999",
    "9223372036854775807",
    "\"size\" : -5",
    "\"size\" : \"12\"",
    "\"children\" : [",
    "\"children\" : {}",
    "\"class\" : \"disk\"",
    "\"class\" : \"system\"",
    "\"id\" : \"nvme\"",
    "\"businfo\" : \"mmc@0\"",
    "\"businfo\" : \"usb@1\"",
    "\"logicalname\" : []",
    "\"serial\" : \"0\"",
    "\"configuration\" : []",
    "\"capabilities\" : 3",
    "WARNING: ",
    "[2023/02/28 07:08:11]  notice: ",
    "[9999/99/99 99:99:99]",
    "Invoking method '",
    "' on /dev/sda",
    "Found /dev/sda, ",
    "S/N=",
    " | ",
    "|",
    "******************************** Drive Status *********************************",
    "99:99:99",
    "4294967295:00:00",
    "!",
    "\x1b[",
    "<!DOCTYPE a [",
    "<![CDATA[",
    "]]>",
    "<!--",
    "&amp;",
    "&#x0;",
    "&x;",
    "<entries name=\"erasure\">",
    "</entries>",
    "<entry name=\"state\">Successful</entry>",
    "<<",
    ">>",
    "/",
    "(",
    ")",
    "<0041>",
    " 0 R",
    "\n7 0 obj\n",
    "\nendobj\n",
    "stream\n",
    "\nendstream",
    "/Filter /FlateDecode",
    "/Filter [/ASCII85Decode]",
    "/Length 99999999999",
    "/Type /ObjStm /N 9 /First 9",
    "/Kids [2 0 R]",
    "BT /F1 9 Tf",
    " Tj ",
    " beginbfrange <0000> <FFFF> <0041> ",
    "/X Do ",
];

/// A capture is read whole, or refused in words.
fn examine_capture(bytes: &[u8]) -> bool {
    match lshw::read(bytes) {
        Err(refusal) => {
            assert!(matches!(
                refusal.code,
                Code::MalformedBody | Code::InvalidFields
            ));
            assert!(!refusal.detail.fr.is_empty() && !refusal.detail.en.is_empty());
            false
        }
        Ok(capture) => {
            assert!(capture.memory_mib.is_none_or(|mib| mib > 0));
            assert!(capture.drives.len() <= 100);
            for drive in &capture.drives {
                assert!(drive.size_bytes.is_none_or(|size| size > 0));
                assert!(drive.serial.as_ref().is_none_or(|serial| {
                    !serial.is_empty() && !serial.contains(char::is_control)
                }));
            }
            // what is stored can be read again
            let stored = serde_json::to_string(&capture).unwrap();
            assert_eq!(capture, serde_json::from_str(&stored).unwrap());
            true
        }
    }
}

/// A report is read, kept unread, or refused in words; no drive is proven without a name for
/// what was done.
fn examine_report(bytes: &[u8], media_type: MediaType) -> bool {
    match report::read(bytes, media_type) {
        Err(refusal) => {
            assert_eq!(refusal.code, Code::ReportUnreadable);
            false
        }
        Ok(None) => false,
        Ok(Some(report)) => {
            for drive in &report.drives {
                assert!(drive.result == EraseResult::Failure || !drive.state.is_empty());
            }
            true
        }
    }
}

fn examine(numbers: &mut Numbers) -> bool {
    let (report, media_type) = numbers.one_of(&REPORTS);
    match numbers.below(10) {
        0 => {
            let bytes = numbers.noise(3_000);
            examine_report(&bytes, media_type) | examine_capture(&bytes)
        }
        1 => {
            let bytes = numbers.words(&WORDS, 150).into_bytes();
            examine_report(
                &bytes,
                numbers.one_of(&[MediaType::Plain, MediaType::Xml, MediaType::Json]),
            ) | examine_capture(&bytes)
        }
        2..=5 => {
            let capture = numbers.one_of(&CAPTURES);
            examine_capture(&numbers.changed(capture.to_vec(), &WORDS))
        }
        6 => {
            // a machine as JSON of a report
            let capture = numbers.one_of(&CAPTURES);
            examine_report(&numbers.changed(capture.to_vec(), &WORDS), MediaType::Json)
        }
        _ => examine_report(&numbers.changed(report.to_vec(), &WORDS), media_type),
    }
}

#[test]
fn fuzz() {
    let readers = Fuzz {
        name: "workshop",
        kept: &[3379],
        slowest: Duration::from_secs(10),
    };
    readers.run(examine);
}
