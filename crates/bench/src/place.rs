//! A database of the run's own, removed when it is over.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

/// Its name on PostgreSQL.
const NAME: &str = "ressac_bench";

/// Where it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// As its folder is called.
    const fn folder(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// As people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// The database, removed when this is dropped.
pub struct Place {
    pub folder: PathBuf,
    pub url: String,
    /// Where to remove it from, on PostgreSQL.
    admin: Option<String>,
}

impl Place {
    /// Makes an empty one.
    ///
    /// # Errors
    /// When there is no PostgreSQL, or the place cannot be written to.
    pub fn make(engine: Engine, folder: &Path) -> Result<Self, String> {
        let folder = folder.join(engine.folder());
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)
            .map_err(|cause| format!("{}: {cause}", folder.display()))?;
        let (url, admin) = match engine {
            Engine::Sqlite => (format!("sqlite:{}/ressac.db", folder.display()), None),
            Engine::Postgres => {
                let admin = server().ok_or("no PostgreSQL: RESSAC_TEST_POSTGRES is not set")?;
                (make_on(&admin)?, Some(admin))
            }
        };
        Ok(Self { folder, url, admin })
    }
}

/// The address of the PostgreSQL that may be used.
pub fn server() -> Option<String> {
    std::env::var("RESSAC_TEST_POSTGRES").ok()
}

fn make_on(admin: &str) -> Result<String, String> {
    let (base, query) = admin.split_once('?').unwrap_or((admin, ""));
    let (server, _) = base.rsplit_once('/').ok_or("a database in the URL")?;
    let mut connection = PgConnection::establish(admin).map_err(|cause| cause.to_string())?;
    for sql in ["DROP DATABASE IF EXISTS", "CREATE DATABASE"] {
        let done = connection.batch_execute(&format!("{sql} {NAME}"));
        done.map_err(|cause| cause.to_string())?;
    }
    Ok(format!("{server}/{NAME}?{query}"))
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        let admin = self.admin.as_deref();
        if let Some(mut admin) = admin.and_then(|it| PgConnection::establish(it).ok()) {
            let _ = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"));
        }
    }
}
