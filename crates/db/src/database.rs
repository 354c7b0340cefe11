//! The one way to the database: [`Database::read`] and [`Database::write`].

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant as Timer};

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::{ChainKeys, Clock, Instant};
use tokio::sync::Notify;
use tracing::Span;

use crate::connection::{Access, sqlite_path};
use crate::ids::IdSource;
use crate::lane::{Lane, Place};
use crate::migrate::{self, SchemaState};
use crate::pool::{Connections, Manager};
use crate::pulse::{self, Hold, Pulse};
use crate::serial::{self, Isolation, OpenTransaction};
use crate::shared::Shared;
use crate::transaction::Tx;
use crate::turn::Waiting;
use crate::watch::Watch;
use crate::writer::Writer;
use crate::{Db, Engine, Error, Result};

/// Where the database is and how many connections to keep.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
    /// Connections at the most; on SQLite, readers beside the one writer.
    pub connections: u32,
    /// How long a statement may take before whoever asked is told to try again; none for
    /// as long as it takes. SQLite has no way to stop one from outside: there the answer comes in
    /// time, and a scan ends that asks whether it is [`crate::watch::still_wanted`].
    pub statement_limit: Option<Duration>,
}

/// What is in use, for who watches over the program.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Connections that are open.
    pub open: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
    /// How many there may be.
    pub limit: u32,
    /// Use cases that wait for SQLite's one writer.
    pub waiting_writes: usize,
}

/// A database, on either engine. Cheap to share behind an `Arc`.
pub struct Database {
    settings: DatabaseSettings,
    engine: Engine,
    connections: Connections,
    /// SQLite only: PostgreSQL has as many writers as connections.
    writer: Option<Writer>,
    /// Reads that look at much.
    long_reads: Lane,
    /// Use cases that write many rows.
    long_writes: Lane,
    shared: Arc<Shared>,
}

/// Of so many connections one is for long reads, and for long writes on PostgreSQL.
const SHARE: u32 = 8;

/// Long reads or writes that may wait for their turn.
const LONGEST_QUEUE: usize = 32;

