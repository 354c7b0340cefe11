//! `/programmes/{id}/waves`, `/waves`: making a wave, finding one.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder, get, patch, post, web};
use allocation::{NewWave, WaveChange, WaveFilter, WaveStatus, WaveView};
use impact::WaveFigures;
use kernel::{Page, PageRequest, ProgrammeId, WaveId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use ::web::columns;

use crate::access::{Allowed, ManageWaves, ReadWaveLines};
use crate::{
    Answer, ApiResult, Body, Csv, IfMatch, Paging, PagingParams, Params, PathId, Problems,
    Published, State,
};

/// Makes a wave of a programme, as a draft: what may be given, and by which settings.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = ProgrammeId, Path)),
    request_body = NewWave, responses((status = 201, body = WaveView), Problems))]
#[post("/programmes/{id}/waves")]
pub async fn create(
    state: web::Data<State>,
    who: Allowed<ManageWaves>,
    PathId(id): PathId<kernel::Programme>,
    body: Body<NewWave>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            let wave = allocation::create(tx, actor, id, &body)?;
            let view = allocation::view(tx, actor, wave.id)?;
            Ok(Answer::created(&view)?.version(view.version))
        })
        .await
}

/// What is listed of the waves of a programme.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum WavesOfProgramme {
    /// For those who sign in.
    Whole(Page<WaveView>),
    /// For anyone.
    Decided(Page<WaveFigures>),
}

/// The waves of a programme, the newest first; an association sees those decided in which
/// it takes part. Without credentials the decided ones, in their order, with their figures; made
/// once a change, `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Allocation", security((), ("bearer" = [])), params(("id" = ProgrammeId, Path), PagingParams),
    responses((status = 200, body = WavesOfProgramme), (status = 304), Problems))]
#[get("/programmes/{id}/waves")]
pub async fn list_of_programme(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
    who: Option<Allowed<ReadWaveLines>>,
    PathId(id): PathId<kernel::Programme>,
    Paging(page): Paging,
) -> ApiResult<HttpResponse> {
    let Some(who) = who else {
        return decided(&request, state, published, id).await;
    };
    let filter = WaveFilter {
        programme_id: Some(id),
        status: None,
    };
    let page = state
        .read_long(&who, move |db, actor| {
            allocation::waves(db, actor, &filter, &page)
        })
        .await?;
    Ok(Answer::ok(&WavesOfProgramme::Whole(page))?.respond_to(&request))
}

/// The decided waves, for anyone.
async fn decided(
    request: &HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
    id: ProgrammeId,
) -> ApiResult<HttpResponse> {
    let (published, state) = (published.into_inner(), state.into_inner());
    let database = Arc::clone(&state.database);
    let version = async move {
        let version = database.read(move |db| impact::given_version(db, id));
        let version = version.await?;
        Ok((version.to_string(), version))
    };
    let make = async move |version| {
        let items = state.given(id, version).await?.waves.clone();
        Answer::ok(&WavesOfProgramme::Decided(Page { items, next: None }))
    };
    let name = format!("waves of {id}");
    Ok(published.answer(request, name, version, make).await?)
}

/// Which waves to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of this programme.
    #[param(value_type = Option<String>)]
    programme_id: Option<ProgrammeId>,
    /// In this status.
    status: Option<WaveStatus>,
}

/// Waves, the newest first, within the same bounds. As CSV, all that the filter finds.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<WaveView>), Problems))]
#[get("/waves")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadWaveLines>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = if csv { PageRequest::everything() } else { page };
    let filter = WaveFilter {
        programme_id: filter.programme_id,
        status: filter.status,
    };
    let page = state
        .read_long(&who, move |db, actor| {
            allocation::waves(db, actor, &filter, &page)
        })
        .await?;
    match csv {
        true => Ok(columns::waves(page.items)?),
        false => Ok(Answer::ok(&page)?),
    }
}

/// One wave with the sums of its plan, within the same bounds.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path)),
    responses((status = 200, body = WaveView), Problems))]
#[get("/waves/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadWaveLines>,
    PathId(id): PathId<kernel::Wave>,
) -> ApiResult<Answer> {
    let view = state
        .read_long(&who, move |db, actor| allocation::view(db, actor, id))
        .await?;
    Ok(Answer::ok(&view)?.version(view.version))
}

/// Changes the name and settings of a wave that is not submitted: what the body leaves out
/// stays. A plan that it had is to be proposed again.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path)),
    request_body = WaveChange, responses((status = 200, body = WaveView), Problems))]
#[patch("/waves/{id}")]
pub async fn change(
    state: web::Data<State>,
    who: Allowed<ManageWaves>,
    PathId(id): PathId<kernel::Wave>,
    if_match: IfMatch,
    body: Body<WaveChange>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            allocation::change(tx, id, &body)?;
            allocation::view(tx, actor, id)
        })
        .await
}
