//! Applications in the order of their scores, and two rubrics side by side.

use kernel::{ApplicationId, Instant, OrganisationId, ProgrammeId, Theme, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApplicationStatus;

/// Which applications of a ranking to show. Ranks are those of the whole ranking.
#[derive(Debug, Clone, Default)]
pub struct RankingFilter {
    /// Also those that are not decided yet, as they would score now.
    pub provisional: bool,
    /// Of associations that work on this.
    pub theme: Option<Theme>,
    /// Where the computers will stand; a beginning is enough.
    pub postal_code: Option<String>,
    /// Hundredths of a point, at the least.
    pub min_score: Option<i32>,
    /// Hundredths of a point, at the most.
    pub max_score: Option<i32>,
    /// Only those that somebody should look at, decided or not.
    pub to_check: bool,
    /// Part of the association's name or of the reference.
    pub q: Option<String>,
}

/// Applications in the order of their scores.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Ranking {
    /// Of which programme.
    pub programme_id: ProgrammeId,
    /// The rubric that it pins.
    pub rubric: String,
    /// Its version.
    pub version: String,
    /// Applications that are ranked, the filter aside.
    pub ranked: usize,
    /// Half of them score this or less; null when there are none.
    pub median: Option<i32>,
    /// How many score how much, in steps of ten points.
    pub distribution: Vec<ScoreBand>,
    /// Those that the filter finds.
    pub items: Vec<Ranked>,
    /// The last rank shown, when there are more; pass it as `after`.
    pub next: Option<usize>,
}

/// How many applications score within a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScoreBand {
    /// Hundredths of a point, from here on.
    pub from: i32,
    /// Up to here; the last step ends with all points.
    pub to: i32,
    /// How many.
    pub count: usize,
}

/// One application of a ranking.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Ranked {
    /// From 1 on.
    pub rank: usize,
    /// Which application.
    pub application_id: ApplicationId,
    /// For people.
    pub reference: String,
    /// Whose.
    pub association_id: OrganisationId,
    /// The association's name.
    pub association: String,
    /// How far it has come.
    pub status: ApplicationStatus,
    /// In hundredths of a point.
    pub score: i32,
    /// Not decided: as it would score now.
    pub provisional: bool,
    /// The fragility index in tenths.
    pub fragility: Option<i32>,
    /// Devices asked for.
    pub requested: i64,
    /// Where the computers will stand.
    pub postal_code: String,
    /// What the association works on.
    pub themes: Vec<Theme>,
    /// When it was submitted.
    pub submitted_at: Option<Instant>,
    /// Somebody should look at it: `checks` says why.
    pub to_check: bool,
    /// What to look at; see the table in this crate's README.
    pub checks: Vec<ToCheck>,
}

text_enum! {
    /// Why somebody should look at an application.
    pub enum ToCheck {
        /// Assessors are further apart than the rubric allows.
        MarksDiverge = "marks_diverge",
        /// Fewer people assessed it than the rubric asks.
        MarksMissing = "marks_missing",
        /// The program cannot tell whether a condition is met, such as the territory.
        ConditionUnclear = "condition_unclear",
        /// No fragility index is known for the site, not even of a larger area.
        FragilityUnknown = "fragility_unknown",
        /// The association is not verified yet.
        AssociationPending = "association_pending",
        /// The register has the association under quite another name than it gave.
        NameDiffers = "name_differs",
    }
}

/// Which rubric to compare with, or to pin.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RubricChoice {
    /// A file of `config/rubrics`.
    pub rubric: String,
}

/// Two rubrics side by side, on what the eligible applications were scored with.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RubricComparison)]
pub struct Comparison {
    /// Of which programme.
    pub programme_id: ProgrammeId,
    /// The rubric that it pins: name and version.
    pub old: RubricName,
    /// The other one.
    pub new: RubricName,
    /// Eligible applications.
    pub applications: usize,
    /// How many of them change rank.
    pub moved: usize,
    /// One by one, in the order of the new ranks.
    pub items: Vec<Move>,
}

/// A rubric's name and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RubricName {
    /// The name of its file.
    pub rubric: String,
    /// Of its text.
    pub version: String,
}

/// An application under both rubrics.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Move {
    /// Which application.
    pub application_id: ApplicationId,
    /// For people.
    pub reference: String,
    /// The association's name.
    pub association: String,
    /// In hundredths of a point.
    pub old_score: i32,
    /// In hundredths of a point.
    pub new_score: i32,
    /// From 1 on.
    pub old_rank: usize,
    /// From 1 on.
    pub new_rank: usize,
    /// Which criteria make the difference, the largest first.
    pub because: Vec<Difference>,
    /// Conditions of the new rubric that are not met.
    pub knocked_out: Vec<String>,
    /// Criteria of the new rubric that nobody has assessed.
    pub missing: Vec<String>,
}

/// What one criterion contributes under both rubrics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RubricDifference)]
pub struct Difference {
    /// As the rubrics name it.
    pub criterion: String,
    /// What people call it.
    pub title: String,
    /// In hundredths of a point; null when the old rubric does not have it.
    pub old: Option<i32>,
    /// In hundredths of a point; null when the new rubric does not have it.
    pub new: Option<i32>,
}
