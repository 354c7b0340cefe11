//! Opening an application and filling it in.

use db::{Db, Result, Tx};
use identity::{CaseOutcome, Organisation, OrganisationKind, RegistrationCase, Settlement};
use kernel::{
    Actor, ApplicationId, Code, OrganisationId, ProgrammeId, Refusal, RegistrationCaseId, Role,
    Text,
};

use super::application::view;
use crate::lists::Lists;
use crate::model::{Answered, Application, ApplicationStatus, Form, NewApplication, Programme};
use crate::store::{ApplicationRow, Record, Stored};
use crate::{rules, store};

/// Opens an application, half-filled or empty. Staff may do so on behalf of an association, and
/// helpers on behalf of one that they registered.
///
/// # Errors
/// `not_found`, `unknown_reference`, `organisation_suspended`, `programme_closed`,
/// `application_exists`, `invalid_fields`.
pub fn create_application(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lists: &Lists,
    programme: ProgrammeId,
    new: &NewApplication,
) -> Result<Application> {
    let programme = store::programme(tx, programme)?;
    let form = new.form();
    rules::check_draft(&form, &programme.kinds, lists)?;
    let association = applicant(tx, actor, new.association_id)?;
    let association = identity::organisation_of_kind(
        tx,
        association,
        OrganisationKind::Association,
        "/association_id",
    )?;
    rules::may_apply(association.status)?;
    // staff may take one after the deadline; the record says so when it is submitted
    if !actor.is_city() {
        rules::not_closed(&programme, tx.now())?;
    }
    only_one(tx, &programme, &association)?;
    let row = new_row(tx, actor, &programme, association.id, form)?;
    store::insert_application(tx, &row, &association.name)?;
    let record = store::application(tx, actor, row.id)?;
    view(tx, actor, record)
}

/// One application per legal entity and programme.
///
/// # Errors
/// `application_exists`.
fn only_one(tx: &mut Tx<'_>, programme: &Programme, association: &Organisation) -> Result<()> {
    if store::application_exists(tx, programme.id, association.id)? {
        return Err(Code::ApplicationExists.into());
    }
    let siren = association
        .siret
        .as_deref()
        .and_then(|siret| siret.get(..9));
    let Some(siren) = siren else {
        return Ok(());
    };
    if store::entity_applied(tx, programme.id, association.id, siren)? {
        return Err(Refusal::new(
            Code::ApplicationExists,
            Text::new(
                format!(
                    "Un autre établissement de votre association (SIREN {siren}) a déjà une demande dans ce dispositif : une seule par association. Complétez celle-là avec lui, ou écrivez à la ville."
                ),
                format!(
                    "Another establishment of your association (SIREN {siren}) has an application in this programme already: there is one per association. Complete that one with it, or write to the city."
                ),
            ),
        )
        .into());
    }
    Ok(())
}

/// For whom an application is opened: the actor's association; for staff the one they name, for a
/// helper one that they registered.
fn applicant(db: &mut Db, actor: &Actor, named: Option<OrganisationId>) -> Result<OrganisationId> {
    if let (Role::Helper, Some(named)) = (actor.role, named) {
        if identity::entered_by(db, named)? == Some(actor.person) {
            return Ok(named);
        }
        return Err(Refusal::field(
            "/association_id",
            Code::UnknownReference,
            Text::new(
                "Vous ne saisissez de demande que pour une association que vous avez inscrite.",
                "You enter applications only for an association that you registered.",
            ),
        )
        .into());
    }
    Ok(applicant_of(actor, named)?)
}

fn applicant_of(actor: &Actor, named: Option<OrganisationId>) -> Result<OrganisationId, Refusal> {
    match (
        actor.limited_to().filter(|_| !actor.applies_for_others()),
        named,
    ) {
        (Some(own), None) => Ok(own),
        (Some(own), Some(named)) if own == named => Ok(own),
        (Some(_), Some(_)) => Err(Refusal::field(
            "/association_id",
            Code::UnknownReference,
            Text::new(
                "Une association ne dépose une demande que pour elle-même.",
                "An association applies for itself only.",
            ),
        )),
        (None, Some(named)) => Ok(named),
        (None, None) => Err(Refusal::field(
            "/association_id",
            Code::Required,
            Text::new(
                "Indiquez l'association pour laquelle la demande est saisie.",
                "Name the association on whose behalf the application is entered.",
            ),
        )),
    }
}

