//! One connection type over both engines; the URL chooses at run time.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionError, ConnectionResult, PgConnection, SqliteConnection};

/// Which database engine is behind a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file, or several nodes' worth of nothing: the default.
    Sqlite,
    /// A server, shared by several nodes.
    Postgres,
}

impl Engine {
    /// Reads the engine off a database URL.
    ///
    /// # Errors
    /// A sentence for whoever set the URL.
    pub fn of_url(url: &str) -> Result<Self, String> {
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres)
        } else {
            Err("DATABASE_URL starts with `sqlite:` or `postgres://`".to_owned())
        }
    }
}

/// How long a statement of a request waits on PostgreSQL for what another session holds: as
/// long as SQLite's `busy_timeout` below.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

#[allow(missing_docs, clippy::disallowed_methods)] // the derive writes items of its own
mod multi {
    use diesel::{PgConnection, SqliteConnection};

    /// A connection to either engine. Queries are written once.
    #[derive(diesel::MultiConnection)]
    pub enum Db {
        /// PostgreSQL 15 or later.
        Postgres(PgConnection),
        /// SQLite, bundled.
        Sqlite(SqliteConnection),
    }
}
pub use multi::{Db, MultiBackend};

impl Db {
    /// Connects. The derived `establish` would try each engine in turn and hide the real
    /// error, so the URL's scheme decides here.
    pub(crate) fn open(
        url: &str,
        access: Access,
        statement_limit: Option<Duration>,
    ) -> ConnectionResult<Self> {
        match Engine::of_url(url).map_err(ConnectionError::BadConnection)? {
            Engine::Postgres => {
                let mut connection = PgConnection::establish(url)?;
                let limit = statement_limit.map_or(0, |limit| limit.as_millis());
                let patience = statement_limit.map_or(0, |_| LOCK_PATIENCE.as_millis());
                connection
                    .batch_execute(&format!(
                        "SET TIME ZONE 'UTC'; SET client_min_messages = warning; \
                         SET statement_timeout = {limit}; SET lock_timeout = {patience}"
                    ))
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Self::Postgres(connection))
            }
            Engine::Sqlite => {
                let mut connection = SqliteConnection::establish(sqlite_path(url))?;
                connection
                    .batch_execute(access.pragmas())
                    .and_then(|()| crate::watch::register(&mut connection))
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Self::Sqlite(connection))
            }
        }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Postgres(_) => Engine::Postgres,
            Self::Sqlite(_) => Engine::Sqlite,
        }
    }
}

/// `sqlite:var/ressac.db` and `sqlite:///var/ressac.db` both name a file.
pub(crate) fn sqlite_path(url: &str) -> &str {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    path.strip_prefix("//").unwrap_or(path)
}

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access {
    Read,
    Write,
    /// Copies the log into the file.
    Copy,
    /// Nobody else may be there, for as long as the connection lives; nobody is waited for.
    Alone,
}

impl Access {
    /// WAL lets readers go on while the one writer commits; FULL makes a commit durable.
    /// What a use case could undo, and what a query sorts, go to a file once they are long: a list
    /// of a million devices that is taken back would take half a gigabyte of memory, the first head
    /// over 22 million lines took 2.4. The log is copied into the file by
    /// a connection of its own; the writer does it when that falls behind by 64 megabytes.
    /// What is deleted is overwritten, also on pages that become free: an erased address is not
    /// to be read in the file. (`FAST` leaves those pages; `ON` adds 5 % to what merges of the
    /// search index write.)
    fn pragmas(self) -> &'static str {
        match self {
            Self::Read => {
                "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; \
                 PRAGMA temp_store = FILE; PRAGMA query_only = ON;"
            }
            Self::Write => {
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA temp_store = FILE; PRAGMA journal_size_limit = 67108864; \
                 PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -65536; \
                 PRAGMA secure_delete = ON;"
            }
            Self::Copy => {
                "PRAGMA busy_timeout = 0; PRAGMA synchronous = FULL; \
                 PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -256;"
            }
            Self::Alone => {
                "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
                 PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;"
            }
        }
    }
}
