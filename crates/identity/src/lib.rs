#![doc = include_str!("../README.md")]

mod model;
pub mod password;
pub mod rules;
mod service;
mod store;
pub mod token;

pub use model::{
    ApiKeyCreated, Credentials, Invited, Me, MyOrganisation, NewApiKey, NewOrganisation, NewPerson,
    Organisation, OrganisationFilter, OrganisationKind, OrganisationStatus, Person,
    RegisteredOrganisation, Registration, RegistrationPerson, Scope, TokenPair,
};
pub use service::{
    accept_invitation, change_status, confirm, create_api_key, create_organisation, end_session,
    found_city, invite, open_session, refresh, register, suspend, verify_organisation,
};
pub use store::{
    KeyHolder, api_key, contacts, credentials, me, names, organisation, organisation_of_kind,
    organisations, person, staff_contacts, touch_api_key,
};
