//! Reading: one device, and pages.

use std::rc::Rc;
use std::time::Instant;

use kernel::{Actor, DeviceId};
use serde_json::Value;
use workshop::{Device, Stage};

use super::{Bench, CLIENTS, Result, WORKER};
use crate::bare::{self, Access};
use crate::floor::{self, Bodies, Plan};
use crate::load::{self, Ask, Done, request};
use crate::program::Server;
use crate::report::Figure;

/// How deep the deep page begins, where there are so many rows.
const DEEP: i64 = 100_000;
/// Of which stage pages are.
const STAGE: Stage = Stage::HandedOver;
const ACTIX: &str = "actix-web + bare query";

impl Bench {
    pub(super) async fn reads(&mut self) -> Result<()> {
        let worker = self.server.sign_in(WORKER).await?;
        let staff = self.server.sign_in("staff-1").await?;
        let asker = self.asker()?;
        let ids = bare::devices_of(&mut self.db, asker.organisation, 5_000)?;
        let count = bare::count(&mut self.db, STAGE)?;
        let depth = DEEP.min(count / 2).max(1);
        let deep = bare::nth(&mut self.db, STAGE, depth)?;
        let first = format!("/api/v1/devices?stage={STAGE}&limit=50");
        let cursor = self.cursor(&staff, depth).await?;
        let deep_path = format!("{first}&after={cursor}");
        let one = ids.first().ok_or("no devices in the workshop")?;
        let one = format!("/api/v1/devices/{one}");
        let asked = [
            ("device", &*one, &*worker),
            ("first", &first, &staff),
            ("deep", &deep_path, &staff),
        ];
        let bodies = self.bodies(asked).await?;
        self.same_rows(&asker, deep, &bodies)?;
        let plan = Plan {
            url: self.program.url.clone(),
            email: format!("{WORKER}@generated.example"),
            stage: STAGE,
            deep,
        };
        let floor = floor::start(&self.program.folder, &plan, &bodies)?;
        self.one_device(&floor, &worker, ids, asker).await?;
        let page = ("filtered page of 50, the first", &*first, "/first");
        self.pages(&floor, &staff, page).await?;
        println!("the deep page begins after {depth} rows");
        let page = ("filtered page of 50, deep", &*deep_path, "/deep");
        self.pages(&floor, &staff, page).await
    }

    /// Whether the server and the bare query found the same devices.
    fn same_rows(&mut self, asker: &Actor, deep: DeviceId, bodies: &Bodies) -> Result<()> {
        for (name, after) in [("first", None), ("deep", Some(deep))] {
            let found = bare::page(&mut self.db, asker, STAGE, after)?;
            same_rows(&bodies[name], &found)?;
        }
        Ok(())
    }

    /// What the server answers, for the floor to answer the same.
    async fn bodies(&self, asked: [(&'static str, &str, &str); 3]) -> Result<Bodies> {
        let mut bodies = Bodies::new();
        for (name, path, who) in asked {
            let answer = self.server.ask(("GET", path), Some(who), ("", b"")).await?;
            bodies.insert(name, answer.body);
        }
        Ok(bodies)
    }

    /// The cursor of the page so many rows deep, found by reading on.
    async fn cursor(&self, who: &str, depth: i64) -> Result<String> {
        let (mut next, mut left) = (String::new(), depth);
        while left > 0 {
            let limit = left.min(200);
            let mut path = format!("/api/v1/devices?stage={STAGE}&limit={limit}");
            if !next.is_empty() {
                path.push_str(&format!("&after={next}"));
            }
            let page = self
                .server
                .ask(("GET", &path), Some(who), ("", b""))
                .await?
                .json();
            next = page["next"]
                .as_str()
                .ok_or("the list ends early")?
                .to_owned();
            left -= limit;
        }
        Ok(next)
    }

    /// The bare query alone, in process.
    fn bare_device(&mut self, ids: &[DeviceId], asker: Actor) -> Result<()> {
        let mut db = bare::open(&self.program.url, Access::Read)?;
        let window = load::window(self.time);
        let (mut done, mut asked) = (Done::default(), 0);
        while Instant::now() < window.1 {
            let started = Instant::now();
            bare::device(&mut db, &asker, ids[asked % ids.len()])?;
            done.note(window, (started, Instant::now()));
            asked += 1;
        }
        let alone = done.rate();
        self.note(Figure::rate(
            "one device by id, bare query in process",
            1,
            alone,
            "/s",
        ));
        Ok(())
    }

    async fn one_device(
        &mut self,
        floor: &Server,
        who: &str,
        ids: Vec<DeviceId>,
        asker: Actor,
    ) -> Result<()> {
        self.bare_device(&ids, asker)?;
        let ids: Rc<[DeviceId]> = ids.into();
        for clients in CLIENTS {
            let pick =
                |ids: &[DeviceId], client: usize, n: usize| ids[(client * 977 + n) % ids.len()];
            let (own, who) = (Rc::clone(&ids), who.to_owned());
            let ask: Ask = Rc::new(move |client, n| {
                let path = format!("/api/v1/devices/{}", pick(&own, client, n));
                request(("GET", &path), Some(&who), ("", b""))
            });
            let got = load::run(
                &self.server.address,
                clients,
                self.time,
                (ask, load::answered),
            )
            .await?;
            let own = Rc::clone(&ids);
            let ask: Ask = Rc::new(move |client, n| {
                let path = format!("/device?id={}", pick(&own, client, n));
                request(("GET", &path), None, ("", b""))
            });
            let best = load::run(&floor.address, clients, self.time, (ask, load::answered)).await?;
            let figure = Figure::rate("one device by id", clients, got.rate, "/s");
            self.note(figure.against(best.rate, ACTIX).taking(got.p50, got.p99));
        }
        let ask: Ask = Rc::new(|_, _| request(("GET", "/bytes"), None, ("", b"")));
        let bytes = load::run(&floor.address, 16, self.time, (ask, load::answered)).await?;
        let name = "the same bytes from actix-web, no query";
        self.note(Figure::rate(name, 16, bytes.rate, "/s").taking(bytes.p50, bytes.p99));
        Ok(())
    }

    async fn pages(
        &mut self,
        floor: &Server,
        who: &str,
        (name, path, bare): (&str, &str, &'static str),
    ) -> Result<()> {
        for clients in CLIENTS {
            let asked = request(("GET", path), Some(who), ("", b""));
            let ask: Ask = Rc::new(move |_, _| asked.clone());
            let got = load::run(
                &self.server.address,
                clients,
                self.time,
                (ask, load::answered),
            )
            .await?;
            let ask: Ask = Rc::new(move |_, _| request(("GET", bare), None, ("", b"")));
            let best = load::run(&floor.address, clients, self.time, (ask, load::answered)).await?;
            let figure = Figure::rate(name, clients, got.rate, "/s");
            self.note(figure.against(best.rate, ACTIX).taking(got.p50, got.p99));
        }
        Ok(())
    }
}

/// Whether the server and the bare query found the same devices.
fn same_rows(body: &[u8], found: &[Device]) -> Result<()> {
    let page: Value = serde_json::from_slice(body).map_err(|cause| cause.to_string())?;
    let answered = page["items"].as_array().into_iter().flatten();
    let found = found
        .iter()
        .take(50)
        .map(|it| Value::from(it.id.to_string()));
    match answered.map(|it| it["id"].clone()).eq(found) {
        true => Ok(()),
        false => Err("the bare query finds other devices than the server".to_owned()),
    }
}
