//! Texts of any encoding: what is understood of them.

use super::*;

const REAL: &[u8] = include_bytes!("../../../../../tests/data/marseille/orange_manifest.csv");

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
    let first = good(&manifest).remove(0);
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
    let second = good(&manifest).remove(1);
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
        good(&manifest)
            .iter()
            .all(|row| row.kind == DeviceKind::Monitor)
    );
    let manifest = read(text.as_bytes());
    assert_eq!(manifest.mistakes.line_count(), 2);
    assert_eq!(mistakes(text), [(1, String::new(), Code::Required)]);
}

#[test]
fn a_long_file_gives_all_its_rows() {
    let lines: String = (0..12_000).map(|n| format!("A{n:05};UC\n")).collect();
    let text = format!("serial;type\n{lines}");
    let manifest = read(text.as_bytes());
    assert!(manifest.mistakes.is_empty());
    let found = good(&manifest);
    assert_eq!(found.len(), 12_000);
    assert_eq!(
        (found[11_999].line, found[11_999].serial.as_str()),
        (12_001, "A11999")
    );
}
