//! Whole files, as firms send them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kernel::{Code, Date, DeviceKind, FieldError, Refusal};
use proptest::prelude::*;

use super::{Content, Manifest, ManifestRow, Reading, Source, Unread};

const REAL: &[u8] = include_bytes!("../../../../tests/data/marseille/orange_manifest.csv");

fn reading() -> Reading {
    Reading {
        today: Date::from_ymd_opt(2023, 2, 28).unwrap(),
        only_kind: None,
    }
}

fn try_read(bytes: &[u8], reading: Reading) -> Result<Manifest, Refusal> {
    let content = Content::from(bytes);
    let read = Source::of(&content).and_then(|source| Manifest::read(&source, reading));
    read.map_err(|unread| match unread {
        Unread::Refused(refusal) => *refusal,
        Unread::Disk(cause) => panic!("{cause}"),
    })
}

fn read(bytes: &[u8]) -> Manifest {
    try_read(bytes, reading()).unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

fn good(manifest: &Manifest, bytes: &[u8]) -> Vec<ManifestRow> {
    let content = Content::from(bytes);
    let source = Source::of(&content).unwrap();
    let rows = manifest.rows(&source).unwrap();
    rows.map(Result::unwrap).collect()
}

fn rows(bytes: &[u8]) -> Vec<ManifestRow> {
    let manifest = read(bytes);
    assert!(manifest.mistakes.is_empty(), "{:?}", manifest.mistakes);
    let rows = good(&manifest, bytes);
    assert_eq!(rows.len() as u64, manifest.row_count());
    rows
}

fn mistakes(text: &str) -> Vec<(u64, String, Code)> {
    let told = |error: FieldError| {
        assert!(!error.detail.fr.is_empty() && !error.detail.en.is_empty());
        (
            error.line.unwrap_or(0),
            error.column.unwrap_or_default(),
            error.code,
        )
    };
    read(text.as_bytes())
        .mistakes
        .into_sorted()
        .into_iter()
        .map(told)
        .collect()
}

fn refused(bytes: &[u8]) -> String {
    let refusal = try_read(bytes, reading()).expect_err("no list of devices");
    assert_eq!(refusal.code, Code::ManifestUnreadable);
    assert!(!refusal.detail.en.is_empty());
    refusal.detail.fr.into_owned()
}

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let write = |unit: u16| {
        if little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    };
    std::iter::once(0xFEFF)
        .chain(text.encode_utf16())
        .flat_map(write)
        .collect()
}

#[test]
fn the_real_export_of_1060_desktops_is_read_as_it_is() {
    let manifest = read(REAL);
    assert_eq!(manifest.row_count(), 1060);
    assert!(manifest.mistakes.is_empty());
    assert_eq!((manifest.delimiter(), manifest.header_line()), (';', 3));
    assert_eq!(
        Source::of(&Content::from(REAL)).unwrap().encoding_name(),
        "windows-1252"
    );
    let columns: Vec<_> = manifest
        .columns()
        .into_iter()
        .filter_map(|column| column.field)
        .collect();
    assert_eq!(
        columns,
        [
            "serial",
            "kind",
            "manufacturer",
            "model",
            "processor",
            "memory",
            "storage",
            "purchased_on",
            "site",
            "residual_value"
        ]
    );
    let first = good(&manifest, REAL).remove(0);
    assert_eq!((first.line, first.serial.as_str()), (4, "CZC40WXGHV"));
    assert_eq!(first.kind, DeviceKind::Desktop);
    assert_eq!(first.model.as_deref(), Some("EliteDesk 800 G5 SFF"));
    assert_eq!(first.attributes.memory_mib, Some(8192));
    assert_eq!(first.attributes.storage_gb, Some(256));
    assert_eq!(
        first.attributes.purchased_on,
        Date::from_ymd_opt(2019, 12, 1)
    );
    assert_eq!(first.attributes.residual_value_cents, Some(10_643));
    let second = good(&manifest, REAL).remove(1);
    assert_eq!(
        second.attributes.site.as_deref(),
        Some("Marseille - La Canebière")
    );
}

