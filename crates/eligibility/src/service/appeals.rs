//! Appeals: filed by the association, decided by somebody else than who decided before.

use db::{Db, Error, Result, Tx};
use kernel::{Actor, AppealId, ApplicationId, Code, Fields, Instant, Page, PageRequest};
use notifications::Message;

use super::application::tell_association;
use super::score::{Detail, keep_score};
use crate::Delays;
use crate::model::{
    Appeal, AppealDecision, AppealOutcome, ApplicationStatus, Contested, NewAppeal, Outlook,
    Overturned, Reasons,
};
use crate::rules::{self, Verdict};
use crate::store::{self, Record};

/// Contests a decision, or the refusal that silence is. Staff may file it on behalf.
///
/// # Errors
/// `not_found`, `organisation_suspended`, `invalid_fields`, `appeal_not_possible`,
/// `appeal_too_late`, `appeal_exists`.
pub fn file_appeal(
    tx: &mut Tx<'_>,
    actor: &Actor,
    delays: &Delays,
    id: ApplicationId,
    new: &NewAppeal,
) -> Result<Appeal> {
    let record = store::application(tx, actor, id)?;
    rules::may_apply(record.association.status)?;
    let mut fields = Fields::default();
    fields.text("/grounds", &new.grounds, 8000);
    fields.check()?;
    let now = tx.now();
    let decided = record.row.decided_at.zip(record.row.decided_by);
    let contest = rules::contest(record.row.status, decided, record.row.silence_at, now)?;
    if store::appeal_exists(tx, id, contest.at)? {
        return Err(Code::AppealExists.into());
    }
    rules::still_appealable(&contest, delays.appeal_months, now)?;
    let year = now.year();
    let number = tx.next_numbers(&format!("appeals-{year}"), 1)?;
    let appeal = Appeal {
        id: tx.new_id(),
        reference: format!("R-{year}-{number:04}"),
        application_id: id,
        application: record.row.reference.clone(),
        association_id: record.row.association_id,
        association: record.association.name.clone(),
        contested: contest.what,
        contested_at: contest.at,
        contested_by: contest.by,
        grounds: new.grounds.trim().to_owned(),
        filed_by: actor.person,
        filed_at: now,
        silence_at: now.plus_months(delays.silence_months),
        outcome: None,
        reasons: Vec::new(),
        decided_by: None,
        decided_at: None,
        version: 1,
    };
    store::insert_appeal(tx, &appeal)?;
    tell_filed(tx, &record, &appeal)?;
    Ok(appeal)
}

fn tell_filed(tx: &mut Tx<'_>, record: &Record, appeal: &Appeal) -> Result<()> {
    let received = Message::AppealReceived {
        reference: appeal.reference.clone(),
        application: appeal.application.clone(),
        programme: record.programme.clone(),
        filed_at: appeal.filed_at,
        silence_at: appeal.silence_at,
    };
    tell_association(tx, record, &received)?;
    let to_review = Message::AppealToReview {
        reference: appeal.reference.clone(),
        application: appeal.application.clone(),
        programme: record.programme.clone(),
        association: appeal.association.clone(),
    };
    let mut staff = identity::staff_contacts(tx)?;
    staff.retain(|person| person.person.is_none() || person.person != appeal.contested_by);
    notifications::push_all(tx, &staff, &to_review)
}

/// One appeal.
///
/// # Errors
/// `not_found`, also when it is another association's.
pub fn appeal(db: &mut Db, actor: &Actor, id: AppealId) -> Result<Appeal> {
    store::appeal(db, actor, id)
}

/// The appeal that people name so.
///
/// # Errors
/// `not_found`, also when it is another association's.
pub fn appeal_named(db: &mut Db, actor: &Actor, reference: &str) -> Result<Appeal> {
    store::appeal_named(db, actor, reference)
}

/// A page of appeals, the newest first: the city sees all, an association its own.
///
/// # Errors
/// `invalid_page`.
pub fn appeals(
    db: &mut Db,
    actor: &Actor,
    open: Option<bool>,
    application: Option<ApplicationId>,
    page: &PageRequest,
) -> Result<Page<Appeal>> {
    store::appeals(db, actor, open, application, page)
}

