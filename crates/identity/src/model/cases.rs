//! Registrations that staff have to look at.

use kernel::{Instant, OrganisationId, RegistrationCaseId, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text_enum! {
    /// Why staff have to look at a registration.
    pub enum CaseKind {
        /// The same RNA or SIRET: the second registration was not taken.
        SameIdentifier = "same_identifier",
        /// The same name at the same postal code: both were taken.
        SameName = "same_name",
        /// The register has the number under quite another name: it was taken, under that.
        NameDiffers = "name_differs",
    }
}
db::text_column!(CaseKind);

text_enum! {
    /// Where a case stands.
    pub enum CaseStatus {
        /// Staff have to look at it.
        Open = "open",
        /// The person was invited into the association that was there.
        Joined = "joined",
        /// The two became one.
        Merged = "merged",
        /// They are not the same, or nothing is to be done.
        Dismissed = "dismissed",
    }
}
db::text_column!(CaseStatus);

text_enum! {
    /// How staff settle a case.
    pub enum CaseOutcome {
        /// Invite the person into the association that was there.
        Join = "join",
        /// Make the two one: people and applications move to the one that was there.
        Merge = "merge",
        /// They are not the same, or nothing is to be done.
        Dismiss = "dismiss",
    }
}

/// A registration that staff have to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegistrationCase {
    /// Its id.
    pub id: RegistrationCaseId,
    /// The association that was there; with `name_differs`, the one that was registered.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation: String,
    /// The second registration, if it was taken.
    pub other_id: Option<OrganisationId>,
    /// Why to look at it.
    pub kind: CaseKind,
    /// The name that was given.
    pub association: String,
    /// Who registered it.
    pub person_name: String,
    /// Their address.
    pub email: String,
    /// Where it stands.
    pub status: CaseStatus,
    /// What staff wrote when they settled it.
    pub note: Option<String>,
    /// When it came up.
    pub created_at: Instant,
    /// When it was settled.
    pub closed_at: Option<Instant>,
}

/// How a case is settled.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Settlement {
    /// What is done.
    pub outcome: CaseOutcome,
    /// Why.
    #[serde(default)]
    pub note: String,
}
