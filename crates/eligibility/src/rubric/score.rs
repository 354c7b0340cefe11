//! From facts to a score. A pure function: the same facts and the same rubric give the same
//! score, on every machine and at any time.

use std::collections::BTreeSet;

use kernel::Theme;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::logarithm::binary_logarithm;
use super::{
    Assessed, Condition, Criterion, Figure, Flag, KnockOut, Points, Range, Rubric, Rule, Scale,
    Steps, explain,
};
use crate::model::Purpose;
use crate::territory::Place;

/// Everything that a score reads. It is stored with the score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The association's identity was verified.
    pub verified: bool,
    /// All three commitments were made.
    pub commitments: bool,
    /// Whether the site is in the programme's territory.
    pub area: AreaCheck,
    /// Devices asked for, all requests together.
    pub quantity: i64,
    /// As the association chose them.
    pub themes: BTreeSet<Theme>,
    /// As the association declared.
    pub beneficiaries_per_year: Option<i64>,
    /// As the association declared.
    pub trained_staff: Option<bool>,
    /// As the association declared.
    pub purpose: Option<Purpose>,
    /// The site's fragility index, and where it was found.
    pub place: Place,
    /// What people gave, without those who recused themselves.
    pub marks: Vec<Mark>,
    /// Labels and schemes that the association is part of; none when it was not asked.
    #[serde(default)]
    pub labels: Option<BTreeSet<String>>,
    /// Follow-ups of former awards that are overdue.
    #[serde(default)]
    pub overdue: i64,
}

/// What one person gave for one criterion. Who it was stands in the assessments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Which criterion.
    pub criterion: String,
    /// From 0 to the criterion's `max`.
    pub points: i32,
}

/// Whether a site is in a territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaCheck {
    /// It is.
    Inside,
    /// It is not.
    Outside,
    /// Nothing that is known decides it; people look.
    Unknown,
}

/// A score with everything that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Score {
    /// In hundredths of a point: 0 to 10 000.
    pub score: i32,
    /// The fragility index that was used, in tenths; null when none is known.
    pub fragility: Option<i32>,
    /// The rubric's conditions, and whether they are met.
    pub knock_outs: Vec<KnockOutOutcome>,
    /// The rubric's criteria.
    pub criteria: Vec<CriterionScore>,
}

impl Score {
    /// The conditions that are not met.
    pub fn failed(&self) -> impl Iterator<Item = &KnockOutOutcome> {
        self.knock_outs.iter().filter(|outcome| !outcome.met)
    }

    /// Whether both say the same but for the words: score, conditions, points, weights.
    pub fn same_numbers(&self, other: &Self) -> bool {
        type Numbers<'a> = (
            i32,
            Option<i32>,
            Vec<(&'a str, bool)>,
            Vec<(&'a str, i32, i32, i32)>,
        );
        fn numbers(score: &Score) -> Numbers<'_> {
            let conditions = score.knock_outs.iter();
            let criteria = score.criteria.iter();
            (
                score.score,
                score.fragility,
                conditions.map(|it| (it.code.as_str(), it.met)).collect(),
                criteria
                    .map(|it| (it.code.as_str(), it.points, it.weight, it.contribution))
                    .collect(),
            )
        }
        numbers(self) == numbers(other)
    }

    /// The criteria that nobody has assessed yet.
    pub fn unassessed(&self) -> impl Iterator<Item = &CriterionScore> {
        self.criteria.iter().filter(|criterion| criterion.missing)
    }
}

/// One condition of the rubric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KnockOutOutcome {
    /// As the rubric names it.
    pub code: String,
    /// Nothing shows that it is not met.
    pub met: bool,
    /// The program could not tell: people look.
    pub to_check: bool,
    /// The condition, in French.
    pub sentence: String,
    /// The condition, in English.
    pub sentence_en: String,
}

/// One criterion of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CriterionScore {
    /// As the rubric names it.
    pub code: String,
    /// What people call it, in French.
    pub title: String,
    /// What people call it, in English.
    pub title_en: String,
    /// What was read: a number, a text, yes or no, a list; null when nothing is known.
    pub value: serde_json::Value,
    /// Points of this criterion in hundredths: 0 to 10 000.
    pub points: i32,
    /// Out of 100.
    pub weight: i32,
    /// weight × points ÷ 100, in hundredths, rounded half up.
    pub contribution: i32,
    /// Where the value comes from, in French.
    pub source: String,
    /// Where the value comes from, in English.
    pub source_en: String,
    /// How the points came about, in French.
    pub explanation: String,
    /// How the points came about, in English.
    pub explanation_en: String,
    /// What would have changed the points, in French.
    #[serde(default)]
    pub change: String,
    /// What would have changed the points, in English.
    #[serde(default)]
    pub change_en: String,
    /// Assessed by people, and nobody has done so yet.
    #[serde(default)]
    pub missing: bool,
    /// Assessed by fewer people than the rubric asks.
    #[serde(default)]
    pub more_assessors_needed: bool,
    /// The assessors are further apart than the rubric allows: look before you decide.
    #[serde(default)]
    pub divergent: bool,
}

/// Scores an application.
pub fn evaluate(rubric: &Rubric, facts: &Facts) -> Score {
    let criteria: Vec<_> = rubric
        .criteria
        .iter()
        .map(|criterion| criterion_score(criterion, facts))
        .collect();
    Score {
        score: criteria
            .iter()
            .map(|criterion| criterion.contribution)
            .sum(),
        fragility: facts.place.index_tenths,
        knock_outs: rubric
            .knock_outs
            .iter()
            .map(|rule| knock_out(rule, facts))
            .collect(),
        criteria,
    }
}

