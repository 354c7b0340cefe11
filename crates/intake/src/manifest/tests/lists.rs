//! What firms' lists hold beside devices, and how it is understood.

use super::*;

fn serials(rows: &[ManifestRow]) -> Vec<&str> {
    rows.iter().map(|row| row.serial.as_str()).collect()
}

fn codes(notices: &[Notice]) -> Vec<NoticeCode> {
    notices.iter().map(|notice| notice.code).collect()
}

/// The good rows and the warnings of a list without mistakes.
fn told(text: &str) -> (Vec<ManifestRow>, Vec<Notice>) {
    let manifest = read(text.as_bytes());
    let mistakes = manifest.mistakes.clone().into_sorted();
    assert!(mistakes.is_empty(), "{mistakes:?}\n{text}");
    (good(&manifest), manifest.warnings().to_vec())
}

#[test]
fn total_and_count_lines_are_no_devices() {
    let list = "N° de série;Type;Marque;Valeur\nA1;UC;HP;100\nA2;écran;HP;20\n";
    for last in [
        "TOTAL;;;120",
        "Total : 2 PC;;;",
        "TOTAL;2;;120",
        ";;Total;120",
        ";Total général :;;120",
        "Sous-total;;;",
        "Nombre de postes : 2;;;",
        ";;;2",
        "2;;;",
        "2 PC;;;",
    ] {
        let (rows, warnings) = told(&format!("{list}{last}\n"));
        assert_eq!(serials(&rows), ["A1", "A2"], "{last}");
        assert_eq!(codes(&warnings), [NoticeCode::LinesLeftOut], "{last}");
        assert_eq!(warnings[0].lines, [4]);
    }
    // a machine of a firm that is called so
    let (rows, _) = told("Site;N° de série;Type\nTotal;CZC1234567;UC\nTotal;12345;UC\n");
    assert_eq!(serials(&rows), ["CZC1234567", "12345"]);
    // numbers alone are serial numbers where there is nothing else
    let only = Reading {
        only_kind: Some(DeviceKind::Desktop),
        ..reading()
    };
    for list in ["Serial\n7001\n7002\n", "Serial;Note\n7001;\n7002;\n"] {
        let manifest = try_read(list.as_bytes(), only).unwrap();
        assert_eq!(manifest.row_count(), 2);
    }
}

#[test]
fn column_names_that_are_repeated_are_no_device() {
    let (rows, warnings) = told("N° de série;Type\nA1;UC\nN° de série;Type\nA2;UC\n");
    assert_eq!(serials(&rows), ["A1", "A2"]);
    assert_eq!(warnings[0].lines, [3]);
}

#[test]
fn two_line_header_is_understood_as_one() {
    for text in [
        // groups above, columns below
        "Matériel;;;Configuration;;Achat;\nN° de série;Type;Marque;RAM;Disque;Date;Couleur\nA1;UC;HP;8;256;31/12/2019;noir\n",
        // names that go on below
        "N° de;Type de;Marque;RAM;Disque;Date;Couleur\nsérie;matériel;;(Go);(Go);d'achat;\nA1;UC;HP;8;256;31/12/2019;noir\n",
        // some above, the rest below
        "N° de série;Type;Marque;Configuration;;Achat;Couleur\n;;;RAM;Disque;Date;\nA1;UC;HP;8;256;31/12/2019;noir\n",
        // in another language below
        "N° de série;Type;Marque;RAM;Disque;Date d'achat;Couleur\nSerial number;Kind;Brand;Memory;Disk;Purchase date;Color\nA1;UC;HP;8;256;31/12/2019;noir\n",
    ] {
        let (rows, warnings) = told(text);
        assert_eq!(serials(&rows), ["A1"], "{text}");
        let attributes = &rows[0].attributes;
        assert_eq!(rows[0].manufacturer.as_deref(), Some("HP"), "{text}");
        assert_eq!(
            (attributes.memory_mib, attributes.storage_gb),
            (Some(8192), Some(256)),
            "{text}"
        );
        assert_eq!(
            attributes.purchased_on,
            Date::from_ymd_opt(2019, 12, 31),
            "{text}"
        );
        assert_eq!(codes(&warnings), [NoticeCode::TwoLineHeader], "{text}");
        assert_eq!(warnings[0].lines, [1, 2]);
    }
    // a device without its serial number is no second line of names
    let text = "N° de série;Type;Disque\n;UC;SSD\n";
    assert_eq!(read(text.as_bytes()).row_count(), 1);
}

#[test]
fn category_and_designation_say_the_kind_when_type_is_empty() {
    let text = "N° de série;Type;Category;Désignation\n\
        A1;;Laptop;HP 840\n\
        A2;;;Écran Dell P2419H\n\
        A3;OptiPlex 3060;Desktop;x\n\
        A4;Ordinateur;Laptop;x\n\
        A5;tablette;Laptop;x\n";
    let (rows, _) = told(text);
    let kinds: Vec<_> = rows.iter().map(|row| row.kind).collect();
    assert_eq!(
        kinds,
        [
            DeviceKind::Laptop,
            DeviceKind::Monitor,
            DeviceKind::Desktop,
            DeviceKind::Laptop,
            DeviceKind::Tablet
        ]
    );
    assert_eq!(rows[1].model.as_deref(), Some("Écran Dell P2419H"));
    // without any column of kinds
    let (rows, _) = told("S/N,Désignation\nB1,PC portable HP ProBook 450\n");
    assert_eq!(rows[0].kind, DeviceKind::Laptop);
    assert_eq!(
        mistakes("S/N,Désignation\nB1,EliteBook 840\n"),
        [(2, "Désignation".to_owned(), Code::Required)]
    );
}

