//! `ressac worker` killed at random while mails are due: every mail is there in the end, and
//! only what was in hand at a kill came twice. Two of them at once: each mail leaves once.
//!
//! By default a small run; `RESSAC_KILLS=200 RESSAC_MAILS=2000` makes it the full one.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use db::schema::outbox;
use db::{Database, DatabaseSettings};
use diesel::prelude::*;
use kernel::SystemClock;
use testkit::{Engine, TestDatabase};

use crate::smtp::SmtpServer;
use crate::support::letters::{letters, message_id};
use crate::support::{database, folder, ressac};

/// Connections of the worker: mails in hand at the same time.
const CONNECTIONS: usize = 4;

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
}

fn worker(folder: &Path, database: &str, server: &SmtpServer) -> Command {
    let mut command = ressac(folder, database);
    command
        .arg("worker")
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

/// An outbox with so many mails, and the database that it is in.
async fn outbox_of(place: &TestDatabase, mails: usize) -> Database {
    let settings = DatabaseSettings {
        connections: 2,
        ..place.settings()
    };
    let database = Database::open(settings, Arc::new(SystemClock)).unwrap();
    let pushed = database.write(move |tx| notifications::push_many(tx, &letters(0..mails)));
    pushed.await.unwrap();
    database
}

async fn left(database: &Database) -> i64 {
    let waiting = outbox::table.filter(outbox::status.ne("sent")).count();
    let read = database.read(move |db| Ok(waiting.get_result(db)?));
    read.await.unwrap()
}

/// Waits until every mail has left; gives up after ten minutes.
async fn all_leave(database: &Database) {
    let begin = Instant::now();
    while left(database).await > 0 {
        assert!(
            begin.elapsed() < Duration::from_secs(600),
            "it does not end"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
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
        let mut child = worker(folder, url, server).spawn().unwrap();
        let before = server.mails().len();
        // it has to be at work to be killed at work; what it may take waits for its turn
        let patience = Instant::now() + Duration::from_secs(8);
        while server.mails().len() == before && Instant::now() < patience {
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
    let Some(place) = database(engine) else {
        return;
    };
    let (kills, mails) = (number("RESSAC_KILLS", 8), number("RESSAC_MAILS", 300));
    let folder = folder(&format!("worker-{engine:?}"));
    let database = outbox_of(&place, mails).await;
    let server = SmtpServer::start([]).await;

    let begin = Instant::now();
    let killed_at = kill(&folder, &place.url, &database, &server, kills).await;
    let mut last = worker(&folder, &place.url, &server).spawn().unwrap();
    all_leave(&database).await;
    last.kill().unwrap();
    last.wait().unwrap();

    let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, mail) in server.mails().iter().enumerate() {
        let name = message_id(mail).to_owned();
        seen.entry(name).or_default().push(at);
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

/// Both are told apart by the address that they send from, which the Message-ID ends in; both
/// are slowed down, so that each has its share.
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_at_once_send_each_mail_once_on_postgres() {
    let Some(place) = database(Engine::Postgres) else {
        return;
    };
    let mails = 400;
    let folder = folder("worker-two");
    let database = outbox_of(&place, mails).await;
    let server = SmtpServer::start([]).await;
    let mut workers = ["first", "second"].map(|name| {
        worker(&folder, &place.url, &server)
            .env("RESSAC__MAIL__FROM", format!("ville@{name}.example"))
            .env("RESSAC__MAIL__PER_MINUTE", "1500")
            .env("RESSAC__MAIL__TIMEOUT_SECONDS", "20")
            .spawn()
            .unwrap()
    });
    let begin = Instant::now();
    all_leave(&database).await;
    for worker in &mut workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let mut shares: HashMap<String, usize> = HashMap::new();
    let mut names = BTreeSet::new();
    for mail in server.mails() {
        let name = message_id(&mail);
        let (_, domain) = name.trim_end_matches('>').rsplit_once('@').unwrap();
        *shares.entry(domain.to_owned()).or_default() += 1;
        assert!(names.insert(name.to_owned()), "a mail came twice: {mail}");
    }
    eprintln!("{shares:?} in {:?}", begin.elapsed());
    assert_eq!(names.len(), mails, "every mail is there");
    assert_eq!(shares.len(), 2, "both took part: {shares:?}");
}
