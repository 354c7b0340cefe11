//! The program: serves the API, sends mail, migrates, and answers for what it did.
//!
//! Standard output is what a command is asked for; everything else goes to standard error.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod admin;
mod audit;
mod demo;
mod import;
mod jobs;
mod logging;
mod plan;
mod secret;
mod serve;
mod settings;

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
    /// Load a copy of a public register.
    Import {
        #[command(subcommand)]
        command: import::Command,
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
    match run(arguments) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("ressac: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Prints; a reader that has seen enough and hangs up is no failure.
fn print(text: &str) -> Result<ExitCode, String> {
    use std::io::{ErrorKind, Write, stdout};
    match writeln!(stdout(), "{text}") {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => Err(cause.to_string()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, String> {
    match &arguments.command {
        Command::Openapi => {
            let document = api::document()
                .to_pretty_json()
                .map_err(|e| e.to_string())?;
            return print(&document);
        }
        Command::Plan { file, check } => return plan::run(file, check.as_deref()),
        _ => {}
    }
    let mut settings = Settings::load(arguments.config.as_deref())?;
    if matches!(arguments.command, Command::Demo(_)) && settings.log.level == "info" {
        settings.log.level = "warn".to_owned(); // its progress is what people read
    }
    logging::start(&settings.log)?;
    match arguments.command {
        Command::Serve { listen } => serve::serve(&settings, listen.as_deref())?,
        Command::Worker => serve::work(&settings)?,
        Command::Migrate => serve::migrate(&settings)?,
        Command::Demo(options) => demo::run(settings, &options)?,
        Command::Admin { command } => admin::run(&settings, command)?,
        Command::Import { command } => import::run(&settings, &command)?,
        Command::Audit { command } => return audit::run(&settings, &command),
        Command::Openapi | Command::Plan { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}
