//! What staff do with an application: ask for changes, assess, decide.

use db::{Result, Tx};
use kernel::{Actor, ApplicationId, Language, Refusal, Verdict};
use notifications::{ChangeItem, Message};

use super::application::{tell_association, view};
use super::score::{Detail, keep_score, rubric_of};
use crate::model::{
    Application, ApplicationStatus, Assessment, AssessmentInput, ChangeRequest, Changes,
    ChangesInput, Decision, DocumentKind, NewChange, Outcome, Reopened,
};
use crate::rules::{self, Named};
use crate::store::{self, Record};

/// Sends an application back to the association, item by item.
///
/// # Errors
/// `not_found`, `application_step_not_allowed`, `invalid_fields`.
pub fn request_changes(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    input: &ChangesInput,
) -> Result<Application> {
    let mut record = store::application(tx, actor, id)?;
    rules::check_changes(input)?;
    rules::may_request_changes(record.row.status)?;
    let now = tx.now();
    record.row.status = ApplicationStatus::ChangesRequested;
    record.row.answered_at = None;
    record.row.changes = Some(Changes {
        items: numbered(&input.items),
        requested_at: now,
        requested_by: actor.person,
        answered_at: None,
    });
    store::save_application(tx, &mut record.row, now)?;
    for person in identity::contacts(tx, record.row.association_id)? {
        let message = Message::ChangesRequested {
            reference: record.row.reference.clone(),
            programme: record.programme.clone(),
            items: input
                .items
                .iter()
                .map(|item| told(item, person.language))
                .collect(),
        };
        notifications::push(tx, &person, &message)?;
    }
    view(tx, actor, record)
}

fn numbered(items: &[NewChange]) -> Vec<ChangeRequest> {
    let numbered = items.iter().enumerate().map(|(at, item)| ChangeRequest {
        number: at + 1,
        field: item.field.clone(),
        reason: item.reason.clone(),
        message: item.message.clone(),
        resolved: None,
    });
    numbered.collect()
}

fn told(item: &NewChange, language: Language) -> ChangeItem {
    let (message, reason) = (item.message.trim(), item.reason.trim());
    let why = match language {
        Language::French => "Pourquoi :",
        Language::English => "Why:",
    };
    ChangeItem {
        field: name_of(&item.field, language),
        message: match reason {
            "" => message.to_owned(),
            reason => format!("{message} {why} {reason}"),
        },
    }
}

/// What people call what an item names.
fn name_of(item: &str, language: Language) -> String {
    let name = match Named::read(item) {
        Some(Named::Field(field)) => field_name(field),
        Some(Named::Document(kind)) => document_name(kind),
        Some(Named::Association) => ("L'association", "The association"),
        None => return item.to_owned(),
    };
    match language {
        Language::French => name.0.to_owned(),
        Language::English => name.1.to_owned(),
    }
}

fn field_name(field: &str) -> (&'static str, &'static str) {
    match field {
        "labels" => ("Labels et dispositifs", "Labels and schemes"),
        "publics" => ("Publics accompagnés", "People reached"),
        "requests" => ("Matériel demandé", "Equipment asked for"),
        "purpose" => ("Usage prévu", "What the computers are for"),
        "themes" => ("Thèmes", "Themes"),
        "beneficiaries_per_year" => ("Personnes accompagnées par an", "People reached in a year"),
        "site" => ("Lieu d'installation", "Where the computers will stand"),
        "trained_staff" => ("Personnes formées", "Trained people"),
        "own_use" => ("Usage propre de l'association", "The association's own use"),
        "statement" => ("Présentation du projet", "Presentation of the project"),
        _ => ("Engagements", "Commitments"),
    }
}

fn document_name(kind: Option<DocumentKind>) -> (&'static str, &'static str) {
    match kind {
        Some(DocumentKind::Statutes) => ("Statuts (pièce jointe)", "Statutes (document)"),
        Some(DocumentKind::Project) => ("Projet (pièce jointe)", "Project (document)"),
        Some(DocumentKind::Identity) => (
            "Preuve que l'association existe (pièce jointe)",
            "Proof that the association exists (document)",
        ),
        Some(DocumentKind::Other) | None => ("Pièce jointe", "Document"),
    }
}

