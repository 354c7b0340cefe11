//! `/me/views`: lists as somebody narrowed them, kept under a name.

use actix_web::{delete, get, post, web};
use identity::{NewSavedView, SavedView};
use kernel::SavedViewId;

use crate::access::{Allowed, ManageAccount, UseAccount};
use crate::{Answer, ApiResult, Body, PathId, Problems, State};

/// One's own views, and those that colleagues share, by name.
#[utoipa::path(tag = "Identity", operation_id = "list_saved_views", security(("bearer" = [])),
    responses((status = 200, body = Vec<SavedView>), Problems))]
#[get("/me/views")]
pub async fn list(state: web::Data<State>, who: Allowed<UseAccount>) -> ApiResult<Answer> {
    let views = state.read(&who, identity::saved_views).await?;
    Ok(Answer::ok(&views)?)
}

/// Keeps a list as it is narrowed: the address of its page. Somebody keeps 50 at the most.
#[utoipa::path(tag = "Identity", operation_id = "save_view", security(("bearer" = [])),
    request_body = NewSavedView, responses((status = 201, body = SavedView), Problems))]
#[post("/me/views")]
pub async fn save(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    body: Body<NewSavedView>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::created(&identity::save_view(tx, actor, &body)?)
        })
        .await
}

/// Takes one of one's own views away.
#[utoipa::path(tag = "Identity", operation_id = "remove_view", security(("bearer" = [])),
    params(("id" = SavedViewId, Path)), responses((status = 204), Problems))]
#[delete("/me/views/{id}")]
pub async fn remove(
    state: web::Data<State>,
    who: Allowed<ManageAccount>,
    PathId(id): PathId<kernel::SavedView>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            identity::remove_view(tx, actor, id)?;
            Ok(Answer::no_content())
        })
        .await
}
