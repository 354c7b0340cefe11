//! What associations say became of what they received: the sums of their reports on use.

use db::schema::{applications as a, handovers as h, obligations as b, waves as w};
use db::{Db, Result};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};
use kernel::{ProgrammeId, Theme};

use crate::model::{ThemeUse, UseFigures};

/// A number of a report, in SQL; nothing where it was left out.
fn said(db: &Db, field: &str) -> String {
    match db {
        Db::Sqlite(_) => {
            format!("CAST(json_extract(obligations.report, '$.{field}') AS INTEGER)")
        }
        Db::Postgres(_) => format!("CAST(obligations.report::jsonb ->> '{field}' AS bigint)"),
    }
}

/// The reports on lots of a programme: in all, and by what their associations work on.
///
/// # Errors
/// When the database fails.
pub(crate) fn uses(db: &mut Db, programme: ProgrammeId) -> Result<UseFigures> {
    let all = of_theme(db, programme, None)?;
    let mut themes = Vec::new();
    if all.reports > 0 {
        for theme in Theme::ALL {
            let sums = of_theme(db, programme, Some(*theme))?;
            if sums.reports > 0 {
                themes.push(ThemeUse {
                    theme: *theme,
                    reports: sums.reports,
                    devices_in_use: sums.devices_in_use,
                    people_reached: sums.people_reached,
                });
            }
        }
    }
    Ok(UseFigures { themes, ..all })
}

/// The sums of the reports of a programme, or of those whose association works on a theme. No more
/// devices of a lot are in use than it has.
fn of_theme(db: &mut Db, programme: ProgrammeId, theme: Option<Theme>) -> Result<UseFigures> {
    let condition = match theme {
        Some(theme) => eligibility::works_on(db, theme),
        None => "1 = 1".to_owned(),
    };
    let (in_use, people) = (said(db, "devices_in_use"), said(db, "people_reached"));
    let sum = |what: &str| sql::<Nullable<BigInt>>(&format!("CAST(sum({what}) AS bigint)"));
    let (reports, devices, told, in_use, people): (
        i64,
        Option<i64>,
        Option<i64>,
        Option<i64>,
        Option<i64>,
    ) = b::table
        .inner_join(h::table.on(b::handover_id.eq(h::id.nullable())))
        .inner_join(w::table.on(w::id.eq(h::wave_id)))
        .inner_join(a::table.on(a::id.eq(h::application_id)))
        .filter(w::programme_id.eq(programme))
        .filter(b::report.is_not_null())
        .filter(sql::<Bool>(&condition))
        .select((
            count_star(),
            sum("handovers.devices"),
            sum(&format!(
                "CASE WHEN {in_use} IS NOT NULL THEN handovers.devices END"
            )),
            sum(&format!(
                "CASE WHEN {in_use} > handovers.devices THEN handovers.devices ELSE {in_use} END"
            )),
            sum(&people),
        ))
        .first(db)?;
    let counted = |sum: Option<i64>| u64::try_from(sum.unwrap_or(0)).unwrap_or(0);
    Ok(UseFigures {
        reports: counted(Some(reports)),
        devices: counted(devices),
        devices_told: counted(told),
        devices_in_use: counted(in_use),
        people_reached: counted(people),
        themes: Vec::new(),
    })
}
