#![doc = include_str!("../README.md")]

pub mod backup;
pub mod catalog;
mod checkpoint;
mod columns;
mod connection;
pub mod counts;
mod database;
mod dump;
mod error;
mod ids;
mod lane;
mod migrate;
mod pool;
mod pulse;
pub mod schema;
pub mod search;
mod serial;
mod shared;
pub mod sql;
mod transaction;
mod turn;
pub mod watch;
mod writer;

pub use connection::{Db, Engine, MultiBackend};
pub use database::{Database, DatabaseSettings, Usage};
pub use dump::{export, import};
pub use error::{Error, Result, guard};
pub use lane::{Lane, Place};
pub use migrate::{SchemaState, compare as schema_state, run as migrate};
pub use pulse::{Hold, named};
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

/// Inserts rows: by `COPY` on PostgreSQL when they are several, one by one on SQLite, where a
/// statement that stays prepared takes less time than the text of one for many rows. Where
/// triggers write to a search index, `at_once` rows go into a statement all the same: SQLite
/// writes that index out at the end of each.
#[macro_export]
macro_rules! insert_many {
    ($db:expr, $table:expr, $rows:expr) => {
        match $db {
            $crate::Db::Postgres(connection) => match &$rows[..] {
                [] => {}
                [row] => {
                    $crate::diesel::insert_into($table)
                        .values(row)
                        .execute(connection)?;
                }
                rows => {
                    $crate::diesel::copy_from($table)
                        .from_insertable(rows)
                        .execute(connection)?;
                }
            },
            $crate::Db::Sqlite(connection) => {
                for row in $rows {
                    $crate::diesel::insert_into($table)
                        .values(row)
                        .execute(connection)?;
                }
            }
        }
    };
    ($db:expr, $table:expr, $rows:expr, at_once: $at_once:expr) => {
        match $db {
            $crate::Db::Sqlite(connection) if $rows.len() > 1 => {
                for rows in $rows.chunks($at_once) {
                    $crate::diesel::insert_into($table)
                        .values(rows)
                        .execute(connection)?;
                }
            }
            db => $crate::insert_many!(db, $table, $rows),
        }
    };
}
