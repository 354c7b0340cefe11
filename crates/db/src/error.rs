//! What can come back from a use case other than its answer.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use kernel::{Code, Refusal};

/// The outcome of a store or service function.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule says no: for the person who asked.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// The database is away or too busy: try again later.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A stored row that no rule allows.
    #[error("inconsistent: {0}")]
    Inconsistent(String),
    /// The database said something that no client can cause.
    #[error("database: {0}")]
    Database(#[from] DieselError),
    /// Anything else that no client can cause.
    #[error("internal: {0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An unexpected failure, to be logged.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// The refusal, if that is what it is.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The transaction lost a race that running it again may win. A unique violation
    /// counts: the second run sees the other's row, and refuses with the proper code. So does
    /// a full table of locks, which empties when a long transaction beside this one ends.
    pub(crate) fn is_race(&self) -> bool {
        let Self::Database(DieselError::DatabaseError(kind, info)) = self else {
            return false;
        };
        matches!(
            kind,
            DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::UniqueViolation
        ) || has_one(info.message(), &BESIDE_OTHERS)
    }

    /// The connection is gone, or leads to a server that takes no writes (a standby, after a
    /// failover), as opposed to the statement being refused.
    pub(crate) fn is_disconnect(&self) -> bool {
        match self {
            Self::Database(DieselError::DatabaseError(kind, info)) => {
                matches!(kind, DatabaseErrorKind::ClosedConnection)
                    || has_one(info.message(), &CONNECTION_LOST)
                    || has_one(info.message(), &STANDBY)
            }
            Self::Database(DieselError::BrokenTransactionManager) => true,
            _ => false,
        }
    }

    /// As it leaves the database: what only time or an operator can mend is `Unavailable`.
    pub(crate) fn settled(self) -> Self {
        let passing = match &self {
            Self::Database(DieselError::DatabaseError(kind, info)) => {
                matches!(kind, DatabaseErrorKind::ReadOnlyTransaction)
                    || has_one(info.message(), &PLACE_FAILS)
            }
            _ => false,
        };
        if passing || self.is_disconnect() {
            return Self::Unavailable(self.to_string());
        }
        self
    }
}

/// How PostgreSQL says that others stand in the way, where diesel has no kind for it.
const BESIDE_OTHERS: [&str; 2] = ["deadlock detected", "out of shared memory"];

/// How libpq says that the server is gone.
const CONNECTION_LOST: [&str; 7] = [
    "terminating connection",
    "server closed the connection",
    "no connection to the server",
    "connection not open",
    "could not receive data from server",
    "could not send data to server",
    "SSL SYSCALL error",
];

/// How PostgreSQL says that this server follows another, which takes the writes.
const STANDBY: [&str; 3] = [
    "cannot use serializable mode in a hot standby",
    "cannot set transaction read-write mode during recovery",
    "in a read-only transaction",
];

/// What a read says that has taken its time.
pub(crate) const TOO_LONG: &str = "the read takes too long";
/// What a read says whose client has gone.
pub(crate) const NOBODY_WAITS: &str = "nobody waits for the read";

/// How the engines say that disk, file or server cannot do it now: full, read-only, locked
/// by another program for too long, or too slow.
const PLACE_FAILS: [&str; 13] = [
    TOO_LONG,
    NOBODY_WAITS,
    "database or disk is full",
    "disk I/O error",
    "readonly database",
    "unable to open database file",
    "database is locked",
    "No space left on device",
    "could not extend file",
    "cannot set transaction read-write mode",
    "canceling statement due to statement timeout",
    "canceling statement due to lock timeout",
    "remaining connection slots are reserved",
];

fn has_one(message: &str, signs: &[&str]) -> bool {
    signs.iter().any(|sign| message.contains(sign))
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Refusal::plain(code).into()
    }
}

impl From<serde_json::Error> for Error {
    fn from(cause: serde_json::Error) -> Self {
        Self::internal(cause)
    }
}

/// Checks that a guarded write touched exactly one row; no row is a conflict.
///
/// # Errors
/// The code given when another transaction was there first.
pub fn guard(rows: usize, code: Code) -> Result<()> {
    match rows {
        1 => Ok(()),
        0 => Err(code.into()),
        n => Err(Error::Inconsistent(format!(
            "a guarded write touched {n} rows"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standby_is_left_for_another_connection() {
        for message in [
            "cannot use serializable mode in a hot standby",
            "cannot execute INSERT in a read-only transaction",
        ] {
            let kind = DatabaseErrorKind::Unknown;
            let cause = DieselError::DatabaseError(kind, Box::new(message.to_owned()));
            let cause = Error::from(cause);
            assert!(cause.is_disconnect());
            assert!(matches!(cause.settled(), Error::Unavailable(_)));
        }
    }

    #[test]
    fn a_full_table_of_locks_is_a_race_that_may_be_run_again() {
        let full = DieselError::DatabaseError(
            DatabaseErrorKind::Unknown,
            Box::new("out of shared memory".to_owned()),
        );
        assert!(Error::from(full).is_race());
        let other = DieselError::DatabaseError(
            DatabaseErrorKind::Unknown,
            Box::new("out of memory".to_owned()),
        );
        assert!(!Error::from(other).is_race());
    }
}
