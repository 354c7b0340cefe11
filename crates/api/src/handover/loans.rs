//! `POST /handovers/{id}/loan`, `/return`: lots that are lent.

use actix_web::{post, web};
use handover::{Extension, HandoverView, Return};
use kernel::HandoverId;

use crate::access::{Allowed, DecideWaves, RunHandovers};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

/// Gives a loan another day, with a reason that the association reads.
#[utoipa::path(tag = "Handover", operation_id = "extend_loan", security(("bearer" = [])),
    params(("id" = HandoverId, Path)), request_body = Extension,
    responses((status = 200, body = HandoverView), Problems))]
#[post("/handovers/{id}/loan")]
pub async fn extend(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<Extension>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::extend_loan(tx, actor, id, &body)
        })
        .await
}

/// Checks devices of a lent lot in. Each is logged as returned and waits to be counted in, and its
/// drives are proven again; with the last one the loan is over. What is back already is left as it is.
#[utoipa::path(tag = "Handover", operation_id = "return_lot", security(("bearer" = [])),
    params(("id" = HandoverId, Path)), request_body = Return,
    responses((status = 200, body = HandoverView), Problems))]
#[post("/handovers/{id}/return")]
pub async fn take_back(
    state: web::Data<State>,
    who: Allowed<RunHandovers>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<Return>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::return_lot(tx, actor, id, &body)
        })
        .await
}
