//! `POST /waves/{id}/submit`, `/approve`, `/reject`, `/cancel`: people decide.

use actix_web::{post, web};
use allocation::{Rejection, Remark, Submission, WaveReason, WaveView};
use kernel::WaveId;

use crate::access::{Allowed, ApproveWaves, DecideWaves};
use crate::{Answer, ApiResult, Body, IfMatch, OptionalBody, PathId, Problems, State};

/// Asks another person for approval of the plan that `digest` names. Refused when it is another
/// by now, or when a device or an application of it has changed since.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path)),
    request_body = Submission, responses((status = 200, body = WaveView), Problems))]
#[post("/waves/{id}/submit")]
pub async fn submit(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    PathId(id): PathId<kernel::Wave>,
    if_match: IfMatch,
    OptionalBody(body): OptionalBody<Submission>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            allocation::submit(tx, actor, id, &body)?;
            allocation::view(tx, actor, id)
        })
        .await
}

/// Approves a wave that somebody else submitted, by the digest of the plan that was read; whoever
/// set or removed a pin in it does not either. Names and reserves its devices, writes
/// down the explanations, plans the handovers, and tells everyone concerned.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path)),
    request_body = Remark, responses((status = 200, body = WaveView), Problems))]
#[post("/waves/{id}/approve")]
pub async fn approve(
    state: web::Data<State>,
    who: Allowed<ApproveWaves>,
    PathId(id): PathId<kernel::Wave>,
    if_match: IfMatch,
    OptionalBody(body): OptionalBody<Remark>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::approve_wave(tx, actor, id, &body)?;
            allocation::view(tx, actor, id)
        })
        .await
}

/// Sends a submitted wave back to draft; its pins stay.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path)),
    request_body = Rejection, responses((status = 200, body = WaveView), Problems))]
#[post("/waves/{id}/reject")]
pub async fn reject(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    PathId(id): PathId<kernel::Wave>,
    if_match: IfMatch,
    OptionalBody(body): OptionalBody<Rejection>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            allocation::reject(tx, actor, id, &body)?;
            allocation::view(tx, actor, id)
        })
        .await
}

/// Calls a wave off; devices that were not handed over are released.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path)),
    request_body = WaveReason, responses((status = 200, body = WaveView), Problems))]
#[post("/waves/{id}/cancel")]
pub async fn cancel(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    PathId(id): PathId<kernel::Wave>,
    if_match: IfMatch,
    body: Body<WaveReason>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::cancel_wave(tx, actor, id, &body.reason)?;
            allocation::view(tx, actor, id)
        })
        .await
}
