//! Tables of `allocation`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    waves (id) {
        /// `id`.
        id -> Key,
        /// `programme_id`.
        programme_id -> Key,
        /// `ordinal`.
        ordinal -> Integer,
        /// `name`.
        name -> Text,
        /// `status`.
        status -> Text,
        /// `settings`.
        settings -> Text,
        /// `instance`.
        instance -> Nullable<Text>,
        /// `result`.
        result -> Nullable<Text>,
        /// `digest`.
        digest -> Nullable<Text>,
        /// `created_by`.
        created_by -> Key,
        /// `proposed_by`.
        proposed_by -> Nullable<Key>,
        /// `proposed_at`.
        proposed_at -> Nullable<Moment>,
        /// `submitted_by`.
        submitted_by -> Nullable<Key>,
        /// `submitted_at`.
        submitted_at -> Nullable<Moment>,
        /// `approved_by`.
        approved_by -> Nullable<Key>,
        /// `approved_at`.
        approved_at -> Nullable<Moment>,
        /// `comment`.
        comment -> Nullable<Text>,
        /// `reason`.
        reason -> Nullable<Text>,
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
    wave_lines (id) {
        /// `id`.
        id -> Key,
        /// `wave_id`.
        wave_id -> Key,
        /// `application_id`.
        application_id -> Key,
        /// `association_id`.
        association_id -> Key,
        /// `request`.
        request -> Integer,
        /// `rank`.
        rank -> Integer,
        /// `score`.
        score -> Integer,
        /// `requested`.
        requested -> Integer,
        /// `lot`.
        lot -> Integer,
        /// `already`.
        already -> Integer,
        /// `kind`.
        kind -> Nullable<Text>,
        /// `quantity`.
        quantity -> Integer,
        /// `pinned`.
        pinned -> Bool,
        /// `reason`.
        reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    wave_hands (wave_id, actor_id) {
        /// `wave_id`.
        wave_id -> Key,
        /// `actor_id`.
        actor_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    wave_pins (wave_id, application_id) {
        /// `wave_id`.
        wave_id -> Key,
        /// `application_id`.
        application_id -> Key,
        /// `granted`.
        granted -> Nullable<Text>,
        /// `reason`.
        reason -> Text,
        /// `actor_id`.
        actor_id -> Key,
        /// `at`.
        at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    wave_supply (wave_id, device_id) {
        /// `wave_id`.
        wave_id -> Key,
        /// `device_id`.
        device_id -> Key,
        /// `class`.
        class -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    wave_devices (wave_id, device_id) {
        /// `wave_id`.
        wave_id -> Key,
        /// `line_id`.
        line_id -> Key,
        /// `device_id`.
        device_id -> Key,
        /// `cycle`.
        cycle -> Integer,
        /// `reserved_at`.
        reserved_at -> Moment,
        /// `released_at`.
        released_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    wave_explanations (wave_id, application_id) {
        /// `wave_id`.
        wave_id -> Key,
        /// `application_id`.
        application_id -> Key,
        /// `body`.
        body -> Text,
        /// `made_at`.
        made_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    conventions (association_id, year) {
        /// `association_id`.
        association_id -> Key,
        /// `year`.
        year -> Integer,
        /// `reference`.
        reference -> Text,
        /// `signed_on`.
        signed_on -> Text,
        /// `recorded_by`.
        recorded_by -> Key,
        /// `recorded_at`.
        recorded_at -> Moment,
    }
}
