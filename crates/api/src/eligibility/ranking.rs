//! `GET /programmes/{id}/ranking`.

use actix_web::{get, web};
use eligibility::{Ranked, Ranking, RankingFilter};
use kernel::{ProgrammeId, Theme};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, ReadRanking};
use crate::{Answer, ApiResult, Csv, Params, PathId, Problems, State};

/// Which applications of the ranking to show.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Also those that are not decided yet, as they would score now.
    provisional: Option<bool>,
    /// Of associations that work on this.
    theme: Option<Theme>,
    /// Where the computers will stand; a beginning is enough.
    postal_code: Option<String>,
    /// Hundredths of a point, at the least.
    min_score: Option<i32>,
    /// Hundredths of a point, at the most.
    max_score: Option<i32>,
    /// Only those that somebody should look at: `checks` says why.
    to_check: Option<bool>,
    /// Part of the association's name or of the reference.
    q: Option<String>,
    /// Rows, 1 to 200; 50 when not said.
    limit: Option<usize>,
    /// The `next` of the page before: a rank.
    after: Option<usize>,
}

/// Applications in the order of their scores, with their distribution. As CSV, all that the
/// filter finds.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ProgrammeId, Path), Filter, Csv),
    responses((status = 200, body = Ranking), Problems))]
#[get("/programmes/{id}/ranking")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadRanking>,
    PathId(id): PathId<kernel::Programme>,
    Params(filter): Params<Filter>,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let now = state.database.now();
    let most = (!csv).then(|| filter.limit.unwrap_or(50).clamp(1, 200));
    let after = filter.after.unwrap_or(0);
    let ranking = state
        .read_long(&who, move |db, _| {
            let filter = RankingFilter {
                provisional: filter.provisional.unwrap_or(false),
                theme: filter.theme,
                postal_code: filter.postal_code,
                min_score: filter.min_score,
                max_score: filter.max_score,
                to_check: filter.to_check.unwrap_or(false),
                q: filter.q,
            };
            eligibility::ranking(db, id, &filter, after, most, now)
        })
        .await?;
    if !csv {
        return Ok(Answer::ok(&ranking)?);
    }
    Ok(Answer::csv(COLUMNS, ranking.items.iter().map(cells))?)
}

const COLUMNS: &[&str] = &[
    "rank",
    "score",
    "reference",
    "association",
    "status",
    "provisional",
    "fragility",
    "requested",
    "postal_code",
    "themes",
    "submitted_at",
    "to_check",
    "checks",
    "id",
];

fn cells(it: &Ranked) -> Vec<String> {
    let themes: Vec<_> = it.themes.iter().map(|theme| theme.as_str()).collect();
    let checks: Vec<_> = it.checks.iter().map(|check| check.as_str()).collect();
    vec![
        it.rank.to_string(),
        it.score.to_string(),
        it.reference.clone(),
        it.association.clone(),
        it.status.to_string(),
        it.provisional.to_string(),
        it.fragility.map(|f| f.to_string()).unwrap_or_default(),
        it.requested.to_string(),
        it.postal_code.clone(),
        themes.join("|"),
        it.submitted_at.map(|at| at.to_string()).unwrap_or_default(),
        it.to_check.to_string(),
        checks.join("|"),
        it.application_id.to_string(),
    ]
}
