//! The database cannot be written to, or makes whoever asks wait for half a minute. Each has
//! its answer, and others are served meanwhile.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use testkit::{Engine, json};

use crate::support::trouble::{is_unavailable, list, post, until, wait_for};
use crate::support::{Answer, Cast, Server, database, folder, place, ressac, ressac_after};
use crate::support::{succeeds, text};

/// A database in a folder of its own.
struct Place {
    folder: PathBuf,
    file: PathBuf,
    url: String,
}

impl Place {
    fn new(name: &str) -> Self {
        let around = place(name);
        if around.join("data").exists() {
            allow(&around.join("data"), 0o755); // an earlier run may have left it so
        }
        let folder = folder(name);
        let file = folder.join("data/ressac.db");
        let url = format!("sqlite:{}", file.display());
        Self { folder, file, url }
    }

    /// The database's file, those beside it, and their folder.
    fn all(&self) -> Vec<PathBuf> {
        let folder = self.folder.join("data");
        let entries = std::fs::read_dir(&folder).unwrap();
        let mut all: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        all.push(folder);
        all
    }

    /// The program as somebody whom permissions bind: root is bound once it may not override them.
    fn program(&self) -> Command {
        let root = self.folder.metadata().unwrap().uid() == 0;
        let bound = match root {
            true => "exec setpriv --bounding-set -dac_override,-dac_read_search",
            false => "exec",
        };
        ressac_after(bound, &self.folder, &self.url)
    }

    /// The program at work. Its log goes nowhere: in a file it would meet the limit too.
    fn serves(&self) -> Server {
        Server::start(self.program().stderr(Stdio::null()))
    }

    /// What the program says instead of serving.
    #[track_caller]
    fn refuses(&self) -> String {
        let output = self
            .program()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .output()
            .unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.len(), 1, "{said}");
        lines[0].to_owned()
    }
}

