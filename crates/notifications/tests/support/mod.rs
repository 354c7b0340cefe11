//! Databases, messages and a mail server for the tests of this crate.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs
)]

use std::path::PathBuf;
use std::sync::Arc;

use db::{Database, DatabaseSettings};
use diesel::{Connection, PgConnection};
use kernel::{Clock, Language, ManualClock, PageRequest};
use notifications::{Filter, MailSettings, Message, Notification, Recipient};

pub mod smtp;

pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new("2023-02-28T13:30:00Z".parse().unwrap()))
}

fn open(url: &str, clock: Arc<dyn Clock>) -> Arc<Database> {
    let settings = DatabaseSettings {
        url: url.to_owned(),
        connections: 8,
    };
    Arc::new(Database::open(settings, clock).expect("opens"))
}

pub fn sqlite(name: &str, clock: Arc<dyn Clock>) -> Arc<Database> {
    let folder = folder("databases");
    std::fs::create_dir_all(&folder).expect("folder");
    let file = folder.join(format!("{name}.db"));
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
    open(&format!("sqlite:{}", file.display()), clock)
}

/// A database of its own on the server that `scripts/test` started.
fn postgres(name: &str, clock: Arc<dyn Clock>) -> Option<Arc<Database>> {
    use diesel::connection::SimpleConnection;
    let server = std::env::var("RESSAC_TEST_POSTGRES").ok()?;
    let mut admin = PgConnection::establish(&server).expect("server");
    admin
        .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        .expect("drop");
    admin
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .expect("create");
    let (base, query) = server.split_once('?').unwrap_or((&server, ""));
    let (prefix, _) = base.rsplit_once('/').expect("url");
    Some(open(&format!("{prefix}/{name}?{query}"), clock))
}

/// The same test on both engines, each with its own clock.
pub fn both(name: &str) -> Vec<(Arc<Database>, Arc<ManualClock>)> {
    let first = clock();
    let mut databases = vec![(sqlite(name, first.clone()), first)];
    let second = clock();
    if let Some(database) = postgres(&format!("notifications_{name}"), second.clone()) {
        databases.push((database, second));
    }
    databases
}

pub fn folder(name: &str) -> PathBuf {
    std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("notifications")
        .join(name)
}

/// A folder with nothing in it.
pub fn empty_folder(name: &str) -> PathBuf {
    let folder = folder(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

pub fn settings() -> MailSettings {
    MailSettings {
        from: "Ville de Marseille <ressac@marseille.example>".to_owned(),
        contact: "numerique@marseille.example".to_owned(),
        base_url: "https://ressac.example".to_owned(),
        ..MailSettings::default()
    }
}

pub fn to(address: &str) -> Recipient {
    Recipient {
        person: None,
        email: address.to_owned(),
        name: "Zoé Né".to_owned(),
        language: Language::French,
    }
}

pub fn accepted() -> Message {
    Message::BatchAccepted {
        reference: "LOT-7".to_owned(),
        title: "Siège".to_owned(),
    }
}

pub fn invitation() -> Message {
    Message::Invitation {
        organisation: "Les Mots du Port".to_owned(),
        token: "s3cr3t-token_with-43-characters-0123456789a".to_owned(),
        expires_at: "2023-03-03T16:00:00Z".parse().unwrap(),
    }
}

pub async fn push(database: &Database, address: &str, message: Message) {
    let recipient = to(address);
    database
        .write(move |tx| notifications::push(tx, &recipient, &message))
        .await
        .expect("pushed");
}

/// The whole outbox, the newest first.
pub async fn outbox(database: &Database) -> Vec<Notification> {
    database
        .read(|db| notifications::list(db, &Filter::default(), &PageRequest::everything()))
        .await
        .expect("listed")
        .items
}
