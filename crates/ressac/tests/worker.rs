//! `ressac worker` killed at random while mails are due: every mail is there in the end, and
//! only what was in hand at a kill came twice. Two of them at once: each mail leaves once.
//!
//! By default a small run; `RESSAC_KILLS=200 RESSAC_MAILS=2000` makes it the full one.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

#[path = "../../notifications/tests/support/smtp.rs"]
#[allow(dead_code)]
mod smtp;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use db::schema::outbox;
use db::{Database, DatabaseSettings};
use diesel::prelude::*;
use kernel::{Language, SystemClock};
use notifications::{Message, Recipient};
use smtp::SmtpServer;
use testkit::{Engine, TestDatabase};

/// Connections of the worker: mails in hand at the same time.
const CONNECTIONS: usize = 4;

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
}

fn folder(engine: Engine) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("worker-{engine:?}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn worker(folder: &Path, database: &str, server: &SmtpServer) -> Child {
    program(folder, database, server).spawn().unwrap()
}

fn program(folder: &Path, database: &str, server: &SmtpServer) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ressac"));
    command
        .current_dir(folder)
        .arg("worker")
        .env("DATABASE_URL", database)
        .env("RESSAC__MAIL__TRANSPORT", "smtp")
        .env("RESSAC__MAIL__SMTP_URL", server.url())
        .env("RESSAC__MAIL__CONNECTIONS", CONNECTIONS.to_string())
        // what a worker that died had in hand is free again after three seconds
        .env("RESSAC__MAIL__TIMEOUT_SECONDS", "1")
        .env("RESSAC__MAIL__GRACE_SECONDS", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn grant(number: usize) -> Message {
    Message::LotReleased {
        reference: format!("D-2023-{number:05}"),
        wave: "Vague 1".to_owned(),
        reason: "La vague est annulée.".to_owned(),
    }
}

async fn push(database: &Database, mails: usize) {
    let messages: Vec<_> = (0..mails)
        .map(|number| {
            let to = Recipient {
                person: None,
                email: format!("n{number}@asso.example"),
                name: String::new(),
                language: Language::French,
            };
            (grant(number), vec![to])
        })
        .collect();
    database
        .write(move |tx| notifications::push_many(tx, &messages))
        .await
        .unwrap();
}

async fn left(database: &Database) -> i64 {
    database
        .read(|db| {
            Ok(outbox::table
                .filter(outbox::status.ne("sent"))
                .count()
                .get_result(db)?)
        })
        .await
        .unwrap()
}

/// Between `from` and `to` milliseconds; a small generator that needs no crate.
fn random(state: &mut u64, from: u64, to: u64) -> Duration {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    Duration::from_millis(from + (*state >> 33) % (to - from))
}

/// Kills the worker again and again. Returns how many mails there were at each kill.
async fn kill(
    folder: &Path,
    url: &str,
    database: &Database,
    server: &SmtpServer,
    kills: usize,
) -> Vec<usize> {
    let mut state = 2023;
    let mut killed_at = Vec::new();
    while killed_at.len() < kills && left(database).await > 0 {
        let mut child = worker(folder, url, server);
        let before = server.mails().len();
        // it has to be at work to be killed at work; what it may take waits for its turn
        let patience = std::time::Instant::now() + Duration::from_secs(8);
        while server.mails().len() == before && std::time::Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(random(&mut state, 0, 12)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        // what lies in the sockets is still read
        tokio::time::sleep(Duration::from_millis(20)).await;
        killed_at.push(server.mails().len());
    }
    killed_at
}

async fn story(engine: Engine) {
    let Some(place) = TestDatabase::create(engine) else {
        eprintln!("left out: RESSAC_TEST_POSTGRES is not set; run scripts/test");
        return;
    };
    let (kills, mails) = (number("RESSAC_KILLS", 8), number("RESSAC_MAILS", 300));
    let folder = folder(engine);
    let settings = DatabaseSettings {
        connections: 2,
        ..place.settings()
    };
    let database = Arc::new(Database::open(settings, Arc::new(SystemClock)).unwrap());
    let server = SmtpServer::start([]).await;
    push(&database, mails).await;

    let begin = std::time::Instant::now();
    let killed_at = kill(&folder, &place.url, &database, &server, kills).await;
    let mut last = worker(&folder, &place.url, &server);
    while left(&database).await > 0 {
        assert!(
            begin.elapsed() < Duration::from_secs(3600),
            "it does not end"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    last.kill().unwrap();
    last.wait().unwrap();

    let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, mail) in server.mails().iter().enumerate() {
        let name = mail.lines().find(|line| line.starts_with("Message-ID:"));
        seen.entry(name.unwrap().to_owned()).or_default().push(at);
    }
    let twice: usize = seen.values().map(|came| came.len() - 1).sum();
    eprintln!(
        "{engine:?}: {mails} mails, {} kills, {twice} came twice, {:?}",
        killed_at.len(),
        begin.elapsed()
    );
    assert_eq!(seen.len(), mails, "every mail is there");
    assert_eq!(killed_at.len(), kills, "there was work for every kill");
    assert!(twice <= kills * CONNECTIONS);
    for came in seen.values() {
        let (_, before) = came.split_last().unwrap();
        for at in before {
            let in_hand = killed_at
                .iter()
                .any(|killed| at < killed && killed - at <= 2 * CONNECTIONS);
            assert!(
                in_hand,
                "mail {at} came again without a kill: {killed_at:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_loses_no_mail_on_sqlite() {
    story(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_loses_no_mail_on_postgres() {
    story(Engine::Postgres).await;
}

/// Of a mail, the domain of its Message-ID and the whole of it.
fn named(mail: &str) -> (String, String) {
    let line = mail.lines().find(|line| line.starts_with("Message-ID:"));
    let name = line.unwrap().trim();
    let (_, domain) = name.trim_end_matches('>').rsplit_once('@').unwrap();
    (domain.to_owned(), name.to_owned())
}

/// Both are told apart by the address that they send from, which the Message-ID ends in; both
/// are slowed down, so that each has its share.
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_at_once_send_each_mail_once_on_postgres() {
    let Some(place) = TestDatabase::create(Engine::Postgres) else {
        eprintln!("left out: RESSAC_TEST_POSTGRES is not set; run scripts/test");
        return;
    };
    let mails = 400;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("two-workers");
    std::fs::create_dir_all(&folder).unwrap();
    let settings = DatabaseSettings {
        connections: 2,
        ..place.settings()
    };
    let database = Arc::new(Database::open(settings, Arc::new(SystemClock)).unwrap());
    let server = SmtpServer::start([]).await;
    push(&database, mails).await;
    let mut workers = ["first", "second"].map(|name| {
        program(&folder, &place.url, &server)
            .env("RESSAC__MAIL__FROM", format!("ville@{name}.example"))
            .env("RESSAC__MAIL__PER_MINUTE", "1500")
            .env("RESSAC__MAIL__TIMEOUT_SECONDS", "20")
            .spawn()
            .unwrap()
    });
    let begin = std::time::Instant::now();
    while left(&database).await > 0 {
        assert!(
            begin.elapsed() < Duration::from_secs(300),
            "it does not end"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for worker in &mut workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let mut shares: HashMap<String, usize> = HashMap::new();
    let mut names = std::collections::BTreeSet::new();
    for mail in server.mails() {
        let (domain, name) = named(&mail);
        *shares.entry(domain).or_default() += 1;
        assert!(names.insert(name), "a mail came twice: {mail}");
    }
    eprintln!("{shares:?} in {:?}", begin.elapsed());
    assert_eq!(names.len(), mails, "every mail is there");
    assert_eq!(shares.len(), 2, "both took part: {shares:?}");
}
