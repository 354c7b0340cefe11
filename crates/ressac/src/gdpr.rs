//! `gdpr`: what is held about somebody, erasure, and retention, from the command line.

use std::sync::Arc;

use clap::Subcommand;
use db::{Database, Db};
use identity::audit::Deed;
use kernel::{Id, PersonId};

use crate::open::open;
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print everything that is held about somebody, as JSON.
    Export {
        /// Their address or id.
        who: String,
    },
    /// Erase somebody: their name, address, sessions and mails. Decisions stay, under an id
    /// that names nobody.
    Erase {
        /// Their address or id.
        who: String,
    },
    /// Take away what was kept long enough (settings `retention`). A server does so each hour.
    Retention {
        /// Say what would be taken, and take nothing.
        #[arg(long)]
        dry_run: bool,
    },
}

pub fn run(settings: &Settings, command: Command) -> Result<(), String> {
    let database = open(settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| cause.to_string())?;
    runtime
        .block_on(carry_out(settings, database, command))
        .map_err(|cause| cause.to_string())
}

async fn carry_out(
    settings: &Settings,
    database: Arc<Database>,
    command: Command,
) -> db::Result<()> {
    match command {
        Command::Export { who } => {
            let data = database.read(move |db| {
                let person = find(db, &who)?;
                identity::personal_data(db, person)
            });
            say!("{}", serde_json::to_string_pretty(&data.await?)?).map_err(db::Error::internal)?;
        }
        Command::Erase { who } => {
            let erased = database.write(move |tx| {
                let person = find(tx, &who)?;
                identity::erase_person(tx, person)?;
                identity::record(tx, by_command(person))?;
                Ok(person)
            });
            say!("{} is erased", erased.await?).map_err(db::Error::internal)?;
        }
        Command::Retention { dry_run } => {
            let retention = settings.retention;
            let taken = database
                .write(move |tx| handover::retention(tx, &retention, dry_run))
                .await?;
            for (kind, count) in taken {
                say!("{kind}: {count}{}", if dry_run { " (dry run)" } else { "" })
                    .map_err(db::Error::internal)?;
            }
        }
    }
    Ok(())
}

fn find(db: &mut Db, who: &str) -> db::Result<PersonId> {
    if let Ok(id) = who.parse() {
        return Ok(id);
    }
    let found = identity::credentials(db, who)?;
    found
        .map(|credentials| credentials.person)
        .ok_or_else(|| kernel::Refusal::not_found().into())
}

fn by_command(person: PersonId) -> Deed {
    Deed {
        action: "ressac gdpr erase".to_owned(),
        subject: Id::from_uuid(person.uuid()),
        actor: None,
        organisation: None,
        key: None,
        network: None,
        detail: "{}".to_owned(),
    }
}
