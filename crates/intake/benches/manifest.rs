//! How long it takes to read a manifest of 10 000 devices, row by row, beside the `csv` crate
//! alone on the same bytes.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fmt::Write as _;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use csv::{ByteRecord, ReaderBuilder};
use intake::manifest::{Content, Manifest, Reading, Source};

const ROWS: u64 = 10_000;

/// What a firm's spreadsheet looks like, each device with a serial number of its own.
fn text() -> String {
    let models = [
        ("HP", "EliteDesk 800 G5 SFF"),
        ("Dell", "OptiPlex 3070 SFF"),
        ("Lenovo", "ThinkCentre M720s"),
    ];
    let mut text = "N° de série;Type;Marque;Modèle;Processeur;RAM (Go);Disque (Go);\
                    Date d'achat;Site;Valeur résiduelle (€)\r\n"
        .to_owned();
    for (number, (make, model)) in (0..ROWS).zip(models.iter().cycle()) {
        write!(
            text,
            "CZC4{number:06};Unité centrale;{make};{model};Intel Core i5-9500;8;256;\
             {:02}/12/2019;Marseille - La Canebière;{},43\r\n",
            1 + number % 28,
            80 + number % 40,
        )
        .unwrap();
    }
    text
}

/// The same in the letters of an older spreadsheet.
fn windows(text: &str) -> Vec<u8> {
    let letter = |letter: char| match letter {
        '€' => 0x80,
        other => u8::try_from(u32::from(other)).unwrap(),
    };
    text.chars().map(letter).collect()
}

fn reading() -> Reading {
    Reading {
        today: "2023-02-28".parse().unwrap(),
        only_kind: None,
        dates: None,
        most_rows: ROWS,
    }
}

/// Reads the file and goes through its rows.
fn read(file: &Content) -> usize {
    let source = Source::of(file).unwrap();
    let manifest = Manifest::read(&source, reading()).unwrap();
    manifest.rows().len()
}

/// What the `csv` crate does with it: cells of bytes, which nobody looks at.
fn bare(bytes: &[u8]) -> u64 {
    let mut reader = ReaderBuilder::new().delimiter(b';').from_reader(bytes);
    let (mut record, mut rows) = (ByteRecord::new(), 0);
    while reader.read_byte_record(&mut record).unwrap() {
        rows += 1;
    }
    rows
}

fn manifest(criterion: &mut Criterion) {
    let text = text();
    let utf8 = Content::from(text.as_bytes());
    let windows = Content::from(windows(&text).as_slice());
    assert_eq!(read(&utf8) as u64, ROWS);
    assert_eq!(read(&windows) as u64, ROWS);
    assert_eq!(bare(text.as_bytes()), ROWS);
    let mut group = criterion.benchmark_group("manifest");
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .throughput(Throughput::Elements(ROWS));
    group.bench_function("csv-crate-alone", |bencher| {
        bencher.iter(|| bare(text.as_bytes()));
    });
    group.bench_function("utf-8", |bencher| bencher.iter(|| read(&utf8)));
    group.bench_function("windows-1252", |bencher| bencher.iter(|| read(&windows)));
    group.finish();
}

criterion_group!(benches, manifest);
criterion_main!(benches);
