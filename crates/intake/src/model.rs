//! The words of intake: a batch, what the donor declares, and where it stands.

mod attributes;
mod draft;
mod reception;
mod report;
mod restrictions;
mod truck;

use kernel::{AccessoryKind, BatchId, DeviceKind, Instant, OrganisationId, PersonId, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use attributes::Attributes;
pub use draft::{Collection, MoveRequest, NewBatch, NewPickup, PickupChange, Reason, Schedule};
pub use reception::{Comment, Difference, Differing, DonorAnswer, ReceptionAnswer, ReceptionLink};
pub use report::{ListChange, ManifestReport};
pub use restrictions::{Restrictions, association_tag};
pub use truck::{NewTruck, Truck, TruckLoad};

text_enum! {
    /// How far a batch has come.
    pub enum BatchStatus {
        /// The donor still writes it.
        Draft = "draft",
        /// Offered; waits for the city's answer.
        Submitted = "submitted",
        /// The city takes it.
        Accepted = "accepted",
        /// The pickup has a workshop and a time.
        Scheduled = "scheduled",
        /// The truck left the donor.
        Collected = "collected",
        /// Being counted in the workshop.
        Received = "received",
        /// Counted: the difference is known.
        Closed = "closed",
        /// The city does not take it.
        Refused = "refused",
        /// Called off before the pickup.
        Cancelled = "cancelled",
    }
}
db::text_column!(BatchStatus);

text_enum! {
    /// By which hands the property of the devices passes.
    pub enum TitleRoute {
        /// The donor gives to the associations; the city arranges it.
        DonorToAssociation = "donor_to_association",
        /// The donor gives to the city, and the city to the associations.
        DonorToCityToAssociation = "donor_to_city_to_association",
    }
}
db::text_column!(TitleRoute);

/// So many devices of a kind, as the donor announces them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Declared {
    /// What kind.
    pub kind: DeviceKind,
    /// How many.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub quantity: i64,
    /// Who made them, when they are all of one maker.
    #[serde(default)]
    pub manufacturer: Option<String>,
    /// Which model, when they are all of one.
    #[serde(default)]
    pub model: Option<String>,
}

/// So many accessories of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccessoryCount {
    /// What kind.
    pub kind: AccessoryKind,
    /// How many.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub quantity: i64,
}

/// Where and when the devices may be fetched, and whom to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pickup {
    /// Number and street.
    pub address: String,
    /// Postal code.
    pub postal_code: String,
    /// Commune.
    pub commune: String,
    /// Whom to ask for.
    pub contact_name: String,
    /// As `+33491000000`.
    pub contact_phone: String,
    /// The earliest moment that suits the donor.
    pub from: Instant,
    /// The latest.
    pub to: Instant,
    /// Times between them that suit best; none when all do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    /// What the donor said of the time that was set; null before it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<PickupAnswer>,
}
db::json_column!(Pickup);

/// What the donor said of the time that was set for the pickup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PickupAnswer {
    /// It suits; else the donor asks for another.
    pub agrees: bool,
    /// Why it does not suit, in the donor's words.
    pub reason: Option<String>,
    /// When.
    pub at: Instant,
}

impl Pickup {
    /// The address on one line.
    pub fn place(&self) -> String {
        format!("{}, {} {}", self.address, self.postal_code, self.commune)
    }
}

/// A time for the pickup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Window {
    /// Begins.
    pub from: Instant,
    /// Ends.
    pub to: Instant,
}

/// Which file the manifest of a batch was, and what was understood of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManifestSummary {
    /// Devices on it.
    pub rows: u64,
    /// `csv`, `xlsx` or `ods`.
    #[serde(default = "csv")]
    pub format: String,
    /// The sheet that was read, of a workbook.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Such as `windows-1252`.
    pub encoding: String,
    /// What stands between two cells; empty for a workbook.
    pub delimiter: String,
    /// The line of the column names, the first line of the file being 1.
    pub header_line: u64,
    /// Which column became what.
    pub columns: Vec<ColumnMapping>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// What was answered with the upload, such as `sheet=Parc&dates=mdy`.
    #[serde(default)]
    pub answers: String,
    /// When it was uploaded.
    pub uploaded_at: Instant,
}
db::json_column!(ManifestSummary);

fn csv() -> String {
    "csv".to_owned()
}

/// What a column of the file was understood as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnMapping {
    /// Its name, as the file has it.
    pub column: String,
    /// The field it fills, such as `serial`; null for a column that is kept as it is.
    pub field: Option<String>,
}

/// What a donor gives at once.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Batch {
    /// Names it.
    #[schema(value_type = String, format = "uuid")]
    pub id: BatchId,
    /// What people call it, such as `LOT-2023-0007`.
    pub reference: String,
    /// Who gives.
    #[schema(value_type = String, format = "uuid")]
    pub donor_id: OrganisationId,
    /// By name.
    pub donor_name: String,
    /// In the donor's words.
    pub title: String,
    /// How far it has come.
    pub status: BatchStatus,
    /// By which hands the property passes.
    pub title_route: TitleRoute,
    /// What the donor ties the gift to.
    pub restrictions: Restrictions,
    /// Devices, as announced.
    pub declared: Vec<Declared>,
    /// Accessories, as announced.
    pub accessories: Vec<AccessoryCount>,
    /// Where and when the donor can hand it over.
    pub pickup: Pickup,
    /// The list of serial numbers; null before the upload.
    pub manifest: Option<ManifestSummary>,
    /// Who fetches and refurbishes; null before the pickup is scheduled.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub workshop_id: Option<OrganisationId>,
    /// By name.
    pub workshop_name: Option<String>,
    /// When it is fetched; null before the pickup is scheduled.
    pub scheduled: Option<Window>,
    /// 0 for the first calendar entry of the pickup, and one more each time it moves.
    #[serde(skip)]
    pub schedule_sequence: i32,
    /// When the truck left.
    pub collected_at: Option<Instant>,
    /// On how many pallets.
    pub pallets: Option<i32>,
    /// Weighed at the pickup, in kilograms.
    pub weight_kg: Option<f64>,
    /// Why it was refused or cancelled.
    pub reason: Option<String>,
    /// Who wrote it.
    #[serde(skip)]
    pub created_by: PersonId,
    /// When it was offered.
    pub submitted_at: Option<Instant>,
    /// When the city took it.
    pub accepted_at: Option<Instant>,
    /// When the first device was counted.
    pub received_at: Option<Instant>,
    /// When the count ended.
    pub closed_at: Option<Instant>,
    /// What the donor said to the count; null before it answers.
    pub reception: Option<ReceptionAnswer>,
    /// One more with each change.
    pub version: i32,
    /// When it was first written.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Batch {
    /// Devices announced, of all kinds.
    pub fn declared_total(&self) -> i64 {
        self.declared.iter().map(|line| line.quantity).sum()
    }
}

/// Which batches a list shows.
#[derive(Debug, Clone, Default)]
pub struct BatchFilter {
    /// Only those that have come so far.
    pub status: Option<BatchStatus>,
    /// Only of this donor.
    pub donor_id: Option<OrganisationId>,
    /// Only with these words in reference or title; accents and case do not matter.
    pub q: Option<String>,
}
