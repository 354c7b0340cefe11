//! The counts of devices that triggers keep, in `schema::device_counts`.

use diesel::connection::SimpleConnection;
use kernel::Id;

use crate::{Database, Db, Result};

/// What is counted: all devices.
pub const ALL: &str = "all";
/// Those of a workshop; of nobody's those that no workshop has.
pub const WORKSHOP: &str = "workshop";
/// Those that a donor gave.
pub const DONOR: &str = "donor";
/// Those that the waves of a programme gave, in their present life.
pub const PROGRAMME: &str = "programme";
/// Those that an association was given in a year, which stands in the place of the stage.
pub const AWARD: &str = "award";
/// No devices, but the changes of what the waves of a programme gave, and, of nobody's, of where
/// associations are.
pub const GIVEN: &str = "given";
/// No devices either, but the changes of what open data says of associations, of nobody's.
pub const OPEN: &str = "open";

/// The holder of what nobody holds.
pub fn nobody<T>() -> Id<T> {
    Id::from_uuid(uuid::Uuid::nil())
}

/// Adds to the sums what was counted since: on PostgreSQL, where transactions that move devices
/// only note it. To be done now and then, by any node.
///
/// # Errors
/// When the database fails.
pub async fn fold(database: &Database) -> Result<()> {
    database
        .write_queue(|tx| match &mut **tx {
            Db::Sqlite(_) => Ok(()),
            Db::Postgres(connection) => {
                Ok(connection.batch_execute("SELECT fold_device_counts()")?)
            }
        })
        .await
}
