//! Tables of `intake`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    counters (name) {
        /// `name`.
        name -> Text,
        /// `value`.
        value -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    batches (id) {
        /// `id`.
        id -> Key,
        /// `reference`.
        reference -> Text,
        /// `donor_id`.
        donor_id -> Key,
        /// `title`.
        title -> Text,
        /// `search_key`.
        search_key -> Text,
        /// `status`.
        status -> Text,
        /// `title_route`.
        title_route -> Text,
        /// `declared`.
        declared -> Text,
        /// `accessories`.
        accessories -> Text,
        /// `pickup`.
        pickup -> Text,
        /// `manifest`.
        manifest -> Nullable<Text>,
        /// `workshop_id`.
        workshop_id -> Nullable<Key>,
        /// `scheduled_from`.
        scheduled_from -> Nullable<Moment>,
        /// `scheduled_to`.
        scheduled_to -> Nullable<Moment>,
        /// `schedule_sequence`.
        schedule_sequence -> Integer,
        /// `collected_at`.
        collected_at -> Nullable<Moment>,
        /// `pallets`.
        pallets -> Nullable<Integer>,
        /// `weight_grams`.
        weight_grams -> Nullable<BigInt>,
        /// `reason`.
        reason -> Nullable<Text>,
        /// `created_by`.
        created_by -> Key,
        /// `submitted_at`.
        submitted_at -> Nullable<Moment>,
        /// `accepted_at`.
        accepted_at -> Nullable<Moment>,
        /// `received_at`.
        received_at -> Nullable<Moment>,
        /// `closed_at`.
        closed_at -> Nullable<Moment>,
        /// `version`.
        version -> Integer,
        /// `created_at`.
        created_at -> Moment,
        /// `updated_at`.
        updated_at -> Moment,
        /// `restrictions`.
        restrictions -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    reception_answers (batch_id) {
        /// `batch_id`.
        batch_id -> Key,
        /// `answer`.
        answer -> Text,
        /// `comment`.
        comment -> Nullable<Text>,
        /// `answered_by`.
        answered_by -> Key,
        /// `answered_at`.
        answered_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    reception_links (token_hash) {
        /// `token_hash`.
        token_hash -> Binary,
        /// `batch_id`.
        batch_id -> Key,
        /// `person_id`.
        person_id -> Key,
        /// `created_at`.
        created_at -> Moment,
        /// `expires_at`.
        expires_at -> Moment,
    }
}
