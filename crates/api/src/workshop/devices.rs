//! `/devices`: finding them.

use actix_web::{get, web};
use kernel::{BatchId, DeviceKind, Grade, OrganisationId, Page};
use serde::Deserialize;
use utoipa::IntoParams;
use workshop::{DEVICE_COLUMNS, DeviceFilter, DeviceView, Stage};

use crate::access::{Allowed, ReadDevices};
use crate::{Answer, ApiResult, Csv, Paging, PagingParams, Params, PathId, Problems, State};

/// Which devices to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// At this stage.
    stage: Option<Stage>,
    /// Of this kind.
    kind: Option<DeviceKind>,
    /// Of this batch.
    #[param(value_type = Option<String>)]
    batch_id: Option<BatchId>,
    /// In this workshop.
    #[param(value_type = Option<String>)]
    workshop_id: Option<OrganisationId>,
    /// With this grade.
    grade: Option<Grade>,
    /// With these words, or any part of a serial number, in tag, serial number, maker or model.
    q: Option<String>,
}

/// Devices, the oldest first: the city sees all, a workshop and a donor their own. As CSV,
/// the whole list at once.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(Filter, PagingParams),
    responses((status = 200, body = Page<DeviceView>), Problems))]
#[get("/devices")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadDevices>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let filter = DeviceFilter {
        stage: filter.stage,
        kind: filter.kind,
        batch_id: filter.batch_id,
        workshop_id: filter.workshop_id,
        grade: filter.grade,
        q: filter.q,
    };
    if csv {
        let rows = state
            .read(&who, move |db, actor| {
                workshop::device_rows(db, actor, &filter)
            })
            .await?;
        return Ok(Answer::csv(&DEVICE_COLUMNS, rows)?);
    }
    let page = state
        .read(&who, move |db, actor| {
            workshop::devices(db, actor, &filter, &page)
        })
        .await?;
    Ok(Answer::ok(&page)?)
}

/// One device with its drives, within the same bounds.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    responses((status = 200, body = DeviceView), Problems))]
#[get("/devices/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadDevices>,
    PathId(id): PathId<kernel::Device>,
) -> ApiResult<Answer> {
    let device = state
        .read(&who, move |db, actor| workshop::device(db, actor, id))
        .await?;
    Ok(Answer::ok(&device)?.version(device.version))
}
