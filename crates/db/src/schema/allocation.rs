//! Tables of `allocation`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    waves (id) {
        id -> Key,
        programme_id -> Key,
        ordinal -> Integer,
        name -> Text,
        status -> Text,
        settings -> Text,
        instance -> Nullable<Text>,
        result -> Nullable<Text>,
        digest -> Nullable<Text>,
        created_by -> Key,
        proposed_by -> Nullable<Key>,
        proposed_at -> Nullable<Moment>,
        submitted_by -> Nullable<Key>,
        submitted_at -> Nullable<Moment>,
        approved_by -> Nullable<Key>,
        approved_at -> Nullable<Moment>,
        comment -> Nullable<Text>,
        reason -> Nullable<Text>,
        version -> Integer,
        created_at -> Moment,
        updated_at -> Moment,
        passed_on -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    wave_lines (id) {
        id -> Key,
        wave_id -> Key,
        application_id -> Key,
        association_id -> Key,
        request -> Integer,
        rank -> Integer,
        score -> Integer,
        requested -> Integer,
        lot -> Integer,
        already -> Integer,
        kind -> Nullable<Text>,
        quantity -> Integer,
        pinned -> Bool,
        reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    wave_hands (wave_id, actor_id) {
        wave_id -> Key,
        actor_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    wave_pins (wave_id, application_id) {
        wave_id -> Key,
        application_id -> Key,
        granted -> Nullable<Text>,
        reason -> Text,
        actor_id -> Key,
        at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    wave_supply (wave_id, device_id) {
        wave_id -> Key,
        device_id -> Key,
        class -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    wave_devices (wave_id, device_id) {
        wave_id -> Key,
        line_id -> Key,
        device_id -> Key,
        cycle -> Integer,
        reserved_at -> Moment,
        released_at -> Nullable<Moment>,
        passed_on -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    wave_explanations (wave_id, application_id) {
        wave_id -> Key,
        application_id -> Key,
        body -> Text,
        made_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    conventions (association_id, year) {
        association_id -> Key,
        year -> Integer,
        reference -> Text,
        signed_on -> Text,
        recorded_by -> Key,
        recorded_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    wave_submissions (wave_id, number) {
        wave_id -> Key,
        number -> Integer,
        digest -> Text,
        message -> Nullable<Text>,
        settings -> Text,
        awards -> Text,
        submitted_by -> Key,
        submitted_at -> Moment,
        returned_by -> Nullable<Key>,
        returned_at -> Nullable<Moment>,
        returned_reason -> Nullable<Text>,
    }
}
