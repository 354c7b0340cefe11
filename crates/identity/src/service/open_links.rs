//! What a link in a mail opens, for the page behind it: looking changes nothing.

use db::{Db, Result};
use kernel::Instant;

use super::links::live_link;
use crate::model::LinkPurpose;

/// A link that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLink {
    /// For whom it is.
    pub name: String,
    /// The address of their account.
    pub email: String,
    /// For whom they act.
    pub organisation: String,
    /// The address to be, of a link that changes it.
    pub new_email: Option<String>,
}

/// Looks at a link.
///
/// # Errors
/// `invalid_token` when it was used, is too old, or never was one.
pub fn open_link(db: &mut Db, purpose: LinkPurpose, token: &str, now: Instant) -> Result<OpenLink> {
    let link = live_link(db, purpose, token, now)?;
    Ok(OpenLink {
        name: link.name,
        email: link.email,
        organisation: link.organisation,
        new_email: link.new_email,
    })
}
