//! Steps of devices, one by one and in bulk.

use std::rc::Rc;
use std::time::{Duration, Instant};

use db::Db;
use kernel::DeviceId;
use serde_json::{Value, json};

use super::{BARE, Bench, CLIENTS, Result, WORKER};
use crate::bare::{self, Asker};
use crate::load::{self, Ask, request};
use crate::report::Figure;

impl Bench {
    /// Devices that the worker may log, so many for each client.
    fn own_devices(&mut self) -> Result<(Asker, Vec<DeviceId>)> {
        let asker = self.asker()?;
        let ids = bare::devices_of(&mut self.db, asker.organisation, 20_000)?;
        match ids.len() {
            64.. => Ok((asker, ids)),
            few => Err(format!("{few} devices in the first workshop are too few")),
        }
    }

    pub(super) async fn events(&mut self) -> Result<()> {
        let token = self.server.sign_in(WORKER).await?;
        let (asker, ids) = self.own_devices()?;
        let ids: Rc<[DeviceId]> = ids.into();
        let mut alone = 0.0;
        for clients in CLIENTS {
            let bare = self.bare_events(clients, &asker, &ids)?;
            let (own, token) = (Rc::clone(&ids), token.clone());
            let ask: Ask = Rc::new(move |client, n| {
                // each client has devices of its own
                let share = own.len() / clients;
                let id = own[client * share + n % share];
                let body = format!("{{\"type\":\"moved\",\"location\":\"Rack {}\"}}", n % 997);
                let path = format!("/api/v1/devices/{id}/events");
                request(
                    ("POST", &path),
                    Some(&token),
                    ("application/json", body.as_bytes()),
                )
            });
            let got = load::run(&self.server.address, clients, self.time, ask).await?;
            if clients == 1 {
                alone = got.rate;
            }
            let figure = Figure::rate("one status event, durable", clients, got.rate, "/s");
            self.note(figure.against(bare, BARE).taking(got.p50, got.p99));
            if clients == CLIENTS[2] {
                let times = got.rate / alone.max(1.0);
                let figure = Figure::rate("64 clients' events, times those of one", 64, times, "×");
                self.note(figure.against(5.0, "aim for SQLite"));
            }
        }
        Ok(())
    }

    /// Bare transactions a second: from as many connections as clients on PostgreSQL, from the
    /// one writer that SQLite has.
    fn bare_events(&mut self, clients: usize, asker: &Asker, ids: &Rc<[DeviceId]>) -> Result<f64> {
        let writers = if matches!(self.db, Db::Sqlite(_)) {
            1
        } else {
            clients
        };
        let (url, time) = (self.program.url.clone(), self.time);
        let share = ids.len() / writers;
        let done: Result<Vec<usize>> = std::thread::scope(|scope| {
            let writer = |own: &[DeviceId]| {
                let (own, url, asker) = (own.to_vec(), url.clone(), *asker);
                scope.spawn(move || write_bare(&url, &asker, &own, time))
            };
            let writers: Vec<_> = ids.chunks(share).take(writers).map(writer).collect();
            let ends = writers.into_iter().map(|it| it.join());
            ends.map(|end| end.map_err(|_| "a writer panicked".to_owned())?)
                .collect()
        });
        Ok(done?.into_iter().sum::<usize>() as f64 / time.as_secs_f64())
    }

    pub(super) async fn bulk(&mut self) -> Result<()> {
        let token = self.server.sign_in(WORKER).await?;
        let (asker, ids) = self.own_devices()?;
        let many: Vec<DeviceId> = ids.iter().copied().cycle().take(1_000).collect();
        let started = Instant::now();
        let mut rounds = 0;
        while started.elapsed() < self.time {
            bare::events(&mut self.db, &asker, &many, &format!("Bac {rounds}"))?;
            rounds += 1;
        }
        let bare = f64::from(rounds) * 1_000.0 / started.elapsed().as_secs_f64();
        let ask: Ask = Rc::new(move |_, n| {
            let line = |(at, id): (usize, &DeviceId)| {
                json!({"device": id, "type": "moved", "location": format!("Bac {n}"),
                    "client_id": format!("b{n}-{at}-{}", std::process::id())})
            };
            let lines: Vec<Value> = many.iter().enumerate().map(line).collect();
            let body = json!({"events": lines}).to_string();
            let json = ("application/json", body.as_bytes());
            request(("POST", "/api/v1/device-events"), Some(&token), json)
        });
        let got = load::run(&self.server.address, 1, self.time, ask).await?;
        let figure = Figure::rate("a bulk of 1 000 events", 1, got.rate * 1_000.0, "events/s");
        self.note(figure.against(bare, BARE).taking(got.p50, got.p99));
        Ok(())
    }
}

/// Writes one event after the other; how many that were.
fn write_bare(url: &str, asker: &Asker, ids: &[DeviceId], time: Duration) -> Result<usize> {
    let mut db = bare::open(url)?;
    let started = Instant::now();
    let mut done = 0;
    while started.elapsed() < time {
        let id = ids[done % ids.len()];
        match bare::events(&mut db, asker, &[id], &format!("Rack {}", done % 997)) {
            Ok(()) => done += 1,
            // as the server does, whoever loses a race asks again
            Err(cause) if cause.contains("serialize") => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(done)
}
