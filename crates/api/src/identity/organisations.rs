//! `/organisations`.

use actix_web::{get, patch, post, web};
use identity::{
    NewOrganisation, Organisation, OrganisationChange, OrganisationFilter, OrganisationKind,
    OrganisationPatch, OrganisationStatus,
};
use kernel::{Page, PageRequest, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use ::web::columns;

use crate::access::{
    Allowed, ChangeOrganisations, CreateOrganisations, JudgeOrganisations, ReadOrganisations,
};

use crate::{
    Answer, ApiResult, Body, Csv, IfMatch, Paging, PagingParams, Params, PathId, Problems, State,
};

/// Enters an organization that staff know; it is verified by that. A helper enters associations,
/// which the register or staff verify.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = NewOrganisation,
    responses((status = 201, body = Organisation), Problems))]
#[post("/organisations")]
pub async fn create(
    state: web::Data<State>,
    who: Allowed<CreateOrganisations>,
    body: Body<NewOrganisation>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            let organisation = identity::enter_organisation(tx, actor, &body)?;
            Ok(Answer::created(&organisation)?.version(organisation.version))
        })
        .await
}

/// Which organizations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of this kind.
    kind: Option<OrganisationKind>,
    /// In this status.
    status: Option<OrganisationStatus>,
    /// Whose name, SIRET or RNA contains this.
    q: Option<String>,
}

/// Organizations, the newest first: the city sees all, helpers those that they entered, others
/// their own.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<Organisation>), Problems))]
#[get("/organisations")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadOrganisations>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read_table(&who, csv, move |db, actor| {
            let filter = OrganisationFilter {
                kind: filter.kind,
                status: filter.status,
                q: filter.q,
                ..OrganisationFilter::seen_by(actor)
            };
            identity::organisations(db, &filter, &page)
        })
        .await?;
    if !csv {
        return Ok(Answer::ok(&page)?);
    }
    Ok(columns::organisations(page.items)?)
}

/// One organization: the city sees all, helpers those that they entered, others their own.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = kernel::OrganisationId, Path)),
    responses((status = 200, body = Organisation), Problems))]
#[get("/organisations/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadOrganisations>,
    PathId(id): PathId<kernel::Organisation>,
) -> ApiResult<Answer> {
    let organisation = state
        .read(&who, move |db, actor| {
            identity::organisation_seen_by(db, actor, id)?
                .ok_or_else(|| Refusal::not_found().into())
        })
        .await?;
    Ok(Answer::ok(&organisation)?.version(organisation.version))
}

/// Changes an organization: its own people may, staff any. What is absent or null stays. Where
/// an association changes its name or its numbers, the register is asked again, and what it does
/// not confirm waits for staff; what staff change they vouch for. What was there before stays in
/// the record, and its people are told.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = kernel::OrganisationId, Path)),
    request_body = OrganisationPatch, responses((status = 200, body = Organisation), Problems))]
#[patch("/organisations/{id}")]
pub async fn change(
    state: web::Data<State>,
    who: Allowed<ChangeOrganisations>,
    PathId(id): PathId<kernel::Organisation>,
    if_match: IfMatch,
    body: Body<OrganisationPatch>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            check_version(tx, id, if_match)?;
            let organisation = identity::change_organisation(tx, actor, id, &body)?;
            ::web::registration::renamed(tx, &organisation)?;
            Ok(Answer::ok(&organisation)?.version(organisation.version))
        })
        .await
}

/// What an organization was before each change, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationHistory {
    /// A hundred at the most.
    items: Vec<OrganisationChange>,
}

/// What an organization was before each change: the city sees all, others their own.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = kernel::OrganisationId, Path)),
    responses((status = 200, body = OrganisationHistory), Problems))]
#[get("/organisations/{id}/changes")]
pub async fn changes(
    state: web::Data<State>,
    who: Allowed<ReadOrganisations>,
    PathId(id): PathId<kernel::Organisation>,
) -> ApiResult<Answer> {
    let items = state
        .read(&who, move |db, actor| {
            identity::organisation_changes(db, actor, id)
        })
        .await?;
    Ok(Answer::ok(&OrganisationHistory { items })?)
}

/// Staff vouch for an organization, or reinstate one that was suspended.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = kernel::OrganisationId, Path)),
    responses((status = 200, body = Organisation), Problems))]
#[post("/organisations/{id}/verify")]
pub async fn verify(
    state: web::Data<State>,
    who: Allowed<JudgeOrganisations>,
    PathId(id): PathId<kernel::Organisation>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, _| {
            check_version(tx, id, if_match)?;
            let organisation = identity::verify_organisation(tx, id)?;
            Ok(Answer::ok(&organisation)?.version(organisation.version))
        })
        .await
}

/// Why an organization is suspended.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Suspension {
    /// What its people read.
    reason: String,
}

/// Staff bar an organization; its people change nothing from now on.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = kernel::OrganisationId, Path)),
    request_body = Suspension, responses((status = 200, body = Organisation), Problems))]
#[post("/organisations/{id}/suspend")]
pub async fn suspend(
    state: web::Data<State>,
    who: Allowed<JudgeOrganisations>,
    PathId(id): PathId<kernel::Organisation>,
    if_match: IfMatch,
    body: Body<Suspension>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, _| {
            check_version(tx, id, if_match)?;
            let organisation = identity::suspend(tx, id, &body.reason)?;
            Ok(Answer::ok(&organisation)?.version(organisation.version))
        })
        .await
}

fn check_version(db: &mut db::Db, id: kernel::OrganisationId, if_match: IfMatch) -> db::Result<()> {
    let organisation = identity::organisation(db, id)?.ok_or_else(Refusal::not_found)?;
    Ok(if_match.check(organisation.version)?)
}
