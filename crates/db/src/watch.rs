//! Ends a read that has taken its time, or that nobody waits for any longer. PostgreSQL stops a
//! statement by itself; diesel offers no way to interrupt SQLite. So a scan that may be long asks
//! for each row whether it is to go on: `still_wanted()`, a function of the connection that fails
//! when not (some 40 ns a row).

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use diesel::serialize::{IsNull, Output, ToSql};
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, SqliteConnection};

use crate::error::{NOBODY_WAITS, TOO_LONG};
use crate::{Error, Result};

diesel::define_sql_function! {
    /// True; on SQLite it fails once the read is to end. PostgreSQL has no such function: add it
    /// to queries on SQLite only.
    fn still_wanted() -> Bool;
}

/// Until when a read may go on.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    until: Option<Instant>,
    gone: Arc<AtomicBool>,
}

/// Held by whoever waits for a read: the read ends soon after it is dropped.
#[derive(Debug)]
pub(crate) struct Waits(Arc<AtomicBool>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

thread_local! {
    /// That of the read that runs on this thread.
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

impl Watch {
    /// A watch, and what its client holds.
    pub(crate) fn until(until: Option<Instant>) -> (Self, Waits) {
        let gone = Arc::new(AtomicBool::new(false));
        let waits = Waits(Arc::clone(&gone));
        (Self { until, gone }, waits)
    }

    /// Runs a read under this watch.
    pub(crate) fn over<T>(self, read: impl FnOnce() -> T) -> T {
        struct Cleared;
        impl Drop for Cleared {
            fn drop(&mut self) {
                WATCH.set(None);
            }
        }
        WATCH.set(Some(self));
        let _cleared = Cleared;
        read()
    }

    fn ended(&self) -> Option<&'static str> {
        if self.gone.load(Ordering::Relaxed) {
            return Some(NOBODY_WAITS);
        }
        let late = self.until.is_some_and(|until| Instant::now() >= until);
        late.then_some(TOO_LONG)
    }
}

/// Why the read on this thread is to end, if it is.
fn ended() -> Option<&'static str> {
    WATCH.with_borrow(|watch| watch.as_ref().and_then(Watch::ended))
}

/// Fails once the read that runs on this thread has taken its time or nobody waits for it: for
/// loops that compute, or that send many statements.
///
/// # Errors
/// `Unavailable`.
pub fn go_on() -> Result<()> {
    match ended() {
        None => Ok(()),
        Some(why) => Err(Error::Unavailable(why.to_owned())),
    }
}

/// What `still_wanted()` answers.
#[derive(Debug)]
struct Answer(Option<&'static str>);

impl ToSql<Bool, Sqlite> for Answer {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> diesel::serialize::Result {
        match self.0 {
            None => {
                out.set_value(1_i32);
                Ok(IsNull::No)
            }
            Some(why) => Err(why.into()),
        }
    }
}

/// Makes the function known to a connection.
pub(crate) fn register(connection: &mut SqliteConnection) -> QueryResult<()> {
    still_wanted_utils::register_nondeterministic_impl(connection, || Answer(ended()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_goes_on_until_its_time_or_its_client_is_gone() {
        assert!(go_on().is_ok(), "no read, no limit");
        let (watch, waits) = Watch::until(None);
        watch.over(|| {
            assert!(go_on().is_ok());
            drop(waits);
            assert!(go_on().is_err());
        });
        let (late, _waits) = Watch::until(Some(Instant::now()));
        late.over(|| assert!(go_on().is_err()));
        assert!(go_on().is_ok(), "the next read on this thread");
    }
}
