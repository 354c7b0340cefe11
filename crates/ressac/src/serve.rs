//! `serve`, `worker` and `migrate`.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use console::ConsoleSettings;
use db::Database;
use eligibility::Setup;
use identity::token::Signer256;
use notifications::{Caller, Mailer, Templates};
use tokio::sync::watch;
use web::{Publisher, SecurityContact, SecuritySettings, ServerSettings, State, StateSettings};

use crate::check;
use crate::jobs::{self, Orders};
use crate::open::{open, open_to_serve};
use crate::place;
use crate::secret;
use crate::settings::Settings;

/// Brings the schema up to date.
///
/// # Errors
/// A line for the operator.
pub fn migrate(settings: &Settings) -> Result<(), String> {
    place::check(&settings.database.url)?;
    open(settings)?;
    say!("the schema is up to date")
}

/// Takes the address. Without a port of one's own, 0 takes a free one.
///
/// # Errors
/// A line for the operator, when the port is taken.
pub fn listen(address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|cause| {
        format!("cannot listen on {address}: {cause}; `--listen` takes another address")
    })
}

/// The folder of files can be written to, and is there when rows refer to files: a disk that
/// was not mounted is told at the start, not by the first who looks for a document.
async fn check_files(settings: &Settings, database: &Database) -> Result<(), String> {
    let folder = &settings.files.folder;
    let at_fault =
        |cause: &dyn std::fmt::Display| format!("files.folder {}: {cause}", folder.display());
    if !folder.exists() {
        let referred = database.read(check::refers_to_files).await;
        if referred.map_err(|cause| cause.to_string())? {
            return Err(at_fault(
                &"is not there, but rows refer to files: mount or restore it",
            ));
        }
        std::fs::create_dir_all(folder).map_err(|cause| at_fault(&cause))?;
    }
    let trial = folder.join(format!("{}.trial", std::process::id()));
    std::fs::write(&trial, b"")
        .and_then(|()| std::fs::remove_file(&trial))
        .map_err(|cause| at_fault(&format!("cannot be written to: {cause}")))
}

