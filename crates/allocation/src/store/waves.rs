//! The table `waves`.

use db::schema::{wave_devices as v, wave_lines as l, waves as w};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{
    Code, Instant, OrganisationId, Page, PageRequest, PersonId, ProgrammeId, Queue, WaveId,
};

use crate::model::{Settings, Wave, WaveFilter, WaveLine, WaveStatus};

pub(crate) fn wave(db: &mut Db, id: WaveId) -> Result<Option<Wave>> {
    Ok(w::table
        .find(id)
        .select(Wave::as_select())
        .first(db)
        .optional()?)
}

/// Waves that wait for approval: those that somebody else submitted, and one's own.
pub(crate) fn submitted(db: &mut Db, reader: PersonId) -> Result<(Queue, Queue)> {
    let rows: Vec<(Option<PersonId>, Option<Instant>)> = w::table
        .filter(w::status.eq(WaveStatus::Submitted))
        .order(w::id)
        .select((w::submitted_by, w::submitted_at))
        .limit(Queue::FETCH)
        .load(db)?;
    let (own, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(by, _)| *by == Some(reader));
    let queue = |rows: Vec<(Option<PersonId>, Option<Instant>)>| {
        let since: Vec<Instant> = rows.into_iter().filter_map(|(_, at)| at).collect();
        Queue::of(&since)
    };
    Ok((queue(others), queue(own)))
}

/// A page of waves, the newest first; of an association only those decided in which it
/// takes part. Not those that pass a single device on.
pub(crate) fn waves(
    db: &mut Db,
    filter: &WaveFilter,
    association: Option<OrganisationId>,
    page: &PageRequest,
) -> Result<Page<Wave>> {
    let mut query = w::table
        .filter(w::passed_on.eq(false))
        .select(Wave::as_select())
        .order(w::id.desc())
        .limit(page.fetch())
        .into_boxed();
    if let Some(programme) = filter.programme_id {
        query = query.filter(w::programme_id.eq(programme));
    }
    if let Some(status) = filter.status {
        query = query.filter(w::status.eq(status));
    }
    if let Some(association) = association {
        let own = l::table
            .filter(l::association_id.eq(association))
            .select(l::wave_id);
        query = query
            .filter(w::approved_at.is_not_null())
            .filter(w::id.eq_any(own));
    }
    if let Some(after) = page.after::<WaveId>()? {
        query = query.filter(w::id.lt(after));
    }
    Ok(Page::from_rows(query.load(db)?, page, |wave: &Wave| {
        wave.id.to_string()
    }))
}

/// Whether a wave passes a single device on.
pub(crate) fn passes_on(db: &mut Db, id: WaveId) -> Result<bool> {
    Ok(w::table.find(id).select(w::passed_on).first(db)?)
}

/// The lines of those waves of a programme that pass a single device on, which still serves there.
pub(crate) fn passed_on_lines(db: &mut Db, programme: ProgrammeId) -> Result<Vec<WaveLine>> {
    Ok(l::table
        .inner_join(w::table.on(w::id.eq(l::wave_id)))
        .inner_join(v::table.on(v::line_id.eq(l::id)))
        .filter(w::programme_id.eq(programme))
        .filter(w::passed_on.eq(true))
        .filter(v::released_at.is_null())
        .order(l::id)
        .select(WaveLine::as_select())
        .load(db)?)
}

/// Stores a wave that passes a single device on: decided by a person, and done with.
pub(crate) fn insert_passing(
    db: &mut Db,
    wave: &Wave,
    line: &WaveLine,
    by: PersonId,
) -> Result<()> {
    insert_wave(db, wave)?;
    diesel::update(w::table.find(wave.id))
        .set((
            w::passed_on.eq(true),
            w::approved_by.eq(Some(by)),
            w::approved_at.eq(wave.approved_at),
            w::reason.eq(&wave.reason),
        ))
        .execute(db)?;
    diesel::insert_into(l::table).values(line).execute(db)?;
    Ok(())
}

/// Whether an association has a line in a wave.
pub(crate) fn wave_ids_with_line(
    db: &mut Db,
    wave: WaveId,
    association: OrganisationId,
) -> Result<bool> {
    let lines: i64 = l::table
        .filter(l::wave_id.eq(wave))
        .filter(l::association_id.eq(association))
        .count()
        .get_result(db)?;
    Ok(lines > 0)
}

/// The ordinal of a wave that passes a single device on: they count downwards, and take none of
/// those that people read.
pub(crate) fn passing_ordinal(db: &mut Db, programme: ProgrammeId) -> Result<i32> {
    let last: Option<i32> = w::table
        .filter(w::programme_id.eq(programme))
        .select(w::ordinal)
        .order(w::ordinal.asc())
        .first(db)
        .optional()?;
    Ok(last.unwrap_or(0).min(0) - 1)
}

