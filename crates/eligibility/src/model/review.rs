//! What staff send while they review, and what a score shows.

use kernel::{ApplicationId, Instant, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rubric::{CriterionScore, KnockOutOutcome};

/// What to change: the body of request-changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct ChangesInput {
    /// One by one.
    pub items: Vec<NewChange>,
}

/// One thing to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct NewChange {
    /// Which field of the form, or anything else such as a document.
    pub field: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// What to do, in plain words.
    pub message: String,
}

/// How an association answers one thing that staff asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default)]
pub struct Answered {
    /// In its own words; needed unless the field itself was changed.
    pub answer: String,
}

/// One person's assessment of one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct AssessmentInput {
    /// From 0 to the criterion's best mark; absent when recused.
    #[serde(default)]
    pub points: Option<i32>,
    /// Why.
    #[serde(default)]
    pub justification: String,
    /// Has a tie to the association: declares it and does not mark.
    #[serde(default)]
    pub recused: bool,
}

text_enum! {
    /// How an application is decided.
    pub enum Outcome {
        /// May receive.
        Eligible = "eligible",
        /// May not receive.
        Ineligible = "ineligible",
    }
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Decision {
    /// One or the other.
    pub outcome: Outcome,
    /// Why; at least one when not eligible. The association reads them.
    #[serde(default)]
    pub reasons: Option<Reasons>,
}

/// One reason or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Reasons {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Decision {
    /// The reasons that say something.
    pub fn reasons(&self) -> Vec<String> {
        Reasons::listed(self.reasons.as_ref())
    }
}

impl Reasons {
    /// Those that say something.
    pub(crate) fn listed(given: Option<&Self>) -> Vec<String> {
        let reasons = match given {
            None => Vec::new(),
            Some(Self::One(reason)) => vec![reason.clone()],
            Some(Self::Several(reasons)) => reasons.clone(),
        };
        let trimmed = reasons.iter().map(|reason| reason.trim().to_owned());
        trimmed.filter(|reason| !reason.is_empty()).collect()
    }
}

/// A score with everything that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScoreView {
    /// Of which application.
    pub application_id: ApplicationId,
    /// In hundredths of a point: 0 to 10 000.
    pub score: i32,
    /// The rubric that the programme pinned.
    pub rubric: String,
    /// Its version.
    pub version: String,
    /// Computed now, not decided: it may still change.
    pub provisional: bool,
    /// When it was computed.
    pub computed_at: Instant,
    /// The fragility index that was used, in tenths; null when none is known.
    pub fragility: Option<i32>,
    /// The rubric's conditions.
    pub knock_outs: Vec<KnockOutOutcome>,
    /// The rubric's criteria.
    pub criteria: Vec<CriterionScore>,
    /// All of it in French, to be read as a letter.
    pub text: String,
}
