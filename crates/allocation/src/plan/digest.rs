//! One name for one set of inputs: SHA-256 of the instance in a canonical form, the
//! same whatever the order of lines, classes or fields in the file.

use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::instance::{Instance, Line};

/// The digest of everything a wave is computed from, in hex.
#[must_use]
pub fn digest(instance: &Instance) -> String {
    hex_of(&canonical(instance))
}

/// The digest of the closed list of requests alone, announced with the source of the
/// seed before the draw.
#[must_use]
pub fn digest_of_lines(lines: &[Line]) -> String {
    hex_of(&canonical_lines(lines))
}

/// The same instance with every list whose order does not matter sorted.
#[must_use]
pub fn canonical(instance: &Instance) -> Instance {
    let mut sorted = instance.clone();
    for class in &mut sorted.classes {
        as_set(&mut class.any_of);
        as_set(&mut class.none_of);
    }
    sorted.classes.sort_by(|a, b| a.id.cmp(&b.id));
    sorted.caps.sort_by(|a, b| a.id.cmp(&b.id));
    sorted.lines = canonical_lines(&instance.lines);
    sorted.pins.sort_by(|a, b| a.line.cmp(&b.line));
    sorted.excludes.sort_by(|a, b| a.line.cmp(&b.line));
    sorted
}

fn canonical_lines(lines: &[Line]) -> Vec<Line> {
    let mut sorted = lines.to_vec();
    sorted.iter_mut().for_each(|line| as_set(&mut line.tags));
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    sorted
}

fn as_set(tags: &mut Vec<String>) {
    tags.sort_unstable();
    tags.dedup();
}

fn hex_of(value: &impl Serialize) -> String {
    // Text, whole numbers and lists of them always serialize.
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    HEXLOWER.encode(&Sha256::digest(bytes))
}
