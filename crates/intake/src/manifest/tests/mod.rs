//! Whole files, as firms send them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod faults;
mod lists;
pub(super) mod made;
mod properties;
mod sheets;
mod text;
mod workbooks;

use kernel::{Code, Date, DeviceKind, FieldError, Refusal};

use super::{
    Content, DateOrder, Manifest, ManifestRow, Notice, NoticeCode, Reading, Sheets, Source, Unread,
};

fn reading() -> Reading {
    Reading {
        today: Date::from_ymd_opt(2023, 2, 28).unwrap(),
        only_kind: None,
        dates: None,
        most_rows: 30_000,
    }
}

fn try_read(bytes: &[u8], reading: Reading) -> Result<Manifest, Refusal> {
    let content = Content::from(bytes);
    let read = Source::of(&content).and_then(|source| Manifest::read(&source, reading));
    read.map_err(|unread| match unread {
        Unread::Refused(refusal) => *refusal,
        Unread::Disk(cause) => panic!("{cause}"),
    })
}

fn read(bytes: &[u8]) -> Manifest {
    try_read(bytes, reading()).unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

fn good(manifest: &Manifest) -> Vec<ManifestRow> {
    manifest.rows().to_vec()
}

fn rows(bytes: &[u8]) -> Vec<ManifestRow> {
    let manifest = read(bytes);
    assert!(manifest.mistakes.is_empty(), "{:?}", manifest.mistakes);
    let rows = good(&manifest);
    assert_eq!(rows.len() as u64, manifest.row_count());
    rows
}

fn mistakes(text: &str) -> Vec<(u64, String, Code)> {
    let told = |error: FieldError| {
        assert!(!error.detail.fr.is_empty() && !error.detail.en.is_empty());
        (
            error.line.unwrap_or(0),
            error.column.unwrap_or_default(),
            error.code,
        )
    };
    read(text.as_bytes())
        .mistakes
        .into_sorted()
        .into_iter()
        .map(told)
        .collect()
}

fn refused(bytes: &[u8]) -> String {
    let refusal = try_read(bytes, reading()).expect_err("no list of devices");
    assert_eq!(refusal.code, Code::ManifestUnreadable);
    assert!(!refusal.detail.en.is_empty());
    refusal.detail.fr.into_owned()
}