fn new_row(
    tx: &mut Tx<'_>,
    actor: &Actor,
    programme: &Programme,
    association_id: OrganisationId,
    form: Form,
) -> Result<ApplicationRow> {
    let now = tx.now();
    let year = now.year();
    let number = tx.next_numbers(&format!("applications-{year}"), 1)?;
    Ok(ApplicationRow {
        id: tx.new_id(),
        reference: format!("D-{year}-{number:04}"),
        programme_id: programme.id,
        association_id,
        status: ApplicationStatus::Draft,
        form: Stored {
            form,
            committed: None,
            late: false,
            asked_before: Vec::new(),
        },
        changes: None,
        assisted: actor.applies_for_others(),
        created_by: actor.person,
        submitted_at: None,
        silence_at: None,
        decided_by: None,
        decided_at: None,
        reasons: None,
        score: None,
        scored_at: None,
        fragility: None,
        version: 1,
        created_at: now,
        updated_at: now,
        assigned_to: None,
        answered_at: None,
    })
}

/// Fills in more of an application. What is not named stays as it was.
///
/// # Errors
/// `not_found`, `application_not_editable`, `organisation_suspended`, `invalid_fields`.
pub fn update_application(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lists: &Lists,
    id: ApplicationId,
    patch: &Form,
) -> Result<Application> {
    let mut record = store::application(tx, actor, id)?;
    let form = record.row.form.form.clone().merged(patch.clone());
    save_form(tx, actor, lists, &mut record, form, &patch.named())?;
    view(tx, actor, record)
}

/// Writes what was filled in. What staff asked for is resolved when its field is among those
/// that were filled in again, even with the same.
pub(super) fn save_form(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lists: &Lists,
    record: &mut Record,
    form: Form,
    filled: &[&str],
) -> Result<()> {
    rules::may_edit(record.row.status)?;
    rules::may_apply(record.association.status)?;
    let programme = store::programme(tx, record.row.programme_id)?;
    rules::check_draft(&form, &programme.kinds, lists)?;
    let now = tx.now();
    let resolved = record.row.changes.as_mut().is_some_and(|changes| {
        changes.answered_at.is_none() && rules::resolve_changed(changes, filled, actor.person, now)
    });
    if resolved || form != record.row.form.form {
        record.row.form.form = form;
        store::save_application(tx, &mut record.row, now)?;
    }
    Ok(())
}

/// Answers one thing that staff asked for, in the association's own words.
///
/// # Errors
/// `not_found`, `application_step_not_allowed`, `unknown_item`, `invalid_fields`.
pub fn resolve_change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    number: usize,
    answered: &Answered,
) -> Result<Application> {
    let mut record = store::application(tx, actor, id)?;
    rules::may_apply(record.association.status)?;
    let changes = record.row.changes.as_mut();
    let (ApplicationStatus::ChangesRequested, Some(changes)) = (record.row.status, changes) else {
        return Err(Code::ApplicationStepNotAllowed.into());
    };
    let now = tx.now();
    rules::resolve(changes, number, &answered.answer, actor.person, now)?;
    store::save_application(tx, &mut record.row, now)?;
    view(tx, actor, record)
}

/// Settles a registration that met an association that is there. When the two become one, the
/// applications of the second are those of the first from now on.
///
/// # Errors
/// As [`identity::settle_case`].
pub fn settle_registration(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RegistrationCaseId,
    settlement: &Settlement,
) -> Result<RegistrationCase> {
    let case = identity::settle_case(tx, actor, id, settlement)?;
    if let (CaseOutcome::Merge, Some(other)) = (settlement.outcome, case.other_id) {
        let now = tx.now();
        store::move_applications(tx, other, case.organisation_id, now)?;
    }
    Ok(case)
}

/// An association has another name: its applications are found by it.
///
/// # Errors
/// When the database fails.
pub fn rename_applicant(tx: &mut Tx<'_>, association: OrganisationId, name: &str) -> Result<()> {
    store::rename_applicant(tx, association, name)
}
