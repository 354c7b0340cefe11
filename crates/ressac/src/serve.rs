//! `serve`, `worker` and `migrate`.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::rt::System;
use api::{ServerSettings, State};
use db::Database;
use eligibility::Setup;
use identity::token::Signer256;
use kernel::SystemClock;
use notifications::Mailer;
use tokio::sync::oneshot;

use crate::jobs;
use crate::secret;
use crate::settings::Settings;

/// Opens the database; migrations that are missing are applied.
///
/// # Errors
/// A line for the operator.
pub fn open(settings: &Settings) -> Result<Arc<Database>, String> {
    Database::open(settings.database(), Arc::new(SystemClock))
        .map(Arc::new)
        .map_err(|cause| cause.to_string())
}

/// Brings the schema up to date.
///
/// # Errors
/// A line for the operator.
pub fn migrate(settings: &Settings) -> Result<(), String> {
    open(settings)?;
    println!("the schema is up to date");
    Ok(())
}

/// Takes the address. Without a port of one's own, 0 takes a free one.
///
/// # Errors
/// A line for the operator, when the port is taken.
pub fn listen(address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|cause| format!("cannot listen on {address}: {cause}"))
}

/// Serves until SIGTERM or SIGINT, with a worker that sends mail.
///
/// # Errors
/// A line for the operator.
pub fn serve(settings: &Settings, address: Option<&str>) -> Result<(), String> {
    let listener = listen(address.unwrap_or(&settings.server.listen))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    run_server(settings, open(settings)?, listener, move || {
        println!("ressac listens on http://{address}");
    })
}

/// Serves on a listener, and says so with `ready` once requests are answered.
///
/// # Errors
/// A line for the operator.
pub fn run_server(
    settings: &Settings,
    database: Arc<Database>,
    listener: TcpListener,
    ready: impl FnOnce(),
) -> Result<(), String> {
    let state = State {
        database: Arc::clone(&database),
        signer: Signer256::new(&secret::load(&settings.auth)?)?,
        eligibility: Arc::new(Setup::load(&settings.eligibility)?),
    };
    let documents = state.eligibility.documents.clone();
    let mailer = Mailer::new(&settings.mail)?;
    let server_settings = ServerSettings {
        workers: settings.server.workers,
        shutdown_seconds: settings.server.shutdown_seconds,
    };
    System::new().block_on(async move {
        let server = api::serve(state, listener, server_settings).map_err(|e| e.to_string())?;
        let (stop, stopped) = oneshot::channel::<()>();
        let jobs = actix_web::rt::spawn(jobs::run(Arc::clone(&database), documents));
        let worker = actix_web::rt::spawn(notifications::run_worker(database, mailer, async {
            let _ = stopped.await;
        }));
        ready();
        let outcome = server.await.map_err(|cause| cause.to_string());
        jobs.abort();
        let _ = stop.send(());
        let _ = worker.await;
        outcome
    })
}

/// Sends mail until SIGTERM or SIGINT.
///
/// # Errors
/// A line for the operator.
pub fn work(settings: &Settings) -> Result<(), String> {
    let database = open(settings)?;
    let mailer = Mailer::new(&settings.mail)?;
    let documents = Setup::load(&settings.eligibility)?.documents;
    println!("ressac sends mail");
    System::new().block_on(async move {
        let jobs = actix_web::rt::spawn(jobs::run(Arc::clone(&database), documents));
        notifications::run_worker(database, mailer, stop_signal()).await;
        jobs.abort();
        Ok(())
    })
}

async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
