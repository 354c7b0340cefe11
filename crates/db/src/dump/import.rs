//! Reading the file into a database that has nothing yet: all of it or nothing.

use std::io::BufRead;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use serde_json::Value;

use crate::catalog::{self, Column, Kind, Table};
use crate::connection::{Access, sqlite_path};
use crate::database::make_folder;
use crate::dump::{End, FORMAT, Head, TableHead, is_moment, list, quoted};
use crate::{Db, Engine, migrate};

/// Bytes of rows that are written together.
const BATCH: usize = 1 << 20;

/// Reads everything into a database without rows, which is made when SQLite has no file yet;
/// returns how many rows that were. `on_progress` hears of each table and the rows so far.
///
/// # Errors
/// A line for the operator: what is wrong, and in which line of the file. Nothing was written.
pub fn import(
    url: &str,
    lines: &mut dyn BufRead,
    on_progress: &mut dyn FnMut(&str, u64),
) -> Result<u64, String> {
    let mut lines = Lines { lines, number: 0 };
    let head: Head = lines.expect("the first line of an export")?;
    if head.ressac_export != FORMAT {
        return Err(format!("format {} is not known here", head.ressac_export));
    }
    if Engine::of_url(url)? == Engine::Sqlite {
        make_folder(sqlite_path(url)).map_err(text)?;
    }
    migrate::run(url).map_err(text)?;
    // on SQLite nobody else comes in until this connection ends
    let mut db = Db::open(url, Access::Alone, None)
        .map_err(|cause| format!("{cause}: stop what uses the database first"))?;
    let schema = migrate::applied(&mut db).map_err(text)?;
    if head.schema != schema {
        return Err(format!(
            "the file is of schema {} and this program of {}: export and import with the same version",
            head.schema.last().map_or("none", String::as_str),
            schema.last().map_or("none", String::as_str),
        ));
    }
    let tables = catalog::tables(&mut db).map_err(text)?;
    db.batch_execute("BEGIN").map_err(text)?;
    prepare(&mut db, &tables)?;
    let rows = read_tables(&mut db, &tables, &mut lines, on_progress)?;
    let (checks, end) = finish(&db, &tables);
    db.batch_execute(&checks)
        .and_then(|()| db.batch_execute(&end))
        .map_err(|cause| format!("the rows do not fit together: {cause}"))?;
    Ok(rows)
}

fn text(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}

/// Keeps others out, makes sure that there is nothing yet, and lets rows of a table refer to
/// rows of the same that come later.
fn prepare(db: &mut Db, tables: &[Table]) -> Result<(), String> {
    match db {
        Db::Sqlite(connection) => connection.batch_execute("PRAGMA defer_foreign_keys = ON"),
        Db::Postgres(connection) => {
            let names: Vec<_> = tables.iter().map(|table| quoted(&table.name)).collect();
            let lock = format!("LOCK TABLE {} IN EXCLUSIVE MODE;", names.join(", "));
            let later = own_references(tables, "DEFERRABLE INITIALLY DEFERRED");
            connection.batch_execute(&format!("{lock} {later}"))
        }
    }
    .map_err(text)?;
    for table in tables {
        let query = format!(
            "SELECT EXISTS (SELECT 1 FROM {}) AS found",
            quoted(&table.name)
        );
        let found: Found = diesel::sql_query(query).get_result(db).map_err(text)?;
        if found.found {
            return Err(format!(
                "the database is not empty (table {}): import into a new one",
                table.name
            ));
        }
    }
    Ok(())
}

/// What checks the references, and what ends the transaction.
fn finish(db: &Db, tables: &[Table]) -> (String, String) {
    match db {
        Db::Sqlite(_) => (String::new(), "COMMIT".to_owned()),
        Db::Postgres(_) => (
            "SET CONSTRAINTS ALL IMMEDIATE".to_owned(),
            format!("{} COMMIT", own_references(tables, "NOT DEFERRABLE")),
        ),
    }
}

/// Alters the references of tables to themselves; diesel's names are the engine's.
fn own_references(tables: &[Table], how: &str) -> String {
    let own = tables.iter().flat_map(|table| {
        let keys = table.foreign_keys.iter();
        keys.filter(|key| key.table == table.name)
            .map(move |key| (table, key))
    });
    own.map(|(table, key)| {
        format!(
            "ALTER TABLE {} ALTER CONSTRAINT {} {how};",
            quoted(&table.name),
            quoted(&key.name)
        )
    })
    .collect()
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// The lines of the file.
struct Lines<'a> {
    lines: &'a mut dyn BufRead,
    number: u64,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<Option<String>, String> {
        let mut line = String::new();
        self.number += 1;
        match self.lines.read_line(&mut line) {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(line)),
            Err(cause) => Err(self.at_fault(cause)),
        }
    }

    fn expect<T: serde::de::DeserializeOwned>(&mut self, what: &str) -> Result<T, String> {
        let line = self
            .next()?
            .ok_or_else(|| self.at_fault(format!("the file ends where {what} is due")))?;
        serde_json::from_str(&line).map_err(|_| self.at_fault(format!("this is not {what}")))
    }

    fn at_fault(&self, cause: impl std::fmt::Display) -> String {
        format!("line {}: {cause}", self.number)
    }
}

