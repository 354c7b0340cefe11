//! The figures of a programme.

use std::collections::BTreeMap;

use kernel::{Instant, ProgrammeId, WaveId};
use serde::Serialize;
use utoipa::ToSchema;

/// What a programme did so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// Its name.
    pub programme: String,
    /// Devices of its kinds, by stage: those that its waves gave, and those that no wave gave.
    /// What another programme gave is counted there.
    pub devices: BTreeMap<String, u64>,
    /// Lots of all decided waves.
    pub lots: u64,
    /// Devices in these lots: reserved or handed over.
    pub devices_granted: u64,
    /// Associations that have received, or will receive, something.
    pub associations_served: u64,
    /// Devices that one association passed on to another: counted above where they serve now, and in
    /// no wave below.
    pub passed_on: u64,
    /// Wave by wave.
    pub waves: Vec<WaveFigures>,
    /// By postal code of the association.
    pub territories: Vec<TerritoryFigures>,
}

/// The devices of a programme, and by what to know whether the rest of its figures changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// Its name.
    pub programme: String,
    /// As in [`Figures`].
    pub devices: BTreeMap<String, u64>,
    /// How often something changed of what [`Given`] says.
    pub given: i64,
}

/// What the waves of a programme gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// As in [`Figures`].
    pub lots: u64,
    /// `devices_granted` there.
    pub devices: u64,
    /// `associations_served` there.
    pub associations: u64,
    /// As in [`Figures`].
    pub passed_on: u64,
    /// Wave by wave.
    pub waves: Vec<WaveFigures>,
    /// By postal code of the association.
    pub territories: Vec<TerritoryFigures>,
}

impl Figures {
    /// Both parts.
    pub fn of(counted: Counted, given: Given) -> Self {
        Self {
            programme_id: counted.programme_id,
            programme: counted.programme,
            devices: counted.devices,
            lots: given.lots,
            devices_granted: given.devices,
            associations_served: given.associations,
            passed_on: given.passed_on,
            waves: given.waves,
            territories: given.territories,
        }
    }
}

/// One decided wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaveFigures {
    /// The wave.
    pub id: WaveId,
    /// First, second, …
    pub ordinal: i32,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: String,
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// Associations with a lot in it.
    pub associations: u64,
    /// Devices in these lots.
    pub devices: u64,
    /// The smallest lot.
    pub smallest: u64,
    /// The largest lot.
    pub largest: u64,
}

/// One territory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TerritoryFigures {
    /// Where.
    pub postal_code: String,
    /// Its name.
    pub commune: String,
    /// Associations with a lot.
    pub associations: u64,
    /// Devices in these lots.
    pub devices: u64,
}
