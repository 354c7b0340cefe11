//! The one way to the database: [`Database::read`] and [`Database::write`].

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, Pool};
use kernel::{Clock, Instant};
use tokio::sync::{Notify, oneshot};

use crate::connection::{Access, sqlite_path};
use crate::migrate::{self, SchemaState};
use crate::transaction::{IdSource, Tx};
use crate::writer::{Command, Writer};
use crate::{Db, Engine, Error, Result};

/// Where the database is and how many connections to keep.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
    /// Connections at the most; on SQLite, readers beside the one writer.
    pub connections: u32,
}

/// What both engines share: the clock, the ids, the worker's bell.
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: IdSource,
    pub(crate) wake: Notify,
}

/// A database, on either engine. Cheap to share behind an `Arc`.
pub struct Database {
    settings: DatabaseSettings,
    engine: Engine,
    pool: Pool<Manager>,
    /// SQLite only: PostgreSQL has as many writers as connections.
    writer: Option<Writer>,
    shared: Arc<Shared>,
}

/// What a transaction on PostgreSQL sees of others; SQLite has one writer at a time.
#[derive(Debug, Clone, Copy)]
enum Isolation {
    Serializable,
    ReadCommitted,
}

/// Attempts at a transaction that loses its race, on PostgreSQL.
const ATTEMPTS: u32 = 30;

impl Database {
    /// Opens the database, making the file and its folder when SQLite has none, and
    /// applies the migrations that are missing.
    ///
    /// # Errors
    /// `Unavailable` with a sentence for whoever starts the program: no such server, a
    /// schema newer than this program, a folder that cannot be written.
    pub fn open(settings: DatabaseSettings, clock: Arc<dyn Clock>) -> Result<Self> {
        let engine = Engine::of_url(&settings.url).map_err(Error::Unavailable)?;
        if engine == Engine::Sqlite {
            make_folder(sqlite_path(&settings.url))?;
        }
        migrate::run(&settings.url)?;
        let shared = Arc::new(Shared {
            clock,
            ids: IdSource::new(),
            wake: Notify::new(),
        });
        let writer = match engine {
            Engine::Sqlite => {
                let db = Db::open(&settings.url, Access::Write)
                    .map_err(|cause| Error::Unavailable(cause.to_string()))?;
                Some(Writer::start(db, Arc::clone(&shared))?)
            }
            Engine::Postgres => None,
        };
        let pool = Pool::builder()
            .max_size(settings.connections)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(10))
            .test_on_check_out(false)
            .build(Manager {
                url: settings.url.clone(),
                access: if writer.is_some() {
                    Access::Read
                } else {
                    Access::Write
                },
            })
            .map_err(|cause| Error::Unavailable(cause.to_string()))?;
        Ok(Self {
            settings,
            engine,
            pool,
            writer,
            shared,
        })
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The present moment by the injected clock.
    pub fn now(&self) -> Instant {
        self.shared.clock.now()
    }

    /// Whether the schema is this program's.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn schema_state(&self) -> Result<SchemaState> {
        migrate::state(&self.settings.url)
    }

    /// Waits until something was written that the worker should look at.
    pub async fn woken(&self) {
        self.shared.wake.notified().await;
    }

    /// Runs queries. On SQLite they cannot write.
    ///
    /// # Errors
    /// What the work returns; `Unavailable` when there is no connection.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
    {
        let pool = self.pool.clone();
        blocking(move || {
            let mut connection = pool
                .get()
                .map_err(|cause| Error::Unavailable(cause.to_string()))?;
            let outcome = work(&mut connection.db);
            connection.lost = outcome.as_ref().is_err_and(Error::is_disconnect);
            outcome
        })
        .await
    }

    /// Runs one use case in one transaction that keeps all of it or nothing.
    ///
    /// On PostgreSQL the transaction is serializable, and one that loses a race is run
    /// again from the start: the work must have no effect outside the transaction.
    ///
    /// # Errors
    /// What the work returns; `Unavailable` when the database is away or too busy.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.transact(Isolation::Serializable, work).await
    }

    /// Keeps a queue's own books: rows that are taken with `SKIP LOCKED` and given back.
    /// On PostgreSQL it sees each row as it stands and takes no part in the races of use
    /// cases, so nothing else may be decided in it.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn write_queue<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.transact(Isolation::ReadCommitted, work).await
    }

    async fn transact<T, F>(&self, isolation: Isolation, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        if let Some(writer) = &self.writer {
            let (answer, outcome) = oneshot::channel();
            writer.submit(Box::new(Waiting {
                work,
                outcome: None,
                answer,
            }))?;
            return outcome
                .await
                .map_err(|_| Error::Unavailable("the writer has stopped".to_owned()))?;
        }
        let pool = self.pool.clone();
        let shared = Arc::clone(&self.shared);
        blocking(move || write_postgres(&pool, &shared, isolation, &work)).await
    }
}

