//! `/batches/{id}/trucks`: further trucks of a batch that does not fit in one.

use actix_web::{delete, get, post, web};
use intake::{NewTruck, Truck, TruckLoad};
use kernel::{BatchId, Refusal};

use crate::access::{Allowed, CollectBatches, ReadBatches, ScheduleBatches};
use crate::{Answer, ApiResult, Body, PathId, Problems, State};

/// The number in the path. What is no number names nothing: 404.
fn numbered(path: web::Path<(String, String)>) -> Result<i32, Refusal> {
    path.into_inner()
        .1
        .parse()
        .map_err(|_| Refusal::not_found())
}

/// The further trucks of a batch, in their order; the first truck is its pickup.
#[utoipa::path(tag = "Donor intake", operation_id = "list_trucks", security(("bearer" = [])),
    params(("id" = BatchId, Path)), responses((status = 200, body = Vec<Truck>), Problems))]
#[get("/batches/{id}/trucks")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> ApiResult<Answer> {
    let trucks = state
        .read(&who, move |db, actor| intake::trucks(db, actor, id))
        .await?;
    Ok(Answer::ok(&trucks)?)
}

/// Sends a further truck, once the pickup is set and until the count has ended. Donor and workshop
/// get its calendar entry by mail.
#[utoipa::path(tag = "Donor intake", operation_id = "send_truck", security(("bearer" = [])),
    params(("id" = BatchId, Path)), request_body = NewTruck,
    responses((status = 201, body = Vec<Truck>), Problems))]
#[post("/batches/{id}/trucks")]
pub async fn send(
    state: web::Data<State>,
    who: Allowed<ScheduleBatches>,
    PathId(id): PathId<kernel::Batch>,
    body: Body<NewTruck>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::created(&intake::send_truck(tx, actor, id, &body)?)
        })
        .await
}

/// A further truck left the donor. The count does not end while one is to come.
#[utoipa::path(tag = "Donor intake", operation_id = "load_truck", security(("bearer" = [])),
    params(("id" = BatchId, Path), ("number" = i32, Path)), request_body = TruckLoad,
    responses((status = 200, body = Vec<Truck>), Problems))]
#[post("/batches/{id}/trucks/{number}/collect")]
pub async fn load(
    state: web::Data<State>,
    who: Allowed<CollectBatches>,
    path: web::Path<(String, String)>,
    PathId(id): PathId<kernel::Batch>,
    body: Body<TruckLoad>,
) -> ApiResult<Answer> {
    let number = numbered(path)?;
    state
        .write(&who, move |tx, actor| {
            Answer::ok(&intake::load_truck(tx, actor, (id, number), &body)?)
        })
        .await
}

/// Calls a truck off that has not left; its entry leaves the calendars of donor and workshop.
#[utoipa::path(tag = "Donor intake", operation_id = "call_truck_off", security(("bearer" = [])),
    params(("id" = BatchId, Path), ("number" = i32, Path)),
    responses((status = 200, body = Vec<Truck>), Problems))]
#[delete("/batches/{id}/trucks/{number}")]
pub async fn call_off(
    state: web::Data<State>,
    who: Allowed<ScheduleBatches>,
    path: web::Path<(String, String)>,
    PathId(id): PathId<kernel::Batch>,
) -> ApiResult<Answer> {
    let number = numbered(path)?;
    state
        .write(&who, move |tx, actor| {
            Answer::ok(&intake::call_truck_off(tx, actor, (id, number))?)
        })
        .await
}
