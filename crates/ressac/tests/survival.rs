//! What goes wrong around the program: it is asked to end, clients are slow, the disk is
//! full, the database goes away. Each has its answer.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use support::trouble::{is_unavailable, post, until};
use support::{Cast, Server, connect, folder, read_answer, ressac, succeeds};
use testkit::{Engine, TestDatabase};

/// A server on an SQLite file, whose one place to write somebody else holds; and how many
/// seconds it leaves to what is under way when it is to end.
struct Held {
    server: Server,
    cast: Cast,
    lock: SqliteConnection,
}

fn held(name: &str, seconds: &str) -> Held {
    let folder = folder(name);
    let file = folder.join("held.db");
    let url = format!("sqlite:{}", file.display());
    let cast = Cast::join(&url);
    let server =
        Server::start(ressac(&folder, &url).env("RESSAC__SERVER__SHUTDOWN_SECONDS", seconds));
    assert_eq!(post(&cast, &server.address, "first").unwrap().status, 201);
    let mut lock = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    lock.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE")
        .unwrap();
    Held { server, cast, lock }
}

#[test]
fn sigterm_answers_what_is_under_way() {
    let Held {
        mut server,
        cast,
        mut lock,
    } = held("survival-drain", "30");
    let address = server.address.clone();
    let asking = std::thread::spawn(move || post(&cast, &address, "under way"));
    std::thread::sleep(Duration::from_millis(700));
    server.signal("-TERM");
    std::thread::sleep(Duration::from_millis(700));
    assert!(
        server.child.try_wait().unwrap().is_none(),
        "it waits for the answer"
    );
    assert!(
        connect(&server.address).is_none(),
        "and takes in nothing new"
    );
    lock.batch_execute("ROLLBACK").unwrap();
    assert_eq!(asking.join().unwrap().expect("an answer").status, 201);
    assert!(server.wait().success());
}

#[test]
fn a_second_sigterm_stops_at_once() {
    let Held {
        mut server,
        cast,
        lock,
    } = held("survival-at-once", "30");
    let address = server.address.clone();
    let asking = std::thread::spawn(move || post(&cast, &address, "under way"));
    std::thread::sleep(Duration::from_millis(700));
    server.signal("-TERM");
    std::thread::sleep(Duration::from_millis(500));
    assert!(server.child.try_wait().unwrap().is_none());
    let asked = Instant::now();
    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(143));
    assert!(
        asked.elapsed() < Duration::from_secs(3),
        "{:?}",
        asked.elapsed()
    );
    assert!(asking.join().unwrap().is_none(), "who asked hears nothing");
    drop(lock);
}

#[test]
fn an_end_waits_no_longer_than_it_was_told() {
    let Held {
        mut server,
        cast,
        lock,
    } = held("survival-patience", "1");
    let address = server.address.clone();
    let asking = std::thread::spawn(move || post(&cast, &address, "under way"));
    std::thread::sleep(Duration::from_millis(700));
    let asked = Instant::now();
    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(143));
    let waited = asked.elapsed();
    assert!(waited >= Duration::from_secs(1), "{waited:?}");
    assert!(waited < Duration::from_secs(4), "{waited:?}");
    assert!(asking.join().unwrap().is_none(), "who asked hears nothing");
    drop(lock);
}

#[test]
fn an_idle_connection_does_not_hold_up_the_end() {
    let folder = folder("survival-idle");
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&mut ressac(&folder, "sqlite:idle.db"));
        let mut idle = connect(&server.address).unwrap();
        idle.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        assert_eq!(read_answer(&mut idle).unwrap().status, 200);
        let asked = Instant::now();
        server.signal(signal);
        assert!(server.wait().success(), "{signal}");
        let waited = asked.elapsed();
        assert!(waited < Duration::from_secs(10), "{signal}: {waited:?}");
    }
}

