//! `POST /handovers/{id}/schedule`, `/complete`, `/missed`, `/release`, `/pass-on`, `/replace`.

use actix_web::{post, web};
use handover::{
    Completion, DeviceFailure, HandoverSchedule, HandoverView, Missed, PassedOn, Replacement,
};
use kernel::HandoverId;

use crate::access::{Allowed, DecideWaves, RunHandovers, SignHandovers};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

/// Gives a handover its appointment, or moves it; association and workshop get the
/// calendar entry by mail.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    request_body = HandoverSchedule, responses((status = 200, body = HandoverView), Problems))]
#[post("/handovers/{id}/schedule")]
pub async fn schedule(
    state: web::Data<State>,
    who: Allowed<RunHandovers>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<HandoverSchedule>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::schedule(tx, actor, id, &body)
        })
        .await
}

/// Hands a lot over: who received it, and every device of it as scanned.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    request_body = Completion, responses((status = 200, body = HandoverView), Problems))]
#[post("/handovers/{id}/complete")]
pub async fn complete(
    state: web::Data<State>,
    who: Allowed<SignHandovers>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<Completion>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::complete(tx, actor, id, &body)
        })
        .await
}

/// A handover did not take place; the lot stays reserved.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    request_body = Missed, responses((status = 200, body = HandoverView), Problems))]
#[post("/handovers/{id}/missed")]
pub async fn missed(
    state: web::Data<State>,
    who: Allowed<RunHandovers>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<Missed>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::missed(tx, actor, id, &body)
        })
        .await
}

/// Takes a lot back that was not handed over: its devices are ready again for the next
/// wave, and the association is told.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    request_body = Missed, responses((status = 200, body = HandoverView), Problems))]
#[post("/handovers/{id}/release")]
pub async fn release(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<Missed>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::release(tx, actor, id, &body)
        })
        .await
}

/// Takes a lot back and offers it to the next in the order: a wave on its devices alone is
/// proposed, in which everyone keeps what they have; it is submitted and approved as any.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    request_body = Missed, responses((status = 200, body = PassedOn), Problems))]
#[post("/handovers/{id}/pass-on")]
pub async fn pass_on(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<Missed>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.of::<HandoverView>(tx, actor, id)?;
            Answer::ok(&handover::pass_on(tx, actor, id, &body)?)
        })
        .await
}

/// Replaces a device of a lot that failed: an equivalent one that is ready takes its place,
/// and it goes back to the workshop's bench.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    request_body = DeviceFailure, responses((status = 200, body = Replacement), Problems))]
#[post("/handovers/{id}/replace")]
pub async fn replace(
    state: web::Data<State>,
    who: Allowed<RunHandovers>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<DeviceFailure>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.of::<HandoverView>(tx, actor, id)?;
            let replaced = handover::replace(tx, actor, id, &body)?;
            Ok(Answer::ok(&replaced)?.version(replaced.handover.version))
        })
        .await
}
