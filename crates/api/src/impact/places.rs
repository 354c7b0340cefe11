//! `/donnees/lieux.csv` and `/donnees/services.json`: equipped places that agreed, and programmes that
//! take applications.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, web};
use impact::open_data;

use super::sharing::for_other_sites;
use crate::{Answer, ApiResult, Problems, Published, State};

/// The equipped places that agreed to be listed, as the national standard of *lieux de médiation
/// numérique* wants them. Made once a change; `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Open data",
    responses((status = 200, body = String, content_type = "text/csv"), (status = 304), Problems))]
#[get("/donnees/lieux.csv")]
pub(super) async fn places(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
) -> ApiResult<HttpResponse> {
    let state = state.into_inner();
    let database = Arc::clone(&state.database);
    let version = async move {
        let version = database.read(open_data::places_version).await?;
        Ok((version.to_string(), ()))
    };
    let make = async move |()| {
        let places = state.database.read_long(None, open_data::places).await?;
        let cells = |place| open_data::place_cells(place, &state.publisher);
        Answer::csv(
            &open_data::PLACE_COLUMNS,
            places.into_iter().filter_map(cells),
        )
    };
    let name = "open data: places".to_owned();
    let answer = published.into_inner().answer(&request, name, version, make);
    Ok(for_other_sites(answer.await?))
}

/// The programmes that are open or will be, as services of *data·inclusion* v1. Made once a change;
/// `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Open data", responses((status = 200, body = Vec<Object>), (status = 304), Problems))]
#[get("/donnees/services.json")]
pub(super) async fn services(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
) -> ApiResult<HttpResponse> {
    let state = state.into_inner();
    let database = Arc::clone(&state.database);
    let version = async move {
        let now = database.now();
        let open = database.read(move |db| eligibility::open_programmes(db, now));
        let open = open.await?;
        let versions: Vec<_> = open.iter().map(|it| (it.id, it.version)).collect();
        Ok((format!("{versions:?}"), open))
    };
    let make = async move |open: Vec<eligibility::Programme>| {
        Answer::ok(&open_data::services(&open, &state.publisher))
    };
    let name = "open data: services".to_owned();
    let answer = published.into_inner().answer(&request, name, version, make);
    Ok(for_other_sites(answer.await?))
}
