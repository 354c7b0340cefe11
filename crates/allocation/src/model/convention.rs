//! What has to be signed before a lot is handed over.

use diesel::prelude::*;
use kernel::{Date, Instant, OrganisationId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A convention with an association for a civil year: a row of the table `conventions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, Insertable)]
#[diesel(table_name = db::schema::conventions, treat_none_as_default_value = false)]
pub struct Convention {
    /// With whom.
    pub association_id: OrganisationId,
    /// For which civil year.
    pub year: i32,
    /// How the city files it.
    pub reference: String,
    /// The day of the last signature, as `YYYY-MM-DD`.
    pub signed_on: String,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: Instant,
}

/// The body that records a convention.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct NewConvention {
    /// How the city files it.
    pub reference: String,
    /// The day of the last signature.
    #[schema(value_type = String, format = Date)]
    pub signed_on: Date,
}

/// Something that would stop the handover of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// The code with which the handover would be refused.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// Whose lot, by id.
    pub association_id: OrganisationId,
    /// Whose lot.
    pub association: String,
    /// What to do, in French.
    pub fr: String,
    /// What to do, in English.
    pub en: String,
}
