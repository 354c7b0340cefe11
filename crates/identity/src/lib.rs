#![doc = include_str!("../README.md")]

pub mod audit;
pub mod heads;
mod model;
pub mod password;
pub mod register;
pub mod rules;
mod service;
mod store;
pub mod token;
mod totp;
mod vault;

pub use model::{
    ApiKey, ApiKeyCreated, AuditEvent, AuditFilter, AuditReport, CaseKind, CaseOutcome, CaseStatus,
    Credentials, Invited, LinkPurpose, Me, Member, MyOrganisation, NewApiKey, NewColleague,
    NewOrganisation, NewPerson, Organisation, OrganisationFilter, OrganisationKind,
    OrganisationStatus, Person, PersonalData, ProfileChange, RecoveryCodes, RegisteredOrganisation,
    Registration, RegistrationCase, RegistrationPerson, Scope, SecondFactorRule,
    SecondFactorSecret, Settlement, TokenPair,
};
pub use service::{
    Kept, Kind, RetentionSettings, SignIn, SignedIn, Standing, accept_invitation, api_keys,
    ask_email_change, audit_events, begin_proof, begin_second_factor, begin_sign_in, change_email,
    change_password, change_profile, change_status, check_link, check_new_password, confirm,
    confirm_second_factor, create_api_key, create_organisation, end_session, erase_person,
    finish_sign_in, forget_old_attempts, forget_password, found_city, has_second_factor, invite,
    invite_colleague, may_register, members, note_case, open_session, personal_data, proven,
    record, refresh, register, registration_cases, remove_member, remove_second_factor,
    reset_password, retention, revoke_api_key, seal_audit, settle_case, still_signed_in, suspend,
    use_second_factor, verify_audit, verify_organisation,
};
pub use service::{OpenLink, Visitor, end_cookie, give_cookie, keep_session, open_link, visitor};
pub use store::{
    KeyHolder, api_key, contacts, contacts_of_all, credentials, me, names, organisation,
    organisation_of_kind, organisations, person, sealed_secrets, search_key, staff_contacts,
    touch_api_key,
};
pub use vault::Vault;
