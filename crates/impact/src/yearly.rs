//! What a year of the operation came to, over all programmes: what was handed over, to whom, where
//! and for what; whom it reached; and who waits. Sums that the database makes.

use db::schema::{
    applications as a, handovers as h, obligations as b, organisations as o, programmes as p,
    wave_devices as v, wave_lines as l,
};
use db::sql::Moment;
use db::{Db, Result};
use diesel::dsl::{count_star, exists, not, sql, sum};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use kernel::{Instant, ProgrammeId, Theme};

use crate::store;

/// Postal codes that are named one by one.
const DISTRICTS: usize = 60;

/// What was handed over in a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Handed {
    /// Devices.
    pub devices: i64,
    /// Lots.
    pub lots: i64,
    /// Associations that received one.
    pub associations: i64,
}

/// A year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// In the whole year.
    pub all: Handed,
    /// In each of its four quarters.
    pub quarters: Vec<Handed>,
    /// By postal code of the association, the most devices first.
    pub districts: Vec<(String, Handed)>,
    /// Postal codes that are not named.
    pub districts_more: usize,
    /// By theme: an association with two counts for both.
    pub themes: Vec<(Theme, Handed)>,
    /// People whom associations say that they reached, in the reports of the year.
    pub people: i64,
    /// How many reports there are.
    pub reports: i64,
    /// Programme by programme, eligible applications that have no device now.
    pub waiting: Vec<(ProgrammeId, String, i64)>,
}

/// By what to know whether a year that was summed up still says what was handed over.
///
/// # Errors
/// When the database fails.
pub fn year_version(db: &mut Db) -> Result<i64> {
    store::all_changes(db)
}

/// Sums up a year; `quarters` are the five moments at which its quarters begin and end.
///
/// # Errors
/// When the database fails.
pub fn year(db: &mut Db, quarters: [Instant; 5]) -> Result<Year> {
    let [from, .., to] = quarters;
    let mut parts = Vec::with_capacity(4);
    for pair in quarters.windows(2) {
        if let [from, to] = pair {
            parts.push(handed(db, (*from, *to))?);
        }
    }
    let mut districts = districts(db, (from, to))?;
    let districts_more = districts.len().saturating_sub(DISTRICTS);
    districts.truncate(DISTRICTS);
    let (people, reports) = people(db, (from, to))?;
    Ok(Year {
        all: handed(db, (from, to))?,
        quarters: parts,
        districts,
        districts_more,
        themes: themes(db, (from, to))?,
        people,
        reports,
        waiting: waiting(db)?,
    })
}

macro_rules! completed {
    ($from:expr, $to:expr) => {
        h::table
            .filter(h::status.eq("completed"))
            .filter(h::completed_at.ge($from))
            .filter(h::completed_at.lt($to))
    };
}

/// Devices, lots, associations.
type Sums = (Option<i64>, i64, i64);

impl From<Sums> for Handed {
    fn from((devices, lots, associations): Sums) -> Self {
        Self {
            devices: devices.unwrap_or(0),
            lots,
            associations,
        }
    }
}

fn associations() -> diesel::expression::SqlLiteral<BigInt> {
    sql::<BigInt>("count(DISTINCT handovers.association_id)")
}

fn handed(db: &mut Db, (from, to): (Instant, Instant)) -> Result<Handed> {
    let sums: Sums = completed!(from, to)
        .select((sum(h::devices), count_star(), associations()))
        .first(db)?;
    Ok(sums.into())
}

#[derive(QueryableByName)]
struct ThemeRow {
    #[diesel(sql_type = Text)]
    theme: String,
    #[diesel(sql_type = BigInt)]
    devices: i64,
    #[diesel(sql_type = BigInt)]
    lots: i64,
    #[diesel(sql_type = BigInt)]
    associations: i64,
}

