//! Tables of `handover`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    handovers (id) {
        /// `id`.
        id -> Key,
        /// `reference`.
        reference -> Text,
        /// `wave_id`.
        wave_id -> Key,
        /// `application_id`.
        application_id -> Key,
        /// `association_id`.
        association_id -> Key,
        /// `workshop_id`.
        workshop_id -> Nullable<Key>,
        /// `status`.
        status -> Text,
        /// `devices`.
        devices -> Integer,
        /// `appointment_from`.
        appointment_from -> Nullable<Moment>,
        /// `appointment_to`.
        appointment_to -> Nullable<Moment>,
        /// `place`.
        place -> Nullable<Text>,
        /// `sequence`.
        sequence -> Integer,
        /// `recipient_name`.
        recipient_name -> Nullable<Text>,
        /// `signature`.
        signature -> Nullable<Text>,
        /// `reason`.
        reason -> Nullable<Text>,
        /// `completed_by`.
        completed_by -> Nullable<Key>,
        /// `completed_at`.
        completed_at -> Nullable<Moment>,
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
    donor_news (batch_id) {
        /// `batch_id`.
        batch_id -> Key,
        /// `erasure_told_at`.
        erasure_told_at -> Nullable<Moment>,
        /// `news_told_at`.
        news_told_at -> Nullable<Moment>,
        /// `handed_over`.
        handed_over -> BigInt,
        /// `settled`.
        settled -> Bool,
    }
}
