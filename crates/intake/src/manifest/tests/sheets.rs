//! What only a workbook has: merged cells, several sheets, formats, hidden rows, formulas.

use super::made::{ods, ods_rows, rows as cells, xlsx};
use super::*;

fn codes(notices: &[Notice]) -> Vec<NoticeCode> {
    notices.iter().map(|notice| notice.code).collect()
}

fn kinds(bytes: &[u8]) -> Vec<(String, DeviceKind)> {
    let found = rows(bytes);
    found
        .into_iter()
        .map(|row| (row.serial, row.kind))
        .collect()
}

fn in_both(lines: &str) -> [Vec<u8>; 2] {
    [
        xlsx(&[("Parc", "", &cells(lines), "")]),
        ods(&[("Parc", &ods_rows(lines))]),
    ]
}

#[test]
fn a_merged_kind_is_that_of_each_row_it_spans() {
    let lines = "N° de série|Type|Marque\nE1|Écran|Dell\nE2||\nE3||HP\nP1|PC portable|HP\nP2||\n";
    let merged =
        "<mergeCells count=\"2\"><mergeCell ref=\"B2:B4\"/><mergeCell ref=\"B5:B6\"/></mergeCells>";
    let workbook = xlsx(&[("Parc", "", &cells(lines), merged)]);
    let span = |text: &str, rows: u32| {
        format!(
            "=<table:table-cell office:value-type=\"string\" table:number-rows-spanned=\"{rows}\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let covered = "=<table:covered-table-cell/>";
    let lines = format!(
        "N° de série|Type|Marque\nE1|{}|Dell\nE2|{covered}|\nE3|{covered}|HP\nP1|{}|HP\nP2|{covered}|\n",
        span("Écran", 3),
        span("PC portable", 2)
    );
    let document = ods(&[("Parc", &ods_rows(&lines))]);
    for bytes in [workbook, document] {
        let monitor = |serial: &str| (serial.to_owned(), DeviceKind::Monitor);
        let laptop = |serial: &str| (serial.to_owned(), DeviceKind::Laptop);
        assert_eq!(
            kinds(&bytes),
            [
                monitor("E1"),
                monitor("E2"),
                monitor("E3"),
                laptop("P1"),
                laptop("P2")
            ]
        );
    }
}

#[test]
fn a_merged_title_between_devices_is_no_device() {
    let lines = "N° de série|Type|Marque\nÉtage 2||\nA1|UC|HP\n";
    let merged = "<mergeCells><mergeCell ref=\"A2:C2\"/></mergeCells>";
    let bytes = xlsx(&[("Parc", "", &cells(lines), merged)]);
    let manifest = read(&bytes);
    assert_eq!(kinds(&bytes), [("A1".to_owned(), DeviceKind::Desktop)]);
    assert_eq!(codes(manifest.warnings()), [NoticeCode::LinesLeftOut]);
}

#[test]
fn two_line_header_with_merged_groups() {
    let lines = "N° de série|Type|Configuration||\n||Processeur|RAM|Disque\nA1|UC|i5|8|256\n";
    let merged = "<mergeCells><mergeCell ref=\"A1:A2\"/><mergeCell ref=\"B1:B2\"/><mergeCell ref=\"C1:E1\"/></mergeCells>";
    let bytes = xlsx(&[("Parc", "", &cells(lines), merged)]);
    let found = rows(&bytes);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].attributes.processor.as_deref(), Some("i5"));
    assert_eq!(found[0].attributes.memory_mib, Some(8192));
    assert_eq!(found[0].attributes.storage_gb, Some(256));
}

fn asked(bytes: &[u8], sheets: Sheets) -> Result<(Manifest, Vec<ManifestRow>), Refusal> {
    let content = Content::from(bytes);
    let refused = |unread| match unread {
        Unread::Refused(refusal) => *refusal,
        Unread::Disk(cause) => panic!("{cause}"),
    };
    let source = Source::with_sheets(&content, &sheets).map_err(refused)?;
    let manifest = Manifest::read(&source, reading()).map_err(refused)?;
    let rows = manifest.rows().to_vec();
    Ok((manifest, rows))
}

