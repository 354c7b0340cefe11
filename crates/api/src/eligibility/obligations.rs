//! `/organisations/{id}/obligations` and `/obligations`.

use actix_web::{get, post, web};
use eligibility::{FollowUpReport, NewObligation, Obligation, ObligationFilter};
use kernel::{ObligationId, OrganisationId, Page, PageRequest};
use serde::Deserialize;
use utoipa::IntoParams;

use ::web::columns;

use crate::access::{Allowed, Apply, ReadApplications, ReviewApplications};
use crate::{Answer, ApiResult, Body, Csv, Paging, PagingParams, Params, PathId, Problems, State};

/// Notes what an association owes from what it received, such as a follow-up.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = OrganisationId, Path)),
    request_body = NewObligation, responses((status = 201, body = Obligation), Problems))]
#[post("/organisations/{id}/obligations")]
pub async fn note(
    state: web::Data<State>,
    who: Allowed<ReviewApplications>,
    PathId(id): PathId<kernel::Organisation>,
    body: Body<NewObligation>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::created(&eligibility::note_obligation(tx, actor, id, &body)?)
        })
        .await
}

/// What an association owes, the first due first: the city sees all, an association its own.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = OrganisationId, Path)),
    responses((status = 200, body = Page<Obligation>), Problems))]
#[get("/organisations/{id}/obligations")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    PathId(id): PathId<kernel::Organisation>,
) -> ApiResult<Answer> {
    let items = state
        .read(&who, move |db, actor| {
            eligibility::obligations_of(db, actor, id)
        })
        .await?;
    Ok(Answer::ok(&Page { items, next: None })?)
}

/// Which obligations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of this association.
    association_id: Option<OrganisationId>,
    /// Only those that are not met, or only those that are.
    open: Option<bool>,
    /// Only those that are not met and whose day has passed.
    overdue: Option<bool>,
}

/// What associations owe, the newest first: the city sees all, an association its own. As CSV, all
/// that the filter finds.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<Obligation>), Problems))]
#[get("/obligations")]
pub async fn all(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let now = state.database.now();
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read_table(&who, csv, move |db, actor| {
            let filter = ObligationFilter {
                association_id: filter.association_id,
                open: filter.open,
                overdue: filter.overdue.unwrap_or(false),
            };
            eligibility::obligations(db, actor, &filter, now, &page)
        })
        .await?;
    match csv {
        true => Ok(columns::obligations(page.items)?),
        false => Ok(Answer::ok(&page)?),
    }
}

/// An association says what became of what it received, which meets the obligation; staff
/// may write it down for it.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ObligationId, Path)),
    request_body = FollowUpReport, responses((status = 200, body = Obligation), Problems))]
#[post("/obligations/{id}/report")]
pub async fn report(
    state: web::Data<State>,
    who: Allowed<Apply>,
    PathId(id): PathId<kernel::Obligation>,
    body: Body<FollowUpReport>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::ok(&eligibility::report_follow_up(tx, actor, id, &body)?)
        })
        .await
}

/// Staff note that an obligation is met.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ObligationId, Path)),
    responses((status = 200, body = Obligation), Problems))]
#[post("/obligations/{id}/meet")]
pub async fn meet(
    state: web::Data<State>,
    who: Allowed<ReviewApplications>,
    PathId(id): PathId<kernel::Obligation>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::ok(&eligibility::meet_obligation(tx, actor, id)?)
        })
        .await
}
