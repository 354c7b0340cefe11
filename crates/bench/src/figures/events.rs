//! Steps of devices, one by one and in bulk.

use std::rc::Rc;
use std::time::Instant;

use db::Db;
use kernel::{Actor, DeviceId};
use serde_json::{Value, json};

use super::{BARE, Bench, CLIENTS, Result, WORKER};
use crate::bare::{self, Access};
use crate::load::{self, Ask, Done, Window, request};
use crate::report::Figure;

/// Events of one call.
const MANY: usize = 1_000;

impl Bench {
    /// Devices that the worker may log, at least one for each client.
    fn own_devices(&mut self) -> Result<(Actor, Rc<[DeviceId]>)> {
        let asker = self.asker()?;
        let ids = bare::devices_of(&mut self.db, asker.organisation, 20_000)?;
        match ids.len() {
            64.. => Ok((asker, ids.into())),
            few => Err(format!("{few} devices in the first workshop are too few")),
        }
    }

    pub(super) async fn events(&mut self) -> Result<()> {
        let who = self.server.sign_in(WORKER).await?;
        let (asker, ids) = self.own_devices()?;
        let mut alone = 0.0;
        for clients in CLIENTS {
            let bare = self.bare_events(clients, &asker, &ids)?;
            let ask = event_of(&ids, clients, &who);
            let ask = (ask, load::applied as load::Check);
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
    fn bare_events(&self, clients: usize, asker: &Actor, ids: &[DeviceId]) -> Result<f64> {
        let writers = match self.db {
            Db::Sqlite(_) => 1,
            Db::Postgres(_) => clients,
        };
        let (url, window) = (self.program.url.as_str(), load::window(self.time));
        let share = ids.len() / writers;
        let done: Result<Vec<Done>> = std::thread::scope(|scope| {
            let writer = |own: &'_ [DeviceId]| {
                let own = own.to_vec();
                scope.spawn(move || write_bare(url, asker, &own, window))
            };
            let writers: Vec<_> = ids.chunks(share).take(writers).map(writer).collect();
            let ends = writers.into_iter().map(|it| it.join());
            ends.map(|end| end.map_err(|_| "a writer panicked".to_owned())?)
                .collect()
        });
        Ok(done?.iter().map(Done::rate).sum())
    }

    pub(super) async fn bulk(&mut self) -> Result<()> {
        let who = self.server.sign_in(WORKER).await?;
        let (asker, ids) = self.own_devices()?;
        let many: Vec<DeviceId> = ids.iter().copied().cycle().take(MANY).collect();
        let window = load::window(self.time);
        let (mut done, mut round) = (Done::default(), 0);
        while Instant::now() < window.1 {
            let started = Instant::now();
            bare::bulk(&mut self.db, &asker, &many, &format!("Bac {round}"))?;
            done.note(window, (started, Instant::now()));
            round += 1;
        }
        let bare = done.rate() * MANY as f64;
        let ask: Ask = Rc::new(move |_, n| {
            let line = |(at, id): (usize, &DeviceId)| {
                let name = format!("{n}-{at}");
                json!({"device": id, "type": "moved", "location": format!("Casier {name}"),
                    "client_id": format!("b{name}-{}", std::process::id())})
            };
            let lines: Vec<Value> = many.iter().enumerate().map(line).collect();
            let body = json!({"events": lines}).to_string();
            let json = ("application/json", body.as_bytes());
            request(("POST", "/api/v1/device-events"), Some(&who), json)
        });
        let ask = (ask, load::applied as load::Check);
        let got = load::run(&self.server.address, 1, self.time, ask).await?;
        let rate = got.rate * MANY as f64;
        let figure = Figure::rate("a bulk of 1 000 events", 1, rate, "events/s");
        self.note(figure.against(bare, BARE).taking(got.p50, got.p99));
        Ok(())
    }
}

/// Each client moves devices of its own, and each time to another place: what a device did last
/// is not written again.
fn event_of(ids: &Rc<[DeviceId]>, clients: usize, who: &str) -> Ask {
    let (own, who) = (Rc::clone(ids), who.to_owned());
    Rc::new(move |client, n| {
        let share = own.len() / clients;
        let id = own[client * share + n % share];
        let body = format!("{{\"type\":\"moved\",\"location\":\"Rack {clients}-{n}\"}}");
        let path = format!("/api/v1/devices/{id}/events");
        let json = ("application/json", body.as_bytes());
        request(("POST", &path), Some(&who), json)
    })
}

/// Writes one event after the other, and what was done in the window.
fn write_bare(url: &str, asker: &Actor, ids: &[DeviceId], window: Window) -> Result<Done> {
    let mut db = bare::open(url, Access::Write)?;
    let mut done = Done::default();
    for n in 0.. {
        let started = Instant::now();
        if started >= window.1 {
            break;
        }
        let place = format!("Quai {n}");
        loop {
            match bare::event(&mut db, asker, ids[n % ids.len()], &place) {
                Ok(()) => break,
                // as the server does, whoever loses a race begins again
                Err(cause) if bare::lost_a_race(&cause) => {}
                Err(cause) => return Err(cause.to_string()),
            }
        }
        done.note(window, (started, Instant::now()));
    }
    Ok(done)
}
