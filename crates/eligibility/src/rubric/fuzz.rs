//! Rubrics that nobody would write: those of Marseille with bytes and words changed, made and tried
//! by the crate `fuzzing`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use fuzzing::{Fuzz, Numbers};
use kernel::Code;

use super::Rubric;

const RUBRICS: [&[u8]; 2] = [
    include_bytes!("../../../../config/rubrics/marseille-2023.toml"),
    include_bytes!("../../../../config/rubrics/marseille-2024.toml"),
];

/// What means something to a reader of TOML, and in a rubric.
const WORDS: [&str; 40] = [
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "\"",
    "'",
    "\"\"\"",
    "#",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "é",
    "\u{1f30a}",
    "\\u0000",
    "\\",
    "true",
    "-1",
    "0",
    "1e308",
    "nan",
    "-inf",
    "9223372036854775807",
    "99999999999999999999",
    "0x7fffffff",
    "1979-05-27T07:32:00Z",
    "[[criteria]]",
    "[[knock_outs]]",
    "[devices]",
    "[fragility]",
    "weight = 1",
    "name = \"a\"",
    "version = \"1\"",
    "kind = \"table\"",
    "points = []",
];

/// A rubric is read whole, or refused in words at its lines.
fn examine(numbers: &mut Numbers) -> bool {
    let bytes = match numbers.below(10) {
        0 => numbers.noise(2_000),
        1 => numbers.words(&WORDS, 150).into_bytes(),
        _ => {
            let rubric = numbers.one_of(&RUBRICS);
            numbers.changed(rubric.to_vec(), &WORDS)
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    match Rubric::parse(&text) {
        Ok(_) => true,
        Err(refusal) => {
            assert_eq!(refusal.code, Code::RubricInvalid);
            assert!(!refusal.detail.fr.is_empty() && !refusal.detail.en.is_empty());
            false
        }
    }
}

#[test]
fn fuzz() {
    let rubrics = Fuzz {
        name: "rubrics",
        kept: &[],
        slowest: Duration::from_secs(10),
    };
    rubrics.run(examine);
}
