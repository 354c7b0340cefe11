//! What scores and waves are made from.

use std::time::Instant;

use db::Db;
use db::schema::{
    applications as a, assessments as m, devices as d, organisations as o, programmes,
    wave_devices as w,
};
use diesel::prelude::*;
use eligibility::rubric::{Facts, Rubric, evaluate};
use kernel::{ApplicationId, DeviceId, DeviceKind, OrganisationId, ProgrammeId, WaveId};
use serde_json::Value;
use workshop::Stage;

use super::{Result, text};

/// Applications of a ranking that are scored anew, and how many a second that can be: all that
/// are ranked are read, and those are scored by the rubric's function, with facts that lie ready.
///
/// # Errors
/// When the database fails.
pub fn scores(db: &mut Db, programme: &str) -> Result<(usize, f64)> {
    let programme: ProgrammeId = programme.parse().map_err(text)?;
    let (rubric, facts) = ready(db, programme)?;
    let mut best = f64::MAX;
    let mut count = 0;
    for _ in 0..5 {
        let started = Instant::now();
        type Row = (ApplicationId, String, String, String, String);
        let found: Vec<Row> = a::table
            .inner_join(o::table)
            .filter(a::programme_id.eq(programme))
            .filter(a::status.eq_any(["submitted", "in_review", "changes_requested", "eligible"]))
            .order(a::id)
            .select((a::id, a::status, a::form, o::name, o::postal_code))
            .load(db)
            .map_err(text)?;
        let _: Vec<(ApplicationId, String, Option<i32>)> = m::table
            .inner_join(a::table.on(a::id.eq(m::application_id)))
            .filter(a::programme_id.eq(programme))
            .select((m::application_id, m::criterion, m::points))
            .load(db)
            .map_err(text)?;
        let open = found.iter().filter(|row| row.1 != "eligible");
        let scores: Vec<_> = open.map(|_| evaluate(&rubric, &facts).score).collect();
        best = best.min(started.elapsed().as_secs_f64());
        count = std::hint::black_box(scores).len();
    }
    Ok((count, count as f64 / best))
}

/// A programme's rubric, and the facts of one of its scores.
fn ready(db: &mut Db, programme: ProgrammeId) -> Result<(Rubric, Facts)> {
    let rubric: String = programmes::table
        .find(programme)
        .select(programmes::rubric_text)
        .first(db)
        .map_err(text)?;
    let rubric = Rubric::parse(&rubric).map_err(text)?;
    let detail: Option<Option<String>> = a::table
        .filter(a::programme_id.eq(programme))
        .filter(a::score_detail.is_not_null())
        .select(a::score_detail)
        .first(db)
        .optional()
        .map_err(text)?;
    let detail: Value =
        serde_json::from_str(&detail.flatten().unwrap_or_default()).map_err(text)?;
    let facts: Facts = serde_json::from_value(detail["facts"].clone()).map_err(text)?;
    Ok((rubric, facts))
}

/// How many milliseconds it takes to read what a wave is planned on.
///
/// # Errors
/// When the database fails.
pub fn read_supply(db: &mut Db, programme: &str) -> Result<f64> {
    let programme: ProgrammeId = programme.parse().map_err(text)?;
    let kinds = [DeviceKind::Desktop, DeviceKind::Laptop];
    let started = Instant::now();
    type Ready = (
        DeviceId,
        String,
        DeviceKind,
        Option<String>,
        Option<String>,
        Option<OrganisationId>,
    );
    let devices: Vec<Ready> = d::table
        .filter(d::stage.eq(Stage::Ready))
        .filter(d::kind.eq_any(kinds))
        .order(d::id)
        .select((d::id, d::tag, d::kind, d::grade, d::model, d::workshop_id))
        .load(db)
        .map_err(text)?;
    let applications: Vec<(ApplicationId, String, Option<i32>)> = a::table
        .filter(a::programme_id.eq(programme))
        .filter(a::status.eq("eligible"))
        .select((a::id, a::form, a::score))
        .load(db)
        .map_err(text)?;
    std::hint::black_box((devices, applications));
    Ok(started.elapsed().as_secs_f64() * 1_000.0)
}

/// The devices of the last wave.
///
/// # Errors
/// When the database fails.
pub fn last_reserved(db: &mut Db) -> Result<Vec<DeviceId>> {
    let last: WaveId = w::table
        .order(w::wave_id.desc())
        .select(w::wave_id)
        .first(db)
        .map_err(text)?;
    w::table
        .filter(w::wave_id.eq(last))
        .select(w::device_id)
        .load(db)
        .map_err(text)
}
