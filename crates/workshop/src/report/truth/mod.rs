//! The table of truth: for each tool what it writes, and whether that proves a drive. The source
//! of each line is the tool's own source code or manual. For KillDisk, BitRaser and the text of
//! Blancco's PDFs no sample or manual that shows the layout could be found: their successes are
//! read, and do not prove by themselves. Every text is of our own making.
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
type Judged = Result<EraseMethod, Ground>;

const CLEAR: Judged = Ok(EraseMethod::Clear);

const PURGE: Judged = Ok(EraseMethod::Purge);

/// A success that two people have to read too.
const TO_BE_READ: Judged = Err(Ground::LayoutUnverified);

fn reads(text: &str) -> Option<ErasureReport> {
    let media_type = recognize(text.as_bytes()).expect("text");
    read(text.as_bytes(), media_type).expect("well-formed")
}

/// What a report says of its only drive.
fn verdict(text: &str) -> Judged {
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

/// Whether a report says something of its only drive that not even two people may accept.
fn nobody_accepts(text: &str) -> bool {
    let report = reads(text).unwrap_or_else(|| panic!("is not read: {text}"));
    let mut grounds = report.drives[0].grounds.iter();
    grounds.any(|ground| ground.acceptable().is_none())
}

fn has(text: &str, ground: Ground) -> bool {
    let report = reads(text).unwrap_or_else(|| panic!("is not read: {text}"));
    report.drives[0].grounds.contains(&ground)
}
