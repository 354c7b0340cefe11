//! `/applications`: what staff do with them.

use actix_web::{post, put, web};
use eligibility::{Application, Assessment, AssessmentInput, ChangesInput, Decision};
use kernel::ApplicationId;

use super::applications::{changed, check_version};
use crate::access::{Allowed, ReviewApplications};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

/// Sends an application back to the association, item by item.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    request_body = ChangesInput, responses((status = 200, body = Application), Problems))]
#[post("/applications/{id}/request-changes")]
pub async fn request_changes(
    state: web::Data<State>,
    who: Allowed<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
    if_match: IfMatch,
    body: Body<ChangesInput>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            check_version(tx, actor, id, if_match)?;
            changed(&eligibility::request_changes(tx, actor, id, &body)?)
        })
        .await
}

/// Writes one's own assessment of a criterion; a second one takes the place of the first.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])),
    params(("id" = ApplicationId, Path), ("criterion" = String, Path, description = "An assessed criterion of the rubric")),
    request_body = AssessmentInput, responses((status = 200, body = Assessment), Problems))]
#[put("/applications/{id}/assessments/{criterion}")]
pub async fn assess(
    state: web::Data<State>,
    who: Allowed<ReviewApplications>,
    path: web::Path<(String, String)>,
    PathId(id): PathId<kernel::Application>,
    if_match: IfMatch,
    body: Body<AssessmentInput>,
) -> ApiResult<Answer> {
    let (_, criterion) = path.into_inner();
    state
        .write(&who, move |tx, actor| {
            check_version(tx, actor, id, if_match)?;
            Answer::ok(&eligibility::assess(tx, actor, id, &criterion, &body)?)
        })
        .await
}

/// Decides. What is found eligible gets its score; what is not has its reasons. A decision may be
/// changed, with reasons, until a lot is handed over; lots that wait are taken back then.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    request_body = Decision, responses((status = 200, body = Application), Problems))]
#[post("/applications/{id}/decide")]
pub async fn decide(
    state: web::Data<State>,
    who: Allowed<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
    if_match: IfMatch,
    body: Body<Decision>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            check_version(tx, actor, id, if_match)?;
            changed(&handover::decide_application(tx, actor, id, &body)?)
        })
        .await
}
