#![doc = include_str!("../README.md")]

mod model;
pub mod password;
pub mod register;
pub mod rules;
mod service;
mod store;
pub mod token;

pub use model::{
    ApiKeyCreated, CaseKind, CaseOutcome, CaseStatus, Credentials, Invited, Me, Member,
    MyOrganisation, NewApiKey, NewColleague, NewOrganisation, NewPerson, Organisation,
    OrganisationFilter, OrganisationKind, OrganisationStatus, Person, RegisteredOrganisation,
    Registration, RegistrationCase, RegistrationPerson, Scope, Settlement, TokenPair,
};
pub use service::{
    accept_invitation, change_status, confirm, create_api_key, create_organisation, end_session,
    found_city, invite, invite_colleague, members, note_case, open_session, refresh, register,
    registration_cases, remove_member, settle_case, still_signed_in, suspend, verify_organisation,
};
pub use store::{
    KeyHolder, api_key, contacts, credentials, me, names, organisation, organisation_of_kind,
    organisations, person, staff_contacts, touch_api_key,
};
