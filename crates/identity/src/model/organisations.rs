//! Organizations: what they are, and what is changed of them.

use kernel::{Actor, Instant, OrganisationId, PersonId, Role, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::register::RegisterCheck;

text_enum! {
    /// What an organization does here.
    pub enum OrganisationKind {
        /// Gives equipment.
        Donor = "donor",
        /// Reconditions it.
        Workshop = "workshop",
        /// Receives it.
        Association = "association",
        /// Decides.
        City = "city",
    }
}
db::text_column!(OrganisationKind);

text_enum! {
    /// Whether an organization is who it says.
    pub enum OrganisationStatus {
        /// Not checked yet.
        Pending = "pending",
        /// Checked.
        Verified = "verified",
        /// Barred for a reason; its people change nothing.
        Suspended = "suspended",
        /// No longer exists.
        Dissolved = "dissolved",
    }
}
db::text_column!(OrganisationStatus);

/// A firm, workshop, association or city.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// What it does here.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: String,
    /// Its establishment number.
    pub siret: Option<String>,
    /// Its number in the register of associations.
    pub rna: Option<String>,
    /// Whether it is who it says.
    pub status: OrganisationStatus,
    /// Why it is suspended.
    pub status_reason: Option<String>,
    /// Street and number.
    pub address: String,
    /// Postal code.
    pub postal_code: String,
    /// Commune.
    pub commune: String,
    /// INSEE code of the commune or municipal district.
    pub commune_code: Option<String>,
    /// Who answers for it before the law.
    pub representative: Option<String>,
    /// Where it is reached.
    pub contact_email: Option<String>,
    /// Its telephone number, in the form of E.164.
    pub contact_phone: Option<String>,
    /// Whether it puts computers at the public's disposal and agreed to be on the public list of
    /// equipped places (`/donnees/lieux.csv`).
    pub listed: bool,
    /// Grows with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// What the public register said when it registered itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register_check: Option<RegisterCheck>,
}

/// An organization to be entered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewOrganisation {
    /// What it does here; in a registration, an association's when it is not said, or a donor's.
    pub kind: Option<OrganisationKind>,
    /// Its name.
    pub name: String,
    /// Its establishment number.
    pub siret: Option<String>,
    /// Its number in the register of associations.
    pub rna: Option<String>,
    /// Street and number.
    #[serde(default)]
    pub address: String,
    /// Postal code.
    #[serde(default)]
    pub postal_code: String,
    /// Commune.
    #[serde(default)]
    pub commune: String,
    /// INSEE code of the commune; found from the postal code in Marseille.
    pub commune_code: Option<String>,
}

/// Which organizations to list.
#[derive(Debug, Clone, Default)]
pub struct OrganisationFilter {
    /// Of this kind.
    pub kind: Option<OrganisationKind>,
    /// In this status.
    pub status: Option<OrganisationStatus>,
    /// Whose name, SIRET or RNA contains this.
    pub q: Option<String>,
    /// Only this one: what people outside the city may see.
    pub only: Option<OrganisationId>,
    /// Only those that this helper entered.
    pub entered_by: Option<PersonId>,
}

impl OrganisationFilter {
    /// What an actor may see: the city all, a helper those that they entered, others their own.
    pub fn seen_by(actor: &Actor) -> Self {
        let helper = actor.role == Role::Helper;
        Self {
            only: actor.limited_to().filter(|_| !helper),
            entered_by: helper.then_some(actor.person),
            ..Self::default()
        }
    }
}

/// What is changed of an organization. What is absent or null stays; an empty text takes away
/// what may be missing.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct OrganisationPatch {
    /// Its name.
    pub name: Option<String>,
    /// Its establishment number.
    pub siret: Option<String>,
    /// Its number in the register of associations.
    pub rna: Option<String>,
    /// Street and number.
    pub address: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Commune.
    pub commune: Option<String>,
    /// INSEE code of the commune; found from the postal code in Marseille.
    pub commune_code: Option<String>,
    /// Who answers for it before the law.
    pub representative: Option<String>,
    /// Where it is reached.
    pub contact_email: Option<String>,
    /// Its telephone number.
    pub contact_phone: Option<String>,
    /// Whether it is on the public list of equipped places: its own people alone agree to it;
    /// they, and staff, take it back at any time.
    pub listed: Option<bool>,
    /// Why, for whoever reads it later.
    pub reason: Option<String>,
}

/// What an organization was until it was changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OrganisationChange {
    /// The fields that were changed, as they were.
    #[schema(value_type = Object)]
    pub before: serde_json::Value,
    /// Why.
    pub reason: Option<String>,
    /// Who changed it.
    pub by: kernel::PersonId,
    /// When.
    pub at: Instant,
}

/// Two associations that may be one, as somebody of the city noticed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewRegistrationCase {
    /// The one that was there.
    pub organisation_id: OrganisationId,
    /// The one that may be the same.
    pub other_id: OrganisationId,
}
