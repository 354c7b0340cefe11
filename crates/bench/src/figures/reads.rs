//! Reading: one device, and pages.

use std::rc::Rc;
use std::time::Instant;

use kernel::DeviceId;
use workshop::Stage;

use super::{Bench, CLIENTS, Result, WORKER};
use crate::bare::{self, Asker};
use crate::floor::{self, Bodies, Plan};
use crate::load::{self, Ask, request};
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
        let depth = DEEP.min(count / 2);
        let deep = bare::nth(&mut self.db, STAGE, depth).ok();
        let first = format!("/api/v1/devices?stage={STAGE}&limit=50");
        let cursor = self.cursor(&staff, depth).await?;
        let deep_path = format!("{first}&after={cursor}");
        let one = format!(
            "/api/v1/devices/{}",
            ids.first().ok_or("no devices in the workshop")?
        );
        let bodies = self
            .bodies([
                ("device", &one, &worker),
                ("first", &first, &staff),
                ("deep", &deep_path, &staff),
            ])
            .await?;
        let plan = Plan {
            url: self.program.url.clone(),
            email: format!("{WORKER}@generated.example"),
            stage: STAGE,
            deep,
        };
        let floor = floor::start(&self.program.folder, &plan, &bodies)?;
        self.one_device(&floor, &worker, ids, asker).await?;
        self.pages(
            &floor,
            &staff,
            ("filtered page of 50, the first", &first, "/first"),
        )
        .await?;
        println!("the deep page begins after {depth} rows");
        self.pages(
            &floor,
            &staff,
            ("filtered page of 50, deep", &deep_path, "/deep"),
        )
        .await
    }

    /// What the server answers, for the floor to answer the same.
    async fn bodies(&self, asked: [(&'static str, &str, &str); 3]) -> Result<Bodies> {
        let mut bodies = Bodies::new();
        for (name, path, token) in asked {
            let answer = self
                .server
                .ask(("GET", path), Some(token), ("", b""))
                .await?;
            bodies.insert(name, answer.body);
        }
        Ok(bodies)
    }

    /// The cursor of the page so many rows deep, found by reading on.
    async fn cursor(&self, token: &str, depth: i64) -> Result<String> {
        let (mut next, mut left) = (String::new(), depth.max(1));
        while left > 0 {
            let limit = left.min(200);
            let mut path = format!("/api/v1/devices?stage={STAGE}&limit={limit}");
            if !next.is_empty() {
                path.push_str(&format!("&after={next}"));
            }
            let page = self
                .server
                .ask(("GET", &path), Some(token), ("", b""))
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
    fn bare_device(&mut self, ids: &[DeviceId], asker: Asker) -> Result<()> {
        let started = Instant::now();
        let mut asked = 0;
        while started.elapsed() < self.time {
            bare::device(&mut self.db, &asker, ids[asked % ids.len()])?;
            asked += 1;
        }
        let alone = asked as f64 / self.time.as_secs_f64();
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
        token: &str,
        ids: Vec<DeviceId>,
        asker: Asker,
    ) -> Result<()> {
        self.bare_device(&ids, asker)?;
        let ids: Rc<[DeviceId]> = ids.into();
        for clients in CLIENTS {
            let pick =
                |ids: &[DeviceId], client: usize, n: usize| ids[(client * 977 + n) % ids.len()];
            let (own, token) = (Rc::clone(&ids), token.to_owned());
            let ask: Ask = Rc::new(move |client, n| {
                let path = format!("/api/v1/devices/{}", pick(&own, client, n));
                request(("GET", &path), Some(&token), ("", b""))
            });
            let got = load::run(&self.server.address, clients, self.time, ask).await?;
            let own = Rc::clone(&ids);
            let ask: Ask = Rc::new(move |client, n| {
                let path = format!("/device?id={}", pick(&own, client, n));
                request(("GET", &path), None, ("", b""))
            });
            let best = load::run(&floor.address, clients, self.time, ask).await?;
            let figure = Figure::rate("one device by id", clients, got.rate, "/s");
            self.note(figure.against(best.rate, ACTIX).taking(got.p50, got.p99));
        }
        let ask: Ask = Rc::new(|_, _| request(("GET", "/bytes"), None, ("", b"")));
        let bytes = load::run(&floor.address, 16, self.time, ask).await?;
        let name = "the same bytes from actix-web, no query";
        self.note(Figure::rate(name, 16, bytes.rate, "/s").taking(bytes.p50, bytes.p99));
        Ok(())
    }

    async fn pages(
        &mut self,
        floor: &Server,
        token: &str,
        (name, path, bare): (&str, &str, &'static str),
    ) -> Result<()> {
        for clients in CLIENTS {
            let asked = request(("GET", path), Some(token), ("", b""));
            let ask: Ask = Rc::new(move |_, _| asked.clone());
            let got = load::run(&self.server.address, clients, self.time, ask).await?;
            let ask: Ask = Rc::new(move |_, _| request(("GET", bare), None, ("", b"")));
            let best = load::run(&floor.address, clients, self.time, ask).await?;
            let figure = Figure::rate(name, clients, got.rate, "/s");
            self.note(figure.against(best.rate, ACTIX).taking(got.p50, got.p99));
        }
        Ok(())
    }
}
