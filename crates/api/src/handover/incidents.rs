//! `/handovers/{id}/incidents` and `/incidents`: devices that break, or are not needed any more,
//! after their lot was handed over.

use actix_web::{get, post, web};
use handover::{Incident, IncidentClosing, IncidentFilter, IncidentStatus, NewIncident};
use kernel::{HandoverId, IncidentId, Page, ProgrammeId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, ReadHandovers, ReportIncidents, RunHandovers};
use crate::{
    Answer, ApiResult, Body, IfMatch, Paging, PagingParams, Params, PathId, Problems, State,
};

/// Reports a device of a lot that was received: it broke, or is not needed any more. The answer
/// says whether it broke within the guarantee of its programme. Workshop and city are told.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    request_body = NewIncident, responses((status = 201, body = Incident), Problems))]
#[post("/handovers/{id}/incidents")]
pub async fn report(
    state: web::Data<State>,
    who: Allowed<ReportIncidents>,
    PathId(id): PathId<kernel::Handover>,
    body: Body<NewIncident>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            let incident = handover::report(tx, actor, id, &body)?;
            Ok(Answer::created(&incident)?.version(incident.version))
        })
        .await
}

/// Which reports to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// `open` for those that wait, the oldest first; `closed` for those that were dealt with.
    status: Option<IncidentStatus>,
    /// Of this programme.
    #[param(value_type = Option<String>)]
    programme_id: Option<ProgrammeId>,
    /// Of this handover.
    #[param(value_type = Option<String>)]
    handover_id: Option<HandoverId>,
}

/// Reports: the city sees all, a workshop those of the lots that it gave, an association its own.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(Filter, PagingParams),
    responses((status = 200, body = Page<Incident>), Problems))]
#[get("/incidents")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadHandovers>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
) -> ApiResult<Answer> {
    let filter = IncidentFilter {
        status: filter.status,
        programme_id: filter.programme_id,
        handover_id: filter.handover_id,
    };
    let page = state
        .read(&who, move |db, actor| {
            handover::incidents::incidents(db, actor, &filter, &page)
        })
        .await?;
    Ok(Answer::ok(&page)?)
}

/// One report, within the same bounds.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = IncidentId, Path)),
    responses((status = 200, body = Incident), Problems))]
#[get("/incidents/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadHandovers>,
    PathId(id): PathId<kernel::Incident>,
) -> ApiResult<Answer> {
    let incident = state
        .read(&who, move |db, actor| handover::incident(db, actor, id))
        .await?;
    Ok(Answer::ok(&incident)?.version(incident.version))
}

/// Says how a report was dealt with: `repaired`; `replaced` by an equivalent device that is ready,
/// after the guarantee by the city alone; `taken_back`; or `dismissed`. The association is told.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = IncidentId, Path)),
    request_body = IncidentClosing, responses((status = 200, body = Incident), Problems))]
#[post("/incidents/{id}/close")]
pub async fn close(
    state: web::Data<State>,
    who: Allowed<RunHandovers>,
    PathId(id): PathId<kernel::Incident>,
    if_match: IfMatch,
    body: Body<IncidentClosing>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::close_incident(tx, actor, id, &body)
        })
        .await
}
