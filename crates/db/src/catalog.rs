//! What the database itself says of its tables: a table that is added is never forgotten by
//! what works on all of them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable, Text};

use crate::{Db, Error, Result};

/// Where diesel notes what was applied; no table of ours. Neither are those in which SQLite
/// keeps what it searches by.
const MIGRATIONS: &str = "__diesel_schema_migrations";
/// What triggers make of other tables, each engine in its own way: made again wherever these
/// are copied to.
const DERIVED: [&str; 3] = ["device_counts", "device_count_sums", "device_count_changes"];

/// What a column holds, as both engines can say it. Ids are bytes and moments are
/// microseconds since 1970: so SQLite keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Bytes, written in hexadecimal.
    Bytes,
    /// A whole number.
    Integer,
    /// Text.
    Text,
    /// 0 or 1.
    Boolean,
}

impl Kind {
    /// Its name in a file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Integer => "integer",
            Self::Text => "text",
            Self::Boolean => "boolean",
        }
    }

    fn of_type(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "blob" | "uuid" | "bytea" => Some(Self::Bytes),
            "integer" | "bigint" | "timestamp with time zone" => Some(Self::Integer),
            "text" => Some(Self::Text),
            "boolean" => Some(Self::Boolean),
            _ => None,
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// The engine's own name for that.
    pub(crate) declared: String,
    /// Whether it may hold nothing.
    pub nullable: bool,
}

/// A reference from one table to another, or to itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The engine's name of it.
    pub(crate) name: String,
    /// The columns that refer, in the order of the key.
    pub columns: Vec<String>,
    /// To which table.
    pub table: String,
    /// To which columns of it.
    pub target: Vec<String>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, as they were declared.
    pub columns: Vec<Column>,
    /// The columns of its primary key.
    pub primary_key: Vec<String>,
    /// What it refers to.
    pub foreign_keys: Vec<ForeignKey>,
    /// What is unique in it, each as its columns; partial indexes are marked by their condition.
    pub unique: BTreeSet<String>,
    /// The columns of each index, the primary key's among them.
    pub indexes: Vec<Vec<String>>,
}

/// Reads the catalog: every table, those that others refer to first.
///
/// # Errors
/// When the database fails, has a type that no rule knows, or tables refer in a circle.
pub fn tables(db: &mut Db) -> Result<Vec<Table>> {
    let rows = Rows::load(db)?;
    let mut tables = Vec::new();
    for name in rows.names() {
        tables.push(rows.table(&name)?);
    }
    in_order(tables)
}

/// Those that are referred to before those that refer; else by name.
fn in_order(mut waiting: Vec<Table>) -> Result<Vec<Table>> {
    let mut placed: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let next = waiting.iter().position(|table| {
            table.foreign_keys.iter().all(|key| {
                key.table == table.name || placed.iter().any(|known| known.name == key.table)
            })
        });
        let Some(next) = next else {
            let names: Vec<_> = waiting.iter().map(|table| table.name.as_str()).collect();
            return Err(Error::Inconsistent(format!(
                "tables refer in a circle: {}",
                names.join(", ")
            )));
        };
        placed.push(waiting.remove(next));
    }
    Ok(placed)
}

/// What was read, before it is put together.
struct Rows {
    columns: Vec<ColumnRow>,
    references: Vec<ReferenceRow>,
    indexes: Vec<IndexRow>,
}

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    declared: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    /// Place in the primary key, from 1; 0 for none.
    #[diesel(sql_type = Integer)]
    key_place: i32,
}

#[derive(QueryableByName)]
struct ReferenceRow {
    #[diesel(sql_type = Text)]
    table_name: String,
    /// Tells the keys of a table apart.
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    target_table: String,
    #[diesel(sql_type = Text)]
    target_name: String,
}

#[derive(QueryableByName)]
struct IndexRow {
    #[diesel(sql_type = Text)]
    table_name: String,
    /// Tells the indexes of a table apart.
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Bool)]
    is_unique: bool,
    #[diesel(sql_type = Bool)]
    is_partial: bool,
    /// None for an expression.
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
}

impl Rows {
    fn load(db: &mut Db) -> Result<Self> {
        let [columns, references, indexes] = match db {
            Db::Sqlite(_) => [SQLITE_COLUMNS, SQLITE_REFERENCES, SQLITE_INDEXES],
            Db::Postgres(_) => [POSTGRES_COLUMNS, POSTGRES_REFERENCES, POSTGRES_INDEXES],
        };
        Ok(Self {
            columns: diesel::sql_query(columns).load(db)?,
            references: diesel::sql_query(references).load(db)?,
            indexes: diesel::sql_query(indexes).load(db)?,
        })
    }

    fn names(&self) -> BTreeSet<String> {
        let names = self.columns.iter().map(|row| row.table_name.clone());
        names
            .filter(|name| name != MIGRATIONS && !DERIVED.contains(&name.as_str()))
            .collect()
    }

