//! A rubric: the conditions that an application must meet, and the weighted criteria that make
//! its score. Written by the city in `config/rubrics/*.toml`, checked when it is read.

mod change;
mod criteria;
mod explain;
mod facts;
#[cfg(test)]
mod fuzz;
mod library;
mod load;
mod logarithm;
#[cfg(test)]
mod marseille_tests;
mod points;
#[cfg(test)]
mod property_tests;
mod score;
mod themes;

use std::collections::BTreeMap;

use kernel::{Text, Theme};
use serde::Deserialize;

pub use facts::{AreaCheck, Facts, Mark};
pub use library::Library;
pub use points::{Points, Tenths};
pub(crate) use points::{decimal_fr, points_fr};
pub use score::{CriterionScore, KnockOutOutcome, Score, evaluate};

use crate::model::Purpose;

/// A rubric that was checked: its weights add up to 100, its codes are unique.
#[derive(Debug, Clone, PartialEq)]
pub struct Rubric {
    /// The name of its file.
    pub name: String,
    /// Of the text; a programme pins it.
    pub version: String,
    /// What people call it.
    pub title: Text,
    /// Conditions, in the order in which they are explained.
    pub knock_outs: Vec<KnockOut>,
    /// Criteria, in the order in which they are explained.
    pub criteria: Vec<Criterion>,
    /// Where the fragility index comes from.
    pub fragility: Fragility,
    /// Which devices may be given.
    pub devices: Devices,
}

impl Rubric {
    /// The criteria that people assess, with their rule.
    pub fn assessed(&self) -> impl Iterator<Item = (&Criterion, &Assessed)> {
        self.criteria
            .iter()
            .filter_map(|criterion| match &criterion.rule {
                Rule::Assessed(rule) => Some((criterion, rule)),
                _ => None,
            })
    }
}

/// A condition that every application must meet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnockOut {
    /// Its name within the rubric.
    pub code: String,
    /// What must hold.
    pub condition: Condition,
    /// What the applicant reads when it does not hold.
    pub sentence: Text,
}

/// What a knock-out rule can ask.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// The association's identity was verified.
    AssociationVerified,
    /// All three commitments were made.
    CommitmentsSigned,
    /// The site is in the programme's territory, or nothing shows the contrary.
    WithinTerritory,
    /// All requests together are within these limits.
    QuantityBetween {
        /// At the least.
        min: i64,
        /// At the most.
        max: i64,
    },
    /// The association works on one of these themes.
    AnyTheme(Vec<Theme>),
    /// No follow-up of former awards is overdue.
    NoOverdueObligations,
}

/// A criterion: so many points of 100, with a weight.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name within the rubric.
    pub code: String,
    /// How much of the total it makes, out of 100.
    pub weight: i32,
    /// How its points come about.
    pub rule: Rule,
    /// What people call it.
    pub title: Text,
}

/// How the points of a criterion come about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// One answer or the other.
    YesNo(YesNo),
    /// Points for each possible answer.
    Table(Table),
    /// Points from certain figures on.
    Steps(Steps),
    /// Points in proportion to a figure, or to its logarithm.
    Range(Range),
    /// Points for each theme, added up.
    Themes(Themes),
    /// Points in proportion to the fragility index of the site.
    Territory(Territory),
    /// Marks that people give.
    Assessed(Assessed),
    /// Fewer points for each follow-up of former awards that is overdue.
    PastObligations(PastObligations),
}

/// See [`Rule::YesNo`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YesNo {
    /// The question.
    pub reads: Flag,
    /// Points for yes.
    pub yes: Points,
    /// Points for no.
    pub no: Points,
}

/// See [`Rule::Table`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The question.
    pub reads: Choice,
    /// Points of each answer; one that is not named has none.
    pub points: BTreeMap<Purpose, Points>,
}

/// See [`Rule::Steps`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    /// The figure.
    pub reads: Figure,
    /// Rising; below the first there are no points.
    pub steps: Vec<Step>,
}

/// From this figure on, so many points.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The figure.
    pub from: i64,
    /// The points.
    pub points: Points,
}

/// See [`Rule::Range`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The figure.
    pub reads: Figure,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// No points up to here.
    pub from: i64,
    /// All points from here on.
    pub to: i64,
}

/// See [`Rule::Themes`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Themes {
    /// Points of each theme; one that is not named has none. Their sum counts to 100.
    pub points: BTreeMap<Theme, Points>,
}

/// See [`Rule::Territory`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Territory {
    /// No points up to this index.
    pub from: Tenths,
    /// All points from this index on.
    pub to: Tenths,
}

/// See [`Rule::Assessed`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessed {
    /// The best mark; the worst is 0.
    pub max: i32,
    /// How many people should mark. Fewer are shown to staff, none prevents a decision.
    pub assessors: usize,
    /// Marks further apart than this are shown to staff.
    pub divergence: i32,
}

/// See [`Rule::PastObligations`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastObligations {
    /// Points that each overdue follow-up costs.
    pub each: Points,
}

/// Questions answered by yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The association has trained people.
    TrainedStaff,
    /// The association is part of a label or scheme.
    AnyLabel,
}

/// Questions with a list of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// What the computers are for.
    Purpose,
}

/// Figures of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// People reached in a year.
    BeneficiariesPerYear,
    /// Devices asked for, all requests together.
    Quantity,
}

/// How a figure becomes points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// In proportion.
    Linear,
    /// In proportion to the logarithm: each doubling counts the same.
    Logarithmic,
}

/// Where the fragility index comes from, and what is used where the table has no value.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Fragility {
    /// The publication that the fallbacks come from.
    pub source: Option<Text>,
    /// Larger areas, tried in this order.
    pub fallbacks: Vec<Fallback>,
}

/// Which devices may be given under a rubric.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Devices {
    /// Whether overwriting (`clear`) is proof enough for their drives, where the workshop lets
    /// it count at all.
    pub clear_counts: bool,
}

impl Default for Devices {
    fn default() -> Self {
        Self { clear_counts: true }
    }
}

/// The index of a larger area.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    /// A commune code, with all its arrondissements, or a département.
    pub area: String,
    /// What people call it.
    pub name: String,
    /// Its index.
    pub index: Tenths,
}
