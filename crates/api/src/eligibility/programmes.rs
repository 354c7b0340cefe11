//! `/programmes`.

use std::sync::Arc;

use actix_web::{get, patch, post, web};
use eligibility::{NewProgramme, Programme, ProgrammeChange};
use kernel::{Page, PageRequest};

use ::web::columns;

use crate::access::{Allowed, ManageProgrammes, ReadProgrammes};
use crate::{Answer, ApiResult, Body, Csv, IfMatch, Paging, PagingParams, PathId, Problems, State};

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

/// Programmes, the newest first. As CSV, all of them.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(PagingParams),
    responses((status = 200, body = Page<Programme>), Problems))]
#[get("/programmes")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadProgrammes>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read_table(&who, csv, move |db, _| eligibility::programmes(db, &page))
        .await?;
    match csv {
        true => Ok(columns::programmes(page.items)?),
        false => Ok(Answer::ok(&page)?),
    }
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
