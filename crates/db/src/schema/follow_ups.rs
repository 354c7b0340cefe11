//! Documents, appeals and what else follows an application; see the migrations.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    document_uploads (application_id) {
        /// `application_id`.
        application_id -> Key,
        /// `uploads`.
        uploads -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    documents (id) {
        /// `id`.
        id -> Key,
        /// `application_id`.
        application_id -> Key,
        /// `kind`.
        kind -> Text,
        /// `name`.
        name -> Text,
        /// `media_type`.
        media_type -> Text,
        /// `size`.
        size -> BigInt,
        /// `sha256`.
        sha256 -> Text,
        /// `scanned`.
        scanned -> Bool,
        /// `uploaded_by`.
        uploaded_by -> Key,
        /// `uploaded_at`.
        uploaded_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    appeals (id) {
        /// `id`.
        id -> Key,
        /// `reference`.
        reference -> Text,
        /// `application_id`.
        application_id -> Key,
        /// `contested`.
        contested -> Text,
        /// `contested_at`.
        contested_at -> Moment,
        /// `contested_by`.
        contested_by -> Nullable<Key>,
        /// `grounds`.
        grounds -> Text,
        /// `filed_by`.
        filed_by -> Key,
        /// `filed_at`.
        filed_at -> Moment,
        /// `silence_at`.
        silence_at -> Moment,
        /// `outcome`.
        outcome -> Nullable<Text>,
        /// `reasons`.
        reasons -> Nullable<Text>,
        /// `decided_by`.
        decided_by -> Nullable<Key>,
        /// `decided_at`.
        decided_at -> Nullable<Moment>,
        /// `version`.
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    obligations (id) {
        /// `id`.
        id -> Key,
        /// `association_id`.
        association_id -> Key,
        /// `what`.
        what -> Text,
        /// `due_at`.
        due_at -> Moment,
        /// `met_at`.
        met_at -> Nullable<Moment>,
        /// `met_by`.
        met_by -> Nullable<Key>,
        /// `report`.
        report -> Nullable<Text>,
        /// `handover_id`.
        handover_id -> Nullable<Key>,
        /// `reminded_at`.
        reminded_at -> Nullable<Moment>,
        /// `overdue_told_at`.
        overdue_told_at -> Nullable<Moment>,
        /// `created_by`.
        created_by -> Key,
        /// `created_at`.
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    reminders (application_id, kind, due_at) {
        /// `application_id`.
        application_id -> Key,
        /// `kind`.
        kind -> Text,
        /// `due_at`.
        due_at -> Moment,
        /// `sent_at`.
        sent_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    programme_rubrics (programme_id, rubric, version) {
        /// `programme_id`.
        programme_id -> Key,
        /// `rubric`.
        rubric -> Text,
        /// `version`.
        version -> Text,
        /// `text`.
        text -> Text,
        /// `pinned_by`.
        pinned_by -> Key,
        /// `pinned_at`.
        pinned_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    application_scores (id) {
        /// `id`.
        id -> Key,
        /// `application_id`.
        application_id -> Key,
        /// `computed_at`.
        computed_at -> Moment,
        /// `rubric`.
        rubric -> Text,
        /// `version`.
        version -> Text,
        /// `score`.
        score -> Integer,
        /// `detail`.
        detail -> Text,
        /// `because`.
        because -> Text,
        /// `computed_by`.
        computed_by -> Key,
    }
}
