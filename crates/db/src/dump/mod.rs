//! Everything in one file, from one engine to the other.
//!
//! The file is lines of JSON. The first says what it is and of which schema; then each table
//! has a line with its columns and what they hold, and a line for each row; the last one
//! counts the rows, so that a file that was cut is known. Tables that others refer to come
//! first, rows are in the order of their key: the same content makes the same file, whichever
//! engine it comes from.

mod export;
mod import;

use serde::{Deserialize, Serialize};

use crate::catalog::{Column, Kind, Table};

pub use export::export;
pub use import::import;

/// The form of the file.
const FORMAT: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    /// The form of the file.
    ressac_export: u32,
    /// The migrations that made the tables.
    schema: Vec<String>,
}

/// A line before the rows of a table.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct TableHead {
    table: String,
    columns: Vec<String>,
    kinds: Vec<String>,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
struct End {
    rows: u64,
}

impl TableHead {
    fn of(table: &Table) -> Self {
        let columns = table.columns.iter();
        Self {
            table: table.name.clone(),
            columns: columns.clone().map(|column| column.name.clone()).collect(),
            kinds: columns
                .map(|column| column.kind.as_str().to_owned())
                .collect(),
        }
    }
}

/// A name as SQL takes it.
fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn list<'a>(columns: impl IntoIterator<Item = &'a Column>, say: fn(&Column) -> String) -> String {
    let parts: Vec<_> = columns.into_iter().map(say).collect();
    parts.join(", ")
}

/// Moments are kept as such by one engine alone.
fn is_moment(column: &Column) -> bool {
    column.kind == Kind::Integer && column.declared.starts_with("timestamp")
}