/// `max_pred_locks_per_transaction` with which a transaction of seconds leaves room for the
/// others. What serializable transactions have read is kept until the longest beside them
/// ends: ten transactions to a connection, each of about fifteen reads, and after that what
/// all earlier ones read. PostgreSQL's own 64 is too few.
const LOCKS_ADVISED: i64 = 256;

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
        Self::open_unmigrated(settings, clock)
    }

    /// Opens a database that is there, and applies nothing.
    ///
    /// # Errors
    /// `Unavailable` when it is not there.
    pub fn open_unmigrated(settings: DatabaseSettings, clock: Arc<dyn Clock>) -> Result<Self> {
        let engine = Engine::of_url(&settings.url).map_err(Error::Unavailable)?;
        let place = sqlite_path(&settings.url);
        if engine == Engine::Sqlite && !std::path::Path::new(place).exists() {
            return Err(Error::Unavailable(format!("there is no file {place}")));
        }
        let shared = Arc::new(Shared {
            clock,
            ids: IdSource::new(),
            wake: Notify::new(),
            pulse: Pulse::new(),
            chain_keys: OnceLock::new(),
        });
        let writer = match engine {
            Engine::Sqlite => {
                let open = |access| {
                    Db::open(&settings.url, access, None)
                        .map_err(|cause| Error::Unavailable(cause.to_string()))
                };
                let (db, copying) = (open(Access::Write)?, open(Access::Copy)?);
                Some(Writer::start(db, copying, Arc::clone(&shared))?)
            }
            Engine::Postgres => None,
        };
        let connections = Connections::open(
            Manager {
                url: settings.url.clone(),
                access: if writer.is_some() {
                    Access::Read
                } else {
                    Access::Write
                },
                statement_limit: settings.statement_limit,
            },
            settings.connections,
        )?;
        let few = usize::try_from(settings.connections / SHARE)
            .unwrap_or(1)
            .max(1);
        let writers = if writer.is_some() { 1 } else { few };
        Ok(Self {
            settings,
            engine,
            connections,
            writer,
            long_reads: Lane::new(few, LONGEST_QUEUE),
            long_writes: Lane::new(writers, LONGEST_QUEUE),
            shared,
        })
    }

    /// Sets the keys that mark lines of chains, before anything is written.
    ///
    /// # Errors
    /// When they are set already.
    pub fn use_chain_keys(&self, keys: ChainKeys) -> Result<()> {
        let set = self.shared.chain_keys.set(keys);
        set.map_err(|_| Error::internal("the keys of chains are set already"))
    }

    /// The keys that mark lines of chains.
    pub fn chain_keys(&self) -> ChainKeys {
        self.shared.chain_keys().clone()
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
        migrate::compare(&mut self.connections.take()?.db)
    }

    /// What is in use at this moment.
    pub fn usage(&self) -> Usage {
        let (open, idle) = self.connections.count();
        Usage {
            open,
            idle,
            limit: self.settings.connections,
            waiting_writes: self.writer.as_ref().map_or(0, Writer::waiting),
        }
    }

    /// How long each use case held its transaction: on SQLite, where there is one writer, all
    /// others waited for so long.
    pub fn holds(&self) -> Vec<(Arc<str>, Hold)> {
        self.shared.pulse.holds()
    }

    /// Whether requests can be served: the schema is this program's, a write reaches the disk,
    /// and not too many of the last writes failed.
    ///
    /// # Errors
    /// What is wrong, for the log.
    pub async fn probe(&self) -> Result<()> {
        self.writes_succeed()?;
        let state = self.read(migrate::compare).await?;
        if state != SchemaState::Current {
            return Err(Error::Unavailable(format!("the schema is {state:?}")));
        }
        self.attempt(
            Isolation::ReadCommitted,
            |tx: &mut Tx<'_>| match &mut **tx {
                // rewrites the first page, which nothing else uses, and so reaches the disk
                Db::Sqlite(connection) => Ok(connection.batch_execute("PRAGMA user_version = 1")?),
                // a standby refuses
                Db::Postgres(connection) => {
                    Ok(connection.batch_execute("SET TRANSACTION READ WRITE")?)
                }
            },
        )
        .await
    }

    /// Whether the last writes reached the disk, but for a few.
    ///
    /// # Errors
    /// How many did not, for the log.
    pub fn writes_succeed(&self) -> Result<()> {
        match self.shared.pulse.failing() {
            None => Ok(()),
            Some((failed, all)) => Err(Error::Unavailable(format!(
                "{failed} of the last {all} writes failed"
            ))),
        }
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
        self.read_in(None, work).await
    }

    /// Runs queries that may look at many rows, or compute for long: few of these run at a time,
    /// and never on all connections. `who` asks, if it is somebody.
    ///
    /// # Errors
    /// As [`Database::read`]; `Unavailable` also when too many wait.
    pub async fn read_long<T, F>(&self, who: Option<u128>, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
    {
        let place = self.long_reads.place(who).await?;
        self.read_in(Some(place), work).await
    }

    /// Computes something long that needs no connection, such as what a file says, in the place
    /// of a long read.
    ///
    /// # Errors
    /// What the work returns; `Unavailable` when too many wait.
    pub async fn compute<T, F>(&self, who: Option<u128>, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let place = self.long_reads.place(who).await?;
        let until = self
            .settings
            .statement_limit
            .map(|limit| Timer::now() + limit);
        let (watch, _waits) = Watch::until(until);
        blocking(move || {
            let _place = place;
            watch.over(work)
        })
        .await
    }

    /// The place is kept until the work ends, also when nobody waits for it any longer.
    async fn read_in<T, F>(&self, place: Option<Place>, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
    {
        let connections = self.connections.clone();
        let until = self
            .settings
            .statement_limit
            .map(|limit| Timer::now() + limit);
        let (watch, _waits) = Watch::until(until);
        let answer = blocking(move || {
            let _place = place;
            let mut connection = connections.take()?;
            let outcome = watch.over(|| work(&mut connection.db));
            connections.give_back(connection, &outcome);
            outcome
        });
        let answer = match self.settings.statement_limit {
            // PostgreSQL stops the statement itself
            Some(limit) if self.engine == Engine::Sqlite => tokio::time::timeout(limit, answer)
                .await
                .unwrap_or_else(|_| Err(Error::Unavailable("a read takes too long".to_owned()))),
            _ => answer.await,
        };
        answer.map_err(Error::settled)
    }

    /// What an operator should change in the database server's settings, in a line.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn advice(&self) -> Result<Option<String>> {
        if self.engine == Engine::Sqlite {
            return Ok(None);
        }
        let locks: i64 = self
            .read(|db| {
                let setting = "current_setting('max_pred_locks_per_transaction')::int8";
                Ok(diesel::select(sql::<BigInt>(setting)).get_result(db)?)
            })
            .await?;
        Ok((locks < LOCKS_ADVISED).then(|| {
            format!(
                "max_pred_locks_per_transaction is {locks}: set it to {LOCKS_ADVISED} or more in \
                 postgresql.conf, or a large wave makes others try again"
            )
        }))
    }

    /// Runs queries that all see the database as it stands at the first of them.
    ///
    /// # Errors
    /// As [`Database::read`].
    pub async fn snapshot<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db) -> Result<T> + Send + 'static,
    {
        self.read(|db| {
            db.batch_execute(match db.engine() {
                Engine::Sqlite => "BEGIN",
                Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            })?;
            let open = OpenTransaction { db, done: false };
            work(open.db)
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

    /// The same for a use case that locks every row it decides on before it reads any other. On
    /// PostgreSQL it runs under READ COMMITTED: a serializable transaction keeps others off the
    /// pages of indexes that it came through, and neighbors would undo each other's work.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn write_locked<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.transact(Isolation::ReadCommitted, work).await
    }

    /// The same for a use case that writes many rows: on SQLite one at a time, so that between
    /// two of them everyone else has a turn.
    ///
    /// # Errors
    /// As [`Database::write`]; `Unavailable` also when too many wait.
    pub async fn write_long<T, F>(&self, who: Option<u128>, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let place = self.long_writes.place(who).await?;
        self.write(move |tx| {
            let _place = &place;
            work(tx)
        })
        .await
    }

    async fn transact<T, F>(&self, isolation: Isolation, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let outcome = self.attempt(isolation, work).await;
        let failed = matches!(outcome, Err(Error::Unavailable(_)));
        self.shared.pulse.wrote(failed);
        outcome
    }

    async fn attempt<T, F>(&self, isolation: Isolation, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        if let Some(writer) = &self.writer {
            let (waiting, turn, mut outcome) = Waiting::new(work, Arc::clone(&self.shared));
            writer.submit(Box::new(waiting))?;
            let patience = self.settings.statement_limit.unwrap_or(PATIENCE);
            let answered = match tokio::time::timeout(patience.min(PATIENCE), &mut outcome).await {
                Ok(answered) => answered,
                Err(_) if turn.give_up() => {
                    return Err(Error::Unavailable("others write for too long".to_owned()));
                }
                // it is being done: what becomes of it is to be told
                Err(_) => outcome.await,
            };
            return answered
                .unwrap_or_else(|_| Err(Error::Unavailable("the writer has stopped".to_owned())))
                .map_err(Error::settled);
        }
        let use_case = pulse::use_case();
        let connections = self.connections.clone();
        let shared = Arc::clone(&self.shared);
        blocking(move || serial::write(&connections, &shared, isolation, &use_case, &work))
            .await
            .map_err(Error::settled)
    }
}

/// How long a use case waits for its turn behind others that write.
const PATIENCE: Duration = Duration::from_secs(10);

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
        .await
        .unwrap_or_else(|panic| Err(Error::internal(panic)))
}

/// Makes the folder of an SQLite file.
pub(crate) fn make_folder(path: &str) -> Result<()> {
    match std::path::Path::new(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|cause| Error::Unavailable(format!("{}: {cause}", folder.display()))),
        _ => Ok(()),
    }
}
