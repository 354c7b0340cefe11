//! `POST /batches/{id}/schedule` and `/collect`: the pickup; `PATCH /batches/{id}/pickup`,
//! `POST /batches/{id}/pickup/accept` and `/move`: what the donor says of it.

use actix_web::{patch, post, web};
use intake::{Batch, Collection, MoveRequest, PickupChange, Schedule};

use crate::access::{Allowed, CollectBatches, RegisterBatches, ScheduleBatches};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

/// Changes where the pickup is, whom to call, and which times suit, until the truck has come.
/// Once the batch was offered, staff and the workshop that is to fetch it are told.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    request_body = PickupChange,
    responses((status = 200, body = Batch), Problems))]
#[patch("/batches/{id}/pickup")]
pub async fn change(
    state: web::Data<State>,
    who: Allowed<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
    body: Body<PickupChange>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            intake::change_pickup(tx, actor, id, &body)
        })
        .await
}

/// The time that was set for the pickup suits the donor. Once it is moved, it is asked again.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    responses((status = 200, body = Batch), Problems))]
#[post("/batches/{id}/pickup/accept")]
pub async fn accept(
    state: web::Data<State>,
    who: Allowed<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, intake::accept_pickup)
        .await
}

/// The donor asks for another time, and says why: staff and the workshop are told. The time that
/// was set holds until staff set another.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    request_body = MoveRequest,
    responses((status = 200, body = Batch), Problems))]
#[post("/batches/{id}/pickup/move")]
pub async fn ask_to_move(
    state: web::Data<State>,
    who: Allowed<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
    body: Body<MoveRequest>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            intake::ask_to_move_pickup(tx, actor, id, &body)
        })
        .await
}

/// Gives the pickup its workshop and time, or moves it; donor and workshop get the
/// calendar entry by mail.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    request_body = Schedule,
    responses((status = 200, body = Batch), Problems))]
#[post("/batches/{id}/schedule")]
pub async fn schedule(
    state: web::Data<State>,
    who: Allowed<ScheduleBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
    body: Body<Schedule>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            intake::schedule(tx, actor, id, &body)
        })
        .await
}

/// The truck left the donor, who is told.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    request_body = Collection,
    responses((status = 200, body = Batch), Problems))]
#[post("/batches/{id}/collect")]
pub async fn collect(
    state: web::Data<State>,
    who: Allowed<CollectBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
    body: Body<Collection>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            intake::collect(tx, actor, id, &body)
        })
        .await
}
