//! From facts to a score. A pure function: the same facts and the same rubric give the same
//! score, on every machine and at any time.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::facts::{AreaCheck, Facts, marks};
use super::{Condition, Criterion, KnockOut, Rubric, Rule, criteria, explain};

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
    let points = criteria::points(&criterion.code, &criterion.rule, facts);
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

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;
