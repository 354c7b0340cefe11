//! Where operations are put: every worker of the server needs them, the OpenAPI document once.
//! To describe them takes ten times the memory of serving them.

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::service_config::ServiceConfig;

/// Takes in operations.
pub enum Routes<'a, 'b> {
    /// To be served.
    Serve(&'a mut web::ServiceConfig),
    /// To be described.
    Describe(&'a mut ServiceConfig<'b>),
}

impl Routes<'_, '_> {
    /// Takes in one operation.
    pub fn service<F>(&mut self, operation: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static,
    {
        match self {
            Self::Serve(config) => {
                config.service(operation);
            }
            Self::Describe(config) => {
                config.service(operation);
            }
        }
        self
    }
}
