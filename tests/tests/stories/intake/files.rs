//! The files that firms send: workbooks and texts saved by a spreadsheet program.

use crate::support::intake::{id, step, try_out, upload};
use db::schema::devices as d;
use diesel::prelude::*;
use intake::Attributes;
use kernel::{BatchId, DeviceKind};
use testkit::{Client, TestApp, Value, both_engines, json};

const XLSX: &[u8] = include_bytes!("../../../data/manifests/parc.xlsx");
const ODS: &[u8] = include_bytes!("../../../data/manifests/parc.ods");
const WRONG_XLSX: &[u8] = include_bytes!("../../../data/manifests/erreurs.xlsx");
const WRONG_ODS: &[u8] = include_bytes!("../../../data/manifests/erreurs.ods");
const XLSX_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const ODS_TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";

fn draft(donor: &Client) -> String {
    let batch = donor.post(
        "/batches",
        json!({
            "title": "Parc 2019",
            "declared": [{"kind": "desktop", "quantity": 2}, {"kind": "laptop", "quantity": 2}],
            "pickup": {"address": "10 boulevard de Dunkerque", "postal_code": "13002", "commune": "Marseille",
                "contact_name": "Dora Don", "contact_phone": "04 91 00 00 00",
                "from": "2023-03-01T08:00:00Z", "to": "2023-03-31T17:00:00Z"},
        }),
    );
    id(&batch.expect(201))
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn windows(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match c {
            '€' => 0x80,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect()
}

/// What a dry run understood: encoding, delimiter, header line, and the devices.
fn understood(donor: &Client, id: &str, bytes: &[u8]) -> (String, String, u64, Value) {
    let report = try_out(donor, id, bytes).expect(200);
    assert_eq!(report["errors"], json!([]), "{report}");
    assert_eq!(report["dry_run"], true);
    (
        report["encoding"].as_str().unwrap().to_owned(),
        report["delimiter"].as_str().unwrap().to_owned(),
        report["header_line"].as_u64().unwrap(),
        report["preview"].clone(),
    )
}

/// The same list, as a spreadsheet program saves it in each form; see `tests/fixtures`.
macro_rules! saved {
    ($($name:literal $encoding:literal $delimiter:literal),* $(,)?) => {
        [$(($name, &include_bytes!(concat!("../../../fixtures/manifests/", $name))[..], $encoding, $delimiter)),*]
    };
}

/// What is stored of a device: serial number, kind, manufacturer, model, the rest.
type Stored = (
    Option<String>,
    DeviceKind,
    Option<String>,
    Option<String>,
    Attributes,
);

fn stored(app: &TestApp, batch: &str) -> Vec<Stored> {
    let batch: BatchId = batch.parse().unwrap();
    app.read(move |db| {
        Ok(d::table
            .filter(d::batch_id.eq(batch))
            .order(d::manifest_line)
            .select((d::serial, d::kind, d::manufacturer, d::model, d::attributes))
            .load(db)?)
    })
}

both_engines! {
    fn whatever_a_spreadsheet_program_saves_is_stored_alike(app) {
        let files = saved![
            "parc.xlsx" "utf-8" "", "parc.ods" "utf-8" "",
            "utf8.csv" "utf-8" ";", "utf8-bom.csv" "utf-8" ";", "windows-1252.csv" "windows-1252" ";",
            "utf16.csv" "utf-16le" "\t", "tabulations.csv" "utf-8" "\t", "virgules.csv" "utf-8" ",",
        ];
        for (name, bytes, encoding, delimiter) in files {
            let batch = draft(&app.donor);
            let report = upload(&app.donor, &batch, bytes).expect(200);
            assert_eq!((&report["rows"], &report["accepted"], &report["header_line"]), (&json!(6), &json!(6), &json!(3)), "{name}");
            assert_eq!((&report["encoding"], &report["delimiter"]), (&json!(encoding), &json!(delimiter)), "{name}");
            let fields: Vec<_> = report["columns"].as_array().unwrap().iter().map(|column| column["field"].as_str().unwrap()).collect();
            assert_eq!(fields, ["serial", "kind", "manufacturer", "model", "memory", "storage", "purchased_on", "residual_value",
                "inventory_number", "note"], "{name}");
            let devices = stored(app, &batch);
            let serials: Vec<_> = devices.iter().map(|device| device.0.as_deref().unwrap()).collect();
            assert_eq!(serials, ["CZC93012A7", "00048213", "48213377", "123456789012345", "5CG9-4410 ZK", "PF1XKL92"], "{name}");
            let kinds: Vec<_> = devices.iter().map(|device| device.1).collect();
            assert_eq!(kinds, [DeviceKind::Desktop, DeviceKind::Desktop, DeviceKind::Laptop, DeviceKind::Tablet, DeviceKind::Monitor,
                DeviceKind::Laptop], "{name}");
            let days: Vec<_> = devices.iter().map(|device| device.4.purchased_on.unwrap().to_string()).collect();
            assert_eq!(days, ["2019-12-31", "2020-01-02", "2019-03-04", "2021-06-30", "2018-11-15", "2022-02-28"], "{name}");
            let cents: Vec<_> = devices.iter().map(|device| device.4.residual_value_cents.unwrap()).collect();
            assert_eq!(cents, [123_456, 98_740, 0, 8_990, 1_234_567, 150_000], "{name}");
            let sizes: Vec<_> = devices.iter().map(|device| (device.4.memory_mib, device.4.storage_gb)).collect();
            assert_eq!(sizes, [(Some(8192), Some(256)), (Some(16_384), Some(512)), (Some(8192), Some(256)), (Some(3072), Some(32)),
                (None, None), (Some(16_384), Some(1000))], "{name}");
            assert_eq!(devices[0].4.inventory_number.as_deref(), Some("0001042"), "{name}");
            assert_eq!(devices[4].3.as_deref(), Some("ProLite « 24\" »"), "{name}");
            assert_eq!(devices[4].4.note.as_deref(), Some("salle B ; 2e étage"), "{name}");
            app.donor.post(&format!("/batches/{batch}/cancel"), json!({"reason": "Essai"})).expect(200);
        }
    }

    fn the_same_devices_in_another_form_are_not_taken_twice(app) {
        let [(_, workbook, ..), (_, text, ..)] = saved!["parc.xlsx" "" "", "utf16.csv" "" ""];
        let (first, second) = (draft(&app.donor), draft(&app.donor));
        upload(&app.donor, &first, workbook).expect(200);
        let problem = upload(&app.donor, &second, text).refused(422, "duplicate_serial");
        assert_eq!((problem["errors"].as_array().unwrap().len(), &problem["rejected"]), (6, &json!(6)));
        step(&app.donor, &first, "submit").expect(200);
        app.staff.post(&format!("/batches/{first}/refuse"), json!({"reason": "En double"})).expect(200);
        upload(&app.donor, &second, text).expect(200);
    }

    fn a_workbook_is_taken_as_it_was_saved(app) {
        for (bytes, kind, format) in [(XLSX, XLSX_TYPE, "xlsx"), (ODS, ODS_TYPE, "ods")] {
            let id = draft(&app.donor);
            let path = format!("/batches/{id}/manifest");
            let dry = app.donor.send("PUT", &format!("{path}?dry_run=true"), kind, bytes).expect(200);
            assert_eq!((&dry["format"], &dry["sheet"], &dry["header_line"]), (&json!(format), &json!("Parc 2019"), &json!(3)));
            assert_eq!((&dry["rows"], &dry["accepted"]), (&json!(4), &json!(4)));
            assert_eq!(dry["columns"][6], json!({"column": "Date d'achat", "field": "purchased_on"}));
            assert_eq!(dry["columns"][8], json!({"column": "Couleur", "field": null}));
            assert_eq!(dry["preview"][1]["serial"], "00012345", "a text keeps its zeros");
            assert_eq!(dry["preview"][0]["attributes"]["purchased_on"], "2019-12-01");
            assert_eq!(dry["preview"][0]["attributes"]["residual_value_cents"], 10_643);
            assert_eq!(dry["preview"][3]["serial"], "SN-4711", "a formula's value");
            assert_eq!((&dry["preview"][2]["line"], &dry["preview"][3]["line"]), (&json!(6), &json!(8)));
            let stored = app.donor.send("PUT", &path, kind, bytes).expect(200);
            assert_eq!((&stored["accepted"], &stored["unchanged"]), (&json!(4), &json!(false)));
            let again = app.donor.send("PUT", &path, kind, bytes).expect(200);
            assert_eq!((&again["unchanged"], &again["sheet"]), (&json!(true), &json!("Parc 2019")));
            let batch = app.donor.get(&format!("/batches/{id}")).expect(200);
            assert_eq!((&batch["manifest"]["rows"], &batch["manifest"]["format"]), (&json!(4), &json!(format)));
            app.donor.post(&format!("/batches/{id}/cancel"), json!({"reason": "Essai"})).expect(200);
        }
    }

    fn every_bad_row_of_a_workbook_is_named(app) {
        let id = draft(&app.donor);
        for bytes in [WRONG_XLSX, WRONG_ODS] {
            let problem = app.donor.put_csv(&format!("/batches/{id}/manifest"), bytes).refused(422, "manifest_invalid");
            let found: Vec<_> = problem["errors"].as_array().unwrap().iter()
                .map(|error| (error["line"].as_u64().unwrap(), error["code"].as_str().unwrap())).collect();
            assert_eq!(found, [(4, "mangled_serial"), (5, "unknown_kind"), (5, "date_in_future"), (6, "required"),
                (7, "line_too_long"), (7, "duplicate_serial"), (8, "mangled_serial")]);
            assert_eq!(problem["sheet"], "Feuille1");
        }
    }

    fn a_damaged_workbook_is_a_clear_refusal(app) {
        let id = draft(&app.donor);
        for bytes in [&XLSX[..2000], &ODS[..2000], b"PK\x03\x04nonsense", b"PK\x05\x06"] {
            let problem = app.donor.put_csv(&format!("/batches/{id}/manifest"), bytes).refused(422, "manifest_unreadable");
            assert!(problem["detail"].as_str().unwrap().contains("classeur"), "{problem}");
        }
    }

    fn every_encoding_delimiter_and_line_end_is_read_alike(app) {
        let id = draft(&app.donor);
        let text = |delimiter: &str, end: &str| {
            ["Inventaire cédé à la Ville", "", "N° de série;Type;Valeur (€);Acheté le;;", "É1;écran;1 234,56;31/12/2019;;",
                "", "\"É2\";PC portable;;;;"].join(end).replace(';', delimiter)
        };
        // with commas, a decimal comma goes into quotation marks
        let quoted = text(",", "\n").replace("1 234,56", "\"1 234,56\"");
        let marked = [b"\xEF\xBB\xBF".to_vec(), text(";", "\r\n").into_bytes()].concat();
        let files: [(Vec<u8>, &str, &str); 6] = [
            (text(";", "\r\n").into_bytes(), "utf-8", ";"),
            (marked, "utf-8", ";"),
            (windows(&text(";", "\r\n")), "windows-1252", ";"),
            (utf16(&text("\t", "\r\n")), "utf-16le", "\t"),
            (text("\t", "\r").into_bytes(), "utf-8", "\t"),
            (quoted.into_bytes(), "utf-8", ","),
        ];
        let mut seen: Vec<Value> = Vec::new();
        for (bytes, encoding, delimiter) in files {
            let (found, between, header, preview) = understood(&app.donor, &id, &bytes);
            assert_eq!((found.as_str(), between.as_str(), header), (encoding, delimiter, 3));
            seen.push(preview);
        }
        assert!(seen.windows(2).all(|two| two[0] == two[1]), "{seen:?}");
        assert_eq!(seen[0][0]["attributes"]["residual_value_cents"], 123_456);
        assert_eq!((&seen[0][1]["serial"], &seen[0][1]["line"]), (&json!("É2"), &json!(6)));
    }

    fn headers_are_known_in_both_languages_and_any_order(app) {
        let id = draft(&app.donor);
        for header in ["N° de série;Type", "Type ; NUMERO  SERIE", "S/N;Kind", "Device type;Serial Number", "kind;serial_number"] {
            let serial_first = !header.to_lowercase().starts_with(['t', 'd', 'k']);
            let row = if serial_first { "A1;laptop" } else { "PC portable;A1" };
            let (.., preview) = understood(&app.donor, &id, format!("{header}\n{row}\n").as_bytes());
            assert_eq!((&preview[0]["serial"], &preview[0]["kind"]), (&json!("A1"), &json!("laptop")), "{header}");
        }
    }
}
