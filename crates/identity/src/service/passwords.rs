//! Passwords: set from a link in a mail, or changed by who knows the old one.

use db::{Db, Result, Tx};
use kernel::{Actor, Refusal};
use notifications::{AccountChange, Message};

use super::attempts;
use super::links::{live_link, new_link};
use super::people::recipient;
use super::second_factors::tell;
use super::sessions::open_session;
use crate::model::{LinkPurpose, TokenPair};
use crate::password::PasswordSettings;
use crate::token::{RESET_HOURS, Signer256};
use crate::{rules, store};

/// Whether a link from a mail still works, so that nothing slow is done for one that does
/// not, and whether the password goes with it.
///
/// # Errors
/// `invalid_token`, `weak_password`.
pub fn check_link(
    db: &mut Db,
    settings: &PasswordSettings,
    purpose: LinkPurpose,
    token: &str,
    password: &str,
    now: kernel::Instant,
) -> Result<()> {
    let link = live_link(db, purpose, token, now)?;
    Ok(rules::check_password(
        settings,
        password,
        &[&link.email, &link.name, &link.organisation],
    )?)
}

/// Sets the first password of someone who was invited, and signs them in. The caller has
/// checked the link and hashed the password, outside of the transaction.
///
/// # Errors
/// `invalid_token` when the link was used or is too old.
pub fn accept_invitation(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    token: &str,
    password_hash: &str,
) -> Result<TokenPair> {
    let now = tx.now();
    let link = live_link(tx, LinkPurpose::Invitation, token, now)?;
    store::use_links(tx, link.person, now)?;
    store::set_password(tx, link.person, password_hash, now)?;
    open_session(tx, signer, link.person)
}

/// Mails a link to set a new password, if the address has an account. Whoever asks learns
/// nothing from it, and cannot have somebody written to without end.
///
/// # Errors
/// When the database fails.
pub fn forget_password(tx: &mut Tx<'_>, signer: &Signer256, email: &str) -> Result<()> {
    let email = rules::normal_email(email);
    if !attempts::may_mail_link(tx, signer, &email)? {
        return Ok(());
    }
    let Some(credentials) = store::credentials(tx, &email)?.filter(|c| !c.disabled) else {
        return Ok(());
    };
    let person = store::person(tx, credentials.person)?.ok_or_else(Refusal::not_found)?;
    let lifetime = RESET_HOURS * 3600;
    let (token, expires_at) = new_link(tx, person.id, LinkPurpose::Reset, lifetime)?;
    notifications::push(
        tx,
        &recipient(&person),
        &Message::PasswordReset { token, expires_at },
    )
}

/// Sets a new password from a mailed link, and ends every session. It signs nobody in: who
/// has a second factor still needs it.
///
/// # Errors
/// `invalid_token` when the link was used or is too old.
pub fn reset_password(tx: &mut Tx<'_>, token: &str, password_hash: &str) -> Result<()> {
    let now = tx.now();
    let link = live_link(tx, LinkPurpose::Reset, token, now)?;
    store::use_links(tx, link.person, now)?;
    store::set_password(tx, link.person, password_hash, now)?;
    store::end_sessions(tx, link.person, None, "password set anew", now)?;
    tell(tx, link.person, AccountChange::Password)
}

/// A new password fits the account of the person signed in.
///
/// # Errors
/// `weak_password`.
pub fn check_new_password(
    db: &mut Db,
    settings: &PasswordSettings,
    actor: &Actor,
    password: &str,
) -> Result<()> {
    let me = store::me(db, actor.person)?;
    let words = [&*me.email, &*me.name, &*me.organisation.name];
    Ok(rules::check_password(settings, password, &words)?)
}

/// Changes the password of the person signed in, whose present one was just checked, and
/// ends their other sessions.
///
/// # Errors
/// `invalid_token` when the account was disabled meanwhile.
pub fn change_password(tx: &mut Tx<'_>, actor: &Actor, password_hash: &str) -> Result<()> {
    let now = tx.now();
    store::use_links(tx, actor.person, now)?;
    store::set_password(tx, actor.person, password_hash, now)?;
    store::end_sessions(tx, actor.person, actor.session, "password changed", now)?;
    tell(tx, actor.person, AccountChange::Password)
}
