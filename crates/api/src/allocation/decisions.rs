//! `POST /waves/{id}/submit`, `/approve`, `/reject`, `/cancel`: people decide.

use actix_web::{post, web};
use allocation::{Remark, WaveReason, WaveView};
use kernel::WaveId;

use crate::access::{Allowed, ApproveWaves, ManageWaves};
use crate::{Answer, ApiResult, Body, IfMatch, OptionalBody, PathId, Problems, State};

/// Asks another person for approval. Refused when a device or an application of the plan
/// has changed since.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path)),
    responses((status = 200, body = WaveView), Problems))]
#[post("/waves/{id}/submit")]
pub async fn submit(
    state: web::Data<State>,
    who: Allowed<ManageWaves>,
    PathId(id): PathId<kernel::Wave>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            allocation::submit(tx, actor, id)?;
            allocation::view(tx, actor, id)
        })
        .await
}

/// Approves a wave that somebody else submitted: names and reserves its devices, writes
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
    request_body = WaveReason, responses((status = 200, body = WaveView), Problems))]
#[post("/waves/{id}/reject")]
pub async fn reject(
    state: web::Data<State>,
    who: Allowed<ManageWaves>,
    PathId(id): PathId<kernel::Wave>,
    if_match: IfMatch,
    body: Body<WaveReason>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            allocation::reject(tx, actor, id, &body.reason)?;
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
    who: Allowed<ManageWaves>,
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
