//! Writes chunks.

use db::schema as s;
use db::{Db, Result, Tx};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::gifts::Chunk;

/// How many devices there are.
///
/// # Errors
/// When the database fails.
pub fn devices(db: &mut Db) -> Result<i64> {
    Ok(s::devices::table.count().get_result(db)?)
}

/// Writes a chunk whole.
///
/// # Errors
/// When the database refuses.
pub fn put(tx: &mut Tx<'_>, chunk: &Chunk) -> Result<()> {
    for (series, count) in &chunk.used {
        tx.next_numbers(series, *count)?;
    }
    let waves = &chunk.waves;
    // so many rows of a statement that SQLite takes their values
    db::insert_many!(&mut **tx, s::batches::table, &chunk.batches, 1_000);
    db::insert_many!(&mut **tx, s::donor_news::table, &chunk.news, 2_000);
    workshop::take_over(tx, &chunk.past)?;
    db::insert_many!(&mut **tx, s::waves::table, &waves.waves, 1_000);
    db::insert_many!(&mut **tx, s::wave_lines::table, &waves.lines, 2_000);
    db::insert_many!(&mut **tx, s::wave_devices::table, &waves.devices, 5_000);
    db::insert_many!(&mut **tx, s::handovers::table, &waves.handovers, 1_500);
    Ok(())
}

/// Has PostgreSQL look at what came, as it does by itself some time later.
///
/// # Errors
/// When the database fails.
pub fn analyze(tx: &mut Tx<'_>) -> Result<()> {
    match &mut **tx {
        Db::Postgres(connection) => Ok(connection.batch_execute("ANALYZE")?),
        Db::Sqlite(_) => Ok(()),
    }
}
