//! What people look at: the lists of a desk, searches, pages for people beside the same in JSON, and
//! the workbench of a wave.

use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;

use super::{Bench, Result, WORKER};
use crate::load::{self, Ask, request};
use crate::report::Figure;

/// How many ask at the same time.
const CLIENTS: [usize; 2] = [1, 16];
/// How long an answer may take, in milliseconds, at any size.
const AIM: f64 = 20.0;
/// How long the workbench may take to show what a setting changes, in milliseconds.
const TRIAL_AIM: f64 = 300.0;
/// A page may cost so many times the same in JSON.
const PAGE_COST: f64 = 1.5;

/// Who looks, each by the header that says so.
struct Desk {
    staff: String,
    staff_page: String,
    worker: String,
    worker_page: String,
}

/// Something that the generated operation has, by which others are found.
struct Examples {
    programme: String,
    wave: String,
    application: String,
    device: String,
    serial: String,
    location: String,
    words: String,
}

impl Bench {
    pub(super) async fn desk(&mut self) -> Result<()> {
        let desk = self.at_the_desk().await?;
        let seen = self.examples(&desk).await?;
        self.lists(&desk, &seen).await?;
        self.pages_beside_json(&desk, &seen).await
    }

    async fn at_the_desk(&self) -> Result<Desk> {
        Ok(Desk {
            staff: self.server.sign_in("staff-1").await?,
            staff_page: self.server.sign_in_on_the_page("staff-1").await?,
            worker: self.server.sign_in(WORKER).await?,
            worker_page: self.server.sign_in_on_the_page(WORKER).await?,
        })
    }

    /// The first item of a list.
    async fn first(&self, who: &str, path: &str) -> Result<Value> {
        let asked = format!("/api/v1{path}");
        let page = self
            .server
            .ask(("GET", &asked), Some(who), ("", b""))
            .await?
            .json();
        match page["items"].get(0) {
            Some(item) => Ok(item.clone()),
            None => Err(format!("{path}: an empty list")),
        }
    }

    async fn examples(&self, desk: &Desk) -> Result<Examples> {
        let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let wave = self.first(&desk.staff, "/waves?status=completed").await?;
        let wave_id = text(&wave, "id");
        let line = self
            .first(&desk.staff, &format!("/waves/{wave_id}/lines"))
            .await?;
        let device = self.first(&desk.worker, "/devices?stage=ready").await?;
        let model = text(&device, "model");
        let words: Vec<&str> = model.split(' ').take(2).collect();
        Ok(Examples {
            programme: text(&wave, "programme_id"),
            wave: wave_id,
            application: text(&line, "application_id"),
            device: text(&device, "id"),
            serial: text(&device, "serial"),
            location: encoded(&text(&device, "location")),
            words: encoded(&words.join(" ")),
        })
    }

    /// Lists, searches and pages that stand alone.
    async fn lists(&mut self, desk: &Desk, seen: &Examples) -> Result<()> {
        let (programme, wave) = (&seen.programme, &seen.wave);
        let serial: String = seen.serial.chars().take(4).collect();
        let paths = [
            format!("programmes/{programme}/figures"),
            "devices?q=hp".to_owned(),
            format!("devices?q={serial}"),
            format!("devices?q={}", seen.serial),
            format!("devices?q={}", seen.words),
            format!("devices?location={}", seen.location),
            "devices?stage=ready&kind=desktop&grade=A".to_owned(),
            "devices?waiting=true".to_owned(),
            "devices/counts".to_owned(),
            format!("waves/{wave}"),
            format!("waves/{wave}/lines"),
            format!("programmes/{programme}/ranking"),
            format!("programmes/{programme}/waiting-list"),
            "applications?status=submitted".to_owned(),
            "handovers".to_owned(),
            "organisations".to_owned(),
            "batches".to_owned(),
            "audit".to_owned(),
        ];
        for path in paths {
            let shown = path
                .replace(programme.as_str(), "{id}")
                .replace(wave.as_str(), "{id}")
                .replace(&seen.application, "{id}");
            let asked = format!("/api/v1/{path}");
            self.look(&format!("GET {shown}"), (&desk.staff, &asked), AIM)
                .await;
        }
        let pages = [
            "/".to_owned(),
            "/chiffres".to_owned(),
            format!("/programmes/{programme}"),
            "/ville".to_owned(),
            "/ville/recherche?q=hp".to_owned(),
            "/ville/recours".to_owned(),
            "/ville/remises".to_owned(),
            "/ville/suivis".to_owned(),
            "/ville/bilan".to_owned(),
            "/ville/messages".to_owned(),
            "/ville/inscriptions".to_owned(),
            "/dons".to_owned(),
            format!("/demandes/{}/points", seen.application),
            format!("/ville/demandes/{}", seen.application),
            format!("/vagues/{wave}/preparation"),
        ];
        for path in pages {
            let shown = path
                .replace(programme.as_str(), "{id}")
                .replace(wave.as_str(), "{id}")
                .replace(&seen.application, "{id}");
            self.look(&shown, (&desk.staff_page, &path), AIM).await;
        }
        for path in [
            "/atelier",
            "/atelier/disques",
            "/atelier/lots",
            "/atelier/stock",
        ] {
            self.look(path, (&desk.worker_page, path), AIM).await;
        }
        Ok(())
    }

