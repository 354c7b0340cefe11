//! `doctor`: what an operator wants to know before anybody else notices, one line each.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use db::{Database, Engine, SchemaState, backup};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use notifications::{Mailer, Templates};
use ureq::Agent;

use crate::open::open_unmigrated;
use crate::place;
use crate::settings::Settings;

/// Less free space than this is worth a warning: SQLite and backups need room for a copy.
const SCARCE: u64 = 1 << 30;
/// Seconds by which two clocks may differ: sign-in codes are valid for 30.
const CLOCKS_APART: i64 = 15;
/// What is said of a fresh installation.
const NOT_MADE: &str = "there is no database yet; run ressac migrate";
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What one look came to.
enum Finding {
    Fine(String),
    /// Works, and should be changed.
    Advice(String),
    Wrong(String),
}

use Finding::{Advice, Fine, Wrong};

impl From<Result<String, String>> for Finding {
    fn from(result: Result<String, String>) -> Self {
        result.map_or_else(Wrong, Fine)
    }
}

/// Looks at everything, or only asks a running server whether it is ready.
///
/// # Errors
/// A line for the operator.
pub fn run(settings: &Settings, ready: Option<&str>) -> Result<ExitCode, String> {
    if let Some(address) = ready {
        return match is_ready(address) {
            Ok(()) => say!("ready").map(|()| ExitCode::SUCCESS),
            Err(cause) => say!("not ready: {cause}").map(|()| ExitCode::FAILURE),
        };
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| cause.to_string())?;
    let database = place::check(&settings.database.url)
        .and_then(|()| is_made(settings))
        .and_then(|()| open_unmigrated(settings));
    let findings = [
        ("settings", settings_are_safe(settings)),
        ("database", of_database(&runtime, &database)),
        ("mail", of_mail(&runtime, settings)),
        ("disk", of_disk(settings)),
        ("clock", of_clock(&runtime, &database)),
        ("proxy", of_proxy(settings)),
    ];
    let mut healthy = true;
    for (subject, finding) in findings {
        match finding {
            Fine(text) => say!("ok     {subject}: {text}")?,
            Advice(text) => say!("advice {subject}: {text}")?,
            Wrong(text) => {
                healthy = false;
                say!("WRONG  {subject}: {text}")?;
            }
        }
    }
    Ok(match healthy {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// SQLite's file is there, or nobody migrated yet.
fn is_made(settings: &Settings) -> Result<(), String> {
    let url = &settings.database.url;
    let missing = Engine::of_url(url) == Ok(Engine::Sqlite) && !backup::place(url).exists();
    match missing {
        true => Err(NOT_MADE.to_owned()),
        false => Ok(()),
    }
}

/// The settings were read; some of them are for trying the program only.
fn settings_are_safe(settings: &Settings) -> Finding {
    let mut trial = Vec::new();
    if settings.webhooks.allow_private {
        trial.push("webhooks.allow_private lets webhooks reach your own network");
    }
    if settings.mail.base_url.starts_with("https://") && settings.server.hsts_seconds == 0 {
        trial.push("server.hsts_seconds is 0: set it once TLS is known to work");
    }
    match trial.is_empty() {
        true => Fine("all names are known".to_owned()),
        false => Advice(trial.join("; ")),
    }
}

fn of_database(runtime: &tokio::runtime::Runtime, database: &Result<Database, String>) -> Finding {
    let database = match database {
        Ok(database) => database,
        Err(cause) if cause == NOT_MADE => return Advice(cause.clone()),
        Err(cause) => return Wrong(cause.clone()),
    };
    let engine = match database.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    match database.schema_state() {
        Ok(SchemaState::Current) => {}
        Ok(SchemaState::Older) => {
            return Advice(format!(
                "{engine}: migrations are pending; run ressac migrate"
            ));
        }
        Ok(SchemaState::Newer) => {
            return Wrong(format!(
                "{engine}: the schema is newer than this program; start the newer version"
            ));
        }
        Err(cause) => return Wrong(format!("{engine}: {cause}")),
    }
    let looked = runtime.block_on(async {
        database.probe().await?;
        database.advice().await
    });
    match looked {
        Ok(None) => Fine(format!(
            "{engine}, schema current, a write reached the disk"
        )),
        Ok(Some(advice)) => Advice(format!("{engine}: {advice}")),
        Err(cause) => Wrong(format!("{engine}: {cause}")),
    }
}

fn of_mail(runtime: &tokio::runtime::Runtime, settings: &Settings) -> Finding {
    let mailer = Templates::load(&settings.mail)
        .and_then(|templates| Mailer::new(&settings.mail, templates.into()));
    mailer
        .and_then(|mailer| runtime.block_on(mailer.check()))
        .into()
}

/// The folders that grow, with the space that is left there.
fn of_disk(settings: &Settings) -> Finding {
    let mut places = vec![settings.files.folder.clone()];
    if Engine::of_url(&settings.database.url) == Ok(Engine::Sqlite) {
        places.push(backup::place(&settings.database.url));
    }
    let mut least: Option<(u64, String)> = None;
    for place in places {
        let free = match free_space(&place) {
            Ok(free) => free,
            Err(cause) => return Wrong(format!("{}: {cause}", place.display())),
        };
        let shown = place.display().to_string();
        if least.as_ref().is_none_or(|(least, _)| free < *least) {
            least = Some((free, shown));
        }
    }
    let Some((free, place)) = least else {
        return Fine("nothing is stored here".to_owned());
    };
    let text = format!("{} MB free at {place}", free >> 20);
    match free < SCARCE {
        true => Advice(text),
        false => Fine(text),
    }
}

/// Of the file system of a path, or of its nearest folder that exists.
fn free_space(path: &Path) -> Result<u64, String> {
    let there = path
        .ancestors()
        .map(|place| match place.as_os_str().is_empty() {
            true => Path::new("."),
            false => place,
        })
        .find(|place| place.exists())
        .unwrap_or(Path::new("."));
    let system = rustix::fs::statvfs(there).map_err(|cause| cause.to_string())?;
    Ok(system.f_bavail.saturating_mul(system.f_frsize))
}

/// The clock of this machine beside the one of the database server.
fn of_clock(runtime: &tokio::runtime::Runtime, database: &Result<Database, String>) -> Finding {
    let Ok(database) = database else {
        return Advice("the database cannot be asked".to_owned());
    };
    let here = database.now();
    if database.engine() == Engine::Sqlite {
        return Fine(format!("{here} UTC on this machine"));
    }
    let asked = runtime.block_on(database.read(|db| {
        let now = diesel::dsl::sql::<BigInt>("extract(epoch from clock_timestamp())::int8");
        Ok(diesel::select(now).get_result::<i64>(db)?)
    }));
    let there = match asked {
        Ok(there) => there,
        Err(cause) => return Wrong(cause.to_string()),
    };
    let apart = (database.now().micros() / 1_000_000 - there).abs();
    match apart > CLOCKS_APART {
        true => Wrong(format!(
            "this machine and the database server are {apart} s apart: synchronize both (NTP)"
        )),
        false => Fine("this machine and the database server agree".to_owned()),
    }
}

/// The public address leads to this program, through a proxy that speaks TLS.
fn of_proxy(settings: &Settings) -> Finding {
    let address = &settings.mail.base_url;
    if !address.starts_with("https://") {
        return Advice(format!(
            "mail.base_url is {address}: links in mails lead there; set the public https address"
        ));
    }
    match ask(&format!("{address}/health/live")) {
        Ok(()) => Fine(format!("{address} answers")),
        Err(cause) => Wrong(format!("{address}: {cause}")),
    }
}

fn is_ready(address: &str) -> Result<(), String> {
    ask(&format!("{}/health/ready", address.trim_end_matches('/')))
}

fn ask(address: &str) -> Result<(), String> {
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(ANSWER_WITHIN))
        .proxy(None)
        .build()
        .into();
    agent
        .get(address)
        .call()
        .map(drop)
        .map_err(|cause| cause.to_string())
}
