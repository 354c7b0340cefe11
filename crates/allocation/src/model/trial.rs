//! What the workbench shows of settings that are tried.

use super::{Granted, LineView, Moves, Settings};

/// Plans by several settings, side by side; nothing was stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The wave's own settings first, then those that are tried, in their order.
    pub plans: Vec<TrialPlan>,
    /// Who has more by the last than by the first.
    pub gains: Moves,
    /// Who has less.
    pub losses: Moves,
    /// A part of the lines of the last plan, in the public order.
    pub lines: Vec<LineView>,
    /// Whether there are more.
    pub more: bool,
}

/// What a plan by some settings gives.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialPlan {
    /// The settings, complete.
    pub settings: Settings,
    /// Devices counted on, by kind.
    pub supply: Granted,
    /// Requests that receive something.
    pub served: u64,
    /// Requests that receive nothing.
    pub unserved: u64,
    /// Devices given in all.
    pub devices: u64,
    /// The smallest lot.
    pub smallest: Option<u64>,
    /// The largest lot.
    pub largest: Option<u64>,
    /// Kind by kind, what is left.
    pub left: Vec<Left>,
    /// The share of small requests, kind by kind; none when nothing is reserved.
    pub reserve: Vec<Reserve>,
    /// How many small requests take part.
    pub small: u64,
    /// By postal code of the place where the devices will stand, the most devices first.
    pub by_district: Vec<GroupSum>,
    /// Districts that are not named one by one.
    pub districts_more: u64,
    /// By theme; an association with two themes counts for both.
    pub by_theme: Vec<GroupSum>,
    /// By how much was asked.
    pub by_size: Vec<GroupSum>,
    /// Requests that receive more than by the wave's own settings.
    pub gain: u64,
    /// Requests that receive less.
    pub lose: u64,
}

/// Devices of a kind that nobody receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Which kind.
    pub kind: String,
    /// How many.
    pub devices: u64,
    /// Of these, those that the reserved share keeps back.
    pub reserved: u64,
    /// Requests for this kind that would have taken more.
    pub wanting: u64,
}

/// What is reserved of a kind for small requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserve {
    /// Which kind.
    pub kind: String,
    /// So many are kept for small requests.
    pub devices: u64,
    /// So many of them find a small request.
    pub used: u64,
}

/// What a group of requests receives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupSum {
    /// Which group.
    pub name: String,
    /// Requests that receive something.
    pub served: u64,
    /// Requests that receive nothing.
    pub unserved: u64,
    /// Devices.
    pub devices: u64,
}

/// What a wave may give, as it stands in the workshops.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StockView {
    /// Devices by kind and grade, in the order of kinds and grades.
    pub by_grade: Vec<StockRow>,
    /// By kind and workshop.
    pub by_workshop: Vec<StockRow>,
    /// By kind and batch: the largest.
    pub by_batch: Vec<StockRow>,
    /// Batches that are not named one by one.
    pub batches_more: u64,
    /// In all.
    pub devices: u64,
    /// Devices that are ready and match the settings, and that the programme's rubric does not
    /// take, by kind.
    pub left_out: Granted,
}

/// So many devices of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockRow {
    /// Which kind.
    pub kind: String,
    /// The grade, the workshop or the batch; none when it is not known.
    pub name: Option<String>,
    /// The batch, by id.
    pub batch: Option<kernel::BatchId>,
    /// Whom its donor ties it to.
    pub tied: Vec<String>,
    /// How many.
    pub devices: u64,
}