    fn table(&self, name: &str) -> Result<Table> {
        let rows = || self.columns.iter().filter(|row| row.table_name == name);
        let columns = rows().map(column).collect::<Result<_>>()?;
        let mut key: Vec<_> = rows().filter(|row| row.key_place > 0).collect();
        key.sort_by_key(|row| row.key_place);
        let (unique, indexes) = self.indexes(name);
        Ok(Table {
            name: name.to_owned(),
            columns,
            primary_key: key.into_iter().map(|row| row.name.clone()).collect(),
            foreign_keys: self.foreign_keys(name),
            unique,
            indexes,
        })
    }

    fn foreign_keys(&self, table: &str) -> Vec<ForeignKey> {
        let mut keys: BTreeMap<&str, ForeignKey> = BTreeMap::new();
        for row in self.references.iter().filter(|row| row.table_name == table) {
            let key = keys.entry(&row.key).or_insert_with(|| ForeignKey {
                name: row.key.clone(),
                columns: Vec::new(),
                table: row.target_table.clone(),
                target: Vec::new(),
            });
            key.columns.push(row.name.clone());
            key.target.push(row.target_name.clone());
        }
        let mut keys: Vec<_> = keys.into_values().collect();
        keys.sort_by(|a, b| a.columns.cmp(&b.columns));
        keys
    }

    fn indexes(&self, table: &str) -> (BTreeSet<String>, Vec<Vec<String>>) {
        let mut found: BTreeMap<&str, (bool, bool, Vec<String>)> = BTreeMap::new();
        for row in self.indexes.iter().filter(|row| row.table_name == table) {
            let index = found.entry(&row.key).or_default();
            index.0 = row.is_unique;
            index.1 = row.is_partial;
            index.2.push(row.name.clone().unwrap_or_default());
        }
        let unique = found
            .values()
            .filter(|(unique, _, _)| *unique)
            .map(|(_, partial, names)| {
                let condition = if *partial { " where …" } else { "" };
                format!("{}{condition}", names.join(", "))
            })
            .collect();
        let indexes = found.into_values().map(|(_, _, names)| names).collect();
        (unique, indexes)
    }
}

fn column(row: &ColumnRow) -> Result<Column> {
    let kind = Kind::of_type(&row.declared).ok_or_else(|| {
        Error::Inconsistent(format!(
            "{}.{} is of a type that cannot be carried over: {}",
            row.table_name, row.name, row.declared
        ))
    })?;
    Ok(Column {
        name: row.name.clone(),
        kind,
        declared: row.declared.clone(),
        nullable: row.nullable,
    })
}

const SQLITE_COLUMNS: &str = "
    SELECT t.name AS table_name, c.name AS name, c.type AS declared,
           NOT c.\"notnull\" AS nullable, c.pk AS key_place
    FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY t.name, c.cid";

const SQLITE_REFERENCES: &str = "
    SELECT t.name AS table_name, CAST(f.id AS TEXT) AS key, f.\"from\" AS name,
           f.\"table\" AS target_table, f.\"to\" AS target_name
    FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f
    WHERE t.type = 'table'
    ORDER BY t.name, f.id, f.seq";

const SQLITE_INDEXES: &str = "
    SELECT t.name AS table_name, i.name AS key, i.\"unique\" AS is_unique,
           i.partial AS is_partial, c.name AS name
    FROM sqlite_schema AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
    WHERE t.type = 'table'
    ORDER BY t.name, i.name, c.seqno";

const POSTGRES_COLUMNS: &str = "
    SELECT t.relname::text AS table_name, c.attname::text AS name,
           format_type(c.atttypid, NULL) AS declared, NOT c.attnotnull AS nullable,
           coalesce(array_position(p.conkey, c.attnum), 0) AS key_place
    FROM pg_class AS t
    JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
    LEFT JOIN pg_constraint AS p ON p.conrelid = t.oid AND p.contype = 'p'
    WHERE t.relkind IN ('r', 'p') AND t.relnamespace = current_schema()::regnamespace
    ORDER BY t.relname, c.attnum";

const POSTGRES_REFERENCES: &str = "
    SELECT t.relname::text AS table_name, f.conname::text AS key, c.attname::text AS name,
           r.relname::text AS target_table, d.attname::text AS target_name
    FROM pg_constraint AS f
    JOIN pg_class AS t ON t.oid = f.conrelid
    JOIN pg_class AS r ON r.oid = f.confrelid
    CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k (here, there, place)
    JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = k.here
    JOIN pg_attribute AS d ON d.attrelid = r.oid AND d.attnum = k.there
    WHERE f.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
    ORDER BY t.relname, f.conname, k.place";

const POSTGRES_INDEXES: &str = "
    SELECT t.relname::text AS table_name, i.relname::text AS key, x.indisunique AS is_unique,
           x.indpred IS NOT NULL AS is_partial, c.attname::text AS name
    FROM pg_index AS x
    JOIN pg_class AS t ON t.oid = x.indrelid
    JOIN pg_class AS i ON i.oid = x.indexrelid
    CROSS JOIN LATERAL unnest(x.indkey::smallint[]) WITH ORDINALITY AS k (here, place)
    LEFT JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = k.here
    JOIN pg_am AS a ON a.oid = i.relam AND a.amname = 'btree'
    WHERE t.relnamespace = current_schema()::regnamespace
    ORDER BY t.relname, i.relname, k.place";
