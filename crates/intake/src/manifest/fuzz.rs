//! Files that nobody would send: real ones with bytes and words changed, workbooks with
//! their parts changed inside. For a second in every test run, and for longer when asked:
//!
//! ```text
//! RESSAC_FUZZ_SECONDS=600 cargo test --release -p intake --lib fuzz -- --nocapture
//! ```
//!
//! Each file is made from a number alone. One that fails is named by it, and tried again
//! with `RESSAC_FUZZ_SEED`; its number then joins [`KEPT`]. Of one that ends the process, such
//! as by asking for more memory than there is, the number lies in the file that is printed
//! first. Limit the memory (`ulimit -v 4000000`) before a long run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods // the time of this machine, for the budget
)]

use std::io::{Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

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

/// Numbers of files that failed once.
const KEPT: [u64; 0] = [];

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

/// A row of numbers (xorshift): the same for the same beginning.
struct Numbers(u64);

impl Numbers {
    fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

fn changed(mut bytes: Vec<u8>, numbers: &mut Numbers) -> Vec<u8> {
    for _ in 0..=numbers.below(8) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + numbers.below(64)).min(bytes.len());
        match numbers.below(7) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(numbers.next() & 0xff).unwrap(),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at),
            3 => {
                let again = bytes[at..end].to_vec();
                for _ in 0..numbers.below(20) {
                    bytes.splice(at..at, again.iter().copied());
                }
            }
            4 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            _ => {
                let word = numbers.one_of(&WORDS);
                bytes.splice(at..at, word.bytes());
            }
        }
    }
    bytes
}

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
            bytes = changed(bytes, numbers);
        }
        packed.start_file(name, plain).unwrap();
        packed.write_all(&bytes).unwrap();
    }
    packed.finish().unwrap().into_inner()
}

fn words(numbers: &mut Numbers) -> Vec<u8> {
    let mut text = String::from("N° de série;Type;RAM;Date d'achat;Valeur;x\n");
    for _ in 0..numbers.below(120) {
        text.push_str(numbers.one_of(&WORDS));
    }
    text.into_bytes()
}

fn file(seed: u64) -> Vec<u8> {
    let mut numbers = Numbers::of(seed);
    let original = numbers.one_of(&CORPUS);
    match numbers.below(8) {
        0 => (0..numbers.below(4000))
            .map(|_| u8::try_from(numbers.next() & 0xff).unwrap())
            .collect(),
        1 => words(&mut numbers),
        2 => changed(words(&mut numbers), &mut numbers),
        3 => changed(original.to_vec(), &mut numbers),
        4 => changed(CORPUS[0][..numbers.below(6000)].to_vec(), &mut numbers),
        _ => {
            let workbook = numbers.one_of(&CORPUS[1..]);
            changed_inside(workbook, &mut numbers)
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

/// Where the number of the file under way is written.
fn note() -> PathBuf {
    std::env::temp_dir().join("ressac-fuzz-intake.seed")
}

fn try_seed(seed: u64) -> bool {
    std::fs::write(note(), seed.to_string()).unwrap();
    let bytes = file(seed);
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| examine(&bytes)));
    let took = start.elapsed();
    assert!(took < Duration::from_secs(20), "seed {seed} took {took:?}");
    outcome.unwrap_or_else(|_| panic!("RESSAC_FUZZ_SEED={seed}, {} bytes", bytes.len()))
}

#[test]
fn fuzz() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    if let Some(seed) = number("RESSAC_FUZZ_SEED") {
        try_seed(seed);
        return;
    }
    for seed in KEPT {
        try_seed(seed);
    }
    eprintln!("the number of the file under way: {}", note().display());
    let budget = Duration::from_secs(number("RESSAC_FUZZ_SECONDS").unwrap_or(1));
    let first = number("RESSAC_FUZZ_FROM").unwrap_or(1);
    let (start, mut tried, mut read) = (Instant::now(), 0_u64, 0_u64);
    while start.elapsed() < budget {
        read += u64::from(try_seed(first + tried));
        tried += 1;
    }
    eprintln!(
        "{tried} files in {:?}, {read} of them read as lists",
        start.elapsed()
    );
}
