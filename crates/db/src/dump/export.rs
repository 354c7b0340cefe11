//! Writing the file: the engine makes the JSON of a row, so that nothing here knows a table.

use std::io::Write;

use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::Value;

use crate::catalog::{self, Column, Kind, Table};
use crate::connection::Access;
use crate::dump::{End, FORMAT, Head, TableHead, is_moment, list, quoted};
use crate::migrate::{self, SchemaState};
use crate::{Db, Engine};

/// Writes everything, as it stands at one moment, and returns how many rows that were. Other
/// programs may go on. `on_progress` hears of each table and the rows so far.
///
/// # Errors
/// A line for the operator.
pub fn export(
    url: &str,
    out: &mut dyn Write,
    on_progress: &mut dyn FnMut(&str, u64),
) -> Result<u64, String> {
    let mut db = Db::open(url, Access::Read, None).map_err(text)?;
    db.batch_execute(match db.engine() {
        Engine::Sqlite => "BEGIN",
        Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    })
    .map_err(text)?;
    if migrate::compare(&mut db).map_err(text)? != SchemaState::Current {
        return Err("the schema is not this program's: run `ressac migrate`".to_owned());
    }
    write_line(
        out,
        &Head {
            ressac_export: FORMAT,
            schema: migrate::applied(&mut db).map_err(text)?,
        },
    )?;
    let mut rows = 0;
    for table in catalog::tables(&mut db).map_err(text)? {
        write_line(out, &TableHead::of(&table))?;
        rows += write_rows(&mut db, &table, out)?;
        on_progress(&table.name, rows);
    }
    write_line(out, &End { rows })?;
    out.flush().map_err(text)?;
    Ok(rows)
}

fn text(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}

fn write_line(out: &mut dyn Write, line: &impl serde::Serialize) -> Result<(), String> {
    serde_json::to_writer(&mut *out, line).map_err(text)?;
    out.write_all(b"\n").map_err(text)
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn write_rows(db: &mut Db, table: &Table, out: &mut dyn Write) -> Result<u64, String> {
    let query = diesel::sql_query(select(table, db.engine()));
    let mut rows = 0;
    let mut write = |row: QueryResult<Line>| -> Result<(), String> {
        let row = row.map_err(|cause| format!("{}: {cause}", table.name))?;
        // the engines space it differently
        let value: Value = serde_json::from_str(&row.line).map_err(text)?;
        rows += 1;
        write_line(out, &value)
    };
    match db {
        Db::Sqlite(connection) => query
            .load_iter::<Line, DefaultLoadingMode>(connection)
            .map_err(text)?
            .try_for_each(&mut write)?,
        Db::Postgres(connection) => query
            .load_iter::<Line, PgRowByRowLoadingMode>(connection)
            .map_err(text)?
            .try_for_each(&mut write)?,
    }
    Ok(rows)
}

fn select(table: &Table, engine: Engine) -> String {
    let from = quoted(&table.name);
    let key = table
        .columns
        .iter()
        .filter(|column| table.primary_key.contains(&column.name));
    match engine {
        Engine::Sqlite => format!(
            "SELECT json_array({}) AS line FROM {from} ORDER BY {}",
            list(&table.columns, sqlite_value),
            list(key, |column| quoted(&column.name))
        ),
        Engine::Postgres => format!(
            "SELECT json_build_array({})::text AS line FROM {from} ORDER BY {}",
            list(&table.columns, postgres_value),
            list(key, |column| match column.kind {
                Kind::Text => format!("{} COLLATE \"C\"", quoted(&column.name)),
                _ => quoted(&column.name),
            })
        ),
    }
}

fn sqlite_value(column: &Column) -> String {
    let name = quoted(&column.name);
    match column.kind {
        Kind::Bytes => format!("iif({name} IS NULL, NULL, lower(hex({name})))"),
        _ => name,
    }
}

fn postgres_value(column: &Column) -> String {
    let name = quoted(&column.name);
    match column.kind {
        Kind::Bytes if column.declared == "uuid" => format!("replace({name}::text, '-', '')"),
        Kind::Bytes => format!("encode({name}, 'hex')"),
        Kind::Boolean => format!("{name}::integer"),
        Kind::Integer if is_moment(column) => {
            format!("(extract(epoch FROM {name}) * 1000000)::bigint")
        }
        _ => name,
    }
}
