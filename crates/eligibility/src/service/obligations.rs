//! What associations owe from what they received: follow-ups and the like.

use db::{Db, Result, Tx};
use identity::OrganisationKind;
use kernel::{Actor, Fields, ObligationId, OrganisationId, Refusal};

use crate::model::{NewObligation, Obligation};
use crate::store;

/// Notes an obligation of an association.
///
/// # Errors
/// `not_found`, `invalid_fields`.
pub fn note_obligation(
    tx: &mut Tx<'_>,
    actor: &Actor,
    association: OrganisationId,
    new: &NewObligation,
) -> Result<Obligation> {
    let known = identity::organisation(tx, association)?
        .filter(|organisation| organisation.kind == OrganisationKind::Association);
    known.ok_or_else(Refusal::not_found)?;
    let mut fields = Fields::default();
    fields.text("/what", &new.what, 500);
    fields.check()?;
    let obligation = Obligation {
        id: tx.new_id(),
        association_id: association,
        what: new.what.trim().to_owned(),
        due_at: new.due_at,
        met_at: None,
        created_at: tx.now(),
    };
    store::insert_obligation(tx, &obligation, actor.person)?;
    Ok(obligation)
}

/// The obligations of an association, the first due first: the city sees all, an
/// association its own.
///
/// # Errors
/// `not_found`, also when it is another association.
pub fn obligations(
    db: &mut Db,
    actor: &Actor,
    association: OrganisationId,
) -> Result<Vec<Obligation>> {
    if actor.limited_to().is_some_and(|own| own != association) {
        return Err(Refusal::not_found().into());
    }
    identity::organisation(db, association)?.ok_or_else(Refusal::not_found)?;
    store::obligations(db, association)
}

/// Notes that an obligation is met. Scores that were decided keep what they used.
///
/// # Errors
/// `not_found`, `obligation_met`.
pub fn meet_obligation(tx: &mut Tx<'_>, actor: &Actor, id: ObligationId) -> Result<Obligation> {
    store::obligation(tx, actor, id)?;
    let now = tx.now();
    store::meet_obligation(tx, id, now)?;
    store::obligation(tx, actor, id)
}
