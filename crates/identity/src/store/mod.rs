//! Rows and queries. No decisions.

mod api_keys;
mod cases;
mod organisations;
mod people;
mod sessions;

use db::{Db, Result};

pub(crate) use api_keys::insert_api_key;
pub use api_keys::{KeyHolder, api_key, touch_api_key};
pub(crate) use cases::{case, cases, close_case, insert_case, open_case};
pub(crate) use organisations::{
    identifier_taken, insert_organisation, namesake, set_status, with_identifier,
};
pub use organisations::{names, organisation, organisation_of_kind, organisations};
pub use people::{contacts, credentials, me, person, staff_contacts};
pub(crate) use people::{
    disable, email_taken, end_sessions, insert_person, members, move_people, set_password,
};
pub(crate) use sessions::{
    end_session, extend_session, insert_invitation, insert_refresh_token, insert_session,
    invitation, live_session, refresh_token, signing_in, use_invitation, use_refresh_token,
};

/// Whether a count is not zero.
fn exists<'q, Q>(db: &mut Db, count: Q) -> Result<bool>
where
    Q: diesel::query_dsl::LoadQuery<'q, Db, i64>,
{
    Ok(count.get_result::<i64>(db)? > 0)
}
