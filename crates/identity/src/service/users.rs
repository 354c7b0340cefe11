//! Accounts, as the administrator changes them: another role, kept from signing in, let in again.

use db::{Db, Result, Tx};
use kernel::{Actor, Code, OrganisationId, PersonId, Refusal, Role};

use super::members::{an_administrator_stays, remove_member};
use super::people::send_invitation;
use super::sessions::freshly_proven;
use crate::model::{User, UserChange};
use crate::token::Signer256;
use crate::{rules, store};

/// Everyone who acts for the city, also those who left, by name.
///
/// # Errors
/// When the database fails.
pub fn users_of_city(db: &mut Db, city: OrganisationId) -> Result<Vec<User>> {
    store::users(db, city, None)
}

/// One account.
///
/// # Errors
/// `not_found`.
pub fn user(db: &mut Db, id: PersonId) -> Result<User> {
    let person = store::person(db, id)?.ok_or_else(Refusal::not_found)?;
    let found = store::users(db, person.organisation_id, Some(id))?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| Refusal::not_found().into())
}

/// Changes an account. Whoever gets another role, or is kept out, is signed out everywhere; who is
/// let in again and never chose a password gets another invitation.
///
/// # Errors
/// `not_found`, `role_mismatch`, `proof_required` where an administrator comes or goes, `last_person`.
pub fn change_user(
    tx: &mut Tx<'_>,
    signer: &Signer256,
    actor: &Actor,
    id: PersonId,
    change: &UserChange,
) -> Result<User> {
    let before = user(tx, id)?;
    let role = change.role.filter(|role| *role != before.role);
    let disabled = change.disabled.filter(|off| *off != before.disabled);
    if [Some(before.role), role].contains(&Some(Role::Admin))
        && (role.is_some() || disabled.is_some())
    {
        freshly_proven(tx, signer, actor)?;
    }
    if disabled == Some(true) {
        remove_member(tx, actor, before.organisation_id, id)?;
    }
    if let Some(role) = role {
        set_role(tx, &before, role)?;
    }
    if disabled == Some(false) {
        enable(tx, &before)?;
    }
    user(tx, id)
}

/// Signs somebody out everywhere, such as after a telephone was lost; keys and the password stay.
///
/// # Errors
/// `not_found`.
pub fn end_sessions_of(tx: &mut Tx<'_>, id: PersonId) -> Result<()> {
    user(tx, id)?;
    let now = tx.now();
    store::end_sessions(tx, id, None, "ended by an administrator", now)
}

fn set_role(tx: &mut Tx<'_>, before: &User, role: Role) -> Result<()> {
    let organisation = store::organisation(tx, before.organisation_id)?;
    let organisation = organisation.ok_or_else(Refusal::not_found)?;
    rules::role_fits(role, organisation.kind)?;
    an_administrator_stays(tx, before.id)?;
    let now = tx.now();
    store::set_role(tx, before.id, role, now)?;
    store::end_sessions(tx, before.id, None, "role changed", now)
}

fn enable(tx: &mut Tx<'_>, before: &User) -> Result<()> {
    // nobody comes back from being erased
    if store::is_erased(&before.email) {
        return Err(Code::NotFound.into());
    }
    let now = tx.now();
    store::enable(tx, before.id, now)?;
    if before.signed_up {
        return Ok(());
    }
    let person = store::person(tx, before.id)?.ok_or_else(Refusal::not_found)?;
    let organisation = store::organisation(tx, before.organisation_id)?;
    let name = organisation.map(|it| it.name).unwrap_or_default();
    send_invitation(tx, &person, &name, false).map(drop)
}
