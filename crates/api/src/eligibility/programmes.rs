//! `/programmes`.

use std::sync::Arc;

use actix_web::{get, post, web};
use eligibility::{NewProgramme, Programme};
use kernel::Page;

use crate::access::{Allowed, ManageProgrammes, ReadProgrammes};
use crate::{Answer, ApiResult, Body, Paging, PagingParams, PathId, Problems, State};

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

/// Programmes, the newest first.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(PagingParams),
    responses((status = 200, body = Page<Programme>), Problems))]
#[get("/programmes")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadProgrammes>,
    Paging(page): Paging,
) -> ApiResult<Answer> {
    let page = state
        .read(&who, move |db, _| eligibility::programmes(db, &page))
        .await?;
    Ok(Answer::ok(&page)?)
}

/// One programme.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = kernel::ProgrammeId, Path)),
    responses((status = 200, body = Programme), Problems))]
#[get("/programmes/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadProgrammes>,
    PathId(id): PathId<kernel::Programme>,
) -> ApiResult<Answer> {
    let programme = state
        .read(&who, move |db, _| eligibility::programme(db, id))
        .await?;
    Ok(Answer::ok(&programme)?.version(programme.version))
}

/// The rules of a programme: its rubric, as it was pinned.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = kernel::ProgrammeId, Path)),
    responses((status = 200, body = String, content_type = "application/toml"), Problems))]
#[get("/programmes/{id}/rubric")]
pub async fn rubric(
    state: web::Data<State>,
    who: Allowed<ReadProgrammes>,
    PathId(id): PathId<kernel::Programme>,
) -> ApiResult<Answer> {
    let programme = state
        .read(&who, move |db, _| eligibility::programme(db, id))
        .await?;
    Ok(Answer::text("application/toml", programme.rubric_text))
}
