//! `/programmes/{id}/rubric`: another rubric, side by side, and only when staff ask.

use std::sync::Arc;

use actix_web::{post, put, web};
use eligibility::{Comparison, Move, RubricChoice};
use kernel::ProgrammeId;

use crate::access::{Allowed, ManageProgrammes};
use crate::{Answer, ApiResult, Body, Csv, IfMatch, PathId, Problems, State};

/// Who would move under another rubric, and why: on the facts that the eligible applications
/// were scored with. Nothing is stored. Also as CSV.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ProgrammeId, Path), Csv),
    request_body = RubricChoice, responses((status = 200, body = Comparison), Problems))]
#[post("/programmes/{id}/rubric/compare")]
pub async fn compare(
    state: web::Data<State>,
    who: Allowed<ManageProgrammes>,
    PathId(id): PathId<kernel::Programme>,
    Csv(csv): Csv,
    body: Body<RubricChoice>,
) -> ApiResult<Answer> {
    let setup = Arc::clone(&state.eligibility);
    let comparison = state
        .read_long(&who, move |db, _| {
            eligibility::compare_rubrics(db, &setup.library, id, &body)
        })
        .await?;
    if !csv {
        return Ok(Answer::ok(&comparison)?);
    }
    Ok(Answer::csv(COLUMNS, comparison.items.iter().map(cells))?)
}

const COLUMNS: &[&str] = &[
    "reference",
    "association",
    "old_score",
    "new_score",
    "old_rank",
    "new_rank",
    "because",
    "knocked_out",
    "missing",
];

fn cells(item: &Move) -> Vec<String> {
    let points = |points: Option<i32>| points.map(|p| p.to_string()).unwrap_or_default();
    let because: Vec<_> = item
        .because
        .iter()
        .map(|it| format!("{} {}→{}", it.criterion, points(it.old), points(it.new)))
        .collect();
    vec![
        item.reference.clone(),
        item.association.clone(),
        item.old_score.to_string(),
        item.new_score.to_string(),
        item.old_rank.to_string(),
        item.new_rank.to_string(),
        because.join(" | "),
        item.knocked_out.join("|"),
        item.missing.join("|"),
    ]
}

/// Pins another rubric and scores the eligible applications again. Former scores stay in
/// their history, and waves that were approved are not touched.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ProgrammeId, Path)),
    request_body = RubricChoice, responses((status = 200, body = Comparison), Problems))]
#[put("/programmes/{id}/rubric")]
pub async fn change(
    state: web::Data<State>,
    who: Allowed<ManageProgrammes>,
    PathId(id): PathId<kernel::Programme>,
    if_match: IfMatch,
    body: Body<RubricChoice>,
) -> ApiResult<Answer> {
    let setup = Arc::clone(&state.eligibility);
    state
        .write_long(&who, move |tx, actor| {
            if_match.check(eligibility::programme(tx, id)?.version)?;
            let library = &setup.library;
            Answer::ok(&eligibility::change_rubric(tx, actor, library, id, &body)?)
        })
        .await
}
