//! Tables of `identity`; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    organisations (id) {
        id -> Key,
        kind -> Text,
        name -> Text,
        name_key -> Text,
        siret -> Nullable<Text>,
        rna -> Nullable<Text>,
        status -> Text,
        status_reason -> Nullable<Text>,
        address -> Text,
        postal_code -> Text,
        commune -> Text,
        commune_code -> Nullable<Text>,
        version -> Integer,
        created_at -> Moment,
        updated_at -> Moment,
        register_check -> Nullable<Text>,
        search_key -> Text,
        representative -> Nullable<Text>,
        contact_email -> Nullable<Text>,
        contact_phone -> Nullable<Text>,
        core_key -> Text,
        email_domain -> Nullable<Text>,
        listed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    organisation_changes (id) {
        id -> Key,
        organisation_id -> Key,
        before -> Text,
        reason -> Nullable<Text>,
        changed_by -> Key,
        at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    people (id) {
        id -> Key,
        organisation_id -> Key,
        email -> Text,
        name -> Text,
        role -> Text,
        language -> Text,
        password_hash -> Nullable<Text>,
        disabled -> Bool,
        version -> Integer,
        created_at -> Moment,
        updated_at -> Moment,
        last_login_at -> Nullable<Moment>,
        mailbox -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    invitations (id) {
        id -> Key,
        person_id -> Key,
        purpose -> Text,
        token_hash -> Binary,
        created_at -> Moment,
        expires_at -> Moment,
        used_at -> Nullable<Moment>,
        email -> Nullable<Text>,
        session_id -> Nullable<Key>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    sessions (id) {
        id -> Key,
        person_id -> Key,
        created_at -> Moment,
        expires_at -> Moment,
        ended_at -> Nullable<Moment>,
        ended_because -> Nullable<Text>,
        proven_at -> Nullable<Moment>,
        last_at -> Nullable<Moment>,
        network -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Key,
        created_at -> Moment,
        used_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    api_keys (id) {
        id -> Key,
        organisation_id -> Key,
        created_by -> Key,
        role -> Text,
        name -> Text,
        token_hash -> Binary,
        scopes -> Text,
        created_at -> Moment,
        expires_at -> Nullable<Moment>,
        last_used_at -> Nullable<Moment>,
        revoked_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    idempotency_keys (actor_id, idempotency_key) {
        actor_id -> Key,
        idempotency_key -> Text,
        request_hash -> Binary,
        status -> Integer,
        content_type -> Text,
        etag -> Nullable<Text>,
        body -> Binary,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    second_factors (person_id) {
        person_id -> Key,
        secret -> Binary,
        confirmed_at -> Nullable<Moment>,
        last_step -> BigInt,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    recovery_codes (person_id, code_hash) {
        person_id -> Key,
        code_hash -> Binary,
        used_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    sign_in_attempts (bucket) {
        bucket -> Binary,
        attempts -> Integer,
        since -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    known_devices (person_id, token_hash) {
        person_id -> Key,
        token_hash -> Binary,
        created_at -> Moment,
        last_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    badges (person_id) {
        person_id -> Key,
        token_hash -> Binary,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    audit_chains (subject_id) {
        subject_id -> Key,
        seq -> Integer,
        head -> Binary,
        seal -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    audit_events (subject_id, seq) {
        subject_id -> Key,
        seq -> Integer,
        id -> Key,
        at -> Moment,
        action -> Text,
        actor_id -> Nullable<Key>,
        organisation_id -> Nullable<Key>,
        api_key_id -> Nullable<Key>,
        network -> Nullable<Text>,
        detail -> Text,
        prev_hash -> Binary,
        hash -> Binary,
        chain_key -> Nullable<Text>,
        mac -> Nullable<Binary>,
        epoch -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    chain_epochs (epoch) {
        epoch -> BigInt,
        closed_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    chain_heads (number) {
        number -> BigInt,
        line -> Text,
        made_at -> Moment,
        mailed_at -> Nullable<Moment>,
        timestamp_token -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    helped_associations (association_id) {
        association_id -> Key,
        helper_id -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    saved_views (id) {
        id -> Key,
        person_id -> Key,
        organisation_id -> Key,
        name -> Text,
        address -> Text,
        shared -> Bool,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    calendar_links (person_id) {
        person_id -> Key,
        token_hash -> Binary,
        made_at -> Moment,
    }
}
