//! `/devices/{id}/events`: the custody log, and one step more.

use actix_web::{get, post, web};
use db::Tx;
use kernel::{Actor, Page};
use workshop::{DeviceView, EventView, Incoming, Recorded};

use super::hardware::answer;
use crate::access::{Allowed, LogDevices, ReadDevices};
use crate::{Answer, ApiResult, Body, IfMatch, Paging, PagingParams, PathId, Problems, State};

/// The custody log of a device, from its first line on; each line carries the hash of the
/// one before.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::DeviceId, Path), PagingParams),
    responses((status = 200, body = Page<EventView>), Problems))]
#[get("/devices/{id}/events")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadDevices>,
    PathId(id): PathId<kernel::Device>,
    Paging(page): Paging,
) -> ApiResult<Answer> {
    let events = state
        .read(&who, move |db, actor| {
            workshop::events(db, actor, id, &page)
        })
        .await?;
    Ok(Answer::ok(&events)?)
}

/// Records one step of a device. The answer is the device as it is then, with `status`:
/// `applied`, or `already_applied` when the same was sent before.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    request_body = Incoming, responses((status = 200, body = Recorded), Problems))]
#[post("/devices/{id}/events")]
pub async fn post(
    state: web::Data<State>,
    who: Allowed<LogDevices>,
    PathId(id): PathId<kernel::Device>,
    if_match: IfMatch,
    body: Body<serde_json::Value>,
) -> ApiResult<Answer> {
    let event = workshop::read_event(&body)?;
    let signer = state.signer.clone();
    let alone = workshop::is_of_its_device_alone(&event);
    let record = move |tx: &mut Tx<'_>, actor: &Actor| {
        workshop::lock(tx, id)?;
        if_match.of::<DeviceView>(tx, actor, id)?;
        let named = event.operator.as_deref();
        let operators = identity::operators(tx, &signer, actor, named)?;
        answer(&workshop::record(tx, actor, id, &event, &operators)?)
    };
    match alone {
        true => state.write_locked(&who, record).await,
        false => state.write(&who, record).await,
    }
}
