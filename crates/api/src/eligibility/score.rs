//! `GET /applications/{id}/score`.

use actix_web::{get, web};
use eligibility::ScoreView;
use kernel::ApplicationId;

use crate::access::{Allowed, ReadApplications};
use crate::{Answer, ApiResult, PathId, Problems, State};

/// The score with everything that explains it: as it was decided, or for staff before that,
/// as it would be now.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    responses((status = 200, body = ScoreView), Problems))]
#[get("/applications/{id}/score")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    PathId(id): PathId<kernel::Application>,
) -> ApiResult<Answer> {
    let now = state.database.now();
    let score = state
        .read(&who, move |db, actor| {
            eligibility::score(db, actor, id, now)
        })
        .await?;
    Ok(Answer::ok(&score)?)
}
