//! `admin generate`: an operation that never was, of any size, to measure and to try things
//! out on. Every step of every device is decided by the rules of the workshop and stands in a
//! chain of custody that `ressac audit verify` proves; the rows are written in bulk.

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
use identity::{password, rules};
use kernel::{ChainKeys, Instant};
use workshop::Settings as WorkshopSettings;

use crate::progress::Progress;
use crate::serve::{open, stop_signal};
use crate::settings::Settings;
use cast::{Cast, Casting, Crowd};
use gifts::{Chunk, DAYS, Gifts};
use references::References;
use requests::Programme;
use seed::Seed;

/// How much to make, and how.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Devices, each with its chain of custody.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
    devices: u64,
    /// Associations, each with an application in every programme.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    associations: u64,
    /// The same seed makes the same on the same day.
    #[arg(long, default_value_t = 2023)]
    seed: u64,
    /// Add to a database that has devices.
    #[arg(long)]
    add: bool,
    /// Give every account the password that the first line of standard input has. Without, nobody
    /// can sign in.
    #[arg(long)]
    password_stdin: bool,
}

/// What stands before the first device.
struct World {
    cast: Cast,
    programmes: Vec<Programme>,
    references: References,
    tags: Vec<String>,
    seed: Seed,
    present: usize,
    now: Instant,
}

/// Makes everything.
///
/// # Errors
/// A line for the operator.
pub fn run(settings: &Settings, options: &Options) -> Result<(), String> {
    let hash = match options.password_stdin {
        true => Some(read_password(settings)?),
        false => None,
    };
    let database = open(settings)?;
    let setup = Setup::load(&settings.eligibility)?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| cause.to_string())?
        .block_on(generate(&database, settings, setup, hash, options))
}

fn read_password(settings: &Settings) -> Result<String, String> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|cause| cause.to_string())?;
    let given = line.trim_end_matches(['\r', '\n']);
    let wanted = &settings.auth.password;
    rules::check_password(wanted, given, &[])
        .map_err(|refusal| refusal.errors[0].detail.en.clone().into_owned())?;
    password::hash(wanted, given).map_err(|cause| cause.to_string())
}

async fn generate(
    database: &Arc<Database>,
    settings: &Settings,
    setup: Setup,
    hash: Option<String>,
    options: &Options,
) -> Result<(), String> {
    let (city, chosen) = (settings.city.name.clone(), options.clone());
    let setting = database.write(move |tx| set_up(tx, &setup, &city, hash.as_deref(), &chosen));
    let world = setting.await.map_err(|cause| match cause {
        db::Error::Inconsistent(line) => line,
        other => other.to_string(),
    })?;
    let run = world.cast.run.clone();
    let mut progress = Progress::new(options.devices);
    let workshop = WorkshopSettings::in_use().map_err(|cause| cause.to_string())?;
    let keys = database.chain_keys();
    let (send, chunks) = sync_channel(2);
    // one thread invents while the other writes
    let inventor = std::thread::spawn(move || invent(world, workshop, keys, &send));
    let written = write(database, &chunks, &mut progress).await;
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
    progress.break_line();
    say!(
        "{devices} devices with {events} events in {:.1} s",
        progress.elapsed().as_secs_f64()
    )?;
    if options.password_stdin {
        say!(
            "accounts: staff-1{run}, donor-1{run}, association-1{run}, refurbisher-1.workshop-1{run} \
             and so on, @generated.example"
        )?;
    }
    Ok(())
}

fn set_up(
    tx: &mut Tx<'_>,
    setup: &Setup,
    city: &str,
    hash: Option<&str>,
    options: &Options,
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
    progress: &mut Progress,
) -> Result<(u64, u64), String> {
    let mut stop = std::pin::pin!(stop_signal());
    let (mut devices, mut events) = (0, 0);
    while let Ok(chunk) = chunks.recv() {
        devices += chunk.past.devices() as u64;
        events += chunk.past.events() as u64;
        let written = database.write(move |tx| store::put(tx, &chunk)).await;
        written.map_err(|cause| cause.to_string())?;
        progress.show(devices, &format!("{devices} devices, {events} events"));
        tokio::select! {
            biased;
            () = &mut stop => {
                progress.break_line();
                return Err(format!("interrupted after {devices} devices, which are kept"));
            }
            () = std::future::ready(()) => {}
        }
    }
    Ok((devices, events))
}