#[test]
fn every_encoding_delimiter_and_line_end_gives_the_same_rows() {
    let french = "Numéro de série;Modèle;Type\nAB1;Écran été;écran\nAB2;x;PC portable\n";
    let expected = rows(french.as_bytes());
    assert_eq!(expected[0].model.as_deref(), Some("Écran été"));
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(french);
    let with_mark = format!("\u{feff}{french}");
    assert_eq!(rows(&windows), expected);
    assert_eq!(rows(with_mark.as_bytes()), expected);
    for little in [true, false] {
        assert_eq!(rows(&utf16(french, little)), expected);
        assert_eq!(rows(&utf16(french, little)[2..]), expected);
    }
    for delimiter in [",", "\t"] {
        assert_eq!(rows(french.replace(';', delimiter).as_bytes()), expected);
    }
    for end in ["\r\n", "\r"] {
        assert_eq!(rows(french.replace('\n', end).as_bytes()), expected);
    }
}

#[test]
fn names_what_the_encoding_and_delimiter_were() {
    let plain = "serial\tkind\nA1\tlaptop";
    let told = |bytes: &[u8]| {
        let manifest = read(bytes);
        let content = Content::from(bytes);
        let encoding = Source::of(&content).unwrap().encoding_name();
        (encoding, manifest.delimiter())
    };
    assert_eq!(told(plain.as_bytes()), ("utf-8", '\t'));
    assert_eq!(told(&utf16(plain, true)), ("utf-16le", '\t'));
    assert_eq!(told(&utf16(plain, false)), ("utf-16be", '\t'));
    assert_eq!(told("serial,kind\nÉ1,écran".as_bytes()), ("utf-8", ','));
}

#[test]
fn titles_blank_lines_and_trailing_empty_columns_do_not_count() {
    let text = "sep=;\nParc informatique, site d'Aix;;;;\n\n;;;;\nKind;Serial Number;;;\nlaptop;A1;;;\n;;;;\n\nlaptop;A2\n;;\n";
    let found = rows(text.as_bytes());
    assert_eq!(found.iter().map(|row| row.line).collect::<Vec<_>>(), [6, 9]);
}

#[test]
fn columns_come_in_any_order_and_unknown_ones_are_kept() {
    let text = "Couleur,S/N,Désignation,Remarque,Type\nnoir,A1,ThinkPad,,Portable\n";
    let row = rows(text.as_bytes()).remove(0);
    assert_eq!(row.model.as_deref(), Some("ThinkPad"));
    assert_eq!(
        row.attributes.other.get("Couleur").map(String::as_str),
        Some("noir")
    );
    assert_eq!(row.attributes.note, None);
}

#[test]
fn of_two_columns_for_one_field_the_surer_name_wins() {
    let text = "Référence;Modèle;Série;N° de série;Type\nR1;M1;x;A1;UC\n";
    let row = rows(text.as_bytes()).remove(0);
    assert_eq!(
        (row.serial.as_str(), row.model.as_deref()),
        ("A1", Some("M1"))
    );
    assert_eq!(
        row.attributes.other.get("Référence").map(String::as_str),
        Some("R1")
    );
}

#[test]
fn a_list_of_serials_alone_is_enough_when_one_kind_is_declared() {
    let text = "Serial\nA1\nA2\n";
    let only = Reading {
        only_kind: Some(DeviceKind::Monitor),
        ..reading()
    };
    let manifest = try_read(text.as_bytes(), only).unwrap();
    assert!(manifest.mistakes.is_empty());
    assert!(
        good(&manifest, text.as_bytes())
            .iter()
            .all(|row| row.kind == DeviceKind::Monitor)
    );
    let manifest = read(text.as_bytes());
    assert_eq!(manifest.mistakes.line_count(), 2);
    assert_eq!(mistakes(text), [(1, String::new(), Code::Required)]);
}

#[test]
fn every_bad_line_is_named_at_once_by_line_and_column() {
    let text = "Inventaire\n\nN° de série;Type;Date d'achat;RAM (Go);Valeur\n\
        A1;UC;31/12/2019;8;10\n\
        ;UC;;;\n\
        1,23E+15;UC;;;\n\
        a-1;UC;;;\n\
        A2;cafetière;;;\n\
        A3;UC;01/01/2030;;\n\
        A4;UC;;;;de trop\n\
        A5;UC;hier;beaucoup;12 francs\n\
        A6;;;;\n";
    let column = |name: &str| name.to_owned();
    assert_eq!(
        mistakes(text),
        [
            (5, column("N° de série"), Code::Required),
            (6, column("N° de série"), Code::MangledSerial),
            (7, column("N° de série"), Code::DuplicateSerial),
            (8, column("Type"), Code::UnknownKind),
            (9, column("Date d'achat"), Code::DateInFuture),
            (10, column(""), Code::LineTooLong),
            (11, column("RAM (Go)"), Code::UnreadableNumber),
            (11, column("Date d'achat"), Code::UnreadableDate),
            (11, column("Valeur"), Code::UnreadableNumber),
            (12, column("Type"), Code::Required),
        ]
    );
    let manifest = read(text.as_bytes());
    assert_eq!(
        (manifest.row_count(), manifest.mistakes.line_count()),
        (9, 8)
    );
    assert_eq!(good(&manifest, text.as_bytes()).len(), 1);
}

