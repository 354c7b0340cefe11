//! Migrations, embedded: the program brings its schema along.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
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

/// Attempts at having an SQLite file alone, of two seconds each.
const ATTEMPTS: u32 = 30;

/// Applies the migrations that are missing, one program after the other.
///
/// # Errors
/// As [`crate::Database::open`].
pub fn run(url: &str) -> Result<()> {
    if Engine::of_url(url) == Ok(Engine::Sqlite) {
        return run_sqlite(url);
    }
    let mut db = Db::open(url, Access::Write, None).map_err(unavailable)?;
    db.batch_execute(&format!("SELECT pg_advisory_lock(x'{LOCK}'::bigint)"))?;
    let outcome = bring_up_to_date(&mut db);
    db.batch_execute(&format!("SELECT pg_advisory_unlock(x'{LOCK}'::bigint)"))?;
    outcome
}

/// Programs that start at once take turns. A file that has all migrations is not locked, since
/// other programs may be at work on it. So a program that waits for the file alone looks again and
/// again whether another has brought it up to date, and stays on it.
fn run_sqlite(url: &str) -> Result<()> {
    let _turn = take_turn(Path::new(sqlite_path(url)));
    let mut attempt = 1;
    loop {
        if Path::new(sqlite_path(url)).exists() {
            match state(url) {
                Ok(SchemaState::Current) => return Ok(()),
                Ok(SchemaState::Newer) => return Err(newer()),
                // no schema yet, an older one, or somebody is at it
                Ok(SchemaState::Older) | Err(_) => {}
            }
        }
        match Db::open(url, Access::Alone, None) {
            Ok(mut db) => return bring_up_to_date(&mut db),
            Err(cause) if attempt == ATTEMPTS => return Err(unavailable(cause)),
            Err(_) => attempt += 1,
        }
    }
}

/// Waits for other programs that start, by a lock (flock) on the folder, which ends with the program
/// whatever happens to it. Two that asked for the same file alone, each again and again, kept each
/// other out until both gave up. A file system without such locks leaves it at that.
fn take_turn(database: &Path) -> Option<File> {
    let folder = database.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new("."))).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

fn bring_up_to_date(db: &mut Db) -> Result<()> {
    match compare(db)? {
        SchemaState::Current => Ok(()),
        SchemaState::Newer => Err(newer()),
        SchemaState::Older => apply(db),
    }
}

fn newer() -> Error {
    Error::Unavailable(
        "the database's schema is newer than this program; start the newer version".to_owned(),
    )
}

pub(crate) fn state(url: &str) -> Result<SchemaState> {
    let mut db = Db::open(url, Access::Write, None).map_err(unavailable)?;
    compare(&mut db)
}

fn unavailable(cause: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("cannot open the database: {cause}"))
}

/// How the schema of an open database compares with this program's.
///
/// # Errors
/// When the database cannot be asked.
pub fn compare(db: &mut Db) -> Result<SchemaState> {
    let known = match db {
        Db::Postgres(_) => versions::<diesel::pg::Pg>(&POSTGRES)?,
        Db::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE)?,
    };
    let applied: BTreeSet<String> = applied(db)?.into_iter().collect();
    Ok(if !applied.is_subset(&known) {
        SchemaState::Newer
    } else if applied == known {
        SchemaState::Current
    } else {
        SchemaState::Older
    })
}

/// The versions that were applied, in their order. It only reads, unlike diesel's own.
pub(crate) fn applied(db: &mut Db) -> Result<Vec<String>> {
    let known = match db {
        Db::Postgres(_) => "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS known",
        Db::Sqlite(_) => {
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema
                            WHERE name = '__diesel_schema_migrations') AS known"
        }
    };
    let known: Known = diesel::sql_query(known).get_result(db)?;
    if !known.known {
        return Ok(Vec::new());
    }
    let rows: Vec<Applied> =
        diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load(db)?;
    let mut versions: Vec<_> = rows.into_iter().map(|row| row.version).collect();
    versions.sort();
    Ok(versions)
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    known: bool,
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
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
