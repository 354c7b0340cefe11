//! The connections, and what becomes of them when the server behind them goes away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};

use crate::connection::Access;
use crate::{Db, Error, Result};

/// How long a use case waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same while the server does not answer: whoever asks is told soon.
const LITTLE_PATIENCE: Duration = Duration::from_millis(500);

/// The pool. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: Pool<Counted>,
    server: Arc<Server>,
}

/// What is known of the server.
#[derive(Debug, Default)]
struct Server {
    /// One more each time a connection is found gone: those opened before are gone too.
    generation: AtomicU64,
    /// The last attempt to connect failed.
    away: AtomicBool,
}

/// How to connect.
pub(crate) struct Manager {
    pub(crate) url: String,
    pub(crate) access: Access,
    pub(crate) statement_limit: Option<Duration>,
}

/// A connection.
pub(crate) struct Pooled {
    pub(crate) db: Db,
    generation: u64,
    lost: bool,
}

impl Connections {
    /// Opens the first connection; more come as they are needed.
    pub(crate) fn open(manager: Manager, limit: u32) -> Result<Self> {
        let server = Arc::new(Server::default());
        let counted = Counted {
            manager,
            server: Arc::clone(&server),
        };
        let pool = Pool::builder()
            .max_size(limit)
            .min_idle(Some(1))
            .connection_timeout(PATIENCE)
            .test_on_check_out(false)
            .error_handler(Box::new(Quiet))
            .build(counted)
            .map_err(unavailable)?;
        Ok(Self { pool, server })
    }

    /// A connection that is not known to be gone.
    pub(crate) fn take(&self) -> Result<PooledConnection<Counted>> {
        loop {
            let patience = match self.server.away.load(Ordering::Relaxed) {
                true => LITTLE_PATIENCE,
                false => PATIENCE,
            };
            let mut connection = self.pool.get_timeout(patience).map_err(unavailable)?;
            if connection.generation == self.server.generation.load(Ordering::Relaxed) {
                return Ok(connection);
            }
            connection.lost = true;
        }
    }

    /// Gives a connection back; one that was found gone leaves the pool, and with it all
    /// that were opened before.
    pub(crate) fn give_back<T>(
        &self,
        mut connection: PooledConnection<Counted>,
        outcome: &Result<T>,
    ) {
        if outcome.as_ref().is_err_and(Error::is_disconnect) {
            connection.lost = true;
            let known = connection.generation;
            let _ = self.server.generation.compare_exchange(
                known,
                known + 1,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
        }
    }

    /// Connections that are open, and those of them that nobody uses.
    pub(crate) fn count(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections, state.idle_connections)
    }
}

fn unavailable(cause: impl std::fmt::Display) -> Error {
    Error::Unavailable(cause.to_string())
}

/// A server that is away is told once a request, not once an attempt to reach it.
#[derive(Debug)]
struct Quiet;

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for Quiet {
    fn handle_error(&self, cause: diesel::r2d2::Error) {
        tracing::debug!(%cause, "cannot connect to the database");
    }
}

/// Makes connections for the pool, and notes whether that works.
pub(crate) struct Counted {
    manager: Manager,
    server: Arc<Server>,
}

impl std::fmt::Debug for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Counted")
    }
}

impl ManageConnection for Counted {
    type Connection = Pooled;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Pooled, Self::Error> {
        let generation = self.server.generation.load(Ordering::Relaxed);
        let manager = &self.manager;
        let opened = Db::open(&manager.url, manager.access, manager.statement_limit);
        self.server.away.store(opened.is_err(), Ordering::Relaxed);
        opened
            .map(|db| Pooled {
                db,
                generation,
                lost: false,
            })
            .map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, connection: &mut Pooled) -> Result<(), Self::Error> {
        connection
            .db
            .batch_execute("SELECT 1")
            .map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut Pooled) -> bool {
        connection.lost
    }
}
