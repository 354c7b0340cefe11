//! The transaction of one use case.

use std::ops::{Deref, DerefMut};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kernel::{ChainKeys, Id, Instant};

use crate::schema::{chain_epochs, counters};
use crate::shared::Shared;
use crate::{Db, Result};

/// An open write transaction: a connection that may be written to, the moment at which
/// the use case happens, and a source of ids. Only [`crate::Database::write`] makes one.
pub struct Tx<'a> {
    db: &'a mut Db,
    now: Instant,
    shared: &'a Shared,
    epoch: Option<i64>,
    wake: bool,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(db: &'a mut Db, shared: &'a Shared) -> Self {
        Self {
            db,
            now: shared.clock.now(),
            shared,
            epoch: None,
            wake: false,
        }
    }

    /// The moment of this use case: the same for all that it writes.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// A new id.
    pub fn new_id<T>(&self) -> Id<T> {
        Id::from_uuid(self.shared.ids.next(self.now))
    }

    /// Takes the next `count` numbers of a series, and returns the first. Numbers of a
    /// transaction that fails are used again: a series has no holes.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_numbers(&mut self, series: &str, count: i64) -> Result<i64> {
        let known = diesel::update(counters::table.find(series))
            .set(counters::value.eq(counters::value + count))
            .execute(self.db)?;
        if known == 0 {
            diesel::insert_into(counters::table)
                .values((counters::name.eq(series), counters::value.eq(count)))
                .execute(self.db)?;
        }
        let last: i64 = counters::table
            .find(series)
            .select(counters::value)
            .first(self.db)?;
        Ok(last - count + 1)
    }

    /// The keys that mark lines of chains.
    pub fn chain_keys(&self) -> &'a ChainKeys {
        self.shared.chain_keys()
    }

    /// The epoch of lines that are written now: the first that is not closed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn epoch(&mut self) -> Result<i64> {
        if let Some(known) = self.epoch {
            return Ok(known);
        }
        let last: Option<i64> = chain_epochs::table
            .select(diesel::dsl::max(chain_epochs::epoch))
            .first(self.db)?;
        let epoch = last.unwrap_or(0) + 1;
        self.epoch = Some(epoch);
        Ok(epoch)
    }

    /// Wakes the worker once this is committed: there is something to send.
    pub fn wake_worker(&mut self) {
        self.wake = true;
    }

    pub(crate) fn wakes(&self) -> bool {
        self.wake
    }

    /// Runs a part that may fail without undoing the rest.
    ///
    /// # Errors
    /// What the part returns; its writes are undone then.
    pub fn savepoint<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.db.batch_execute("SAVEPOINT part")?;
        match part(self) {
            Ok(value) => {
                self.db.batch_execute("RELEASE SAVEPOINT part")?;
                Ok(value)
            }
            Err(error) => {
                self.db
                    .batch_execute("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")?;
                Err(error)
            }
        }
    }
}

impl Deref for Tx<'_> {
    type Target = Db;
    fn deref(&self) -> &Db {
        self.db
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Db {
        self.db
    }
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tx at {}", self.now)
    }
}
