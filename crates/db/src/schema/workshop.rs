//! Tables of `workshop`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    devices (id) {
        /// `id`.
        id -> Key,
        /// `tag`.
        tag -> Text,
        /// `serial`.
        serial -> Nullable<Text>,
        /// `serial_key`.
        serial_key -> Nullable<Text>,
        /// `kind`.
        kind -> Text,
        /// `manufacturer`.
        manufacturer -> Nullable<Text>,
        /// `model`.
        model -> Nullable<Text>,
        /// `stage`.
        stage -> Text,
        /// `grade`.
        grade -> Nullable<Text>,
        /// `batch_id`.
        batch_id -> Key,
        /// `donor_id`.
        donor_id -> Key,
        /// `workshop_id`.
        workshop_id -> Nullable<Key>,
        /// `manifest_line`.
        manifest_line -> Nullable<Integer>,
        /// `attributes`.
        attributes -> Text,
        /// `hardware`.
        hardware -> Nullable<Text>,
        /// `location`.
        location -> Nullable<Text>,
        /// `cycle`.
        cycle -> Integer,
        /// `erasure_proven`.
        erasure_proven -> Bool,
        /// `triage`.
        triage -> Nullable<Text>,
        /// `tests_passed`.
        tests_passed -> Nullable<Bool>,
        /// `tested_by`.
        tested_by -> Nullable<Key>,
        /// `quality_checked_by`.
        quality_checked_by -> Nullable<Key>,
        /// `kit`.
        kit -> Nullable<Text>,
        /// `stage_at`.
        stage_at -> Moment,
        /// `received_at`.
        received_at -> Nullable<Moment>,
        /// `ready_at`.
        ready_at -> Nullable<Moment>,
        /// `custody_seq`.
        custody_seq -> Integer,
        /// `custody_head`.
        custody_head -> Binary,
        /// `search_key`.
        search_key -> Text,
        /// `version`.
        version -> Integer,
        /// `updated_at`.
        updated_at -> Moment,
        /// `transfer_id`.
        transfer_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    drives (id) {
        /// `id`.
        id -> Key,
        /// `device_id`.
        device_id -> Key,
        /// `cycle`.
        cycle -> Integer,
        /// `serial`.
        serial -> Nullable<Text>,
        /// `serial_key`.
        serial_key -> Text,
        /// `media`.
        media -> Text,
        /// `model`.
        model -> Nullable<Text>,
        /// `size_bytes`.
        size_bytes -> Nullable<BigInt>,
        /// `proof`.
        proof -> Nullable<Text>,
        /// `method`.
        method -> Nullable<Text>,
        /// `proven`.
        proven -> Bool,
        /// `seen_at`.
        seen_at -> Moment,
        /// `history`.
        history -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    custody_events (device_id, seq) {
        /// `device_id`.
        device_id -> Key,
        /// `seq`.
        seq -> Integer,
        /// `id`.
        id -> Key,
        /// `type`.
        #[sql_name = "type"]
        event_type -> Text,
        /// `at`.
        at -> Moment,
        /// `recorded_at`.
        recorded_at -> Moment,
        /// `actor_id`.
        actor_id -> Key,
        /// `organisation_id`.
        organisation_id -> Key,
        /// `from_stage`.
        from_stage -> Text,
        /// `to_stage`.
        to_stage -> Text,
        /// `client_id`.
        client_id -> Nullable<Text>,
        /// `evidence`.
        evidence -> Text,
        /// `note`.
        note -> Nullable<Text>,
        /// `prev_hash`.
        prev_hash -> Binary,
        /// `hash`.
        hash -> Binary,
        /// `state`.
        state -> Nullable<Text>,
        /// `chain_key`.
        chain_key -> Nullable<Text>,
        /// `mac`.
        mac -> Nullable<Binary>,
        /// `epoch`.
        epoch -> BigInt,
        /// `api_key_id`.
        api_key_id -> Nullable<Key>,
        /// `operated_by`.
        operated_by -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    accessory_stock (workshop_id, kind) {
        /// `workshop_id`.
        workshop_id -> Key,
        /// `kind`.
        kind -> Text,
        /// `quantity`.
        quantity -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    accessory_movements (id) {
        /// `id`.
        id -> Key,
        /// `workshop_id`.
        workshop_id -> Key,
        /// `kind`.
        kind -> Text,
        /// `delta`.
        delta -> Integer,
        /// `reason`.
        reason -> Text,
        /// `batch_id`.
        batch_id -> Nullable<Key>,
        /// `device_id`.
        device_id -> Nullable<Key>,
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
    part_stock (workshop_id, part_key) {
        /// `workshop_id`.
        workshop_id -> Key,
        /// `part_key`.
        part_key -> Text,
        /// `kind`.
        kind -> Text,
        /// `label`.
        label -> Text,
        /// `quantity`.
        quantity -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    part_movements (id) {
        /// `id`.
        id -> Key,
        /// `workshop_id`.
        workshop_id -> Key,
        /// `part_key`.
        part_key -> Text,
        /// `delta`.
        delta -> Integer,
        /// `reason`.
        reason -> Text,
        /// `device_id`.
        device_id -> Nullable<Key>,
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
    repairs (device_id, seq) {
        /// `device_id`.
        device_id -> Key,
        /// `seq`.
        seq -> Integer,
        /// `workshop_id`.
        workshop_id -> Key,
        /// `description`.
        description -> Text,
        /// `minutes`.
        minutes -> Integer,
        /// `parts`.
        parts -> Text,
        /// `at`.
        at -> Moment,
        /// `corrected_at`.
        corrected_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    transfers (id) {
        /// `id`.
        id -> Key,
        /// `from_workshop_id`.
        from_workshop_id -> Key,
        /// `to_workshop_id`.
        to_workshop_id -> Key,
        /// `status`.
        status -> Text,
        /// `note`.
        note -> Nullable<Text>,
        /// `sent_by`.
        sent_by -> Key,
        /// `sent_at`.
        sent_at -> Moment,
        /// `closed_at`.
        closed_at -> Nullable<Moment>,
        /// `version`.
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    transfer_lines (transfer_id, device_id) {
        /// `transfer_id`.
        transfer_id -> Key,
        /// `device_id`.
        device_id -> Key,
        /// `outcome`.
        outcome -> Text,
        /// `settled_at`.
        settled_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    waste (device_id, category) {
        /// `device_id`.
        device_id -> Key,
        /// `workshop_id`.
        workshop_id -> Key,
        /// `category`.
        category -> Text,
        /// `weight_grams`.
        weight_grams -> Nullable<Integer>,
        /// `waste_reference`.
        waste_reference -> Nullable<Text>,
        /// `reason`.
        reason -> Nullable<Text>,
        /// `at`.
        at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    device_files (id) {
        /// `id`.
        id -> Key,
        /// `device_id`.
        device_id -> Key,
        /// `cycle`.
        cycle -> Integer,
        /// `kind`.
        kind -> Text,
        /// `sha256`.
        sha256 -> Text,
        /// `media_type`.
        media_type -> Text,
        /// `size`.
        size -> BigInt,
        /// `name`.
        name -> Nullable<Text>,
        /// `added_by`.
        added_by -> Key,
        /// `added_at`.
        added_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    device_contradictions (device_id) {
        /// `device_id`.
        device_id -> Key,
        /// `found_at`.
        found_at -> Moment,
    }
}
