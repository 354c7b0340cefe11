//! Databases, messages and a mail server for the tests of this crate.

use std::path::PathBuf;
use std::sync::Arc;

use db::{Database, DatabaseSettings};
use diesel::{Connection, PgConnection};
use kernel::{Clock, Language, ManualClock, PageRequest};
use notifications::{
    Filter, MailSettings, Mailer, Message, Notification, Recipient, Stats, Templates,
};

pub mod pace;
pub mod receiver;
pub mod smtp;
pub mod tls;

pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new("2023-02-28T13:30:00Z".parse().unwrap()))
}

fn open(url: &str, clock: Arc<dyn Clock>) -> Arc<Database> {
    let settings = DatabaseSettings {
        url: url.to_owned(),
        connections: 8,
        statement_limit: None,
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

/// A pass in which one mail left.
pub const SENT: Stats = Stats {
    sent: 1,
    failed: 0,
    dead: 0,
};
/// One that did not, and is tried again.
pub const FAILED: Stats = Stats {
    sent: 0,
    failed: 1,
    dead: 0,
};
/// One that never will.
pub const DEAD: Stats = Stats {
    sent: 0,
    failed: 0,
    dead: 1,
};

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
    let around = std::env::var_os("TMPDIR").unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").into());
    std::path::Path::new(&around)
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
        gather_seconds: 0,
        ..MailSettings::default()
    }
}

pub fn templates() -> Arc<Templates> {
    Arc::new(Templates::load(&settings()).expect("sound templates"))
}

pub fn mailer(settings: &MailSettings) -> Mailer {
    Mailer::new(settings, templates()).expect("mailer")
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

/// Somebody with an account, at a donor of their own.
pub async fn person(database: &Database, name: &'static str) -> Recipient {
    person_of(database, name).await.0
}

/// The same, with the donor.
pub async fn person_of(
    database: &Database,
    name: &'static str,
) -> (Recipient, kernel::OrganisationId) {
    use db::schema::{organisations as o, people as p};
    use diesel::prelude::*;
    database
        .write(move |tx| {
            let now = tx.now();
            let organisation: kernel::OrganisationId = tx.new_id();
            diesel::insert_into(o::table)
                .values((
                    o::id.eq(organisation),
                    o::kind.eq("donor"),
                    o::name.eq(name),
                    o::name_key.eq(name),
                    o::status.eq("verified"),
                    o::address.eq("1 quai du Port"),
                    o::postal_code.eq("13002"),
                    o::commune.eq("Marseille"),
                    o::version.eq(1),
                    o::created_at.eq(now),
                    o::updated_at.eq(now),
                ))
                .execute(&mut **tx)?;
            let person: kernel::PersonId = tx.new_id();
            let email = format!("{name}@asso.example");
            diesel::insert_into(p::table)
                .values((
                    p::id.eq(person),
                    p::organisation_id.eq(organisation),
                    p::email.eq(&email),
                    p::name.eq(name),
                    p::role.eq("donor"),
                    p::language.eq(Language::French),
                    p::disabled.eq(false),
                    p::version.eq(1),
                    p::created_at.eq(now),
                    p::updated_at.eq(now),
                ))
                .execute(&mut **tx)?;
            let recipient = Recipient {
                person: Some(person),
                email,
                name: name.to_owned(),
                language: Language::French,
            };
            Ok((recipient, organisation))
        })
        .await
        .expect("a person")
}

/// Pushes to one recipient.
pub async fn push_to(database: &Database, recipient: &Recipient, message: Message) {
    let recipient = recipient.clone();
    database
        .write(move |tx| notifications::push(tx, &recipient, &message))
        .await
        .expect("pushed");
}

/// The mails in a folder.
pub fn files(folder: &std::path::Path) -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .map(|entries| entries.map(|e| e.unwrap().path()).collect())
        .unwrap_or_default();
    files.sort();
    assert!(
        files
            .iter()
            .all(|file| file.extension().is_some_and(|e| e == "eml"))
    );
    files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect()
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
        .read(|db| {
            let page = PageRequest::everything();
            notifications::list(db, &Filter::default(), &page)
        })
        .await
        .expect("listed")
        .items
}
