//! Tables of `notifications`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    outbox (id) {
        id -> Key,
        kind -> Text,
        recipient -> Text,
        recipient_name -> Text,
        person_id -> Nullable<Key>,
        language -> Text,
        data -> Text,
        topic -> Nullable<Text>,
        bundle -> Nullable<Text>,
        part_of -> Nullable<Key>,
        message_id -> Text,
        status -> Text,
        attempts -> Integer,
        due_at -> Moment,
        locked_until -> Nullable<Moment>,
        last_error -> Nullable<Text>,
        ended_because -> Nullable<Text>,
        reported_at -> Nullable<Moment>,
        version -> Integer,
        created_at -> Moment,
        sent_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    notification_choices (person_id, kind) {
        person_id -> Key,
        kind -> Text,
        choice -> Text,
        changed_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    mail_keys (purpose) {
        purpose -> Text,
        secret -> Text,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    webhooks (id) {
        id -> Key,
        organisation_id -> Key,
        created_by -> Key,
        url -> Text,
        events -> Text,
        secret -> Text,
        status -> Text,
        failing_since -> Nullable<Moment>,
        last_error -> Nullable<Text>,
        version -> Integer,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    webhook_deliveries (id) {
        id -> Key,
        webhook_id -> Key,
        event -> Text,
        data -> Text,
        status -> Text,
        attempts -> Integer,
        due_at -> Moment,
        locked_until -> Nullable<Moment>,
        answer -> Nullable<Integer>,
        last_error -> Nullable<Text>,
        created_at -> Moment,
        sent_at -> Nullable<Moment>,
    }
}
