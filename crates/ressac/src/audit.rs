//! `audit`: proves the custody log, device by device, the audit log, and the heads over both.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use db::Database;
use identity::heads::verify_heads;
use kernel::Folds;
use workshop::Verification;

use crate::chain::{self, heads};
use crate::open::open;
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Recompute every hash and mark of the custody log and of the audit log, check every signed
    /// head against them, and name the first broken link of each.
    Verify {
        /// Heads that were kept elsewhere, one a line: each has to be in the database as it is
        /// here. The file of chain.heads_file is read in any case.
        #[arg(long, value_name = "FILE")]
        heads: Vec<PathBuf>,
    },
    /// Sign a head over everything that was written until now, and print it.
    Head,
    /// Show the ids of the keys that mark lines, and the public key of heads.
    Keys,
    /// Seal what was written before there were keys. It happens by itself when the first key is
    /// made; where the key is set by hand, run this once.
    Seal,
}

pub fn run(settings: &Settings, command: &Command) -> Result<ExitCode, String> {
    let database = open(settings)?;
    match command {
        Command::Verify { heads } => return verify(settings, &database, heads),
        Command::Head => head(settings, &database)?,
        Command::Keys => {
            for id in database.chain_keys().ids() {
                say!("marks lines: {id}")?;
            }
            say!(
                "signs heads: {}",
                chain::signer(&settings.chain)?.public_key()
            )?;
        }
        Command::Seal => {
            chain::seal(settings, &database)?;
            say!("sealed")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn head(settings: &Settings, database: &Database) -> Result<(), String> {
    let signer = chain::signer(&settings.chain)?;
    let last = chain::wait(async {
        let last = heads::make(database, &signer).await?;
        heads::keep(database, &settings.chain).await?;
        heads::stamp(database, &settings.chain).await?;
        Ok::<_, String>(last)
    })??;
    match last {
        Some(head) => say!("{}", head.line),
        None => say!("nothing was written yet"),
    }
}

/// Heads that were kept outside the database, by their numbers.
fn kept(settings: &Settings, files: &[PathBuf]) -> Result<BTreeMap<i64, String>, String> {
    let own = &settings.chain.heads_file;
    let mut kept = BTreeMap::new();
    for file in files
        .iter()
        .chain([own].into_iter().filter(|file| file.exists()))
    {
        if !file.exists() {
            return Err(format!("{}: there is no such file", file.display()));
        }
        for (number, line) in heads::read(file)? {
            let known = kept.insert(number, line.clone());
            if known.is_some_and(|known| known != line) {
                return Err(format!(
                    "head {number} of {} is another than in a file before",
                    file.display()
                ));
            }
        }
    }
    Ok(kept)
}

fn verify(settings: &Settings, database: &Database, files: &[PathBuf]) -> Result<ExitCode, String> {
    let terminal = std::io::stderr().is_terminal();
    let (keys, signer) = (database.chain_keys(), chain::signer(&settings.chain)?);
    let outside = kept(settings, files)?;
    let kept = outside.len();
    let verified = chain::wait(database.snapshot(move |db| {
        let (mut custody, mut audit) = (Folds::default(), Folds::default());
        let mut how = Verification {
            keys: &keys,
            replay: false,
            folds: &mut custody,
        };
        let devices = workshop::verify_custody(db, &mut how, |devices, events| {
            if terminal {
                eprint!("\r{devices} devices, {events} events");
            }
        })?;
        let subjects = identity::verify_audit(db, &keys, &mut audit)?;
        // a walk that ended early folded a part only
        let whole = devices.broken.is_none() && subjects.broken.is_none();
        let folds = (custody.finish(), audit.finish());
        let anchored = match whole {
            true => Some(verify_heads(db, &signer, &keys, folds, &outside)?),
            false => None,
        };
        Ok((devices, subjects, anchored))
    }))?;
    if terminal {
        eprintln!();
    }
    let (custody, audit, anchored) = verified.map_err(|cause| cause.to_string())?;
    say!("{} devices, {} events", custody.devices, custody.events)?;
    let unproven = custody.unproven + audit.unproven;
    let mut whole = said("custody", custody.broken)?;
    say!("{} subjects, {} recorded", audit.chains, audit.events)?;
    whole &= said("audit log", audit.broken)?;
    if let Some(found) = anchored {
        say!(
            "{} heads, {kept} of them kept elsewhere; {} lines covered, {} since the last head",
            found.heads,
            found.covered,
            found.uncovered
        )?;
        whole &= said("heads", found.broken)?;
    }
    if unproven > 0 {
        say!(
            "{unproven} lines bear the mark of a key that is lost: their hashes and the heads are all that was checked"
        )?;
    }
    Ok(match whole {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
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
