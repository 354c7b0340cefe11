//! `GET /waves/{id}/lines` and `/devices`: who receives what.

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use allocation::{Award, LineView, LotDevice, Waiting};
use kernel::{Page, PageRequest, ProgrammeId, WaveId};

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::to_page;
use crate::access::{Allowed, ReadPickingLists, ReadWaveLines};
use crate::reading::{Form, LanguageParams, Reading};
use crate::{Answer, ApiResult, Csv, Paging, PagingParams, Params, PathId, Problems, State};

/// The requests of a wave in the public order. An association sees its own, once the wave
/// is approved. As a table, all of them.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path), PagingParams, Csv),
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
        .read_table(&who, csv, move |db, actor| {
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
/// what it keeps. As a table, all of it; with `Accept: text/html` leads to the page to print.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])),
    params(("id" = WaveId, Path), PagingParams, LanguageParams),
    responses((status = 200, body = Page<LotDevice>), (status = 303), Problems))]
#[get("/waves/{id}/devices")]
pub async fn devices(
    request: HttpRequest,
    state: web::Data<State>,
    who: Allowed<ReadPickingLists>,
    PathId(id): PathId<kernel::Wave>,
    Paging(page): Paging,
    reading: Reading,
) -> ApiResult<HttpResponse> {
    let whole = reading.form == Form::Csv;
    let page = if whole {
        PageRequest::everything()
    } else {
        page
    };
    let page = state
        .read_table(&who, whole, move |db, actor| {
            allocation::device_list(db, actor, id, &page)
        })
        .await?;
    let answer = match reading.form {
        Form::Csv => device_table(page.items)?,
        Form::Page => return Ok(to_page(&request, &format!("/vagues/{id}/preparation"))),
        Form::Json | Form::Text => Answer::ok(&page)?,
    };
    Ok(answer.respond_to(&request))
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

/// The waiting list of a programme over all its waves: what eligible applications asked,
/// what they were granted, what remains. An association sees its own. As a table, all of it.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = ProgrammeId, Path), PagingParams, Csv),
    responses((status = 200, body = Page<Waiting>), Problems))]
#[get("/programmes/{id}/waiting-list")]
pub async fn waiting_list(
    state: web::Data<State>,
    who: Allowed<ReadWaveLines>,
    PathId(id): PathId<kernel::Programme>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read_long(&who, move |db, actor| {
            allocation::waiting_list(db, actor, id, &page)
        })
        .await?;
    if csv {
        return Ok(waiting_table(page.items)?);
    }
    Ok(Answer::ok(&page)?)
}

fn waiting_table(requests: Vec<Waiting>) -> db::Result<Answer> {
    let header = [
        "position",
        "reference",
        "association",
        "request",
        "kind",
        "received",
        "asked",
        "granted",
        "remaining",
        "score",
        "application_id",
    ];
    let rows = requests.into_iter().map(|row| {
        [
            row.position.to_string(),
            row.reference,
            row.association,
            row.request.to_string(),
            row.kind.to_string(),
            row.received
                .map(|kind| kind.to_string())
                .unwrap_or_default(),
            row.asked.to_string(),
            row.granted.to_string(),
            row.remaining.to_string(),
            row.score.to_string(),
            row.application_id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}

/// Which awards to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Year {
    /// The calendar year of the approvals.
    year: u16,
}

/// What associations received in a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct Awards {
    /// The largest value first.
    items: Vec<Award>,
    /// What all of it is worth.
    value_cents: u64,
}

/// What each association received in a year over all programmes, in devices and in euros,
/// and whether a convention is due for it. An association sees its own. As a table too.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(Year, Csv),
    responses((status = 200, body = Awards), Problems))]
#[get("/awards")]
pub async fn awards(
    state: web::Data<State>,
    who: Allowed<ReadWaveLines>,
    Params(asked): Params<Year>,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let items = state
        .read_long(&who, move |db, actor| {
            allocation::awards(db, actor, asked.year)
        })
        .await?;
    if csv {
        return Ok(award_table(items)?);
    }
    let value_cents = items.iter().map(|award| award.value_cents).sum();
    Ok(Answer::ok(&Awards { items, value_cents })?)
}

fn award_table(rows: Vec<Award>) -> db::Result<Answer> {
    let header = [
        "year",
        "association",
        "devices",
        "value_cents",
        "convention_due",
        "association_id",
    ];
    let rows = rows.into_iter().map(|award| {
        [
            award.year.to_string(),
            award.association,
            award.devices.to_string(),
            award.value_cents.to_string(),
            award.convention_due.to_string(),
            award.association_id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}
