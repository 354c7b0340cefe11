//! Copies of an SQLite file, made while others write to it, and put back.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::connection::{Access, sqlite_path};
use crate::migrate::{self, SchemaState};
use crate::{Db, Result};

/// Where the file of an `sqlite:` URL is.
pub fn place(url: &str) -> PathBuf {
    PathBuf::from(sqlite_path(url))
}

/// Writes the database, as it stands at one moment, into a new file.
///
/// # Errors
/// When there is no database, or the file cannot be written.
pub fn copy_sqlite(url: &str, to: &Path) -> Result<()> {
    let mut db = open(url, Access::Write)?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(to.to_string_lossy())
        .execute(&mut db)?;
    Ok(())
}

/// Looks whether a file is a whole database, and how its schema compares with this program's.
///
/// # Errors
/// When it is none, or is damaged.
pub fn examine_sqlite(file: &Path) -> Result<(SchemaState, Vec<String>)> {
    let mut db = open(&format!("sqlite:{}", file.display()), Access::Read)?;
    Ok((migrate::compare(&mut db)?, damage(&mut db)?))
}

/// What is wrong with the pages of an SQLite file; nothing when it is whole.
/// PostgreSQL watches over its own.
///
/// # Errors
/// When the database cannot be read.
pub fn damage(db: &mut Db) -> Result<Vec<String>> {
    let Db::Sqlite(connection) = db else {
        return Ok(Vec::new());
    };
    // not `pragma_integrity_check(10)`, which takes the number for the name of a table
    let rows: Vec<Said> = diesel::sql_query("PRAGMA integrity_check(10)").load(connection)?;
    let lines = rows.into_iter().map(|row| row.integrity_check);
    Ok(lines.filter(|line| line != "ok").collect())
}

/// Puts a file that was examined in the place of the database, which nobody may have open.
///
/// # Errors
/// When somebody has, or the file cannot be moved.
pub fn replace_sqlite(url: &str, with: &Path) -> Result<()> {
    let place = Path::new(sqlite_path(url));
    // held until the new file is there, so that nobody comes in between
    let old = match place.exists() {
        true => {
            let mut old = open(url, Access::Alone)?;
            // what is in the log goes into the file, and the log away
            old.batch_execute("PRAGMA journal_mode = DELETE")?;
            Some(old)
        }
        false => None,
    };
    let moved = std::fs::rename(with, place).map_err(crate::Error::internal);
    drop(old);
    moved
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

fn open(url: &str, access: Access) -> Result<Db> {
    Db::open(url, access, None)
        .map_err(|cause| crate::Error::Unavailable(format!("{}: {cause}", sqlite_path(url))))
}