/// What went to each theme, in one pass: each application's answers are read once.
fn themes(db: &mut Db, (from, to): (Instant, Instant)) -> Result<Vec<(Theme, Handed)>> {
    let (first, second, theme, each) = match db {
        Db::Sqlite(_) => (
            "?1",
            "?2",
            "each.value",
            "json_each(applications.form, '$.form.themes') AS each",
        ),
        Db::Postgres(_) => (
            "$1",
            "$2",
            "each.value",
            "jsonb_array_elements_text(applications.form::jsonb #> '{form,themes}') AS each (value)",
        ),
    };
    let rows: Vec<ThemeRow> = diesel::sql_query(format!(
        "WITH lots AS (
             SELECT application_id, association_id, sum(devices) AS devices, count(*) AS lots
             FROM handovers
             WHERE status = 'completed' AND completed_at >= {first} AND completed_at < {second}
             GROUP BY application_id, association_id
         )
         SELECT {theme} AS theme, CAST(sum(lots.devices) AS bigint) AS devices,
             CAST(sum(lots.lots) AS bigint) AS lots,
             count(DISTINCT lots.association_id) AS associations
         FROM lots JOIN applications ON applications.id = lots.application_id CROSS JOIN {each}
         GROUP BY {theme}"
    ))
    .bind::<Moment, _>(from)
    .bind::<Moment, _>(to)
    .load(db)?;
    let found = Theme::ALL.iter().filter_map(|theme| {
        let row = rows.iter().find(|row| row.theme == theme.as_str())?;
        let handed = Handed {
            devices: row.devices,
            lots: row.lots,
            associations: row.associations,
        };
        Some((*theme, handed))
    });
    Ok(found.collect())
}

fn districts(db: &mut Db, (from, to): (Instant, Instant)) -> Result<Vec<(String, Handed)>> {
    let rows: Vec<(String, Option<i64>, i64, i64)> = completed!(from, to)
        .inner_join(o::table.on(o::id.eq(h::association_id)))
        .group_by(o::postal_code)
        .select((
            o::postal_code,
            sum(h::devices),
            count_star(),
            associations(),
        ))
        .load(db)?;
    let mut districts: Vec<(String, Handed)> = rows
        .into_iter()
        .map(|(code, devices, lots, associations)| (code, (devices, lots, associations).into()))
        .collect();
    districts.sort_by(|a, b| b.1.devices.cmp(&a.1.devices).then_with(|| a.0.cmp(&b.0)));
    Ok(districts)
}

/// The people whom the reports of a time tell of, and how many reports there are.
fn people(db: &mut Db, (from, to): (Instant, Instant)) -> Result<(i64, i64)> {
    let reached = match db {
        Db::Sqlite(_) => {
            "sum(CAST(json_extract(obligations.report, '$.people_reached') AS INTEGER))"
        }
        Db::Postgres(_) => {
            "CAST(sum(CAST(obligations.report::jsonb ->> 'people_reached' AS bigint)) AS bigint)"
        }
    };
    let (people, reports): (Option<i64>, i64) = b::table
        .filter(b::report.is_not_null())
        .filter(b::met_at.ge(from))
        .filter(b::met_at.lt(to))
        .select((sql::<Nullable<BigInt>>(reached), count_star()))
        .first(db)?;
    Ok((people.unwrap_or(0), reports))
}

/// Eligible applications without a device, programme by programme: the newest twenty.
fn waiting(db: &mut Db) -> Result<Vec<(ProgrammeId, String, i64)>> {
    let programmes: Vec<(ProgrammeId, String)> = p::table
        .order(p::id.desc())
        .limit(20)
        .select((p::id, p::name))
        .load(db)?;
    let mut waiting = Vec::with_capacity(programmes.len());
    for (id, name) in programmes {
        let has_some = exists(
            l::table
                .inner_join(v::table.on(v::line_id.eq(l::id)))
                .filter(l::application_id.eq(a::id))
                .filter(v::released_at.is_null()),
        );
        let count: i64 = a::table
            .inner_join(o::table)
            .filter(a::programme_id.eq(id))
            .filter(a::status.eq("eligible"))
            .filter(o::status.eq("verified"))
            .filter(not(has_some))
            .count()
            .get_result(db)?;
        waiting.push((id, name, count));
    }
    Ok(waiting)
}