fn allow(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

#[test]
fn a_place_that_cannot_be_written_to_is_told_at_the_start() {
    let place = Place::new("storage-at-start");
    let cast = Cast::join(&place.url);
    let server = place.serves();
    assert_eq!(post(&cast, &server.address, "first").unwrap().status, 201);
    server.kill();
    let all = place.all();
    assert!(all.len() > 3, "the log stands beside the file: {all:?}");
    for path in &all {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        allow(path, mode & 0o555);
        let said = place.refuses();
        assert!(
            said.contains(&format!("cannot be written to: {}: ", path.display())),
            "{said}"
        );
        for mend in ["the right to write", "DATABASE_URL"] {
            assert!(said.contains(mend), "{said}");
        }
        allow(path, mode);
    }
    let server = place.serves();
    assert_eq!(post(&cast, &server.address, "second").unwrap().status, 201);
    assert_eq!(offers(&list(&cast, &server.address)), 2);
}

fn offers(answer: &Answer) -> usize {
    answer.json()["items"].as_array().unwrap().len()
}

/// As if the disk were mounted anew, to be read only: nothing can be opened to be written to,
/// and what is open takes nothing any more.
fn only_to_be_read(place: &Place, server: &Server, only: bool) {
    for path in place.all() {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        allow(&path, if only { mode & 0o555 } else { mode });
    }
    server.limit_files(if only { "0" } else { "unlimited" });
}

#[test]
fn a_place_that_becomes_read_only_still_serves_who_reads() {
    let place = Place::new("storage-under-way");
    let cast = Cast::join(&place.url);
    let server = place.serves();
    let address = &server.address;
    assert_eq!(post(&cast, address, "before").unwrap().status, 201);
    for round in 0..2 {
        let title = format!("meanwhile {round}");
        only_to_be_read(&place, &server, true);
        for _ in 0..3 {
            is_unavailable(&post(&cast, address, &title).unwrap());
            let read = list(&cast, address);
            assert_eq!(read.status, 200, "{}", read.body);
            assert_eq!(offers(&read), 1 + round);
        }
        is_unavailable(&until(503, || Some(server.get("/health/ready"))));
        assert_eq!(server.get("/health/live").status, 200);
        assert!(place.refuses().contains("cannot be written to"));
        only_to_be_read(&place, &server, false);
        until(201, || post(&cast, address, &title));
        until(200, || Some(server.get("/health/ready")));
        assert_eq!(offers(&list(&cast, address)), 2 + round, "and once");
    }
    server.kill();
    succeeds(&place.folder, &place.url, &["check"]);
}

/// Those who ask for what is held or slow.
const WAITING: usize = 4;

/// Somebody who asks now, and what they hear.
type Asking = JoinHandle<Answer>;

/// Those who offer a batch, at the same time.
fn offering(cast: &Cast, address: &str, count: usize) -> Vec<Asking> {
    (0..count)
        .map(|n| {
            let (cast, address) = (cast.clone(), address.to_owned());
            std::thread::spawn(move || post(&cast, &address, &format!("held {n}")).unwrap())
        })
        .collect()
}

/// Those who look at a workshop's accessories, which is slow.
fn looking(cast: &Cast, address: &str, count: usize) -> Vec<Asking> {
    (0..count)
        .map(|_| {
            let (cast, address) = (cast.clone(), address.to_owned());
            std::thread::spawn(move || look(&cast, &address))
        })
        .collect()
}

fn look(cast: &Cast, address: &str) -> Answer {
    let workshop = &cast.refurbisher;
    let path = format!("/workshops/{}/accessories", workshop.organisation);
    workshop
        .send(address, ("GET", &path), None, ("", ""))
        .expect("an answer")
}

/// The workshop got one more of something.
fn count(cast: &Cast, address: &str, shelf: &str, kind: &str) -> Answer {
    let workshop = &cast.refurbisher;
    let path = format!("/workshops/{}/{shelf}", workshop.organisation);
    let body = json!({"kind": kind, "delta": 1, "reason": "found"}).to_string();
    workshop
        .send(address, ("POST", &path), None, ("application/json", &body))
        .expect("an answer")
}

/// Asks now and then until somebody who waits is answered; each is served, and not behind those who
/// wait. (Without a pause it would be thousands of transactions beside one that is open, of which
/// PostgreSQL keeps no account.)
fn others_are_served(waiting: &[Asking], ask: impl Fn(usize) -> Answer) {
    let mut served = 0;
    loop {
        let answer = ask(served);
        assert_eq!(answer.status, 200, "{}", answer.body);
        if waiting.iter().any(Asking::is_finished) {
            break;
        }
        served += 1;
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(served >= WAITING, "{served} before the first who waited");
}

/// All of them are told to come back. What they wait for is still held and still slow, and their own
/// connections would be given up only later: it is the server that ends it.
fn are_told_to_come_back(waiting: Vec<Asking>) {
    for asking in waiting {
        is_unavailable(&asking.join().unwrap());
    }
}

/// Puts something slow in the place of what a workshop has in stock.
fn slow_stock(condition: &str) -> String {
    format!(
        "ALTER TABLE accessory_stock RENAME TO quick_stock;
         CREATE VIEW accessory_stock AS SELECT * FROM quick_stock WHERE {condition}"
    )
}

const QUICK_STOCK: &str = "DROP VIEW accessory_stock;
                           ALTER TABLE quick_stock RENAME TO accessory_stock";

/// Counts without an end; SQLite has no statement that waits. Whoever asked is told to come back, and
/// the thread that counts goes on until the server ends.
const ENDLESS: &str = "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                        SELECT count(*) FROM n) > 0";

#[test]
fn what_takes_too_long_on_sqlite_holds_up_only_who_needs_it() {
    let place = Place::new("storage-slow");
    let cast = Cast::join(&place.url);
    let server = Server::start(&mut ressac(&place.folder, &place.url));
    let address = &server.address;
    assert_eq!(post(&cast, address, "before").unwrap().status, 201);
    assert_eq!(count(&cast, address, "accessories", "mouse").status, 200);
    let mut other = SqliteConnection::establish(&place.file.to_string_lossy()).unwrap();
    let held = format!("{}; BEGIN IMMEDIATE", slow_stock(ENDLESS));
    other.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
    other.batch_execute(&held).unwrap();
    let reading = looking(&cast, address, 1);
    let writing = offering(&cast, address, WAITING);
    // the writer has one in hand, and the others wait behind it
    wait_for(|| server.figure("ressac_writer_queue") >= WAITING - 1);
    wait_for(|| server.figure("ressac_database_connections{state=\"in_use\"}") > 0);
    others_are_served(&writing, |_| list(&cast, address));
    // given up together: one after the other, the second would take the ten seconds of the limit again
    let first = Instant::now();
    are_told_to_come_back(writing);
    assert!(
        first.elapsed() < Duration::from_secs(8),
        "one after the other"
    );
    are_told_to_come_back(reading);
    is_unavailable(&until(503, || Some(server.get("/health/ready"))));
    other.batch_execute("ROLLBACK").unwrap();
    for n in 0..WAITING {
        until(201, || post(&cast, address, &format!("held {n}")));
    }
    until(200, || Some(server.get("/health/ready")));
    other.batch_execute(QUICK_STOCK).unwrap();
    assert_eq!(look(&cast, address).status, 200);
    server.kill();
    succeeds(&place.folder, &place.url, &["check"]);
}

/// How many sessions of this database wait, and for what.
fn sessions(connection: &mut PgConnection, waiting: &str) -> usize {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let query = format!(
        "SELECT count(*) AS count FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'active' AND {waiting}"
    );
    let counted: Count = diesel::sql_query(query).get_result(connection).unwrap();
    usize::try_from(counted.count).unwrap()
}

const SLEEP: &str = "wait_event = 'PgSleep'";
const FOR_A_LOCK: &str = "wait_event_type = 'Lock'";

#[test]
fn what_takes_too_long_on_postgres_holds_up_only_who_needs_it() {
    let Some(database) = database(Engine::Postgres) else {
        return;
    };
    let folder = folder("storage-slow-postgres");
    let cast = Cast::join(&database.url);
    let server = Server::start(&mut ressac(&folder, &database.url));
    let address = &server.address;
    assert_eq!(post(&cast, address, "before").unwrap().status, 201);
    assert_eq!(count(&cast, address, "accessories", "mouse").status, 200);
    let mut looking_on = PgConnection::establish(&database.url).unwrap();
    let mut other = PgConnection::establish(&database.url).unwrap();
    other
        .batch_execute(&slow_stock("(SELECT pg_sleep(3600)) IS NOT NULL"))
        .unwrap();
    other
        .batch_execute("BEGIN; LOCK TABLE batches IN ACCESS EXCLUSIVE MODE")
        .unwrap();
    let mut waiting = looking(&cast, address, WAITING);
    waiting.extend(offering(&cast, address, WAITING));
    wait_for(|| sessions(&mut looking_on, SLEEP) == WAITING);
    wait_for(|| sessions(&mut looking_on, FOR_A_LOCK) >= WAITING);
    others_are_served(&waiting, |n| match n % 2 {
        0 => count(&cast, address, "parts", "screw"),
        _ => cast
            .staff
            .send(address, ("GET", "/organisations"), None, ("", ""))
            .expect("an answer"),
    });
    are_told_to_come_back(waiting);
    // Those who offer wait for each other's number before they wait for the table: when the first
    // gives up, two of them begin to wait anew, and the others give up with it. So many are needed
    // for hardly a write of the last seconds to be kept.
    let more = offering(&cast, address, 2 * WAITING);
    is_unavailable(&until(503, || Some(server.get("/health/ready"))));
    are_told_to_come_back(more);
    wait_for(|| sessions(&mut looking_on, SLEEP) == 0); // nobody works on for who was sent away
    other.batch_execute("ROLLBACK").unwrap();
    for n in 0..WAITING {
        until(201, || post(&cast, address, &format!("held {n}")));
    }
    other.batch_execute(QUICK_STOCK).unwrap();
    assert_eq!(look(&cast, address).status, 200);
    server.kill();
    succeeds(&folder, &database.url, &["check"]);
}
