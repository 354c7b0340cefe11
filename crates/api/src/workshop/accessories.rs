//! `/workshops/{id}/accessories`: the counted stock.

use actix_web::{get, post, web};
use workshop::{ACCESSORY_COLUMNS, AccessoryStock, StockChange};

use crate::access::{Allowed, CountStock, ReadStock};
use crate::{Answer, ApiResult, Body, Csv, PathId, Problems, State};

/// What a workshop has, of every kind: its own, or any for the city. As CSV too.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::OrganisationId, Path), Csv),
    responses((status = 200, body = AccessoryStock), Problems))]
#[get("/workshops/{id}/accessories")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadStock>,
    PathId(id): PathId<kernel::Organisation>,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    if csv {
        let rows = state
            .read(&who, move |db, actor| {
                workshop::accessory_rows(db, actor, id)
            })
            .await?;
        return Ok(Answer::csv(&ACCESSORY_COLUMNS, rows)?);
    }
    let stock = state
        .read(&who, move |db, actor| workshop::accessories(db, actor, id))
        .await?;
    Ok(Answer::ok(&stock)?)
}

/// Counts accessories in or out. A count never goes below zero.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::OrganisationId, Path)), request_body = StockChange,
    responses((status = 200, body = AccessoryStock), Problems))]
#[post("/workshops/{id}/accessories")]
pub async fn post(
    state: web::Data<State>,
    who: Allowed<CountStock>,
    PathId(id): PathId<kernel::Organisation>,
    body: Body<StockChange>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::ok(&workshop::change_accessories(tx, actor, id, &body)?)
        })
        .await
}
