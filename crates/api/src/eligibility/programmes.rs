//! `/programmes`: what anyone may read, signed in or not, and making one.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder, get, patch, post, web};
use eligibility::{NewProgramme, Programme, ProgrammeChange};
use kernel::{Page, PageRequest, ProgrammeId};
use serde::Deserialize;
use utoipa::IntoParams;

use ::web::columns;

use crate::access::{Allowed, ManageProgrammes, ReadProgrammes};
use crate::{
    Answer, ApiError, ApiResult, Body, Csv, IfMatch, Paging, PagingParams, Params, PathId,
    Problems, Published, State,
};

/// Creates a programme. It pins its rubric: a later change of the file does not touch it.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), request_body = NewProgramme,
    responses((status = 201, body = Programme), Problems))]
#[post("/programmes")]
pub async fn create(
    state: web::Data<State>,
    who: Allowed<ManageProgrammes>,
    body: Body<NewProgramme>,
) -> ApiResult<Answer> {
    let setup = Arc::clone(&state.eligibility);
    state
        .write(&who, move |tx, actor| {
            let programme = eligibility::create_programme(tx, actor, &setup, &body)?;
            Ok(Answer::created(&programme)?.version(programme.version))
        })
        .await
}

/// Which programmes to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those that take applications or will take them: for anyone, without credentials, all
    /// at once.
    #[serde(default)]
    public: bool,
}

/// Programmes, the newest first; as CSV, all of them. With `public=true` those that are open or will be, which anyone
/// may read; made once a change, `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Eligibility", security((), ("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<Programme>), (status = 304), Problems))]
#[get("/programmes")]
pub async fn list(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
    who: Result<Allowed<ReadProgrammes>, ApiError>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<HttpResponse> {
    if filter.public {
        return open(&request, &state, published).await;
    }
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read_table(&who?, csv, move |db, _| eligibility::programmes(db, &page))
        .await?;
    let answer = match csv {
        true => columns::programmes(page.items)?,
        false => Answer::ok(&page)?,
    };
    Ok(answer.respond_to(&request))
}

/// The programmes that are open or will be.
async fn open(
    request: &HttpRequest,
    state: &State,
    published: web::Data<Published>,
) -> ApiResult<HttpResponse> {
    let database = Arc::clone(&state.database);
    let version = async move {
        let now = database.now();
        let open = database.read(move |db| eligibility::open_programmes(db, now));
        let open = open.await?;
        let versions: Vec<_> = open.iter().map(|it| (it.id, it.version)).collect();
        Ok((format!("{versions:?}"), open))
    };
    let make = async |items| Answer::ok(&Page { items, next: None });
    let (published, name) = (
        published.into_inner(),
        "programmes that are open".to_owned(),
    );
    Ok(published.answer(request, name, version, make).await?)
}

/// One programme. Anyone may read it; `ETag` is its version for those who sign in.
#[utoipa::path(tag = "Eligibility", security((), ("bearer" = [])), params(("id" = kernel::ProgrammeId, Path)),
    responses((status = 200, body = Programme), (status = 304), Problems))]
#[get("/programmes/{id}")]
pub async fn get(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
    who: Option<Allowed<ReadProgrammes>>,
    PathId(id): PathId<kernel::Programme>,
) -> ApiResult<HttpResponse> {
    if let Some(who) = who {
        let programme = state
            .read(&who, move |db, _| eligibility::programme(db, id))
            .await?;
        let answer = Answer::ok(&programme)?.version(programme.version);
        return Ok(answer.respond_to(&request));
    }
    let make = async |programme| Answer::ok(&programme);
    let (published, name) = (published.into_inner(), format!("programme {id}"));
    let version = version(&state, id);
    Ok(published.answer(&request, name, version, make).await?)
}

/// Changes a programme, also while it runs: what is absent stays, null clears the deadline or the
/// territory. Associations with an open application have it by mail.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = kernel::ProgrammeId, Path)),
    request_body = ProgrammeChange, responses((status = 200, body = Programme), Problems))]
#[patch("/programmes/{id}")]
pub async fn change(
    state: web::Data<State>,
    who: Allowed<ManageProgrammes>,
    PathId(id): PathId<kernel::Programme>,
    if_match: IfMatch,
    body: Body<ProgrammeChange>,
) -> ApiResult<Answer> {
    state
        .write_long(&who, move |tx, _| {
            if_match.check(eligibility::programme(tx, id)?.version)?;
            let programme = eligibility::change_programme(tx, id, &body)?;
            Ok(Answer::ok(&programme)?.version(programme.version))
        })
        .await
}

/// The rules of a programme: its rubric, as it was pinned. Anyone may read them; made once a
/// change, `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Eligibility", params(("id" = kernel::ProgrammeId, Path)),
    responses((status = 200, body = String, content_type = "application/toml"), (status = 304), Problems))]
#[get("/programmes/{id}/rubric")]
pub async fn rubric(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
    PathId(id): PathId<kernel::Programme>,
) -> ApiResult<HttpResponse> {
    let make = async |programme: Programme| {
        let text = programme.rubric_text;
        Ok(Answer::text("application/toml", text))
    };
    let (published, name) = (published.into_inner(), format!("rubric of {id}"));
    let version = version(&state, id);
    Ok(published.answer(&request, name, version, make).await?)
}

/// By what to know whether what is published of a programme is still so, with the programme.
fn version(
    state: &State,
    id: ProgrammeId,
) -> impl Future<Output = db::Result<(String, Programme)>> + use<> {
    let database = Arc::clone(&state.database);
    async move {
        let programme = database.read(move |db| eligibility::programme(db, id));
        let programme = programme.await?;
        Ok((programme.version.to_string(), programme))
    }
}
