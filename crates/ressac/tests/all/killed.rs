//! The server is killed in the middle of an approval, later and later: afterwards the wave is
//! approved with all that belongs to it, or not at all, and is approved then as if nothing had
//! happened.

use std::path::Path;
use std::time::{Duration, Instant};

use db::schema::{custody_events as c, devices as d, handovers as h, outbox as o};
use db::schema::{wave_devices as v, wave_explanations as x};
use diesel::connection::SimpleConnection;
use diesel::dsl::{count, count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use testkit::{Engine, TestApp, TestDatabase, json};

use crate::story::waves;
use crate::support::{Answer, Cast, Server, folder_after_app, read, ressac, succeeds};

const DEVICES: i64 = 1_500;
const LOTS: i64 = 50;

/// Sees from outside that an approval has written and not yet ended.
enum Watch {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Watch {
    fn on(engine: Engine, url: &str) -> Self {
        match engine {
            Engine::Sqlite => {
                let file = url.strip_prefix("sqlite:").unwrap();
                Self::Sqlite(SqliteConnection::establish(file).unwrap())
            }
            Engine::Postgres => Self::Postgres(PgConnection::establish(url).unwrap()),
        }
    }

    /// SQLite: somebody holds the one place to write. PostgreSQL: somebody's lots are not
    /// committed.
    fn sees_writing(&mut self) -> bool {
        match self {
            Self::Sqlite(file) => {
                let free = file.batch_execute("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE");
                free.is_err() || file.batch_execute("ROLLBACK").is_err()
            }
            Self::Postgres(server) => diesel::select(sql::<Bool>(
                "EXISTS (SELECT FROM pg_locks WHERE relation = 'wave_devices'::regclass
                 AND mode = 'RowExclusiveLock'
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            ))
            .get_result(server)
            .unwrap(),
        }
    }

    /// Waits until it is so; false when that did not come in time.
    fn waits(&mut self, for_writing: bool, most: Duration) -> bool {
        let started = Instant::now();
        while self.sees_writing() != for_writing {
            if started.elapsed() > most {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }
}

/// What stands of the wave.
#[derive(Debug, PartialEq, Eq)]
struct Standing {
    devices_reserved: i64,
    devices_on_lines: i64,
    distinct_devices: i64,
    custody_events: i64,
    explanations: i64,
    handovers: i64,
    letters: i64,
}

const NOTHING: Standing = Standing {
    devices_reserved: 0,
    devices_on_lines: 0,
    distinct_devices: 0,
    custody_events: 0,
    explanations: 0,
    handovers: 0,
    letters: 0,
};

const ALL: Standing = Standing {
    devices_reserved: DEVICES,
    devices_on_lines: DEVICES,
    distinct_devices: DEVICES,
    custody_events: DEVICES,
    explanations: LOTS,
    handovers: LOTS,
    letters: LOTS,
};

impl Standing {
    fn read(url: &str) -> Self {
        read(url, |db| {
            let live = v::table.filter(v::released_at.is_null());
            let devices = d::table.filter(d::stage.eq("reserved"));
            let events = c::table.filter(c::to_stage.eq("reserved"));
            let letters = o::table.filter(o::kind.eq("lot_granted"));
            Ok(Self {
                devices_reserved: devices.select(count_star()).first(db)?,
                devices_on_lines: live.select(count_star()).first(db)?,
                distinct_devices: live
                    .select(count(v::device_id).aggregate_distinct())
                    .first(db)?,
                custody_events: events.select(count_star()).first(db)?,
                explanations: x::table.select(count_star()).first(db)?,
                handovers: h::table.select(count_star()).first(db)?,
                letters: letters.select(count_star()).first(db)?,
            })
        })
    }
}

/// A wave that waits for approval, on a database that no server has open.
fn submitted_wave(app: TestApp) -> (TestDatabase, String) {
    let names: Vec<String> = (0..LOTS).map(|number| format!("A{number}")).collect();
    let associations: Vec<(&str, u32, i32)> = names
        .iter()
        .zip((0..9_000).rev().step_by(10))
        .map(|(name, score)| (name.as_str(), 30, score))
        .collect();
    let stage = waves::Stage::set(&app, &associations, DEVICES.unsigned_abs() as usize);
    waves::log_stock(&app);
    let wave = stage.submitted_wave(&app, "Vague");
    (app.leave(), wave)
}

fn approve(cast: &Cast, address: &str, wave: &str) -> Option<Answer> {
    let path = format!("{wave}/approve");
    let nothing = ("application/json", "");
    let read = cast.staff.send(address, ("GET", wave), None, nothing)?;
    let plan = json!({"digest": read.json()["digest"]}).to_string();
    let body = ("application/json", plan.as_str());
    cast.staff.send(address, ("POST", &path), None, body)
}

/// The wave's state and its devices, as a server tells them.
fn told(cast: &Cast, address: &str, wave: &str) -> (String, i64) {
    let nothing = ("application/json", "");
    let answer = cast.staff.send(address, ("GET", wave), None, nothing);
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let wave = answer.json();
    let devices = wave["devices"].as_i64().unwrap_or_default();
    (wave["status"].as_str().unwrap().to_owned(), devices)
}

/// How a kill met the approval.
struct Kill {
    /// The approval had begun to write and not ended just before.
    in_the_middle: bool,
    /// Somebody was told that the wave is approved.
    answered: bool,
}

/// Approves, and kills the server so long after the approval began to write.
fn approve_and_kill(
    server: Server,
    cast: &Cast,
    wave: &str,
    watch: Watch,
    after: Duration,
) -> Kill {
    let mut watch = watch;
    let most = Duration::from_secs(20);
    assert!(watch.waits(false, most), "nobody writes before");
    let (asking, address, path) = (cast.clone(), server.address.clone(), wave.to_owned());
    let approving = std::thread::spawn(move || approve(&asking, &address, &path));
    assert!(watch.waits(true, most), "the approval never wrote");
    std::thread::sleep(after);
    let in_the_middle = watch.sees_writing() && !approving.is_finished();
    server.kill();
    assert!(watch.waits(false, most), "a dead server's work ends");
    let answer = approving.join().unwrap();
    if let Some(answer) = &answer {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    Kill {
        in_the_middle,
        answered: answer.is_some(),
    }
}

fn custody_is_intact(folder: &Path, url: &str) {
    let said = succeeds(folder, url, &["audit", "verify"]);
    assert!(said.contains("custody intact"), "{said}");
}

fn killed_while_approving(engine: Engine) {
    let Some(app) = TestApp::start(engine) else {
        eprintln!("left out: RESSAC_TEST_POSTGRES is not set; run scripts/test");
        return;
    };
    let (database, wave) = submitted_wave(app);
    let url = &database.url;
    let mut cast = Cast::join(url);
    let folder = folder_after_app(&format!("killed-{engine:?}"), url);
    let (mut interrupted, mut after) = (0, Duration::from_millis(5));
    loop {
        cast.sign_in(url);
        let server = Server::start(&mut ressac(&folder, url));
        assert_eq!(told(&cast, &server.address, &wave).0, "submitted");
        let kill = approve_and_kill(server, &cast, &wave, Watch::on(engine, url), after);
        let standing = Standing::read(url);
        eprintln!(
            "killed after {after:?}, in the middle: {}",
            kill.in_the_middle
        );
        if standing == ALL {
            break;
        }
        assert_eq!(standing, NOTHING, "no half wave");
        assert!(!kill.answered, "what was answered is durable");
        interrupted += u32::from(kill.in_the_middle);
        after += after / 2;
        assert!(after < Duration::from_secs(60), "it is never approved");
    }
    assert!(interrupted > 2, "killed in the middle {interrupted} times");

    cast.sign_in(url);
    let server = Server::start(&mut ressac(&folder, url));
    let approved = ("approved".to_owned(), DEVICES);
    assert_eq!(told(&cast, &server.address, &wave), approved);
    let again = approve(&cast, &server.address, &wave).expect("an answer");
    assert_eq!(
        (again.status, &again.json()["status"]),
        (200, &json!("approved"))
    );
    server.kill();
    assert_eq!(Standing::read(url), ALL, "nothing twice");
    custody_is_intact(&folder, url);
}

#[test]
fn killed_while_approving_on_sqlite() {
    killed_while_approving(Engine::Sqlite);
}

#[test]
fn killed_while_approving_on_postgres() {
    killed_while_approving(Engine::Postgres);
}
