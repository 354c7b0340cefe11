//! How an association registers itself.

use kernel::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NewOrganisation, Organisation, Person};

/// An association that registers itself.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Registration {
    /// The association.
    pub organisation: NewOrganisation,
    /// Who registers it.
    pub person: RegistrationPerson,
}

/// Who registers an association.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RegistrationPerson {
    /// Their name.
    pub name: String,
    /// Where the confirmation goes.
    pub email: String,
    /// What they read; French when not said.
    pub language: Option<Language>,
}

/// What a registration made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegisteredOrganisation {
    /// The association.
    pub organisation: Organisation,
    /// Who registered it.
    pub person: Person,
    /// Mail to the person arrives in the mailbox of another account: for staff, who are told.
    /// Whoever registers does not learn who else has one.
    #[serde(skip)]
    pub same_mailbox: bool,
}
