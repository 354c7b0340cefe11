//! `/donnees/catalogue.jsonld`: what open data there is.

use actix_web::{HttpRequest, HttpResponse, get, web};
use impact::open_data;

use super::sharing::for_other_sites;
use crate::{Answer, ApiResult, Problems, Published, State};

/// The catalogue of the open data, as DCAT-AP in JSON-LD, with absolute addresses.
/// `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Open data",
    responses((status = 200, body = Object, content_type = "application/ld+json"), (status = 304), Problems))]
#[get("/donnees/catalogue.jsonld")]
pub(super) async fn catalogue(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
) -> ApiResult<HttpResponse> {
    let version = async { Ok((String::new(), ())) };
    let make = async move |()| {
        let text = serde_json::to_string(&open_data::catalogue(&state.publisher))?;
        Ok(Answer::text("application/ld+json", text))
    };
    let name = "open data: catalogue".to_owned();
    let answer = published.into_inner().answer(&request, name, version, make);
    Ok(for_other_sites(answer.await?))
}