fn read_tables(
    db: &mut Db,
    tables: &[Table],
    lines: &mut Lines<'_>,
    on_progress: &mut dyn FnMut(&str, u64),
) -> Result<u64, String> {
    let mut rows = 0;
    let mut line = lines.next()?;
    for table in tables {
        let expected = TableHead::of(table);
        let head = line.as_deref().map(serde_json::from_str::<TableHead>);
        if !head.is_some_and(|head| head.is_ok_and(|head| head == expected)) {
            return Err(lines.at_fault(format!("table {} is due here", table.name)));
        }
        (rows, line) = read_rows(db, table, lines, rows)?;
        on_progress(&table.name, rows);
    }
    let end = line.as_deref().map(serde_json::from_str::<End>);
    match end {
        Some(Ok(end)) if end.rows == rows => match lines.next()? {
            None => Ok(rows),
            Some(_) => Err(lines.at_fault("something follows the end")),
        },
        Some(Ok(end)) => Err(format!("{rows} rows of {}", end.rows)),
        _ => Err(lines.at_fault("the file was cut: its last line is missing")),
    }
}

/// Reads the rows of a table; returns how many there are so far and the line after them.
fn read_rows(
    db: &mut Db,
    table: &Table,
    lines: &mut Lines<'_>,
    mut rows: u64,
) -> Result<(u64, Option<String>), String> {
    let insert = insert(db, table);
    let mut batch = String::new();
    loop {
        let line = lines.next()?;
        let row = line.as_deref().filter(|line| line.starts_with('['));
        if let Some(row) = row {
            check(table, row).map_err(|cause| lines.at_fault(cause))?;
            batch.push(if batch.is_empty() { '[' } else { ',' });
            batch.push_str(row.trim_end());
            rows += 1;
        }
        if batch.len() >= BATCH || (row.is_none() && !batch.is_empty()) {
            batch.push(']');
            diesel::sql_query(&insert)
                .bind::<Text, _>(&batch)
                .execute(db)
                .map_err(|cause| {
                    lines.at_fault(format!("table {}, up to here: {cause}", table.name))
                })?;
            batch.clear();
        }
        if row.is_none() {
            return Ok((rows, line));
        }
    }
}

/// A row has a value of the right kind for each column.
fn check(table: &Table, row: &str) -> Result<(), String> {
    let values: Vec<Value> = serde_json::from_str(row).map_err(|cause| format!("{cause}"))?;
    if values.len() != table.columns.len() {
        return Err(format!("a row of {} has other columns", table.name));
    }
    for (column, value) in table.columns.iter().zip(&values) {
        let fits = match (column.kind, value) {
            (_, Value::Null) => column.nullable,
            (Kind::Integer, value) => value.is_i64(),
            (Kind::Boolean, value) => matches!(value.as_u64(), Some(0 | 1)),
            (Kind::Text, value) => value.is_string(),
            (Kind::Bytes, value) => value.as_str().is_some_and(is_hexadecimal),
        };
        if !fits {
            let kind = column.kind.as_str();
            return Err(format!("{}.{} is not {kind}", table.name, column.name));
        }
    }
    Ok(())
}

fn is_hexadecimal(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Inserts the rows of a JSON array of arrays.
fn insert(db: &Db, table: &Table) -> String {
    let into = quoted(&table.name);
    let names = list(&table.columns, |column| quoted(&column.name));
    let value = |(place, column)| match db {
        Db::Sqlite(_) => sqlite_value(place, column),
        Db::Postgres(_) => postgres_value(place, column),
    };
    let values: Vec<_> = table.columns.iter().enumerate().map(value).collect();
    let from = match db {
        Db::Sqlite(_) => "json_each(?)",
        Db::Postgres(_) => "json_array_elements($1::json) AS line (value)",
    };
    format!(
        "INSERT INTO {into} ({names}) SELECT {} FROM {from}",
        values.join(", ")
    )
}

fn sqlite_value(place: usize, column: &Column) -> String {
    match column.kind {
        Kind::Bytes => format!("unhex(value ->> {place})"),
        _ => format!("value ->> {place}"),
    }
}

fn postgres_value(place: usize, column: &Column) -> String {
    let value = format!("(value ->> {place})");
    match column.kind {
        Kind::Bytes if column.declared == "uuid" => format!("{value}::uuid"),
        Kind::Bytes => format!("decode({value}, 'hex')"),
        Kind::Boolean => format!("{value}::integer::boolean"),
        Kind::Integer if is_moment(column) => {
            format!("timestamptz 'epoch' + {value}::bigint * interval '1 microsecond'")
        }
        Kind::Integer => format!("{value}::{}", column.declared),
        Kind::Text => value,
    }
}
