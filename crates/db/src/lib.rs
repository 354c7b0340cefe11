#![doc = include_str!("../README.md")]

pub mod backup;
pub mod catalog;
mod columns;
mod connection;
mod database;
mod dump;
mod error;
mod migrate;
mod pool;
pub mod schema;
pub mod sql;
mod transaction;
mod writer;

pub use connection::{Db, Engine, MultiBackend};
pub use database::{Database, DatabaseSettings, Usage};
pub use dump::{export, import};
pub use error::{Error, Result, guard};
pub use migrate::{SchemaState, compare as schema_state};
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

/// Inserts many rows: by `COPY` on PostgreSQL, on SQLite by statements of so many rows each,
/// which have to stay below its limit of 32 766 values.
#[macro_export]
macro_rules! insert_many {
    ($db:expr, $table:expr, $rows:expr, $at_once:expr) => {
        match $db {
            $crate::Db::Postgres(connection) => {
                let rows = $rows;
                if !rows.is_empty() {
                    $crate::diesel::copy_from($table)
                        .from_insertable(rows)
                        .execute(connection)?;
                }
            }
            $crate::Db::Sqlite(connection) => {
                for rows in $rows.chunks($at_once) {
                    $crate::diesel::insert_into($table)
                        .values(rows)
                        .execute(connection)?;
                }
            }
        }
    };
}
