//! Rows and queries. No decisions.

pub(crate) mod choices;
pub(crate) mod claim;
pub(crate) mod failures;
pub(crate) mod keys;
pub(crate) mod outbox;
pub(crate) mod retention;
pub(crate) mod webhooks;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::sql_types::Bool;

/// What waits to be sent. Written out, because the partial indexes serve no other form.
pub(crate) fn waiting() -> SqlLiteral<Bool> {
    sql::<Bool>("status IN ('queued', 'failed')")
}
