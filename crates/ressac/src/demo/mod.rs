//! The operation of Marseille, run through the REST API as its users would: one client a
//! role, tokens from `/auth/login`, passwords set through the links of real mails.

mod applications;
mod cast;
mod donation;
mod http;
mod mailbox;
mod operation;
mod report;
mod waves;
mod workbench;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use clap::Args;
use db::Database;
use identity::password;
use notifications::TransportKind;

use crate::serve;
use crate::settings::Settings;
use cast::Cast;
use http::Client;
use mailbox::Mailbox;
use operation::Operation;

/// What `demo` can be told.
#[derive(Debug, Args)]
pub struct Options {
    /// Stop at the end instead of leaving the server running.
    #[arg(long)]
    exit: bool,
    /// Address and port; without it 127.0.0.1:8080, or a free port when that is taken.
    #[arg(long)]
    listen: Option<String>,
    /// An empty database.
    #[arg(long, default_value = "sqlite:var/demo.db")]
    database_url: String,
    /// The folder of the operation's files.
    #[arg(long, default_value = "tests/data/marseille")]
    data: PathBuf,
    /// The folder that gets the mails and demo.json.
    #[arg(long, default_value = "var")]
    var: PathBuf,
}

/// The password of every account of the demo.
pub const PASSWORD: &str = "la mer recommence";
/// Its administrator.
pub const ADMIN: &str = "admin@marseille.example.org";

/// Shows where the operation is.
pub struct Progress {
    start: Stopwatch,
}

impl Progress {
    /// One line a step, with the seconds so far.
    pub fn say(&self, what: &str) {
        let seconds = self.start.elapsed().as_secs_f32();
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "[{seconds:5.1} s] {what}");
        let _ = out.flush();
    }
}

/// Runs the operation.
///
/// # Errors
/// A line that says which step failed, and what the API answered.
pub fn run(mut settings: Settings, options: &Options) -> Result<(), String> {
    let progress = Progress {
        start: Stopwatch::now(),
    };
    let operation = Operation::read(&options.data)?;
    let listener = match &options.listen {
        Some(address) => serve::listen(address)?,
        None => serve::listen("127.0.0.1:8080").or_else(|_| serve::listen("127.0.0.1:0"))?,
    };
    let address = listener.local_addr().map_err(|cause| cause.to_string())?;
    let base = format!("http://{address}");
    settings.database.url.clone_from(&options.database_url);
    settings.auth.secret_file = options.var.join("demo-secret.key");
    settings.auth.data_secret_file = options.var.join("demo-data.key");
    settings.mail.transport = TransportKind::File;
    settings.mail.directory = options.var.join("mail");
    settings.mail.base_url.clone_from(&base);
    let database = serve::open(&settings)?;
    found(&settings, &database)?;
    progress.say(&format!("the server listens on {base}"));

    let serving = {
        let (settings, database) = (settings.clone(), Arc::clone(&database));
        std::thread::spawn(move || serve::run_server(&settings, database, listener, || {}))
    };
    let mailbox = Mailbox::new(&settings.mail.directory);
    let client = Client::new(&base);
    operate(&operation, &client, &mailbox, &database, &progress, options)?;
    if options.exit {
        return Ok(());
    }
    say!("")?;
    say!("Open {base}/")?;
    say!("and sign in as one of these (role, address, password):")?;
    let association = ("association", operation.associations[0].email.as_str());
    for (role, email) in cast::ACCOUNTS.iter().copied().chain([association]) {
        say!("  {role:<12} {email:<34} {PASSWORD}")?;
    }
    say!("The API's documentation is at {base}/api/docs/")?;
    say!(
        "The mails are in {}. Ctrl-C stops.",
        settings.mail.directory.display()
    )?;
    serving.join().map_err(|_| "the server failed".to_owned())?
}

/// The first administrator, as `ressac admin create` makes one.
fn found(settings: &Settings, database: &Database) -> Result<(), String> {
    let hash =
        password::hash(&settings.auth.password, PASSWORD).map_err(|cause| cause.to_string())?;
    let city = settings.city.name.clone();
    blocking(database.write(move |tx| {
        identity::found_city(tx, &city, "Alix Admin", ADMIN, Some(&hash)).map(drop)
    }))
    .map_err(|cause| format!("the database is not empty ({cause}); start from a new one"))
}

/// Waits for the database outside of any runtime.
pub fn blocking<T>(work: impl Future<Output = db::Result<T>>) -> Result<T, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| cause.to_string())?
        .block_on(work)
        .map_err(|cause| cause.to_string())
}

fn operate(
    operation: &Operation,
    client: &Client,
    mailbox: &Mailbox,
    database: &Database,
    progress: &Progress,
    options: &Options,
) -> Result<(), String> {
    let cast = Cast::assemble(client, mailbox)?;
    progress.say("the city, Orange and the workshop are there, each by the link in a mail");
    let batch = donation::give(operation, &cast, progress)?;
    donation::receive(operation, &cast, &batch, progress)?;
    let programme = applications::open_programme(operation, &cast, progress)?;
    let mut waves = Vec::new();
    for (at, wave) in operation.plan.waves.iter().enumerate() {
        workbench::recondition(operation, &cast, wave.tranche, progress)?;
        let period = u32::try_from(at + 1).unwrap_or(1);
        applications::take(
            operation, &cast, client, mailbox, &programme, period, progress,
        )?;
        waves.push(waves::allocate(wave, &cast, &programme, progress)?);
    }
    waves::hand_over(&cast, &waves, progress)?;
    let report = report::Report::gather(&cast, &programme, &waves, database, progress)?;
    report.print()?;
    report.write(&options.var.join("demo.json"))
}
