//! Passwords that a link in a mail sets. Hashing is slow on purpose: it happens outside of
//! transactions, and not at all for a link that is void.

use identity::LinkPurpose;

use crate::state::State;

/// Hashes a password for whoever a link is for, once the link was found to work and the password
/// to go with it.
///
/// # Errors
/// `invalid_token`, `weak_password`.
pub async fn hash_for_link(
    state: &State,
    purpose: LinkPurpose,
    token: &str,
    password: &str,
) -> db::Result<String> {
    let (token, candidate) = (token.to_owned(), password.to_owned());
    let (passwords, now) = (state.passwords.clone(), state.database.now());
    state
        .database
        .read(move |db| {
            identity::check_link(db, passwords.settings(), purpose, &token, &candidate, now)
        })
        .await?;
    state.passwords.hash(password.to_owned()).await
}
