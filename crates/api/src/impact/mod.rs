//! Figures that anyone may read.

use actix_web::{get, web};
use impact::Figures;
use kernel::ProgrammeId;

use crate::Routes;
use crate::{Answer, ApiResult, PathId, Problems, State};

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
    config.service(figures);
}

/// What a programme did so far: devices by stage, lots, associations, territories. It names
/// no association and no person.
#[utoipa::path(tag = "Figures", params(("id" = ProgrammeId, Path)),
    responses((status = 200, body = Figures), Problems))]
#[get("/programmes/{id}/figures")]
pub async fn figures(
    state: web::Data<State>,
    PathId(id): PathId<kernel::Programme>,
) -> ApiResult<Answer> {
    let figures = state
        .database
        .read(move |db| impact::figures(db, id))
        .await?;
    Ok(Answer::ok(&figures)?)
}
