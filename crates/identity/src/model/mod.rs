//! Organizations, people, and what they sign in with.

mod cases;
mod organisations;
mod people;
mod records;
mod registration;
mod saved_views;
mod sign_in;

pub use cases::{CaseKind, CaseOutcome, CaseStatus, RegistrationCase, Settlement};
pub use organisations::{
    NewOrganisation, NewRegistrationCase, Organisation, OrganisationChange, OrganisationFilter,
    OrganisationKind, OrganisationPatch, OrganisationStatus,
};
pub use people::{
    Invited, Me, Member, MyOrganisation, NewColleague, NewPerson, Person, ProfileChange, User,
    UserChange,
};
pub use records::{
    AuditEvent, AuditFilter, AuditReport, HeldAccount, HeldLink, HeldSession, PersonalData,
};
pub use registration::{RegisteredOrganisation, Registration, RegistrationPerson};
pub use saved_views::{NewSavedView, SavedView};
pub(crate) use sign_in::Claimed;
pub use sign_in::{
    ApiKey, ApiKeyCreated, Badge, Credentials, KeysOfMaker, LinkPurpose, NewApiKey, OpenSession,
    Operator, RecoveryCodes, Scope, SecondFactorRule, SecondFactorSecret, SessionSettings,
    TokenPair,
};
