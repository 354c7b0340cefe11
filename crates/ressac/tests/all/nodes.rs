//! Two servers and two workers on one PostgreSQL, behind a plain balancer: whoever asks cannot
//! tell them from one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use db::schema::{batches as b, devices as d, outbox as o, wave_devices as v};
use diesel::dsl::{count_star, max};
use diesel::prelude::*;
use testkit::{Engine, TestApp, TestDatabase, Value, json};

use crate::story::waves;
use crate::support::balancer::Balancer;
use crate::support::letters::{address, letters, message_id};
use crate::support::load::{Client, Load, dock, verify};
use crate::support::trouble::{self, wait_for};
use crate::support::{self, Answer, Cast, Server, ask_json, database, folder, folder_after_app};
use crate::support::{ressac, succeeds, text};

/// Two of each, and the folder that they share.
struct Nodes {
    database: TestDatabase,
    folder: PathBuf,
    servers: Vec<Server>,
    workers: Vec<Child>,
}

impl Nodes {
    /// All at once.
    fn start(name: &str, database: TestDatabase) -> Self {
        Self::start_in(folder(&format!("nodes-{name}")), database)
    }

    /// The same in a folder that is there.
    fn start_in(folder: PathBuf, database: TestDatabase) -> Self {
        let url = &database.url;
        let program = || {
            let mut program = ressac(&folder, url);
            program
                .env("RESSAC__LOG__LEVEL", "error")
                .env("RESSAC__MAIL__GATHER_SECONDS", "0");
            program
        };
        let worker = |_| {
            program()
                .arg("worker")
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        };
        let workers = (0..2).map(worker).collect();
        let servers = std::thread::scope(|scope| {
            let starting = [(); 2].map(|()| scope.spawn(|| Server::start(&mut program())));
            starting.map(|server| server.join().unwrap())
        });
        Self {
            folder,
            servers: servers.into(),
            workers,
            database,
        }
    }

    fn empty(name: &str) -> Option<Self> {
        Some(Self::start(name, database(Engine::Postgres)?))
    }

    fn addresses(&self) -> [&str; 2] {
        [&self.servers[0].address, &self.servers[1].address]
    }

    /// Reads from the database.
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut db::Db) -> db::Result<T> + Send + 'static,
    ) -> T {
        support::read(&self.database.url, work)
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            let _ = worker.kill();
            let _ = worker.wait();
        }
    }
}

/// The same at both nodes in the same instant.
fn at_both<T: Send>(nodes: &Nodes, ask: impl Fn(&str) -> T + Sync) -> [T; 2] {
    std::thread::scope(|scope| {
        let ask = &ask;
        let asking = nodes
            .addresses()
            .map(|address| scope.spawn(move || ask(address)));
        asking.map(|answer| answer.join().unwrap())
    })
}

fn post(address: &str, path: &str, token: Option<&str>, body: &Value) -> Answer {
    ask_json(address, ("POST", path), token, body)
}

fn me(address: &str, token: &str) -> u16 {
    ask_json(address, ("GET", "/me"), Some(token), &Value::Null).status
}

const EMAIL: &str = "admin@ville.example";
const PASSWORD: &str = "un port, des mouettes";

/// An administrator with a password, made while the nodes run.
fn administrator(nodes: &Nodes) {
    let program = ressac(&nodes.folder, &nodes.database.url);
    let made = support::make_administrator(program, EMAIL, PASSWORD);
    assert!(made.status.success(), "{}", text(&made.stderr));
}

#[test]
fn a_session_holds_at_every_node_and_so_does_its_end() {
    let Some(nodes) = Nodes::empty("sessions") else {
        return;
    };
    administrator(&nodes);
    let [one, other] = nodes.addresses();
    let login = json!({"email": EMAIL, "password": PASSWORD});
    let signed_in = post(one, "/auth/login", None, &login);
    assert_eq!(signed_in.status, 200, "{}", signed_in.body);
    let tokens = signed_in.json();
    let token = |tokens: &Value, name: &str| tokens[name].as_str().unwrap().to_owned();
    assert_eq!(me(other, &token(&tokens, "access_token")), 200);
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    let renewed = post(other, "/auth/refresh", None, &refresh);
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    let access = token(&renewed.json(), "access_token");
    assert_eq!(me(one, &access), 200);
    assert!(post(other, "/auth/logout", Some(&access), &json!({})).status < 300);
    assert_eq!((me(one, &access), me(other, &access)), (401, 401));
    let again = json!({"refresh_token": renewed.json()["refresh_token"]});
    assert_eq!(post(one, "/auth/refresh", None, &again).status, 401);

    // of one refresh token that is used at both at once, one use is the second
    let tokens = post(one, "/auth/login", None, &login).json();
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    let used = at_both(&nodes, |node| {
        post(node, "/auth/refresh", None, &refresh).status
    });
    assert_eq!(BTreeSet::from(used), BTreeSet::from([200, 401]));
}