fn knock_out(rule: &KnockOut, facts: &Facts) -> KnockOutOutcome {
    let (met, to_check) = match &rule.condition {
        Condition::AssociationVerified => (facts.verified, false),
        Condition::CommitmentsSigned => (facts.commitments, false),
        Condition::WithinTerritory => (
            facts.area != AreaCheck::Outside,
            facts.area == AreaCheck::Unknown,
        ),
        Condition::QuantityBetween { min, max } => ((*min..=*max).contains(&facts.quantity), false),
        Condition::NoOverdueObligations => (facts.overdue == 0, false),
        Condition::AnyTheme(themes) => (
            themes.iter().any(|theme| facts.themes.contains(theme)),
            false,
        ),
    };
    KnockOutOutcome {
        code: rule.code.clone(),
        met,
        to_check,
        sentence: rule.sentence.fr.to_string(),
        sentence_en: rule.sentence.en.to_string(),
    }
}

fn criterion_score(criterion: &Criterion, facts: &Facts) -> CriterionScore {
    let points = points(&criterion.code, &criterion.rule, facts);
    let contribution = points.weighted(criterion.weight);
    let told = explain::criterion(criterion, facts, points, contribution);
    let mut score = CriterionScore {
        code: criterion.code.clone(),
        title: criterion.title.fr.to_string(),
        title_en: criterion.title.en.to_string(),
        value: told.value,
        points: points.value(),
        weight: criterion.weight,
        contribution,
        source: told.source.fr.into_owned(),
        source_en: told.source.en.into_owned(),
        explanation: told.text.fr.into_owned(),
        explanation_en: told.text.en.into_owned(),
        change: told.change.fr.into_owned(),
        change_en: told.change.en.into_owned(),
        missing: false,
        more_assessors_needed: false,
        divergent: false,
    };
    if let Rule::Assessed(rule) = &criterion.rule {
        let marks = marks(&criterion.code, facts);
        score.missing = marks.is_empty();
        score.more_assessors_needed = marks.len() < rule.assessors;
        let spread = marks
            .iter()
            .max()
            .zip(marks.iter().min())
            .map_or(0, |(most, least)| most - least);
        score.divergent = spread > i64::from(rule.divergence);
    }
    score
}

/// The points of one criterion.
pub(super) fn points(code: &str, rule: &Rule, facts: &Facts) -> Points {
    match rule {
        Rule::YesNo(rule) => match flag(rule.reads, facts) {
            Some(true) => rule.yes,
            Some(false) => rule.no,
            None => Points::NONE,
        },
        Rule::Table(rule) => facts
            .purpose
            .and_then(|purpose| rule.points.get(&purpose).copied())
            .unwrap_or(Points::NONE),
        Rule::Steps(rule) => {
            figure(rule.reads, facts).map_or(Points::NONE, |value| step(rule, value))
        }
        Rule::Range(rule) => {
            figure(rule.reads, facts).map_or(Points::NONE, |value| range(rule, value))
        }
        Rule::Themes(rule) => {
            let sum: i64 = facts
                .themes
                .iter()
                .filter_map(|theme| rule.points.get(theme))
                .map(|points| i64::from(points.value()))
                .sum();
            Points::hundredths(sum)
        }
        Rule::Territory(rule) => facts.place.index_tenths.map_or(Points::NONE, |index| {
            Points::ratio(
                i64::from(index - rule.from.0),
                i64::from(rule.to.0 - rule.from.0),
            )
        }),
        Rule::Assessed(rule) => mean(&marks(code, facts), rule),
        Rule::PastObligations(rule) => {
            let cost = facts
                .overdue
                .max(0)
                .saturating_mul(i64::from(rule.each.value()));
            Points::hundredths(i64::from(Points::ALL.value()).saturating_sub(cost))
        }
    }
}

fn step(rule: &Steps, value: i64) -> Points {
    rule.steps
        .iter()
        .rev()
        .find(|step| value >= step.from)
        .map_or(Points::NONE, |step| step.points)
}

fn range(rule: &Range, value: i64) -> Points {
    let value = value.clamp(rule.from, rule.to);
    match rule.scale {
        Scale::Linear => Points::ratio(
            value.saturating_sub(rule.from),
            rule.to.saturating_sub(rule.from),
        ),
        Scale::Logarithmic => {
            let start = binary_logarithm(rule.from);
            Points::ratio(
                binary_logarithm(value) - start,
                binary_logarithm(rule.to) - start,
            )
        }
    }
}

fn mean(marks: &[i64], rule: &Assessed) -> Points {
    let best = marks.len() as i64 * i64::from(rule.max);
    Points::ratio(marks.iter().sum(), best)
}

/// The marks of one criterion.
pub(super) fn marks(code: &str, facts: &Facts) -> Vec<i64> {
    facts
        .marks
        .iter()
        .filter(|mark| mark.criterion == code)
        .map(|mark| i64::from(mark.points))
        .collect()
}

pub(super) fn flag(flag: Flag, facts: &Facts) -> Option<bool> {
    match flag {
        Flag::TrainedStaff => facts.trained_staff,
        Flag::AnyLabel => facts.labels.as_ref().map(|labels| !labels.is_empty()),
    }
}

pub(super) fn figure(figure: Figure, facts: &Facts) -> Option<i64> {
    match figure {
        Figure::BeneficiariesPerYear => facts.beneficiaries_per_year,
        Figure::Quantity => Some(facts.quantity),
    }
}

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;
