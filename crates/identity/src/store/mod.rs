//! Rows and queries. No decisions.

mod api_keys;
mod attempts;
mod audit;
mod badges;
mod calendar_links;
mod cases;
mod organisations;
mod people;
mod personal_data;
mod saved_views;
mod second_factors;
mod session_cookies;
mod sessions;
mod users;

use db::{Db, Result};

pub use api_keys::{KeyHolder, api_key, touch_api_key};
pub(crate) use api_keys::{
    api_keys, insert_api_key, key_stands, live_keys_of, revoke_api_key, revoke_keys_of,
};
pub(crate) use attempts::{
    attempts, forget_attempts, forget_attempts_before, forget_devices, is_known_device,
    note_device, set_attempts, take_back_attempt,
};
pub(crate) use audit::{append, audit_events, audit_head, audit_heads, audit_links, seal_chain};
pub(crate) use badges::{badge_holder, delete_badge, set_badge};
pub use calendar_links::calendar_link_made_at;
pub(crate) use calendar_links::{calendar_reader, delete_calendar_link, put_calendar_link};
pub use cases::open_registration_cases;
pub(crate) use cases::{case, cases, close_case, insert_case, open_case};
pub(crate) use organisations::{
    changes_of, identifier_taken, insert_change, insert_organisation, maybe_the_same, note_helper,
    save_organisation, set_email_domain, set_status, with_identifier,
};
pub use organisations::{
    entered_by, names, organisation, organisation_of_kind, organisation_seen_by, organisations,
    pending_organisations, search_key,
};
pub use people::{
    contacts, contacts_of_all, credentials, me, person, recipient, staff, staff_contacts,
};
pub(crate) use people::{
    disable, email_taken, end_sessions, in_same_mailbox, insert_person, is_disabled, members,
    move_people, replace_hash, set_email, set_password, set_profile,
};
pub(crate) use personal_data::{
    acts, closed_before, erase_cases_before, erase_from_cases, erase_person, forget_devices_before,
    forget_links_before, forget_sessions_before, held_account, held_links, held_sessions,
    is_erased, other_admin,
};
pub(crate) use saved_views::{
    NewRow as NewSavedViewRow, count_saved_views, delete_saved_view, delete_saved_views,
    insert_saved_view, saved_views,
};
pub use second_factors::sealed_secrets;
pub(crate) use second_factors::{
    confirm_second_factor, delete_second_factor, insert_recovery_code, insert_second_factor,
    reseal, second_factor, use_recovery_code, use_step,
};
pub(crate) use session_cookies::{cookie_of, delete_cookie, insert_cookie};
pub(crate) use sessions::{
    LinkRow, NewLink, end_session, extend_session, insert_link, insert_refresh_token,
    insert_session, is_session_of, link, live_session, open_sessions, proven_at, refresh_token,
    session_began, set_proven, signing_in, use_links, use_links_for, use_refresh_token,
};

pub(crate) use users::{enable, set_role, users};

/// Whether a count is not zero.
fn exists<'q, Q>(db: &mut Db, count: Q) -> Result<bool>
where
    Q: diesel::query_dsl::LoadQuery<'q, Db, i64>,
{
    Ok(count.get_result::<i64>(db)? > 0)
}
