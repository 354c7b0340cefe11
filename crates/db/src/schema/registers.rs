//! The copy of the public registers; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    register_rna (rna) {
        rna -> Text,
        siret -> Nullable<Text>,
        name -> Text,
        name_key -> Text,
        status -> Text,
        dissolved_on -> Nullable<Text>,
        address -> Text,
        postal_code -> Text,
        commune -> Text,
        commune_code -> Nullable<Text>,
        loaded_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    register_loads (register) {
        register -> Text,
        source -> Text,
        lines -> BigInt,
        finished -> Bool,
        loaded_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    registration_cases (id) {
        id -> Key,
        organisation_id -> Key,
        other_id -> Nullable<Key>,
        kind -> Text,
        association -> Text,
        person_name -> Text,
        email -> Text,
        status -> Text,
        note -> Nullable<Text>,
        created_at -> Moment,
        closed_by -> Nullable<Key>,
        closed_at -> Nullable<Moment>,
    }
}
