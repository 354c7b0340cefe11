//! Files that nobody would send: real ones with bytes and words changed, workbooks with
//! their parts changed inside, made and tried by the crate `fuzzing`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Cursor, Read, Write};
use std::time::Duration;

use fuzzing::{Fuzz, Numbers};
use kernel::{Code, Date};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{Content, Manifest, Reading, Source, Unread};

const CORPUS: [&[u8]; 5] = [
    include_bytes!("../../../../tests/data/marseille/orange_manifest.csv"),
    include_bytes!("../../../../tests/data/manifests/parc.xlsx"),
    include_bytes!("../../../../tests/data/manifests/parc.ods"),
    include_bytes!("../../../../tests/data/manifests/erreurs.xlsx"),
    include_bytes!("../../../../tests/data/manifests/erreurs.ods"),
];

/// What means something to the reader.
const WORDS: [&str; 48] = [
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
    match numbers.below(8) {
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
fn examine(bytes: &[u8]) -> bool {
    let reading = Reading {
        today: Date::from_ymd_opt(2023, 2, 28).unwrap(),
        only_kind: None,
    };
    let content = Content::from(bytes);
    let read = Source::of(&content).and_then(|source| {
        let manifest = Manifest::read(&source, reading)?;
        let rows = manifest.rows(&source)?.collect::<Result<Vec<_>, _>>()?;
        Ok((rows, manifest))
    });
    let (rows, manifest) = match read {
        Ok(read) => read,
        Err(Unread::Disk(cause)) => panic!("{cause}"),
        Err(Unread::Refused(refusal)) => {
            assert_eq!(refusal.code, Code::ManifestUnreadable);
            assert!(!refusal.detail.fr.is_empty() && !refusal.detail.en.is_empty());
            return false;
        }
    };
    let bad = manifest.mistakes.line_count();
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
    lists.run(|numbers| examine(&file(numbers)));
}
