//! `/organisations/{id}/obligations` and `/obligations`.

use actix_web::{get, post, web};
use eligibility::{NewObligation, Obligation};
use kernel::{ObligationId, OrganisationId};

use crate::access::{Allowed, ReadApplications, ReviewApplications};
use crate::{Answer, ApiResult, Body, PathId, Problems, State};

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
    responses((status = 200, body = Vec<Obligation>), Problems))]
#[get("/organisations/{id}/obligations")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    PathId(id): PathId<kernel::Organisation>,
) -> ApiResult<Answer> {
    let items = state
        .read(&who, move |db, actor| {
            eligibility::obligations(db, actor, id)
        })
        .await?;
    let next: Option<String> = None;
    Ok(Answer::ok(
        &serde_json::json!({ "items": items, "next": next }),
    )?)
}

/// Notes that an obligation is met.
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
