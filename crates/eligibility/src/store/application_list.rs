//! Lists of applications, and what stands beside one in them.

use db::schema::{applications as a, organisations as o, programmes as p};
use db::search::{Searched, Wanted};
use db::{Db, Result};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use kernel::{Actor, ApplicationId, Page, PageRequest, fold, squash};

use super::applications::{ApplicationRow, AssociationRow, Record};
use crate::model::{ApplicationFilter, Assigned, Neighbors};

const APPLICATIONS: Searched = Searched {
    table: "applications",
    letters: "application_search",
};

/// The beginning of a condition on what an application is found by.
const KEYED: &str = "applications.id IN \
    (SELECT named.id FROM applications AS named WHERE named.search_key LIKE ";

/// The applications that a filter finds, among those that the actor may read; neither ordered nor
/// cut.
macro_rules! found {
    ($db:expr, $actor:expr, $filter:expr, $columns:expr) => {{
        let filter: &ApplicationFilter = $filter;
        let mut query = a::table
            .inner_join(o::table)
            .inner_join(p::table.on(p::id.eq(a::programme_id)))
            .select($columns)
            .into_boxed();
        query = seen_by!(query, $actor);
        if let Some(programme) = filter.programme_id {
            query = query.filter(a::programme_id.eq(programme));
        }
        if let Some(association) = filter.association_id {
            query = query.filter(a::association_id.eq(association));
        }
        if let Some(status) = filter.status {
            query = query.filter(a::status.eq(status));
        }
        match filter.assigned {
            Some(Assigned::To(person)) => query = query.filter(a::assigned_to.eq(person)),
            Some(Assigned::Nobody) => query = query.filter(a::assigned_to.is_null()),
            None => {}
        }
        if filter.answered {
            query = query.filter(a::answered_at.is_not_null());
        }
        if let Some(q) = filter.q.as_deref() {
            query = match Wanted::words(q) {
                Some(words) => match APPLICATIONS.few($db, Some(words))? {
                    Some(few) => query.filter(a::id.eq_any::<Vec<ApplicationId>>(few)),
                    None => query,
                },
                // too short for it: an index has the keys of all applications without their forms
                None if $actor.is_city() => {
                    let together = format!("%{}%", squash(q).to_lowercase());
                    let first = fold(q).split(' ').next().map(|word| format!("%{word}%"));
                    query.filter(
                        sql::<Bool>(KEYED)
                            .bind::<Text, _>(first.unwrap_or_default())
                            .sql(" OR named.search_key LIKE ")
                            .bind::<Text, _>(together)
                            .sql(")"),
                    )
                }
                None => query,
            };
            query = db::with_words!(query, a::search_key, q);
        }
        query
    }};
}

/// The newest first.
pub(crate) fn applications(
    db: &mut Db,
    actor: &Actor,
    filter: &ApplicationFilter,
    page: &PageRequest,
) -> Result<Page<Record>> {
    let columns = (
        ApplicationRow::as_select(),
        AssociationRow::as_select(),
        p::name,
    );
    let mut query = found!(db, actor, filter, columns)
        .order(a::id.desc())
        .limit(page.fetch());
    if let Some(after) = page.after::<ApplicationId>()? {
        query = query.filter(a::id.lt(after));
    }
    let found: Vec<(ApplicationRow, AssociationRow, String)> = query.load(db)?;
    let rows = found
        .into_iter()
        .map(|(row, association, programme)| Record {
            row,
            association,
            programme,
        })
        .collect();
    Ok(Page::from_rows(rows, page, |record| {
        record.row.id.to_string()
    }))
}

/// The application above one in a filtered list, and the one below it, each with the name of its
/// association.
pub(crate) fn neighbors(
    db: &mut Db,
    actor: &Actor,
    filter: &ApplicationFilter,
    of: ApplicationId,
) -> Result<Neighbors> {
    let above: Option<(ApplicationId, String)> = found!(db, actor, filter, (a::id, o::name))
        .filter(a::id.gt(of))
        .order(a::id)
        .first(db)
        .optional()?;
    let below: Option<(ApplicationId, String)> = found!(db, actor, filter, (a::id, o::name))
        .filter(a::id.lt(of))
        .order(a::id.desc())
        .first(db)
        .optional()?;
    Ok(Neighbors { above, below })
}
