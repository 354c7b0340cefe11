//! `/applications`: filling in, reading, submitting, withdrawing.

use std::sync::Arc;

use actix_web::{get, patch, post, web};
use eligibility::{
    Answered, Application, ApplicationFilter, ApplicationStatus, Assigned, Form, NewApplication,
    NewRequests,
};
use kernel::{Actor, ApplicationId, Page, PageRequest, PersonId, ProgrammeId};
use serde::Deserialize;
use utoipa::IntoParams;

use ::web::columns;

use crate::access::{Allowed, Apply, ReadApplications};
use crate::{
    Answer, ApiResult, Body, Csv, IfMatch, Paging, PagingParams, Params, PathId, Problems, State,
};

/// Opens an application, half-filled or empty. Staff may do so on behalf of an association,
/// which they name in `association_id`; the record says so.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = kernel::ProgrammeId, Path)),
    request_body = NewApplication, responses((status = 201, body = Application), Problems))]
#[post("/programmes/{id}/applications")]
pub async fn create(
    state: web::Data<State>,
    who: Allowed<Apply>,
    PathId(programme): PathId<kernel::Programme>,
    body: Body<NewApplication>,
) -> ApiResult<Answer> {
    let setup = Arc::clone(&state.eligibility);
    state
        .write(&who, move |tx, actor| {
            let lists = &setup.lists;
            let application = eligibility::create_application(tx, actor, lists, programme, &body)?;
            Ok(Answer::created(&application)?.version(application.version))
        })
        .await
}

/// Fills in more. What is absent or null stays as it was.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    request_body = Form, responses((status = 200, body = Application), Problems))]
#[patch("/applications/{id}")]
pub async fn update(
    state: web::Data<State>,
    who: Allowed<Apply>,
    PathId(id): PathId<kernel::Application>,
    if_match: IfMatch,
    body: Body<Form>,
) -> ApiResult<Answer> {
    let setup = Arc::clone(&state.eligibility);
    state
        .write(&who, move |tx, actor| {
            check_version(tx, actor, id, if_match)?;
            let lists = &setup.lists;
            changed(&eligibility::update_application(
                tx, actor, lists, id, &body,
            )?)
        })
        .await
}

/// Hands it in. Everything that is missing is told at once, field by field.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    responses((status = 200, body = Application), Problems))]
#[post("/applications/{id}/submit")]
pub async fn submit(
    state: web::Data<State>,
    who: Allowed<Apply>,
    PathId(id): PathId<kernel::Application>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    let setup = Arc::clone(&state.eligibility);
    state
        .write(&who, move |tx, actor| {
            check_version(tx, actor, id, if_match)?;
            changed(&eligibility::submit(tx, actor, &setup, id)?)
        })
        .await
}

/// Takes it back. Another one may be opened then.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    responses((status = 200, body = Application), Problems))]
#[post("/applications/{id}/withdraw")]
pub async fn withdraw(
    state: web::Data<State>,
    who: Allowed<Apply>,
    PathId(id): PathId<kernel::Application>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            check_version(tx, actor, id, if_match)?;
            changed(&eligibility::withdraw(tx, actor, id)?)
        })
        .await
}

/// Asks for more or less once the application is sent, until a wave that has it is closed. What
/// was asked for before stays in the record, and staff are told.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    request_body = NewRequests, responses((status = 200, body = Application), Problems))]
#[post("/applications/{id}/requests")]
pub async fn ask_otherwise(
    state: web::Data<State>,
    who: Allowed<Apply>,
    PathId(id): PathId<kernel::Application>,
    if_match: IfMatch,
    body: Body<NewRequests>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            check_version(tx, actor, id, if_match)?;
            changed(&eligibility::ask_otherwise(tx, actor, id, &body)?)
        })
        .await
}

/// Answers one thing that staff asked for, in one's own words. What names a field of the
/// form is also resolved by filling in that field again.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])),
    params(("id" = ApplicationId, Path), ("number" = usize, Path, description = "The item's number, from 1")),
    request_body = Answered, responses((status = 200, body = Application), Problems))]
#[post("/applications/{id}/changes/{number}/resolve")]
pub async fn resolve(
    state: web::Data<State>,
    who: Allowed<Apply>,
    path: web::Path<(String, String)>,
    PathId(id): PathId<kernel::Application>,
    if_match: IfMatch,
    body: Body<Answered>,
) -> ApiResult<Answer> {
    let number = path.into_inner().1.parse().unwrap_or(0); // no item has it
    state
        .write(&who, move |tx, actor| {
            check_version(tx, actor, id, if_match)?;
            changed(&eligibility::resolve_change(tx, actor, id, number, &body)?)
        })
        .await
}

/// Which applications to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of this programme.
    programme_id: Option<ProgrammeId>,
    /// In this status.
    status: Option<ApplicationStatus>,
    /// That this person of the city's staff has.
    assigned_to: Option<PersonId>,
    /// Only those whose association answered what was asked, and nobody has looked at it yet.
    answered: Option<bool>,
    /// Whose association's name or reference contains this.
    q: Option<String>,
}

/// Applications, the newest first: the city sees all, an association its own. As CSV, all
/// that the filter finds.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<Application>), Problems))]
#[get("/applications")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = state
        .read_table(&who, csv, move |db, actor| {
            let filter = ApplicationFilter {
                programme_id: filter.programme_id,
                association_id: None,
                status: filter.status,
                assigned: filter.assigned_to.map(Assigned::To),
                answered: filter.answered.unwrap_or(false),
                q: filter.q,
            };
            let page = if csv { PageRequest::everything() } else { page };
            eligibility::applications(db, actor, &filter, &page)
        })
        .await?;
    if !csv {
        return Ok(Answer::ok(&page)?);
    }
    Ok(columns::applications(&page.items)?)
}

/// One application: the city sees all, with their assessments; an association its own.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    responses((status = 200, body = Application), Problems))]
#[get("/applications/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    PathId(id): PathId<kernel::Application>,
) -> ApiResult<Answer> {
    let application = state
        .read(&who, move |db, actor| {
            eligibility::application(db, actor, id)
        })
        .await?;
    Ok(changed(&application)?)
}

pub(super) fn changed(application: &Application) -> db::Result<Answer> {
    Ok(Answer::ok(application)?.version(application.version))
}

pub(super) fn check_version(
    db: &mut db::Db,
    actor: &Actor,
    id: ApplicationId,
    if_match: IfMatch,
) -> db::Result<()> {
    let application = eligibility::application(db, actor, id)?;
    Ok(if_match.check(application.version)?)
}
