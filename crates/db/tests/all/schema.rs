//! The two engines have the same tables. `upgrade.rs` starts from older ones.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{open, postgres, sqlite};
use db::Db;
use db::catalog::{Table, tables};

/// What a database's own catalog says.
async fn catalog(url: &str) -> Vec<Table> {
    let database = open(url);
    database
        .read(|db: &mut Db| tables(db))
        .await
        .expect("reads")
}

#[tokio::test]
async fn the_engines_have_the_same_tables_columns_keys_and_indexes() {
    let Some(url) = postgres("schema_same") else {
        return;
    };
    let (ours, theirs) = (catalog(&sqlite("same")).await, catalog(&url).await);
    let names = |tables: &[Table]| -> Vec<String> {
        tables.iter().map(|table| table.name.clone()).collect()
    };
    assert_eq!(names(&ours), names(&theirs));
    assert!(ours.len() > 40, "{}", ours.len());
    for (sqlite, postgres) in ours.iter().zip(&theirs) {
        let columns = |table: &Table| -> Vec<_> {
            let columns = table.columns.iter();
            columns
                .map(|column| (column.name.clone(), column.kind, column.nullable))
                .collect()
        };
        let name = &sqlite.name;
        assert_eq!(columns(sqlite), columns(postgres), "{name}");
        assert_eq!(sqlite.primary_key, postgres.primary_key, "{name}");
        let keys = |table: &Table| -> Vec<_> {
            let keys = table.foreign_keys.iter();
            keys.map(|key| (key.columns.clone(), key.table.clone(), key.target.clone()))
                .collect()
        };
        assert_eq!(keys(sqlite), keys(postgres), "{name}");
        assert_eq!(sqlite.unique, postgres.unique, "{name}");
        let indexes = |table: &Table| -> BTreeSet<_> { table.indexes.iter().cloned().collect() };
        assert_eq!(indexes(sqlite), indexes(postgres), "{name}");
    }
}

/// References that nothing is looked up by: the rows that they lead to are never removed, and
/// no query comes that way. An index on them would cost each write and serve nobody.
const NOT_FOLLOWED_BACK: [&str; 9] = [
    "assessments.assessor_id",
    "audit_events.organisation_id",
    "custody_events.organisation_id",
    "handovers.application_id",
    "reception_links.person_id",
    "registration_cases.other_id",
    "repairs.workshop_id",
    "wave_explanations.application_id",
    "wave_pins.application_id",
];

/// Nobody asks what somebody did, but of the audit log.
fn says_who(column: &str) -> bool {
    column.ends_with("_by") || ["actor_id", "api_key_id"].contains(&column)
}

#[tokio::test]
async fn every_reference_that_is_followed_back_has_an_index() {
    let mut missing = Vec::new();
    for table in catalog(&sqlite("references")).await {
        for key in &table.foreign_keys {
            let indexes = &table.indexes;
            let indexed = indexes.iter().any(|index| index.starts_with(&key.columns));
            let name = format!("{}.{}", table.name, key.columns.join(", "));
            let spared = NOT_FOLLOWED_BACK.contains(&name.as_str());
            assert!(!(indexed && spared), "{name} has an index");
            if !indexed && !spared && !key.columns.iter().all(|column| says_who(column)) {
                missing.push(name);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The words of a migration, without comments; types are written as SQLite has them.
fn words(engine: &str, version: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let text = std::fs::read_to_string(root.join(engine).join(version).join("up.sql")).unwrap();
    let mut words = Vec::new();
    for line in text.lines() {
        let code = line.split("--").next().unwrap_or_default();
        let spaced = code
            .replace('(', " ( ")
            .replace(')', " ) ")
            .replace(',', " , ");
        words.extend(spaced.replace(';', " ; ").split_whitespace().map(plain));
    }
    words
}

fn plain(word: &str) -> String {
    match word.to_ascii_uppercase().as_str() {
        "UUID" | "BYTEA" | "BLOB" => "BLOB".to_owned(),
        "INTEGER" | "BIGINT" | "TIMESTAMPTZ" => "INTEGER".to_owned(),
        "TEXT" | "BOOLEAN" => word.to_ascii_uppercase(),
        _ => word.to_owned(),
    }
}

/// Statements without those that each engine writes its own way: triggers, their functions, and
/// the counts that they keep, and an index on what each calls by another name.
fn statements(engine: &str, version: &str) -> Vec<String> {
    let text = words(engine, version).join(" ");
    let kept = text.split(" ;").map(str::trim).filter(|statement| {
        [
            "CREATE TABLE",
            "CREATE INDEX",
            "CREATE UNIQUE",
            "ALTER TABLE",
        ]
        .iter()
        .any(|start| statement.starts_with(start))
            && !statement.starts_with("CREATE TABLE device_count")
            && !statement.starts_with("CREATE INDEX devices_by_place")
    });
    kept.map(str::to_owned).collect()
}

#[test]
fn the_engines_have_the_same_checks_and_defaults() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let version = entry.file_name().to_string_lossy().into_owned();
        let (sqlite, postgres) = (
            statements("sqlite", &version),
            statements("postgres", &version),
        );
        for (ours, theirs) in sqlite.iter().zip(&postgres) {
            assert_eq!(ours, theirs, "{version}");
        }
        assert_eq!(sqlite.len(), postgres.len(), "{version}");
        count += sqlite.len();
    }
    assert!(count > 100, "{count} statements");
}
