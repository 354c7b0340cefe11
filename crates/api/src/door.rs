//! What the server is told to serve for programs: the operations and their documentation.

use actix_web::web;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::routes;
use crate::system::{self, Readiness};

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
            .configure(routes::serve)
            .app_data(self.readiness.clone())
            .route("/api/docs", web::get().to(system::to_docs))
            .route(DOCUMENT, web::get().to(system::document))
            .service(SwaggerUi::new("/api/docs/{_:.*}").config(Config::from(DOCUMENT)));
    }
}
