//! Tables of `notifications`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    outbox (id) {
        /// `id`.
        id -> Key,
        /// `kind`.
        kind -> Text,
        /// `recipient`.
        recipient -> Text,
        /// `recipient_name`.
        recipient_name -> Text,
        /// `person_id`.
        person_id -> Nullable<Key>,
        /// `language`.
        language -> Text,
        /// `data`.
        data -> Text,
        /// `message_id`.
        message_id -> Text,
        /// `status`.
        status -> Text,
        /// `attempts`.
        attempts -> Integer,
        /// `due_at`.
        due_at -> Moment,
        /// `locked_until`.
        locked_until -> Nullable<Moment>,
        /// `last_error`.
        last_error -> Nullable<Text>,
        /// `created_at`.
        created_at -> Moment,
        /// `sent_at`.
        sent_at -> Nullable<Moment>,
    }
}
