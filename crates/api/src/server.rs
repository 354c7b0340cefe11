//! The server: middleware, routes, limits.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, HttpServer, web};
use tracing_actix_web::TracingLogger;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::extract::UPLOAD_LIMIT;
use crate::intake::ManifestLimit;
use crate::pace::Patience;
use crate::state::State;
use crate::system::{Metrics, Readiness};
use crate::trace::RequestSpan;
use crate::{access, idempotency, identity, pace, problem, routes, security, system};

/// Where the OpenAPI document is.
const DOCUMENT: &str = "/api/openapi.json";

/// How the server runs.
#[derive(Debug, Clone, Copy)]
pub struct ServerSettings {
    /// Threads that answer; 0 for one a processor.
    pub workers: usize,
    /// Seconds for the head of a request; a body gets as many, and more as it comes.
    pub client_seconds: u64,
    /// Seconds that SIGTERM leaves to what is under way.
    pub shutdown_seconds: u64,
    /// Bytes of a donor's list at the most.
    pub manifest_bytes: u64,
}

/// Starts answering on the listener, until the server's handle stops it.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(
    state: State,
    listener: TcpListener,
    settings: ServerSettings,
) -> std::io::Result<Server> {
    let metrics = web::Data::new(Metrics::new().map_err(std::io::Error::other)?);
    let readiness = web::Data::new(Readiness::default());
    let patience = Duration::from_secs(settings.client_seconds);
    let body_patience = web::Data::new(Patience(patience));
    let manifest_limit = web::Data::new(ManifestLimit(settings.manifest_bytes));
    let security = std::sync::Arc::clone(&state.security);
    let state = web::Data::new(state);
    let mut server = HttpServer::new(move || {
        App::new()
            .configure(routes::serve)
            .app_data(state.clone())
            .app_data(metrics.clone())
            .app_data(readiness.clone())
            .app_data(body_patience.clone())
            .app_data(manifest_limit.clone())
            .app_data(web::PayloadConfig::new(UPLOAD_LIMIT))
            .route("/api/docs", web::get().to(system::to_docs))
            .route(DOCUMENT, web::get().to(system::document))
            .configure(crate::intake::pages)
            .configure(identity::pages)
            .configure(crate::notifications::pages)
            .service(SwaggerUi::new("/api/docs/{_:.*}").config(Config::from(DOCUMENT)))
            .default_service(web::to(system::nothing_here))
            .wrap(from_fn(idempotency::note_key))
            .wrap(from_fn(access::authenticate))
            .wrap(from_fn(pace::keep))
            .wrap(from_fn(problem::render))
            .wrap(from_fn(system::count))
            .wrap(Condition::new(
                !security.cors_origins.is_empty(),
                security::cors(&security),
            ))
            .wrap(from_fn(security::headers))
            .wrap(TracingLogger::<RequestSpan>::new())
    })
    .client_request_timeout(patience)
    .keep_alive(Duration::from_secs(75))
    .disable_signals()
    .shutdown_timeout(settings.shutdown_seconds);
    if settings.workers > 0 {
        server = server.workers(settings.workers);
    }
    Ok(server.listen(listener)?.run())
}
