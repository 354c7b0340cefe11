//! An association, or a firm that gives, registers itself; a helper registers an association.

use db::{Result, Tx};
use kernel::{Actor, Fields, Language, PersonId, Role};

use super::cases::{note_namesake, note_other_name};
use super::organisations::{add_organisation, create_organisation};
use super::people::{add_person, in_same_mailbox, send_invitation, tell_of_new_member};
use crate::model::{
    NewOrganisation, Organisation, OrganisationKind, OrganisationStatus, Person,
    RegisteredOrganisation, Registration,
};
use crate::register::{self, RegisterAnswer, RegisterCheck};
use crate::{rules, store};

/// An association registers itself, or a helper registers it and may apply for it from then on.
/// What the copy of the public register has is filled in and verified; what it does not have
/// stays pending until staff verify it, and only the decision on an application waits for that. A
/// firm that gives stays pending, too; it can offer a batch meanwhile, which staff accept or not.
///
/// # Errors
/// `invalid_fields`, `association_dissolved`, `already_registered`, `email_taken`.
pub fn register(
    tx: &mut Tx<'_>,
    registration: &Registration,
    helper: Option<PersonId>,
) -> Result<RegisteredOrganisation> {
    let gives = registration.organisation.kind == Some(OrganisationKind::Donor);
    let found = Found::of(tx, &registration.organisation, gives)?;
    let organisation = found.enter(tx, "/organisation", helper, |fields| {
        rules::check_email(fields, "/person/email", &registration.person.email);
        fields.name("/person/name", &registration.person.name, 200);
    })?;
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

/// Enters an organization: staff any that they know, which is verified by that; a helper an
/// association, which the register or staff verify.
///
/// # Errors
/// `invalid_fields`, `association_dissolved`, `already_registered`.
pub fn enter_organisation(
    tx: &mut Tx<'_>,
    actor: &Actor,
    new: &NewOrganisation,
) -> Result<Organisation> {
    if actor.role != Role::Helper {
        return create_organisation(tx, new);
    }
    let gives = new.kind == Some(OrganisationKind::Donor);
    let found = Found::of(tx, new, gives)?;
    found.enter(tx, "", Some(actor.person), |_| {})
}

/// What was given of an organization, with what the register says of it.
struct Found {
    new: NewOrganisation,
    check: Option<RegisterCheck>,
    gives: bool,
}

impl Found {
    fn of(tx: &mut Tx<'_>, given: &NewOrganisation, gives: bool) -> Result<Self> {
        let now = tx.now();
        let (check, entry) = match gives {
            true => (None, None),
            false => {
                let (check, entry) = register::look_up(tx, given, now)?;
                (Some(check), entry)
            }
        };
        Ok(Self {
            new: register::filled_in(given, entry.as_ref()),
            check,
            gives,
        })
    }

    /// Enters it, unless something is wrong with it or with what else is checked.
    fn enter(
        self,
        tx: &mut Tx<'_>,
        at: &str,
        helper: Option<PersonId>,
        also: impl FnOnce(&mut Fields),
    ) -> Result<Organisation> {
        let mut fields = Fields::default();
        let identifiers = rules::check_organisation(&mut fields, at, &self.new);
        rules::check_registered_kind(&mut fields, at, self.new.kind, helper.is_some());
        also(&mut fields);
        fields.check()?;
        let known = self.check.as_ref().map(|check| check.answer);
        let status = match known {
            Some(RegisterAnswer::Active) => OrganisationStatus::Verified,
            _ => OrganisationStatus::Pending,
        };
        let kind = match self.gives {
            true => OrganisationKind::Donor,
            false => OrganisationKind::Association,
        };
        let made = add_organisation(tx, &self.new, identifiers, kind, status, self.check)?;
        if let Some(helper) = helper {
            store::note_helper(tx, made.id, helper)?;
        }
        Ok(made)
    }
}