/// Serves until SIGTERM or SIGINT, with a worker that sends mail.
///
/// # Errors
/// A line for the operator.
pub fn serve(settings: &Settings, address: Option<&str>) -> Result<(), String> {
    let listener = listen(address.unwrap_or(&settings.server.listen))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let mut settings = settings.clone();
    settings.listens_at(address);
    run_server(&settings, open_to_serve(&settings)?, listener, move || {
        let _ = say!("ressac listens on http://{address}"); // whoever does not listen is served all the same
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
    let signer = Signer256::new(&secret::load(&settings.auth)?)?.lasting(settings.auth.session);
    let vault = secret::vault(&settings.auth, &database)?;
    let state = State::new(
        Arc::clone(&database),
        (signer, vault),
        &state_settings(settings)?,
    )?;
    let files = state.files.clone();
    let patience = Duration::from_secs(settings.server.shutdown_seconds);
    let post = Post::new(settings, Arc::clone(&state.templates))?;
    let orders = Orders::new(settings, settings.eligibility.delays)?;
    let server_settings = ServerSettings {
        workers: settings.server.workers,
        client_seconds: settings.server.client_seconds,
        shutdown_seconds: settings.server.shutdown_seconds,
        manifest_bytes: settings.intake.manifest_megabytes << 20,
        manifest_rows: settings.intake.manifest_rows,
    };
    let api = api::Door::default();
    let console = console::Door::new(console_settings(settings))?;
    let settings = settings.clone();
    System::new().block_on(async move {
        check_files(&settings, &database).await?;
        if let Some(advice) = database.advice().await.map_err(|e| e.to_string())? {
            tracing::warn!("{advice}");
        }
        let doors = move |config: &mut actix_web::web::ServiceConfig| {
            api.open(config);
            console.open(config);
        };
        let server = web::serve(state, listener, server_settings, doors);
        let server = server.map_err(|e| e.to_string())?;
        let handle = server.handle();
        let (stop, stopped) = watch::channel(false);
        let last = Arc::clone(&database);
        let jobs = jobs::run(Arc::clone(&database), files, orders.clone());
        let jobs = actix_web::rt::spawn(db::named("jobs".into(), jobs));
        let post = actix_web::rt::spawn(db::named("messages".into(), post.run(database, stopped)));
        let signals = Signals::listen().map_err(|cause| cause.to_string())?;
        let end = actix_web::rt::spawn(end(handle, signals, patience));
        ready();
        let outcome = server.await.map_err(|cause| cause.to_string());
        jobs.abort();
        orders.anchor.drop(&last).await;
        let _ = stop.send(true);
        let _ = post.await;
        end.abort();
        outcome
    })
}

fn state_settings(settings: &Settings) -> Result<StateSettings, String> {
    Ok(StateSettings {
        passwords: settings.auth.password.clone(),
        security: SecuritySettings {
            second_factor: settings.auth.second_factor,
            registrations_per_hour: settings.auth.registrations_per_hour,
            trusted_proxies: settings.server.trusted_proxies.clone(),
            cors_origins: settings.server.cors_origins.clone(),
            hsts_seconds: settings.server.hsts_seconds,
            contact: SecurityContact::new(
                &settings.city.security_contact,
                &settings.city.security_expires,
            )?,
        },
        eligibility: settings.eligibility.clone(),
        files: settings.files.clone(),
        labels: settings.labels.own.clone(),
        mail: settings.mail.clone(),
        webhooks: settings.webhooks.clone(),
        publisher: Publisher::new(
            &settings.city.name,
            &settings.city.siret,
            &settings.mail.base_url,
            &settings.mail.contact,
        )?,
    })
}

fn console_settings(settings: &Settings) -> ConsoleSettings {
    ConsoleSettings {
        city: settings.city.name.clone(),
        contact: settings.mail.contact.clone(),
        base_url: settings.mail.base_url.clone(),
        templates: settings.console.templates.clone(),
        accent: settings.console.accent.clone(),
        accent_dark: settings.console.accent_dark.clone(),
        logo: settings.console.logo.clone(),
    }
}

/// The first signal lets what is under way be answered.
async fn end(server: ServerHandle, mut signals: Signals, patience: Duration) {
    signals.next().await;
    tracing::info!("stopping: what is under way is answered first");
    actix_web::rt::spawn(server.stop(true));
    hurry(signals, patience).await;
}

/// Ends the program at the next signal, or when what is under way takes too long. Nothing is
/// lost by that but answers: what is written is written whole or not at all.
async fn hurry(mut signals: Signals, patience: Duration) {
    // a thread of its own: nothing that is under way can hold it up
    std::thread::spawn(move || {
        std::thread::sleep(patience);
        stop_at_once();
    });
    signals.next().await;
    stop_at_once();
}

fn stop_at_once() {
    tracing::warn!("stopping at once");
    #[allow(clippy::disallowed_methods)] // that is what was asked for
    std::process::exit(STOPPED_AT_ONCE)
}

/// As a shell says of a program that SIGTERM ended.
const STOPPED_AT_ONCE: i32 = 143;

/// What leaves the house: mail, and calls of webhooks.
struct Post {
    mailer: Mailer,
    caller: Caller,
}

impl Post {
    fn new(settings: &Settings, templates: Arc<Templates>) -> Result<Self, String> {
        Ok(Self {
            mailer: Mailer::new(&settings.mail, templates)?,
            caller: Caller::new(&settings.webhooks),
        })
    }

    /// Sends until told to stop; what is under way is finished.
    async fn run(self, database: Arc<Database>, stopped: watch::Receiver<bool>) {
        let told = |mut stopped: watch::Receiver<bool>| async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let mail =
            notifications::run_worker(Arc::clone(&database), self.mailer, told(stopped.clone()));
        let calls = notifications::run_webhooks(database, self.caller, told(stopped));
        tokio::join!(mail, calls);
    }
}

/// Sends mail and calls webhooks until SIGTERM or SIGINT.
///
/// # Errors
/// A line for the operator.
pub fn work(settings: &Settings) -> Result<(), String> {
    place::check(&settings.database.url)?;
    let database = open(settings)?;
    let post = Post::new(settings, Arc::new(Templates::load(&settings.mail)?))?;
    let files = settings.files.store();
    let delays = Setup::load(&settings.eligibility)?.delays;
    let patience = Duration::from_secs(settings.server.shutdown_seconds);
    let orders = Orders::new(settings, delays)?;
    let _ = say!("ressac sends mail");
    System::new().block_on(async move {
        let jobs = jobs::run(Arc::clone(&database), files, orders);
        let jobs = actix_web::rt::spawn(db::named("jobs".into(), jobs));
        let (stop, stopped) = watch::channel(false);
        let post = actix_web::rt::spawn(db::named("messages".into(), post.run(database, stopped)));
        let mut signals = Signals::listen().map_err(|cause| cause.to_string())?;
        signals.next().await;
        let hurry = actix_web::rt::spawn(hurry(signals, patience));
        let _ = stop.send(true);
        let _ = post.await;
        hurry.abort();
        jobs.abort();
        Ok(())
    })
}

/// Comes when the program is asked to end: SIGTERM or SIGINT.
pub async fn stop_signal() {
    match Signals::listen() {
        Ok(mut signals) => signals.next().await,
        Err(_) => std::future::pending().await,
    }
}

/// SIGTERM and SIGINT, heard from the moment this is made.
struct Signals {
    #[cfg(unix)]
    both: [tokio::signal::unix::Signal; 2],
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let both = [
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        ];
        Ok(Self { both })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        let [terminate, interrupt] = &mut self.both;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
