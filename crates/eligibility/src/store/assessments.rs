//! Rows of `assessments`.

use std::collections::BTreeMap;

use db::schema::{assessments as s, people};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{AppealId, ApplicationId, Instant, PersonId};

use crate::model::{Assessment, AssessmentInput, MarksAround};
use crate::rubric::Mark;

/// With the assessors' names, in the order of criterion and time.
pub(crate) fn assessments(db: &mut Db, application: ApplicationId) -> Result<Vec<Assessment>> {
    type Row = (
        (String, PersonId, String),
        (Option<i32>, String, bool),
        (Instant, Option<Instant>),
    );
    let rows: Vec<Row> = s::table
        .inner_join(people::table.on(people::id.eq(s::assessor_id)))
        .filter(s::application_id.eq(application))
        .order((s::criterion, s::at, s::assessor_id))
        .select((
            (s::criterion, s::assessor_id, people::name),
            (s::points, s::justification, s::recused),
            (s::at, s::set_aside_at),
        ))
        .load(db)?;
    let assessments = rows.into_iter().map(
        |((criterion, assessor_id, assessor), (points, justification, recused), (at, aside))| {
            Assessment {
                criterion,
                assessor_id,
                assessor,
                points,
                justification,
                recused,
                at,
                set_aside_at: aside,
            }
        },
    );
    Ok(assessments.collect())
}

/// The marks that count: of people who did not recuse themselves, and that no appeal set aside.
pub(crate) fn marks(db: &mut Db, application: ApplicationId) -> Result<Vec<Mark>> {
    let rows: Vec<(String, Option<i32>)> = s::table
        .filter(s::application_id.eq(application))
        .filter(s::recused.eq(false))
        .filter(s::set_aside_at.is_null())
        .order((s::criterion, s::assessor_id))
        .select((s::criterion, s::points))
        .load(db)?;
    let marks = rows
        .into_iter()
        .filter_map(|(criterion, points)| points.map(|points| Mark { criterion, points }));
    Ok(marks.collect())
}

/// One per assessor and criterion: a second one takes the place of the first. False when it
/// says the same.
pub(crate) fn put_assessment(
    db: &mut Db,
    application: ApplicationId,
    criterion: &str,
    assessor: PersonId,
    input: &AssessmentInput,
    during: Option<AppealId>,
    now: Instant,
) -> Result<bool> {
    let points = input.points.filter(|_| !input.recused);
    let before: Option<(Option<i32>, String, bool)> = s::table
        .find((application, criterion, assessor))
        .select((s::points, s::justification, s::recused))
        .first(db)
        .optional()?;
    let after = (points, input.justification.trim().to_owned(), input.recused);
    if before.as_ref() == Some(&after) {
        return Ok(false);
    }
    let changed = diesel::update(s::table.find((application, criterion, assessor)))
        .set((
            s::points.eq(points),
            s::justification.eq(input.justification.trim()),
            s::recused.eq(input.recused),
            s::at.eq(now),
        ))
        .execute(db)?;
    if changed == 0 {
        diesel::insert_into(s::table)
            .values((
                s::application_id.eq(application),
                s::criterion.eq(criterion),
                s::assessor_id.eq(assessor),
                s::points.eq(points),
                s::justification.eq(input.justification.trim()),
                s::recused.eq(input.recused),
                s::at.eq(now),
                s::appeal_id.eq(during),
            ))
            .execute(db)?;
    }
    Ok(true)
}

/// Whether this person assessed the criterion before the appeal.
pub(crate) fn assessed_before(
    db: &mut Db,
    application: ApplicationId,
    criterion: &str,
    assessor: PersonId,
    appeal: AppealId,
) -> Result<bool> {
    let before: Option<Option<AppealId>> = s::table
        .find((application, criterion, assessor))
        .select(s::appeal_id)
        .first(db)
        .optional()?;
    Ok(before.is_some_and(|during| during != Some(appeal)))
}

/// How many marks each criterion has: those given before an appeal, and those given during it.
pub(crate) fn marks_around(
    db: &mut Db,
    application: ApplicationId,
    appeal: AppealId,
) -> Result<BTreeMap<String, MarksAround>> {
    let rows: Vec<(String, Option<AppealId>)> = s::table
        .filter(s::application_id.eq(application))
        .filter(s::recused.eq(false))
        .select((s::criterion, s::appeal_id))
        .load(db)?;
    let mut found: BTreeMap<String, MarksAround> = BTreeMap::new();
    for (criterion, during) in rows {
        let marks = found.entry(criterion).or_default();
        if during == Some(appeal) {
            marks.anew += 1;
        } else {
            marks.before += 1;
        }
    }
    Ok(found)
}

/// Marks of a criterion that stop counting: those given before the appeal.
pub(crate) fn set_aside_before(
    db: &mut Db,
    application: ApplicationId,
    criterion: &str,
    appeal: AppealId,
    now: Instant,
) -> Result<()> {
    diesel::update(
        s::table
            .filter(s::application_id.eq(application))
            .filter(s::criterion.eq(criterion))
            .filter(s::set_aside_at.is_null())
            .filter(s::appeal_id.is_null().or(s::appeal_id.ne(appeal))),
    )
    .set(s::set_aside_at.eq(Some(now)))
    .execute(db)?;
    Ok(())
}

/// Marks given during an appeal that was rejected stop counting.
pub(crate) fn set_aside_of(db: &mut Db, appeal: AppealId, now: Instant) -> Result<()> {
    diesel::update(
        s::table
            .filter(s::appeal_id.eq(appeal))
            .filter(s::set_aside_at.is_null()),
    )
    .set(s::set_aside_at.eq(Some(now)))
    .execute(db)?;
    Ok(())
}
