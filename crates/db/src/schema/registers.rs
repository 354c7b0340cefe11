//! The copy of the public registers; the columns' meaning stands in the migration.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    register_rna (rna) {
        /// `rna`.
        rna -> Text,
        /// `siret`.
        siret -> Nullable<Text>,
        /// `name`.
        name -> Text,
        /// `name_key`.
        name_key -> Text,
        /// `status`.
        status -> Text,
        /// `dissolved_on`.
        dissolved_on -> Nullable<Text>,
        /// `address`.
        address -> Text,
        /// `postal_code`.
        postal_code -> Text,
        /// `commune`.
        commune -> Text,
        /// `commune_code`.
        commune_code -> Nullable<Text>,
        /// `loaded_at`.
        loaded_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    register_loads (register) {
        /// `register`.
        register -> Text,
        /// `source`.
        source -> Text,
        /// `lines`.
        lines -> BigInt,
        /// `finished`.
        finished -> Bool,
        /// `loaded_at`.
        loaded_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    /// See the migration.
    registration_cases (id) {
        /// `id`.
        id -> Key,
        /// `organisation_id`.
        organisation_id -> Key,
        /// `other_id`.
        other_id -> Nullable<Key>,
        /// `kind`.
        kind -> Text,
        /// `association`.
        association -> Text,
        /// `person_name`.
        person_name -> Text,
        /// `email`.
        email -> Text,
        /// `status`.
        status -> Text,
        /// `note`.
        note -> Nullable<Text>,
        /// `created_at`.
        created_at -> Moment,
        /// `closed_by`.
        closed_by -> Nullable<Key>,
        /// `closed_at`.
        closed_at -> Nullable<Moment>,
    }
}
