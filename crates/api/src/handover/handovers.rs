//! `/handovers`: finding one.

use actix_web::{get, web};
use handover::{HandoverFilter, HandoverStatus, HandoverView, LoanFilter};
use kernel::{HandoverId, Page, PageRequest, WaveId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, ReadHandovers};
use crate::reading::{LanguageParams, Reading};
use crate::{Answer, ApiResult, Csv, Paging, PagingParams, Params, PathId, Problems, State};

/// Which handovers to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of this wave.
    #[param(value_type = Option<String>)]
    wave_id: Option<WaveId>,
    /// In this status.
    status: Option<HandoverStatus>,
    /// Of those that are lent: `open`, `overdue` or `returned`.
    #[param(inline)]
    loan: Option<LoanFilter>,
}

/// Handovers, the newest first: the city sees all, a workshop those of the lots it keeps,
/// an association its own. As a table, all of them.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<HandoverView>), Problems))]
#[get("/handovers")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadHandovers>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let filter = HandoverFilter {
        wave_id: filter.wave_id,
        status: filter.status,
        loan: filter.loan.map(|loan| (loan, state.database.now())),
        ..HandoverFilter::default()
    };
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read_table(&who, csv, move |db, actor| {
            handover::handovers(db, actor, &filter, &page)
        })
        .await?;
    if csv {
        return Ok(table(page.items)?);
    }
    Ok(Answer::ok(&page)?)
}

/// One handover with the devices of its lot, within the same bounds.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    responses((status = 200, body = HandoverView), Problems))]
#[get("/handovers/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadHandovers>,
    PathId(id): PathId<kernel::Handover>,
) -> ApiResult<Answer> {
    let view = state
        .read(&who, move |db, actor| handover::handover(db, actor, id))
        .await?;
    Ok(Answer::ok(&view)?.version(view.version))
}

/// The delivery note of a handover: a page to print and sign, in French or English.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path), LanguageParams),
    responses((status = 200, body = String, content_type = "text/html"), Problems))]
#[get("/handovers/{id}/note")]
pub async fn note(
    state: web::Data<State>,
    who: Allowed<ReadHandovers>,
    PathId(id): PathId<kernel::Handover>,
    reading: Reading,
) -> ApiResult<Answer> {
    let view = state
        .read(&who, move |db, actor| handover::handover(db, actor, id))
        .await?;
    let note = handover::note(&view, reading.language)?;
    Ok(Answer::text("text/html; charset=utf-8", note))
}

fn table(handovers: Vec<HandoverView>) -> db::Result<Answer> {
    let header = [
        "reference",
        "status",
        "wave",
        "association",
        "application",
        "workshop",
        "devices",
        "from",
        "to",
        "place",
        "recipient_name",
        "completed_at",
        "id",
    ];
    let rows = handovers.into_iter().map(|handover| {
        let moment = |at: Option<kernel::Instant>| at.map(|at| at.to_string()).unwrap_or_default();
        [
            handover.reference,
            handover.status.to_string(),
            handover.wave,
            handover.association,
            handover.application,
            handover.workshop.unwrap_or_default(),
            handover.devices.to_string(),
            moment(handover.from),
            moment(handover.to),
            handover.place.unwrap_or_default(),
            handover.recipient_name.unwrap_or_default(),
            moment(handover.completed_at),
            handover.id.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}
