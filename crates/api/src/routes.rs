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

/// Every operation, to be served.
pub(crate) fn serve(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/api/v1")
            .configure(|config| api(&mut Routes::Serve(config)))
            .default_service(web::to(crate::system::nothing_here)),
    );
    crate::system::routes(&mut Routes::Serve(config));
    crate::impact::open_routes(&mut Routes::Serve(config));
    crate::handover::open_routes(&mut Routes::Serve(config));
}

/// Every operation, with its place in the OpenAPI document.
pub(crate) fn describe(config: &mut ServiceConfig<'_>) {
    let scope = utoipa_actix_web::scope("/api/v1");
    config.service(
        scope.configure(|config: &mut ServiceConfig<'_>| api(&mut Routes::Describe(config))),
    );
    crate::system::routes(&mut Routes::Describe(config));
    crate::impact::open_routes(&mut Routes::Describe(config));
    crate::handover::open_routes(&mut Routes::Describe(config));
}

/// The router looks through them in this order: what scanners ask all day long comes first.
fn api(routes: &mut Routes<'_, '_>) {
    crate::workshop::routes(routes);
    crate::identity::routes(routes);
    crate::eligibility::routes(routes);
    crate::intake::routes(routes);
    crate::allocation::routes(routes);
    crate::handover::routes(routes);
    crate::impact::routes(routes);
    crate::notifications::routes(routes);
}
