//! Rows of `application_scores` and `programme_rubrics`, and what scoring many at once reads.

use std::collections::HashMap;

use db::schema::{
    application_scores as s, applications as a, assessments as m, organisations as o,
    programme_rubrics as q, programmes as p,
};
use db::{Db, Result, Tx};
use diesel::prelude::*;
use kernel::{ApplicationId, Code, PersonId, ProgrammeId, StoredScoreId, text_enum};

use super::applications::{ApplicationRow, AssociationRow, Record};
use crate::model::{ApplicationStatus, Programme};
use crate::rubric::Mark;

text_enum! {
    /// Why a score was computed.
    pub enum Because {
        /// The application was decided.
        Decision = "decision",
        /// Staff pinned another rubric.
        Rubric = "rubric",
        /// A decision was overturned.
        Appeal = "appeal",
    }
}
db::text_column!(Because);

/// A score that counts from now on.
pub(crate) struct NewScore<'a> {
    pub application: ApplicationId,
    pub rubric: &'a str,
    pub version: &'a str,
    pub score: i32,
    pub detail: &'a str,
    pub because: Because,
    pub by: PersonId,
}

#[derive(Insertable)]
#[diesel(table_name = s, treat_none_as_default_value = false)]
struct ScoreRow<'a> {
    id: StoredScoreId,
    application_id: ApplicationId,
    computed_at: kernel::Instant,
    rubric: &'a str,
    version: &'a str,
    score: i32,
    detail: &'a str,
    because: Because,
    computed_by: PersonId,
}

/// Appends to the history of scores.
pub(crate) fn insert_scores(tx: &mut Tx<'_>, scores: &[NewScore<'_>]) -> Result<()> {
    for chunk in scores.chunks(200) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|new| ScoreRow {
                id: tx.new_id(),
                application_id: new.application,
                computed_at: tx.now(),
                rubric: new.rubric,
                version: new.version,
                score: new.score,
                detail: new.detail,
                because: new.because,
                computed_by: new.by,
            })
            .collect();
        db::on!(&mut **tx, c => diesel::insert_into(s::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// The text of a rubric that the programme pins or pinned.
pub(crate) fn pinned_text(
    db: &mut Db,
    programme: ProgrammeId,
    rubric: &str,
    version: &str,
) -> Result<Option<String>> {
    Ok(q::table
        .find((programme, rubric, version))
        .select(q::text)
        .first(db)
        .optional()?)
}

/// Notes the rubric that a programme pins now.
pub(crate) fn note_rubric(tx: &mut Tx<'_>, programme: &Programme, by: PersonId) -> Result<()> {
    let known = pinned_text(
        tx,
        programme.id,
        &programme.rubric,
        &programme.rubric_version,
    )?;
    if known.is_some() {
        return Ok(());
    }
    let now = tx.now();
    diesel::insert_into(q::table)
        .values((
            q::programme_id.eq(programme.id),
            q::rubric.eq(&programme.rubric),
            q::version.eq(&programme.rubric_version),
            q::text.eq(&programme.rubric_text),
            q::pinned_by.eq(by),
            q::pinned_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Pins another rubric; guarded by the version of the programme that was read.
pub(crate) fn pin_rubric(tx: &mut Tx<'_>, programme: &mut Programme) -> Result<()> {
    let now = tx.now();
    let rows = diesel::update(p::table.find(programme.id))
        .filter(p::version.eq(programme.version))
        .set((
            p::rubric.eq(&programme.rubric),
            p::rubric_version.eq(&programme.rubric_version),
            p::rubric_text.eq(&programme.rubric_text),
            p::version.eq(programme.version + 1),
            p::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    db::guard(rows, Code::StaleVersion)?;
    programme.version += 1;
    programme.updated_at = now;
    Ok(())
}

/// Every application of a programme in one of these states, by id.
pub(crate) fn records(
    db: &mut Db,
    programme: &Programme,
    statuses: &[ApplicationStatus],
) -> Result<Vec<Record>> {
    let found: Vec<(ApplicationRow, AssociationRow)> = a::table
        .inner_join(o::table)
        .filter(a::programme_id.eq(programme.id))
        .filter(a::status.eq_any(statuses.to_vec()))
        .order(a::id)
        .select((ApplicationRow::as_select(), AssociationRow::as_select()))
        .load(db)?;
    let records = found.into_iter().map(|(row, association)| Record {
        row,
        association,
        programme: programme.name.clone(),
    });
    Ok(records.collect())
}

/// Ids that a query names one by one; of more, it reads the whole programme.
const NAMED: usize = 200;

/// The details of eligible applications' scores: of these, or of all of a programme.
pub(crate) fn details(
    db: &mut Db,
    programme: ProgrammeId,
    of: Option<&[ApplicationId]>,
) -> Result<HashMap<ApplicationId, String>> {
    let mut query = a::table
        .filter(a::programme_id.eq(programme))
        .filter(a::status.eq(ApplicationStatus::Eligible))
        .select((a::id, a::score_detail))
        .into_boxed();
    if let Some(ids) = of.filter(|ids| ids.len() <= NAMED) {
        query = query.filter(a::id.eq_any(ids.to_vec()));
    }
    let rows: Vec<(ApplicationId, Option<String>)> = query.load(db)?;
    let details = rows
        .into_iter()
        .filter_map(|(id, detail)| Some((id, detail?)));
    Ok(details.collect())
}

/// The marks that count, of every application of a programme.
pub(crate) fn all_marks(
    db: &mut Db,
    programme: ProgrammeId,
) -> Result<HashMap<ApplicationId, Vec<Mark>>> {
    let rows: Vec<(ApplicationId, String, Option<i32>)> = m::table
        .inner_join(a::table.on(a::id.eq(m::application_id)))
        .filter(a::programme_id.eq(programme))
        .filter(m::recused.eq(false))
        .filter(m::set_aside_at.is_null())
        .order((m::application_id, m::criterion, m::assessor_id))
        .select((m::application_id, m::criterion, m::points))
        .load(db)?;
    let mut marks: HashMap<_, Vec<_>> = HashMap::new();
    for (application, criterion, points) in rows {
        if let Some(points) = points {
            let mark = Mark { criterion, points };
            marks.entry(application).or_default().push(mark);
        }
    }
    Ok(marks)
}