#[test]
fn exports_of_glpi_ocs_lansweeper_and_intune_are_read() {
    for text in [
        "Nom;Entité;Statut;Fabricant;Numéro de série;Type;Modèle;Lieu;Composants - Processeur;Composants - Mémoire\n\
         PC-12;Racine;En service;Dell;A1;Notebook;Latitude 5490;Aix;i5;8192\n",
        "Computer;User;Serial number;Manufacturer;Model;Type;RAM(MB);CPU\n\
         PC-12;x;A1;Dell;Latitude 5490;Notebook;8192;i5\n",
        "AssetName,AssetTypename,Chassis type,Serialnumber,Manufacturer,Model,Memory,Processor,IPLocation\n\
         PC-12,Windows,Laptop,A1,Dell,Latitude 5490,8192,i5,Aix\n",
        "Device name,OS,Serial number,Manufacturer,Model,Device category,Chassis type,Physical memory,Processor\n\
         PC-12,Windows,A1,Dell,Latitude 5490,Unknown,Laptop,8589934592,i5\n",
    ] {
        let (rows, _) = told(text);
        let row = &rows[0];
        assert_eq!(
            (row.serial.as_str(), row.kind, row.manufacturer.as_deref()),
            ("A1", DeviceKind::Laptop, Some("Dell")),
            "{text}"
        );
        assert_eq!(row.attributes.memory_mib, Some(8192), "{text}");
    }
}

#[test]
fn ram_of_8_tib_is_refused() {
    let text = "serial;kind;RAM (Go)\nA1;UC;8192\nA2;UC;4+4\nA3;UC;8192 Mo\nA4;UC;8 To\n";
    assert_eq!(
        mistakes(text),
        [
            (2, "RAM (Go)".to_owned(), Code::OutOfRange),
            (5, "RAM (Go)".to_owned(), Code::OutOfRange)
        ]
    );
    let (rows, _) = told("serial;kind;RAM\nA1;UC;8192\nA2;UC;4+4\nA3;UC;8\nA4;UC;0\n");
    let sizes: Vec<_> = rows.iter().map(|row| row.attributes.memory_mib).collect();
    assert_eq!(sizes, [Some(8192), Some(8192), Some(8192), None]);
}

#[test]
fn values_of_another_column_are_no_serials() {
    let text = "serial;kind\ntrue;UC\n0.5;UC\n-5;UC\nVRAI;UC\n0,5;UC\n";
    let found = mistakes(text);
    assert_eq!(found.len(), 5);
    assert!(
        found.iter().all(|(_, _, code)| *code == Code::Required),
        "{found:?}"
    );
}

#[test]
fn a_day_in_words_is_a_date() {
    let (rows, _) = told(
        "serial;kind;Date d'achat\nA1;UC;31 décembre 2019\nA2;UC;1er mars 2020\nA3;UC;31-déc.-19\n",
    );
    let days: Vec<_> = rows.iter().map(|row| row.attributes.purchased_on).collect();
    let day = Date::from_ymd_opt;
    assert_eq!(
        days,
        [day(2019, 12, 31), day(2020, 3, 1), day(2019, 12, 31)]
    );
}

fn days(text: &str, dates: Option<DateOrder>) -> (Vec<Option<Date>>, Vec<Notice>, Vec<Notice>) {
    let reading = Reading { dates, ..reading() };
    let manifest = try_read(text.as_bytes(), reading).unwrap();
    let rows = good(&manifest);
    (
        rows.iter().map(|row| row.attributes.purchased_on).collect(),
        manifest.warnings().to_vec(),
        manifest.questions().to_vec(),
    )
}

#[test]
fn ambiguous_dates_are_asked_about_once_for_the_column() {
    let text = "serial;kind;Date d'achat\nA1;UC;04/05/2019\nA2;UC;06/07/2019\nA3;UC;2019-01-02\n";
    let day = Date::from_ymd_opt;
    let (found, warnings, questions) = days(text, None);
    assert_eq!(found, [day(2019, 5, 4), day(2019, 7, 6), day(2019, 1, 2)]);
    assert!(warnings.is_empty());
    assert_eq!(codes(&questions), [NoticeCode::AmbiguousDates]);
    let question = &questions[0];
    assert_eq!(
        (
            question.column.as_deref(),
            question.count,
            question.parameter.as_deref()
        ),
        (Some("Date d'achat"), 2, Some("dates"))
    );
    assert_eq!(question.options, ["dmy", "mdy"]);
    let (found, _, questions) = days(text, Some(DateOrder::MonthFirst));
    assert_eq!(found, [day(2019, 4, 5), day(2019, 6, 7), day(2019, 1, 2)]);
    assert!(questions.is_empty());
    let (_, _, questions) = days(text, Some(DateOrder::DayFirst));
    assert!(questions.is_empty());
    // one day of the column tells the order of all
    let text = "serial;kind;Date d'achat\nA1;UC;04/05/2019\nA2;UC;31/12/2019\n";
    let (found, warnings, questions) = days(text, None);
    assert_eq!(found, [day(2019, 5, 4), day(2019, 12, 31)]);
    assert!(warnings.is_empty() && questions.is_empty());
    let text = "serial;kind;Date d'achat\nA1;UC;04/05/2019\nA2;UC;12/31/2019\n";
    let (found, warnings, questions) = days(text, None);
    assert_eq!(found, [day(2019, 4, 5), day(2019, 12, 31)]);
    assert_eq!(codes(&warnings), [NoticeCode::MonthFirst]);
    assert!(questions.is_empty());
}
