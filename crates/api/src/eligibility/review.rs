//! `/applications`: what staff do with them.

use actix_web::{post, put, web};
use eligibility::{
    Application, Assessment, AssessmentInput, Assignment, CaseTransfer, ChangesInput, Decision,
    SharedOut, Transferred,
};
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
/// changed, with reasons and `If-Match`, until a lot is handed over; lots that wait are taken back then.
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
            let version_named = !if_match.expects_nothing();
            changed(&handover::decide_application(
                tx,
                actor,
                id,
                &body,
                version_named,
            )?)
        })
        .await
}

/// Gives an application to somebody of the city's staff, or to nobody: it stands among what waits
/// for them, and anybody may still review it. Its version stays.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    request_body = Assignment, responses((status = 200, body = Application), Problems))]
#[put("/applications/{id}/assignment")]
pub async fn assign(
    state: web::Data<State>,
    who: Allowed<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
    body: Body<Assignment>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            changed(&eligibility::assign(tx, actor, id, &body)?)
        })
        .await
}

/// Gives several applications to somebody of the city's staff, or to nobody: all of them or none.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])),
    request_body = SharedOut, responses((status = 200, body = Transferred), Problems))]
#[put("/applications/assignment")]
pub async fn share_out(
    state: web::Data<State>,
    who: Allowed<ReviewApplications>,
    body: Body<SharedOut>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::ok(&eligibility::share_out(tx, actor, &body)?)
        })
        .await
}

/// Gives every open case of somebody to somebody else of the city's staff, or to nobody: before a
/// leave.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])),
    request_body = CaseTransfer, responses((status = 200, body = Transferred), Problems))]
#[post("/applications/transfer")]
pub async fn transfer(
    state: web::Data<State>,
    who: Allowed<ReviewApplications>,
    body: Body<CaseTransfer>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, _| {
            Answer::ok(&eligibility::transfer_cases(tx, &body)?)
        })
        .await
}
