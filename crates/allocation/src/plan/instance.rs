//! The file `alloc-wave/1`: everything a wave is computed from, and nothing else.
//!
//! Fields nobody knows are refused, because a misspelt `caps` or `pins` that is
//! silently ignored would change a result. Free remarks have their places: any
//! further field of `wave`, and `about`, `result` and `explanation` at the top, so
//! that a published wave may carry its result and its reasons in the same file.

use std::fmt;

use serde::de::{self, IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The only schema this planner reads.
pub const SCHEMA: &str = "alloc-wave/1";

/// One wave, ready to be planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "File")]
pub struct Instance {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Which wave this is and the seed of its public draw.
    pub wave: Wave,
    /// The settings of the wave.
    pub params: Params,
    /// The stock.
    pub classes: Vec<Class>,
    /// The most that lines with a tag may receive in this wave.
    pub caps: Vec<Cap>,
    /// The requests.
    pub lines: Vec<Line>,
    /// Lines whose result staff fixed.
    pub pins: Vec<Pin>,
    /// Lines that staff took out.
    pub excludes: Vec<Exclude>,
}

/// Which wave this is and the seed of its public draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// The wave's id.
    pub id: String,
    /// Decides the order of lines equal in score, fragility and day.
    pub seed: String,
}

/// The settings of a wave.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// How much a line weighs when what remains is shared out.
    #[serde(default)]
    pub weight: Weight,
    /// What becomes of stock that cannot form another lot.
    #[serde(default)]
    pub residual: Residual,
}

/// `w = max(1, base + score × points + fragility × index)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// The same for everyone.
    #[serde(deserialize_with = "whole")]
    pub base: u64,
    /// Per hundredth of a point.
    #[serde(deserialize_with = "whole")]
    pub score: u64,
    /// Per unit of the fragility index.
    #[serde(deserialize_with = "whole")]
    pub fragility: u64,
}

impl Default for Weight {
    /// In proportion to points.
    fn default() -> Self {
        Self {
            base: 0,
            score: 1,
            fragility: 0,
        }
    }
}

impl Weight {
    /// The weight of a line; fits for every validated instance.
    #[must_use]
    pub fn of(&self, line: &Line) -> u64 {
        let points = self.score.saturating_mul(line.score);
        let index = self.fragility.saturating_mul(line.fragility);
        self.base
            .saturating_add(points)
            .saturating_add(index)
            .max(1)
    }
}

/// What becomes of stock that cannot form another lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Residual {
    /// It enlarges the lots that were formed.
    #[default]
    Grow,
    /// It is kept for the next wave when a line that wished it got no lot.
    Hold,
}

/// Stock of one kind with one tag rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Unique among classes.
    pub id: String,
    /// The kind of device.
    pub kind: String,
    /// How many devices.
    #[serde(deserialize_with = "whole")]
    pub qty: u64,
    /// When not empty, a line needs one of these tags.
    pub any_of: Vec<String>,
    /// A line must have none of these tags.
    pub none_of: Vec<String>,
}

impl Class {
    /// Whether a line with these tags may draw from this class.
    #[must_use]
    pub fn serves(&self, tags: &[String]) -> bool {
        (self.any_of.is_empty() || self.any_of.iter().any(|tag| tags.contains(tag)))
            && !self.none_of.iter().any(|tag| tags.contains(tag))
    }
}

/// The most that lines with a tag may receive in this wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Unique among caps.
    pub id: String,
    /// Whom it concerns.
    pub tag: String,
    /// The kind it counts; all kinds together when absent.
    pub kind: Option<String>,
    /// The most devices.
    #[serde(deserialize_with = "whole")]
    pub max: u64,
}

/// One request of one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Unique among lines.
    pub id: String,
    /// The application it belongs to; decides the draw.
    pub application: String,
    /// Acceptable kinds, the preferred one first.
    pub kinds: Vec<String>,
    /// How many devices were asked.
    #[serde(deserialize_with = "whole")]
    pub requested: u64,
    /// The city's minimum lot for this class of applicant.
    #[serde(deserialize_with = "whole")]
    pub min_lot: u64,
    /// The city's maximum for this class of applicant.
    #[serde(deserialize_with = "whole")]
    pub cap: u64,
    /// What earlier waves gave.
    #[serde(deserialize_with = "whole")]
    pub already: u64,
    /// Hundredths of a point.
    #[serde(deserialize_with = "whole")]
    pub score: u64,
    /// Fragility of the territory.
    #[serde(deserialize_with = "whole")]
    pub fragility: u64,
    /// Day of submission, `YYYY-MM-DD`.
    pub date: String,
    /// What classes and caps look at.
    pub tags: Vec<String>,
}

impl Line {
    /// `u`: the most it can still receive.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.requested.min(self.cap).saturating_sub(self.already)
    }

    /// `m`: what it must receive at once, if anything; 0 with history.
    #[must_use]
    pub fn lot(&self) -> u64 {
        if self.already == 0 {
            self.min_lot.max(1)
        } else {
            0
        }
    }
}

/// A line whose result staff fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The line.
    pub line: String,
    /// The kind it gets; may be null for no device at all.
    pub kind: Option<String>,
    /// How many.
    #[serde(deserialize_with = "whole")]
    pub qty: u64,
    /// Why; published.
    #[serde(default)]
    pub reason: String,
}

/// A line that staff took out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclude {
    /// The line.
    pub line: String,
    /// Why; published.
    #[serde(default)]
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    wave: Wave,
    params: Params,
    classes: Vec<Class>,
    #[serde(default)]
    caps: Vec<Cap>,
    lines: Vec<Line>,
    #[serde(default)]
    pins: Vec<Pin>,
    #[serde(default)]
    excludes: Vec<Exclude>,
    #[serde(default, rename = "about")]
    _about: IgnoredAny,
    #[serde(default, rename = "result")]
    _result: IgnoredAny,
    #[serde(default, rename = "explanation")]
    _explanation: IgnoredAny,
}

impl From<File> for Instance {
    fn from(file: File) -> Self {
        Self {
            schema: file.schema,
            wave: file.wave,
            params: file.params,
            classes: file.classes,
            caps: file.caps,
            lines: file.lines,
            pins: file.pins,
            excludes: file.excludes,
        }
    }
}

/// Reads a whole number and says so when it is none.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    struct Whole;
    impl Visitor<'_> for Whole {
        type Value = u64;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number, 0 or more")
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<u64, E> {
            Ok(value)
        }
        fn visit_i64<E: de::Error>(self, value: i64) -> Result<u64, E> {
            u64::try_from(value).map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
        }
    }
    deserializer.deserialize_u64(Whole)
}
