//! The figures of a programme.

use std::collections::BTreeMap;

use kernel::{Instant, ProgrammeId, Theme, WaveId};
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
    /// What associations say became of their lots.
    pub uses: UseFigures,
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
    /// As in [`Figures`].
    pub uses: UseFigures,
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
            uses: given.uses,
        }
    }
}

/// The sums of the reports on use, as associations send them some time after each lot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct UseFigures {
    /// How many lots were reported on.
    pub reports: u64,
    /// Devices of these lots.
    pub devices: u64,
    /// Devices of those lots whose report says how many are in use.
    pub devices_told: u64,
    /// Of these, devices that are still in use.
    pub devices_in_use: u64,
    /// People who use them, as far as the reports say.
    pub people_reached: u64,
    /// What for: by what the associations work on. One with two themes counts for both.
    pub themes: Vec<ThemeUse>,
}

/// The reports of associations that work on one theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThemeUse {
    /// Which.
    pub theme: Theme,
    /// How many lots were reported on.
    pub reports: u64,
    /// Devices that are still in use.
    pub devices_in_use: u64,
    /// People who use them.
    pub people_reached: u64,
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
