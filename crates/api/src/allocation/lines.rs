//! `GET /waves/{id}/lines` and `/devices`: who receives what.

use actix_web::{get, web};
use allocation::{LineView, LotDevice};
use kernel::{Page, PageRequest, WaveId};

use crate::access::{Allowed, ReadPickingLists, ReadWaveLines};
use crate::{Answer, ApiResult, Csv, Paging, PagingParams, PathId, Problems, State};

/// The requests of a wave in the public order. An association sees its own, once the wave
/// is approved. As a table, all of them.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path), PagingParams),
    responses((status = 200, body = Page<LineView>), Problems))]
#[get("/waves/{id}/lines")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadWaveLines>,
    PathId(id): PathId<kernel::Wave>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read(&who, move |db, actor| {
            allocation::lines(db, actor, id, &page)
        })
        .await?;
    if csv {
        return Ok(line_table(page.items)?);
    }
    Ok(Answer::ok(&page)?)
}

fn line_table(lines: Vec<LineView>) -> db::Result<Answer> {
    let header = [
        "rank",
        "application_id",
        "request",
        "association",
        "score",
        "requested",
        "lot",
        "already",
        "kind",
        "granted",
        "reason",
        "pinned",
    ];
    let rows = lines.into_iter().map(|line| {
        let (kind, granted) = line
            .granted
            .first_key_value()
            .map_or((String::new(), 0), |(kind, count)| {
                (kind.to_string(), *count)
            });
        [
            line.rank.to_string(),
            line.application_id.to_string(),
            line.request.to_string(),
            line.association,
            line.score.to_string(),
            line.requested.to_string(),
            line.lot.to_string(),
            line.already.to_string(),
            kind,
            granted.to_string(),
            line.reason.to_string(),
            line.pinned.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}

/// The picking list of an approved wave, device by device: the city sees all, a workshop
/// what it keeps. As a table, all of it.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path), PagingParams),
    responses((status = 200, body = Page<LotDevice>), Problems))]
#[get("/waves/{id}/devices")]
pub async fn devices(
    state: web::Data<State>,
    who: Allowed<ReadPickingLists>,
    PathId(id): PathId<kernel::Wave>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read(&who, move |db, actor| {
            allocation::device_list(db, actor, id, &page)
        })
        .await?;
    if csv {
        return Ok(device_table(page.items)?);
    }
    Ok(Answer::ok(&page)?)
}

fn device_table(lot: Vec<LotDevice>) -> db::Result<Answer> {
    let header = [
        "tag",
        "serial",
        "kind",
        "manufacturer",
        "model",
        "grade",
        "location",
        "association",
        "application_id",
        "device_id",
        "workshop_id",
        "batch_id",
    ];
    let rows = lot.into_iter().map(|device| {
        [
            device.tag,
            device.serial.unwrap_or_default(),
            device.kind.to_string(),
            device.manufacturer.unwrap_or_default(),
            device.model.unwrap_or_default(),
            device
                .grade
                .map(|grade| grade.to_string())
                .unwrap_or_default(),
            device.location.unwrap_or_default(),
            device.association,
            device.application_id.to_string(),
            device.device_id.to_string(),
            device
                .workshop_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            device.batch_id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}
