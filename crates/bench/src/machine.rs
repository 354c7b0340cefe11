//! On what it was measured.

use db::Db;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};

/// Processor, cores, memory, system.
pub fn machine() -> Value {
    let first = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    json!({"processor": first("/proc/cpuinfo", "model name"), "cores": cores,
        "memory": first("/proc/meminfo", "MemTotal"), "kernel": kernel.trim()})
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The engine's version.
///
/// # Errors
/// When the database fails.
pub fn engine_version(db: &mut Db) -> Result<String, String> {
    let query = match db {
        Db::Sqlite(_) => "SELECT sqlite_version() AS version",
        Db::Postgres(_) => "SELECT current_setting('server_version') AS version",
    };
    let row: Version = diesel::sql_query(query)
        .get_result(db)
        .map_err(|cause| cause.to_string())?;
    Ok(row.version)
}
