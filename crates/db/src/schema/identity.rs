//! Tables of `identity`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    organisations (id) {
        /// `id`.
        id -> Key,
        /// `kind`.
        kind -> Text,
        /// `name`.
        name -> Text,
        /// `name_key`.
        name_key -> Text,
        /// `siret`.
        siret -> Nullable<Text>,
        /// `rna`.
        rna -> Nullable<Text>,
        /// `status`.
        status -> Text,
        /// `status_reason`.
        status_reason -> Nullable<Text>,
        /// `address`.
        address -> Text,
        /// `postal_code`.
        postal_code -> Text,
        /// `commune`.
        commune -> Text,
        /// `commune_code`.
        commune_code -> Nullable<Text>,
        /// `version`.
        version -> Integer,
        /// `created_at`.
        created_at -> Moment,
        /// `updated_at`.
        updated_at -> Moment,
        /// `register_check`.
        register_check -> Nullable<Text>,
        /// `search_key`.
        search_key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    people (id) {
        /// `id`.
        id -> Key,
        /// `organisation_id`.
        organisation_id -> Key,
        /// `email`.
        email -> Text,
        /// `name`.
        name -> Text,
        /// `role`.
        role -> Text,
        /// `language`.
        language -> Text,
        /// `password_hash`.
        password_hash -> Nullable<Text>,
        /// `disabled`.
        disabled -> Bool,
        /// `version`.
        version -> Integer,
        /// `created_at`.
        created_at -> Moment,
        /// `updated_at`.
        updated_at -> Moment,
        /// `last_login_at`.
        last_login_at -> Nullable<Moment>,
        /// `mailbox`.
        mailbox -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    invitations (id) {
        /// `id`.
        id -> Key,
        /// `person_id`.
        person_id -> Key,
        /// `purpose`.
        purpose -> Text,
        /// `token_hash`.
        token_hash -> Binary,
        /// `created_at`.
        created_at -> Moment,
        /// `expires_at`.
        expires_at -> Moment,
        /// `used_at`.
        used_at -> Nullable<Moment>,
        /// `email`.
        email -> Nullable<Text>,
        /// `session_id`.
        session_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    sessions (id) {
        /// `id`.
        id -> Key,
        /// `person_id`.
        person_id -> Key,
        /// `created_at`.
        created_at -> Moment,
        /// `expires_at`.
        expires_at -> Moment,
        /// `ended_at`.
        ended_at -> Nullable<Moment>,
        /// `ended_because`.
        ended_because -> Nullable<Text>,
        /// `proven_at`.
        proven_at -> Nullable<Moment>,
        /// `last_at`.
        last_at -> Nullable<Moment>,
        /// `network`.
        network -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    refresh_tokens (token_hash) {
        /// `token_hash`.
        token_hash -> Binary,
        /// `session_id`.
        session_id -> Key,
        /// `created_at`.
        created_at -> Moment,
        /// `used_at`.
        used_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    api_keys (id) {
        /// `id`.
        id -> Key,
        /// `organisation_id`.
        organisation_id -> Key,
        /// `created_by`.
        created_by -> Key,
        /// `role`.
        role -> Text,
        /// `name`.
        name -> Text,
        /// `token_hash`.
        token_hash -> Binary,
        /// `scopes`.
        scopes -> Text,
        /// `created_at`.
        created_at -> Moment,
        /// `expires_at`.
        expires_at -> Nullable<Moment>,
        /// `last_used_at`.
        last_used_at -> Nullable<Moment>,
        /// `revoked_at`.
        revoked_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    idempotency_keys (actor_id, idempotency_key) {
        /// `actor_id`.
        actor_id -> Key,
        /// `idempotency_key`.
        idempotency_key -> Text,
        /// `request_hash`.
        request_hash -> Binary,
        /// `status`.
        status -> Integer,
        /// `content_type`.
        content_type -> Text,
        /// `etag`.
        etag -> Nullable<Text>,
        /// `body`.
        body -> Binary,
        /// `created_at`.
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    second_factors (person_id) {
        /// `person_id`.
        person_id -> Key,
        /// `secret`.
        secret -> Binary,
        /// `confirmed_at`.
        confirmed_at -> Nullable<Moment>,
        /// `last_step`.
        last_step -> BigInt,
        /// `created_at`.
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    recovery_codes (person_id, code_hash) {
        /// `person_id`.
        person_id -> Key,
        /// `code_hash`.
        code_hash -> Binary,
        /// `used_at`.
        used_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    sign_in_attempts (bucket) {
        /// `bucket`.
        bucket -> Binary,
        /// `attempts`.
        attempts -> Integer,
        /// `since`.
        since -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    known_devices (person_id, token_hash) {
        /// `person_id`.
        person_id -> Key,
        /// `token_hash`.
        token_hash -> Binary,
        /// `created_at`.
        created_at -> Moment,
        /// `last_at`.
        last_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    badges (person_id) {
        /// `person_id`.
        person_id -> Key,
        /// `token_hash`.
        token_hash -> Binary,
        /// `created_at`.
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    audit_chains (subject_id) {
        /// `subject_id`.
        subject_id -> Key,
        /// `seq`.
        seq -> Integer,
        /// `head`.
        head -> Binary,
        /// `seal`.
        seal -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    audit_events (subject_id, seq) {
        /// `subject_id`.
        subject_id -> Key,
        /// `seq`.
        seq -> Integer,
        /// `id`.
        id -> Key,
        /// `at`.
        at -> Moment,
        /// `action`.
        action -> Text,
        /// `actor_id`.
        actor_id -> Nullable<Key>,
        /// `organisation_id`.
        organisation_id -> Nullable<Key>,
        /// `api_key_id`.
        api_key_id -> Nullable<Key>,
        /// `network`.
        network -> Nullable<Text>,
        /// `detail`.
        detail -> Text,
        /// `prev_hash`.
        prev_hash -> Binary,
        /// `hash`.
        hash -> Binary,
        /// `chain_key`.
        chain_key -> Nullable<Text>,
        /// `mac`.
        mac -> Nullable<Binary>,
        /// `epoch`.
        epoch -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    chain_epochs (epoch) {
        /// `epoch`.
        epoch -> BigInt,
        /// `closed_at`.
        closed_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    chain_heads (number) {
        /// `number`.
        number -> BigInt,
        /// `line`.
        line -> Text,
        /// `made_at`.
        made_at -> Moment,
        /// `mailed_at`.
        mailed_at -> Nullable<Moment>,
        /// `timestamp_token`.
        timestamp_token -> Nullable<Binary>,
    }
}
