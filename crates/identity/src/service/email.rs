//! Changing one's address: asked for by who proves who they are, done by the link that was
//! mailed to the new address. The old address hears of both.

use db::{Result, Tx};
use kernel::{Actor, Code, Fields, PersonId, Refusal, Text};
use notifications::{AccountChange, Message, Recipient};

use super::attempts;
use super::links::{live_link, new_email_link};
use super::people::recipient;
use super::second_factors::tell;
use super::sign_in::take_code;
use crate::model::LinkPurpose;
use crate::token::{EMAIL_HOURS, Signer256};
use crate::{Vault, rules, store};

/// Mails a link to the new address, of somebody whose password was just checked, and tells
/// the old one. Nobody learns from it whether the new address has an account: then there is
/// no link, and the answer is the same.
///
/// # Errors
/// `invalid_fields`, `second_factor_required`, `second_factor_refused`, `too_many_requests`.
pub fn ask_email_change(
    tx: &mut Tx<'_>,
    (signer, vault): (&Signer256, &Vault),
    actor: &Actor,
    email: &str,
    code: Option<&str>,
) -> Result<()> {
    take_code(tx, vault, actor.person, code)?;
    let person = store::person(tx, actor.person)?.ok_or_else(Refusal::not_found)?;
    let email = check(email, &person.email)?;
    attempts::count_email_change(tx, signer, person.id)?;
    tell(tx, person.id, AccountChange::EmailAsked)?;
    if store::email_taken(tx, &email)? {
        return Ok(());
    }
    let now = tx.now();
    store::use_links_for(tx, person.id, LinkPurpose::Email, now)?;
    let asked = (email.as_str(), actor.session);
    let (token, expires_at) = new_email_link(tx, person.id, EMAIL_HOURS * 3600, asked)?;
    let to = Recipient {
        email,
        ..recipient(&person)
    };
    notifications::push(tx, &to, &Message::EmailChange { token, expires_at })
}

/// The new address as it is kept.
fn check(email: &str, present: &str) -> Result<String> {
    let mut fields = Fields::default();
    rules::check_email(&mut fields, "/email", email);
    let email = rules::normal_email(email);
    if email == present {
        let same = Text::new(
            "C'est déjà l'adresse de ce compte.",
            "This is the account's address already.",
        );
        fields.push("/email", Code::Invalid, same);
    }
    fields.check()?;
    Ok(email)
}

/// Changes an address by the link that was mailed to it, and tells the old one. Every other
/// link of the account is void, and every session but the one that asked ends. Returns whose
/// account it is, and whether its mail arrives in the mailbox of another account now.
///
/// # Errors
/// `invalid_token` when the link was used or is too old; `email_taken` when somebody made an
/// account with the address meanwhile.
pub fn change_email(tx: &mut Tx<'_>, token: &str) -> Result<(PersonId, bool)> {
    let now = tx.now();
    let link = live_link(tx, LinkPurpose::Email, token, now)?;
    let email = link.new_email.ok_or(Code::InvalidToken)?;
    if store::email_taken(tx, &email)? {
        return Err(Code::EmailTaken.into());
    }
    tell(tx, link.person, AccountChange::Email)?;
    store::use_links(tx, link.person, now)?;
    store::set_email(tx, link.person, &email, now)?;
    store::end_sessions(tx, link.person, link.session, "address changed", now)?;
    let mailbox = rules::mailbox(&email);
    let same_mailbox = store::in_same_mailbox(tx, &mailbox, link.person)?.is_some();
    Ok((link.person, same_mailbox))
}
