//! The bare work: the statements that a request comes to, prepared once, with nothing around
//! them. What the engine itself cannot do faster, no server can.

mod lookups;
mod reads;
mod waves;
mod writes;

use std::sync::Mutex;

use db::Db;
use db::schema::{people as p, sessions as s};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kernel::Actor;

pub use lookups::{count, devices_of, nth, rows};
pub use reads::{device, page};
pub use waves::{last_reserved, read_supply, scores};
pub use writes::{bulk, event, fresh_id, insert, lost_a_race};

type Result<T> = std::result::Result<T, String>;

fn text(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    Read,
    /// Durably, and alone on SQLite.
    Write,
}

impl Access {
    /// As the server sets its own connections to SQLite.
    const fn pragmas(self) -> &'static str {
        match self {
            Self::Read => {
                "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; \
                 PRAGMA temp_store = MEMORY; PRAGMA query_only = ON;"
            }
            Self::Write => {
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA temp_store = FILE; PRAGMA journal_size_limit = 67108864; \
                 PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -65536;"
            }
        }
    }
}

/// Opens a connection.
///
/// # Errors
/// When the database is not there.
pub fn open(url: &str, access: Access) -> Result<Db> {
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut connection = SqliteConnection::establish(path).map_err(text)?;
            connection.batch_execute(access.pragmas()).map_err(text)?;
            Ok(Db::Sqlite(connection))
        }
        None => PgConnection::establish(url).map(Db::Postgres).map_err(text),
    }
}

/// Connections to read that are open already.
pub struct Pool {
    url: String,
    idle: Mutex<Vec<Db>>,
}

impl Pool {
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Does something with a connection.
    ///
    /// # Errors
    /// What the work says.
    pub fn with<T>(&self, work: impl FnOnce(&mut Db) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().map_err(text)?.pop();
        let mut db = match idle {
            Some(db) => db,
            None => open(&self.url, Access::Read)?,
        };
        let outcome = work(&mut db)?;
        self.idle.lock().map_err(text)?.push(db);
        Ok(outcome)
    }
}

/// Who asks, by the last session of an account: every request looks it up.
///
/// # Errors
/// When nobody signed in there.
pub fn asker(db: &mut Db, email: &str) -> Result<Actor> {
    let (session, person, role, organisation) = s::table
        .inner_join(p::table)
        .filter(p::email.eq(email))
        .order(s::id.desc())
        .select((s::id, p::id, p::role, p::organisation_id))
        .first(db)
        .map_err(|cause| format!("the session of {email}: {cause}"))?;
    Ok(Actor {
        person,
        role,
        organisation,
        session: Some(session),
        key: None,
    })
}