/// A use case in the writer's queue.
struct Waiting<T, F> {
    work: F,
    outcome: Option<Result<T>>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, F> Command for Waiting<T, F>
where
    T: Send,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let outcome = (self.work)(tx);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, commit: Result<()>) {
        let answer = match (self.outcome, commit) {
            // what was refused stays refused, whether or not the others were committed
            (Some(Err(refused)), _) => Err(refused),
            (_, Err(lost)) => Err(lost),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(Error::internal("a use case panicked")),
        };
        // the client may have gone; what was committed stays committed
        let _ = self.answer.send(answer);
    }
}

fn write_postgres<T, F>(
    pool: &Pool<Manager>,
    shared: &Shared,
    isolation: Isolation,
    work: &F,
) -> Result<T>
where
    F: Fn(&mut Tx<'_>) -> Result<T>,
{
    let mut attempt = 0;
    loop {
        let mut connection = pool
            .get()
            .map_err(|cause| Error::Unavailable(cause.to_string()))?;
        let outcome = attempt_once(&mut connection.db, shared, isolation, work);
        connection.lost = outcome.as_ref().is_err_and(Error::is_disconnect);
        drop(connection);
        match outcome {
            Err(error) if error.is_race() && attempt < ATTEMPTS => {
                attempt += 1;
                tracing::debug!(attempt, %error, "lost a race");
                std::thread::sleep(pause(attempt));
            }
            Err(error) if error.is_race() => {
                return Err(Error::Unavailable(format!("too much contention: {error}")));
            }
            Err(error) if error.is_disconnect() => {
                return Err(Error::Unavailable(error.to_string()));
            }
            outcome => return outcome,
        }
    }
}

/// Growing and spread out, so that the losers of one race do not meet in the next.
fn pause(attempt: u32) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    Duration::from_millis(1 + random % (u64::from(attempt.min(12)) * 4))
}

fn attempt_once<T, F>(db: &mut Db, shared: &Shared, isolation: Isolation, work: &F) -> Result<T>
where
    F: Fn(&mut Tx<'_>) -> Result<T>,
{
    db.batch_execute(match isolation {
        Isolation::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        Isolation::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED",
    })?;
    let mut open = OpenTransaction { db, done: false };
    let mut tx = Tx::new(open.db, shared.clock.now(), &shared.ids);
    let value = work(&mut tx)?;
    let wake = tx.wakes();
    open.db.batch_execute("COMMIT")?;
    open.done = true;
    if wake {
        shared.wake.notify_waiters();
        shared.wake.notify_one();
    }
    Ok(value)
}

/// Rolls back when the work fails or panics.
struct OpenTransaction<'a> {
    db: &'a mut Db,
    done: bool,
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if !self.done {
            let _ = self.db.batch_execute("ROLLBACK");
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|panic| Err(Error::internal(panic)))
}

fn make_folder(path: &str) -> Result<()> {
    match std::path::Path::new(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|cause| Error::Unavailable(format!("{}: {cause}", folder.display()))),
        _ => Ok(()),
    }
}

/// Makes connections of either engine for the pool.
struct Manager {
    url: String,
    access: Access,
}

impl std::fmt::Debug for Manager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Manager")
    }
}

/// A connection, and whether its last use found it gone.
struct Pooled {
    db: Db,
    lost: bool,
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Pooled, Self::Error> {
        Db::open(&self.url, self.access)
            .map(|db| Pooled { db, lost: false })
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
