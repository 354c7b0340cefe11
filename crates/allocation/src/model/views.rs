//! What the API answers about waves.

use std::collections::BTreeMap;

use kernel::{
    ApplicationId, BatchId, DeviceId, DeviceKind, Grade, Instant, OrganisationId, ProgrammeId,
    WaveId, WaveLineId,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::rules;

use super::{Convention, Granted, LineReason, Settings, Warning, WaveLine, WaveStatus};

/// A wave.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WaveView {
    /// Its id.
    pub id: WaveId,
    /// Of which programme.
    pub programme_id: ProgrammeId,
    /// First, second, … of its programme.
    pub ordinal: i32,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: WaveStatus,
    /// What staff decided before planning.
    pub settings: Settings,
    /// Devices that the plan counted on, by kind.
    #[schema(value_type = HashMap<String, u64>)]
    pub supply: Granted,
    /// Devices that the plan gives, by kind.
    #[schema(value_type = HashMap<String, u64>)]
    pub granted: Granted,
    /// Associations that receive something.
    pub associations: u64,
    /// Devices given in all.
    pub devices: u64,
    /// What they are worth, by the city's values.
    pub value_cents: u64,
    /// The smallest lot given; none before a plan.
    pub smallest: Option<u64>,
    /// The largest lot given; none before a plan.
    pub largest: Option<u64>,
    /// Requests that receive nothing.
    pub unserved: u64,
    /// What would stop the handover of lots; said of a single wave, not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<Warning>>,
    /// Names the inputs of the plan.
    pub digest: Option<String>,
    /// When it was planned.
    pub proposed_at: Option<Instant>,
    /// Who asked for approval; told to the city only.
    pub submitted_by: Option<String>,
    /// When.
    pub submitted_at: Option<Instant>,
    /// Who approved; told to the city only.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<Instant>,
    /// The remark of who approved; told to the city only.
    pub comment: Option<String>,
    /// Why it was rejected or cancelled.
    pub reason: Option<String>,
    /// Grows with every change.
    pub version: i32,
    /// When it was made.
    pub created_at: Instant,
}

/// One request of an application in a wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineView {
    /// The application.
    pub application_id: ApplicationId,
    /// Which of the application's requests, from 1.
    pub request: i32,
    /// Whose it is, by id.
    pub association_id: OrganisationId,
    /// Whose it is.
    pub association: String,
    /// In the public order, from 1.
    pub rank: i32,
    /// Hundredths of a point.
    pub score: i32,
    /// Devices asked.
    pub requested: i32,
    /// The smallest lot that applies to it.
    pub lot: i32,
    /// What earlier waves gave.
    pub already: i32,
    /// What it gets, by kind; empty when it gets nothing.
    #[schema(value_type = HashMap<String, u64>)]
    pub granted: Granted,
    /// What that is worth, by the city's values.
    pub value_cents: u64,
    /// Why, in a word.
    pub reason: LineReason,
    /// Staff fixed or excluded it.
    pub pinned: bool,
}

impl LineView {
    /// Shows a line with the name of its association.
    #[must_use]
    pub fn of(line: &WaveLine, association: String) -> Self {
        Self {
            application_id: line.application_id,
            request: line.request,
            association_id: line.association_id,
            association,
            rank: line.rank,
            score: line.score,
            requested: line.requested,
            lot: line.lot,
            already: line.already,
            granted: line.granted(),
            value_cents: rules::value_cents(&line.granted()),
            reason: line.reason,
            pinned: line.pinned,
        }
    }
}

/// A plan: what was proposed, or simulated.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProposalView {
    /// The wave.
    pub id: WaveId,
    /// Where it stands.
    pub status: WaveStatus,
    /// Devices counted on, by kind.
    #[schema(value_type = HashMap<String, u64>)]
    pub supply: Granted,
    /// Devices that are ready and match the settings, and that the programme's rubric does not
    /// take since their drives were overwritten (`clear`), by kind.
    #[schema(value_type = HashMap<String, u64>)]
    pub left_out: Granted,
    /// Requests that receive something, in the public order.
    pub lines: Vec<LineView>,
    /// Requests that receive nothing, in the public order, each with its reason.
    pub unserved: Vec<LineView>,
    /// Associations that receive something.
    pub associations: u64,
    /// Devices given in all.
    pub devices: u64,
    /// Devices not given, by kind.
    #[schema(value_type = HashMap<String, u64>)]
    pub left: BTreeMap<String, u64>,
    /// Names the inputs of the plan.
    pub digest: String,
    /// Who receives something else than in the plan before; empty for a first plan.
    pub difference: Vec<Difference>,
    /// Of the wave.
    pub version: i32,
}

/// A simulated plan; nothing was stored.
pub type Simulated = ProposalView;

/// A request that two plans treat differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// The application.
    pub application_id: ApplicationId,
    /// Which of its requests.
    pub request: i32,
    /// Whose it is.
    pub association: String,
    /// What it had; none when it took no part.
    #[schema(value_type = Option<HashMap<String, u64>>)]
    pub before: Option<Granted>,
    /// What it has now; none when it takes no part.
    #[schema(value_type = Option<HashMap<String, u64>>)]
    pub after: Option<Granted>,
}

/// Plans of a wave by several settings; nothing was stored.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Comparison {
    /// The wave's own settings first, then those asked, in their order.
    pub plans: Vec<SimulatedPlan>,
    /// The requests that not all of them treat alike.
    pub shifts: Vec<Shift>,
}

