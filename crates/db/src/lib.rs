#![doc = include_str!("../README.md")]

mod columns;
mod connection;
mod database;
mod error;
mod migrate;
pub mod schema;
pub mod sql;
mod transaction;
mod writer;

pub use connection::{Db, Engine, MultiBackend};
pub use database::{Database, DatabaseSettings};
pub use error::{Error, Result, guard};
pub use migrate::SchemaState;
pub use transaction::Tx;

#[doc(hidden)]
pub use diesel;
#[doc(hidden)]
pub use kernel;
#[doc(hidden)]
pub use serde_json;

/// Runs the same expression on the engine's own connection, for what diesel cannot say
/// over both at once: batch inserts, `ON CONFLICT`, row locks.
#[macro_export]
macro_rules! on {
    ($db:expr, $connection:ident => $body:expr) => {
        match $db {
            $crate::Db::Postgres($connection) => $body,
            $crate::Db::Sqlite($connection) => $body,
        }
    };
}
