//! What the server is told to serve for programs: the operations and their documentation.

use actix_web::web;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::system::{self, Readiness};
use crate::{Routes, operations};

/// Where the OpenAPI document is.
const DOCUMENT: &str = "/api/openapi.json";

/// The door for programs, as `web::serve` opens it.
#[derive(Debug, Clone, Default)]
pub struct Door {
    readiness: web::Data<Readiness>,
}

impl Door {
    /// Registers everything.
    pub fn open(&self, config: &mut web::ServiceConfig) {
        config
            .configure(serve)
            .app_data(self.readiness.clone())
            .route("/api/docs", web::get().to(system::to_docs))
            .route(DOCUMENT, web::get().to(system::document))
            .service(SwaggerUi::new("/api/docs/{_:.*}").config(Config::from(DOCUMENT)));
    }
}

/// Every operation.
fn serve(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/api/v1")
            .configure(|config| operations::of_api(&mut Routes::Serve(config)))
            .default_service(web::to(system::nothing_here)),
    );
    operations::open(&mut Routes::Serve(config));
}
