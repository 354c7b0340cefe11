//! The table `saved_views`. No decisions.

use db::schema::{people as p, saved_views as s};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{Actor, Code, PersonId, SavedViewId};

use crate::model::SavedView;

/// Views that are listed at the most.
const LISTED: i64 = 200;

/// A row of the table.
#[derive(Insertable)]
#[diesel(table_name = s)]
pub(crate) struct NewRow {
    pub(crate) id: SavedViewId,
    pub(crate) person_id: PersonId,
    pub(crate) organisation_id: kernel::OrganisationId,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) shared: bool,
    pub(crate) created_at: kernel::Instant,
}

pub(crate) fn insert_saved_view(db: &mut Db, row: NewRow) -> Result<()> {
    diesel::insert_into(s::table).values(row).execute(db)?;
    Ok(())
}

/// How many somebody keeps.
pub(crate) fn count_saved_views(db: &mut Db, person: PersonId) -> Result<i64> {
    Ok(s::table
        .filter(s::person_id.eq(person))
        .count()
        .get_result(db)?)
}

/// One's own views, and those that colleagues share, by name.
pub(crate) fn saved_views(db: &mut Db, actor: &Actor) -> Result<Vec<SavedView>> {
    let shared = s::organisation_id
        .eq(actor.organisation)
        .and(s::shared.eq(true))
        .and(p::disabled.eq(false));
    let rows: Vec<(SavedViewId, PersonId, String, String, bool, String)> = s::table
        .inner_join(p::table.on(p::id.eq(s::person_id)))
        .filter(s::person_id.eq(actor.person).or(shared))
        .order((s::name.asc(), s::id.asc()))
        .select((s::id, s::person_id, s::name, s::address, s::shared, p::name))
        .limit(LISTED)
        .load(db)?;
    let view = |(id, person, name, address, shared, by)| SavedView {
        id,
        name,
        address,
        shared,
        by: Some(by).filter(|_| person != actor.person),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Takes one of somebody's own views away.
pub(crate) fn delete_saved_view(db: &mut Db, person: PersonId, id: SavedViewId) -> Result<()> {
    let rows = diesel::delete(s::table.find(id))
        .filter(s::person_id.eq(person))
        .execute(db)?;
    db::guard(rows, Code::NotFound)
}

/// Takes all of somebody's views away.
pub(crate) fn delete_saved_views(db: &mut Db, person: PersonId) -> Result<()> {
    diesel::delete(s::table.filter(s::person_id.eq(person))).execute(db)?;
    Ok(())
}
