//! `audit`: proves the custody log, device by device, and the audit log.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Subcommand;

use crate::serve::open;
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Recompute every hash of the custody log and of the audit log, and name the first broken
    /// link of each.
    Verify,
}

pub fn run(settings: &Settings, command: &Command) -> Result<ExitCode, String> {
    let Command::Verify = command;
    let database = open(settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|cause| cause.to_string())?;
    let terminal = std::io::stderr().is_terminal();
    let report = runtime
        .block_on(database.read(move |db| {
            workshop::verify_custody(db, |devices, events| {
                if terminal {
                    eprint!("\r{devices} devices, {events} events");
                }
            })
        }))
        .map_err(|cause| cause.to_string())?;
    if terminal {
        eprintln!();
    }
    say!("{} devices, {} events", report.devices, report.events)?;
    let custody = said("custody", report.broken)?;
    let report = runtime
        .block_on(database.read(identity::verify_audit))
        .map_err(|cause| cause.to_string())?;
    say!("{} subjects, {} recorded", report.chains, report.events)?;
    let audit = said("audit log", report.broken)?;
    Ok(if custody && audit {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Says whether it is whole, and where it is not.
fn said(what: &str, broken: Option<impl std::fmt::Display>) -> Result<bool, String> {
    match &broken {
        None => say!("{what} intact")?,
        Some(link) => say!("{what} broken: {link}")?,
    }
    Ok(broken.is_none())
}
