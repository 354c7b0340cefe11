//! An association, or a firm that gives, registers itself.

use db::{Result, Tx};
use kernel::{Code, Fields, Language, Role, Text};

use super::cases::{note_namesake, note_other_name};
use super::organisations::add_organisation;
use super::people::{add_person, in_same_mailbox, send_invitation, tell_of_new_member};
use crate::model::{
    OrganisationKind, OrganisationStatus, Person, RegisteredOrganisation, Registration,
};
use crate::register::{self, RegisterAnswer};
use crate::{rules, store};

/// An association registers itself. What the copy of the public register has is filled in
/// and verified; what it does not have stays pending until staff verify it, and only the
/// decision on an application waits for that. A firm that gives stays pending, too; it can
/// offer a batch meanwhile, which staff accept or not.
///
/// # Errors
/// `invalid_fields`, `association_dissolved`, `already_registered`, `email_taken`.
pub fn register(tx: &mut Tx<'_>, registration: &Registration) -> Result<RegisteredOrganisation> {
    let now = tx.now();
    let gives = registration.organisation.kind == Some(OrganisationKind::Donor);
    let (check, entry) = match gives {
        true => (None, None),
        false => {
            let (check, entry) = register::look_up(tx, &registration.organisation, now)?;
            (Some(check), entry)
        }
    };
    let new = register::filled_in(&registration.organisation, entry.as_ref());
    let mut fields = Fields::default();
    let identifiers = rules::check_organisation(&mut fields, "/organisation", &new);
    if new.kind.is_some_and(|kind| {
        !matches!(
            kind,
            OrganisationKind::Association | OrganisationKind::Donor
        )
    }) {
        fields.push(
            "/organisation/kind",
            Code::Invalid,
            Text::new(
                "Seules une association ou une entreprise qui donne s'inscrivent elles-mêmes.",
                "Only an association or a firm that gives registers itself.",
            ),
        );
    }
    rules::check_email(&mut fields, "/person/email", &registration.person.email);
    fields.name("/person/name", &registration.person.name, 200);
    fields.check()?;
    let known = check.as_ref().map(|check| check.answer);
    let status = if known == Some(RegisterAnswer::Active) {
        OrganisationStatus::Verified
    } else {
        OrganisationStatus::Pending
    };
    let organisation = add_organisation(
        tx,
        &new,
        identifiers,
        match gives {
            true => OrganisationKind::Donor,
            false => OrganisationKind::Association,
        },
        status,
        check,
    )?;
    let person = Person {
        id: tx.new_id(),
        organisation_id: organisation.id,
        email: rules::normal_email(&registration.person.email),
        name: registration.person.name.trim().to_owned(),
        role: match gives {
            true => Role::Donor,
            false => Role::Association,
        },
        language: registration.person.language.unwrap_or(Language::French),
    };
    add_person(tx, &person, None)?;
    send_invitation(tx, &person, &organisation.name, true)?;
    let same_mailbox = in_same_mailbox(tx, &person)?;
    if same_mailbox {
        let staff = store::staff_contacts(tx)?;
        tell_of_new_member(tx, staff, &person, &organisation.name, true)?;
    }
    if !gives {
        note_namesake(tx, &organisation, &person)?;
        note_other_name(tx, &organisation, &person)?;
    }
    Ok(RegisteredOrganisation {
        organisation,
        person,
        same_mailbox,
    })
}
