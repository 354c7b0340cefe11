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
    db::insert_many!(&mut **tx, s::batches::table, &chunk.batches);
    db::insert_many!(&mut **tx, s::donor_news::table, &chunk.news);
    workshop::take_over(tx, &chunk.past)?;
    db::insert_many!(&mut **tx, s::waves::table, &waves.waves);
    db::insert_many!(&mut **tx, s::wave_lines::table, &waves.lines);
    db::insert_many!(&mut **tx, s::wave_devices::table, &waves.devices);
    db::insert_many!(&mut **tx, s::handovers::table, &waves.handovers);
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
