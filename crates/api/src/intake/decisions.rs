//! `POST /batches/{id}/…`: what donor and city decide about a batch. A second click is
//! answered like the first, and changes nothing.

use actix_web::{post, web};
use intake::{Batch, Reason};

use crate::access::{Allowed, CancelBatches, DecideBatches, RegisterBatches};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

/// The donor offers the batch; staff are told.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    responses((status = 200, body = Batch), Problems))]
#[post("/batches/{id}/submit")]
pub async fn submit(
    state: web::Data<State>,
    who: Allowed<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state.change(&who, id, if_match, intake::submit).await
}

/// The city takes the batch; the donor is told.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    responses((status = 200, body = Batch), Problems))]
#[post("/batches/{id}/accept")]
pub async fn accept(
    state: web::Data<State>,
    who: Allowed<DecideBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state.change(&who, id, if_match, intake::accept).await
}

/// The city does not take the batch; the donor is told why.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    request_body = Reason,
    responses((status = 200, body = Batch), Problems))]
#[post("/batches/{id}/refuse")]
pub async fn refuse(
    state: web::Data<State>,
    who: Allowed<DecideBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
    body: Body<Reason>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            intake::refuse(tx, actor, id, &body.reason)
        })
        .await
}

/// Calls the batch off before its pickup; those concerned are told why.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    request_body = Reason,
    responses((status = 200, body = Batch), Problems))]
#[post("/batches/{id}/cancel")]
pub async fn cancel(
    state: web::Data<State>,
    who: Allowed<CancelBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
    body: Body<Reason>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            intake::cancel(tx, actor, id, &body.reason)
        })
        .await
}
