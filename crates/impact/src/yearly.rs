//! What a year of the operation came to, over all programmes: what was handed over, to whom, where
//! and for what; whom it reached; and who waits. Sums that the database makes.

use db::schema::{
    applications as a, handovers as h, obligations as b, organisations as o, programmes as p,
    wave_devices as v, wave_lines as l,
};
use db::{Db, Result};
use diesel::dsl::{count_star, exists, not, sql, sum};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};
use kernel::{Instant, ProgrammeId, Theme};

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

/// Sums up a year; `quarters` are the five moments at which its quarters begin and end.
///
/// # Errors
/// When the database fails.
pub fn year(db: &mut Db, quarters: [Instant; 5]) -> Result<Year> {
    let [from, .., to] = quarters;
    let mut parts = Vec::with_capacity(4);
    for pair in quarters.windows(2) {
        if let [from, to] = pair {
            parts.push(handed(db, (*from, *to), None)?);
        }
    }
    let mut themes = Vec::new();
    for theme in Theme::ALL {
        let handed = handed(db, (from, to), Some(*theme))?;
        if handed.lots > 0 {
            themes.push((*theme, handed));
        }
    }
    let mut districts = districts(db, (from, to))?;
    let districts_more = districts.len().saturating_sub(DISTRICTS);
    districts.truncate(DISTRICTS);
    let (people, reports) = people(db, (from, to))?;
    Ok(Year {
        all: handed(db, (from, to), None)?,
        quarters: parts,
        districts,
        districts_more,
        themes,
        people,
        reports,
        waiting: waiting(db)?,
    })
}

macro_rules! completed {
    ($from:expr, $to:expr) => {
        h::table
            .inner_join(a::table.on(a::id.eq(h::application_id)))
            .filter(h::status.eq("completed"))
            .filter(h::completed_at.ge($from))
            .filter(h::completed_at.lt($to))
    };
}

fn associations() -> diesel::expression::SqlLiteral<BigInt> {
    sql::<BigInt>("count(DISTINCT handovers.association_id)")
}

fn handed(db: &mut Db, (from, to): (Instant, Instant), theme: Option<Theme>) -> Result<Handed> {
    let condition = match theme {
        Some(theme) => eligibility::works_on(db, theme),
        None => "1 = 1".to_owned(),
    };
    let (devices, lots, associations): (Option<i64>, i64, i64) = completed!(from, to)
        .filter(sql::<Bool>(&condition))
        .select((sum(h::devices), count_star(), associations()))
        .first(db)?;
    Ok(Handed {
        devices: devices.unwrap_or(0),
        lots,
        associations,
    })
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
        .map(|(code, devices, lots, associations)| {
            let handed = Handed {
                devices: devices.unwrap_or(0),
                lots,
                associations,
            };
            (code, handed)
        })
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
