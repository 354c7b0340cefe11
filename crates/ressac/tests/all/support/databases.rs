//! Databases to put a program on, and to change behind its back.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use testkit::{Engine, TestDatabase};

/// An empty one; none, and a word about it, where the engine has no server.
pub fn database(engine: Engine) -> Option<TestDatabase> {
    let database = TestDatabase::create(engine);
    if database.is_none() {
        eprintln!("left out: RESSAC_TEST_POSTGRES is not set; run scripts/test");
    }
    database
}

/// An empty one on each engine that is here.
pub fn databases() -> impl Iterator<Item = (Engine, TestDatabase)> {
    let engines = [Engine::Sqlite, Engine::Postgres];
    engines
        .into_iter()
        .filter_map(|engine| Some((engine, database(engine)?)))
}

/// Writes to a database as nobody should.
#[track_caller]
pub fn meddle(url: &str, sql: &str) {
    match url.strip_prefix("sqlite:") {
        Some(path) => SqliteConnection::establish(path)
            .unwrap()
            .batch_execute(sql),
        None => PgConnection::establish(url).unwrap().batch_execute(sql),
    }
    .unwrap();
}