#[test]
fn a_key_that_is_used_at_both_nodes_at_once_acts_once() {
    let Some(nodes) = Nodes::empty("keys") else {
        return;
    };
    let cast = Cast::join(&nodes.database.url);
    for round in 0..20 {
        let title = format!("round {round}");
        let answers = at_both(&nodes, |node| trouble::post(&cast, node, &title));
        let made = answers.map(|answer| {
            let answer = answer.expect("an answer");
            assert_eq!(answer.status, 201, "{}", answer.body);
            answer.json()["id"].as_str().unwrap().to_owned()
        });
        assert_eq!(made[0], made[1], "the first answer, at both");
    }
    let batches: i64 = nodes.read(|db| Ok(b::table.count().get_result(db)?));
    assert_eq!(batches, 20);
}

#[test]
fn attempts_to_sign_in_are_counted_over_all_nodes() {
    let Some(nodes) = Nodes::empty("attempts") else {
        return;
    };
    administrator(&nodes);
    let wrong = json!({"email": EMAIL, "password": "une mouette, des ports"});
    let mut statuses = BTreeMap::new();
    for _ in 0..8 {
        for answer in at_both(&nodes, |node| post(node, "/auth/login", None, &wrong)) {
            *statuses.entry(answer.status).or_insert(0) += 1;
        }
    }
    assert_eq!(
        statuses,
        BTreeMap::from([(401, 10), (429, 6)]),
        "ten in all, not ten at each"
    );
    let right = json!({"email": EMAIL, "password": PASSWORD});
    for answer in at_both(&nodes, |node| post(node, "/auth/login", None, &right)) {
        assert_eq!(answer.status, 429, "{}", answer.body);
        assert!(
            answer.head.to_lowercase().contains("retry-after: "),
            "{}",
            answer.head
        );
    }
}

/// Mails to so many addresses, and so many that will not arrive.
fn queue(url: &str, mails: usize, lost: usize) {
    support::write(url, move |tx| {
        notifications::push_many(tx, &letters(0..mails + lost))?;
        let these: Vec<String> = (mails..mails + lost).map(address).collect();
        diesel::update(o::table.filter(o::recipient.eq_any(these)))
            .set((o::status.eq("dead"), o::ended_because.eq("refused")))
            .execute(&mut **tx)?;
        Ok(())
    });
}

#[test]
fn what_time_brings_comes_once_however_many_wait_for_it() {
    let Some(database) = database(Engine::Postgres) else {
        return;
    };
    Cast::join(&database.url);
    support::write(&database.url, |tx| {
        Ok(diesel::delete(o::table).execute(&mut **tx)?)
    });
    queue(&database.url, 200, 5);
    // two servers and two workers look at once what there is to do
    let nodes = Nodes::start("jobs", database);
    let waiting = |db: &mut db::Db| -> db::Result<i64> {
        let waits = o::table.filter(o::status.eq_any(["queued", "failed"]));
        let reports = o::table
            .filter(o::kind.ne("lot_released"))
            .count()
            .get_result::<i64>(db)?;
        Ok(waits.count().get_result::<i64>(db)? + i64::from(reports == 0))
    };
    wait_for(|| nodes.read(waiting) == 0);
    let told: Vec<(String, String, i64)> = nodes.read(|db| {
        let reports = o::table.filter(o::kind.ne("lot_released"));
        Ok(reports
            .group_by((o::kind, o::recipient))
            .select((o::kind, o::recipient, count_star()))
            .load(db)?)
    });
    assert_eq!(told.len(), 1, "staff are told: {told:?}");
    assert!(
        told.iter().all(|(_, _, times)| *times == 1),
        "once: {told:?}"
    );
    let tries: Option<i32> = nodes.read(|db| {
        let sent = o::table.filter(o::status.eq("sent"));
        Ok(sent.select(max(o::attempts)).first(db)?)
    });
    assert_eq!(tries, Some(1), "nobody sent what another had in hand");
    let mut letters = BTreeMap::new();
    for file in std::fs::read_dir(nodes.folder.join("var/mail"))
        .unwrap()
        .flatten()
    {
        let mail = std::fs::read_to_string(file.path()).unwrap();
        *letters.entry(message_id(&mail).to_owned()).or_insert(0) += 1;
    }
    assert_eq!(letters.len(), 201, "each mail, and the report");
    assert!(letters.values().all(|times| *times == 1), "each once");
}

