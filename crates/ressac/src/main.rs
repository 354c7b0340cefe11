//! The program: serves the API, sends mail, migrates, and answers for what it did.
//!
//! Standard output is what a command is asked for; everything else goes to standard error.
#![allow(clippy::print_stdout, clippy::print_stderr)]

/// Prints a line; see [`print`].
macro_rules! say {
    ($($text:tt)*) => { $crate::print(&format!($($text)*)) };
}

mod admin;
mod audit;
mod backup;
mod chain;
mod check;
mod demo;
mod doctor;
mod gdpr;
mod generate;
mod import;
mod jobs;
mod logging;
mod open;
mod place;
mod plan;
mod progress;
mod secret;
mod serve;
mod settings;
mod transfer;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use settings::Settings;

/// Ressac takes in used computers, has them refurbished, and gives them where they are
/// needed most.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// A file of settings, read over the built-in ones.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API, and send mail.
    Serve {
        /// Address and port; port 0 takes a free one.
        #[arg(long)]
        listen: Option<String>,
    },
    /// Send mail only: for a node beside those that serve.
    Worker,
    /// Bring the database's schema up to date.
    Migrate,
    /// Run the operation of Marseille, and leave the server running.
    Demo(demo::Options),
    /// Print the OpenAPI document.
    Openapi,
    /// Manage accounts from the command line.
    Admin {
        #[command(subcommand)]
        command: admin::Command,
    },
    /// Copy the SQLite database and the files into one archive, while the server runs.
    Backup {
        /// The archive, which is made.
        file: PathBuf,
    },
    /// Put a backup in the place of the database; the server must not run.
    Restore {
        /// The archive.
        file: PathBuf,
        /// Replace a database that is there.
        #[arg(long)]
        force: bool,
    },
    /// Check that everything stored is consistent.
    Check,
    /// Check settings, database, mail, disk, clock and proxy, one line each.
    Doctor {
        /// Only ask the server at this address whether it is ready, such as for a container's
        /// health check.
        #[arg(long, value_name = "URL")]
        ready: Option<String>,
    },
    /// Write everything that the database has to a file, for the other engine or another place.
    Export {
        /// The file, which is made; `-` for standard output.
        file: PathBuf,
    },
    /// Load an export of everything into a new database, or a copy of a public register.
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Import {
        /// What `ressac export` wrote; `-` for standard input.
        #[arg(required = true)]
        file: Option<PathBuf>,
        #[command(subcommand)]
        command: Option<import::Command>,
    },
    /// Give, erase and thin out personal data.
    Gdpr {
        #[command(subcommand)]
        command: gdpr::Command,
    },
    /// Prove what was recorded.
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Compute an allocation wave from a file (alloc-wave/1), or check a published result.
    Plan {
        /// The instance; `-` for standard input.
        file: PathBuf,
        /// A result to check against the instance instead of computing one.
        #[arg(long, value_name = "RESULT")]
        check: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    keep_to_ourselves();
    match run(arguments) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("ressac: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Files that the program makes are for its own user alone: the database, mails with links that
/// let somebody in, backups, secrets, what people attach.
#[cfg(unix)]
fn keep_to_ourselves() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

#[cfg(not(unix))]
fn keep_to_ourselves() {}

/// Prints; a reader that has seen enough and hangs up is no failure.
fn print(text: &str) -> Result<(), String> {
    use std::io::{ErrorKind, Write, stdout};
    match writeln!(stdout(), "{text}") {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
            Err(format!("standard output: {cause}"))
        }
        _ => Ok(()),
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, String> {
    match &arguments.command {
        Command::Openapi => {
            let document = api::document()
                .to_pretty_json()
                .map_err(|e| e.to_string())?;
            return print(&document).map(|()| ExitCode::SUCCESS);
        }
        Command::Plan { file, check } => return plan::run(file, check.as_deref()),
        _ => {}
    }
    let mut settings = Settings::load(arguments.config.as_deref())?;
    if matches!(arguments.command, Command::Demo(_)) && settings.log.level == "info" {
        settings.log.level = "warn".to_owned(); // its progress is what people read
    }
    logging::start(&settings.log)?;
    settings.city_files.read()?;
    match arguments.command {
        Command::Serve { listen } => serve::serve(&settings, listen.as_deref())?,
        Command::Worker => serve::work(&settings)?,
        Command::Migrate => serve::migrate(&settings)?,
        Command::Demo(options) => demo::run(settings, &options)?,
        Command::Admin { command } => admin::run(&settings, command)?,
        Command::Backup { file } => backup::backup(&settings, &file)?,
        Command::Restore { file, force } => backup::restore(&settings, &file, force)?,
        Command::Check => return check::run(&settings),
        Command::Doctor { ready } => return doctor::run(&settings, ready.as_deref()),
        Command::Export { file } => transfer::export(&settings, &file)?,
        Command::Import {
            command: Some(command),
            ..
        } => import::run(&settings, &command)?,
        Command::Import { file, .. } => transfer::import(&settings, &file.unwrap_or_default())?,
        Command::Gdpr { command } => gdpr::run(&settings, command)?,
        Command::Audit { command } => return audit::run(&settings, &command),
        Command::Openapi | Command::Plan { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}