/// What a plan by some settings gives.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SimulatedPlan {
    /// The settings, complete.
    pub settings: Settings,
    /// Devices counted on, by kind.
    #[schema(value_type = HashMap<String, u64>)]
    pub supply: Granted,
    /// Requests that receive something.
    pub served: u64,
    /// Requests that receive nothing.
    pub unserved: u64,
    /// Devices given in all.
    pub devices: u64,
    /// The smallest lot.
    pub smallest: Option<u64>,
    /// Devices not given, by kind.
    #[schema(value_type = HashMap<String, u64>)]
    pub left: BTreeMap<String, u64>,
    /// Devices by postal code of the place where they will stand.
    #[schema(value_type = HashMap<String, u64>)]
    pub by_district: BTreeMap<String, u64>,
    /// Devices by theme; those of an association with two themes count for both.
    #[schema(value_type = HashMap<String, u64>)]
    pub by_theme: BTreeMap<String, u64>,
    /// Requests that receive more than by the wave's own settings.
    pub gain: u64,
    /// Requests that receive less.
    pub lose: u64,
}

/// A request that plans treat differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shift {
    /// The application.
    pub application_id: ApplicationId,
    /// Which of its requests.
    pub request: i32,
    /// Whose it is.
    pub association: String,
    /// What each plan gives it, in the order of the plans.
    #[schema(value_type = Vec<HashMap<String, u64>>)]
    pub granted: Vec<Granted>,
}

/// What an association received in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = YearlyAward)]
pub struct Award {
    /// Who.
    pub association_id: OrganisationId,
    /// Who, by name.
    pub association: String,
    /// The calendar year of the approvals.
    pub year: u16,
    /// How many devices: reserved or handed over.
    pub devices: u64,
    /// By kind.
    #[schema(value_type = HashMap<String, u64>)]
    pub granted: Granted,
    /// What they are worth, by the city's values.
    pub value_cents: u64,
    /// It is more than may be given in a year without a convention.
    pub convention_due: bool,
    /// The convention for that year, once it is recorded.
    pub convention: Option<Convention>,
}

/// A request over all waves of its programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Waiting {
    /// In the order of points, from 1; an association's own are counted alone.
    pub position: u64,
    /// The application.
    pub application_id: ApplicationId,
    /// How people name it.
    pub reference: String,
    /// Whose it is, by id.
    pub association_id: OrganisationId,
    /// Whose it is.
    pub association: String,
    /// Which of the application's requests, from 1.
    pub request: i32,
    /// What it asks.
    pub kind: DeviceKind,
    /// What it accepts instead.
    pub accepts: Vec<DeviceKind>,
    /// What it received.
    pub received: Option<DeviceKind>,
    /// How many it asks.
    pub asked: u64,
    /// How many all waves gave: reserved or handed over.
    pub granted: u64,
    /// How many are open.
    pub remaining: u64,
    /// Hundredths of a point.
    pub score: i32,
}

/// A device of an approved lot: a line of the picking list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LotDevice {
    /// The device.
    pub device_id: DeviceId,
    /// Its tag.
    pub tag: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// What it is.
    pub kind: DeviceKind,
    /// Its maker.
    pub manufacturer: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// How it looks.
    pub grade: Option<Grade>,
    /// Where it stands in the workshop.
    pub location: Option<String>,
    /// Of which batch.
    pub batch_id: BatchId,
    /// In which workshop.
    pub workshop_id: Option<OrganisationId>,
    /// For which application.
    pub application_id: ApplicationId,
    /// For whom, by id.
    pub association_id: OrganisationId,
    /// For whom.
    pub association: String,
    /// Of which line.
    #[serde(skip)]
    pub line_id: WaveLineId,
}

/// What an approval did, for what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Which wave.
    pub wave: WaveId,
    /// False when the same person had approved it before: nothing was done again.
    pub newly: bool,
}

/// Which waves to list.
#[derive(Debug, Clone, Default)]
pub struct WaveFilter {
    /// Of this programme.
    pub programme_id: Option<ProgrammeId>,
    /// In this state.
    pub status: Option<WaveStatus>,
}

/// Which lines of a wave to list.
#[derive(Debug, Clone, Default)]
pub struct LineFilter {
    /// Only this association's.
    pub association: Option<OrganisationId>,
    /// Only this application's.
    pub application: Option<ApplicationId>,
    /// Only those that receive something, or those that do not.
    pub served: Option<bool>,
    /// Only those that staff fixed or took out.
    pub pinned: bool,
    /// Part of the association's name.
    pub q: Option<String>,
}

/// What a wave that was decided gave one request of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationResult {
    /// Which wave.
    pub wave_id: WaveId,
    /// Its name.
    pub wave: String,
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// Devices asked for.
    pub requested: i32,
    /// What it got, by kind; empty when it got nothing.
    pub granted: Granted,
    /// Why, in a word.
    pub reason: LineReason,
    /// Another association had it and passed it on: there is no plan to explain.
    pub passed_on: bool,
}

/// Which devices of a wave to list.
#[derive(Debug, Clone, Default)]
pub struct DeviceFilter {
    /// Only those in this workshop.
    pub workshop: Option<OrganisationId>,
    /// Only those of this application.
    pub application: Option<ApplicationId>,
    /// Only those of these applications.
    pub applications: Option<Vec<ApplicationId>>,
}

/// What is fetched for one application: a part of the picking list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickingLot {
    /// The application.
    pub application_id: ApplicationId,
    /// For whom.
    pub association: String,
    /// Its devices, in the order of places.
    pub devices: Vec<LotDevice>,
}
