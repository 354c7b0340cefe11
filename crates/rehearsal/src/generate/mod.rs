//! An operation that never was, of any size, to measure and to try things out on. Every step of
//! every device is decided by the rules of the workshop and stands in a chain of custody that
//! `ressac audit verify` proves; the rows are written in bulk.

mod awards;
mod cast;
mod gifts;
mod life;
mod references;
mod requests;
mod rows;
mod seed;
mod store;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use clap::Args;
use db::{Database, Result as DbResult, Tx};
use eligibility::Setup;
use kernel::{ChainKeys, Instant};
use workshop::Settings as WorkshopSettings;

use cast::{Cast, Casting, Crowd};
use gifts::{Chunk, DAYS, Gifts};
use references::References;
use requests::Programme;
use seed::Seed;

/// How much to make, and how.
#[derive(Debug, Clone, Args)]
pub struct Size {
    /// Devices, each with its chain of custody.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
    pub devices: u64,
    /// Associations, each with an application in every programme.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    associations: u64,
    /// The same seed makes the same on the same day.
    #[arg(long, default_value_t = 2023)]
    seed: u64,
    /// Add to a database that has devices.
    #[arg(long)]
    add: bool,
}

/// What stands before the first device.
pub struct World {
    cast: Cast,
    programmes: Vec<Programme>,
    references: References,
    tags: Vec<String>,
    seed: Seed,
    present: usize,
    now: Instant,
}

/// For whom it is made.
pub struct City<'a> {
    /// The organization that the staff belong to.
    pub name: &'a str,
    /// What its applications are scored by.
    pub setup: Setup,
    /// The hash of everybody's password; without one nobody can sign in.
    pub password: Option<String>,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Devices, with their chains.
    pub devices: u64,
    /// Lines of these chains.
    pub events: u64,
    /// What the names of this run's accounts end with, such as `staff-1…@generated.example`.
    pub run: String,
}

/// Makes the organizations, the people and the programmes.
///
/// # Errors
/// A line for the operator.
pub async fn prepare(
    database: &Arc<Database>,
    city: City<'_>,
    options: &Size,
) -> Result<World, String> {
    let (name, chosen) = (city.name.to_owned(), options.clone());
    let setting =
        database.write(move |tx| set_up(tx, &city.setup, &name, city.password.as_deref(), &chosen));
    setting.await.map_err(|cause| match cause {
        db::Error::Inconsistent(line) => line,
        other => other.to_string(),
    })
}

/// Makes the devices; `shown` hears of how far it has come, and `stop` ends it early.
///
/// # Errors
/// A line for the operator.
pub async fn run(
    database: &Arc<Database>,
    world: World,
    mut shown: impl FnMut(u64, &str),
    stop: impl Future<Output = ()>,
) -> Result<Made, String> {
    let run = world.cast.run.clone();
    let workshop = WorkshopSettings::in_use().map_err(|cause| cause.to_string())?;
    let keys = database.chain_keys();
    let (send, chunks) = sync_channel(2);
    // one thread invents while the other writes
    let inventor = std::thread::spawn(move || invent(world, workshop, keys, &send));
    let written = write(database, &chunks, &mut shown, stop).await;
    drop(chunks);
    let invented = inventor
        .join()
        .map_err(|_| "the inventor panicked".to_owned())?;
    let (devices, events) = written?;
    invented?;
    database
        .write_queue(store::analyze)
        .await
        .map_err(|cause| cause.to_string())?;
    Ok(Made {
        devices,
        events,
        run,
    })
}

fn set_up(
    tx: &mut Tx<'_>,
    setup: &Setup,
    city: &str,
    hash: Option<&str>,
    options: &Size,
) -> DbResult<World> {
    let present = store::devices(tx)?;
    if present > 0 && !options.add {
        return Err(db::Error::Inconsistent(format!(
            "the database has {present} devices already; `--add` adds to them"
        )));
    }
    // midnight: the same seed makes the same all day
    let now = Instant::from_micros(tx.now().micros().div_euclid(86_400_000_000) * 86_400_000_000)
        .unwrap_or_else(|| tx.now());
    let since = now.plus_days(-DAYS - 60);
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let (devices, associations) = (count(options.devices), count(options.associations));
    let mut seed = Seed::new(options.seed ^ present.unsigned_abs() << 32);
    let casting = Casting::new(&mut seed, since, hash, present);
    let cast = casting.cast(tx, city, Crowd::of(devices, associations))?;
    let mut programmes = Vec::new();
    if associations > 0 {
        // so many that nobody receives much more than one lot in each
        let over = (devices * 6 / 10).div_ceil(associations * 20).clamp(1, 12);
        for n in 0..over {
            let days = DAYS * i64::try_from(n).unwrap_or(0) / i64::try_from(over).unwrap_or(1);
            let opened = since.plus_days(20 + days);
            programmes.push(requests::open(tx, (&mut seed, setup, &cast), opened, true)?);
        }
        requests::open(tx, (&mut seed, setup, &cast), now.plus_days(-24), false)?;
    }
    Ok(World {
        references: References::load(tx, since.plus_days(-60), now)?,
        tags: intake::tags(tx, devices)?,
        cast,
        programmes,
        seed,
        present: usize::try_from(present).unwrap_or(0),
        now,
    })
}

/// Makes batch after batch, until all is made or nobody takes it.
fn invent(
    mut world: World,
    settings: &WorkshopSettings,
    keys: ChainKeys,
    chunks: &SyncSender<Chunk>,
) -> Result<(), String> {
    let devices = world.tags.len();
    let mut gifts = Gifts {
        cast: &world.cast,
        programmes: &mut world.programmes,
        settings,
        keys,
        seed: world.seed,
        references: world.references,
        tags: world.tags.into_iter(),
        devices,
        present: world.present,
        now: world.now,
    };
    while let Some(chunk) = gifts.next_chunk()? {
        if chunks.send(chunk).is_err() {
            break;
        }
    }
    Ok(())
}

/// Writes what was made; returns how many devices and events that were.
async fn write(
    database: &Arc<Database>,
    chunks: &Receiver<Chunk>,
    shown: &mut impl FnMut(u64, &str),
    stop: impl Future<Output = ()>,
) -> Result<(u64, u64), String> {
    let mut stop = std::pin::pin!(stop);
    let (mut devices, mut events) = (0, 0);
    while let Ok(chunk) = chunks.recv() {
        devices += chunk.past.devices() as u64;
        events += chunk.past.events() as u64;
        let written = database.write(move |tx| store::put(tx, &chunk)).await;
        written.map_err(|cause| cause.to_string())?;
        shown(devices, &format!("{devices} devices, {events} events"));
        tokio::select! {
            biased;
            () = &mut stop => {
                return Err(format!("interrupted after {devices} devices, which are kept"));
            }
            () = std::future::ready(()) => {}
        }
    }
    Ok((devices, events))
}
