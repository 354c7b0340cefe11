//! The eligible applications of a programme in the order of their scores: sorted, counted and cut
//! by the database, along the index `applications_by_score`.

use std::collections::HashMap;

use db::schema::{applications as a, organisations as o};
use db::{Db, Result};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable};
use identity::OrganisationStatus;
use kernel::{ApplicationId, OrganisationId, ProgrammeId, Theme};

use super::applications::{
    ApplicantRow, ApplicationRow, AssociationRow, CandidateRow, Record, candidate,
};
use crate::model::{ApplicationStatus, Candidate, Programme, RankingFilter};

macro_rules! eligible {
    ($programme:expr) => {
        a::table
            .filter(a::programme_id.eq($programme))
            .filter(a::status.eq(ApplicationStatus::Eligible))
    };
}

macro_rules! in_order {
    ($query:expr) => {
        $query.order((
            a::score.desc(),
            a::fragility.is_null().asc(),
            a::fragility.desc(),
            a::submitted_at.asc(),
            a::id.asc(),
        ))
    };
}

/// Hundredths of a point of a step of the distribution, as the statement below divides.
pub(crate) const BAND: i32 = 1000;

/// How many score within each step that somebody is in.
pub(crate) fn bands(db: &mut Db, programme: ProgrammeId) -> Result<Vec<(i32, i64)>> {
    let band = || sql::<Nullable<Integer>>("applications.score / 1000");
    let rows: Vec<(Option<i32>, i64)> = eligible!(programme)
        .filter(a::score.is_not_null())
        .group_by(band())
        .select((band(), count_star()))
        .load(db)?;
    let known = |(band, count): (Option<i32>, i64)| Some((band?, count));
    Ok(rows.into_iter().filter_map(known).collect())
}

/// The score at a place of the ranking, from 0.
pub(crate) fn score_at(db: &mut Db, programme: ProgrammeId, place: i64) -> Result<Option<i32>> {
    let found: Option<Option<i32>> = eligible!(programme)
        .filter(a::score.is_not_null())
        .order(a::score.desc())
        .select(a::score)
        .offset(place)
        .limit(1)
        .first(db)
        .optional()?;
    Ok(found.flatten())
}

/// Ids in their order: so many at the most, from a place on.
pub(crate) fn ranked_ids(
    db: &mut Db,
    programme: ProgrammeId,
    from: i64,
    most: i64,
) -> Result<Vec<ApplicationId>> {
    let query = eligible!(programme).filter(a::score.is_not_null());
    Ok(in_order!(query)
        .select(a::id)
        .offset(from)
        .limit(most)
        .load(db)?)
}

/// Those that a filter may find, in no order. What it says of the form is looked for in its text:
/// whoever shows them looks again.
pub(crate) fn may_match(
    db: &mut Db,
    programme: ProgrammeId,
    filter: &RankingFilter,
) -> Result<Vec<ApplicationId>> {
    let mut query = eligible!(programme)
        .filter(a::score.is_not_null())
        .select(a::id)
        .into_boxed();
    if let Some(least) = filter.min_score {
        query = query.filter(a::score.ge(least));
    }
    if let Some(most) = filter.max_score {
        query = query.filter(a::score.le(most));
    }
    if let Some(theme) = filter.theme {
        query = query.filter(sql::<Bool>(&works_on(db, theme)));
    }
    let code = filter.postal_code.as_deref().map(str::trim);
    if let Some(code) = code.filter(|code| code.chars().all(|c| c.is_ascii_alphanumeric())) {
        query = query.filter(a::form.like(format!("%\"postal_code\":\"{code}%")));
    }
    if let Some(q) = filter.q.as_deref() {
        query = db::with_words!(query, a::search_key, q);
    }
    Ok(query.load(db)?)
}

/// The condition, in SQL, that an application is of an association that works on a theme.
pub fn works_on(db: &Db, theme: Theme) -> String {
    match db {
        Db::Sqlite(_) => format!(
            "EXISTS (SELECT 1 FROM json_each(applications.form, '$.form.themes') \
             WHERE json_each.value = '{theme}')"
        ),
        Db::Postgres(_) => {
            format!("applications.form::jsonb #> '{{form,themes}}' @> '\"{theme}\"'::jsonb")
        }
    }
}

/// The applications of these ids, with whose they are.
pub(crate) fn records_of(
    db: &mut Db,
    programme: &Programme,
    ids: &[ApplicationId],
) -> Result<HashMap<ApplicationId, Record>> {
    let found: Vec<(ApplicationRow, AssociationRow)> = a::table
        .inner_join(o::table)
        .filter(a::id.eq_any(ids.to_vec()))
        .select((ApplicationRow::as_select(), AssociationRow::as_select()))
        .load(db)?;
    let record = |(row, association): (ApplicationRow, AssociationRow)| {
        let id = row.id;
        let programme = programme.name.clone();
        (
            id,
            Record {
                row,
                association,
                programme,
            },
        )
    };
    Ok(found.into_iter().map(record).collect())
}

/// Eligible applications of verified associations in the order of the ranking: so many at the
/// most, from a place on; of one association, or of all.
pub(crate) fn candidates_in_order(
    db: &mut Db,
    programme: ProgrammeId,
    association: Option<OrganisationId>,
    (from, most): (i64, i64),
) -> Result<Vec<Candidate>> {
    let mut query = in_order!(eligible!(programme).inner_join(o::table))
        .filter(o::status.eq(OrganisationStatus::Verified))
        .select((CandidateRow::as_select(), ApplicantRow::as_select()))
        .offset(from)
        .limit(most)
        .into_boxed();
    if let Some(association) = association {
        query = query.filter(a::association_id.eq(association));
    }
    let found: Vec<(CandidateRow, ApplicantRow)> = query.load(db)?;
    found.into_iter().map(candidate).collect()
}