/// Decides an appeal. What is overturned is eligible with a score, and so takes part in the
/// next wave; the reasons stand above the rubric's conditions, never above a missing
/// assessment or an association that is not verified.
///
/// # Errors
/// `not_found`, `same_person`, `appeal_decided`, `invalid_fields` without a reason,
/// `organisation_suspended`, `organisation_not_verified`, `assessment_missing`,
/// `application_step_not_allowed` when it was withdrawn meanwhile.
pub fn decide_appeal(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: AppealId,
    decision: &AppealDecision,
) -> Result<Appeal> {
    let appeal = store::appeal(tx, actor, id)?;
    let verdict = rules::may_decide_appeal(&appeal, decision.outcome, actor.person)?;
    if verdict == Verdict::AlreadyDone {
        return Ok(appeal);
    }
    let reasons = Reasons::listed(decision.reasons.as_ref());
    rules::check_given_reasons(&reasons, true)?;
    let mut record = store::application(tx, actor, appeal.application_id)?;
    match decision.outcome {
        AppealOutcome::Overturned => overturn(tx, actor, &mut record, &reasons)?,
        AppealOutcome::Upheld => uphold(tx, actor, &mut record, &appeal, &reasons)?,
    }
    let now = tx.now();
    store::decide_appeal(tx, id, decision.outcome, reasons.clone(), actor.person, now)?;
    let message = Message::AppealDecided {
        reference: appeal.reference.clone(),
        application: appeal.application.clone(),
        programme: record.programme.clone(),
        overturned: decision.outcome == AppealOutcome::Overturned,
        reasons,
    };
    tell_association(tx, &record, &message)?;
    store::appeal(tx, actor, id)
}

/// What deciding an appeal one way or the other would change, for whoever is about to decide.
///
/// # Errors
/// `not_found`.
pub fn appeal_outlook(db: &mut Db, actor: &Actor, id: AppealId, now: Instant) -> Result<Outlook> {
    let appeal = store::appeal(db, actor, id)?;
    let record = store::application(db, actor, appeal.application_id)?;
    let overturned = match overturned_score(db, &record, now) {
        Ok(detail) => {
            let (programme, score) = (record.row.programme_id, detail.score.score);
            let (above, others) = store::standing(db, programme, record.row.id, score)?;
            Ok(Overturned {
                score,
                before: record.row.score,
                rank: above + 1,
                of: others + 1,
            })
        }
        Err(Error::Refused(refusal)) => Err(*refusal),
        Err(cause) => return Err(cause),
    };
    let may_decide = rules::may_decide_appeal(&appeal, AppealOutcome::Upheld, actor.person);
    Ok(Outlook {
        may_decide: appeal.outcome.is_none() && may_decide.is_ok(),
        overturned,
    })
}

/// The score that an application has when an appeal on it is accepted.
fn overturned_score(db: &mut Db, record: &Record, now: Instant) -> Result<Detail> {
    use ApplicationStatus::{Draft, Withdrawn};
    if matches!(record.row.status, Draft | Withdrawn) {
        return Err(Code::ApplicationStepNotAllowed.into());
    }
    rules::verified(record.association.status)?;
    let detail = Detail::compute(db, record, now)?;
    rules::every_mark_there(&detail.score)?;
    Ok(detail)
}

fn overturn(tx: &mut Tx<'_>, actor: &Actor, record: &mut Record, reasons: &[String]) -> Result<()> {
    let now = tx.now();
    let detail = overturned_score(tx, record, now)?;
    record.row.status = ApplicationStatus::Eligible;
    record.row.answered_at = None;
    record.row.decided_by = Some(actor.person);
    record.row.decided_at = Some(now);
    record.row.reasons = Some(store::ReasonList(reasons.to_vec()));
    record.row.score = Some(detail.score.score);
    record.row.fragility = detail.score.fragility;
    record.row.scored_at = Some(now);
    store::save_application(tx, &mut record.row, now)?;
    keep_score(tx, actor, record.row.id, &detail, store::Because::Appeal)
}

/// The decision stands; where silence was the decision, it becomes one with reasons.
fn uphold(
    tx: &mut Tx<'_>,
    actor: &Actor,
    record: &mut Record,
    appeal: &Appeal,
    reasons: &[String],
) -> Result<()> {
    use ApplicationStatus::{InReview, Submitted};
    if appeal.contested != Contested::Silence || !matches!(record.row.status, Submitted | InReview)
    {
        return Ok(());
    }
    let now = tx.now();
    record.row.status = ApplicationStatus::Ineligible;
    record.row.answered_at = None;
    record.row.decided_by = Some(actor.person);
    record.row.decided_at = Some(now);
    record.row.reasons = Some(store::ReasonList(reasons.to_vec()));
    store::save_application(tx, &mut record.row, now)
}
