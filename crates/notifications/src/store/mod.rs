//! Rows and queries. No decisions.

pub(crate) mod choices;
pub(crate) mod claim;
pub(crate) mod failures;
pub(crate) mod keys;
pub(crate) mod outbox;
pub(crate) mod retention;
pub(crate) mod webhooks;

use db::Db;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::sql_types::Bool;

/// What waits to be sent. Written out, because the partial indexes serve no other form.
pub(crate) fn waiting() -> SqlLiteral<Bool> {
    sql::<Bool>("status IN ('queued', 'failed')")
}

/// The same for a query in the order in which mail is due: SQLite would rather take an index by
/// status, and sort.
pub(crate) fn waiting_in_turn(db: &Db) -> SqlLiteral<Bool> {
    match db {
        Db::Sqlite(_) => sql::<Bool>("unlikely(status IN ('queued', 'failed'))"),
        Db::Postgres(_) => waiting(),
    }
}