    /// Pages that show what one operation of the API answers.
    async fn pages_beside_json(&mut self, desk: &Desk, seen: &Examples) -> Result<()> {
        let (programme, wave) = (&seen.programme, &seen.wave);
        let (staff, worker) = (
            (&desk.staff_page, &desk.staff),
            (&desk.worker_page, &desk.worker),
        );
        let pairs = [
            (
                worker,
                "/atelier/appareils".to_owned(),
                "devices".to_owned(),
            ),
            (
                worker,
                format!("/atelier/appareils/{}", seen.device),
                format!("devices/{}", seen.device),
            ),
            (
                staff,
                "/ville/demandes".to_owned(),
                "applications".to_owned(),
            ),
            (
                staff,
                "/ville/organisations".to_owned(),
                "organisations".to_owned(),
            ),
            (staff, "/ville/journal".to_owned(), "audit".to_owned()),
            (
                staff,
                format!("/ville/programmes/{programme}/classement"),
                format!("programmes/{programme}/ranking"),
            ),
            (
                staff,
                format!("/ville/programmes/{programme}/attente"),
                format!("programmes/{programme}/waiting-list"),
            ),
            (
                staff,
                format!("/ville/vagues/{wave}/lots"),
                format!("waves/{wave}/lines"),
            ),
        ];
        for ((page, api), path, twin) in pairs {
            let shown = path
                .replace(programme.as_str(), "{id}")
                .replace(wave.as_str(), "{id}")
                .replace(&seen.device, "{id}");
            let twin = format!("/api/v1/{twin}");
            let twin = self.times((api, &twin), 1).await?;
            let limit = millis(twin.p50) * PAGE_COST;
            let got = self.times((page, &path), 1).await?;
            let figure = Figure::cost(&shown, millis(got.p50), "ms");
            let is = "1.5 times the same in JSON";
            self.note(figure.against(limit, is).taking(got.p50, got.p99));
            self.look(&shown, (page, &path), AIM).await;
        }
        Ok(())
    }

    /// The workbench of a wave that was proposed: as it is, and with a setting changed.
    pub(super) async fn workbench(&mut self, wave: &str) -> Result<()> {
        let page = self.server.sign_in_on_the_page("staff-1").await?;
        for (name, path) in [
            ("the workbench", format!("/ville/vagues/{wave}")),
            ("a wave's approval", format!("/ville/approbations/{wave}")),
            ("a wave's lots", format!("/ville/vagues/{wave}/lots")),
        ] {
            let got = self.times((&page, &path), 1).await?;
            let figure = Figure::cost(name, millis(got.p50), "ms");
            self.note(figure.against(AIM, "aim").taking(got.p50, got.p99));
        }
        let tried =
            "essai=1&lot_min=3&lot_max=9&supply.kinds=desktop&supply.kinds=laptop&seed=mesure";
        let path = format!("/ville/vagues/{wave}?{tried}");
        let got = self.times((&page, &path), 1).await?;
        let figure = Figure::cost("the workbench, a setting changed", millis(got.p50), "ms");
        self.note(figure.against(TRIAL_AIM, "aim").taking(got.p50, got.p99));
        Ok(())
    }

    /// A wave that was approved, as those see it who ask why.
    pub(super) async fn decided(&mut self, wave: &str) -> Result<()> {
        let staff = self.server.sign_in("staff-1").await?;
        let line = self.first(&staff, &format!("/waves/{wave}/lines")).await?;
        let application = line["application_id"].as_str().unwrap_or_default();
        let path = format!("/api/v1/waves/{wave}/lines/{application}/explanation");
        self.look("why a line has what it has", (&staff, &path), AIM)
            .await;
        let path = format!("/vagues/{wave}");
        self.look("the notice of a wave", (&staff, &path), AIM)
            .await;
        Ok(())
    }

    /// Notes how long an answer takes; of one that does not come, why.
    async fn look(&mut self, name: &str, asked: (&str, &str), aim: f64) {
        for clients in CLIENTS {
            match self.times(asked, clients).await {
                Ok(got) => {
                    let mut figure = Figure::cost(name, millis(got.p50), "ms");
                    figure.clients = clients;
                    // so many answer one after the other on the cores of this machine
                    let figure = match clients {
                        1 => figure.against(aim, "aim"),
                        _ => figure,
                    };
                    self.note(figure.taking(got.p50, got.p99));
                }
                Err(cause) => println!("{name:<44} {clients:>3} none: {cause:.200}"),
            }
        }
    }

    async fn times(&self, (who, path): (&str, &str), clients: usize) -> Result<load::Outcome> {
        let asked = request(("GET", path), Some(who), ("", b""));
        let ask: Ask = Rc::new(move |_, _| asked.clone());
        let time = (self.time / 3).max(Duration::from_millis(500));
        load::run(&self.server.address, clients, time, (ask, load::answered)).await
    }
}

/// As a value in an address: each byte by its number.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
