//! Documents, appeals and what else follows an application; see the migrations.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    document_uploads (application_id) {
        application_id -> Key,
        uploads -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    documents (id) {
        id -> Key,
        application_id -> Key,
        kind -> Text,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        scanned -> Bool,
        uploaded_by -> Key,
        uploaded_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    appeals (id) {
        id -> Key,
        reference -> Text,
        application_id -> Key,
        contested -> Text,
        contested_at -> Moment,
        contested_by -> Nullable<Key>,
        grounds -> Text,
        filed_by -> Key,
        filed_at -> Moment,
        silence_at -> Moment,
        outcome -> Nullable<Text>,
        reasons -> Nullable<Text>,
        decided_by -> Nullable<Key>,
        decided_at -> Nullable<Moment>,
        version -> Integer,
        marked_anew_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    obligations (id) {
        id -> Key,
        association_id -> Key,
        what -> Text,
        due_at -> Moment,
        met_at -> Nullable<Moment>,
        met_by -> Nullable<Key>,
        report -> Nullable<Text>,
        handover_id -> Nullable<Key>,
        reminded_at -> Nullable<Moment>,
        overdue_told_at -> Nullable<Moment>,
        created_by -> Key,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    reminders (application_id, kind, due_at) {
        application_id -> Key,
        kind -> Text,
        due_at -> Moment,
        sent_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    programme_rubrics (programme_id, rubric, version) {
        programme_id -> Key,
        rubric -> Text,
        version -> Text,
        text -> Text,
        pinned_by -> Key,
        pinned_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    application_scores (id) {
        id -> Key,
        application_id -> Key,
        computed_at -> Moment,
        rubric -> Text,
        version -> Text,
        score -> Integer,
        detail -> Text,
        because -> Text,
        computed_by -> Key,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    application_messages (id) {
        id -> Key,
        application_id -> Key,
        author_id -> Key,
        of_city -> Bool,
        text -> Text,
        at -> Moment,
    }
}
