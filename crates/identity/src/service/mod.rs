//! One function per use case: load, decide, write, tell.

mod api_keys;
mod cases;
mod members;
mod organisations;
mod people;
mod registration;
mod sessions;

pub use api_keys::create_api_key;
pub use cases::{note_case, registration_cases, settle_case};
pub use members::{invite_colleague, members, remove_member};
pub use organisations::{change_status, create_organisation, suspend, verify_organisation};
pub use people::{found_city, invite};
pub use registration::register;
pub use sessions::{
    accept_invitation, confirm, end_session, open_session, refresh, still_signed_in,
};
