//! PostgreSQL servers of a test's own, which it may kill.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A server, or one and its standby: a shell that has them and does as it is told.
pub struct Postgres {
    shell: Child,
    said: BufReader<ChildStdout>,
    pub url: String,
}

/// A server that `stop` kills and `start` starts again.
const ALONE: &str = r#"
    data=$(psql -Atc 'SHOW data_directory' "$RESSAC_TEST_POSTGRES")
    owner=()
    [ "$(id -u)" -ne 0 ] || owner=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    echo "$RESSAC_TEST_POSTGRES"
    cd /
    while read -r what; do
        case $what in
            stop) "${owner[@]}" pg_ctl stop -D "$data" -m immediate -w -s ;;
            start) "${owner[@]}" pg_ctl start -D "$data" -l /dev/null -w -s ;;
        esac </dev/null >/dev/null
        echo "$what: done"
    done"#;

/// Two servers in a fresh folder: the second follows the first, and the first acknowledges
/// nothing that the second has not. `kill` ends the first, `promote` puts the second in its place.
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

impl Postgres {
    /// None, and a word about it, where the tests run without PostgreSQL.
    pub fn alone() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/with-postgres");
        Self::start(Command::new(script).args(["bash", "-c", ALONE]))
    }

    /// With a standby; None also where its programs are not in the PATH.
    pub fn pair() -> Option<Self> {
        let there = Command::new("pg_basebackup").arg("--version").output();
        if !there.is_ok_and(|output| output.status.success()) {
            eprintln!("left out: pg_basebackup is not there; run scripts/test");
            return None;
        }
        Self::start(Command::new("bash").args(["-c", PAIR]))
    }

    fn start(shell: &mut Command) -> Option<Self> {
        if std::env::var_os("RESSAC_TEST_POSTGRES").is_none() {
            eprintln!("left out: RESSAC_TEST_POSTGRES is not set; run scripts/test");
            return None;
        }
        let mut shell = shell
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
        assert!(!line.is_empty(), "the shell ended; see above");
        line.trim().to_owned()
    }

    /// Returns when it is done.
    pub fn tell(&mut self, what: &str) {
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
