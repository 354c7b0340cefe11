//! Use cases on PostgreSQL: as many at once as there are connections, and whoever loses a race
//! starts again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use crate::pool::Connections;
use crate::pulse::note;
use crate::shared::Shared;
use crate::transaction::Tx;
use crate::{Db, Error, Result};

/// What a transaction on PostgreSQL sees of others; SQLite has one writer at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Isolation {
    Serializable,
    ReadCommitted,
}

/// Attempts at a transaction that loses its race, on PostgreSQL.
const ATTEMPTS: u32 = 30;

/// Runs a use case in a transaction, again and again as long as it loses races.
///
/// # Errors
/// What the work returns; `Unavailable` when it loses too often.
pub(crate) fn write<T, F>(
    connections: &Connections,
    shared: &Shared,
    isolation: Isolation,
    use_case: &Arc<str>,
    work: &F,
) -> Result<T>
where
    F: Fn(&mut Tx<'_>) -> Result<T>,
{
    let mut attempt = 0;
    loop {
        let mut connection = connections.take()?;
        let started = Instant::now();
        let outcome = attempt_once(&mut connection.db, shared, isolation, work);
        shared.pulse.held(use_case, started.elapsed());
        connections.give_back(connection, &outcome);
        match outcome {
            Err(error) if error.is_race() && attempt < ATTEMPTS => {
                attempt += 1;
                tracing::debug!(attempt, %error, "lost a race");
                std::thread::sleep(pause(attempt));
            }
            Err(error) if error.is_race() => {
                return Err(Error::Unavailable(format!("too much contention: {error}")));
            }
            outcome => {
                note(&outcome);
                return outcome;
            }
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
    let mut tx = Tx::new(open.db, shared);
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
pub(crate) struct OpenTransaction<'a> {
    pub(crate) db: &'a mut Db,
    pub(crate) done: bool,
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if !self.done {
            let _ = self.db.batch_execute("ROLLBACK");
        }
    }
}
