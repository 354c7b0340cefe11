//! Files that nobody would send to the readers of captures and of erasure reports: real ones
//! with bytes and words changed. For a second in every test run, and for longer when asked:
//!
//! ```text
//! RESSAC_FUZZ_SECONDS=600 cargo test --release -p workshop --lib fuzz -- --nocapture
//! ```
//!
//! Each file is made from a number alone. One that fails is named by it, and tried again
//! with `RESSAC_FUZZ_SEED`; its number then joins [`KEPT`].
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods // the time of this machine, for the budget
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use files::MediaType;
use kernel::Code;

use crate::model::EraseResult;
use crate::{lshw, report};

const CAPTURES: [&[u8]; 4] = [
    include_bytes!("../fixtures/lshw/desktop.json"),
    include_bytes!("../fixtures/lshw/laptop.json"),
    include_bytes!("../fixtures/lshw/tablet.json"),
    include_bytes!("../fixtures/lshw/station-B.02.19.json"),
];

const REPORTS: [(&[u8], MediaType); 2] = [
    (
        include_bytes!("../fixtures/reports/nwipe.log"),
        MediaType::Plain,
    ),
    (
        include_bytes!("../fixtures/reports/blancco.xml"),
        MediaType::Xml,
    ),
];

/// Numbers of files that failed once.
const KEPT: [u64; 1] = [3379];

/// What means something to a reader.
const WORDS: [&str; 60] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\\"",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "\u{1}",
    "é",
    "\u{1f30a}",
    "null",
    "true",
    "-1",
    "0",
    "1e308",
    "99999999999999999999",
    "9223372036854775807",
    "\"size\" : -5",
    "\"size\" : \"12\"",
    "\"children\" : [",
    "\"children\" : {}",
    "\"class\" : \"disk\"",
    "\"class\" : \"system\"",
    "\"id\" : \"nvme\"",
    "\"businfo\" : \"mmc@0\"",
    "\"businfo\" : \"usb@1\"",
    "\"logicalname\" : []",
    "\"serial\" : \"0\"",
    "\"configuration\" : []",
    "\"capabilities\" : 3",
    "WARNING: ",
    "[2023/02/28 07:08:11]  notice: ",
    "[9999/99/99 99:99:99]",
    "Invoking method '",
    "' on /dev/sda",
    "Found /dev/sda, ",
    "S/N=",
    " | ",
    "|",
    "******************************** Drive Status *********************************",
    "99:99:99",
    "4294967295:00:00",
    "!",
    "\x1b[",
    "<!DOCTYPE a [",
    "<![CDATA[",
    "]]>",
    "<!--",
    "&amp;",
    "&#x0;",
    "&x;",
    "<entries name=\"erasure\">",
    "</entries>",
    "<entry name=\"state\">Successful</entry>",
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
        let end = (at + numbers.below(200)).min(bytes.len());
        match numbers.below(8) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(numbers.next() & 0xff).unwrap(),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at),
            3 => {
                let again = bytes[at..end].to_vec();
                for _ in 0..numbers.below(60) {
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

fn words(numbers: &mut Numbers) -> Vec<u8> {
    let mut text = String::new();
    for _ in 0..numbers.below(150) {
        text.push_str(numbers.one_of(&WORDS));
    }
    text.into_bytes()
}

fn noise(numbers: &mut Numbers) -> Vec<u8> {
    (0..numbers.below(3000))
        .map(|_| u8::try_from(numbers.next() & 0xff).unwrap())
        .collect()
}

/// A capture is read whole, or refused in words.
fn examine_capture(bytes: &[u8]) -> bool {
    match lshw::read(bytes) {
        Err(refusal) => {
            assert!(matches!(
                refusal.code,
                Code::MalformedBody | Code::InvalidFields
            ));
            assert!(!refusal.detail.fr.is_empty() && !refusal.detail.en.is_empty());
            false
        }
        Ok(capture) => {
            assert!(capture.memory_mib.is_none_or(|mib| mib > 0));
            assert!(capture.drives.len() <= 100);
            for drive in &capture.drives {
                assert!(drive.size_bytes.is_none_or(|size| size > 0));
                assert!(drive.serial.as_ref().is_none_or(|serial| {
                    !serial.is_empty() && !serial.contains(char::is_control)
                }));
            }
            // what is stored can be read again
            let stored = serde_json::to_string(&capture).unwrap();
            assert_eq!(capture, serde_json::from_str(&stored).unwrap());
            true
        }
    }
}

/// A report is read, kept unread, or refused in words; no drive is proven without a name for
/// what was done.
fn examine_report(bytes: &[u8], media_type: MediaType) -> bool {
    match report::read(bytes, media_type) {
        Err(refusal) => {
            assert_eq!(refusal.code, Code::ReportUnreadable);
            false
        }
        Ok(None) => false,
        Ok(Some(report)) => {
            for drive in &report.drives {
                assert!(drive.result == EraseResult::Failure || !drive.state.is_empty());
            }
            true
        }
    }
}

fn examine(seed: u64) -> bool {
    let mut numbers = Numbers::of(seed);
    let (report, media_type) = numbers.one_of(&REPORTS);
    match numbers.below(10) {
        0 => {
            let bytes = noise(&mut numbers);
            examine_report(&bytes, media_type) | examine_capture(&bytes)
        }
        1 => {
            let bytes = words(&mut numbers);
            examine_report(
                &bytes,
                numbers.one_of(&[MediaType::Plain, MediaType::Xml, MediaType::Json]),
            ) | examine_capture(&bytes)
        }
        2..=5 => {
            let capture = numbers.one_of(&CAPTURES);
            examine_capture(&changed(capture.to_vec(), &mut numbers))
        }
        6 => {
            // a machine as JSON of a report
            let capture = numbers.one_of(&CAPTURES);
            examine_report(&changed(capture.to_vec(), &mut numbers), MediaType::Json)
        }
        _ => examine_report(&changed(report.to_vec(), &mut numbers), media_type),
    }
}

fn try_seed(seed: u64) -> bool {
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| examine(seed)));
    let took = start.elapsed();
    assert!(took < Duration::from_secs(10), "seed {seed} took {took:?}");
    outcome.unwrap_or_else(|_| panic!("RESSAC_FUZZ_SEED={seed}"))
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
    let budget = Duration::from_secs(number("RESSAC_FUZZ_SECONDS").unwrap_or(1));
    let first = number("RESSAC_FUZZ_FROM").unwrap_or(1);
    let (start, mut tried, mut read) = (Instant::now(), 0_u64, 0_u64);
    while start.elapsed() < budget {
        read += u64::from(try_seed(first + tried));
        tried += 1;
    }
    eprintln!(
        "{tried} files in {:?}, {read} of them read",
        start.elapsed()
    );
}
