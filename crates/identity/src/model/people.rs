//! People, and what they see of themselves and each other.

use kernel::{Instant, Language, OrganisationId, PersonId, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{OrganisationKind, OrganisationStatus};

/// Someone who acts for an organization.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// For whom they act.
    pub organisation_id: OrganisationId,
    /// Their address, in lower case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What they read.
    pub language: Language,
}

/// An account of the city's people, as the administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    /// Their id.
    pub id: PersonId,
    /// For whom they act.
    pub organisation_id: OrganisationId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Has accepted the invitation.
    pub signed_up: bool,
    /// Cannot sign in.
    pub disabled: bool,
    /// Signs in with a code, too.
    pub second_factor: bool,
    /// When they last signed in.
    pub last_login_at: Option<Instant>,
    /// Rises with each change.
    pub version: i32,
}

/// What an administrator changes of an account; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default)]
pub struct UserChange {
    /// What they may do: a role that fits their organization.
    pub role: Option<Role>,
    /// Whether they are kept from signing in.
    pub disabled: Option<bool>,
}

/// Someone to be invited.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewPerson {
    /// Where the invitation goes.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// For whom they act.
    pub organisation_id: OrganisationId,
    /// What they read; French when not said.
    pub language: Option<Language>,
}

/// Someone who was invited.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invited {
    /// The person.
    #[serde(flatten)]
    pub person: Person,
    /// Until when the link in the mail works.
    pub invitation_expires_at: Instant,
    /// A warning: mail to this address arrives in the mailbox of another account, so that one
    /// person may hold both.
    pub same_mailbox: bool,
}

/// The signed-in person, as they see themselves.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// Their id.
    pub id: PersonId,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What they read.
    pub language: Language,
    /// Signs in with a code, too.
    pub second_factor: bool,
    /// For whom they act.
    pub organisation: MyOrganisation,
}

/// The organization of the signed-in person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyOrganisation {
    /// Its id.
    pub id: OrganisationId,
    /// What it does here.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: String,
    /// Whether it is who it says.
    pub status: OrganisationStatus,
}

/// What people may correct of their account.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ProfileChange {
    /// Their name.
    pub name: Option<String>,
    /// What they read.
    pub language: Option<Language>,
}

/// A colleague to be invited into one's own organization.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewColleague {
    /// Where the invitation goes.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they read; French when not said.
    pub language: Option<Language>,
}

/// Someone who acts for an organization, as its people and staff see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Member {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Has accepted the invitation.
    pub signed_up: bool,
    /// Left, or was taken off.
    pub disabled: bool,
}
