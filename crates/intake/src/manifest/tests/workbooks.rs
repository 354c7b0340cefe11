//! Workbooks: `.xlsx` and `.ods`.

use super::*;

const XLSX: &[u8] = include_bytes!("../../../../../tests/data/manifests/parc.xlsx");
const ODS: &[u8] = include_bytes!("../../../../../tests/data/manifests/parc.ods");
const WRONG_XLSX: &[u8] = include_bytes!("../../../../../tests/data/manifests/erreurs.xlsx");
const WRONG_ODS: &[u8] = include_bytes!("../../../../../tests/data/manifests/erreurs.ods");

#[test]
fn a_workbook_is_read_from_its_sheet_of_devices() {
    for (bytes, format) in [(XLSX, "xlsx"), (ODS, "ods")] {
        let content = Content::from(bytes);
        let source = Source::of(&content).unwrap();
        assert_eq!(
            (source.format(), source.sheet()),
            (format, Some("Parc 2019".to_owned()))
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
