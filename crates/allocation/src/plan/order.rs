//! The public order (ALLOCATION §1.1): score, fragility, day of submission, public
//! draw, line id. The draw is only made for lines that nothing else tells apart.

use std::cmp::Ordering;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::instance::{Instance, Line};

/// What placed a line after the one called just before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Called first of all.
    First,
    /// Fewer points.
    Score,
    /// A less fragile territory.
    Fragility,
    /// Submitted on a later day.
    Date,
    /// The public draw.
    Draw,
    /// The line id: two lines of one application.
    LineId,
}

/// The draw of an application: `sha256(seed + "|" + application)` in hex.
#[must_use]
pub fn draw(seed: &str, application: &str) -> String {
    HEXLOWER.encode(&raw_draw(seed, application))
}

fn raw_draw(seed: &str, application: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.as_bytes());
    hash.update(b"|");
    hash.update(application.as_bytes());
    hash.finalize().into()
}

/// The indices of the lines, in the public order.
pub(super) fn public_order(instance: &Instance) -> Vec<usize> {
    let line = |index: usize| &instance.lines[index];
    let mut order: Vec<usize> = (0..instance.lines.len()).collect();
    order.sort_unstable_by(|&a, &b| by_facts(line(a), line(b)));
    for tied in order.chunk_by_mut(|&a, &b| by_facts(line(a), line(b)).is_eq()) {
        if tied.len() > 1 {
            tied.sort_by_cached_key(|&index| {
                (
                    raw_draw(&instance.wave.seed, &line(index).application),
                    line(index).id.as_str(),
                )
            });
        }
    }
    order
}

/// What placed `line` after `before`.
pub(super) fn level(before: Option<&Line>, line: &Line) -> Level {
    let Some(before) = before else {
        return Level::First;
    };
    if before.score != line.score {
        Level::Score
    } else if before.fragility != line.fragility {
        Level::Fragility
    } else if before.date != line.date {
        Level::Date
    } else if before.application != line.application {
        Level::Draw
    } else {
        Level::LineId
    }
}

fn by_facts(a: &Line, b: &Line) -> Ordering {
    b.score
        .cmp(&a.score)
        .then_with(|| b.fragility.cmp(&a.fragility))
        .then_with(|| a.date.cmp(&b.date))
}
