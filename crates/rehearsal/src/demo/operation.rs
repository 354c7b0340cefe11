//! The operation's files, as they are.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Everything that is read.
pub struct Operation {
    /// The donor's inventory, byte for byte.
    pub(super) manifest: Vec<u8>,
    /// The fragility table, byte for byte.
    pub(super) territories: Vec<u8>,
    /// What became of each device.
    pub(super) log: Vec<LogRow>,
    /// Who applied for what.
    pub(super) associations: Vec<AssociationRow>,
    /// How the city set it up.
    pub(super) plan: Plan,
}

/// `operation.toml`.
#[derive(Debug, Deserialize)]
pub(super) struct Plan {
    /// The programme.
    pub programme: ProgrammePlan,
    /// The batch.
    pub batch: BatchPlan,
    /// The waves, in their order.
    pub waves: Vec<WavePlan>,
}

/// The programme as the city set it up.
#[derive(Debug, Deserialize)]
pub(super) struct ProgrammePlan {
    pub name: String,
    pub rubric: String,
    pub kinds: Vec<String>,
    pub lot_min: u32,
    pub lot_max: u32,
    pub open_for_days: i64,
}

/// The batch as Orange declared it.
#[derive(Debug, Deserialize)]
pub(super) struct BatchPlan {
    pub title: String,
    pub declared: Value,
    pub accessories: Value,
}

/// A wave as the city set it up.
#[derive(Debug, Deserialize)]
pub(super) struct WavePlan {
    pub name: String,
    pub tranche: u32,
    pub seed: String,
    pub pin: Option<PinPlan>,
    pub lot_min: Option<u32>,
    pub complements: Option<bool>,
}

/// A line that staff fix.
#[derive(Debug, Deserialize)]
pub(super) struct PinPlan {
    pub quantity: u32,
    pub reason: String,
}

/// A row of the workshop's log.
#[derive(Debug, Deserialize)]
pub(super) struct LogRow {
    pub serial: String,
    pub tranche: u32,
    pub outcome: String,
    pub drive_serial: String,
    pub drive_media: String,
    pub erasure_method: String,
    pub erasure_result: String,
    pub erasure_tool: String,
    pub repair_minutes: Option<u32>,
    pub repair: String,
    pub grade: String,
    pub reason: String,
}

/// A row of the associations' table.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct AssociationRow {
    pub name: String,
    pub rna: String,
    pub siret: String,
    pub person: String,
    pub email: String,
    pub address: String,
    pub postal_code: String,
    pub commune: String,
    pub themes: String,
    pub beneficiaries_per_year: u32,
    pub trained_staff: String,
    pub purpose: String,
    pub own_use: u32,
    pub quantity: u32,
    pub period: u32,
    pub project_points_1: u32,
    pub project_points_2: u32,
    pub outcome: String,
    pub statement: String,
}

impl Operation {
    /// The address of an association that applies.
    pub fn an_association(&self) -> &str {
        let first = self.associations.first();
        first.map_or("", |association| association.email.as_str())
    }

    /// Reads the folder, and the fragility table beside it.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let plan = String::from_utf8(bytes(&folder.join("operation.toml"))?)
            .map_err(|cause| format!("operation.toml: {cause}"))?;
        Ok(Self {
            manifest: bytes(&folder.join("orange_manifest.csv"))?,
            territories: bytes(&folder.join("../ifn_bouches_du_rhone.csv"))?,
            log: rows(&folder.join("workshop_log.csv"), b',')?,
            associations: rows(&folder.join("associations.csv"), b';')?,
            plan: toml::from_str(&plan).map_err(|cause| format!("operation.toml: {cause}"))?,
        })
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|cause| format!("{}: {cause}", file.display()))
}

fn rows<T: DeserializeOwned>(file: &Path, delimiter: u8) -> Result<Vec<T>, String> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(bytes(file)?.as_slice())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|cause| format!("{}: {cause}", file.display()))
}
