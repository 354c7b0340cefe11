//! `/workshops/{id}/parts`: the counted spare parts. `/devices/{id}/repairs`: where they went.

use actix_web::{get, post, web};
use kernel::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use workshop::{PART_COLUMNS, PartChange, PartCount, Repairs};

use crate::access::{Allowed, CountStock, ReadDevices, ReadStock};
use crate::{Answer, ApiResult, Body, Csv, Paging, PagingParams, Params, PathId, Problems, State};

/// Which parts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PartParams {
    /// With these words, or parts of words, in kind or label; accents and case are ignored.
    q: Option<String>,
}

/// The spare parts of which a workshop keeps a count: its own, or any for the city. As CSV, the
/// whole list at once.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::OrganisationId, Path), PartParams, PagingParams, Csv),
    responses((status = 200, body = Page<PartCount>), Problems))]
#[get("/workshops/{id}/parts")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadStock>,
    PathId(id): PathId<kernel::Organisation>,
    Params(params): Params<PartParams>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    if csv {
        let rows = state
            .read(&who, move |db, actor| {
                workshop::part_rows(db, actor, id, params.q.as_deref())
            })
            .await?;
        return Ok(Answer::csv(&PART_COLUMNS, rows)?);
    }
    let page = state
        .read(&who, move |db, actor| {
            workshop::part_stock(db, actor, id, params.q.as_deref(), &page)
        })
        .await?;
    Ok(Answer::ok(&page)?)
}

/// Counts spare parts in or out; a count never goes below zero. Repairs take a part from stock
/// once the workshop keeps a count of it: a `delta` of 0 begins one.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::OrganisationId, Path)), request_body = PartChange,
    responses((status = 200, body = PartCount), Problems))]
#[post("/workshops/{id}/parts")]
pub async fn post(
    state: web::Data<State>,
    who: Allowed<CountStock>,
    PathId(id): PathId<kernel::Organisation>,
    body: Body<PartChange>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::ok(&workshop::change_parts(tx, actor, id, &body)?)
        })
        .await
}

/// The repairs of a device as they stand, corrections included, and how many minutes they took
/// together.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::DeviceId, Path)), responses((status = 200, body = Repairs), Problems))]
#[get("/devices/{id}/repairs")]
pub async fn repairs(
    state: web::Data<State>,
    who: Allowed<ReadDevices>,
    PathId(id): PathId<kernel::Device>,
) -> ApiResult<Answer> {
    let found = state
        .read(&who, move |db, actor| workshop::repairs(db, actor, id))
        .await?;
    Ok(Answer::ok(&found)?)
}
