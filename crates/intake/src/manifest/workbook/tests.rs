//! Workbooks that are not what they say. What is counted is work, not time: bytes that were
//! unpacked before the reader stopped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kernel::Code;

use super::package::{EVENT_MAX, Package, RATIO_FLOOR, WHOLE_MAX};
use super::{Content, Sheets, Unread, Workbook, number, read};
use crate::manifest::tests::made::{ods, ods_rows, packed, rows, xlsx};

/// Bytes that are read ahead.
const AHEAD: u64 = 64 << 10;

fn refused(read: Result<Workbook, Unread>) -> (Code, String) {
    match read {
        Err(Unread::Refused(refusal)) => (refusal.code, refusal.detail.fr.into_owned()),
        other => panic!("{other:?}"),
    }
}

/// Goes through a part to its end, or to where the reader stops; says how much was unpacked.
fn unpacked(bytes: &[u8], part: &str) -> (u64, bool) {
    let content = Content::from(bytes);
    let mut package = Package::open(&content).unwrap();
    let read = match package.part(part) {
        Ok(Some(mut xml)) => loop {
            match xml.next() {
                Ok(quick_xml::events::Event::Eof) => break true,
                Ok(_) => {}
                Err(_) => break false,
            }
        },
        Ok(None) => panic!("no {part}"),
        Err(_) => false,
    };
    (WHOLE_MAX - package.left(), read)
}

#[test]
fn one_huge_cell_is_left_where_it_becomes_too_long() {
    let text = "A".repeat(3 << 20);
    let in_cell = rows(&format!("serial|kind\n{text}|UC\n"));
    let in_comment = format!("{}<!-- {text} -->", rows("serial|kind\n"));
    let in_tag = format!(
        "{}<c a=\"{}\">",
        rows("serial|kind\n"),
        "> ".repeat(1 << 20)
    );
    let in_data = format!("<c><v><![CDATA[{}]]></v></c>", "<a>".repeat(1 << 20));
    for huge in [in_cell, in_comment, in_tag, in_data] {
        let workbook = xlsx(&[("Parc", "", &huge, "")]);
        let (count, whole) = unpacked(&workbook, "xl/worksheets/sheet1.xml");
        assert!(!whole && count <= EVENT_MAX + AHEAD, "{count}");
        let (code, detail) = refused(read(&Content::from(&workbook[..]), &Sheets::Unsaid));
        assert_eq!(code, Code::ManifestUnreadable);
        assert!(detail.contains("volumineux"), "{detail}");
    }
    let document = ods(&[("Parc", &ods_rows(&format!("serial|kind\n{text}|UC\n")))]);
    let (count, whole) = unpacked(&document, "content.xml");
    assert!(!whole && count <= EVENT_MAX + AHEAD, "{count}");
    refused(read(&Content::from(&document[..]), &Sheets::Unsaid));
}

#[test]
fn the_longest_cell_that_a_spreadsheet_takes_is_read() {
    let text = "é".repeat(32_767);
    let lines = format!("serial|kind|note\nA1|UC|{text}\n");
    for bytes in [
        xlsx(&[("Parc", "", &rows(&lines), "")]),
        ods(&[("Parc", &ods_rows(&lines))]),
    ] {
        assert!(read(&Content::from(&bytes[..]), &Sheets::Unsaid).is_ok());
    }
}

#[test]
fn what_is_packed_too_tightly_is_not_unpacked() {
    // 20 MB of one letter in some 20 kB
    let row = format!(
        "<row><c t=\"str\"><v>{}</v></c></row>",
        "A".repeat(100 << 10)
    );
    let blank = row.repeat(200);
    let mut workbook = xlsx(&[("Parc", "", &blank, "")]);
    assert!(workbook.len() < 100_000);
    assert_eq!(unpacked(&workbook, "xl/worksheets/sheet1.xml"), (0, false));
    let (code, detail) = refused(read(&Content::from(&workbook[..]), &Sheets::Unsaid));
    assert_eq!(code, Code::ManifestUnreadable);
    assert!(detail.contains("volumineux"), "{detail}");
    // the same, saying that it is small
    let size = u32::try_from(blank.len() + "<worksheet><sheetData></sheetData></worksheet>".len());
    let (size, small) = (size.unwrap().to_le_bytes(), 1_000_u32.to_le_bytes());
    let places: Vec<usize> = (0..workbook.len() - 4)
        .filter(|at| workbook[*at..at + 4] == size)
        .collect();
    assert!(!places.is_empty());
    for at in places {
        workbook[at..at + 4].copy_from_slice(&small);
    }
    let (count, _) = unpacked(&workbook, "xl/worksheets/sheet1.xml");
    assert!(count <= RATIO_FLOOR + AHEAD, "{count}");
    refused(read(&Content::from(&workbook[..]), &Sheets::Unsaid));
}

#[test]
fn parts_and_elements_have_an_end() {
    let many: Vec<(String, String)> = (0..10_001)
        .map(|at| (format!("part{at}"), String::new()))
        .collect();
    let many: Vec<_> = many
        .iter()
        .map(|(name, text)| (name.as_str(), text.clone()))
        .collect();
    refused(read(&Content::from(&packed(&many)[..]), &Sheets::Unsaid));
    let deep = "<a>".repeat(1_000);
    let (count, whole) = unpacked(
        &xlsx(&[("Parc", "", &deep, "")]),
        "xl/worksheets/sheet1.xml",
    );
    assert!(!whole && count < AHEAD);
}

/// No memory is set aside for what a file says it has.
#[test]
fn a_workbook_that_says_it_has_billions_of_texts_is_read_like_any_other() {
    let cells = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
        <row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>99999999999</v></c></row>"#;
    let texts = r#"<sst count="99999999999" uniqueCount="18446744073709551615"><si><t>serial</t></si>
        <si><r><t>ki</t></r><r><t>nd</t></r><rPh sb="0" eb="1"><t>kana</t></rPh></si><si><t>A1</t></si></sst>"#;
    let relations = r#"<Relationships><Relationship Id="r" Type="x/worksheet" Target="/xl/s.xml"/></Relationships>"#;
    let bytes = packed(&[
        ("xl\\workbook.xml", r#"<x:workbook xmlns:x="m"><x:sheets><x:sheet name="P" q:id="r"/></x:sheets></x:workbook>"#.to_owned()),
        ("xl/_rels/Workbook.xml.rels", relations.to_owned()),
        ("xl/sharedStrings.xml", texts.to_owned()),
        ("xl/s.xml", format!("<worksheet><sheetData>{cells}</sheetData></worksheet>")),
    ]);
    let workbook = read(&Content::from(&bytes[..]), &Sheets::Unsaid).unwrap();
    let text = workbook.sheets[0].text.head(100).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), "serial\tkind\nA1");
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
