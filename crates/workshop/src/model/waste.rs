//! What is scrapped, or left of what was taken apart.

use diesel::prelude::*;
use kernel::{Date, DeviceId, DeviceKind, Instant, OrganisationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Stage;

/// The category of batteries, which leave by a way of their own and with a note of their own.
pub const BATTERIES: &str = "batteries";

/// Batteries that were taken out of a device: a line of their own on the list of waste.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Batteries {
    /// What they weighed together; counted as not weighed when nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 2_000_000)]
    pub weight_grams: Option<i32>,
    /// Number of their waste note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waste_reference: Option<String>,
}

/// A device as waste, or the batteries that were taken out of it, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = db::schema::waste, treat_none_as_default_value = false)]
pub struct Waste {
    /// Which device.
    pub device_id: DeviceId,
    /// Whose waste it is.
    pub workshop_id: OrganisationId,
    /// Under which category of waste it counts; [`BATTERIES`] for its batteries.
    pub category: String,
    /// Its weight: as it was weighed, or as its kind usually has it.
    pub weight_grams: Option<i32>,
    /// Number of the waste note.
    pub waste_reference: Option<String>,
    /// Why it was scrapped.
    pub reason: Option<String>,
    /// When.
    pub at: Instant,
}

/// A device on the list of waste, or the batteries that were taken out of one.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable)]
pub struct WasteItem {
    /// Which device.
    pub device_id: DeviceId,
    /// Its tag.
    pub tag: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// What it was.
    pub kind: DeviceKind,
    /// `scrapped`, or `parts` for what is left of one that was taken apart.
    pub stage: Stage,
    /// Whose waste it is.
    pub workshop_id: OrganisationId,
    /// Under which category of waste it counts; `batteries` for the batteries taken out of it.
    pub category: String,
    /// Its weight: as it was weighed, or as its kind usually has it; null when neither is known.
    pub weight_grams: Option<i32>,
    /// Number of the waste note; null as long as nobody gave it.
    pub waste_reference: Option<String>,
    /// Why it was scrapped.
    pub reason: Option<String>,
    /// When.
    pub at: Instant,
}

/// The waste of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WasteTotal {
    /// Which.
    pub category: String,
    /// What it is called in French.
    pub fr: String,
    /// What it is called in English.
    pub en: String,
    /// How many devices; of batteries, out of how many they were taken.
    pub devices: i64,
    /// What those of known weight weigh together.
    pub weight_grams: i64,
    /// How many of them have no known weight.
    pub not_weighed: i64,
    /// How many of them have no waste note yet.
    pub without_note: i64,
}

/// A page of the list of waste, with the totals of the whole list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WasteList {
    /// Per category.
    pub totals: Vec<WasteTotal>,
    /// The devices.
    pub items: Vec<WasteItem>,
    /// What to pass as `after` to read on; null on the last page.
    pub next: Option<String>,
}

/// What the list of waste is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct WasteFilter {
    /// From this day on, in Paris.
    pub from: Option<Date>,
    /// Up to and with this day.
    pub to: Option<Date>,
    /// Of this workshop.
    pub workshop_id: Option<OrganisationId>,
    /// Of this category.
    pub category: Option<String>,
    /// With a waste note, or without.
    pub noted: Option<bool>,
}
