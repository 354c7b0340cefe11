//! Measures the program: each figure beside the limit of the bare work, in the same run, on
//! the same engine. `scripts/bench` builds both and starts this.
#![allow(clippy::print_stdout, clippy::print_stderr)]
#![allow(clippy::cast_precision_loss)] // counts of what happens in seconds

mod bare;
mod figures;
mod floor;
mod load;
mod machine;
mod place;
mod program;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use serde_json::{Value, json};

use bare::Access;
use figures::{Bench, Part};
use place::{Engine, Place};
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
    /// On which engine; PostgreSQL is the one of RESSAC_TEST_POSTGRES.
    #[arg(long, value_enum, default_value_t = Chosen::Both)]
    engine: Chosen,
    /// Devices of the generated database: 100 000, or 5 000 with --quick.
    #[arg(long)]
    devices: Option<u64>,
    /// Associations of it: one for 50 devices, from 60 to 16 000.
    #[arg(long)]
    associations: Option<u64>,
    /// Seconds that each load lasts: 3, or 1 with --quick.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: Option<u64>,
    /// Only these parts, for a closer look: nothing is kept in the file.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Where the databases go, in folders `sqlite` and `postgres` that are removed afterwards.
    #[arg(long, default_value = "var/bench")]
    folder: PathBuf,
    /// Where the figures go.
    #[arg(long, default_value = "var/bench.json")]
    json: PathBuf,
}

/// Which engines are measured.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Chosen {
    Sqlite,
    Postgres,
    Both,
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
    let binary = options.binary.canonicalize();
    let binary = binary.map_err(|cause| format!("{}: {cause}", options.binary.display()))?;
    std::fs::create_dir_all(&options.folder).map_err(text)?;
    let folder = options.folder.canonicalize().map_err(text)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(text)?;
    let mut all = Value::Null;
    for engine in engines(options) {
        let place = Place::make(engine, &folder)?;
        let program = Program {
            binary: binary.clone(),
            folder: place.folder.clone(),
            url: place.url.clone(),
        };
        let run = runtime.block_on(measure(options, engine, program))?;
        if keeps(options) {
            // what was measured is kept, whatever comes of the other engine
            all = report::keep(&options.json, &machine, &run)?;
        }
    }
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

/// Both, unless one was named, or there is no PostgreSQL.
fn engines(options: &Options) -> Vec<Engine> {
    match options.engine {
        Chosen::Sqlite => vec![Engine::Sqlite],
        Chosen::Postgres => vec![Engine::Postgres],
        Chosen::Both if place::server().is_some() => vec![Engine::Sqlite, Engine::Postgres],
        Chosen::Both => {
            eprintln!("no PostgreSQL (RESSAC_TEST_POSTGRES): left out");
            vec![Engine::Sqlite]
        }
    }
}

/// Whether the figures are worth keeping: all of them, of a program that is built to be fast.
fn keeps(options: &Options) -> bool {
    if cfg!(debug_assertions) {
        eprintln!(
            "a build for development: nothing is kept in {}",
            options.json.display()
        );
    }
    options.only.is_empty() && !cfg!(debug_assertions)
}

async fn measure(options: &Options, engine: Engine, program: Program) -> Result<Run, String> {
    let devices = options
        .devices
        .unwrap_or(if options.quick { 5_000 } else { 100_000 });
    let usual = (devices / 50).clamp(60, 16_000);
    let associations = options.associations.unwrap_or(usual);
    eprintln!("generating {devices} devices, {associations} associations");
    let taken = program.generate(devices, associations)?;
    let mut db = bare::open(&program.url, Access::Write)?;
    let version = machine::engine_version(&mut db)?;
    let rows = bare::rows(&mut db)?;
    println!("\n{} {version}, {rows}", engine.name());
    println!("{}", report::head());
    let usual = if options.quick { 1 } else { 3 };
    let seconds = options.seconds.unwrap_or(usual);
    let mut bench = Bench {
        server: program.serve().await?,
        program,
        db,
        time: Duration::from_secs(seconds),
        rows: if options.quick { 2_000 } else { 10_000 },
        figures: Vec::new(),
    };
    let rate = devices as f64 / taken.as_secs_f64();
    let name = "generate, with all the program does";
    bench.note(report::Figure::rate(name, 1, rate, "devices/s"));
    bench.measure(&options.only).await?;
    Ok(Run {
        engine: engine.name().to_owned(),
        devices,
        seconds,
        rows: json!({"version": version, "rows": rows}),
        figures: bench.figures,
    })
}