/// Writes the actor's assessment of one criterion; a second one takes the place of the first.
/// An appeal has what is decided assessed again, by people who had not marked it before; once it
/// is accepted, their marks take the place of the former ones and the score follows.
///
/// # Errors
/// `not_found`, `unknown_criterion`, `invalid_fields`, `application_step_not_allowed`,
/// `same_person`.
pub fn assess(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    criterion: &str,
    input: &AssessmentInput,
) -> Result<Assessment> {
    let mut record = store::application(tx, actor, id)?;
    let programme = store::programme(tx, record.row.programme_id)?;
    let rubric = rubric_of(&programme)?;
    rules::check_assessment(&rubric, criterion, input)?;
    let reopened = match rules::may_assess(record.row.status) {
        Ok(()) => None,
        Err(refusal) => Some(anew(tx, actor, &record, criterion, refusal)?),
    };
    let during = reopened.as_ref().map(|reopened| reopened.appeal);
    let now = tx.now();
    let written = store::put_assessment(tx, id, criterion, actor.person, input, during, now)?;
    match reopened {
        // what is decided stands as it is until the appeal is accepted
        Some(reopened) if written && reopened.accepted => {
            super::appeals::score_follows(tx, actor, &mut record, &reopened, &rubric)?;
        }
        None if written => {
            record.row.status = ApplicationStatus::InReview;
            record.row.answered_at = None;
            store::save_application(tx, &mut record.row, now)?;
        }
        _ => {}
    }
    let written = store::assessments(tx, id)?;
    written
        .into_iter()
        .find(|it| it.criterion == criterion && it.assessor_id == actor.person)
        .ok_or_else(|| Refusal::not_found().into())
}

/// The appeal that lets the actor mark what is decided.
fn anew(
    tx: &mut Tx<'_>,
    actor: &Actor,
    record: &Record,
    criterion: &str,
    closed: Refusal,
) -> Result<Reopened> {
    let id = record.row.id;
    let Some(reopened) = store::reopened_by(tx, id)? else {
        return Err(closed.into());
    };
    let before = store::assessed_before(tx, id, criterion, actor.person, reopened.appeal)?;
    rules::may_mark_anew(record.row.status, &reopened, before, actor.person)?;
    Ok(reopened)
}

/// Decides. An eligible application gets its score, with everything that the score used. What
/// was decided may be decided otherwise, with reasons, by whoever names the version that they read
/// (`version_named`), until a lot is handed over; a lot that is reserved is released first.
///
/// # Errors
/// `not_found`, `invalid_fields` without a reason, `application_step_not_allowed`,
/// `lot_reserved`, `organisation_suspended`, `organisation_not_verified`, `knocked_out`,
/// `assessment_missing`.
pub fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    decision: &Decision,
    version_named: bool,
) -> Result<Application> {
    let mut record = store::application(tx, actor, id)?;
    let again = record.row.decided_at.is_some();
    rules::check_reasons(decision, record.row.status)?;
    let since = rules::Since {
        handed_over: again && store::handed_over(tx, id)?,
        under_appeal: again && store::under_appeal(tx, id)?,
        version_named,
    };
    if rules::may_decide(record.row.status, decision.outcome, since)? == Verdict::AlreadyDone {
        return view(tx, actor, record);
    }
    if decision.outcome == Outcome::Ineligible {
        rules::no_lot_reserved(store::reserved_devices(tx, id)?)?;
    }
    let now = tx.now();
    let detail = match decision.outcome {
        Outcome::Eligible => Some(score_eligible(tx, &mut record)?),
        Outcome::Ineligible => {
            record.row.status = ApplicationStatus::Ineligible;
            record.row.score = None;
            record.row.fragility = None;
            record.row.scored_at = None;
            None
        }
    };
    record.row.answered_at = None;
    record.row.decided_by = Some(actor.person);
    record.row.decided_at = Some(now);
    record.row.reasons = Some(store::ReasonList(decision.reasons()));
    store::save_application(tx, &mut record.row, now)?;
    match detail {
        Some(detail) => keep_score(tx, actor, id, &detail, store::Because::Decision)?,
        // what it had before stays in the history of its scores
        None if again => store::clear_score_detail(tx, id)?,
        None => {}
    }
    tell_decided(tx, &record, again)?;
    view(tx, actor, record)
}

fn score_eligible(tx: &mut Tx<'_>, record: &mut Record) -> Result<Detail> {
    let now = tx.now();
    let detail = Detail::compute(tx, record, now)?;
    rules::may_be_eligible(record.association.status, &detail.score)?;
    record.row.status = ApplicationStatus::Eligible;
    record.row.score = Some(detail.score.score);
    record.row.fragility = detail.score.fragility;
    record.row.scored_at = Some(now);
    Ok(detail)
}

fn tell_decided(tx: &mut Tx<'_>, record: &Record, again: bool) -> Result<()> {
    let row = &record.row;
    let (reference, programme) = (row.reference.clone(), record.programme.clone());
    let message = match row.score {
        Some(score) => Message::ApplicationEligible {
            reference,
            programme,
            score: crate::rubric::decimal_fr(score),
            again,
        },
        None => Message::ApplicationIneligible {
            reference,
            programme,
            revoked: again,
            reasons: row
                .reasons
                .clone()
                .map(|reasons| reasons.0)
                .unwrap_or_default(),
        },
    };
    tell_association(tx, record, &message)
}
