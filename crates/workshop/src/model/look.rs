//! Looking at many devices: filters, counts, and what the bench goes by.

use std::collections::BTreeMap;

use kernel::{BatchId, DeviceKind, Grade, Instant, OrganisationId, TransferId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{KitPart, Stage};
use crate::settings::{Check, GradeDefinition};

/// What a list of devices is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct DeviceFilter {
    /// Where it stands.
    pub stage: Option<Stage>,
    /// What it is.
    pub kind: Option<DeviceKind>,
    /// The batch it came with.
    pub batch_id: Option<BatchId>,
    /// Who works on it.
    pub workshop_id: Option<OrganisationId>,
    /// How it looks.
    pub grade: Option<Grade>,
    /// Where it lies, accents and case ignored.
    pub location: Option<String>,
    /// At its stage since then, or longer.
    pub stage_before: Option<Instant>,
    /// At its stage for longer than the settings allow, at this moment.
    pub waiting_at: Option<Instant>,
    /// Under way with this shipment; its receiver sees it too.
    pub transfer_id: Option<TransferId>,
    /// The device that a scanner's string names.
    pub scan: Option<String>,
    /// Its machine says it is another, and nobody has decided yet; or not.
    pub contradicts: Option<bool>,
    /// How it compares with the list of its batch.
    pub arrival: Option<Arrival>,
    /// Any part of serial number, tag, maker, model or location.
    pub q: Option<String>,
}

/// How a machine of a batch compares with its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// On the list, and not seen: awaited, or missing once the count has ended.
    Awaited,
    /// On the list, and counted.
    Received,
    /// Counted, and not on the list.
    Unexpected,
}

/// What devices are counted by, besides their stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountBy {
    /// By workshop.
    Workshop,
    /// By batch.
    Batch,
    /// By kind.
    Kind,
}

/// Devices by stage.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeviceCounts {
    /// All of them.
    pub total: i64,
    /// How many stand at each stage; every stage is there.
    #[schema(value_type = Object)]
    pub stages: BTreeMap<Stage, i64>,
    /// What has stood at its stage for longer than the settings allow.
    pub waiting: Vec<WaitingCount>,
    /// The same by workshop, batch or kind, when asked for; at most 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<CountGroup>>,
}

/// What waits too long at a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingCount {
    /// Where.
    pub stage: Stage,
    /// How many days are allowed.
    pub limit_days: u16,
    /// How many devices wait longer.
    pub devices: i64,
    /// Since when the first of them waits.
    pub since: Instant,
}

/// The devices of a workshop, a batch or a kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CountGroup {
    /// Id of the workshop or batch, or the kind; null for devices without a workshop.
    pub key: Option<String>,
    /// What people call it: a name, a reference.
    pub name: Option<String>,
    /// All of them.
    pub total: i64,
    /// How many stand at each stage; stages without any are left out.
    #[schema(value_type = Object)]
    pub stages: BTreeMap<Stage, i64>,
}

/// How a kind is tested, and what its kit is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KindTemplate {
    /// Of which kind.
    pub kind: DeviceKind,
    /// Whether these checks, and no others, have to be answered; when not, others are taken
    /// too, and must pass like the rest.
    pub strict: bool,
    /// The checks, in the order in which a screen offers them.
    pub checks: Vec<Check>,
    /// The accessories that go with it.
    pub kit: Vec<KitPart>,
}

/// What the bench goes by: checks and kits per kind, what grades say, how long is too long.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WorkshopTemplates {
    /// Per kind.
    pub kinds: Vec<KindTemplate>,
    /// What each grade says.
    pub grades: Vec<GradeDefinition>,
    /// How many days a device may wait at a stage.
    #[schema(value_type = Object)]
    pub waiting_days: BTreeMap<Stage, u16>,
    /// How many minutes a scanner's clock may be ahead.
    pub clock_ahead_minutes: i64,
}
