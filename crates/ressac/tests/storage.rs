//! The database cannot be written to, or makes whoever asks wait for half a minute. Each has
//! its answer, and others are served meanwhile.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod support;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use support::trouble::{is_unavailable, list, post, until, wait_for};
use support::{Answer, Cast, Server, folder, ressac, succeeds, text};
use testkit::{Engine, TestDatabase, json};

/// A database in a folder of its own.
struct Place {
    folder: PathBuf,
    file: PathBuf,
    url: String,
}

impl Place {
    fn new(name: &str) -> Self {
        let around = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
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
        let program = ressac(&self.folder, &self.url);
        let root = self.folder.metadata().unwrap().uid() == 0;
        let bound = match root {
            true => "exec setpriv --bounding-set -dac_override,-dac_read_search \"$@\"",
            false => "exec \"$@\"",
        };
        let mut shell = Command::new("sh");
        shell
            .current_dir(&self.folder)
            .args(["-c", &format!("trap '' XFSZ; {bound}"), "sh"])
            .arg(program.get_program())
            .envs(
                program
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            );
        shell
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
    let server = Server::start(&mut place.program());
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
    let server = Server::start(&mut place.program());
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
    let most = if only { "0" } else { "unlimited" };
    let limited = Command::new("prlimit")
        .args(["--pid", &server.child.id().to_string()])
        .arg(format!("--fsize={most}:"))
        .status();
    assert!(limited.unwrap().success());
}

#[test]
fn a_place_that_becomes_read_only_still_serves_who_reads() {
    let place = Place::new("storage-under-way");
    let cast = Cast::join(&place.url);
    let server = Server::start(&mut place.program());
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

/// For how long others are in the way.
const HALF_A_MINUTE: Duration = Duration::from_secs(30);
/// Those who ask for what is held or slow.
const WAITING: usize = 4;
/// How soon everybody else is served, on a machine that is busy with other tests.
const SOON: Duration = Duration::from_secs(6);

/// Somebody who asks now, what they hear, and after how long.
type Asking = std::thread::JoinHandle<(Answer, Duration)>;

fn asking(ask: impl FnOnce() -> Answer + Send + 'static) -> Asking {
    std::thread::spawn(move || {
        let asked = Instant::now();
        (ask(), asked.elapsed())
    })
}

/// Told to come back, after no more seconds than a default says.
#[track_caller]
fn is_told_in_time(asking: Asking, seconds: u64) {
    let (answer, waited) = asking.join().unwrap();
    is_unavailable(&answer);
    assert!(waited < Duration::from_secs(seconds) + SOON, "{waited:?}");
}

/// Those who offer a batch, at the same time.
fn offering(cast: &Cast, address: &str) -> Vec<Asking> {
    (0..WAITING)
        .map(|n| {
            let (cast, address) = (cast.clone(), address.to_owned());
            asking(move || post(&cast, &address, &format!("held {n}")).expect("an answer"))
        })
        .collect()
}

/// Those who look at a workshop's accessories, which is slow.
fn looking(cast: &Cast, address: &str, count: usize) -> Vec<Asking> {
    (0..count)
        .map(|_| {
            let (cast, address) = (cast.clone(), address.to_owned());
            asking(move || look(&cast, &address))
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

/// Asks now and then until half a minute is over; each is served soon. (Without a pause it would
/// be thousands of transactions beside one that is open, of which PostgreSQL keeps no account.)
fn others_are_served(since: Instant, ask: impl Fn(usize) -> Answer) {
    let mut served = 0;
    while since.elapsed() < HALF_A_MINUTE {
        let asked = Instant::now();
        let answer = ask(served);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
        served += 1;
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(served > 20, "{served}");
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

/// Counts to there; SQLite has no statement that waits.
fn count_to(most: u64) -> String {
    format!(
        "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})
          SELECT count(*) FROM n) > 0"
    )
}

/// As far as SQLite counts in half a minute of a processor's time.
fn half_a_minute_of_counting(connection: &mut SqliteConnection) -> u64 {
    const TRIAL: u64 = 3_000_000;
    let trial = format!("SELECT {}", count_to(TRIAL));
    let before = worked();
    connection.batch_execute(&trial).unwrap();
    let took = worked() - before;
    let times = HALF_A_MINUTE.as_secs_f64() / took.as_secs_f64();
    (TRIAL as f64 * times) as u64
}

/// What this thread has had of a processor, whatever else the machine is at.
fn worked() -> Duration {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(figures.split(' ').next().unwrap().parse().unwrap())
}

#[test]
fn half_a_minute_on_sqlite_holds_up_only_who_needs_what_is_held() {
    let place = Place::new("storage-slow");
    let cast = Cast::join(&place.url);
    let server = Server::start(&mut ressac(&place.folder, &place.url));
    let address = &server.address;
    assert_eq!(post(&cast, address, "before").unwrap().status, 201);
    assert_eq!(count(&cast, address, "accessories", "mouse").status, 200);
    let mut other = SqliteConnection::establish(&place.file.to_string_lossy()).unwrap();
    let slow = slow_stock(&count_to(half_a_minute_of_counting(&mut other)));
    other.batch_execute(&slow).unwrap();
    other
        .batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE")
        .unwrap();
    let since = Instant::now();
    let reading = looking(&cast, address, 1);
    let writing = offering(&cast, address);
    others_are_served(since, |_| list(&cast, address));
    is_unavailable(&server.get("/health/ready"));
    other.batch_execute("ROLLBACK").unwrap();
    for asking in writing {
        is_told_in_time(asking, 10); // all of them, not one after the other
    }
    for asking in reading {
        is_told_in_time(asking, 20);
    }
    for n in 0..WAITING {
        until(201, || post(&cast, address, &format!("held {n}")));
    }
    until(200, || Some(server.get("/health/ready")));
    wait_for(|| {
        let figures = server.get("/metrics").body;
        figures.contains("ressac_database_connections{state=\"in_use\"} 0")
    });
    other.batch_execute(QUICK_STOCK).unwrap();
    assert_eq!(look(&cast, address).status, 200);
    server.kill();
    succeeds(&place.folder, &place.url, &["check"]);
}

#[test]
fn half_a_minute_on_postgres_holds_up_only_who_needs_what_is_held() {
    let Some(database) = TestDatabase::create(Engine::Postgres) else {
        eprintln!("left out: RESSAC_TEST_POSTGRES is not set; run scripts/test");
        return;
    };
    let folder = folder("storage-slow-postgres");
    let cast = Cast::join(&database.url);
    let server = Server::start(&mut ressac(&folder, &database.url));
    let address = &server.address;
    assert_eq!(post(&cast, address, "before").unwrap().status, 201);
    assert_eq!(count(&cast, address, "accessories", "mouse").status, 200);
    let mut other = PgConnection::establish(&database.url).unwrap();
    other
        .batch_execute(&slow_stock("(SELECT pg_sleep(30)) IS NOT NULL"))
        .unwrap();
    other
        .batch_execute("BEGIN; LOCK TABLE batches IN ACCESS EXCLUSIVE MODE")
        .unwrap();
    let since = Instant::now();
    let reading = looking(&cast, address, WAITING);
    let writing = offering(&cast, address);
    others_are_served(since, |n| match n % 2 {
        0 => count(&cast, address, "parts", "screw"),
        _ => cast
            .staff
            .send(address, ("GET", "/organisations"), None, ("", ""))
            .expect("an answer"),
    });
    assert_eq!(server.get("/health/ready").status, 200);
    other.batch_execute("ROLLBACK").unwrap();
    for asking in writing {
        is_told_in_time(asking, 20); // one waits for the table, the others first for that one
    }
    for asking in reading {
        is_told_in_time(asking, 20);
    }
    for n in 0..WAITING {
        until(201, || post(&cast, address, &format!("held {n}")));
    }
    other.batch_execute(QUICK_STOCK).unwrap();
    assert_eq!(look(&cast, address).status, 200);
    server.kill();
    succeeds(&folder, &database.url, &["check"]);
}
