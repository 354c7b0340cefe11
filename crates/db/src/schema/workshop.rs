//! Tables of `workshop`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    devices (id) {
        id -> Key,
        tag -> Text,
        serial -> Nullable<Text>,
        serial_key -> Nullable<Text>,
        kind -> Text,
        manufacturer -> Nullable<Text>,
        model -> Nullable<Text>,
        stage -> Text,
        grade -> Nullable<Text>,
        batch_id -> Key,
        donor_id -> Key,
        workshop_id -> Nullable<Key>,
        manifest_line -> Nullable<Integer>,
        attributes -> Text,
        hardware -> Nullable<Text>,
        location -> Nullable<Text>,
        cycle -> Integer,
        erasure_proven -> Bool,
        triage -> Nullable<Text>,
        tests_passed -> Nullable<Bool>,
        tested_by -> Nullable<Key>,
        quality_checked_by -> Nullable<Key>,
        kit -> Nullable<Text>,
        stage_at -> Moment,
        received_at -> Nullable<Moment>,
        ready_at -> Nullable<Moment>,
        custody_seq -> Integer,
        custody_head -> Binary,
        search_key -> Text,
        version -> Integer,
        updated_at -> Moment,
        transfer_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    drives (id) {
        id -> Key,
        device_id -> Key,
        cycle -> Integer,
        serial -> Nullable<Text>,
        serial_key -> Text,
        media -> Text,
        model -> Nullable<Text>,
        size_bytes -> Nullable<BigInt>,
        proof -> Nullable<Text>,
        method -> Nullable<Text>,
        proven -> Bool,
        seen_at -> Moment,
        history -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    custody_events (device_id, seq) {
        device_id -> Key,
        seq -> Integer,
        id -> Key,
        #[sql_name = "type"]
        event_type -> Text,
        at -> Moment,
        recorded_at -> Moment,
        actor_id -> Key,
        organisation_id -> Key,
        from_stage -> Text,
        to_stage -> Text,
        client_id -> Nullable<Text>,
        evidence -> Text,
        note -> Nullable<Text>,
        prev_hash -> Binary,
        hash -> Binary,
        state -> Nullable<Text>,
        chain_key -> Nullable<Text>,
        mac -> Nullable<Binary>,
        epoch -> BigInt,
        api_key_id -> Nullable<Key>,
        operated_by -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    accessory_stock (workshop_id, kind) {
        workshop_id -> Key,
        kind -> Text,
        quantity -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    accessory_movements (id) {
        id -> Key,
        workshop_id -> Key,
        kind -> Text,
        delta -> Integer,
        reason -> Text,
        batch_id -> Nullable<Key>,
        device_id -> Nullable<Key>,
        actor_id -> Key,
        at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    part_stock (workshop_id, part_key) {
        workshop_id -> Key,
        part_key -> Text,
        kind -> Text,
        label -> Text,
        quantity -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    part_movements (id) {
        id -> Key,
        workshop_id -> Key,
        part_key -> Text,
        delta -> Integer,
        reason -> Text,
        device_id -> Nullable<Key>,
        actor_id -> Key,
        at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    repairs (device_id, seq) {
        device_id -> Key,
        seq -> Integer,
        workshop_id -> Key,
        description -> Text,
        minutes -> Integer,
        parts -> Text,
        at -> Moment,
        corrected_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    transfers (id) {
        id -> Key,
        from_workshop_id -> Key,
        to_workshop_id -> Key,
        status -> Text,
        note -> Nullable<Text>,
        sent_by -> Key,
        sent_at -> Moment,
        closed_at -> Nullable<Moment>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    transfer_lines (transfer_id, device_id) {
        transfer_id -> Key,
        device_id -> Key,
        outcome -> Text,
        settled_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    waste (device_id, category) {
        device_id -> Key,
        workshop_id -> Key,
        category -> Text,
        weight_grams -> Nullable<Integer>,
        waste_reference -> Nullable<Text>,
        reason -> Nullable<Text>,
        at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    device_files (id) {
        id -> Key,
        device_id -> Key,
        cycle -> Integer,
        kind -> Text,
        sha256 -> Text,
        media_type -> Text,
        size -> BigInt,
        name -> Nullable<Text>,
        added_by -> Key,
        added_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    device_contradictions (device_id) {
        device_id -> Key,
        found_at -> Moment,
    }
}
