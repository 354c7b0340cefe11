//! Rows of `assessments`.

use db::schema::{assessments as s, people};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{ApplicationId, Instant, PersonId};

use crate::model::{Assessment, AssessmentInput};
use crate::rubric::Mark;

/// With the assessors' names, in the order of criterion and time.
pub(crate) fn assessments(db: &mut Db, application: ApplicationId) -> Result<Vec<Assessment>> {
    type Row = (String, PersonId, String, Option<i32>, String, bool, Instant);
    let rows: Vec<Row> = s::table
        .inner_join(people::table.on(people::id.eq(s::assessor_id)))
        .filter(s::application_id.eq(application))
        .order((s::criterion, s::at, s::assessor_id))
        .select((
            s::criterion,
            s::assessor_id,
            people::name,
            s::points,
            s::justification,
            s::recused,
            s::at,
        ))
        .load(db)?;
    let assessments = rows.into_iter().map(
        |(criterion, assessor_id, assessor, points, justification, recused, at)| Assessment {
            criterion,
            assessor_id,
            assessor,
            points,
            justification,
            recused,
            at,
        },
    );
    Ok(assessments.collect())
}

/// The marks that count: of people who did not recuse themselves.
pub(crate) fn marks(db: &mut Db, application: ApplicationId) -> Result<Vec<Mark>> {
    let rows: Vec<(String, Option<i32>)> = s::table
        .filter(s::application_id.eq(application))
        .filter(s::recused.eq(false))
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
            ))
            .execute(db)?;
    }
    Ok(true)
}
