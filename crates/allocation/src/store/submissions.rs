//! The table `wave_submissions`.

use db::schema::wave_submissions as s;
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Instant, PersonId, WaveId};

use crate::model::Settings;

/// A plan as it was submitted.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = s, treat_none_as_default_value = false)]
pub(crate) struct SubmissionRow {
    pub wave_id: WaveId,
    pub number: i32,
    pub digest: String,
    pub message: Option<String>,
    pub settings: Settings,
    /// JSON: what each line was to receive.
    pub awards: String,
    pub submitted_by: PersonId,
    pub submitted_at: Instant,
    pub returned_by: Option<PersonId>,
    pub returned_at: Option<Instant>,
    pub returned_reason: Option<String>,
}

pub(crate) fn insert_submission(db: &mut Db, row: &SubmissionRow) -> Result<()> {
    diesel::insert_into(s::table).values(row).execute(db)?;
    Ok(())
}

/// The number of the last submission; 0 when there is none.
pub(crate) fn last_submission(db: &mut Db, wave: WaveId) -> Result<i32> {
    let last: Option<i32> = s::table
        .filter(s::wave_id.eq(wave))
        .order(s::number.desc())
        .select(s::number)
        .first(db)
        .optional()?;
    Ok(last.unwrap_or(0))
}

/// The last submissions, the newest first: so many at the most.
pub(crate) fn submissions(db: &mut Db, wave: WaveId, most: i64) -> Result<Vec<SubmissionRow>> {
    Ok(s::table
        .filter(s::wave_id.eq(wave))
        .order(s::number.desc())
        .limit(most)
        .select(SubmissionRow::as_select())
        .load(db)?)
}

/// Notes why the last submission was sent back, and by whom.
pub(crate) fn note_return(
    db: &mut Db,
    (wave, number): (WaveId, i32),
    (by, reason): (PersonId, &str),
    now: Instant,
) -> Result<()> {
    diesel::update(s::table.find((wave, number)))
        .set((
            s::returned_by.eq(Some(by)),
            s::returned_at.eq(Some(now)),
            s::returned_reason.eq(Some(reason)),
        ))
        .execute(db)?;
    Ok(())
}
