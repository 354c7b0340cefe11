//! Scores, and a wave.

use std::time::Instant;

use serde_json::{Value, json};

use super::{Bench, Result, WORKER};
use crate::bare;
use crate::report::Figure;

impl Bench {
    /// The programme that is open.
    async fn programme(&self, who: &str) -> Result<String> {
        let path = ("GET", "/api/v1/programmes?limit=1");
        let page = self.server.ask(path, Some(who), ("", b"")).await?.json();
        let id = page["items"][0]["id"].as_str();
        id.map(str::to_owned)
            .ok_or_else(|| "no programme".to_owned())
    }

    /// A ranking scores those applications anew that are not decided yet, and shows the others
    /// with the score of their decision.
    pub(super) async fn scores(&mut self) -> Result<()> {
        let who = self.server.sign_in("staff-1").await?;
        let programme = self.programme(&who).await?;
        let path = format!("/api/v1/programmes/{programme}/ranking?provisional=true&limit=1");
        let mut best = f64::MAX;
        for _ in 0..5 {
            let started = Instant::now();
            self.server
                .ask(("GET", &path), Some(&who), ("", b""))
                .await?;
            best = best.min(started.elapsed().as_secs_f64());
        }
        let (count, alone) = bare::scores(&mut self.db, &programme)?;
        let figure = Figure::rate(
            "scoring, applications of a ranking",
            1,
            count as f64 / best,
            "/s",
        );
        self.note(figure.against(alone, "reading the rows, the rubric's function"));
        Ok(())
    }

    pub(super) async fn wave(&mut self) -> Result<()> {
        let one = self.server.sign_in("staff-1").await?;
        let other = self.server.sign_in("staff-2").await?;
        let programme = self.programme(&one).await?;
        let wave = json!({"name": "Mesure", "supply": {"kinds": ["desktop", "laptop"]},
            "seed": "mesure"});
        let path = format!("/api/v1/programmes/{programme}/waves");
        let wave = self.server.post(&path, Some(&one), &wave).await?;
        let id = wave["id"].as_str().unwrap_or_default();
        let path = format!("/api/v1/waves/{id}");
        let reading = bare::read_supply(&mut self.db, &programme)?;
        let started = Instant::now();
        let plan = self
            .server
            .post(&format!("{path}/propose"), Some(&one), &Value::Null)
            .await?;
        let read = json!({"digest": plan["digest"]});
        let taken = started.elapsed().as_secs_f64() * 1_000.0;
        let figure = Figure::cost("propose a wave", taken, "ms");
        self.note(figure.against(reading, "reading the same rows"));
        self.workbench(id).await?;
        self.server
            .post(&format!("{path}/submit"), Some(&one), &read)
            .await?;
        let started = Instant::now();
        self.server
            .post(&format!("{path}/approve"), Some(&other), &read)
            .await?;
        let taken = started.elapsed().as_secs_f64() * 1_000.0;
        self.decided(id).await?;
        let (reserved, bare) = self.bare_reservation().await?;
        let name = format!("approve it, {reserved} devices reserved");
        self.note(Figure::cost(&name, taken, "ms").against(bare, "bare events of as many devices"));
        Ok(())
    }

    /// How many devices were reserved last, and how long as many bare events take.
    async fn bare_reservation(&mut self) -> Result<(usize, f64)> {
        self.server.sign_in(WORKER).await?;
        let asker = self.asker()?;
        let ids = bare::last_reserved(&mut self.db)?;
        let started = Instant::now();
        bare::bulk(&mut self.db, &asker, &ids, "Lot")?;
        Ok((ids.len(), started.elapsed().as_secs_f64() * 1_000.0))
    }
}
