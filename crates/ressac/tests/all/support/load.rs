//! Clients that work on a server without a pause, note what was acknowledged, and hold their
//! notes against the database: what was acknowledged is there, once; what was not is there
//! whole or not at all.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use testkit::json;

use super::trouble::wait_for;
use super::{Cast, Server, batches, read};

pub const CLIENTS: usize = 32;
/// Devices that a client moves about.
const DEVICES: usize = 4;
/// Lines of a manifest, which is stored whole or not at all.
const LINES: usize = 20;

/// What a client does over and over, with a number of its own each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// A bulk of events, each with its `client_id`.
    Move,
    /// Accessories counted in, under a key.
    Count,
    /// A batch, under a key.
    Offer,
    /// The manifest of a batch that was made before.
    List,
}

/// What the clients share.
pub struct Load<'a> {
    pub address: &'a str,
    pub cast: &'a Cast,
    pub tags: &'a [Vec<String>],
    stop: AtomicBool,
    acknowledged: AtomicUsize,
}

/// What a client remembers over a kill: what it sent last without an answer is sent again.
pub struct Client {
    number: usize,
    /// Deeds that were begun.
    begun: usize,
    /// The last one was answered.
    settled: bool,
    batch: Option<String>,
    log: Done,
}

/// What was acknowledged.
#[derive(Debug, Default)]
struct Done {
    moves: Vec<String>,
    counted: i64,
    batches: Vec<String>,
    lists: Vec<String>,
}

impl<'a> Load<'a> {
    pub fn on(address: &'a str, cast: &'a Cast, tags: &'a [Vec<String>]) -> Self {
        Self {
            address,
            cast,
            tags,
            stop: AtomicBool::new(false),
            acknowledged: AtomicUsize::new(0),
        }
    }

    /// Something happens while the clients work; then they stop.
    pub fn during<T>(&self, clients: &[Mutex<Client>], happens: impl FnOnce() -> T) -> T {
        std::thread::scope(|scope| {
            for client in clients {
                scope.spawn(move || client.lock().unwrap().work(self));
            }
            // whatever fails in there, the clients are told
            let _stop = Stop(self);
            happens()
        })
    }

    /// How many requests were acknowledged until now.
    pub fn so_far(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until some more requests are acknowledged.
    #[track_caller]
    pub fn goes_on(&self) {
        let so_far = self.so_far();
        wait_for(|| self.so_far() > so_far + 3 * CLIENTS);
    }
}

/// Tells the clients to stop when it is dropped.
struct Stop<'a>(&'a Load<'a>);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

impl Client {
    /// So many as there are.
    pub fn all() -> Vec<Mutex<Self>> {
        (0..CLIENTS)
            .map(|number| {
                Mutex::new(Self {
                    number,
                    begun: 0,
                    settled: true,
                    batch: None,
                    log: Done::default(),
                })
            })
            .collect()
    }

