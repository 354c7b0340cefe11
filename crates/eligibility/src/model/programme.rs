//! A programme: what the city gives under one set of rules.

use kernel::{DeviceKind, Instant, ProgrammeId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The body that creates a programme.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
pub struct NewProgramme {
    /// What people call it.
    pub name: String,
    /// A file of `config/rubrics`; its text is pinned.
    pub rubric: String,
    /// What it gives.
    pub kinds: Vec<DeviceKind>,
    /// The smallest lot, from 1 on.
    pub lot_min: i32,
    /// The largest lot.
    pub lot_max: i32,
    /// From when applications are taken.
    pub opens_at: Instant,
    /// Until when; null without a deadline.
    #[serde(default)]
    pub closes_at: Option<Instant>,
    /// Commune codes or départements, or a name. Null or empty: anywhere.
    #[serde(default)]
    pub territory: Option<TerritoryNames>,
    /// Months after a handover when the association reports on it; the setting when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 120)]
    pub follow_up_months: Option<i32>,
    /// Months after a handover in which a device that breaks is repaired or replaced; 6 when
    /// absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 60)]
    pub guarantee_months: Option<i32>,
    /// Months after a handover when a lot is due back, for a programme that lends; null or absent for
    /// one that gives.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 120)]
    pub loan_months: Option<i32>,
}

/// What changes of a programme that is there. What is absent stays; null clears a deadline or a
/// territory.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
pub struct ProgrammeChange {
    /// What people call it.
    #[serde(default)]
    pub name: Option<String>,
    /// What it gives.
    #[serde(default)]
    pub kinds: Option<Vec<DeviceKind>>,
    /// The smallest lot, from 1 on.
    #[serde(default)]
    pub lot_min: Option<i32>,
    /// The largest lot.
    #[serde(default)]
    pub lot_max: Option<i32>,
    /// From when applications are taken.
    #[serde(default)]
    pub opens_at: Option<Instant>,
    /// Until when; null for no deadline.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Instant>)]
    pub closes_at: Option<Option<Instant>>,
    /// Commune codes or départements, or a name; null for anywhere.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<TerritoryNames>)]
    pub territory: Option<Option<TerritoryNames>>,
    /// Months after a handover when the association reports on it.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 120)]
    pub follow_up_months: Option<i32>,
    /// Months after a handover in which a device that breaks is repaired or replaced.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 60)]
    pub guarantee_months: Option<i32>,
    /// Months after a handover when a lot is due back; null for a programme that gives. Lots that were
    /// handed over keep their day.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 120)]
    pub loan_months: Option<Option<i32>>,
}

/// Tells null from what is absent.
fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// One area or several.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum TerritoryNames {
    /// One, or several separated by commas.
    One(String),
    /// A list.
    Several(Vec<String>),
}

impl TerritoryNames {
    /// Separated by commas, as they are stored.
    pub fn joined(&self) -> String {
        match self {
            Self::One(name) => name.trim().to_owned(),
            Self::Several(names) => {
                let names: Vec<_> = names
                    .iter()
                    .map(|name| name.trim())
                    .filter(|name| !name.is_empty())
                    .collect();
                names.join(", ")
            }
        }
    }
}

/// A programme.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Programme {
    /// Names it.
    pub id: ProgrammeId,
    /// What people call it.
    pub name: String,
    /// The rubric that was pinned.
    pub rubric: String,
    /// Its version.
    pub rubric_version: String,
    /// Its text, as it was pinned.
    #[serde(skip)]
    pub rubric_text: String,
    /// What it gives.
    pub kinds: Vec<DeviceKind>,
    /// The smallest lot.
    pub lot_min: i32,
    /// The largest lot.
    pub lot_max: i32,
    /// From when applications are taken.
    pub opens_at: Instant,
    /// Until when; null without a deadline.
    pub closes_at: Option<Instant>,
    /// Commune codes or départements, or a name; empty: anywhere.
    pub territory: String,
    /// Months after a handover when the association reports on it.
    pub follow_up_months: i32,
    /// Months after a handover in which a device that breaks is repaired or replaced.
    pub guarantee_months: i32,
    /// Months after a handover when a lot is due back; null for a programme that gives.
    pub loan_months: Option<i32>,
    /// Rises with each change.
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
    /// When it was changed last.
    pub updated_at: Instant,
}
