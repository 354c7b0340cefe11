//! The figures of one engine, one after the other: reads first, then what changes things.

mod desk;
mod events;
mod manifest;
mod reads;
mod waves;

use std::time::Duration;

use clap::ValueEnum;
use db::Db;
use kernel::Actor;

use crate::bare;
use crate::program::{Program, Server};
use crate::report::Figure;

type Result<T> = std::result::Result<T, String>;

/// How many clients ask at the same time.
const CLIENTS: [usize; 3] = [1, 16, 64];
/// Who works at the bench.
const WORKER: &str = "refurbisher-1.workshop-1";
const BARE: &str = "bare transaction";

/// A part of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    Start,
    Reads,
    Desk,
    Events,
    Bulk,
    Manifest,
    Scores,
    Wave,
}

/// What is measured, and how thoroughly.
pub struct Bench {
    pub program: Program,
    pub server: Server,
    pub db: Db,
    /// How long each load lasts.
    pub time: Duration,
    /// Rows of the manifest.
    pub rows: usize,
    pub figures: Vec<Figure>,
}

impl Bench {
    /// Notes a figure, and shows it.
    pub fn note(&mut self, figure: Figure) {
        println!("{}", figure.line());
        self.figures.push(figure);
    }

    /// These parts, or everything.
    ///
    /// # Errors
    /// The first thing that does not work.
    pub async fn measure(&mut self, only: &[Part]) -> Result<()> {
        let all = Part::value_variants();
        let parts = if only.is_empty() { all } else { only };
        for part in parts {
            match part {
                Part::Start => self.start().await?,
                Part::Reads => self.reads().await?,
                Part::Desk => self.desk().await?,
                Part::Events => self.events().await?,
                Part::Bulk => self.bulk().await?,
                Part::Manifest => self.manifest().await?,
                Part::Scores => self.scores().await?,
                Part::Wave => self.wave().await?,
            }
        }
        let most = self.server.memory("VmHWM").unwrap_or(0.0);
        self.note(Figure::cost(
            "resident memory, the most under load",
            most,
            "MB",
        ));
        Ok(())
    }

    /// From the start of the process until it is ready, beside the server that is measured; and
    /// the memory of one that nobody asked for anything yet.
    async fn start(&mut self) -> Result<()> {
        let mut taken = vec![self.server.start];
        for _ in 0..4 {
            taken.push(self.program.serve().await?.start);
        }
        taken.sort_unstable();
        let median = taken[taken.len() / 2].as_secs_f64() * 1_000.0;
        self.note(Figure::cost("start to ready", median, "ms").against(100.0, "aim"));
        let idle = self.server.memory("VmRSS").unwrap_or(0.0);
        self.note(Figure::cost("resident memory, idle", idle, "MB").against(30.0, "aim"));
        let own = self.server.memory("RssAnon").unwrap_or(0.0);
        self.note(Figure::cost("of it, not mapped from a file", own, "MB"));
        Ok(())
    }

    /// The worker, who has to be signed in.
    fn asker(&mut self) -> Result<Actor> {
        bare::asker(&mut self.db, &format!("{WORKER}@generated.example"))
    }
}
