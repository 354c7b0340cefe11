//! What an explanation holds.

use std::collections::HashMap;

use kernel::{ApplicationId, Instant, WaveId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Bilingual;
use crate::model::{Cap, Granted, LineReason, Residual, SmallShare, WaveStatus, Weight};

/// Why an application has what it has in a wave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// The wave and everything that was set for all.
    pub wave: WaveFacts,
    /// Which application.
    pub application_id: ApplicationId,
    /// How people name it.
    pub reference: String,
    /// Whose it is.
    pub association: String,
    /// The score with its rubric, criteria and their sources, as it was used.
    #[schema(value_type = Option<Object>)]
    pub score: Option<serde_json::Value>,
    /// Request by request.
    pub requests: Vec<RequestExplanation>,
    /// What staff fixed about this application; none when they did not.
    pub intervention: Option<Intervention>,
    /// How many other applications staff fixed or took out.
    pub other_interventions: u64,
    /// Who decided, and when.
    pub review: Review,
    /// What comes next.
    pub next_step: Bilingual,
    /// The right to the rules, and the ways to appeal.
    pub rights: Bilingual,
    /// All of it in sentences.
    pub text: Bilingual,
}

/// The wave and everything that was set for all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WaveFacts {
    /// Its id.
    pub id: WaveId,
    /// Its name.
    pub name: String,
    /// Of which programme.
    pub programme: String,
    /// Where it stood when this was written.
    pub status: WaveStatus,
    /// The version of the rules.
    pub rules: String,
    /// Names the inputs: the same digest, the same result.
    pub digest: String,
    /// The seed of the public draw.
    pub seed: String,
    /// Where the seed comes from.
    pub seed_source: Bilingual,
    /// What was set for all.
    pub parameters: Parameters,
    /// How many requests took part.
    pub requests: u64,
}

/// What was set for all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Parameters {
    /// The devices of the wave.
    #[schema(value_type = HashMap<String, u64>)]
    pub supply: Granted,
    /// The smallest lot.
    pub lot_min: u32,
    /// The largest lot, earlier waves included.
    pub lot_max: u32,
    /// The share of small requests.
    pub reserve_small: Option<SmallShare>,
    /// The most that groups of requests may have.
    pub caps: Vec<Cap>,
    /// What became of stock that could not form a lot.
    pub residual: Residual,
    /// Whether requests with a lot from earlier waves took part.
    pub complements: bool,
    /// How what remained was shared out.
    pub weight: Weight,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RequestExplanation {
    /// Which one, from 1.
    pub request: i32,
    /// Its rank in the public order.
    pub rank: u64,
    /// Of how many.
    pub of: u64,
    /// What placed it after the request called just before: `first`, `score`, `fragility`,
    /// `date`, `draw` or `line_id`.
    pub placed_by: String,
    /// The data used, each with its source.
    pub data: Vec<Datum>,
    /// Its weight when what remained was shared out.
    pub weight: u64,
    /// Phase A: each wish that was tried, in order.
    pub lots: Vec<WishStep>,
    /// Phase B: how it grew, and what stopped it.
    pub growth: Growth,
    /// What it has, by kind.
    #[schema(value_type = HashMap<String, u64>)]
    pub granted: Granted,
    /// Why, in a word.
    pub reason: LineReason,
    /// Why, in a sentence.
    pub sentence: Bilingual,
    /// What would have changed it; each answer was found by planning again.
    pub would_change: Option<WouldChange>,
}

/// A fact that was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Datum {
    /// Which one.
    pub code: String,
    /// Its value: a number, a text, yes or no, a list.
    pub value: serde_json::Value,
    /// Where it comes from.
    pub source: Bilingual,
}

/// One wish in phase A.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WishStep {
    /// The kind wished.
    pub kind: String,
    /// The lot it needed.
    pub lot: u64,
    /// Whether it was granted.
    pub granted: bool,
    /// How many were still possible, when that was less than the lot.
    pub possible: Option<u64>,
    /// What bound it then.
    pub bound: Option<Binding>,
}

/// What binds a quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Binding {
    /// `stock` or `cap`.
    pub by: String,
    /// The classes of stock, or the cap.
    pub names: Vec<String>,
}

/// An exact fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fraction {
    /// Above.
    pub numerator: u64,
    /// Below.
    pub denominator: u64,
}

/// Phase B for one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Growth {
    /// What it held before: earlier waves.
    pub already: u64,
    /// What it received at once: its lot, or its pin.
    pub lot: u64,
    /// What it received device by device.
    pub added: u64,
    /// The key `(2t − 1) / weight` of its last device.
    pub last_key: Option<Fraction>,
    /// The key that its next device would have had.
    pub next_key: Option<Fraction>,
    /// Devices per point over all requests stopped by the same shortage, to four decimals.
    pub devices_per_point: Option<String>,
    /// Its exact share at that rate before rounding, to four decimals.
    pub exact_share: Option<String>,
    /// The key at which what stopped it was first in the way.
    pub stopped_at: Option<Fraction>,
    /// What stopped it: `request`, `line_cap`, `stock`, `cap`, `kept`, `no_lot`,
    /// `below_lot`, `nothing_due`, `pinned` or `excluded`.
    pub stopped_by: String,
    /// The classes or the cap, when that stopped it.
    pub bound: Option<Binding>,
}

/// What would have changed a result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WouldChange {
    /// The smallest score, in hundredths, to receive a lot.
    pub score_to_be_served: Option<u64>,
    /// The smallest score, in hundredths, to receive a kind wished more.
    pub score_for_better_wish: Option<u64>,
    /// The smallest score, in hundredths, to receive one device more, or a kind wished more.
    pub score_for_one_more: Option<u64>,
    /// The smallest additional stock that would have changed it.
    pub stock: Vec<StockGain>,
    /// What accepting another kind would have given: kind to quantity.
    pub accepting: HashMap<String, u64>,
    /// What the request would have without what staff fixed, when that is something else.
    #[schema(value_type = Option<HashMap<String, u64>>)]
    pub without_interventions: Option<Granted>,
    /// The lot that the request would have to reach, when it is below it.
    pub request_at_least: Option<u64>,
}

/// More stock that would have changed a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockGain {
    /// Of which class.
    pub class: String,
    /// So many devices more.
    pub devices: u64,
    /// Whether every smaller number was tried.
    pub smallest: bool,
}

/// What staff fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Intervention {
    /// The quantities fixed; none when the application was taken out.
    #[schema(value_type = Option<HashMap<String, u64>>)]
    pub granted: Option<Granted>,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// The human part of the decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Review {
    /// When the plan was computed.
    pub proposed_at: Option<Instant>,
    /// Who examined and submitted it.
    pub submitted_by: Option<String>,
    /// When.
    pub submitted_at: Option<Instant>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<Instant>,
    /// With which remark.
    pub comment: Option<String>,
}
