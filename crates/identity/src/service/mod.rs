//! One function per use case: load, decide, write, tell.

mod api_keys;
mod organisations;
mod people;
mod sessions;

pub use api_keys::create_api_key;
pub use organisations::{change_status, create_organisation, suspend, verify_organisation};
pub use people::{found_city, invite, register};
pub use sessions::{accept_invitation, confirm, end_session, open_session, refresh};
