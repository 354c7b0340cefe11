//! The table of truth: for each tool what it writes, and whether that proves a drive. The source
//! of each line is the tool's own source code or manual, but for KillDisk and BitRaser: no sample or manual
//! of theirs was at hand, so their layouts are unverified. Every text is of our own making.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod blancco;
mod certificates;
mod commands;
mod failures;
mod nwipe;
mod pdf;

use files::{MediaType, recognize};
use proptest::prelude::*;

use super::read;
use crate::model::{EraseMethod, EraseResult, ErasureReport, Ground, Media};

/// Proven, or not because of this.
type Verdict = Result<EraseMethod, Ground>;

const CLEAR: Verdict = Ok(EraseMethod::Clear);

const PURGE: Verdict = Ok(EraseMethod::Purge);

fn reads(text: &str) -> Option<ErasureReport> {
    let media_type = recognize(text.as_bytes()).expect("text");
    read(text.as_bytes(), media_type).expect("well-formed")
}

/// What a report says of its only drive.
fn verdict(text: &str) -> Verdict {
    let report = reads(text).unwrap_or_else(|| panic!("is not read: {text}"));
    assert_eq!(report.drives.len(), 1, "{text}");
    let drive = &report.drives[0];
    assert_eq!(
        drive.result == EraseResult::Success,
        drive.grounds.is_empty()
    );
    match drive.grounds.first() {
        None => Ok(drive.method),
        Some(ground) => Err(*ground),
    }
}

fn has(text: &str, ground: Ground) -> bool {
    let report = reads(text).unwrap_or_else(|| panic!("is not read: {text}"));
    report.drives[0].grounds.contains(&ground)
}
