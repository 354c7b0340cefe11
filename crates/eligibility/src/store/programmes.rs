//! Rows of `programmes`.

use db::schema::{applications as a, programmes as p};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{
    Code, DeviceKind, Instant, OrganisationId, Page, PageRequest, PersonId, ProgrammeId, Refusal,
};
use serde::{Deserialize, Serialize};

use crate::model::{ApplicationStatus, Programme};

#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Kinds(Vec<DeviceKind>);
db::json_column!(Kinds);

#[derive(Queryable, Selectable)]
#[diesel(table_name = p)]
struct ProgrammeRow {
    id: ProgrammeId,
    name: String,
    rubric: String,
    rubric_version: String,
    rubric_text: String,
    kinds: Kinds,
    lot_min: i32,
    lot_max: i32,
    opens_at: Instant,
    closes_at: Option<Instant>,
    territory: String,
    follow_up_months: i32,
    version: i32,
    created_at: Instant,
    updated_at: Instant,
    guarantee_months: i32,
    loan_months: Option<i32>,
}

impl From<ProgrammeRow> for Programme {
    fn from(row: ProgrammeRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            rubric: row.rubric,
            rubric_version: row.rubric_version,
            rubric_text: row.rubric_text,
            kinds: row.kinds.0,
            lot_min: row.lot_min,
            lot_max: row.lot_max,
            opens_at: row.opens_at,
            closes_at: row.closes_at,
            territory: row.territory,
            follow_up_months: row.follow_up_months,
            guarantee_months: row.guarantee_months,
            loan_months: row.loan_months,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

pub(crate) fn programme(db: &mut Db, id: ProgrammeId) -> Result<Programme> {
    let row = p::table
        .find(id)
        .select(ProgrammeRow::as_select())
        .first(db)
        .optional()?;
    row.map(Into::into)
        .ok_or_else(|| Refusal::not_found().into())
}

/// The newest first.
pub(crate) fn programmes(db: &mut Db, page: &PageRequest) -> Result<Page<Programme>> {
    let mut query = p::table
        .select(ProgrammeRow::as_select())
        .order(p::id.desc())
        .limit(page.fetch())
        .into_boxed();
    if let Some(after) = page.after::<ProgrammeId>()? {
        query = query.filter(p::id.lt(after));
    }
    let rows: Vec<Programme> = query
        .load::<ProgrammeRow>(db)?
        .into_iter()
        .map(Into::into)
        .collect();
    Ok(Page::from_rows(rows, page, |row| row.id.to_string()))
}

pub(crate) fn insert_programme(
    db: &mut Db,
    programme: &Programme,
    created_by: PersonId,
) -> Result<()> {
    diesel::insert_into(p::table)
        .values((
            p::id.eq(programme.id),
            p::name.eq(&programme.name),
            p::rubric.eq(&programme.rubric),
            p::rubric_version.eq(&programme.rubric_version),
            p::rubric_text.eq(&programme.rubric_text),
            p::kinds.eq(Kinds(programme.kinds.clone())),
            p::lot_min.eq(programme.lot_min),
            p::lot_max.eq(programme.lot_max),
            p::opens_at.eq(programme.opens_at),
            p::closes_at.eq(programme.closes_at),
            p::territory.eq(&programme.territory),
            p::follow_up_months.eq(programme.follow_up_months),
            p::guarantee_months.eq(programme.guarantee_months),
            p::loan_months.eq(programme.loan_months),
            p::created_by.eq(created_by),
            p::version.eq(programme.version),
            p::created_at.eq(programme.created_at),
            p::updated_at.eq(programme.updated_at),
        ))
        .execute(db)?;
    Ok(())
}

/// Writes what changed, guarded by the version that was read.
pub(crate) fn update_programme(db: &mut Db, programme: &mut Programme, now: Instant) -> Result<()> {
    let rows = diesel::update(p::table.find(programme.id))
        .filter(p::version.eq(programme.version))
        .set((
            p::name.eq(&programme.name),
            p::kinds.eq(Kinds(programme.kinds.clone())),
            p::lot_min.eq(programme.lot_min),
            p::lot_max.eq(programme.lot_max),
            p::opens_at.eq(programme.opens_at),
            p::closes_at.eq(programme.closes_at),
            p::territory.eq(&programme.territory),
            p::follow_up_months.eq(programme.follow_up_months),
            p::guarantee_months.eq(programme.guarantee_months),
            p::loan_months.eq(programme.loan_months),
            p::version.eq(programme.version + 1),
            p::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)?;
    programme.version += 1;
    programme.updated_at = now;
    Ok(())
}

/// Applications of a programme that are with their association: which, and whose.
pub(crate) fn open_drafts(
    db: &mut Db,
    programme: ProgrammeId,
) -> Result<Vec<(String, OrganisationId)>> {
    let open = [
        ApplicationStatus::Draft,
        ApplicationStatus::ChangesRequested,
    ];
    Ok(a::table
        .filter(a::programme_id.eq(programme))
        .filter(a::status.eq_any(open))
        .order(a::id)
        .select((a::reference, a::association_id))
        .load(db)?)
}
