//! `/batches/{id}/receive`, `/close`, `/reconciliation`: the count at the dock.

use actix_web::{get, post, web};
use intake::Batch;
use workshop::{Reception, ReceptionAnswer, Reconciliation};

use crate::access::{Allowed, CloseBatches, ReadBatches, ReceiveBatches};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

/// Counts what comes off the truck, in one call or several, by one person or several. What
/// was counted before is answered with `already_received`; what nobody announced is taken
/// in as `unexpected`. Accessories are added each time: send an `Idempotency-Key`.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    request_body = Reception, responses((status = 200, body = ReceptionAnswer), Problems))]
#[post("/batches/{id}/receive")]
pub async fn receive(
    state: web::Data<State>,
    who: Allowed<ReceiveBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
    body: Body<Reception>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.of::<Batch>(tx, actor, id)?;
            let answer = workshop::receive(tx, actor, id, &body)?;
            Ok(Answer::ok(&answer)?.version(answer.version))
        })
        .await
}

/// Ends the count: what was announced and not received is `missing`, and the donor is sent
/// the difference.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    responses((status = 200, body = Reconciliation), Problems))]
#[post("/batches/{id}/close")]
pub async fn close(
    state: web::Data<State>,
    who: Allowed<CloseBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.of::<Batch>(tx, actor, id)?;
            let view = workshop::close(tx, actor, id)?;
            Ok(Answer::ok(&view)?.version(view.version))
        })
        .await
}

/// A batch as it was announced and as it came, in all and by kind.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    responses((status = 200, body = Reconciliation), Problems))]
#[get("/batches/{id}/reconciliation")]
pub async fn reconciliation(
    state: web::Data<State>,
    who: Allowed<ReadBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> ApiResult<Answer> {
    let view = state
        .read(&who, move |db, actor| {
            workshop::reconciliation(db, actor, id)
        })
        .await?;
    Ok(Answer::ok(&view)?)
}
