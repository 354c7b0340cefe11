//! The one way to the database: [`Database::read`] and [`Database::write`].

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::{ChainKeys, Clock, Instant};
use tokio::sync::{Notify, oneshot};
use tracing::Span;

use crate::connection::{Access, sqlite_path};
use crate::migrate::{self, SchemaState};
use crate::pool::{Connections, Manager};
use crate::serial::{self, Isolation, OpenTransaction};
use crate::transaction::{IdSource, Tx};
use crate::writer::{Command, Done, Writer};
use crate::{Db, Engine, Error, Result};

/// Where the database is and how many connections to keep.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
    /// Connections at the most; on SQLite, readers beside the one writer.
    pub connections: u32,
    /// How long a statement may take before whoever asked is told to try again; none for
    /// as long as it takes. SQLite has no way to stop one: there the answer comes in time,
    /// and the reader goes on to its end.
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

/// What both engines share: the clock, the ids, the worker's bell.
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: IdSource,
    pub(crate) wake: Notify,
    chain_keys: OnceLock<ChainKeys>,
}

impl Shared {
    pub(crate) fn chain_keys(&self) -> &ChainKeys {
        self.chain_keys.get_or_init(ChainKeys::default)
    }
}

/// A database, on either engine. Cheap to share behind an `Arc`.
pub struct Database {
    settings: DatabaseSettings,
    engine: Engine,
    connections: Connections,
    /// SQLite only: PostgreSQL has as many writers as connections.
    writer: Option<Writer>,
    shared: Arc<Shared>,
}

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
        Ok(Self {
            settings,
            engine,
            connections,
            writer,
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

    /// Whether requests can be served: the schema is this program's, and a write reaches
    /// the disk.
    ///
    /// # Errors
    /// What is wrong, for the log.
    pub async fn probe(&self) -> Result<()> {
        let state = self.read(migrate::compare).await?;
        if state != SchemaState::Current {
            return Err(Error::Unavailable(format!("the schema is {state:?}")));
        }
        self.write_queue(|tx| match &mut **tx {
            // rewrites the first page, which nothing else uses, and so reaches the disk
            Db::Sqlite(connection) => Ok(connection.batch_execute("PRAGMA user_version = 1")?),
            // a standby refuses
            Db::Postgres(connection) => Ok(connection.batch_execute("SET TRANSACTION READ WRITE")?),
        })
        .await
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
        let connections = self.connections.clone();
        let answer = blocking(move || {
            let mut connection = connections.take()?;
            let outcome = work(&mut connection.db);
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

    async fn transact<T, F>(&self, isolation: Isolation, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        if let Some(writer) = &self.writer {
            let (answer, outcome) = oneshot::channel();
            writer.submit(Box::new(Waiting {
                work,
                span: Span::current(),
                outcome: None,
                answer,
            }))?;
            return outcome
                .await
                .unwrap_or_else(|_| Err(Error::Unavailable("the writer has stopped".to_owned())))
                .map_err(Error::settled);
        }
        let connections = self.connections.clone();
        let shared = Arc::clone(&self.shared);
        blocking(move || serial::write(&connections, &shared, isolation, &work))
            .await
            .map_err(Error::settled)
    }
}

/// A use case in the writer's queue.
struct Waiting<T, F> {
    work: F,
    /// The request that it belongs to, for the log.
    span: Span,
    outcome: Option<Result<T>>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, F> Command for Waiting<T, F>
where
    T: Send,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Done {
        let _in_span = self.span.enter();
        // a panic leaves none
        self.outcome = None;
        let outcome = (self.work)(tx);
        note(&outcome);
        let done = match &outcome {
            Ok(_) => Done::Kept,
            Err(Error::Refused(_)) => Done::Refused,
            Err(_) => Done::Failed,
        };
        self.outcome = Some(outcome);
        done
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

/// What became of a use case, in the span of its request.
pub(crate) fn note<T>(outcome: &Result<T>) {
    match outcome {
        Ok(_) => tracing::debug!("use case done"),
        Err(cause) => tracing::debug!(%cause, "use case refused"),
    }
}

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