#[test]
fn duplicate_serial_is_found_also_beside_other_mistakes() {
    let text = "serial;kind\nA1;cafetière\nA1;laptop\n";
    let codes: Vec<Code> = mistakes(text)
        .into_iter()
        .map(|(_, _, code)| code)
        .collect();
    assert_eq!(codes, [Code::UnknownKind, Code::DuplicateSerial]);
}

#[test]
fn quote_not_closed_is_one_mistake_and_the_rest_is_read() {
    let text = "serial;kind;note\nA1;laptop;\"vu\nA2;laptop;\nA3;laptop;ok\n";
    assert_eq!(mistakes(text), [(2, String::new(), Code::QuoteNotClosed)]);
    assert_eq!(read(text.as_bytes()).row_count(), 3);
}

#[test]
fn line_numbers_count_the_lines_inside_quoted_cells() {
    let text =
        "\"Titre\nsur deux lignes\"\r\nserial;kind;note\r\nA1;laptop;\"a\nb\nc\"\r\n;laptop;\r\n";
    assert_eq!(mistakes(text), [(7, "serial".to_owned(), Code::Required)]);
}

#[test]
fn too_long_texts_are_named() {
    let text = format!("serial;kind;marque\nA1;laptop;{}\n", "m".repeat(201));
    assert_eq!(mistakes(&text), [(2, "marque".to_owned(), Code::TooLong)]);
}

#[test]
fn manifest_unreadable_says_what_the_file_is() {
    assert!(refused(b"").contains("vide"));
    assert!(refused(b"  \r\n \n").contains("vide"));
    assert!(refused(b"%PDF-1.7\n...").contains("PDF"));
    assert!(refused(b"PK\x03\x04\x14\0\x06\0").contains("classeur"));
    assert!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").contains(".xls"));
    assert!(refused(b"\n <!DOCTYPE html><html></html>").contains("web"));
    assert!(refused(b"[{\"serial\":\"A1\"}]").contains("JSON"));
    assert!(refused(b"\x01\x02\x00\x03serial;kind").contains("texte"));
    assert!(refused(b"bonjour\nmonde\n").contains("titres"));
    assert!(refused(b"Marque;Type\nHP;UC\n").contains("Marque, Type"));
    assert!(refused(b"serial;kind\n;\n\n").contains("aucune ligne"));
    assert!(refused(&vec![b'a'; 3_000_000]).contains("texte"));
    assert!(refused(&[0xFF, 0xFE]).contains("titres"));
}

#[test]
fn a_file_too_large_to_keep_gives_the_same_rows() {
    let lines: String = (0..12_000).map(|n| format!("A{n:05};UC\n")).collect();
    let text = format!("serial;type\n{lines}");
    let manifest = read(text.as_bytes());
    assert!(manifest.kept.is_none() && manifest.mistakes.is_empty());
    let found = good(&manifest, text.as_bytes());
    assert_eq!(found.len(), 12_000);
    assert_eq!(
        (found[11_999].line, found[11_999].serial.as_str()),
        (12_001, "A11999")
    );
}

