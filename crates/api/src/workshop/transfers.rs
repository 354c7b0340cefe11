//! `/transfers`: devices that one workshop sends to another.

use actix_web::{HttpRequest, get, post, web};
use kernel::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use workshop::{
    LineOutcome, NewTransfer, SHIPMENT_COLUMNS, TRANSFER_COLUMNS, TransferArrival,
    TransferCancellation, TransferFilter, TransferLine, TransferStatus, TransferView,
};

use super::bulk::Verdicts;
use crate::access::{Allowed, ReadTransfers, SendDevices};
use crate::problem::language_of;
use crate::{
    Answer, ApiResult, Body, Csv, IfMatch, Paging, PagingParams, Params, PathId, Problems, State,
};

/// Sends devices to another workshop: all of them, or none, with each one that cannot go named
/// at its place. They stay the sender's until they are received; on the road nothing else
/// happens to them but `missing`. A ready device goes back to `graded`, and its kit to stock.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    request_body = NewTransfer, responses((status = 201, body = TransferView), Problems))]
#[post("/transfers")]
pub async fn send(
    state: web::Data<State>,
    who: Allowed<SendDevices>,
    body: Body<NewTransfer>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            let transfer = workshop::send_transfer(tx, actor, &body)?;
            Ok(Answer::created(&transfer)?.version(transfer.version))
        })
        .await
}

/// Which shipments to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TransferParams {
    /// In this status.
    status: Option<TransferStatus>,
}

/// Shipments between workshops, the newest first: a workshop's own in both directions, or all
/// for the city. As CSV, the whole list at once.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(TransferParams, PagingParams, Csv),
    responses((status = 200, body = Page<TransferView>), Problems))]
#[get("/transfers")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadTransfers>,
    Params(params): Params<TransferParams>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let filter = TransferFilter {
        status: params.status,
    };
    if csv {
        let rows = state
            .read_long(&who, move |db, actor| {
                workshop::shipment_rows(db, actor, filter)
            })
            .await?;
        return Ok(Answer::csv(&SHIPMENT_COLUMNS, rows)?);
    }
    let page = state
        .read(&who, move |db, actor| {
            workshop::transfers(db, actor, filter, &page)
        })
        .await?;
    Ok(Answer::ok(&page)?)
}

/// A shipment, for the city and both workshops.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::TransferId, Path)),
    responses((status = 200, body = TransferView), Problems))]
#[get("/transfers/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadTransfers>,
    PathId(id): PathId<kernel::Transfer>,
) -> ApiResult<Answer> {
    let transfer = state
        .read(&who, move |db, actor| workshop::transfer(db, actor, id))
        .await?;
    Ok(Answer::ok(&transfer)?.version(transfer.version))
}

/// Which devices of a shipment to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LineParams {
    /// Of which this became.
    outcome: Option<LineOutcome>,
}

/// The devices of a shipment and what became of each. As CSV, the whole list at once.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::TransferId, Path), LineParams, PagingParams, Csv),
    responses((status = 200, body = Page<TransferLine>), Problems))]
#[get("/transfers/{id}/devices")]
pub async fn devices(
    state: web::Data<State>,
    who: Allowed<ReadTransfers>,
    PathId(id): PathId<kernel::Transfer>,
    Params(params): Params<LineParams>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let outcome = params.outcome;
    if csv {
        let rows = state
            .read_long(&who, move |db, actor| {
                workshop::transfer_rows(db, actor, id, outcome)
            })
            .await?;
        return Ok(Answer::csv(&TRANSFER_COLUMNS, rows)?);
    }
    let page = state
        .read(&who, move |db, actor| {
            workshop::transfer_devices(db, actor, id, outcome, &page)
        })
        .await?;
    Ok(Answer::ok(&page)?)
}

/// Notes what arrived, device by device as it is scanned, each with its verdict as in
/// `/device-events`; the devices are the receiver's from then on. Several calls, by several
/// people, and scanned again: nothing happens twice. A `received` event does the same.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::TransferId, Path)), request_body = TransferArrival,
    responses((status = 200, body = Verdicts), Problems))]
#[post("/transfers/{id}/receive")]
pub async fn receive(
    request: HttpRequest,
    state: web::Data<State>,
    who: Allowed<SendDevices>,
    PathId(id): PathId<kernel::Transfer>,
    body: Body<TransferArrival>,
) -> ApiResult<Answer> {
    let language = language_of(request.headers());
    state
        .write(&who, move |tx, actor| {
            let answer = workshop::receive_transfer(tx, actor, id, &body)?;
            Answer::ok(&Verdicts::new(answer, language))
        })
        .await
}

/// Calls back what is still on the road; it stays with the sender.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::TransferId, Path)), request_body = TransferCancellation,
    responses((status = 200, body = TransferView), Problems))]
#[post("/transfers/{id}/cancel")]
pub async fn cancel(
    state: web::Data<State>,
    who: Allowed<SendDevices>,
    PathId(id): PathId<kernel::Transfer>,
    if_match: IfMatch,
    body: Body<TransferCancellation>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            workshop::cancel_transfer(tx, actor, id, &body)
        })
        .await
}
