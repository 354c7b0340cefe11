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
        /// `topic`.
        topic -> Nullable<Text>,
        /// `bundle`.
        bundle -> Nullable<Text>,
        /// `part_of`.
        part_of -> Nullable<Key>,
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
        /// `ended_because`.
        ended_because -> Nullable<Text>,
        /// `reported_at`.
        reported_at -> Nullable<Moment>,
        /// `version`.
        version -> Integer,
        /// `created_at`.
        created_at -> Moment,
        /// `sent_at`.
        sent_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    notification_choices (person_id, kind) {
        /// `person_id`.
        person_id -> Key,
        /// `kind`.
        kind -> Text,
        /// `choice`.
        choice -> Text,
        /// `changed_at`.
        changed_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    mail_keys (purpose) {
        /// `purpose`.
        purpose -> Text,
        /// `secret`.
        secret -> Text,
        /// `created_at`.
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    webhooks (id) {
        /// `id`.
        id -> Key,
        /// `organisation_id`.
        organisation_id -> Key,
        /// `created_by`.
        created_by -> Key,
        /// `url`.
        url -> Text,
        /// `events`.
        events -> Text,
        /// `secret`.
        secret -> Text,
        /// `status`.
        status -> Text,
        /// `failing_since`.
        failing_since -> Nullable<Moment>,
        /// `last_error`.
        last_error -> Nullable<Text>,
        /// `version`.
        version -> Integer,
        /// `created_at`.
        created_at -> Moment,
        /// `updated_at`.
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    webhook_deliveries (id) {
        /// `id`.
        id -> Key,
        /// `webhook_id`.
        webhook_id -> Key,
        /// `event`.
        event -> Text,
        /// `data`.
        data -> Text,
        /// `status`.
        status -> Text,
        /// `attempts`.
        attempts -> Integer,
        /// `due_at`.
        due_at -> Moment,
        /// `locked_until`.
        locked_until -> Nullable<Moment>,
        /// `answer`.
        answer -> Nullable<Integer>,
        /// `last_error`.
        last_error -> Nullable<Text>,
        /// `created_at`.
        created_at -> Moment,
        /// `sent_at`.
        sent_at -> Nullable<Moment>,
    }
}