#[test]
fn thirty_thousand_bad_lines_are_counted_and_some_listed() {
    let mut text = String::from("serial;kind\n");
    for _ in 0..30_000 {
        text.push_str(";cafetière\n");
    }
    let found = read(text.as_bytes()).mistakes;
    assert_eq!(found.line_count(), 30_000);
    assert_eq!(found.omitted(), 50_000);
    let refusal = found.refusal(30_000);
    assert_eq!(
        (refusal.code, refusal.errors.len()),
        (Code::ManifestInvalid, 10_000)
    );
    assert!(refusal.detail.fr.contains("30000"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = try_read(&bytes, reading()).map(|manifest| good(&manifest, &bytes).len());
    }

    #[test]
    fn no_text_below_a_header_makes_it_panic(
        lines in proptest::collection::vec("[ -~é€\u{a0};,\t\"'=+#\r]{0,60}", 0..40),
        mark in proptest::sample::select(vec![&b""[..], b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"]),
    ) {
        let mut bytes = mark.to_vec();
        bytes.extend(b"serial;kind;ram;disque;date achat;valeur;note\n");
        bytes.extend(lines.join("\n").as_bytes());
        if let Ok(manifest) = try_read(&bytes, reading()) {
            let good = good(&manifest, &bytes).len() as u64;
            let bad = manifest.mistakes.line_count();
            prop_assert_eq!(good + bad, manifest.row_count());
        }
    }

    #[test]
    fn what_is_written_is_read_back(
        serials in proptest::collection::hash_set("[A-Z]{3}[0-9]{5}[A-Z]", 1..50),
        note in "[ -~é\n]{0,80}",
    ) {
        let mut text = String::from("kind,serial,note\r\n");
        for serial in &serials {
            text.push_str(&format!("laptop,{serial},\"{}\"\r\n", note.replace('"', "\"\"")));
        }
        let manifest = try_read(text.as_bytes(), reading()).unwrap();
        prop_assert!(manifest.mistakes.is_empty());
        let read: std::collections::HashSet<String> =
            good(&manifest, text.as_bytes()).into_iter().map(|row| row.serial).collect();
        prop_assert_eq!(read, serials);
    }
}

const XLSX: &[u8] = include_bytes!("../../../../tests/data/manifests/parc.xlsx");
const ODS: &[u8] = include_bytes!("../../../../tests/data/manifests/parc.ods");
const WRONG_XLSX: &[u8] = include_bytes!("../../../../tests/data/manifests/erreurs.xlsx");
const WRONG_ODS: &[u8] = include_bytes!("../../../../tests/data/manifests/erreurs.ods");

#[test]
fn a_workbook_is_read_from_its_sheet_of_devices() {
    for (bytes, format) in [(XLSX, "xlsx"), (ODS, "ods")] {
        let content = Content::from(bytes);
        let source = Source::of(&content).unwrap();
        assert_eq!(
            (source.format(), source.sheet()),
            (format, Some("Parc 2019"))
        );
        assert_eq!(
            source.other_sheets(),
            ["Lisez-moi", "Ancien"],
            "told, not read"
        );
        let found = rows(bytes);
        let told: Vec<_> = found
            .iter()
            .map(|row| (row.line, row.serial.as_str(), row.kind))
            .collect();
        assert_eq!(
            told,
            [
                (4, "CZC40WXGHV", DeviceKind::Desktop),
                (5, "00012345", DeviceKind::Laptop),
                (6, "700123456789", DeviceKind::Monitor),
                (8, "SN-4711", DeviceKind::Tablet),
            ],
            "{format}"
        );
        assert_eq!(found[0].model.as_deref(), Some("EliteDesk 800 \"G5\""));
        assert_eq!(found[3].model.as_deref(), Some("iPad <2018> & étui"));
        let attributes = &found[1].attributes;
        assert_eq!(attributes.purchased_on, Date::from_ymd_opt(2018, 3, 31));
        assert_eq!(attributes.residual_value_cents, Some(123_456));
        assert_eq!(attributes.memory_mib, Some(16_384));
        assert_eq!(
            found[3].attributes.storage_gb,
            Some(128),
            "a formula's value"
        );
        assert_eq!(found[0].attributes.other["Couleur"], "noir");
    }
}

#[test]
fn every_bad_row_of_a_workbook_is_named_by_its_number() {
    for bytes in [WRONG_XLSX, WRONG_ODS] {
        let found: Vec<_> = read(bytes)
            .mistakes
            .clone()
            .into_sorted()
            .into_iter()
            .map(|error| (error.line.unwrap(), error.code))
            .collect();
        assert_eq!(
            found,
            [
                (4, Code::MangledSerial),
                (5, Code::UnknownKind),
                (5, Code::DateInFuture),
                (6, Code::Required),
                (7, Code::LineTooLong),
                (7, Code::DuplicateSerial),
                (8, Code::MangledSerial),
            ]
        );
    }
}

#[test]
fn a_damaged_workbook_is_refused_and_harms_nothing() {
    for bytes in [XLSX, ODS] {
        for cut in (4..bytes.len()).step_by(97) {
            let _ = try_read(&bytes[..cut], reading());
        }
        for at in (0..bytes.len()).step_by(31) {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 0x5a;
            let _ = try_read(&bytes, reading());
        }
    }
    assert!(refused(b"PK\x03\x04 and nothing else").contains("classeur"));
}
