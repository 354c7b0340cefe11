//! Rows of `register_rna` and `register_loads`.

use db::schema::{register_loads as l, register_rna as r};
use db::{Db, Result, Tx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use kernel::{Instant, fold};
use serde::Serialize;

use super::waldec::{Entry, EntryStatus};

/// The one register that is copied so far.
const RNA: &str = "rna";

#[derive(Insertable)]
#[diesel(table_name = r, treat_none_as_default_value = false)]
struct NewEntry<'a> {
    rna: &'a str,
    siret: Option<&'a str>,
    name: &'a str,
    name_key: String,
    status: EntryStatus,
    dissolved_on: Option<&'a str>,
    address: &'a str,
    postal_code: &'a str,
    commune: &'a str,
    commune_code: Option<&'a str>,
    loaded_at: Instant,
}

/// Writes associations of the register; one that is there is brought up to date. Doing it
/// again changes nothing, so an import that was interrupted is simply started again. No
/// number may stand twice.
///
/// # Errors
/// When the database fails.
pub fn put_entries(tx: &mut Tx<'_>, source: &str, entries: &[Entry]) -> Result<()> {
    let loaded_at = tx.now();
    for chunk in entries.chunks(1000) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|entry| NewEntry {
                rna: &entry.rna,
                siret: entry.siret.as_deref(),
                name: &entry.name,
                name_key: fold(&entry.name),
                status: entry.status,
                dissolved_on: entry.dissolved_on.as_deref(),
                address: &entry.address,
                postal_code: &entry.postal_code,
                commune: &entry.commune,
                commune_code: entry.commune_code.as_deref(),
                loaded_at,
            })
            .collect();
        db::on!(&mut **tx, c => diesel::insert_into(r::table)
            .values(&rows)
            .on_conflict(r::rna)
            .do_update()
            .set((
                r::siret.eq(excluded(r::siret)),
                r::name.eq(excluded(r::name)),
                r::name_key.eq(excluded(r::name_key)),
                r::status.eq(excluded(r::status)),
                r::dissolved_on.eq(excluded(r::dissolved_on)),
                r::address.eq(excluded(r::address)),
                r::postal_code.eq(excluded(r::postal_code)),
                r::commune.eq(excluded(r::commune)),
                r::commune_code.eq(excluded(r::commune_code)),
                r::loaded_at.eq(excluded(r::loaded_at)),
            ))
            .execute(c))?;
    }
    note(tx, source, entries.len() as i64, false)
}

/// Notes that the file was read to its end.
///
/// # Errors
/// When the database fails.
pub fn finish_load(tx: &mut Tx<'_>, source: &str) -> Result<RegisterState> {
    let lines: i64 = r::table.count().get_result(&mut **tx)?;
    diesel::delete(l::table.find(RNA)).execute(&mut **tx)?;
    note(tx, source, lines, true)?;
    register_state(tx)
}

fn note(tx: &mut Tx<'_>, source: &str, lines: i64, finished: bool) -> Result<()> {
    let now = tx.now();
    let known = diesel::update(l::table.find(RNA))
        .set((l::source.eq(source), l::loaded_at.eq(now)))
        .execute(&mut **tx)?;
    if known == 0 {
        diesel::insert_into(l::table)
            .values((
                l::register.eq(RNA),
                l::source.eq(source),
                l::lines.eq(lines),
                l::finished.eq(finished),
                l::loaded_at.eq(now),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// What is known of the copy of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisterState {
    /// Anything was ever loaded.
    pub loaded: bool,
    /// A file was read to its end.
    pub finished: bool,
    /// Associations in it; counted when a file is read to its end.
    pub lines: i64,
    /// When it was loaded last.
    pub loaded_at: Option<Instant>,
}

/// What is known of the copy of the register.
///
/// # Errors
/// When the database fails.
pub fn register_state(db: &mut Db) -> Result<RegisterState> {
    let row: Option<(bool, i64, Instant)> = l::table
        .find(RNA)
        .select((l::finished, l::lines, l::loaded_at))
        .first(db)
        .optional()?;
    Ok(RegisterState {
        loaded: row.is_some(),
        finished: row.is_some_and(|(finished, ..)| finished),
        lines: row.map_or(0, |(_, lines, _)| lines),
        loaded_at: row.map(|(_, _, at)| at),
    })
}

type Columns = (
    String,
    Option<String>,
    String,
    EntryStatus,
    Option<String>,
    String,
    String,
    String,
    Option<String>,
);

/// The association of this number, or else the one of this establishment; of several
/// establishments' entries, an active one.
///
/// # Errors
/// When the database fails.
pub fn find(db: &mut Db, rna: Option<&str>, siret: Option<&str>) -> Result<Option<Entry>> {
    let columns = (
        r::rna,
        r::siret,
        r::name,
        r::status,
        r::dissolved_on,
        r::address,
        r::postal_code,
        r::commune,
        r::commune_code,
    );
    let found: Option<Columns> = match (rna, siret) {
        (Some(rna), _) => r::table.find(rna).select(columns).first(db).optional()?,
        (None, Some(siret)) => r::table
            .filter(r::siret.eq(siret))
            .order((r::status, r::rna)) // « active » before « dissolved »
            .select(columns)
            .first(db)
            .optional()?,
        (None, None) => None,
    };
    Ok(found.map(
        |(rna, siret, name, status, dissolved_on, address, postal_code, commune, commune_code)| {
            Entry {
                rna,
                siret,
                name,
                status,
                dissolved_on,
                address,
                postal_code,
                commune,
                commune_code,
            }
        },
    ))
}
