//! Files that nobody would send: real ones with bytes and words changed, workbooks with
//! their parts changed inside, made and tried by the crate `fuzzing`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Cursor, Read, Write};
use std::time::Duration;

use fuzzing::{Fuzz, Numbers};
use kernel::{Code, Date};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::tests::made;
use super::{Content, DateOrder, Manifest, Reading, Sheets, Source, Unread};

const CORPUS: [&[u8]; 5] = [
    include_bytes!("../../../../tests/data/marseille/orange_manifest.csv"),
    include_bytes!("../../../../tests/data/manifests/parc.xlsx"),
    include_bytes!("../../../../tests/data/manifests/parc.ods"),
    include_bytes!("../../../../tests/data/manifests/erreurs.xlsx"),
    include_bytes!("../../../../tests/data/manifests/erreurs.ods"),
];

/// Lists with everything that is understood beside devices.
const LISTS: [&str; 3] = [
    "Matériel|||Configuration||Achat\nN° de série|Type|Désignation|RAM|Disque|Date\nA1|UC|x|4+4|256 Go SSD + 1 To|31 décembre 2019\n\
     (hidden)A2||Écran Dell|8192|512|04/05/2019\nÉtage 2|||||\nN° de série|Type||||\nTOTAL|2||||\n|||||2\n",
    "serial|kind|RAM (Go)|Category|Purchase date\nB1|Windows|8|Laptop|05/31/2019\nB2|Ordinateur|2x8||06/07/2019\ntrue|UC|0|x|\n",
    "serial|kind\nC1|UC\n=<c s=\"1\"><v>100000</v></c>|UC\n=<c><f>A1</f></c>|UC\n=<c s=\"3\"><v>12</v></c>|UC\n=<c s=\"2\"><v>43830</v></c>|UC\n",
];

/// Files made of these lists, in each format.
fn made() -> Vec<Vec<u8>> {
    let merged = "<mergeCells><mergeCell ref=\"A1:C1\"/><mergeCell ref=\"D1:E1\"/><mergeCell ref=\"B3:B4\"/><mergeCell ref=\"A5:F5\"/></mergeCells>";
    let mut made = Vec::new();
    for list in LISTS {
        let rows = made::rows(list);
        made.push(made::xlsx(&[
            ("Un", "", &rows, merged),
            ("Deux", "", &rows, ""),
        ]));
        let rows = made::ods_rows(list);
        made.push(made::ods(&[("Un", &rows), ("Deux", &rows)]));
        made.push(list.replace('|', ";").into_bytes());
    }
    made
}

/// What means something to the reader.
const WORDS: [&str; 66] = [
    ";",
    ",",
    "\t",
    "\"",
    "\"\"",
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\u{feff}",
    "\u{a0}",
    "é",
    "=",
    "'",
    "1,23E+15",
    "31/12/2019",
    "2019-13-45",
    "99999999999999999999",
    "-1",
    "1 234,56",
    "N° de série",
    "Type",
    "UC",
    "2x8 Go",
    "<",
    ">",
    "&amp;",
    "&#x0;",
    "&#1114112;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "r=\"A1048577\"",
    "r=\"XFD1\"",
    "r=\"ZZZZZZ99999999999\"",
    "t=\"s\"",
    "t=\"b\"",
    "t=\"d\"",
    "<v>4294967296</v>",
    "<v>1e308</v>",
    "<v>NaN</v>",
    "table:number-rows-repeated=\"4294967295\"",
    "table:number-columns-repeated=\"4294967295\"",
    "office:value-type=\"float\"",
    "office:value=\"1e999\"",
    "</table:table>",
    "<table:table-row>",
    "<text:p>",
    "hidden=\"1\"",
    "<mergeCell ref=\"A2:C9\"/>",
    "<mergeCell ref=\"A1:XFD1048576\"/>",
    "<f>A1</f>",
    "s=\"1\"",
    "_x000D_",
    "_x",
    "table:number-rows-spanned=\"4294967295\"",
    "table:number-columns-spanned=\"9\"",
    "table:visibility=\"filter\"",
    "TOTAL",
    "31 décembre 2019",
    "04/05/2019",
    "4+4",
    "8192 Go",
    "\u{fdd0}",
    "\u{fdd1}",
    "\u{fdd2}",
];

