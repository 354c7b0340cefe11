//! Tables of `handover`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    handovers (id) {
        id -> Key,
        reference -> Text,
        wave_id -> Key,
        application_id -> Key,
        association_id -> Key,
        workshop_id -> Nullable<Key>,
        status -> Text,
        devices -> Integer,
        appointment_from -> Nullable<Moment>,
        appointment_to -> Nullable<Moment>,
        place -> Nullable<Text>,
        sequence -> Integer,
        recipient_name -> Nullable<Text>,
        signature -> Nullable<Text>,
        reason -> Nullable<Text>,
        completed_by -> Nullable<Key>,
        completed_at -> Nullable<Moment>,
        version -> Integer,
        created_at -> Moment,
        updated_at -> Moment,
        signature_sha256 -> Nullable<Text>,
        signature_waived -> Nullable<Text>,
        collector -> Nullable<Text>,
        collector_named_by -> Nullable<Key>,
        collector_named_at -> Nullable<Moment>,
        allowed_reason -> Nullable<Text>,
        allowed_by -> Nullable<Key>,
        allowed_at -> Nullable<Moment>,
        slot_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    loans (handover_id) {
        handover_id -> Key,
        due_at -> Moment,
        reason -> Nullable<Text>,
        extended_by -> Nullable<Key>,
        reminded_at -> Nullable<Moment>,
        overdue_told_at -> Nullable<Moment>,
        returned_at -> Nullable<Moment>,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    handover_slots (id) {
        id -> Key,
        workshop_id -> Key,
        starts_at -> Moment,
        ends_at -> Moment,
        place -> Text,
        lots -> Integer,
        offered_by -> Key,
        offered_at -> Moment,
        withdrawn_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    donor_news (batch_id) {
        batch_id -> Key,
        erasure_told_at -> Nullable<Moment>,
        news_told_at -> Nullable<Moment>,
        handed_over -> BigInt,
        settled -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    incidents (id) {
        id -> Key,
        reference -> Text,
        handover_id -> Key,
        association_id -> Key,
        device_id -> Key,
        cycle -> Integer,
        kind -> Text,
        description -> Text,
        guaranteed -> Bool,
        reported_by -> Key,
        reported_at -> Moment,
        outcome -> Nullable<Text>,
        note -> Nullable<Text>,
        replacement_id -> Nullable<Key>,
        closed_by -> Nullable<Key>,
        closed_at -> Nullable<Moment>,
        version -> Integer,
        passed_on_to -> Nullable<Key>,
    }
}
