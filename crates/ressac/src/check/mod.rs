//! `check`: whether what is stored fits together. It looks at one moment of the database,
//! prints a line for each check, and for one that fails the first thing that is broken.

mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use db::catalog::{self, ForeignKey, Table};
use db::{Db, SchemaState, backup};
use diesel::prelude::*;
use diesel::sql_types::Text;
use files::FileStore;
use kernel::{ChainKeys, Folds};
use workshop::Verification;

use crate::open::open_unmigrated;
use crate::settings::Settings;
use rules::RULES;

/// What a check found: what it looked at, or the first broken thing.
pub type Found = Result<String, String>;

/// Runs all checks and prints a line for each.
///
/// # Errors
/// A line for the operator, when the database cannot be read.
pub fn run(settings: &Settings) -> Result<ExitCode, String> {
    let database = open_unmigrated(settings)?;
    let store = settings.files.store();
    let keys = database.chain_keys();
    let checked = database.snapshot(move |db| check(db, &store, &keys));
    let results: Vec<(&str, Found)> = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| cause.to_string())?
        .block_on(checked)
        .map_err(|cause| cause.to_string())?;
    let mut code = ExitCode::SUCCESS;
    for (name, found) in results {
        match found {
            Ok(looked_at) => say!("ok      {name}: {looked_at}")?,
            Err(broken) => {
                say!("BROKEN  {name}: {broken}")?;
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn check(
    db: &mut Db,
    store: &FileStore,
    keys: &ChainKeys,
) -> db::Result<Vec<(&'static str, Found)>> {
    let state = schema(db)?;
    let mut results = vec![("schema", state)];
    if results.iter().any(|(_, found)| found.is_err()) {
        return Ok(results); // the others ask for tables that may not be there
    }
    results.push(("pages", pages(db)?));
    let tables = catalog::tables(db)?;
    results.push(("references", references(db, &tables)?));
    results.push(("custody", custody(db, keys)?));
    results.push(("audit log", audit_log(db, keys)?));
    results.push((
        "scores",
        counted(eligibility::verify_scores(db)?, "computed again"),
    ));
    results.push((
        "plans",
        counted(allocation::verify_plans(db)?, "checked again"),
    ));
    for (name, query) in RULES {
        results.push((name, rule(db, query)?));
    }
    results.push(("files", files(db, &tables, store)?));
    Ok(results)
}

fn schema(db: &mut Db) -> db::Result<Found> {
    Ok(match db::schema_state(db)? {
        SchemaState::Current => Ok("this program's".to_owned()),
        SchemaState::Older => Err("older than this program: run `ressac migrate`".to_owned()),
        SchemaState::Newer => Err("newer than this program: run the newer version".to_owned()),
    })
}

fn pages(db: &mut Db) -> db::Result<Found> {
    Ok(match backup::damage(db)?.into_iter().next() {
        None => Ok("whole".to_owned()),
        Some(first) => Err(first),
    })
}

#[derive(QueryableByName)]
struct First {
    #[diesel(sql_type = Text)]
    what: String,
}

/// The query names the first broken thing.
fn rule(db: &mut Db, query: &str) -> db::Result<Found> {
    let first: Option<First> = diesel::sql_query(query).get_result(db).optional()?;
    Ok(match first {
        None => Ok("as it should be".to_owned()),
        Some(first) => Err(first.what),
    })
}

/// Every reference leads somewhere, whatever the engine made sure of.
fn references(db: &mut Db, tables: &[Table]) -> db::Result<Found> {
    let mut count = 0;
    for table in tables {
        for key in &table.foreign_keys {
            count += 1;
            if let Err(broken) = rule(db, &dangling(table, key))? {
                return Ok(Err(broken));
            }
        }
    }
    Ok(Ok(format!("{count} kinds in {} tables", tables.len())))
}

fn dangling(table: &Table, key: &ForeignKey) -> String {
    let name = &table.name;
    let pairs = key.columns.iter().zip(&key.target);
    let same: Vec<_> = pairs
        .map(|(from, to)| format!("there.{to} = here.{from}"))
        .collect();
    let given: Vec<_> = key
        .columns
        .iter()
        .map(|column| format!("here.{column} IS NOT NULL"))
        .collect();
    let (columns, target) = (key.columns.join(", "), &key.table);
    format!(
        "SELECT '{name}.{columns} names a row of {target} that is not there' AS what
         FROM {name} AS here
         WHERE {} AND NOT EXISTS (SELECT 1 FROM {target} AS there WHERE {})
         LIMIT 1",
        given.join(" AND "),
        same.join(" AND ")
    )
}

/// Each device is built again from its log.
fn custody(db: &mut Db, keys: &ChainKeys) -> db::Result<Found> {
    let mut how = Verification {
        keys,
        replay: !keys.is_empty(),
        folds: &mut Folds::default(),
    };
    let report = match workshop::verify_custody(db, &mut how, |_, _| {}) {
        Ok(report) => report,
        Err(cause) => return Ok(Err(format!("a device cannot be read: {cause}"))),
    };
    Ok(match report.broken {
        None => Ok(format!(
            "{} devices, {} events",
            report.devices, report.events
        )),
        Some(link) => Err(link.to_string()),
    })
}

fn counted(found: Result<u64, String>, what: &str) -> Found {
    found.map(|count| format!("{count} {what}"))
}

fn audit_log(db: &mut Db, keys: &ChainKeys) -> db::Result<Found> {
    let report = match identity::verify_audit(db, keys, &mut Folds::default()) {
        Ok(report) => report,
        Err(cause) => return Ok(Err(format!("a line cannot be read: {cause}"))),
    };
    Ok(match report.broken {
        None => Ok(format!(
            "{} subjects, {} recorded",
            report.chains, report.events
        )),
        Some(link) => Err(link),
    })
}

/// What rows refer to by its SHA-256 is in the folder, and still is what came in.
fn files(db: &mut Db, tables: &[Table], store: &FileStore) -> db::Result<Found> {
    let referred = referred_files(db, tables)?;
    let stored: BTreeSet<String> = match store.names() {
        Ok(names) => names.into_iter().collect(),
        Err(cause) => return Ok(Err(cause)),
    };
    for (sha256, table) in &referred {
        if !stored.contains(sha256) {
            return Ok(Err(format!("{table} refers to {sha256}, which is missing")));
        }
        if let Err(cause) = store.read(sha256) {
            return Ok(Err(cause));
        }
    }
    let orphans = stored
        .iter()
        .filter(|name| !referred.contains_key(*name))
        .count();
    Ok(Ok(format!(
        "{} that rows refer to, {orphans} others (removed a day after they came)",
        referred.len()
    )))
}

/// Whether any row refers to a file.
pub fn refers_to_files(db: &mut Db) -> db::Result<bool> {
    let tables = catalog::tables(db)?;
    Ok(!referred_files(db, &tables)?.is_empty())
}

/// Every column of the name `sha256` names files.
fn referred_files(db: &mut Db, tables: &[Table]) -> db::Result<BTreeMap<String, String>> {
    let mut referred = BTreeMap::new();
    let with_files = tables
        .iter()
        .filter(|table| table.columns.iter().any(|column| column.name == "sha256"));
    for table in with_files {
        let query = format!(
            "SELECT DISTINCT sha256 AS what FROM {} WHERE sha256 IS NOT NULL",
            table.name
        );
        let rows: Vec<First> = diesel::sql_query(query).load(db)?;
        referred.extend(rows.into_iter().map(|row| (row.what, table.name.clone())));
    }
    Ok(referred)
}
