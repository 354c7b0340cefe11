//! Rows of `territories`.

use db::schema::territories as t;
use db::{Db, Result, Tx};
use diesel::prelude::*;
use kernel::Instant;

use crate::territory::Row;

#[derive(Insertable)]
#[diesel(table_name = t, treat_none_as_default_value = false)]
struct NewRow<'a> {
    postal_code: &'a str,
    name_key: &'a str,
    name: &'a str,
    commune_code: Option<&'a str>,
    population: i32,
    index_tenths: i32,
    fragile_population: Option<i32>,
    shared: bool,
    source: &'a str,
    loaded_at: Instant,
}

/// Puts a table in the place of the one before.
pub(crate) fn replace_territories(tx: &mut Tx<'_>, rows: &[Row], source: &str) -> Result<()> {
    let loaded_at = tx.now();
    diesel::delete(t::table).execute(&mut **tx)?;
    for chunk in rows.chunks(200) {
        let values: Vec<_> = chunk
            .iter()
            .map(|row| NewRow {
                postal_code: &row.postal_code,
                name_key: &row.name_key,
                name: &row.name,
                commune_code: row.commune_code.as_deref(),
                population: row.population,
                index_tenths: row.index_tenths,
                fragile_population: row.fragile_population,
                shared: row.shared,
                source,
                loaded_at,
            })
            .collect();
        db::on!(&mut **tx, c => diesel::insert_into(t::table).values(&values).execute(c))?;
    }
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = t)]
struct StoredRow {
    postal_code: String,
    name_key: String,
    name: String,
    commune_code: Option<String>,
    population: i32,
    index_tenths: i32,
    fragile_population: Option<i32>,
    shared: bool,
    source: String,
    loaded_at: Instant,
}

impl From<StoredRow> for Row {
    fn from(row: StoredRow) -> Self {
        Self {
            postal_code: row.postal_code,
            name: row.name,
            name_key: row.name_key,
            commune_code: row.commune_code,
            population: row.population,
            index_tenths: row.index_tenths,
            fragile_population: row.fragile_population,
            shared: row.shared,
        }
    }
}

/// The source of a table, and when it was loaded.
pub(crate) type Origin = (String, Instant);

/// The rows of a postal code or of a commune code, with the origin of the table.
pub(crate) fn rows_for(
    db: &mut Db,
    postal_code: &str,
    commune_code: Option<&str>,
) -> Result<(Vec<Row>, Option<Origin>)> {
    let same_commune = t::commune_code
        .eq(commune_code.unwrap_or(""))
        .assume_not_null();
    let found = t::table
        .filter(t::postal_code.eq(postal_code).or(same_commune))
        .order((t::postal_code, t::name_key))
        .select(StoredRow::as_select())
        .load(db)?;
    let origin = found.first().map(|row| (row.source.clone(), row.loaded_at));
    Ok((found.into_iter().map(Into::into).collect(), origin))
}

/// The whole table, with its origin.
pub(crate) fn all_rows(db: &mut Db) -> Result<(Vec<Row>, Option<Origin>)> {
    let found = t::table
        .order((t::postal_code, t::name_key))
        .select(StoredRow::as_select())
        .load(db)?;
    let origin = found.first().map(|row| (row.source.clone(), row.loaded_at));
    Ok((found.into_iter().map(Into::into).collect(), origin))
}

/// Where the table that is used comes from, when it was loaded, and how many rows it has.
///
/// # Errors
/// When the database fails.
pub fn loaded_territories(db: &mut Db) -> Result<Option<(String, Instant, i64)>> {
    let first: Option<Origin> = t::table
        .select((t::source, t::loaded_at))
        .first(db)
        .optional()?;
    let Some((source, loaded_at)) = first else {
        return Ok(None);
    };
    let rows = t::table.count().get_result(db)?;
    Ok(Some((source, loaded_at, rows)))
}
