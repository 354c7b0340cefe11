//! Figures that anyone may read, and open data.

mod catalogue;
mod open_data;
mod places;
mod sharing;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, web};
use impact::{Counted, Figures};
use kernel::ProgrammeId;

use crate::Routes;
use crate::{Answer, ApiResult, PathId, Problems, Published, State};
pub(crate) use sharing::for_other_sites;

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
    config.service(figures);
}

/// Those outside of `/api/v1`.
pub(crate) fn open_routes(config: &mut Routes<'_, '_>) {
    open_data::routes(config);
    config
        .service(places::places)
        .service(places::services)
        .service(catalogue::catalogue);
}

/// What a programme did so far: devices by stage, lots, associations, territories. It names
/// no association and no person. Made once a change; `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Figures", params(("id" = ProgrammeId, Path)),
    responses((status = 200, body = Figures), (status = 304), Problems))]
#[get("/programmes/{id}/figures")]
pub async fn figures(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
    PathId(id): PathId<kernel::Programme>,
) -> ApiResult<HttpResponse> {
    let (published, state) = (published.into_inner(), state.into_inner());
    let database = Arc::clone(&state.database);
    let version = async move {
        let counted = database.read(move |db| impact::counted(db, id)).await?;
        Ok((format!("{counted:?}"), counted))
    };
    let make = async move |counted: Counted| Answer::ok(&state.figures_of(counted).await?);
    let name = format!("figures of {id}");
    Ok(published.answer(&request, name, version, make).await?)
}
