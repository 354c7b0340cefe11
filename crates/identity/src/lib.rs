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
    ApiKey, ApiKeyCreated, AuditEvent, AuditFilter, AuditReport, Badge, CaseKind, CaseOutcome,
    CaseStatus, Credentials, Invited, KeysOfMaker, LinkPurpose, Me, Member, MyOrganisation,
    NewApiKey, NewColleague, NewOrganisation, NewPerson, NewRegistrationCase, OpenSession,
    Operator, Organisation, OrganisationChange, OrganisationFilter, OrganisationKind,
    OrganisationPatch, OrganisationStatus, Person, PersonalData, ProfileChange, RecoveryCodes,
    RegisteredOrganisation, Registration, RegistrationCase, RegistrationPerson, Scope,
    SecondFactorRule, SecondFactorSecret, SessionSettings, Settlement, TokenPair, User, UserChange,
};
pub use model::{NewSavedView, SavedView};
pub use service::{CalendarLink, calendar_reader, make_calendar_link, revoke_calendar_link};
pub use service::{
    Kept, Kind, RetentionSettings, SignIn, SignedIn, Standing, accept_invitation, api_keys,
    ask_email_change, audit_events, begin_proof, begin_second_factor, begin_sign_in, change_email,
    change_organisation, change_password, change_profile, change_status, change_user, check_link,
    check_new_password, confirm, confirm_second_factor, count_wrong_link, create_api_key,
    create_organisation, end_other_sessions, end_own_session, end_session, end_sessions_of,
    enter_organisation, erase_person, failed, finish_sign_in, forget_old_attempts, forget_password,
    found_city, freshly_proven, has_second_factor, invite, invite_colleague, keys_of_maker,
    make_badge, may_register, members, note_case, open_case, open_session, open_sessions,
    operator_by_badge, operator_by_password, operators, organisation_changes, personal_data,
    proven, record, refresh, register, registration_cases, remove_member, remove_second_factor,
    renew_proof, reset_password, retention, revoke_api_key, seal_audit, settle_case,
    still_signed_in, suspend, take_code, use_second_factor, user, users_of_city, verify_audit,
    verify_organisation, void_badge, whose_badge,
};
pub use service::{OpenLink, Visitor, end_cookie, give_cookie, keep_session, open_link, visitor};
pub use service::{remove_view, save_view, saved_views};
pub use store::{
    KeyHolder, api_key, calendar_link_made_at, contacts, contacts_of_all, credentials, entered_by,
    me, names, open_registration_cases, organisation, organisation_of_kind, organisation_seen_by,
    organisations, pending_organisations, person, recipient, sealed_secrets, search_key, staff,
    staff_contacts, touch_api_key,
};
pub use vault::Vault;
