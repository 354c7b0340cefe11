//! Tables of `eligibility`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    programmes (id) {
        id -> Key,
        name -> Text,
        rubric -> Text,
        rubric_version -> Text,
        rubric_text -> Text,
        kinds -> Text,
        lot_min -> Integer,
        lot_max -> Integer,
        opens_at -> Moment,
        closes_at -> Nullable<Moment>,
        territory -> Text,
        follow_up_months -> Integer,
        created_by -> Key,
        version -> Integer,
        created_at -> Moment,
        updated_at -> Moment,
        guarantee_months -> Integer,
        loan_months -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    applications (id) {
        id -> Key,
        reference -> Text,
        programme_id -> Key,
        association_id -> Key,
        status -> Text,
        form -> Text,
        changes -> Nullable<Text>,
        assisted -> Bool,
        created_by -> Key,
        submitted_at -> Nullable<Moment>,
        silence_at -> Nullable<Moment>,
        decided_by -> Nullable<Key>,
        decided_at -> Nullable<Moment>,
        reasons -> Nullable<Text>,
        score -> Nullable<Integer>,
        score_detail -> Nullable<Text>,
        scored_at -> Nullable<Moment>,
        fragility -> Nullable<Integer>,
        version -> Integer,
        created_at -> Moment,
        updated_at -> Moment,
        search_key -> Text,
        assigned_to -> Nullable<Key>,
        answered_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    assessments (application_id, criterion, assessor_id) {
        application_id -> Key,
        criterion -> Text,
        assessor_id -> Key,
        points -> Nullable<Integer>,
        justification -> Text,
        recused -> Bool,
        at -> Moment,
        appeal_id -> Nullable<Key>,
        set_aside_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    territories (postal_code, name_key) {
        postal_code -> Text,
        name_key -> Text,
        name -> Text,
        commune_code -> Nullable<Text>,
        population -> Integer,
        index_tenths -> Integer,
        fragile_population -> Nullable<Integer>,
        shared -> Bool,
        source -> Text,
        loaded_at -> Moment,
    }
}
