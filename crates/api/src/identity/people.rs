//! `/organisations/{id}/people`.

use actix_web::{delete, get, post, web};
use identity::{Invited, Member, NewColleague};
use kernel::{OrganisationId, Page, PersonId, Refusal};

use crate::access::{Allowed, ManageColleagues, ReadColleagues};
use crate::{Answer, ApiResult, Body, PathId, Problems, State};

/// Who acts for an organization: the city sees all, others their own.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = OrganisationId, Path)),
    responses((status = 200, body = Page<Member>), Problems))]
#[get("/organisations/{id}/people")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadColleagues>,
    PathId(id): PathId<kernel::Organisation>,
) -> ApiResult<Answer> {
    let items = state
        .read(&who, move |db, actor| identity::members(db, actor, id))
        .await?;
    Ok(Answer::ok(&Page { items, next: None })?)
}

/// Invites a colleague into one's own organization; staff into any but the city.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = OrganisationId, Path)),
    request_body = NewColleague, responses((status = 201, body = Invited), Problems))]
#[post("/organisations/{id}/people")]
pub async fn invite(
    state: web::Data<State>,
    who: Allowed<ManageColleagues>,
    PathId(id): PathId<kernel::Organisation>,
    body: Body<NewColleague>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::created(&identity::invite_colleague(tx, actor, id, &body)?)
        })
        .await
}

/// Someone leaves, or is taken off. What they did stays; somebody else has to be there.
#[utoipa::path(tag = "Identity", security(("bearer" = [])),
    params(("id" = OrganisationId, Path), ("person_id" = PersonId, Path)),
    responses((status = 204), Problems))]
#[delete("/organisations/{id}/people/{person_id}")]
pub async fn remove(
    state: web::Data<State>,
    who: Allowed<ManageColleagues>,
    path: web::Path<(String, String)>,
    PathId(id): PathId<kernel::Organisation>,
) -> ApiResult<Answer> {
    let person: PersonId = path
        .into_inner()
        .1
        .parse()
        .map_err(|_| Refusal::not_found())?;
    state
        .write(&who, move |tx, actor| {
            identity::remove_member(tx, actor, id, person)?;
            Ok(Answer::no_content())
        })
        .await
}
