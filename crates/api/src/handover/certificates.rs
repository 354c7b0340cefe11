//! `/batches/{id}/erasure-certificate`.

use actix_web::{get, web};
use kernel::BatchId;

use crate::access::{Allowed, ReadBatches};
use crate::{Answer, ApiResult, PathId, Problems, State};

/// The certificate of erasure of a batch: for every drive what was done, by what and when, as a
/// page in French and English. There is none before every device that came has its proof.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = BatchId, Path)),
    responses((status = 200, body = String, content_type = "text/html"), Problems))]
#[get("/batches/{id}/erasure-certificate")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> ApiResult<Answer> {
    let page = state
        .read(&who, move |db, actor| handover::certificate(db, actor, id))
        .await?;
    Ok(Answer::text("text/html; charset=utf-8", page))
}
