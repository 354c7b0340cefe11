//! One function per use case: load, decide, write, tell.

mod api_keys;
mod attempts;
mod audit;
mod calendar_links;
mod cases;
mod changes;
mod email;
mod links;
mod members;
mod open_links;
mod operators;
mod organisations;
mod passwords;
mod people;
mod personal_data;
mod registration;
mod saved_views;
mod second_factors;
mod session_cookies;
mod sessions;
mod sign_in;
mod users;

pub use api_keys::{api_keys, create_api_key, keys_of_maker, revoke_api_key};
pub use attempts::{count_wrong_link, forget_old_attempts, may_register};
pub use audit::{audit_events, record, seal_audit, verify_audit};
pub use calendar_links::{CalendarLink, calendar_reader, make_calendar_link, revoke_calendar_link};
pub use cases::{note_case, open_case, registration_cases, settle_case};
pub use changes::{change_organisation, organisation_changes};
pub use email::{ask_email_change, change_email};
pub use members::{invite_colleague, members, remove_member};
pub use open_links::{OpenLink, open_link};
pub use operators::{
    make_badge, operator_by_badge, operator_by_password, operators, void_badge, whose_badge,
};
pub use organisations::{change_status, create_organisation, suspend, verify_organisation};
pub use passwords::{
    accept_invitation, change_password, check_link, check_new_password, forget_password,
    reset_password,
};
pub use people::{change_profile, found_city, invite};
pub use personal_data::{Kept, Kind, RetentionSettings, erase_person, personal_data, retention};
pub use registration::{enter_organisation, register};
pub use saved_views::{remove_view, save_view, saved_views};
pub use second_factors::{
    begin_second_factor, confirm_second_factor, remove_second_factor, use_second_factor,
};
pub use session_cookies::{Visitor, end_cookie, give_cookie, keep_session, visitor};
pub use sessions::{
    Standing, confirm, end_other_sessions, end_own_session, end_session, freshly_proven,
    open_session, open_sessions, refresh, renew_proof, still_signed_in,
};
pub use sign_in::{
    SignIn, SignedIn, begin_proof, begin_sign_in, failed, finish_sign_in, has_second_factor,
    proven, take_code,
};
pub use users::{change_user, end_sessions_of, user, users_of_city};
