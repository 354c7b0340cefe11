//! Open data: files for everybody and for machines, each made once a change. Pages of other sites may
//! read them.

use std::sync::Arc;

use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, web};
use impact::open_data;

use crate::{Answer, ApiResult, Problems, Published, Routes, State};

/// The operations.
pub(super) fn routes(config: &mut Routes<'_, '_>) {
    config.service(awards);
}

/// Lets pages of other sites read an answer that anyone may have.
pub(crate) fn for_other_sites(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    response
}

/// Writes a table aside: it may have tens of thousands of rows.
async fn written(work: impl FnOnce() -> db::Result<Answer> + Send + 'static) -> db::Result<Answer> {
    web::block(work).await.map_err(db::Error::internal)?
}

/// The awards, as the national schema *subventions* 2.1.1 (SCDL) wants them: one row for what a
/// decision gives an application. Made once a change; `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Open data",
    responses((status = 200, body = String, content_type = "text/csv"), (status = 304), Problems))]
#[get("/donnees/attributions.csv")]
async fn awards(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
) -> ApiResult<HttpResponse> {
    let (published, state) = (published.into_inner(), state.into_inner());
    let database = Arc::clone(&state.database);
    let version = async move {
        let versions = database.read(open_data::versions).await?;
        Ok((format!("{versions:?}"), versions))
    };
    let make = async move |programmes| {
        let mut parts = Vec::new();
        for programme in programmes {
            parts.push((state.awards(&programme).await?, programme));
        }
        let publisher = Arc::clone(&state.publisher);
        written(move || {
            let rows = parts.iter().flat_map(|(awards, programme)| {
                let cells = |award| open_data::award_cells(award, &publisher, &programme.name);
                awards.iter().map(cells)
            });
            Answer::csv(&open_data::AWARD_COLUMNS, rows)
        })
        .await
    };
    let name = "open data: awards".to_owned();
    let answer = published.answer(&request, name, version, make).await?;
    Ok(for_other_sites(answer))
}
