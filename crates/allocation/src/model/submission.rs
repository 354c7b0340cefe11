//! What was asked to be approved, and what whoever approves has to look at.

use kernel::{ApplicationId, Instant};

use super::{Granted, LineReason, Settings, Warning};

/// A plan as it was submitted.
#[derive(Debug, Clone, PartialEq)]
pub struct SubmissionView {
    /// The first, the second, … of its wave.
    pub number: i32,
    /// What was said to whoever approves.
    pub message: Option<String>,
    /// By what settings.
    pub settings: Settings,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Who sent it back, when, and why.
    pub returned: Option<Returned>,
}

/// That a submission was sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// By whom.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: String,
}

/// A request that receives something else in one plan than in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The application.
    pub application_id: ApplicationId,
    /// Which of its requests.
    pub request: i32,
    /// Whose it is.
    pub association: String,
    /// Hundredths of a point.
    pub score: i32,
    /// What it had.
    pub before: Granted,
    /// Why, in a word.
    pub before_reason: Option<LineReason>,
    /// What it has.
    pub after: Granted,
    /// Why, in a word.
    pub after_reason: Option<LineReason>,
}

impl Moved {
    /// Devices more, or fewer.
    #[must_use]
    pub fn difference(&self) -> i64 {
        let sum = |granted: &Granted| i64::try_from(granted.values().sum::<u64>()).unwrap_or(0);
        sum(&self.after) - sum(&self.before)
    }
}

/// So many requests that receive something else, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    /// How many.
    pub count: u64,
    /// The largest differences.
    pub first: Vec<Moved>,
}

/// What staff fixed about an application, and what that did to others.
#[derive(Debug, Clone, PartialEq)]
pub struct InterventionView {
    /// The application.
    pub application_id: ApplicationId,
    /// Whose it is.
    pub association: String,
    /// The quantities fixed; none when it was taken out.
    pub granted: Option<Granted>,
    /// What it would receive without.
    pub otherwise: Granted,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Others who have less by it: `before` is what they would have without.
    pub losers: Moves,
    /// Others who have more by it.
    pub winners: Moves,
}

/// What is no longer as it was when the plan was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SinceView {
    /// Devices that can no longer be given.
    pub device_count: usize,
    /// The first of them: tag and stage.
    pub devices: Vec<(String, String)>,
    /// Applications that changed.
    pub application_count: usize,
    /// The first of them: reference and what changed.
    pub applications: Vec<(String, &'static str)>,
    /// Gifts whose donor ties them to others than before, by reference.
    pub gifts: Vec<String>,
    /// Applications that are new: they are for the next plan.
    pub new_count: usize,
    /// The first of them, by reference.
    pub new: Vec<String>,
}

impl SinceView {
    /// Whether the plan can be submitted and approved as far as its facts go.
    #[must_use]
    pub fn still_true(&self) -> bool {
        self.device_count == 0 && self.application_count == 0 && self.gifts.is_empty()
    }
}

/// What whoever approves has to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// The submission to decide on, and the one before it.
    pub submissions: Vec<SubmissionView>,
    /// Against the submission before.
    pub differences: Option<Moves>,
    /// What staff fixed.
    pub interventions: Vec<InterventionView>,
    /// How many applications staff fixed in all.
    pub intervention_count: usize,
    /// What would stop handovers.
    pub warnings: Vec<Warning>,
    /// What changed since the plan was made.
    pub since: SinceView,
    /// Why whoever reads this may not approve it.
    pub refused: Option<kernel::Refusal>,
}
