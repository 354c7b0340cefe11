//! What goes wrong around the program: it is asked to end, clients are slow, the disk is
//! full, the database goes away. Each has its answer.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use testkit::Engine;

use crate::support::letters::all_sent;
use crate::support::trouble::{is_unavailable, list, post, until, wait_for};
use crate::support::{Answer, Cast, Postgres, Server, connect, database, folder, read_answer};
use crate::support::{Signal, ressac, ressac_after, succeeds};

/// A server on an SQLite file, whose one place to write somebody else holds; and two who ask it to
/// write something meanwhile.
struct Held {
    server: Server,
    asking: Vec<JoinHandle<Option<Answer>>>,
    lock: SqliteConnection,
}

/// The server leaves so many seconds to what is under way when it is to end.
fn held(name: &str, seconds: &str) -> Held {
    let folder = folder(name);
    let file = folder.join("held.db");
    let url = format!("sqlite:{}", file.display());
    let cast = Cast::join(&url);
    let server =
        Server::start(ressac(&folder, &url).env("RESSAC__SERVER__SHUTDOWN_SECONDS", seconds));
    assert_eq!(post(&cast, &server.address, "first").unwrap().status, 201);
    all_sent(&url); // the worker is not who waits
    let mut lock = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    lock.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE")
        .unwrap();
    let asking = ["one", "other"].map(|title| {
        let (cast, address) = (cast.clone(), server.address.clone());
        std::thread::spawn(move || post(&cast, &address, title))
    });
    // the writer has the first in hand, and the second waits behind it: the first, too, waits for
    // an instant, but is not seen to do so again and again
    let mut seen = 0;
    wait_for(|| {
        seen = match server.figure("ressac_writer_queue") {
            0 => 0,
            _ => seen + 1,
        };
        seen == 3
    });
    Held {
        server,
        asking: asking.into(),
        lock,
    }
}

#[test]
fn sigterm_answers_what_is_under_way() {
    let Held {
        mut server,
        asking,
        mut lock,
    } = held("survival-drain", "30");
    server.signal(Signal::TERM);
    wait_for(|| connect(&server.address).is_none()); // nothing new is taken in
    assert!(
        server.child.try_wait().unwrap().is_none(),
        "it waits for the answer"
    );
    lock.batch_execute("ROLLBACK").unwrap();
    for asking in asking {
        assert_eq!(asking.join().unwrap().expect("an answer").status, 201);
    }
    assert!(server.wait().success());
}

/// It ended before those who asked were answered, with the code that says so; the place to write is
/// held until then.
fn ends_without_an_answer(held: Held) {
    let Held {
        mut server,
        asking,
        lock,
    } = held;
    assert_eq!(server.wait().code(), Some(143));
    for asking in asking {
        assert!(asking.join().unwrap().is_none(), "who asked hears nothing");
    }
    drop(lock);
}

#[test]
fn a_second_sigterm_stops_at_once() {
    let mut held = held("survival-at-once", "30");
    held.server.signal(Signal::TERM);
    wait_for(|| connect(&held.server.address).is_none());
    assert!(held.server.child.try_wait().unwrap().is_none());
    held.server.signal(Signal::TERM);
    ends_without_an_answer(held);
}

#[test]
fn an_end_waits_no_longer_than_it_was_told() {
    let held = held("survival-patience", "1");
    held.server.signal(Signal::TERM);
    ends_without_an_answer(held);
}

#[test]
fn an_idle_connection_does_not_hold_up_the_end() {
    let folder = folder("survival-idle");
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Server::start(&mut ressac(&folder, "sqlite:idle.db"));
        let mut idle = connect(&server.address).unwrap();
        idle.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        assert_eq!(read_answer(&mut idle).unwrap().status, 200);
        server.signal(signal);
        // cut off after `server.shutdown_seconds` it would have another code
        assert!(server.wait().success(), "{signal:?}");
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
        let answer = std::thread::spawn(move || read_answer(&mut reading));
        while !answer.is_finished() {
            let _ = stream.write_all(rest.as_bytes());
            std::thread::sleep(Duration::from_millis(200));
        }
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
    ressac_after(&format!("ulimit -S -f {blocks}; exec"), folder, url)
}

#[test]
fn a_full_disk_is_told_and_work_goes_on_when_there_is_room() {
    let folder = folder("survival-full");
    let file = folder.join("full.db");
    let url = format!("sqlite:{}", file.display());
    let cast = Cast::join(&url);
    let blocks = file.metadata().unwrap().len() / 512 + 200;
    // its log goes nowhere: in a file it would meet the limit too
    let server = Server::start(limited(&folder, &url, blocks).stderr(Stdio::null()));
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
    // what was copied out of the log leaves room in it, for a page at least: until there is none
    server.limit_files("0");
    until(503, || Some(server.get("/health/ready")));
    assert_eq!(server.get("/health/live").status, 200);
    let read = list(&cast, address);
    assert_eq!(read.status, 200, "what is there can be read");
    server.limit_files("unlimited");
    until(201, || post(&cast, address, &format!("n{made}")));
    until(200, || Some(server.get("/health/ready")));
    server.kill();
    assert!(succeeds(&folder, &url, &["check"]).contains("ok      pages"));
}

#[test]
fn a_log_that_cannot_be_written_takes_no_answer_with_it() {
    let folder = folder("survival-log");
    let url = format!("sqlite:{}", folder.join("log.db").display());
    let cast = Cast::join(&url);
    let full = std::fs::File::options().write(true).open("/dev/full");
    let mut program = ressac(&folder, &url);
    program.env("RESSAC__LOG__LEVEL", "debug");
    let server = Server::start(program.stderr(full.unwrap()));
    assert_eq!(post(&cast, &server.address, "one").unwrap().status, 201);
    assert_eq!(server.get("/health/ready").status, 200);
}

#[test]
fn postgres_may_go_away_and_come_back() {
    let Some(mut postgres) = Postgres::alone() else {
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
            is_unavailable(&post(&cast, address, &format!("away {round} {n}")).unwrap());
        }
        is_unavailable(&list(&cast, address));
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
    let Some(database) = database(Engine::Postgres) else {
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
    let address = &server.address;
    is_unavailable(&list(&cast, address));
    is_unavailable(&post(&cast, address, "late").unwrap());
    other.batch_execute("ROLLBACK").unwrap(); // after the answers
    assert_eq!(list(&cast, address).status, 200);
    assert_eq!(post(&cast, address, "late").unwrap().status, 201);
}
