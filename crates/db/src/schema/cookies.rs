//! Table of what browsers keep of sessions.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    session_cookies (token_hash) {
        token_hash -> Binary,
        session_id -> Key,
        created_at -> Moment,
    }
}