#[test]
fn several_sheets_with_devices_are_asked_about() {
    let laptops = "N° de série|Type|Marque\nP1|PC portable|HP\nP2|PC portable|HP\n";
    let monitors = "Type|S/N\nÉcran|E1\nÉcran|P1\n";
    let notes = "Ce classeur|\nSérie|Quantité\nA|3\n";
    let sheets = [
        ("Portables", "", cells(laptops)),
        ("Écrans", "", cells(monitors)),
        ("Vieux", "state=\"hidden\"", cells(laptops)),
        ("Notes", "", cells(notes)),
    ];
    let sheets: Vec<_> = sheets
        .iter()
        .map(|(name, state, rows)| (*name, *state, rows.as_str(), ""))
        .collect();
    let tables = [
        ("Portables", ods_rows(laptops)),
        ("Écrans", ods_rows(monitors)),
        ("Notes", ods_rows(notes)),
    ];
    let tables: Vec<_> = tables
        .iter()
        .map(|(name, rows)| (*name, rows.as_str()))
        .collect();
    for bytes in [xlsx(&sheets), ods(&tables)] {
        let (manifest, rows) = asked(&bytes, Sheets::Unsaid).unwrap();
        assert_eq!(rows.len(), 2, "the one that says most");
        let question = &manifest.questions()[0];
        assert_eq!(question.code, NoticeCode::SeveralSheets);
        assert_eq!(question.parameter.as_deref(), Some("sheet"));
        assert_eq!(question.options, ["*", "Portables", "Écrans"]);

        let (manifest, rows) = asked(&bytes, Sheets::Named("écrans".to_owned())).unwrap();
        assert!(manifest.questions().is_empty());
        assert_eq!(rows[0].kind, DeviceKind::Monitor);

        let (manifest, rows) = asked(&bytes, Sheets::All).unwrap();
        assert!(manifest.questions().is_empty());
        assert_eq!((manifest.row_count(), rows.len()), (4, 3));
        assert_eq!(
            (rows[2].sheet.as_deref(), rows[2].line),
            (Some("Écrans"), 2)
        );
        let found = manifest.mistakes.into_sorted();
        assert_eq!(
            (found[0].line, found[0].code),
            (Some(3), Code::DuplicateSerial)
        );
        assert!(
            found[0].detail.fr.starts_with("Feuille « Écrans »"),
            "{found:?}"
        );

        let refusal = asked(&bytes, Sheets::Named("Absente".to_owned())).unwrap_err();
        assert!(refusal.errors[0].detail.fr.contains("Portables, Écrans"));
    }
}

#[test]
fn a_serial_shown_with_an_exponent_is_mangled_serial() {
    let number = "=<c s=\"1\"><v>100000</v></c>";
    let workbook = xlsx(&[(
        "Parc",
        "",
        &cells(&format!("serial|kind|valeur\n{number}|UC|{number}\n")),
        "",
    )]);
    let number = "=<table:table-cell office:value-type=\"float\" office:value=\"100000\"><text:p>1,00E+05</text:p></table:table-cell>";
    let document = ods(&[(
        "Parc",
        &ods_rows(&format!("serial|kind|valeur\n{number}|UC|{number}\n")),
    )]);
    for bytes in [workbook, document] {
        let found = read(&bytes).mistakes.into_sorted();
        let found: Vec<_> = found
            .into_iter()
            .map(|error| (error.line, error.code))
            .collect();
        assert_eq!(found, [(Some(2), Code::MangledSerial)]);
    }
    let twin = "serial;kind;valeur\n1,00E+05;UC;1\n";
    assert_eq!(
        mistakes(twin),
        [(2, "serial".to_owned(), Code::MangledSerial)]
    );
}

#[test]
fn leading_zeros_that_a_format_shows_belong_to_the_number() {
    let workbook = xlsx(&[(
        "Parc",
        "",
        &cells("serial|kind\n=<c s=\"3\"><v>12345</v></c>|UC\n"),
        "",
    )]);
    let number = "=<table:table-cell office:value-type=\"float\" office:value=\"12345\"><text:p>00012345</text:p></table:table-cell>";
    let document = ods(&[("Parc", &ods_rows(&format!("serial|kind\n{number}|UC\n")))]);
    for bytes in [workbook, document] {
        assert_eq!(kinds(&bytes)[0].0, "00012345");
    }
}

#[test]
fn truths_are_no_serials() {
    let truth = "=<c t=\"b\"><v>1</v></c>";
    let bytes = xlsx(&[(
        "Parc",
        "",
        &cells(&format!("serial|kind\n{truth}|UC\n")),
        "",
    )]);
    assert_eq!(read(&bytes).mistakes.into_sorted()[0].code, Code::Required);
}

#[test]
fn hidden_rows_are_said() {
    for bytes in in_both("serial|kind\nA1|UC\n(hidden)A2|UC\n(hidden)A3|UC\nA4|UC\n") {
        let manifest = read(&bytes);
        assert_eq!(rows(&bytes).len(), 4, "they are read");
        assert_eq!(codes(manifest.warnings()), [NoticeCode::HiddenRows]);
        let warning = &manifest.warnings()[0];
        assert_eq!((warning.count, &warning.lines[..]), (2, &[3, 4][..]));
    }
}

#[test]
fn formulas_without_value_are_said() {
    let formula = "=<c><f>VLOOKUP(A2,x,2)</f></c>";
    let empty = "=<c t=\"str\"><f>IF(1,&quot;&quot;)</f><v></v></c>";
    let lines = format!("serial|kind|marque|note\nA1|UC|{formula}|{empty}\n{formula}|UC|HP|\n");
    let workbook = xlsx(&[("Parc", "", &cells(&lines), "")]);
    let formula = "=<table:table-cell table:formula=\"of:=VLOOKUP()\"/>";
    let empty = "=<table:table-cell table:formula=\"of:=IF()\" office:value-type=\"string\" office:string-value=\"\"/>";
    let lines = format!("serial|kind|marque|note\nA1|UC|{formula}|{empty}\n{formula}|UC|HP|\n");
    let document = ods(&[("Parc", &ods_rows(&lines))]);
    for bytes in [workbook, document] {
        let manifest = read(&bytes);
        assert_eq!(
            codes(manifest.warnings()),
            [NoticeCode::FormulasWithoutValue]
        );
        assert_eq!(manifest.warnings()[0].lines, [2, 3]);
        let found = manifest.mistakes.clone().into_sorted();
        assert_eq!(
            (found.len(), found[0].line, found[0].code),
            (1, Some(3), Code::Required)
        );
        assert!(found[0].detail.fr.contains("formule"), "{found:?}");
    }
}
