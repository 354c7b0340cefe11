//! `demo`: a server, and the operation of Marseille run on it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use db::Database;
use identity::password;
use notifications::TransportKind;
use rehearsal::demo::{self, ACCOUNTS, ADMIN, Operation, PASSWORD, Progress, Stage};

use crate::chain;
use crate::open::open;
use crate::serve;
use crate::settings::Settings;

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

/// Runs the operation.
///
/// # Errors
/// A line that says which step failed, and what the API answered.
pub fn run(mut settings: Settings, options: &Options) -> Result<(), String> {
    let progress = Progress::start();
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
    let database = open(&settings)?;
    found(&settings, &database)?;
    progress.say(&format!("the server listens on {base}"));

    let serving = {
        let (settings, database) = (settings.clone(), Arc::clone(&database));
        std::thread::spawn(move || serve::run_server(&settings, database, listener, || {}))
    };
    let stage = Stage {
        base: &base,
        mails: &settings.mail.directory,
        database: &database,
    };
    let report = demo::run(&operation, stage, &progress)?;
    say!("{report}")?;
    report.write(&options.var.join("demo.json"))?;
    if options.exit {
        return Ok(());
    }
    say!("")?;
    say!("Open {base}/")?;
    say!("and sign in as one of these (role, address, password):")?;
    let association = ("association", operation.an_association());
    for (role, email) in ACCOUNTS.iter().copied().chain([association]) {
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
    chain::wait(database.write(move |tx| {
        identity::found_city(tx, &city, "Alix Admin", ADMIN, Some(&hash)).map(drop)
    }))?
    .map_err(|cause| format!("the database is not empty ({cause}); start from a new one"))
}
