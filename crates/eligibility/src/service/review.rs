//! What staff do with an application: ask for changes, assess, decide.

use db::{Result, Tx};
use kernel::{Actor, ApplicationId, Language, Refusal};
use notifications::{ChangeItem, Message};

use super::application::{tell_association, view};
use super::score::{Detail, keep_score, rubric_of};
use crate::model::{
    Application, ApplicationStatus, Assessment, AssessmentInput, ChangeRequest, Changes,
    ChangesInput, Decision, DocumentKind, NewChange, Outcome,
};
use crate::rules::{self, Named, Verdict};
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
///
/// # Errors
/// `not_found`, `unknown_criterion`, `invalid_fields`, `application_step_not_allowed`.
pub fn assess(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    criterion: &str,
    input: &AssessmentInput,
) -> Result<Assessment> {
    let mut record = store::application(tx, actor, id)?;
    let programme = store::programme(tx, record.row.programme_id)?;
    rules::check_assessment(&rubric_of(&programme)?, criterion, input)?;
    // an appeal has the application assessed again
    if let Err(refusal) = rules::may_assess(record.row.status)
        && !store::under_appeal(tx, id)?
    {
        return Err(refusal.into());
    }
    let now = tx.now();
    let written = store::put_assessment(tx, id, criterion, actor.person, input, now)?;
    // what is decided stands as it is while an appeal has it assessed again
    let open = [ApplicationStatus::Submitted, ApplicationStatus::InReview];
    if written && open.contains(&record.row.status) {
        record.row.status = ApplicationStatus::InReview;
        record.row.answered_at = None;
        store::save_application(tx, &mut record.row, now)?;
    }
    let written = store::assessments(tx, id)?;
    written
        .into_iter()
        .find(|it| it.criterion == criterion && it.assessor_id == actor.person)
        .ok_or_else(|| Refusal::not_found().into())
}

/// Decides. An eligible application gets its score, with everything that the score used.
///
/// # Errors
/// `not_found`, `invalid_fields` without a reason, `application_step_not_allowed`,
/// `organisation_suspended`, `organisation_not_verified`, `knocked_out`, `assessment_missing`.
pub fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    decision: &Decision,
) -> Result<Application> {
    let mut record = store::application(tx, actor, id)?;
    rules::check_reasons(decision)?;
    if rules::may_decide(record.row.status, decision.outcome)? == Verdict::AlreadyDone {
        return view(tx, actor, record);
    }
    let now = tx.now();
    let detail = match decision.outcome {
        Outcome::Eligible => Some(score_eligible(tx, &mut record)?),
        Outcome::Ineligible => {
            record.row.status = ApplicationStatus::Ineligible;
            None
        }
    };
    record.row.answered_at = None;
    record.row.decided_by = Some(actor.person);
    record.row.decided_at = Some(now);
    record.row.reasons = Some(store::ReasonList(decision.reasons()));
    store::save_application(tx, &mut record.row, now)?;
    if let Some(detail) = detail {
        keep_score(tx, actor, id, &detail, store::Because::Decision)?;
    }
    tell_decided(tx, &record)?;
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

fn tell_decided(tx: &mut Tx<'_>, record: &Record) -> Result<()> {
    let row = &record.row;
    let (reference, programme) = (row.reference.clone(), record.programme.clone());
    let message = match row.score {
        Some(score) => Message::ApplicationEligible {
            reference,
            programme,
            score: crate::rubric::decimal_fr(score),
        },
        None => Message::ApplicationIneligible {
            reference,
            programme,
            reasons: row
                .reasons
                .clone()
                .map(|reasons| reasons.0)
                .unwrap_or_default(),
        },
    };
    tell_association(tx, record, &message)
}
