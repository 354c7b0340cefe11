//! The link that changes an address, as both doors follow it.

use actix_web::HttpRequest;

use crate::record::Origin;
use crate::state::State;

/// Changes the address that a link is for, and records it.
///
/// # Errors
/// `invalid_token`, `email_taken`.
pub async fn change(state: &State, request: &HttpRequest, token: String) -> db::Result<()> {
    let origin = Origin::of(request).named("post_auth_email");
    state
        .database
        .write(move |tx| {
            let (person, same_mailbox) = identity::change_email(tx, &token)?;
            let origin = match same_mailbox {
                true => origin.clone().with("same_mailbox", true.into()),
                false => origin.clone(),
            };
            identity::record(tx, origin.of_person(person))
        })
        .await
}
