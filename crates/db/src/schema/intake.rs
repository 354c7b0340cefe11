//! Tables of `intake`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    batch_trucks (batch_id, number) {
        batch_id -> Key,
        number -> Integer,
        starts_at -> Moment,
        ends_at -> Moment,
        collected_at -> Nullable<Moment>,
        pallets -> Nullable<Integer>,
        cancelled_at -> Nullable<Moment>,
        created_by -> Key,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    batches (id) {
        id -> Key,
        reference -> Text,
        donor_id -> Key,
        title -> Text,
        search_key -> Text,
        status -> Text,
        title_route -> Text,
        declared -> Text,
        accessories -> Text,
        pickup -> Text,
        manifest -> Nullable<Text>,
        workshop_id -> Nullable<Key>,
        scheduled_from -> Nullable<Moment>,
        scheduled_to -> Nullable<Moment>,
        schedule_sequence -> Integer,
        collected_at -> Nullable<Moment>,
        pallets -> Nullable<Integer>,
        weight_grams -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        created_by -> Key,
        submitted_at -> Nullable<Moment>,
        accepted_at -> Nullable<Moment>,
        received_at -> Nullable<Moment>,
        closed_at -> Nullable<Moment>,
        version -> Integer,
        created_at -> Moment,
        updated_at -> Moment,
        restrictions -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    reception_answers (batch_id) {
        batch_id -> Key,
        answer -> Text,
        comment -> Nullable<Text>,
        answered_by -> Key,
        answered_at -> Moment,
        devices -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    pending_lists (batch_id) {
        batch_id -> Key,
        name -> Text,
        content -> Binary,
        sheet -> Nullable<Text>,
        dates -> Nullable<Text>,
        kept_by -> Key,
        kept_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    follow_links (batch_id) {
        batch_id -> Key,
        token_hash -> Binary,
        made_by -> Key,
        made_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    reception_links (token_hash) {
        token_hash -> Binary,
        batch_id -> Key,
        person_id -> Key,
        created_at -> Moment,
        expires_at -> Moment,
    }
}
