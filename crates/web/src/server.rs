//! The server: middleware and limits around the doors that it opens.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, HttpServer, web};
use kernel::Code;
use tracing_actix_web::TracingLogger;

use crate::answer::Answer;
use crate::extract::UPLOAD_LIMIT;
use crate::metrics::Metrics;
use crate::pace::Patience;
use crate::problem::ApiResult;
use crate::published::Published;
use crate::state::State;
use crate::trace::RequestSpan;
use crate::{authentication, idempotency, metrics, pace, rendering, security};

/// How large an uploaded list may be.
#[derive(Debug, Clone, Copy)]
pub struct ManifestLimit {
    /// Its bytes.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
}

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
    /// Rows of such a list at the most.
    pub manifest_rows: u64,
}

/// Starts answering on the listener, until the server's handle stops it. `doors` registers what
/// is served, once for each worker.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve<F>(
    state: State,
    listener: TcpListener,
    settings: ServerSettings,
    doors: F,
) -> std::io::Result<Server>
where
    F: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let figures = web::Data::new(Metrics::new().map_err(std::io::Error::other)?);
    let published = web::Data::new(Published::default());
    let patience = Duration::from_secs(settings.client_seconds);
    let body_patience = web::Data::new(Patience(patience));
    let manifest_limit = web::Data::new(ManifestLimit {
        bytes: settings.manifest_bytes,
        rows: settings.manifest_rows,
    });
    let security = std::sync::Arc::clone(&state.security);
    let state = web::Data::new(state);
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(figures.clone())
            .app_data(published.clone())
            .app_data(body_patience.clone())
            .app_data(manifest_limit.clone())
            .app_data(web::PayloadConfig::new(UPLOAD_LIMIT))
            .default_service(web::to(nothing_here))
            .configure(|config| doors(config))
            .wrap(from_fn(idempotency::note_key))
            .wrap(from_fn(authentication::authenticate))
            .wrap(from_fn(pace::keep))
            .wrap(from_fn(rendering::render))
            .wrap(from_fn(metrics::count))
            .wrap(Condition::new(
                !security.cors_origins.is_empty(),
                security::cors(&security),
            ))
            .wrap(from_fn(security::headers))
            .wrap(TracingLogger::<RequestSpan>::new())
    })
    .client_request_timeout(patience)
    // what a client asked for that has gone is not worked on any longer
    .h1_allow_half_closed(false)
    .keep_alive(Duration::from_secs(75))
    .disable_signals()
    .shutdown_timeout(settings.shutdown_seconds);
    if settings.workers > 0 {
        server = server.workers(settings.workers);
    }
    Ok(server.listen(listener)?.run())
}

async fn nothing_here() -> ApiResult<Answer> {
    Err(Code::NotFound.into())
}
