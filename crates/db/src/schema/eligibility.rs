//! Tables of `eligibility`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    programmes (id) {
        /// `id`.
        id -> Key,
        /// `name`.
        name -> Text,
        /// `rubric`.
        rubric -> Text,
        /// `rubric_version`.
        rubric_version -> Text,
        /// `rubric_text`.
        rubric_text -> Text,
        /// `kinds`.
        kinds -> Text,
        /// `lot_min`.
        lot_min -> Integer,
        /// `lot_max`.
        lot_max -> Integer,
        /// `opens_at`.
        opens_at -> Moment,
        /// `closes_at`.
        closes_at -> Nullable<Moment>,
        /// `territory`.
        territory -> Text,
        /// `follow_up_months`.
        follow_up_months -> Integer,
        /// `created_by`.
        created_by -> Key,
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
    applications (id) {
        /// `id`.
        id -> Key,
        /// `reference`.
        reference -> Text,
        /// `programme_id`.
        programme_id -> Key,
        /// `association_id`.
        association_id -> Key,
        /// `status`.
        status -> Text,
        /// `form`.
        form -> Text,
        /// `changes`.
        changes -> Nullable<Text>,
        /// `assisted`.
        assisted -> Bool,
        /// `created_by`.
        created_by -> Key,
        /// `submitted_at`.
        submitted_at -> Nullable<Moment>,
        /// `silence_at`.
        silence_at -> Nullable<Moment>,
        /// `decided_by`.
        decided_by -> Nullable<Key>,
        /// `decided_at`.
        decided_at -> Nullable<Moment>,
        /// `reasons`.
        reasons -> Nullable<Text>,
        /// `score`.
        score -> Nullable<Integer>,
        /// `score_detail`.
        score_detail -> Nullable<Text>,
        /// `scored_at`.
        scored_at -> Nullable<Moment>,
        /// `fragility`.
        fragility -> Nullable<Integer>,
        /// `version`.
        version -> Integer,
        /// `created_at`.
        created_at -> Moment,
        /// `updated_at`.
        updated_at -> Moment,
        /// `search_key`.
        search_key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    assessments (application_id, criterion, assessor_id) {
        /// `application_id`.
        application_id -> Key,
        /// `criterion`.
        criterion -> Text,
        /// `assessor_id`.
        assessor_id -> Key,
        /// `points`.
        points -> Nullable<Integer>,
        /// `justification`.
        justification -> Text,
        /// `recused`.
        recused -> Bool,
        /// `at`.
        at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    territories (postal_code, name_key) {
        /// `postal_code`.
        postal_code -> Text,
        /// `name_key`.
        name_key -> Text,
        /// `name`.
        name -> Text,
        /// `commune_code`.
        commune_code -> Nullable<Text>,
        /// `population`.
        population -> Integer,
        /// `index_tenths`.
        index_tenths -> Integer,
        /// `fragile_population`.
        fragile_population -> Nullable<Integer>,
        /// `shared`.
        shared -> Bool,
        /// `source`.
        source -> Text,
        /// `loaded_at`.
        loaded_at -> Moment,
    }
}
