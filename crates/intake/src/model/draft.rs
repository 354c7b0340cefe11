//! What clients send about a batch. Texts may be missing here and are refused by the
//! rules, so that everything to correct is said at once.

use kernel::{Instant, OrganisationId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{AccessoryCount, Declared, Restrictions, TitleRoute, Window};

/// A donation as its donor begins it.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
pub struct NewBatch {
    /// In the donor's words.
    #[serde(default)]
    #[schema(required = true, max_length = 200)]
    pub title: String,
    /// Who gives: required of staff, needless for a donor.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "uuid")]
    pub donor_id: Option<OrganisationId>,
    /// Devices, by kind.
    #[serde(default)]
    #[schema(required = true)]
    pub declared: Vec<Declared>,
    /// Accessories, by kind.
    #[serde(default)]
    pub accessories: Vec<AccessoryCount>,
    /// Where and when the donor can hand it over.
    #[serde(default)]
    #[schema(required = true)]
    pub pickup: NewPickup,
    /// By which hands the property passes; from donor to association when not said.
    #[serde(default)]
    pub title_route: Option<TitleRoute>,
    /// What the gift is tied to; to nothing when not said.
    #[serde(default)]
    pub restrictions: Option<Restrictions>,
}

/// Where and when the devices may be fetched, and whom to call.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewPickup {
    /// Number and street.
    #[schema(required = true, max_length = 300)]
    pub address: String,
    /// Five digits.
    #[schema(required = true)]
    pub postal_code: String,
    /// Commune.
    #[schema(required = true, max_length = 100)]
    pub commune: String,
    /// Whom to ask for.
    #[schema(required = true, max_length = 200)]
    pub contact_name: String,
    /// A French number, or an international one with its `+`.
    #[schema(required = true)]
    pub contact_phone: String,
    /// The earliest moment that suits.
    #[schema(required = true)]
    pub from: Option<Instant>,
    /// The latest.
    #[schema(required = true)]
    pub to: Option<Instant>,
}

/// What of a pickup is different now; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default)]
pub struct PickupChange {
    /// Number and street.
    #[schema(max_length = 300)]
    pub address: Option<String>,
    /// Five digits.
    pub postal_code: Option<String>,
    /// Commune.
    #[schema(max_length = 100)]
    pub commune: Option<String>,
    /// Whom to ask for.
    #[schema(max_length = 200)]
    pub contact_name: Option<String>,
    /// A French number, or an international one with its `+`.
    pub contact_phone: Option<String>,
    /// The earliest moment that suits.
    pub from: Option<Instant>,
    /// The latest.
    pub to: Option<Instant>,
    /// Times that suit best, in place of those that were proposed before.
    #[schema(max_items = 5)]
    pub windows: Option<Vec<Window>>,
}

/// The donor asks for another time.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default)]
pub struct MoveRequest {
    /// Why the time that was set does not suit.
    #[schema(required = true, max_length = 2000)]
    pub reason: String,
    /// Times that would suit.
    #[schema(max_items = 5)]
    pub windows: Vec<Window>,
}

/// Who fetches a batch, and when.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
pub struct Schedule {
    /// The workshop.
    #[schema(value_type = String, format = "uuid")]
    pub workshop_id: OrganisationId,
    /// Begins.
    pub from: Instant,
    /// Ends.
    pub to: Instant,
}

/// What was loaded at the donor's.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
pub struct Collection {
    /// When the truck left.
    pub collected_at: Instant,
    /// On how many pallets.
    #[serde(default)]
    pub pallets: Option<i32>,
    /// Weighed, in kilograms.
    #[serde(default)]
    pub weight_kg: Option<f64>,
}

/// Why something is not done, in words for those concerned.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default)]
pub struct Reason {
    /// The reason.
    #[schema(required = true, max_length = 2000)]
    pub reason: String,
}