    /// Works until it is told to stop.
    pub fn work(&mut self, load: &Load<'_>) {
        while !load.stop.load(Ordering::Relaxed) {
            if self.settled {
                self.begun += 1;
                self.settled = false;
            }
            let deed = match self.begun % 8 {
                0 => Deed::Offer,
                1 => Deed::List,
                2 | 3 => Deed::Count,
                _ => Deed::Move,
            };
            match self.attempt(load, deed) {
                Some(()) => {
                    self.settled = true;
                    load.acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    /// Done when the server says so; whoever hears nothing, or that it is away, tries again.
    fn attempt(&mut self, load: &Load<'_>, deed: Deed) -> Option<()> {
        let name = format!("c{}-{}", self.number, self.begun);
        let json = "application/json";
        let workshop = &load.cast.refurbisher;
        let (who, request, key, body) = match deed {
            Deed::Move => {
                let tags = &load.tags[self.number];
                let events: Vec<_> = tags
                    .iter()
                    .map(|tag| {
                        json!({"device": tag, "type": "moved",
                    "location": name, "client_id": name})
                    })
                    .collect();
                let body = json!({ "events": events }).to_string();
                (
                    workshop,
                    ("POST", "/device-events".to_owned()),
                    None,
                    (json, body),
                )
            }
            Deed::Count => {
                let path = format!("/workshops/{}/accessories", workshop.organisation);
                let body = json!({"kind": "mouse", "delta": 1, "reason": name}).to_string();
                (workshop, ("POST", path), Some(name.as_str()), (json, body))
            }
            Deed::Offer => {
                let body = offer(&name).to_string();
                (
                    &load.cast.donor,
                    ("POST", "/batches".to_owned()),
                    Some(name.as_str()),
                    (json, body),
                )
            }
            Deed::List => {
                let Some(batch) = &self.batch else {
                    return Some(());
                };
                let body = manifest(&name, LINES);
                let path = format!("/batches/{batch}/manifest");
                (&load.cast.donor, ("PUT", path), None, ("text/csv", body))
            }
        };
        let asked = (request.0, request.1.as_str());
        let answer = who.send(load.address, asked, key, (body.0, &body.1))?;
        if answer.status == 503 {
            return None;
        }
        assert!(
            answer.status < 300,
            "{deed:?}: {} {}",
            answer.status,
            answer.body
        );
        let answer = answer.json();
        match deed {
            Deed::Move => {
                let results = answer["results"].as_array().unwrap();
                assert!(
                    results.iter().all(|result| result["status"] != "refused"),
                    "{answer}"
                );
                self.log.moves.push(name);
            }
            Deed::Count => self.log.counted += 1,
            Deed::Offer => {
                self.batch = answer["id"].as_str().map(str::to_owned);
                self.log.batches.push(name);
            }
            Deed::List => self.log.lists.push(name),
        }
        Some(())
    }
}

/// A batch as the clients offer it.
pub fn offer(title: &str) -> testkit::Value {
    batches::offer(title, LINES)
}

fn manifest(name: &str, lines: usize) -> String {
    let rows: String = (0..lines)
        .map(|line| {
            format!(
                "{}L{line};Unité centrale;HP;ProDesk 400\n",
                name.replace('-', "N")
            )
        })
        .collect();
    format!("N° de série;Type;Marque;Modèle\n{rows}")
}

/// Devices at the dock, so many for each client.
pub fn dock(server: &Server, cast: &Cast) -> Vec<Vec<String>> {
    let file = manifest("dock", CLIENTS * DEVICES);
    let serials: Vec<_> = (0..CLIENTS * DEVICES)
        .map(|line| json!({"serial": format!("dockL{line}")}))
        .collect();
    let reception = json!({"devices": serials, "accessories": []});
    let received = batches::receive(server, cast, offer("dock"), Some(&file), reception);
    let tags: Vec<String> = received["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|device| device["tag"].as_str().unwrap().to_owned())
        .collect();
    tags.chunks(DEVICES).map(<[String]>::to_vec).collect()
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn counts(url: &str, query: &'static str) -> HashMap<String, i64> {
    let rows = read(url, move |db| {
        Ok(diesel::sql_query(query).load::<Counted>(db)?)
    });
    rows.into_iter().map(|row| (row.name, row.count)).collect()
}

/// Everything that was acknowledged is there exactly once, and nothing is there in part.
pub fn verify(url: &str, clients: &[Mutex<Client>]) {
    let moves = counts(
        url,
        "SELECT client_id AS name, count(*) AS count FROM custody_events
                             WHERE client_id IS NOT NULL GROUP BY client_id",
    );
    let batches = counts(
        url,
        "SELECT title AS name, count(*) AS count FROM batches GROUP BY title",
    );
    // the last list of a batch takes the place of those before, so serials tell lists apart
    let lists = counts(
        url,
        "SELECT b.reference AS name, count(*) AS count
                             FROM devices AS d JOIN batches AS b ON b.id = d.batch_id
                             WHERE b.title <> 'dock' GROUP BY b.reference",
    );
    let stock = counts(
        url,
        "SELECT kind AS name, CAST(sum(quantity) AS BIGINT) AS count
                             FROM accessory_stock GROUP BY kind",
    );
    let clients: Vec<_> = clients
        .iter()
        .map(|client| client.lock().unwrap())
        .collect();
    for log in clients.iter().map(|client| &client.log) {
        for name in &log.moves {
            assert_eq!(moves.get(name), Some(&(DEVICES as i64)), "events {name}");
        }
        for title in &log.batches {
            assert_eq!(batches.get(title), Some(&1), "batch {title}");
        }
    }
    assert!(
        batches.values().all(|count| *count == 1),
        "a batch stands twice"
    );
    assert!(
        lists.values().all(|count| *count == LINES as i64),
        "a list is there in part: {lists:?}"
    );
    let counted: i64 = clients.iter().map(|client| client.log.counted).sum();
    let there = stock.get("mouse").copied().unwrap_or(0);
    // of each client, one more may be written and not answered
    assert!(
        (counted..=counted + CLIENTS as i64).contains(&there),
        "{there} mice for {counted}"
    );
}
