//! `/organisations`.

use actix_web::{get, post, web};
use identity::{
    NewOrganisation, Organisation, OrganisationFilter, OrganisationKind, OrganisationStatus,
};
use kernel::{Page, PageRequest, Refusal};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::access::{Allowed, CreateOrganisations, JudgeOrganisations, ReadOrganisations};
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
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(Filter, PagingParams),
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
    let header = [
        "id",
        "kind",
        "name",
        "siret",
        "rna",
        "status",
        "address",
        "postal_code",
        "commune",
    ];
    let rows = page.items.into_iter().map(|o| {
        [
            o.id.to_string(),
            o.kind.to_string(),
            o.name,
            o.siret.unwrap_or_default(),
            o.rna.unwrap_or_default(),
            o.status.to_string(),
            o.address,
            o.postal_code,
            o.commune,
        ]
    });
    Ok(Answer::csv(&header, rows)?)
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