pub(crate) fn next_ordinal(db: &mut Db, programme: ProgrammeId) -> Result<i32> {
    let last: Option<i32> = w::table
        .filter(w::programme_id.eq(programme))
        .select(w::ordinal)
        .order(w::ordinal.desc())
        .first(db)
        .optional()?;
    Ok(last.unwrap_or(0) + 1)
}

pub(crate) fn insert_wave(db: &mut Db, wave: &Wave) -> Result<()> {
    diesel::insert_into(w::table)
        .values((
            w::id.eq(wave.id),
            w::programme_id.eq(wave.programme_id),
            w::ordinal.eq(wave.ordinal),
            w::name.eq(&wave.name),
            w::status.eq(wave.status),
            w::settings.eq(&wave.settings),
            w::created_by.eq(wave.created_by),
            w::version.eq(wave.version),
            w::created_at.eq(wave.created_at),
            w::updated_at.eq(wave.created_at),
        ))
        .execute(db)?;
    Ok(())
}

/// The instance and the result of the plan, as they were stored.
pub(crate) fn plan_documents(db: &mut Db, id: WaveId) -> Result<Option<(String, String)>> {
    let row: Option<(Option<String>, Option<String>)> = w::table
        .find(id)
        .select((w::instance, w::result))
        .first(db)
        .optional()?;
    Ok(row.and_then(|(instance, result)| Some((instance?, result?))))
}

/// Stores a plan in place of the one before. Guarded by the version that was read.
pub(crate) fn save_plan(
    db: &mut Db,
    wave: &Wave,
    status: WaveStatus,
    (instance, result, digest): (&str, &str, &str),
    (by, now): (PersonId, Instant),
) -> Result<()> {
    let rows = diesel::update(w::table.find(wave.id))
        .filter(w::version.eq(wave.version))
        .set((
            w::status.eq(status),
            w::instance.eq(instance),
            w::result.eq(result),
            w::digest.eq(digest),
            w::proposed_by.eq(by),
            w::proposed_at.eq(now),
            w::reason.eq(None::<String>),
            w::version.eq(wave.version + 1),
            w::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// A step of a wave's life: what it sets besides the status.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    Submit {
        by: PersonId,
    },
    Approve {
        by: PersonId,
        comment: Option<&'a str>,
    },
    Reject {
        reason: &'a str,
    },
    Cancel {
        reason: &'a str,
    },
    HandOver,
    Complete,
}

impl Step<'_> {
    fn to(self) -> WaveStatus {
        match self {
            Self::Submit { .. } => WaveStatus::Submitted,
            Self::Approve { .. } => WaveStatus::Approved,
            Self::Reject { .. } => WaveStatus::Draft,
            Self::Cancel { .. } => WaveStatus::Cancelled,
            Self::HandOver => WaveStatus::HandingOver,
            Self::Complete => WaveStatus::Completed,
        }
    }
}

/// Takes a step. Guarded by the status and the version that were read.
pub(crate) fn step(db: &mut Db, wave: &Wave, step: Step<'_>, now: Instant) -> Result<()> {
    let common = (
        w::status.eq(step.to()),
        w::version.eq(wave.version + 1),
        w::updated_at.eq(now),
    );
    let guarded = diesel::update(w::table.find(wave.id))
        .filter(w::version.eq(wave.version))
        .filter(w::status.eq(wave.status));
    let rows = match step {
        Step::Submit { by } => guarded
            .set((common, w::submitted_by.eq(by), w::submitted_at.eq(now)))
            .execute(db)?,
        Step::Approve { by, comment } => guarded
            .set((
                common,
                w::approved_by.eq(by),
                w::approved_at.eq(now),
                w::comment.eq(comment),
            ))
            .execute(db)?,
        Step::Reject { reason } => guarded
            .set((
                common,
                w::reason.eq(reason),
                w::submitted_by.eq(None::<PersonId>),
                w::submitted_at.eq(None::<Instant>),
            ))
            .execute(db)?,
        Step::Cancel { reason } => guarded.set((common, w::reason.eq(reason))).execute(db)?,
        Step::HandOver | Step::Complete => guarded.set(common).execute(db)?,
    };
    db::guard(rows, Code::WaveStepNotAllowed)
}

/// Stores other settings; the plan has to be proposed again. Guarded by the version that
/// was read.
pub(crate) fn change_settings(
    db: &mut Db,
    wave: &Wave,
    (name, settings): (&str, &Settings),
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(w::table.find(wave.id))
        .filter(w::version.eq(wave.version))
        .set((
            w::name.eq(name),
            w::settings.eq(settings),
            w::status.eq(WaveStatus::Draft),
            w::version.eq(wave.version + 1),
            w::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}
