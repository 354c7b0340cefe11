//! `POST /batches/{id}/schedule` and `/collect`: the pickup.

use actix_web::{post, web};
use intake::{Batch, Collection, Schedule};

use crate::access::{Allowed, CollectBatches, ScheduleBatches};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

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
