//! The people of an organization: they invite each other, and leave.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, OrganisationId, PersonId, Refusal};

use super::people::invite;
use crate::model::{Invited, Member, NewColleague, NewPerson};
use crate::{rules, store};

/// # Errors
/// `not_found` for another organization than one's own, unless for the city.
fn of_ones_own(actor: &Actor, organisation: OrganisationId) -> Result<()> {
    match actor.limited_to() {
        Some(own) if own != organisation => Err(Refusal::not_found().into()),
        _ => Ok(()),
    }
}

/// Everyone of an organization, also those who left.
///
/// # Errors
/// `not_found`, also when it is another organization.
pub fn members(db: &mut Db, actor: &Actor, organisation: OrganisationId) -> Result<Vec<Member>> {
    of_ones_own(actor, organisation)?;
    store::organisation(db, organisation)?.ok_or_else(Refusal::not_found)?;
    store::members(db, organisation)
}

/// Invites a colleague into one's own organization; staff into any but the city, whose
/// people the administrator invites.
///
/// # Errors
/// `not_found`, `not_allowed`, `invalid_fields`, `email_taken`.
pub fn invite_colleague(
    tx: &mut Tx<'_>,
    actor: &Actor,
    organisation: OrganisationId,
    new: &NewColleague,
) -> Result<Invited> {
    of_ones_own(actor, organisation)?;
    let organisation = store::organisation(tx, organisation)?.ok_or_else(Refusal::not_found)?;
    let role = rules::role_of(organisation.kind);
    if role == kernel::Role::Staff {
        return Err(Code::NotAllowed.into());
    }
    let person = NewPerson {
        email: new.email.clone(),
        name: new.name.clone(),
        role,
        organisation_id: organisation.id,
        language: new.language,
    };
    invite(tx, &person)
}

/// Whoever is taken away is not the last administrator who can sign in, by whichever door.
///
/// # Errors
/// `last_person`.
pub(super) fn an_administrator_stays(tx: &mut Tx<'_>, leaving: PersonId) -> Result<()> {
    let known = store::person(tx, leaving)?;
    let admin = known.is_some_and(|person| person.role == kernel::Role::Admin);
    if admin && !store::is_disabled(tx, leaving)? && !store::other_admin(tx, leaving)? {
        return Err(Code::LastPerson.into());
    }
    Ok(())
}

/// Someone leaves, or is taken off: they can sign in no more, and their sessions end. What
/// they did stays, and so do the applications that they opened; keys that they made end with
/// their account. A repeat changes nothing.
///
/// # Errors
/// `not_found`, `not_allowed`, `last_person`.
pub fn remove_member(
    tx: &mut Tx<'_>,
    actor: &Actor,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<()> {
    of_ones_own(actor, organisation)?;
    let known = store::organisation(tx, organisation)?.ok_or_else(Refusal::not_found)?;
    if rules::role_of(known.kind) == kernel::Role::Staff && actor.role != kernel::Role::Admin {
        return Err(Code::NotAllowed.into());
    }
    let members = store::members(tx, organisation)?;
    rules::may_leave(&members, person)?;
    an_administrator_stays(tx, person)?;
    let now = tx.now();
    if store::disable(tx, person, now)? {
        store::end_sessions(tx, person, None, "left the organization", now)?;
        store::revoke_keys_of(tx, person, now)?;
        store::delete_badge(tx, person)?;
    }
    Ok(())
}
