//! Workbooks that are not what they say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Cursor, Read, Write};

use kernel::Code;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{Content, Sheet, Unread, number, read};

const XLSX: &[u8] = include_bytes!("../../../../../tests/data/manifests/parc.xlsx");

/// The workbook with a text of one part replaced.
fn with(part: &str, text: &str, other: &str) -> Content {
    let mut archive = ZipArchive::new(Cursor::new(XLSX)).unwrap();
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = String::new();
        entry.read_to_string(&mut bytes).unwrap();
        if name == part {
            assert!(bytes.contains(text), "{bytes}");
            bytes = bytes.replacen(text, other, 1);
        }
        packed
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        packed.write_all(bytes.as_bytes()).unwrap();
    }
    let bytes = packed.finish().unwrap().into_inner();
    Content::from(bytes.as_slice())
}

fn refused(read: Result<Sheet, Unread>) -> Code {
    match read {
        Err(Unread::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

/// Memory would be set aside for as many texts as the file says it has, and the process would
/// end for lack of it.
#[test]
fn manifest_unreadable_for_a_workbook_that_says_it_has_billions_of_texts() {
    let texts = "xl/sharedStrings.xml";
    assert!(read(&with(texts, "uniqueCount=\"", "uniqueCount=\"0")).is_ok());
    for count in ["99999999999", "000000100000000", "18446744073709551615"] {
        let lie = format!("uniqueCount=\"{count}\" was=\"");
        let damaged = read(&with(texts, "uniqueCount=\"", &lie));
        assert_eq!(refused(damaged), Code::ManifestUnreadable, "{count}");
    }
}

#[test]
fn numbers_are_written_as_a_spreadsheet_shows_them() {
    for (value, text) in [
        (8.0, "8"),
        (0.0, "0"),
        (106.43, "106.43"),
        (0.1 + 0.2, "0.3"),
        (123_456_789_012_345.0, "123456789012345"),
        (1_234_567_890_123_450.0, "1.23457E+15"),
        (-5.5, "-5.5"),
        (1e300, "1.00000E+300"),
    ] {
        assert_eq!(number(value), text);
    }
}
