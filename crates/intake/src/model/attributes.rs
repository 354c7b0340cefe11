//! What a manifest says of a device beside kind, serial, manufacturer and model.

use std::collections::BTreeMap;

use kernel::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the donor's list says of a device. Kept as `devices.attributes`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Attributes {
    /// The processor, in the donor's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processor: Option<String>,
    /// Memory, in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<i64>,
    /// The drive's size, in GB (10⁹ bytes).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_gb: Option<i64>,
    /// The day of purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date")]
    pub purchased_on: Option<Date>,
    /// Book value, in cents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residual_value_cents: Option<i64>,
    /// The donor's own number of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inventory_number: Option<String>,
    /// The donor's site where it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// A remark of the donor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Columns of the list that have no field here, by their name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
}
db::json_column!(Attributes);
