//! The desk of the city's staff: what waits, who has which case.

use std::collections::BTreeSet;

use db::{Db, Result, Tx};
use kernel::{Actor, ApplicationId, Code, Instant, PersonId, Refusal, Text, Verdict};

use super::application::view;
use super::score::{Detail, rubric_of};
use crate::model::{
    Application, ApplicationFilter, ApplicationStatus, Assessment, Assignment, CaseTransfer, Desk,
    Neighbors, Outcome, Review, SharedOut, ToAssess, Transferred,
};
use crate::rubric::{Assessed, Criterion};
use crate::rules;
use crate::store;

/// What waits, and for whom.
///
/// # Errors
/// When the database fails.
pub fn desk(db: &mut Db, actor: &Actor) -> Result<Desk> {
    Ok(Desk {
        submitted: store::waiting(db, ApplicationStatus::Submitted)?,
        in_review: store::waiting(db, ApplicationStatus::InReview)?,
        answered: store::answered(db)?,
        with_association: store::waiting(db, ApplicationStatus::ChangesRequested)?,
        appeals: store::open_appeals(db)?,
        mine: store::cases_of(db, actor.person)?,
        others: store::cases_of_others(db, actor.person)?,
    })
}

/// What may be done with an application now, and what people gave so far.
///
/// # Errors
/// `not_found`.
pub fn review(db: &mut Db, actor: &Actor, id: ApplicationId, now: Instant) -> Result<Review> {
    let record = store::application(db, actor, id)?;
    let programme = store::programme(db, record.row.programme_id)?;
    let rubric = rubric_of(&programme)?;
    let (status, under_appeal) = (record.row.status, store::under_appeal(db, id)?);
    let all = store::assessments(db, id)?;
    let seen = rules::seen_by(all.clone(), actor.person, status);
    let criteria = rubric.assessed().map(|(criterion, rule)| {
        let of = |marks: &[Assessment]| -> Vec<Assessment> {
            let marks = marks.iter().filter(|it| it.criterion == criterion.code);
            marks.cloned().collect()
        };
        to_assess(criterion, rule, of(&all).len(), of(&seen), actor)
    });
    let criteria = criteria.collect();
    let since = rules::Since {
        handed_over: store::handed_over(db, id)?,
        under_appeal,
        version_named: true, // a form says what it was made from
    };
    let eligible = match rules::may_decide(status, Outcome::Eligible, since) {
        Ok(Verdict::Go) => {
            let detail = Detail::compute(db, &record, now)?;
            rules::may_be_eligible(record.association.status, &detail.score)
        }
        Ok(Verdict::AlreadyDone) => Err(Refusal::plain(Code::ApplicationStepNotAllowed)),
        Err(refusal) => Err(refusal),
    };
    Ok(Review {
        criteria,
        may_assess: rules::may_assess(status).is_ok() || store::reopened_by(db, id)?.is_some(),
        may_ask: rules::may_request_changes(status).is_ok(),
        may_refuse: matches!(
            rules::may_decide(status, Outcome::Ineligible, since),
            Ok(Verdict::Go)
        ),
        eligible,
        under_appeal,
    })
}

fn to_assess(
    criterion: &Criterion,
    rule: &Assessed,
    given: usize,
    seen: Vec<Assessment>,
    actor: &Actor,
) -> ToAssess {
    let hidden = given.saturating_sub(seen.len());
    let points = || seen.iter().filter_map(|it| it.points);
    let spread = points().max().zip(points().min());
    let divergent = spread.is_some_and(|(most, least)| most - least > rule.divergence);
    let (mine, others): (Vec<_>, Vec<_>) = seen
        .into_iter()
        .partition(|it| it.assessor_id == actor.person);
    ToAssess {
        code: criterion.code.clone(),
        title: criterion.title.clone(),
        max: rule.max,
        assessors: rule.assessors,
        mine: mine.into_iter().next(),
        others,
        hidden,
        divergent,
    }
}

/// What stands beside an application in a filtered list.
///
/// # Errors
/// When the database fails.
pub fn neighbors(
    db: &mut Db,
    actor: &Actor,
    filter: &ApplicationFilter,
    of: ApplicationId,
) -> Result<Neighbors> {
    store::neighbors(db, actor, filter, of)
}

/// Gives an application to somebody of the staff, who sees it among what waits for them; anybody
/// may still review it. Nothing of the application itself changes, and so neither does its version.
///
/// # Errors
/// `not_found`, `unknown_reference`.
pub fn assign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    assignment: &Assignment,
) -> Result<Application> {
    let mut record = store::application(tx, actor, id)?;
    reviews(tx, assignment.person_id, "/person_id")?;
    store::assign(tx, id, assignment.person_id)?;
    record.row.assigned_to = assignment.person_id;
    view(tx, actor, record)
}

/// Gives several applications to somebody of the staff, or to nobody: all of them or none.
///
/// # Errors
/// `required`, `out_of_range`, `not_found`, `unknown_reference`.
pub fn share_out(tx: &mut Tx<'_>, actor: &Actor, wanted: &SharedOut) -> Result<Transferred> {
    let ids: BTreeSet<ApplicationId> = wanted.application_ids.iter().copied().collect();
    rules::may_share_out(ids.len())?;
    reviews(tx, wanted.person_id, "/person_id")?;
    for id in &ids {
        store::application(tx, actor, *id)?;
        store::assign(tx, *id, wanted.person_id)?;
    }
    Ok(Transferred { cases: ids.len() })
}

/// Gives all open cases of somebody to somebody else, such as before a leave.
///
/// # Errors
/// `unknown_reference`.
pub fn transfer_cases(tx: &mut Tx<'_>, transfer: &CaseTransfer) -> Result<Transferred> {
    reviews(tx, transfer.to, "/to")?;
    let cases = store::transfer_cases(tx, transfer.from, transfer.to)?;
    Ok(Transferred { cases })
}

/// Only somebody who can review is given a case.
fn reviews(db: &mut Db, person: Option<PersonId>, pointer: &str) -> Result<()> {
    let Some(person) = person else {
        return Ok(());
    };
    let staff = identity::staff(db)?;
    if staff.iter().any(|(id, _)| *id == person) {
        return Ok(());
    }
    Err(Refusal::field(
        pointer,
        Code::UnknownReference,
        Text::new(
            "Choisissez une personne de la ville dont le compte est actif.",
            "Choose somebody of the city whose account is active.",
        ),
    )
    .into())
}
