//! Passwords: set from a link in a mail, or changed by who knows the old one.

use std::net::IpAddr;

use db::{Db, Result, Tx};
use kernel::{Actor, Fields, PersonId, Refusal};
use notifications::{AccountChange, Message};

use super::attempts;
use super::audit::note;
use super::links::{live_link, new_link};
use super::people::recipient;
use super::second_factors::tell;
use super::sessions::open_session;
use crate::model::{LinkPurpose, TokenPair};
use crate::password::PasswordSettings;
use crate::token::{self, RESET_HOURS, Signer256};
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
/// checked the link and hashed the password, outside of the transaction. The link's token is
/// then what the device is known by.
///
/// # Errors
/// `invalid_token` when the link was used or is too old.
pub fn accept_invitation(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    token: &str,
    password_hash: &str,
    network: Option<&str>,
) -> Result<TokenPair> {
    let now = tx.now();
    let link = live_link(tx, LinkPurpose::Invitation, token, now)?;
    store::use_links(tx, link.person, now)?;
    store::set_password(tx, link.person, password_hash, now)?;
    store::note_device(tx, link.person, &token::hash(token), now)?;
    note(tx, "post_auth_invitation", link.person, network)?;
    Ok(TokenPair {
        device_token: Some(token.to_owned()),
        ..open_session(tx, signer, link.person, network)?
    })
}

/// Mails a link to set a new password, if the address has an account. Whoever asks learns
/// nothing from it, and cannot have somebody written to without end.
///
/// # Errors
/// `too_many_requests`.
pub fn forget_password(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    email: &str,
    from: Option<IpAddr>,
) -> Result<()> {
    attempts::may_ask_for_link(tx, signer, from)?;
    let email = rules::normal_email(email);
    let mut fields = Fields::default();
    rules::check_email(&mut fields, "/email", &email);
    if !fields.is_empty() {
        return Ok(()); // no account has such an address
    }
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

/// Sets a new password from a mailed link, ends every session and forgets every device. It signs
/// nobody in: who has a second factor still needs it. What was tried against the old password
/// counts no more; and the token of the link, which only the owner of the mailbox has, is a known
/// device's from now on, so that strangers who go on trying do not keep the owner out. Returns
/// whose account it is.
///
/// # Errors
/// `invalid_token` when the link was used or is too old.
pub fn reset_password(
    tx: &mut Tx<'_>,
    token: &str,
    password_hash: &str,
    network: Option<&str>,
) -> Result<PersonId> {
    let now = tx.now();
    let link = live_link(tx, LinkPurpose::Reset, token, now)?;
    store::forget_devices(tx, link.person)?;
    store::note_device(tx, link.person, &token::hash(token), now)?;
    store::use_links(tx, link.person, now)?;
    store::set_password(tx, link.person, password_hash, now)?;
    store::end_sessions(tx, link.person, None, "password set anew", now)?;
    tell(tx, link.person, AccountChange::Password)?;
    note(tx, "post_auth_reset", link.person, network)?;
    Ok(link.person)
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
