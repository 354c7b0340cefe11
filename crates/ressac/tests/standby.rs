//! The PostgreSQL that takes the writes is killed, and its standby takes its place: what was
//! acknowledged is there, and work goes on by itself.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::Ordering;

use support::load::{CLIENTS, Client, Done, Load, dock, verify};
use support::trouble::{is_unavailable, list, post, until, wait_for};
use support::{Cast, Server, folder, ressac, succeeds};

/// Two servers in a fresh folder: the second follows the first, and the first acknowledges
/// nothing that the second has not.
const PAIR: &str = r#"
    set -eu
    home=$(mktemp -d -p /tmp ressac-pg.XXXXXXXX)
    owner=()
    if [ "$(id -u)" -eq 0 ]; then
        chown nobody:nogroup "$home"
        owner=(setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$home")
    fi
    cd "$home"
    control() { local what=$1 which=$2; shift 2
        "${owner[@]}" pg_ctl "$what" -D "$home/$which" -w -s "$@" </dev/null >/dev/null; }
    ask() { psql -h "$home/first.socket" -U ressac -d postgres -Atqc "$1" </dev/null; }
    clean_up() {
        for which in first second; do
            [ ! -e "$home/$which/postmaster.pid" ] || control stop "$which" -m immediate || true
        done
        rm -rf "$home"
    }
    trap clean_up EXIT
    "${owner[@]}" mkdir first.socket second.socket
    "${owner[@]}" initdb -D first -U ressac -A trust -E UTF8 --locale=C --no-sync >/dev/null
    printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$home/first.socket'" \
        'wal_level = replica' 'fsync = off' 'max_pred_locks_per_transaction = 256' >>first/postgresql.conf
    control start first -l "$home/first.log"
    "${owner[@]}" pg_basebackup -h "$home/first.socket" -U ressac -D second -R -X stream -c fast --no-sync
    echo "unix_socket_directories = '$home/second.socket'" >>second/postgresql.conf
    control start second -l "$home/second.log"
    ask "ALTER SYSTEM SET synchronous_standby_names = '*'"
    ask 'SELECT pg_reload_conf()' >/dev/null
    until [ "$(ask 'SELECT sync_state FROM pg_stat_replication')" = sync ]; do sleep 0.1; done
    first=${home//\//%2F}%2Ffirst.socket second=${home//\//%2F}%2Fsecond.socket
    echo "postgres://ressac@$first,$second/postgres?target_session_attrs=read-write"
    while read -r what; do
        case $what in
            kill) control stop first -m immediate ;;
            promote) control promote second ;;
        esac
        echo "$what: done"
    done"#;

/// A PostgreSQL and its standby.
struct Pair {
    shell: Child,
    said: BufReader<ChildStdout>,
    url: String,
}

impl Pair {
    /// None where PostgreSQL's programs are not in the PATH.
    fn start() -> Option<Self> {
        std::env::var("RESSAC_TEST_POSTGRES").ok()?;
        let there = Command::new("pg_basebackup").arg("--version").output();
        there.ok().filter(|output| output.status.success())?;
        let mut shell = Command::new("bash")
            .args(["-c", PAIR])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(shell.stdout.take().unwrap());
        let mut pair = Self {
            shell,
            said,
            url: String::new(),
        };
        pair.url = pair.line();
        Some(pair)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the servers did not start");
        line.trim().to_owned()
    }

    fn tell(&mut self, what: &str) {
        writeln!(self.shell.stdin.as_mut().unwrap(), "{what}").unwrap();
        assert_eq!(self.line(), format!("{what}: done"));
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let mut rest = String::new();
        let _ = self.said.read_to_string(&mut rest);
        let _ = self.shell.wait();
    }
}

/// So many more requests are acknowledged.
#[track_caller]
fn goes_on(load: &Load<'_>) {
    let so_far = load.acknowledged.load(Ordering::Relaxed);
    wait_for(|| load.acknowledged.load(Ordering::Relaxed) > so_far + 3 * CLIENTS);
}

/// While neither takes writes: who asks is told so.
fn is_away(server: &Server, cast: &Cast) {
    let address = &server.address;
    is_unavailable(&until(503, || Some(server.get("/health/ready"))));
    for n in 0..4 {
        is_unavailable(&post(cast, address, &format!("away {n}")).unwrap());
        is_unavailable(&list(cast, address));
    }
    assert_eq!(server.get("/health/live").status, 200);
}

#[test]
fn a_standby_takes_over_and_nothing_acknowledged_is_lost() {
    let Some(mut pair) = Pair::start() else {
        eprintln!("left out: RESSAC_TEST_POSTGRES or pg_basebackup is not there; run scripts/test");
        return;
    };
    let folder = folder("standby");
    let url = pair.url.clone();
    let cast = Cast::join(&url);
    let server = Server::start(ressac(&folder, &url).env("RESSAC__LOG__LEVEL", "error"));
    let address = server.address.clone();
    let tags = dock(&server, &cast);
    let clients = Client::all();
    let load = Load::on(&address, &cast, &tags);
    std::thread::scope(|scope| {
        for client in &clients {
            let load = &load;
            scope.spawn(move || client.lock().unwrap().work(load));
        }
        // whatever fails in here, the clients are told to stop
        let _stop = Stop(&load);
        goes_on(&load);
        pair.tell("kill");
        is_away(&server, &cast);
        pair.tell("promote");
        for n in 0..4 {
            until(201, || post(&cast, &address, &format!("away {n}")));
        }
        until(200, || Some(server.get("/health/ready")));
        goes_on(&load);
    });
    let logs: Vec<Done> = clients
        .iter()
        .map(|client| client.lock().unwrap().log.clone())
        .collect();
    verify(&url, &logs);
    server.kill();
    succeeds(&folder, &url, &["audit", "verify"]);
    succeeds(&folder, &url, &["check"]);
}

/// Tells the clients to stop when it is dropped.
struct Stop<'a>(&'a Load<'a>);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}
