//! Appeals: filed by the association, decided by somebody else than who decided before.

use db::{Db, Error, Result, Tx};
use kernel::{Actor, AppealId, ApplicationId, Code, Fields, Instant, Page, PageRequest, Verdict};
use notifications::Message;

use super::application::tell_association;
use super::score::{Detail, keep_score, rubric_of};
use crate::Delays;
use crate::model::{
    Appeal, AppealDecision, AppealOutcome, ApplicationStatus, Contested, NewAppeal, Outlook,
    Overturned, Reasons, Reopened,
};
use crate::rubric::{Rubric, decimal_fr};
use crate::rules::{self, MarkedAnew};
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
        marked_anew_at: None,
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
/// assessment or an association that is not verified. The marks that were contested are given
/// anew by somebody else, and the score follows.
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
    let overturned = decision.outcome == AppealOutcome::Overturned;
    let anew = match decision.outcome {
        AppealOutcome::Overturned => overturn(tx, actor, &mut record, &appeal, &reasons)?,
        AppealOutcome::Upheld => {
            uphold(tx, actor, &mut record, &appeal, &reasons)?;
            MarkedAnew::Whole
        }
    };
    let now = tx.now();
    store::decide_appeal(tx, id, decision.outcome, reasons.clone(), actor.person, now)?;
    if overturned && anew == MarkedAnew::Whole {
        store::note_marked_anew(tx, id, now)?;
    }
    let message = Message::AppealDecided {
        reference: appeal.reference.clone(),
        application: appeal.application.clone(),
        programme: record.programme.clone(),
        contested: appeal.contested.as_str().to_owned(),
        overturned,
        marked_anew: anew == MarkedAnew::No,
        score: record.row.score.map(decimal_fr),
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

/// The score that an application has when an appeal on it is accepted, by the marks that count.
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

fn overturn(
    tx: &mut Tx<'_>,
    actor: &Actor,
    record: &mut Record,
    appeal: &Appeal,
    reasons: &[String],
) -> Result<MarkedAnew> {
    let now = tx.now();
    let programme = store::programme(tx, record.row.programme_id)?;
    let rubric = rubric_of(&programme)?;
    let anew = match appeal.contested {
        // nobody had decided: nobody's marks are contested
        Contested::Silence => MarkedAnew::Whole,
        Contested::Refusal | Contested::Score => {
            replace_marks(tx, record.row.id, appeal.id, &rubric)?
        }
    };
    let detail = overturned_score(tx, record, now)?;
    record.row.status = ApplicationStatus::Eligible;
    record.row.answered_at = None;
    record.row.decided_by = Some(actor.person);
    record.row.decided_at = Some(now);
    record.row.reasons = Some(store::ReasonList(reasons.to_vec()));
    keep(tx, actor, record, &detail)?;
    Ok(anew)
}

/// Marks given during an appeal take the place of those that were contested, criterion by
/// criterion.
fn replace_marks(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    appeal: AppealId,
    rubric: &Rubric,
) -> Result<MarkedAnew> {
    let now = tx.now();
    let around = store::marks_around(tx, application, appeal)?;
    for (criterion, marks) in &around {
        if marks.anew > 0 {
            store::set_aside_before(tx, application, criterion, appeal, now)?;
        }
    }
    Ok(rules::marked_anew(rubric, &around))
}

fn keep(tx: &mut Tx<'_>, actor: &Actor, record: &mut Record, detail: &Detail) -> Result<()> {
    let now = tx.now();
    record.row.score = Some(detail.score.score);
    record.row.fragility = detail.score.fragility;
    record.row.scored_at = Some(now);
    store::save_application(tx, &mut record.row, now)?;
    keep_score(tx, actor, record.row.id, detail, store::Because::Appeal)
}

/// The score after a mark that was given anew. The association hears of it once no criterion
/// has only contested marks.
pub(super) fn score_follows(
    tx: &mut Tx<'_>,
    actor: &Actor,
    record: &mut Record,
    reopened: &Reopened,
    rubric: &Rubric,
) -> Result<()> {
    let anew = replace_marks(tx, record.row.id, reopened.appeal, rubric)?;
    let before = record.row.score;
    let now = tx.now();
    let detail = Detail::compute(tx, record, now)?;
    keep(tx, actor, record, &detail)?;
    if anew == MarkedAnew::Whole {
        store::note_marked_anew(tx, reopened.appeal, now)?;
    }
    if anew == MarkedAnew::No {
        return Ok(());
    }
    let message = Message::ApplicationRescored {
        reference: record.row.reference.clone(),
        programme: record.programme.clone(),
        appeal: reopened.reference.clone(),
        before: before.map(decimal_fr).unwrap_or_default(),
        score: decimal_fr(detail.score.score),
    };
    tell_association(tx, record, &message)
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
    let now = tx.now();
    if appeal.contested != Contested::Silence {
        store::set_aside_of(tx, appeal.id, now)?;
    }
    if appeal.contested != Contested::Silence || !matches!(record.row.status, Submitted | InReview)
    {
        return Ok(());
    }
    record.row.status = ApplicationStatus::Ineligible;
    record.row.answered_at = None;
    record.row.decided_by = Some(actor.person);
    record.row.decided_at = Some(now);
    record.row.reasons = Some(store::ReasonList(reasons.to_vec()));
    store::save_application(tx, &mut record.row, now)
}
