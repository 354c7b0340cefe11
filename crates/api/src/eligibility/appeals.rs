//! `/applications/{id}/appeals` and `/appeals`.

use std::sync::Arc;

use actix_web::{get, post, web};
use eligibility::{Appeal, AppealDecision, NewAppeal};
use kernel::{AppealId, ApplicationId, Page, PageRequest};
use serde::Deserialize;
use utoipa::IntoParams;

use ::web::columns;

use crate::access::{Allowed, Apply, DecideAppeals, ReadApplications};
use crate::{
    Answer, ApiResult, Body, Csv, IfMatch, Paging, PagingParams, Params, PathId, Problems, State,
};

/// Contests the decision on an application within two months, or the refusal that silence
/// is. Staff may file it on behalf.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    request_body = NewAppeal, responses((status = 201, body = Appeal), Problems))]
#[post("/applications/{id}/appeals")]
pub async fn file(
    state: web::Data<State>,
    who: Allowed<Apply>,
    PathId(id): PathId<kernel::Application>,
    body: Body<NewAppeal>,
) -> ApiResult<Answer> {
    let setup = Arc::clone(&state.eligibility);
    state
        .write(&who, move |tx, actor| {
            let appeal = eligibility::file_appeal(tx, actor, &setup.delays, id, &body)?;
            Ok(Answer::created(&appeal)?.version(appeal.version))
        })
        .await
}

/// Which appeals to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those that wait for a decision, or only those that are decided.
    open: Option<bool>,
    /// On this application.
    application_id: Option<ApplicationId>,
}

/// Appeals, the newest first: the city sees all, an association its own. As CSV, all that the filter
/// finds.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<Appeal>), Problems))]
#[get("/appeals")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read_table(&who, csv, move |db, actor| {
            eligibility::appeals(db, actor, filter.open, filter.application_id, &page)
        })
        .await?;
    match csv {
        true => Ok(columns::appeals(page.items)?),
        false => Ok(Answer::ok(&page)?),
    }
}

/// One appeal: the city sees all, an association its own.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = AppealId, Path)),
    responses((status = 200, body = Appeal), Problems))]
#[get("/appeals/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    PathId(id): PathId<kernel::Appeal>,
) -> ApiResult<Answer> {
    let appeal = state
        .read(&who, move |db, actor| eligibility::appeal(db, actor, id))
        .await?;
    Ok(Answer::ok(&appeal)?.version(appeal.version))
}

/// Decides an appeal. Who took the contested decision cannot; what is overturned becomes
/// eligible and takes part in the next wave.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = AppealId, Path)),
    request_body = AppealDecision, responses((status = 200, body = Appeal), Problems))]
#[post("/appeals/{id}/decide")]
pub async fn decide(
    state: web::Data<State>,
    who: Allowed<DecideAppeals>,
    PathId(id): PathId<kernel::Appeal>,
    if_match: IfMatch,
    body: Body<AppealDecision>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.check(eligibility::appeal(tx, actor, id)?.version)?;
            let appeal = eligibility::decide_appeal(tx, actor, id, &body)?;
            Ok(Answer::ok(&appeal)?.version(appeal.version))
        })
        .await
}
