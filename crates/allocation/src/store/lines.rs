//! The tables `wave_lines` and `wave_explanations`.

use db::schema::{organisations as o, wave_explanations as e, wave_lines as l, waves as w};
use db::{Db, Result};
use diesel::dsl::{count_star, sql, sum};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable};
use kernel::{ApplicationId, DeviceKind, Instant, Page, PageRequest, WaveId};

use super::IDS;

use crate::model::{Granted, LineFilter, WaveLine};

/// Stores the lines of a plan in place of those before.
pub(crate) fn replace_lines(db: &mut Db, wave: WaveId, lines: &[WaveLine]) -> Result<()> {
    diesel::delete(l::table.filter(l::wave_id.eq(wave))).execute(db)?;
    db::insert_many!(&mut *db, l::table, lines);
    Ok(())
}

/// Every line that receives something, in the public order.
pub(crate) fn served_lines(db: &mut Db, wave: WaveId) -> Result<Vec<WaveLine>> {
    Ok(l::table
        .filter(l::wave_id.eq(wave))
        .filter(l::quantity.gt(0))
        .select(WaveLine::as_select())
        .order(l::rank)
        .load(db)?)
}

/// What the lines of a wave come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LineSums {
    pub lines: i64,
    pub served: i64,
    pub associations: i64,
    pub smallest: Option<i32>,
    pub largest: Option<i32>,
    pub granted: Granted,
}

/// The sums of a wave's lines, made by the database.
pub(crate) fn line_sums(db: &mut Db, wave: WaveId) -> Result<LineSums> {
    type Row = (i64, i64, i64, Option<i32>, Option<i32>);
    let (lines, served, associations, smallest, largest): Row = l::table
        .filter(l::wave_id.eq(wave))
        .select((
            count_star(),
            sql::<BigInt>("count(CASE WHEN wave_lines.quantity > 0 THEN 1 END)"),
            sql::<BigInt>(
                "count(DISTINCT CASE WHEN wave_lines.quantity > 0 THEN wave_lines.association_id END)",
            ),
            sql::<Nullable<Integer>>(
                "min(CASE WHEN wave_lines.quantity > 0 THEN wave_lines.quantity END)",
            ),
            sql::<Nullable<Integer>>(
                "max(CASE WHEN wave_lines.quantity > 0 THEN wave_lines.quantity END)",
            ),
        ))
        .first(db)?;
    let kinds: Vec<(Option<DeviceKind>, Option<i64>)> = l::table
        .filter(l::wave_id.eq(wave))
        .filter(l::quantity.gt(0))
        .group_by(l::kind)
        .select((l::kind, sum(l::quantity)))
        .load(db)?;
    let quantity = |(kind, sum): (Option<DeviceKind>, Option<i64>)| {
        Some((kind?, u64::try_from(sum?).unwrap_or(0)))
    };
    Ok(LineSums {
        lines,
        served,
        associations,
        smallest,
        largest,
        granted: kinds.into_iter().filter_map(quantity).collect(),
    })
}

/// The lines of these applications with the names of their associations, in the public order.
pub(crate) fn lines_of_applications(
    db: &mut Db,
    wave: WaveId,
    ids: &[ApplicationId],
) -> Result<Vec<(WaveLine, String)>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS) {
        let rows: Vec<(WaveLine, String)> = l::table
            .inner_join(o::table)
            .filter(l::wave_id.eq(wave))
            .filter(l::application_id.eq_any(chunk))
            .select((WaveLine::as_select(), o::name))
            .load(db)?;
        found.extend(rows);
    }
    found.sort_by_key(|(line, _)| line.rank);
    Ok(found)
}

/// Every line with the name of its association, in the public order.
pub(crate) fn named_lines(db: &mut Db, wave: WaveId) -> Result<Vec<(WaveLine, String)>> {
    Ok(l::table
        .inner_join(o::table)
        .filter(l::wave_id.eq(wave))
        .select((WaveLine::as_select(), o::name))
        .order(l::rank)
        .load(db)?)
}

/// A page of lines with the names of their associations, in the public order.
pub(crate) fn lines(
    db: &mut Db,
    wave: WaveId,
    filter: &LineFilter,
    page: &PageRequest,
) -> Result<Page<(WaveLine, String)>> {
    let mut query = l::table
        .inner_join(o::table)
        .filter(l::wave_id.eq(wave))
        .select((WaveLine::as_select(), o::name))
        .order(l::rank)
        .limit(page.fetch())
        .into_boxed();
    if let Some(association) = filter.association {
        query = query.filter(l::association_id.eq(association));
    }
    if let Some(application) = filter.application {
        query = query.filter(l::application_id.eq(application));
    }
    match filter.served {
        Some(true) => query = query.filter(l::quantity.gt(0)),
        Some(false) => query = query.filter(l::quantity.eq(0)),
        None => {}
    }
    if filter.pinned {
        query = query.filter(l::pinned.eq(true));
    }
    if let Some(q) = filter.q.as_deref() {
        query = db::with_words!(query, o::search_key, q);
    }
    if let Some(after) = page.after::<i32>()? {
        query = query.filter(l::rank.gt(after));
    }
    let rows: Vec<(WaveLine, String)> = query.load(db)?;
    Ok(Page::from_rows(rows, page, |(line, _)| {
        line.rank.to_string()
    }))
}

/// A line, with the name of its wave, when it was approved, and whether it passed a single device on.
type Decided = (WaveLine, String, Option<Instant>, bool);

/// The lines of an application in waves that were approved, the newest wave first.
pub(crate) fn decided_lines(db: &mut Db, application: ApplicationId) -> Result<Vec<Decided>> {
    Ok(l::table
        .inner_join(w::table.on(w::id.eq(l::wave_id)))
        .filter(l::application_id.eq(application))
        .filter(w::approved_at.is_not_null())
        .order((l::wave_id.desc(), l::request))
        .select((WaveLine::as_select(), w::name, w::approved_at, w::passed_on))
        .load(db)?)
}

#[derive(Insertable)]
#[diesel(table_name = e, treat_none_as_default_value = false)]
struct NewExplanation {
    wave_id: WaveId,
    application_id: ApplicationId,
    body: String,
    made_at: Instant,
}

pub(crate) fn insert_explanations(
    db: &mut Db,
    wave: WaveId,
    now: Instant,
    bodies: &[(ApplicationId, String)],
) -> Result<()> {
    let row = |(application, body): &(ApplicationId, String)| NewExplanation {
        wave_id: wave,
        application_id: *application,
        body: body.clone(),
        made_at: now,
    };
    let rows: Vec<NewExplanation> = bodies.iter().map(row).collect();
    db::insert_many!(&mut *db, e::table, &rows);
    Ok(())
}

pub(crate) fn explanation(
    db: &mut Db,
    wave: WaveId,
    application: ApplicationId,
) -> Result<Option<String>> {
    Ok(e::table
        .find((wave, application))
        .select(e::body)
        .first(db)
        .optional()?)
}

/// Every line with the postal code of its association.
pub(crate) fn lines_with_district(db: &mut Db, wave: WaveId) -> Result<Vec<(WaveLine, String)>> {
    Ok(l::table
        .inner_join(o::table)
        .filter(l::wave_id.eq(wave))
        .select((WaveLine::as_select(), o::postal_code))
        .order(l::rank)
        .load(db)?)
}
