//! Who is asking.

use crate::{ApiKeyId, OrganisationId, PersonId, SessionId, text_enum};

text_enum! {
    /// What a person may do; see the access table of the API.
    pub enum Role {
        /// Registers batches for a firm.
        Donor = "donor",
        /// Logs what happens to devices in a workshop.
        Refurbisher = "refurbisher",
        /// Applies for an association.
        Association = "association",
        /// Registers associations and applies for them, and does nothing else.
        Helper = "helper",
        /// Reviews, allocates and approves for the city.
        Staff = "staff",
        /// Does what staff do, and manages people and keys.
        Admin = "admin",
    }
}

/// The person on whose behalf a use case runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// In which capacity.
    pub role: Role,
    /// For whom.
    pub organisation: OrganisationId,
    /// The sign-in that this request came with; none for a machine's key.
    pub session: Option<SessionId>,
    /// The machine's key that asks: a principal of its own, and no person. `person` is whoever
    /// made it.
    pub key: Option<ApiKeyId>,
}

impl Actor {
    /// Somebody who signed in, and not the key of a machine.
    pub fn is_person(&self) -> bool {
        self.session.is_some() && self.key.is_none()
    }

    /// Acts for the city: sees every organization's cases.
    pub fn is_city(&self) -> bool {
        matches!(self.role, Role::Staff | Role::Admin)
    }

    /// Applies on behalf of associations: says for which one.
    pub fn applies_for_others(&self) -> bool {
        self.is_city() || self.role == Role::Helper
    }

    /// `None` for the city, which is not limited to one organization; else the only
    /// organization whose rows this actor may load.
    pub fn limited_to(&self) -> Option<OrganisationId> {
        (!self.is_city()).then_some(self.organisation)
    }
}
