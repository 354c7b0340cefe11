//! `/devices/counts`: how many stand where. `/workshop-templates`: what the bench goes by.

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use workshop::{CountBy, DeviceCounts, WorkshopTemplates};

use super::devices::Filter;
use crate::access::{Allowed, ReadDevices};
use crate::{Answer, ApiResult, Csv, Params, Problems, State};

/// What to count by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CountParams {
    /// Also by this.
    #[param(inline)]
    by: Option<CountBy>,
}

/// How many devices stand at each stage, and what waits there too long, among those that
/// `GET /devices` would list with the same filters. As CSV, a row for each stage (and group).
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(Filter, CountParams, Csv), responses((status = 200, body = DeviceCounts), Problems))]
#[get("/devices/counts")]
pub async fn by_stage(
    state: web::Data<State>,
    who: Allowed<ReadDevices>,
    Params(filter): Params<Filter>,
    Params(params): Params<CountParams>,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let now = state.database.now();
    let filter = filter.at(now);
    // what no kept count is of is counted device by device
    let long = filter.q.is_some() || params.by == Some(CountBy::Batch);
    let counts = state
        .read_table(&who, long, move |db, actor| {
            workshop::counts(db, actor, &filter, params.by, now)
        })
        .await?;
    if csv {
        return Ok(Answer::csv(&COLUMNS, rows(&counts))?);
    }
    Ok(Answer::ok(&counts)?)
}

const COLUMNS: [&str; 4] = ["key", "name", "stage", "devices"];

fn rows(counts: &DeviceCounts) -> Vec<[String; 4]> {
    let row = |key: &str, name: &str, stage: &dyn ToString, count: i64| {
        [
            key.to_owned(),
            name.to_owned(),
            stage.to_string(),
            count.to_string(),
        ]
    };
    let Some(groups) = &counts.groups else {
        let stages = counts.stages.iter();
        return stages
            .map(|(stage, count)| row("", "", stage, *count))
            .collect();
    };
    let mut rows = Vec::new();
    for group in groups {
        let key = group.key.as_deref().unwrap_or_default();
        let name = group.name.as_deref().unwrap_or_default();
        let stages = group.stages.iter();
        rows.extend(stages.map(|(stage, count)| row(key, name, stage, *count)));
    }
    rows
}

/// What the bench goes by: the checks and the kit of each kind, what each grade says, after how
/// many days a device waits too long, and how far a scanner's clock may be ahead.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    responses((status = 200, body = WorkshopTemplates), Problems))]
#[get("/workshop-templates")]
pub async fn templates(_: Allowed<ReadDevices>) -> ApiResult<Answer> {
    Ok(Answer::ok(&workshop::templates()?)?)
}
