//! How many devices stand where; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration. To be read only: the transactions that move devices keep it.
    device_counts (side, holder, kind, stage, grade) {
        side -> Text,
        holder -> Key,
        kind -> Text,
        stage -> Text,
        grade -> Text,
        devices -> BigInt,
    }
}
