//! Organizations: entered, verified, suspended.

use db::{Result, Tx};
use kernel::{Code, Fields, OrganisationId, Refusal, Text};
use notifications::Message;

use crate::model::{NewOrganisation, Organisation, OrganisationKind, OrganisationStatus};
use crate::register::RegisterCheck;
use crate::rules::{self, Identifiers};
use crate::store;

/// Enters an organization that staff know.
///
/// # Errors
/// `invalid_fields`, `already_registered`.
pub fn create_organisation(tx: &mut Tx<'_>, new: &NewOrganisation) -> Result<Organisation> {
    let mut fields = Fields::default();
    let identifiers = rules::check_organisation(&mut fields, "", new);
    let Some(kind) = new.kind else {
        fields.push("/kind", Code::Required, Code::Required.help());
        return Err(fields
            .check()
            .err()
            .unwrap_or_else(Refusal::not_found)
            .into());
    };
    fields.check()?;
    // staff vouch for whom they enter
    add_organisation(
        tx,
        new,
        identifiers,
        kind,
        OrganisationStatus::Verified,
        None,
    )
}

pub(super) fn add_organisation(
    tx: &mut Tx<'_>,
    new: &NewOrganisation,
    identifiers: Identifiers,
    kind: OrganisationKind,
    status: OrganisationStatus,
    register_check: Option<RegisterCheck>,
) -> Result<Organisation> {
    let siret = identifiers.siret.map(String::from);
    let rna = identifiers.rna.map(String::from);
    if store::identifier_taken(tx, siret.as_deref(), rna.as_deref(), None)? {
        return Err(Refusal::new(
            Code::AlreadyRegistered,
            Text::new(
                "Cette association est déjà inscrite. Demandez à une personne de l'association de vous inviter ; la ville est prévenue et peut aussi vous y rattacher.",
                "This association is registered already. Ask someone of it to invite you; the city has been told and can add you, too.",
            ),
        )
        .into());
    }
    let organisation = Organisation {
        id: tx.new_id(),
        kind,
        name: new.name.trim().to_owned(),
        siret,
        rna,
        status,
        status_reason: None,
        address: new.address.trim().to_owned(),
        postal_code: new.postal_code.trim().to_owned(),
        commune: new.commune.trim().to_owned(),
        commune_code: identifiers.commune_code.map(String::from),
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        register_check,
        representative: None,
        contact_email: None,
        contact_phone: None,
        listed: false,
    };
    store::insert_organisation(tx, &organisation)?;
    Ok(organisation)
}

/// Staff vouch for an organization, or reinstate it.
///
/// # Errors
/// `not_found`, `status_not_allowed`.
pub fn verify_organisation(tx: &mut Tx<'_>, id: OrganisationId) -> Result<Organisation> {
    let (organisation, changed) = change_status(tx, id, OrganisationStatus::Verified, None)?;
    if changed && organisation.kind == OrganisationKind::Association {
        let message = Message::AssociationVerified {
            organisation: organisation.name.clone(),
        };
        let people = store::contacts(tx, id)?;
        notifications::push_all(tx, &people, &message)?;
    }
    Ok(organisation)
}

/// Staff bar an organization; its sessions change nothing from now on.
///
/// # Errors
/// `invalid_fields` without a reason, `not_found`, `status_not_allowed`.
pub fn suspend(tx: &mut Tx<'_>, id: OrganisationId, reason: &str) -> Result<Organisation> {
    let mut fields = Fields::default();
    fields.text("/reason", reason, 2000);
    fields.check()?;
    let (organisation, changed) =
        change_status(tx, id, OrganisationStatus::Suspended, Some(reason))?;
    if changed {
        let message = Message::OrganisationSuspended {
            organisation: organisation.name.clone(),
            reason: reason.to_owned(),
        };
        let people = store::contacts(tx, id)?;
        notifications::push_all(tx, &people, &message)?;
    }
    Ok(organisation)
}

/// Moves an organization to a status; false when it was there already.
///
/// # Errors
/// `not_found`, `status_not_allowed`.
pub fn change_status(
    tx: &mut Tx<'_>,
    id: OrganisationId,
    to: OrganisationStatus,
    reason: Option<&str>,
) -> Result<(Organisation, bool)> {
    let mut organisation = store::organisation(tx, id)?.ok_or_else(Refusal::not_found)?;
    rules::may_be_barred(organisation.kind, to)?;
    if !rules::may_become(organisation.status, to)? {
        return Ok((organisation, false));
    }
    let now = tx.now();
    store::set_status(tx, &organisation, to, reason, now)?;
    organisation.status = to;
    organisation.status_reason = reason.map(str::to_owned);
    organisation.version += 1;
    organisation.updated_at = now;
    Ok((organisation, true))
}
