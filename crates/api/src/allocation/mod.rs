//! Allocation: waves, their plan, their decision.

mod conventions;
mod decisions;
mod explanations;
mod lines;
mod pins;
mod plans;
mod waves;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
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
