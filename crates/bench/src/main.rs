//! Measures the program: each figure beside the limit of the bare work, in the same run, on
//! the same engine. `scripts/bench` builds both and starts this.
#![allow(clippy::print_stdout, clippy::print_stderr)]
#![allow(clippy::cast_precision_loss)] // counts of what happens in seconds

mod bare;
mod figures;
mod floor;
mod load;
mod machine;
mod program;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::json;

use figures::{Bench, Part};
use program::Program;
use report::Run;

/// Measures the program.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure.
    Run(Options),
    /// Answer what the server answers, from the bare query.
    #[command(hide = true)]
    Floor {
        /// What to answer.
        folder: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Options {
    /// The program.
    #[arg(long)]
    binary: PathBuf,
    /// Shorter loads on a smaller database.
    #[arg(long)]
    quick: bool,
    /// `sqlite`, `postgres` or `both`.
    #[arg(long, default_value = "both")]
    engine: String,
    /// Devices of the generated database.
    #[arg(long)]
    devices: Option<u64>,
    /// Associations of it.
    #[arg(long)]
    associations: Option<u64>,
    /// Seconds that each load lasts.
    #[arg(long)]
    seconds: Option<u64>,
    /// Only these parts, for a closer look: nothing is kept in the file.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Where the databases go, which are removed afterwards.
    #[arg(long, default_value = "var/bench")]
    folder: PathBuf,
    /// Where the figures go.
    #[arg(long, default_value = "var/bench.json")]
    json: PathBuf,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Floor { folder } => floor::serve(&folder),
        Command::Run(options) => run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("ressac-bench: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    let text = |cause: std::io::Error| cause.to_string();
    let machine = machine::machine();
    println!("{machine}");
    let binary = options.binary.canonicalize().map_err(text)?;
    std::fs::create_dir_all(&options.folder).map_err(text)?;
    let folder = options.folder.canonicalize().map_err(text)?;
    let mut runs = Vec::new();
    for engine in ["sqlite", "postgres"] {
        if options.engine != "both" && options.engine != engine {
            continue;
        }
        let Some(place) = Place::make(engine, &folder)? else {
            eprintln!("no PostgreSQL (RESSAC_TEST_POSTGRES): left out");
            continue;
        };
        let program = Program {
            binary: binary.clone(),
            folder: place.folder.clone(),
            url: place.url.clone(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(text)?;
        runs.push(runtime.block_on(measure(options, program))?);
        if !options.only.is_empty() {
            continue;
        }
        // what was measured is kept, whatever comes of the other engine
        report::keep(&options.json, &machine, &runs)?;
    }
    if !options.only.is_empty() {
        return Ok(());
    }
    let all = report::keep(&options.json, &machine, &runs)?;
    let growth = report::growth(&all);
    if !growth.is_empty() {
        println!(
            "\np50 / p99 ms by number of devices, of all runs in {}",
            options.json.display()
        );
        growth.iter().for_each(|line| println!("{line}"));
    }
    Ok(())
}

async fn measure(options: &Options, program: Program) -> Result<Run, String> {
    let devices = options
        .devices
        .unwrap_or(if options.quick { 5_000 } else { 100_000 });
    let usual = (devices / 50).clamp(60, 16_000);
    let associations = options.associations.unwrap_or(usual);
    eprintln!("generating {devices} devices, {associations} associations");
    let taken = program.generate(devices, associations)?;
    let mut db = bare::open(&program.url)?;
    let engine = match db {
        db::Db::Sqlite(_) => "SQLite",
        db::Db::Postgres(_) => "PostgreSQL",
    };
    let version = machine::engine_version(&mut db)?;
    let rows = bare::rows(&mut db)?;
    println!("\n{engine} {version}, {rows}");
    println!("{}", report::head());
    let server = program.serve().await?;
    let usual_seconds = if options.quick { 1 } else { 3 };
    let mut bench = Bench {
        program,
        server,
        db,
        time: Duration::from_secs(options.seconds.unwrap_or(usual_seconds)),
        rows: if options.quick { 2_000 } else { 10_000 },
        figures: Vec::new(),
    };
    let rate = devices as f64 / taken.as_secs_f64();
    bench.note(report::Figure::rate(
        "generate, with all the program does",
        1,
        rate,
        "devices/s",
    ));
    bench.measure(&options.only).await?;
    Ok(Run {
        engine: engine.to_owned(),
        devices,
        rows: json!({"version": version, "rows": rows}),
        figures: bench.figures,
    })
}

/// A database of one's own, removed when this is dropped.
struct Place {
    folder: PathBuf,
    url: String,
    /// Where to remove it from, on PostgreSQL.
    admin: Option<String>,
}

/// Its name on PostgreSQL.
const NAME: &str = "ressac_bench";

impl Place {
    fn make(engine: &str, folder: &Path) -> Result<Option<Self>, String> {
        let folder = folder.join(engine);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|cause| cause.to_string())?;
        if engine == "sqlite" {
            let url = format!("sqlite:{}", folder.join("ressac.db").display());
            return Ok(Some(Self {
                folder,
                url,
                admin: None,
            }));
        }
        let Ok(admin) = std::env::var("RESSAC_TEST_POSTGRES") else {
            return Ok(None);
        };
        let (base, query) = admin.split_once('?').unwrap_or((&admin, ""));
        let (server, _) = base.rsplit_once('/').ok_or("a database in the URL")?;
        let url = format!("{server}/{NAME}?{query}");
        let mut connection = PgConnection::establish(&admin).map_err(|cause| cause.to_string())?;
        for sql in [
            format!("DROP DATABASE IF EXISTS {NAME}"),
            format!("CREATE DATABASE {NAME}"),
        ] {
            connection
                .batch_execute(&sql)
                .map_err(|cause| cause.to_string())?;
        }
        Ok(Some(Self {
            folder,
            url,
            admin: Some(admin),
        }))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some(mut admin) = self
            .admin
            .as_ref()
            .and_then(|it| PgConnection::establish(it).ok())
        {
            let _ = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"));
        }
    }
}
