//! People: the first administrator, and those who are invited.

use db::schema::organisations;
use db::{Result, Tx};
use diesel::prelude::*;
use kernel::{Actor, Code, Fields, Instant, Language, OrganisationId, Refusal, Role};
use notifications::{Message, Recipient};

use super::links::new_link;
use crate::model::{
    Invited, LinkPurpose, Me, NewPerson, Organisation, OrganisationKind, OrganisationStatus,
    Person, ProfileChange,
};
use crate::token::INVITATION_DAYS;
use crate::{rules, store};

/// The city and its first administrator: for the command line, before anyone can sign in.
/// A second administrator joins the city that is there.
///
/// # Errors
/// `email_taken`, `invalid_fields`.
pub fn found_city(
    tx: &mut Tx<'_>,
    city: &str,
    name: &str,
    email: &str,
    password_hash: Option<&str>,
) -> Result<Person> {
    let mut fields = Fields::default();
    rules::check_email(&mut fields, "/email", email);
    fields.name("/name", name, 200);
    fields.check()?;
    let known: Option<OrganisationId> = organisations::table
        .filter(organisations::kind.eq(OrganisationKind::City))
        .order(organisations::id)
        .select(organisations::id)
        .first(&mut **tx)
        .optional()?;
    let organisation_id = match known {
        Some(id) => id,
        None => {
            let organisation = Organisation {
                id: tx.new_id(),
                kind: OrganisationKind::City,
                name: city.to_owned(),
                siret: None,
                rna: None,
                status: OrganisationStatus::Verified,
                status_reason: None,
                address: String::new(),
                postal_code: String::new(),
                commune: city.to_owned(),
                commune_code: None,
                version: 1,
                created_at: tx.now(),
                updated_at: tx.now(),
                register_check: None,
                representative: None,
                contact_email: None,
                contact_phone: None,
                listed: false,
            };
            store::insert_organisation(tx, &organisation)?;
            organisation.id
        }
    };
    let person = Person {
        id: tx.new_id(),
        organisation_id,
        email: rules::normal_email(email),
        name: name.trim().to_owned(),
        role: Role::Admin,
        language: Language::French,
    };
    add_person(tx, &person, password_hash)?;
    if password_hash.is_none() {
        send_invitation(tx, &person, city, false)?;
    }
    Ok(person)
}

pub(super) fn add_person(
    tx: &mut Tx<'_>,
    person: &Person,
    password_hash: Option<&str>,
) -> Result<()> {
    if store::email_taken(tx, &person.email)? {
        return Err(Code::EmailTaken.into());
    }
    let now = tx.now();
    store::insert_person(tx, person, password_hash, now)
}

/// Mails a link that sets the password.
pub(super) fn send_invitation(
    tx: &mut Tx<'_>,
    person: &Person,
    organisation: &str,
    registered_itself: bool,
) -> Result<Instant> {
    let lifetime = INVITATION_DAYS * 86_400;
    let (token, expires_at) = new_link(tx, person.id, LinkPurpose::Invitation, lifetime)?;
    let organisation = organisation.to_owned();
    let message = if registered_itself {
        Message::RegistrationReceived {
            organisation,
            gives: person.role == Role::Donor,
            token,
            expires_at,
        }
    } else {
        Message::Invitation {
            organisation,
            token,
            expires_at,
        }
    };
    notifications::push(tx, &recipient(person), &message)?;
    Ok(expires_at)
}

pub(super) fn recipient(person: &Person) -> Recipient {
    Recipient {
        person: Some(person.id),
        email: person.email.clone(),
        name: person.name.clone(),
        language: person.language,
    }
}

/// Invites someone by mail.
///
/// # Errors
/// `invalid_fields`, `role_mismatch`, `email_taken`.
pub fn invite(tx: &mut Tx<'_>, new: &NewPerson) -> Result<Invited> {
    let mut fields = Fields::default();
    rules::check_email(&mut fields, "/email", &new.email);
    fields.name("/name", &new.name, 200);
    fields.check()?;
    let organisation = store::organisation(tx, new.organisation_id)?.ok_or_else(|| {
        Refusal::field(
            "/organisation_id",
            Code::UnknownReference,
            Code::UnknownReference.help(),
        )
    })?;
    rules::role_fits(new.role, organisation.kind)?;
    let person = Person {
        id: tx.new_id(),
        organisation_id: organisation.id,
        email: rules::normal_email(&new.email),
        name: new.name.trim().to_owned(),
        role: new.role,
        language: new.language.unwrap_or(Language::French),
    };
    add_person(tx, &person, None)?;
    let invitation_expires_at = send_invitation(tx, &person, &organisation.name, false)?;
    let same_mailbox = in_same_mailbox(tx, &person)?;
    let others = store::contacts(tx, organisation.id)?;
    tell_of_new_member(tx, others, &person, &organisation.name, same_mailbox)?;
    Ok(Invited {
        person,
        invitation_expires_at,
        same_mailbox,
    })
}

/// Whether mail to somebody arrives in the mailbox of another account.
pub(super) fn in_same_mailbox(tx: &mut Tx<'_>, person: &Person) -> Result<bool> {
    let mailbox = rules::mailbox(&person.email);
    Ok(store::in_same_mailbox(tx, &mailbox, person.id)?.is_some())
}

/// The others hear of it, also whoever invited: it may have been somebody else in their session.
pub(super) fn tell_of_new_member(
    tx: &mut Tx<'_>,
    mut others: Vec<Recipient>,
    person: &Person,
    organisation: &str,
    same_mailbox: bool,
) -> Result<()> {
    others.retain(|other| other.person != Some(person.id));
    let message = Message::NewMember {
        organisation: organisation.to_owned(),
        person: person.name.clone(),
        email: person.email.clone(),
        same_mailbox,
    };
    notifications::push_all(tx, &others, &message)
}

/// Corrects what an account says of its person.
///
/// # Errors
/// `invalid_fields`.
pub fn change_profile(tx: &mut Tx<'_>, actor: &Actor, change: &ProfileChange) -> Result<Me> {
    let me = store::me(tx, actor.person)?;
    let name = change.name.as_deref().unwrap_or(&me.name).trim();
    let mut fields = Fields::default();
    fields.name("/name", name, 200);
    fields.check()?;
    let now = tx.now();
    store::set_profile(
        tx,
        actor.person,
        name,
        change.language.unwrap_or(me.language),
        now,
    )?;
    store::me(tx, actor.person)
}
