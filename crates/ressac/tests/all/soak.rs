//! Killed under load, again and again: what was acknowledged is there, once; what was not is
//! there whole or not at all. `scripts/soak` runs it for longer.

use std::time::{Duration, Instant};

use crate::support::load::{CLIENTS, Client, Load, dock, verify};
use crate::support::{Cast, Server, database, folder, ressac, succeeds};
use testkit::Engine;

/// How long it goes on, as `scripts/soak` says; else for a few kills.
fn goes_on(kills: usize, started: Instant) -> bool {
    let minutes = std::env::var("RESSAC_SOAK_MINUTES").ok();
    match minutes.and_then(|minutes| minutes.parse::<u64>().ok()) {
        Some(minutes) => started.elapsed() < Duration::from_secs(60 * minutes),
        None => kills < 3,
    }
}

/// A moment between two kills, spread without a pattern.
fn moment(round: usize) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    Duration::from_millis(150 + RandomState::new().hash_one(round) % 1200)
}

fn soak(engine: Engine) {
    let Some(database) = database(engine) else {
        return;
    };
    let folder = folder(&format!("soak-{engine:?}"));
    let url = database.url.clone();
    let mut cast = Cast::join(&url);
    let program = || {
        let mut program = ressac(&folder, &url);
        program.env("RESSAC__LOG__LEVEL", "error");
        program
    };
    let server = Server::start(&mut program());
    let tags = dock(&server, &cast);
    server.kill();
    let clients = Client::all();
    let started = Instant::now();
    let (mut acknowledged, mut kills) = (0, 0);
    while goes_on(kills, started) {
        cast.sign_in(&url);
        let server = Server::start(&mut program());
        let address = server.address.clone();
        let load = Load::on(&address, &cast, &tags);
        load.during(&clients, || {
            std::thread::sleep(moment(kills));
            server.kill();
        });
        kills += 1;
        acknowledged += load.so_far();
        succeeds(&folder, &url, &["check"]);
        verify(&url, &clients);
        eprint!(
            "\r{engine:?}: {kills} kills, {acknowledged} requests acknowledged, all there once "
        );
    }
    assert!(
        acknowledged > kills * CLIENTS / 4,
        "{acknowledged} requests are no load"
    );
    eprintln!("in {} s", started.elapsed().as_secs());
}

#[test]
fn killed_under_load_sqlite_loses_nothing() {
    soak(Engine::Sqlite);
}

#[test]
fn killed_under_load_postgres_loses_nothing() {
    soak(Engine::Postgres);
}
