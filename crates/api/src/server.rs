//! The server: middleware, routes, limits.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{App, HttpServer, web};
use tracing_actix_web::TracingLogger;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::SwaggerUi;

use crate::extract::UPLOAD_LIMIT;
use crate::state::State;
use crate::system::Metrics;
use crate::trace::RequestSpan;
use crate::{access, eligibility, idempotency, identity, problem, system};

/// How the server runs.
#[derive(Debug, Clone, Copy)]
pub struct ServerSettings {
    /// Threads that answer; 0 for one a processor.
    pub workers: usize,
    /// Seconds that SIGTERM leaves to what is under way.
    pub shutdown_seconds: u64,
}

/// Every operation, with its place in the OpenAPI document.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(utoipa_actix_web::scope("/api/v1").configure(
        |config: &mut ServiceConfig<'_>| {
            identity::routes(config);
            eligibility::routes(config);
            crate::intake::routes(config);
            crate::workshop::routes(config);
            crate::allocation::routes(config);
            crate::handover::routes(config);
            crate::impact::routes(config);
            crate::notifications::routes(config);
        },
    ));
    system::routes(config);
}

/// Starts answering on the listener. The server stops on SIGTERM or SIGINT, when what is
/// under way is answered.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(
    state: State,
    listener: TcpListener,
    settings: ServerSettings,
) -> std::io::Result<Server> {
    let document = crate::openapi::document();
    let metrics = web::Data::new(Metrics::default());
    let throttle = web::Data::new(identity::Throttle::default());
    let state = web::Data::new(state);
    let mut server = HttpServer::new(move || {
        let (app, _) = App::new()
            .into_utoipa_app()
            .configure(routes)
            .split_for_parts();
        app.app_data(state.clone())
            .app_data(metrics.clone())
            .app_data(throttle.clone())
            .app_data(web::PayloadConfig::new(UPLOAD_LIMIT))
            .route("/api/docs", web::get().to(system::to_docs))
            .configure(crate::intake::pages)
            .configure(identity::pages)
            .service(SwaggerUi::new("/api/docs/{_:.*}").url("/api/openapi.json", document.clone()))
            .default_service(web::to(system::nothing_here))
            .wrap(from_fn(idempotency::note_key))
            .wrap(from_fn(access::authenticate))
            .wrap(from_fn(problem::render))
            .wrap(from_fn(system::count))
            .wrap(
                DefaultHeaders::new()
                    .add(("X-Content-Type-Options", "nosniff"))
                    .add(("X-Frame-Options", "DENY"))
                    .add(("Referrer-Policy", "no-referrer"))
                    .add(("Cache-Control", "no-store")),
            )
            .wrap(TracingLogger::<RequestSpan>::new())
    })
    .client_request_timeout(Duration::from_secs(15))
    .keep_alive(Duration::from_secs(75))
    .shutdown_timeout(settings.shutdown_seconds);
    if settings.workers > 0 {
        server = server.workers(settings.workers);
    }
    Ok(server.listen(listener)?.run())
}