#[test]
fn of_two_who_approve_at_two_nodes_one_wins() {
    let Some(app) = TestApp::start(Engine::Postgres) else {
        return;
    };
    let stage = waves::Stage::set(&app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
    let wave = stage.submitted_wave(&app, "Vague");
    let (path, read) = (
        format!("{wave}/approve"),
        waves::plan_read(&app.admin, &wave).to_string(),
    );
    let people = [&app.other_staff, &app.admin].map(|who| who.person.parse().unwrap());
    let database = app.leave();
    let folder = folder_after_app("nodes-approvals", &database.url);
    let nodes = Nodes::start_in(folder, database);
    let approvers = people.map(|person| support::signed_in(&nodes.database.url, person));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let mut asking = Vec::new();
        for node in nodes.addresses() {
            for approver in &approvers {
                let (path, read) = (path.as_str(), read.as_str());
                asking.push(scope.spawn(move || {
                    let answer =
                        approver.send(node, ("POST", path), None, ("application/json", read));
                    answer.expect("an answer").status
                }));
            }
        }
        asking
            .into_iter()
            .map(|answer| answer.join().unwrap())
            .collect()
    });
    // one of the two won, and that it asked at both nodes is the same success
    let times = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((times(200), times(409)), (2, 2), "{statuses:?}");
    let (reserved, on_lines, letters) = nodes.read(|db| {
        let reserved = d::table.filter(d::stage.eq("reserved")).count();
        let letters = o::table.filter(o::kind.eq("lot_granted")).count();
        Ok((
            reserved.get_result::<i64>(db)?,
            v::table.count().get_result::<i64>(db)?,
            letters.get_result::<i64>(db)?,
        ))
    });
    assert_eq!((reserved, on_lines, letters), (40, 40, 2));
}

#[test]
fn two_nodes_write_one_chain_of_heads() {
    let Some(nodes) = Nodes::empty("heads") else {
        return;
    };
    let url = &nodes.database.url;
    let cast = Cast::join(url);
    let tags = dock(&nodes.servers[0], &cast);
    let balancer = Balancer::over(nodes.addresses().map(str::to_owned).to_vec());
    let clients = Client::all();
    let load = Load::on(&balancer.address, &cast, &tags);
    load.during(&clients, || {
        load.goes_on();
        for _ in 0..3 {
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| succeeds(&nodes.folder, url, &["audit", "head"]));
                }
            });
            load.goes_on();
        }
    });
    succeeds(&nodes.folder, url, &["audit", "head"]);
    let published = nodes.servers[1].get("/donnees/chaines.jsonl").body;
    let numbers: Vec<Value> = published
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["number"].clone())
        .collect();
    let expected: Vec<Value> = (0..numbers.len()).map(Value::from).collect();
    assert_eq!(numbers, expected, "each number once, in order");
    assert!(numbers.len() > 2, "{published}");
    assert!(succeeds(&nodes.folder, url, &["audit", "verify"]).contains("custody intact"));
    support::meddle(url, "UPDATE devices SET location = 'ailleurs'");
    assert!(
        !support::run(&nodes.folder, url, &["check"])
            .status
            .success()
    );
}

#[test]
fn a_node_that_is_killed_loses_no_answered_request() {
    let Some(mut nodes) = Nodes::empty("killed") else {
        return;
    };
    let url = nodes.database.url.clone();
    let cast = Cast::join(&url);
    let tags = dock(&nodes.servers[0], &cast);
    let addresses = nodes.addresses().map(str::to_owned);
    let balancer = Balancer::over(addresses.to_vec());
    let clients = Client::all();
    let load = Load::on(&balancer.address, &cast, &tags);
    let (before, after) = load.during(&clients, || {
        load.goes_on();
        nodes.servers.remove(0).kill();
        let before = load.so_far();
        load.goes_on();
        (before, load.so_far())
    });
    verify(&url, &clients);
    succeeds(&nodes.folder, &url, &["check"]);
    eprintln!("{before} acknowledged before one of two nodes was killed, {after} in all");
}
