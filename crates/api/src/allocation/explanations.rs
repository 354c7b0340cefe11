//! `/waves/{id}/lines/{application_id}/explanation`, `/waves/{id}/notice`, `/waves/{id}/file`:
//! why, for those concerned and for everyone.

use actix_web::{get, web};
use allocation::explain::{Explanation, Notice};
use kernel::{ApplicationId, WaveId};

use super::PathApplication;
use crate::access::{Allowed, ReadWaveLines};
use crate::{Answer, ApiResult, PathId, Problems, State};

/// Why an application has what it has, in numbers and in sentences: for staff from the plan
/// on, for the association once the wave is approved.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])),
    params(("id" = WaveId, Path), ("application_id" = ApplicationId, Path)),
    responses((status = 200, body = Explanation), Problems))]
#[get("/waves/{id}/lines/{application_id}/explanation")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadWaveLines>,
    PathId(id): PathId<kernel::Wave>,
    PathApplication(application): PathApplication,
) -> ApiResult<Answer> {
    let now = state.database.now();
    let explanation = state
        .read(&who, move |db, actor| {
            allocation::explanation(db, actor, id, application, now)
        })
        .await?;
    Ok(Answer::ok(&explanation)?)
}

/// The public notice on the algorithm of a wave; with figures once the wave is approved. It
/// names no association and no person.
#[utoipa::path(tag = "Allocation", params(("id" = WaveId, Path)),
    responses((status = 200, body = Notice), Problems))]
#[get("/waves/{id}/notice")]
pub async fn notice(
    state: web::Data<State>,
    PathId(id): PathId<kernel::Wave>,
) -> ApiResult<Answer> {
    let notice = state
        .database
        .read(move |db| allocation::notice(db, id))
        .await?;
    Ok(Answer::ok(&notice)?)
}

/// The inputs and the result of an approved wave, as `ressac plan` reads them: with this
/// file anyone can compute the wave again.
#[utoipa::path(tag = "Allocation", params(("id" = WaveId, Path)),
    responses((status = 200, body = Object), Problems))]
#[get("/waves/{id}/file")]
pub async fn file(state: web::Data<State>, PathId(id): PathId<kernel::Wave>) -> ApiResult<Answer> {
    let file = state
        .database
        .read(move |db| allocation::published(db, id))
        .await?;
    Ok(Answer::ok(&file)?)
}
