//! Migrations, embedded: the program brings its schema along.

use std::collections::BTreeSet;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{Access, sqlite_path};
use crate::{Db, Engine, Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Two nodes that start at once migrate one after the other: the key of PostgreSQL's
/// advisory lock.
const LOCK: &str = "72657373616300";

/// How the database's schema compares with this program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// The same.
    Current,
    /// Migrations are missing.
    Older,
    /// A newer program was here.
    Newer,
}

/// Applies the migrations that are missing, one program after the other. An SQLite file
/// that has them all is not locked: other programs may be at work on it.
pub(crate) fn run(url: &str) -> Result<()> {
    let file = Engine::of_url(url) == Ok(Engine::Sqlite) && Path::new(sqlite_path(url)).exists();
    if file && state(url)? == SchemaState::Current {
        return Ok(());
    }
    let mut db = Db::open(url, Access::Migrate).map_err(unavailable)?;
    locked(&mut db, |db| match compare(db)? {
        SchemaState::Current => Ok(()),
        SchemaState::Newer => Err(Error::Unavailable(
            "the database's schema is newer than this program; start the newer version".to_owned(),
        )),
        SchemaState::Older => apply(db),
    })
}

/// Runs under a lock that every starting node takes; on SQLite the connection itself has it.
fn locked(db: &mut Db, work: impl FnOnce(&mut Db) -> Result<()>) -> Result<()> {
    if db.engine() == Engine::Sqlite {
        return work(db);
    }
    db.batch_execute(&format!("SELECT pg_advisory_lock(x'{LOCK}'::bigint)"))?;
    let outcome = work(db);
    db.batch_execute(&format!("SELECT pg_advisory_unlock(x'{LOCK}'::bigint)"))?;
    outcome
}

pub(crate) fn state(url: &str) -> Result<SchemaState> {
    let mut db = Db::open(url, Access::Write).map_err(unavailable)?;
    compare(&mut db)
}

fn unavailable(cause: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("cannot open the database: {cause}"))
}

fn compare(db: &mut Db) -> Result<SchemaState> {
    let known = match db {
        Db::Postgres(_) => versions::<diesel::pg::Pg>(&POSTGRES)?,
        Db::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE)?,
    };
    let applied: BTreeSet<String> = match db {
        Db::Postgres(connection) => connection.applied_migrations(),
        Db::Sqlite(connection) => connection.applied_migrations(),
    }
    .map_err(Error::Internal)?
    .into_iter()
    .map(|version| version.to_string())
    .collect();
    Ok(if !applied.is_subset(&known) {
        SchemaState::Newer
    } else if applied == known {
        SchemaState::Current
    } else {
        SchemaState::Older
    })
}

fn versions<B: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<BTreeSet<String>>
where
    EmbeddedMigrations: MigrationSource<B>,
{
    let migrations: Vec<Box<dyn Migration<B>>> =
        MigrationSource::<B>::migrations(source).map_err(Error::Internal)?;
    Ok(migrations
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect())
}

fn apply(db: &mut Db) -> Result<()> {
    match db {
        Db::Postgres(connection) => connection.run_pending_migrations(POSTGRES).map(drop),
        Db::Sqlite(connection) => connection.run_pending_migrations(SQLITE).map(drop),
    }
    .map_err(Error::Internal)
}
