//! Databases of one's own, on either engine.

use std::sync::Arc;

use db::{Database, DatabaseSettings};
use diesel::prelude::*;
use kernel::SystemClock;

pub fn open(url: &str) -> Arc<Database> {
    let settings = DatabaseSettings {
        url: url.to_owned(),
        connections: 8,
        statement_limit: None,
    };
    Arc::new(Database::open(settings, Arc::new(SystemClock)).expect("opens"))
}

/// A new file.
pub fn sqlite(name: &str) -> String {
    let around = std::env::var_os("TMPDIR").unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").into());
    let folder = std::path::Path::new(&around).join("databases");
    std::fs::create_dir_all(&folder).expect("folder");
    let file = folder.join(format!("{name}.db"));
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
    format!("sqlite:{}", file.display())
}

/// A database of its own on the server that `scripts/test` started.
pub fn postgres(name: &str) -> Option<String> {
    use diesel::connection::SimpleConnection;
    let server = std::env::var("RESSAC_TEST_POSTGRES").ok()?;
    let mut admin = PgConnection::establish(&server).expect("server");
    admin
        .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        .expect("drop");
    admin
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .expect("create");
    let (base, query) = server.split_once('?').unwrap_or((&server, ""));
    let (prefix, _) = base.rsplit_once('/').expect("url");
    Some(format!("{prefix}/{name}?{query}"))
}