/// A workbook with one part changed inside, and packed again.
fn changed_inside(workbook: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let chosen = numbers.below(archive.len());
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        let telling = ["sheet", "content", "Strings", "workbook", "styles"]
            .iter()
            .any(|word| name.contains(word));
        if at == chosen || (telling && numbers.below(3) == 0) {
            bytes = numbers.changed(bytes, &WORDS);
        }
        packed.start_file(name, plain).unwrap();
        packed.write_all(&bytes).unwrap();
    }
    packed.finish().unwrap().into_inner()
}

fn words(numbers: &mut Numbers) -> Vec<u8> {
    let header = "N° de série;Type;RAM;Date d'achat;Valeur;x\n";
    format!("{header}{}", numbers.words(&WORDS, 120)).into_bytes()
}

fn file(numbers: &mut Numbers) -> Vec<u8> {
    let original = numbers.one_of(&CORPUS);
    match numbers.below(12) {
        8 => {
            let made = made();
            let one = made[numbers.below(made.len())].clone();
            numbers.changed(one, &WORDS)
        }
        9..=11 => {
            let made = made();
            let workbooks: Vec<_> = made.iter().filter(|one| one.starts_with(b"PK")).collect();
            changed_inside(workbooks[numbers.below(workbooks.len())], numbers)
        }
        0 => numbers.noise(4_000),
        1 => words(numbers),
        2 => {
            let words = words(numbers);
            numbers.changed(words, &WORDS)
        }
        3 => numbers.changed(original.to_vec(), &WORDS),
        4 => {
            let beginning = CORPUS[0][..numbers.below(6_000)].to_vec();
            numbers.changed(beginning, &WORDS)
        }
        _ => {
            let workbook = numbers.one_of(&CORPUS[1..]);
            changed_inside(workbook, numbers)
        }
    }
}

/// What holds for any file: it is refused in words, or each of its lines is good or named.
fn examine(bytes: &[u8], sheets: &Sheets, dates: Option<DateOrder>) -> bool {
    let reading = Reading {
        today: Date::from_ymd_opt(2023, 2, 28).unwrap(),
        only_kind: None,
        dates,
        most_rows: 100_000,
    };
    let content = Content::from(bytes);
    let read = Source::with_sheets(&content, sheets).and_then(|source| {
        let manifest = Manifest::read(&source, reading)?;
        Ok((manifest.rows().to_vec(), manifest))
    });
    let (rows, manifest) = match read {
        Ok(read) => read,
        Err(Unread::Disk(cause)) => panic!("{cause}"),
        Err(Unread::Refused(refusal)) => {
            let no_sheet = refusal.code == Code::InvalidFields && *sheets != Sheets::Unsaid;
            let named = [Code::ManifestUnreadable, Code::TooLarge];
            assert!(named.contains(&refusal.code) || no_sheet, "{refusal:?}");
            assert!(!refusal.detail.fr.is_empty() && !refusal.detail.en.is_empty());
            return false;
        }
    };
    let bad = manifest.mistakes.line_count();
    for notice in manifest.warnings().iter().chain(manifest.questions()) {
        assert!(!notice.fr.is_empty() && notice.lines.len() <= 50);
    }
    // without a column of kinds, the file is at fault and not each line
    if manifest
        .columns()
        .iter()
        .any(|column| column.field.as_deref() == Some("kind"))
    {
        assert_eq!(rows.len() as u64 + bad, manifest.row_count());
    }
    for row in &rows {
        assert!(!row.serial.is_empty() && row.serial.chars().count() <= 64);
        assert!(!row.serial.contains(char::is_control));
        assert!(
            row.attributes
                .purchased_on
                .is_none_or(|day| day <= reading.today)
        );
    }
    for mistake in manifest.mistakes.into_sorted() {
        assert!(mistake.line.is_some() && !mistake.detail.fr.is_empty());
    }
    true
}

#[test]
fn fuzz() {
    let lists = Fuzz {
        name: "intake",
        kept: &[],
        slowest: Duration::from_secs(20),
    };
    lists.run(|numbers| {
        let sheets = match numbers.below(4) {
            0 => Sheets::All,
            1 => Sheets::Named("Deux".to_owned()),
            _ => Sheets::Unsaid,
        };
        let dates = numbers.one_of(&[None, Some(DateOrder::MonthFirst)]);
        examine(&file(numbers), &sheets, dates)
    });
}