#[test]
fn request_timeout_ends_a_client_that_sends_a_byte_now_and_then() {
    let folder = folder("survival-slow");
    let url = format!("sqlite:{}", folder.join("slow.db").display());
    let cast = Cast::join(&url);
    let server = Server::start(ressac(&folder, &url).env("RESSAC__SERVER__CLIENT_SECONDS", "1"));
    let head = format!(
        "POST /api/v1/batches HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\n\
        Content-Type: application/json\r\nContent-Length: 200\r\n\r\n",
        cast.donor.bearer()
    );
    for (start, rest) in [(head.as_str(), "{"), ("GET /health/live HTTP/1.1\r\n", "X")] {
        let mut stream = connect(&server.address).unwrap();
        stream.write_all(start.as_bytes()).unwrap();
        let mut reading = stream.try_clone().unwrap();
        let started = Instant::now();
        let answer = std::thread::spawn(move || read_answer(&mut reading));
        while !answer.is_finished() && started.elapsed() < Duration::from_secs(20) {
            let _ = stream.write_all(rest.as_bytes());
            std::thread::sleep(Duration::from_millis(200));
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{rest}");
        let answer = answer.join().unwrap().expect("an answer");
        assert_eq!(answer.status, 408, "{}", answer.body);
        if rest == "{" {
            assert_eq!(answer.json()["code"], "request_timeout");
        }
    }
    assert_eq!(post(&cast, &server.address, "others").unwrap().status, 201);
}

/// No file may grow beyond this, in blocks of 512 bytes: as a full disk would have it.
fn limited(folder: &Path, url: &str, blocks: u64) -> Command {
    let program = ressac(folder, url);
    let mut shell = Command::new("sh");
    shell
        .current_dir(folder)
        .args([
            "-c",
            &format!("ulimit -S -f {blocks}; trap '' XFSZ; exec \"$@\""),
        ])
        .arg("sh")
        .arg(program.get_program())
        .envs(
            program
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    shell
}

#[test]
fn a_full_disk_is_told_and_work_goes_on_when_there_is_room() {
    let folder = folder("survival-full");
    let file = folder.join("full.db");
    let url = format!("sqlite:{}", file.display());
    let cast = Cast::join(&url);
    let blocks = file.metadata().unwrap().len() / 512 + 200;
    let server = Server::start(&mut limited(&folder, &url, blocks));
    let address = &server.address;
    let mut made = 0;
    let refused = loop {
        let answer = post(&cast, address, &format!("n{made}")).unwrap();
        if answer.status != 201 {
            break answer;
        }
        made += 1;
        assert!(made < 2000, "the limit was never met");
    };
    is_unavailable(&refused);
    assert!(made > 0);
    until(503, || Some(server.get("/health/ready")));
    assert_eq!(server.get("/health/live").status, 200);
    let list = cast
        .donor
        .send(address, ("GET", "/batches?limit=1"), None, ("", ""))
        .unwrap();
    assert_eq!(list.status, 200, "what is there can be read");
    let pid = server.child.id().to_string();
    let raised = Command::new("prlimit")
        .args(["--pid", &pid, "--fsize=unlimited:"])
        .status();
    assert!(raised.unwrap().success());
    until(201, || post(&cast, address, &format!("n{made}")));
    until(200, || Some(server.get("/health/ready")));
    server.kill();
    assert!(succeeds(&folder, &url, &["check"]).contains("ok      pages"));
}

/// A PostgreSQL that a test may kill.
struct Postgres {
    shell: Child,
    said: BufReader<std::process::ChildStdout>,
    url: String,
}

impl Postgres {
    fn start() -> Option<Self> {
        std::env::var("RESSAC_TEST_POSTGRES").ok()?;
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut shell = Command::new(root.join("scripts/with-postgres"))
            .args(["bash", "-c", r#"
                data=$(psql -Atc 'SHOW data_directory' "$RESSAC_TEST_POSTGRES")
                owner=()
                [ "$(id -u)" -ne 0 ] || owner=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
                echo "$RESSAC_TEST_POSTGRES"
                cd /
                while read -r what; do
                    if [ "$what" = stop ]; then
                        "${owner[@]}" pg_ctl stop -D "$data" -m immediate -w -s
                    else
                        "${owner[@]}" pg_ctl start -D "$data" -l /dev/null -w -s
                    fi </dev/null >/dev/null
                    echo "$what: done"
                done"#])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(shell.stdout.take().unwrap());
        let mut postgres = Self {
            shell,
            said,
            url: String::new(),
        };
        postgres.url = postgres.line();
        Some(postgres)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn tell(&mut self, what: &str) {
        writeln!(self.shell.stdin.as_mut().unwrap(), "{what}").unwrap();
        assert_eq!(self.line(), format!("{what}: done"));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let mut rest = String::new();
        let _ = self.said.read_to_string(&mut rest);
        let _ = self.shell.wait();
    }
}

#[test]
fn postgres_may_go_away_and_come_back() {
    let Some(mut postgres) = Postgres::start() else {
        eprintln!("left out: RESSAC_TEST_POSTGRES is not set; run scripts/test");
        return;
    };
    let folder = folder("survival-away");
    let cast = Cast::join(&postgres.url);
    let server = Server::start(&mut ressac(&folder, &postgres.url));
    let address = &server.address;
    assert_eq!(post(&cast, address, "before").unwrap().status, 201);
    for round in 0..3 {
        postgres.tell("stop");
        for n in 0..4 {
            let asked = Instant::now();
            is_unavailable(&post(&cast, address, &format!("away {round} {n}")).unwrap());
            assert!(
                asked.elapsed() < Duration::from_secs(8),
                "{:?}",
                asked.elapsed()
            );
        }
        let read = cast
            .donor
            .send(address, ("GET", "/batches"), None, ("", ""))
            .unwrap();
        is_unavailable(&read);
        is_unavailable(&until(503, || Some(server.get("/health/ready"))));
        assert_eq!(server.get("/health/live").status, 200);
        let figures = server.get("/metrics");
        assert!(
            figures.body.contains("ressac_database_up 0"),
            "{}",
            figures.body
        );
        postgres.tell("start");
        until(201, || post(&cast, address, &format!("away {round} 0")));
        until(200, || Some(server.get("/health/ready")));
    }
    server.kill();
    succeeds(&folder, &postgres.url, &["check"]);
}

#[test]
fn a_statement_that_takes_too_long_is_given_up() {
    let Some(database) = TestDatabase::create(Engine::Postgres) else {
        eprintln!("left out: RESSAC_TEST_POSTGRES is not set; run scripts/test");
        return;
    };
    let folder = folder("survival-statement");
    let cast = Cast::join(&database.url);
    let server = Server::start(
        ressac(&folder, &database.url).env("RESSAC__DATABASE__STATEMENT_SECONDS", "1"),
    );
    let mut other = PgConnection::establish(&database.url).unwrap();
    other
        .batch_execute("BEGIN; LOCK TABLE batches IN ACCESS EXCLUSIVE MODE")
        .unwrap();
    let list = || {
        cast.donor
            .send(&server.address, ("GET", "/batches"), None, ("", ""))
            .unwrap()
    };
    let asked = Instant::now();
    is_unavailable(&list());
    is_unavailable(&post(&cast, &server.address, "late").unwrap());
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "{:?}",
        asked.elapsed()
    );
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(list().status, 200);
    assert_eq!(post(&cast, &server.address, "late").unwrap().status, 201);
}
