//! `audit`: proves the custody log, device by device.

use std::process::ExitCode;

use clap::Subcommand;

use crate::serve::open;
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Recompute every hash of the custody log, and name the first broken link.
    Verify,
}

pub fn run(settings: &Settings, command: &Command) -> Result<ExitCode, String> {
    let Command::Verify = command;
    let database = open(settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|cause| cause.to_string())?;
    let report = runtime
        .block_on(database.read(|db| {
            workshop::verify_custody(db, |devices, events| {
                eprint!("\r{devices} devices, {events} events");
            })
        }))
        .map_err(|cause| cause.to_string())?;
    eprintln!();
    println!("{} devices, {} events", report.devices, report.events);
    match report.broken {
        None => {
            println!("custody intact");
            Ok(ExitCode::SUCCESS)
        }
        Some(link) => {
            println!("custody broken: {link}");
            Ok(ExitCode::FAILURE)
        }
    }
}
