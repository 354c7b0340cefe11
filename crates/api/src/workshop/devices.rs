//! `/devices`: finding them.

use actix_web::{get, web};
use kernel::{BatchId, DeviceKind, Grade, Instant, OrganisationId, Page, TransferId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use workshop::{DEVICE_COLUMNS, DeviceFilter, DeviceItem, DeviceView, Stage};

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
    /// Its machine says it is another, and nobody has decided yet; or not.
    contradicts: Option<bool>,
    /// With this grade.
    grade: Option<Grade>,
    /// In this place of the workshop; accents and case are ignored.
    location: Option<String>,
    /// At its stage for more than so many days.
    older_than_days: Option<u16>,
    /// At its stage for longer than the limits in `/workshop-templates` allow.
    waiting: Option<bool>,
    /// Under way with this shipment.
    #[param(value_type = Option<String>)]
    transfer_id: Option<TransferId>,
    /// The one device that a scanner's string names: tag or serial number, alone, in a link or
    /// behind a label. No other filter counts then.
    scan: Option<String>,
    /// With these words, or any part of a serial number, in tag, serial number, maker, model or
    /// location; accents and case are ignored.
    q: Option<String>,
}

/// How much of each device.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Expanded {
    /// `all`: each item as `GET /devices/{id}` answers it, with drives, hardware and kit.
    #[param(inline)]
    expand: Option<Expand>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Expand {
    All,
}

impl Filter {
    /// With its days counted from now.
    pub(super) fn at(self, now: Instant) -> DeviceFilter {
        DeviceFilter {
            stage: self.stage,
            kind: self.kind,
            batch_id: self.batch_id,
            workshop_id: self.workshop_id,
            contradicts: self.contradicts,
            grade: self.grade,
            location: self.location,
            stage_before: self
                .older_than_days
                .map(|days| now.plus_days(-i64::from(days))),
            waiting_at: (self.waiting == Some(true)).then_some(now),
            transfer_id: self.transfer_id,
            scan: self.scan,
            arrival: None,
            q: self.q,
        }
    }
}

/// Devices, the oldest first: the city sees all, a workshop and a donor their own. As CSV,
/// the whole list at once.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(Filter, Expanded, PagingParams, Csv),
    responses((status = 200, body = Page<DeviceItem>), Problems))]
#[get("/devices")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadDevices>,
    Params(filter): Params<Filter>,
    Params(expanded): Params<Expanded>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let filter = filter.at(state.database.now());
    if csv {
        let rows = state
            .read_long(&who, move |db, actor| {
                workshop::device_rows(db, actor, &filter)
            })
            .await?;
        return Ok(Answer::csv(&DEVICE_COLUMNS, rows)?);
    }
    if expanded.expand.is_some() {
        let page = state.read(&who, move |db, actor| {
            workshop::devices_in_full(db, actor, &filter, &page)
        });
        return Ok(Answer::ok(&page.await?)?);
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
