//! `PUT` and `DELETE /batches/{id}/follow-link`: a link by which anybody follows a donation.

use actix_web::{delete, put, web};
use intake::FollowLink;

use crate::access::{Allowed, RegisterBatches};
use crate::{Answer, ApiResult, PathId, Problems, State};

/// Makes a link (`/suivi/{token}`) by which anybody follows the donation without an account: how
/// far it has come, in dates and counts, without anybody's name or telephone. The token is shown
/// this once; a link that was made before opens nothing any more.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    responses((status = 200, body = FollowLink), Problems))]
#[put("/batches/{id}/follow-link")]
pub async fn make(
    state: web::Data<State>,
    who: Allowed<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> ApiResult<Answer> {
    // nothing of a secret is kept for a repeat
    state
        .write(&who.without_repeat(), move |tx, actor| {
            Answer::ok(&intake::make_follow_link(tx, actor, id)?)
        })
        .await
}

/// Takes the link back: it opens nothing any more.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    responses((status = 204), Problems))]
#[delete("/batches/{id}/follow-link")]
pub async fn revoke(
    state: web::Data<State>,
    who: Allowed<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            intake::revoke_follow_link(tx, actor, id)?;
            Ok(Answer::no_content())
        })
        .await
}
