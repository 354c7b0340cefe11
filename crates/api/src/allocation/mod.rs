//! Allocation: waves, their plan, their decision.

mod conventions;
mod decisions;
mod explanations;
mod lines;
mod pins;
mod plans;
mod waves;

use actix_web::dev::Payload;
use actix_web::http::header::LOCATION;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use kernel::{ApplicationId, Refusal};

use crate::{ApiError, Routes};

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
    config
        .service(waves::create)
        .service(waves::list_of_programme)
        .service(waves::list)
        .service(waves::get)
        .service(waves::change)
        .service(lines::waiting_list)
        .service(lines::awards)
        .service(conventions::put)
        .service(plans::propose)
        .service(plans::simulate)
        .service(lines::list)
        .service(lines::devices)
        .service(pins::put)
        .service(pins::remove)
        .service(explanations::get)
        .service(explanations::notice)
        .service(explanations::file)
        .service(decisions::submit)
        .service(decisions::approve)
        .service(decisions::reject)
        .service(decisions::cancel);
}

/// Leads people to the page of what they asked for, in the language that the address names.
fn to_page(request: &HttpRequest, path: &str) -> HttpResponse {
    let lang = request
        .query_string()
        .split('&')
        .find(|pair| ["lang=fr", "lang=en"].contains(pair));
    let location = match lang {
        Some(lang) => format!("{path}?{lang}"),
        None => path.to_owned(),
    };
    HttpResponse::SeeOther()
        .insert_header((LOCATION, location))
        .finish()
}

/// The application in a path below a wave. What is not an id names nothing: 404.
#[derive(Debug)]
pub struct PathApplication(pub ApplicationId);

impl FromRequest for PathApplication {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request
            .match_info()
            .get("application_id")
            .and_then(|text| text.parse().ok())
            .map(Self)
            .ok_or_else(|| ApiError::from(Refusal::not_found()));
        std::future::ready(id)
    }
}
