//! `/batches/{id}/fates` and `/batches/{id}/fate-counts`: what became of a donation.

use actix_web::{get, web};
use handover::{DeviceFate, Fate, FateCounts, FateFilter};
use kernel::{BatchId, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, ReadBatches};
use crate::{Answer, ApiResult, Paging, PagingParams, Params, PathId, Problems, State};

/// Which devices to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those that have come so far.
    fate: Option<Fate>,
    /// With these words, or any part of a serial number, in tag, serial number, maker or model.
    q: Option<String>,
}

/// What became of each device of a batch, as its donor may know it: how far it has come, whether
/// its data is proven gone, and in which commune or arrondissement it serves. Never which
/// association has it.
#[utoipa::path(tag = "Handover", security(("bearer" = [])),
    params(("id" = BatchId, Path), Filter, PagingParams),
    responses((status = 200, body = Page<DeviceFate>), Problems))]
#[get("/batches/{id}/fates")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadBatches>,
    PathId(id): PathId<kernel::Batch>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
) -> ApiResult<Answer> {
    let filter = FateFilter {
        fate: filter.fate,
        q: filter.q,
    };
    let found = state
        .read(&who, move |db, actor| {
            handover::fates(db, actor, id, &filter, &page)
        })
        .await?;
    Ok(Answer::ok(&found)?)
}

/// The same in numbers, with the places that are served.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = BatchId, Path)),
    responses((status = 200, body = FateCounts), Problems))]
#[get("/batches/{id}/fate-counts")]
pub async fn counts(
    state: web::Data<State>,
    who: Allowed<ReadBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> ApiResult<Answer> {
    let counts = state
        .read(&who, move |db, actor| handover::fate_counts(db, actor, id))
        .await?;
    Ok(Answer::ok(&counts)?)
}
