//! A wave and what it gives to each request.

use std::collections::BTreeMap;

use diesel::prelude::*;
use kernel::{
    ApplicationId, DeviceKind, Instant, OrganisationId, PersonId, ProgrammeId, WaveId, WaveLineId,
    text_enum,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Granted, Settings};

text_enum! {
    /// Where a wave stands.
    pub enum WaveStatus {
        /// Its settings are there, nothing is planned.
        Draft = "draft",
        /// The machine proposed a plan.
        Proposed = "proposed",
        /// Staff fixed or excluded lines of the plan.
        Adjusted = "adjusted",
        /// Someone asked for approval.
        Submitted = "submitted",
        /// Someone else approved; the devices are reserved.
        Approved = "approved",
        /// The first handover is under way.
        HandingOver = "handing_over",
        /// Every lot was handed over.
        Completed = "completed",
        /// Called off; its devices were released.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// Why a request has what it has, in a word; the explanation says it in full.
    pub enum LineReason {
        /// It has all it asked.
        RequestMet = "request_met",
        /// It has all that one applicant may have.
        LotMaxReached = "lot_max_reached",
        /// It has its share of a stock that everyone wanted more of.
        StockShared = "stock_shared",
        /// It has its share, and a cap of the wave stopped it.
        CapReached = "cap_reached",
        /// It has its lot, and what remains is kept for the next wave.
        KeptForNextWave = "kept_for_next_wave",
        /// No lot was possible any more when its turn came.
        StockExhausted = "stock_exhausted",
        /// It asks for less than the smallest lot of this wave.
        BelowLot = "below_lot",
        /// Earlier waves gave all it asked.
        NothingDue = "nothing_due",
        /// Staff fixed its result.
        Pinned = "pinned",
        /// Staff took it out.
        Excluded = "excluded",
    }
}

db::text_column!(WaveStatus, LineReason);

impl WaveStatus {
    /// Staff may plan it again and change single lines.
    #[must_use]
    pub fn is_planned(self) -> bool {
        matches!(self, Self::Proposed | Self::Adjusted)
    }

    /// It has a plan that nobody decided on.
    #[must_use]
    pub fn is_open_plan(self) -> bool {
        self.is_planned() || self == Self::Submitted
    }

    /// Someone approved it, so associations may see their line.
    #[must_use]
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Approved | Self::HandingOver | Self::Completed)
    }
}

/// One round of allocation.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = db::schema::waves)]
#[allow(missing_docs)] // the columns' meaning stands in the migration
pub struct Wave {
    pub id: WaveId,
    pub programme_id: ProgrammeId,
    pub ordinal: i32,
    pub name: String,
    pub status: WaveStatus,
    pub settings: Settings,
    pub digest: Option<String>,
    pub created_by: PersonId,
    pub proposed_at: Option<Instant>,
    pub submitted_by: Option<PersonId>,
    pub submitted_at: Option<Instant>,
    pub approved_by: Option<PersonId>,
    pub approved_at: Option<Instant>,
    pub comment: Option<String>,
    pub reason: Option<String>,
    pub version: i32,
    pub created_at: Instant,
}

/// What one request of an application gets in a wave.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = db::schema::wave_lines, treat_none_as_default_value = false)]
#[allow(missing_docs)] // the columns' meaning stands in the migration
pub struct WaveLine {
    pub id: WaveLineId,
    pub wave_id: WaveId,
    pub application_id: ApplicationId,
    pub association_id: OrganisationId,
    pub request: i32,
    pub rank: i32,
    pub score: i32,
    pub requested: i32,
    pub lot: i32,
    pub already: i32,
    pub kind: Option<DeviceKind>,
    pub quantity: i32,
    pub pinned: bool,
    pub reason: LineReason,
}

impl WaveLine {
    /// What it gets, by kind; empty when it gets nothing.
    #[must_use]
    pub fn granted(&self) -> Granted {
        self.kind
            .filter(|_| self.quantity > 0)
            .map(|kind| (kind, u64::try_from(self.quantity).unwrap_or(0)))
            .into_iter()
            .collect()
    }
}

/// What staff fixed about one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// Whose.
    pub application: ApplicationId,
    /// How many of each kind; none takes the application out.
    pub granted: Option<Granted>,
    /// Why; published.
    pub reason: String,
    /// Who.
    pub actor: PersonId,
    /// When.
    pub at: Instant,
}

/// The body that fixes a line, or takes it out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct PinInput {
    /// How many of each kind; `null` takes the application out of the wave. It has to be
    /// said: leaving it out takes nobody out.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<std::collections::HashMap<String, i64>>, required = true)]
    pub granted: Option<BTreeMap<DeviceKind, i64>>,
    /// Why; it is published with the wave.
    pub reason: String,
}

fn said<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<DeviceKind, i64>>, D::Error> {
    Option::deserialize(deserializer)
}

/// The body of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaveReason {
    /// Why; those concerned read it.
    pub reason: String,
}

/// The body of a submission: which plan was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Submission {
    /// Of the plan that was read, as the wave has it. Nobody submits another than they saw.
    #[schema(value_type = String)]
    pub digest: Option<String>,
    /// What whoever approves should know.
    #[serde(default)]
    pub message: Option<String>,
}

/// The body of an approval: which plan was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Remark {
    /// Of the plan that was read, as the wave has it. Nobody approves another than they saw.
    #[schema(value_type = String)]
    pub digest: Option<String>,
    /// A remark that stays with the decision.
    pub comment: Option<String>,
}

/// The body of a rejection: which plan was read, and why it is sent back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rejection {
    /// Of the plan that was read, as the wave has it.
    #[schema(value_type = String)]
    pub digest: Option<String>,
    /// Why; those concerned read it.
    #[serde(default)]
    #[schema(required = true)]
    pub reason: String,
}
