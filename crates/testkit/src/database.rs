//! A database for one test, gone when it is dropped.

use std::path::PathBuf;

use db::{DatabaseSettings, Engine};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

/// Where a test's data lives.
#[derive(Debug)]
pub struct TestDatabase {
    /// For `DATABASE_URL`.
    pub url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Server { admin_url: String, name: String },
}

impl TestDatabase {
    /// Makes an empty one; none when the engine has no server here.
    pub fn create(engine: Engine) -> Option<Self> {
        #[allow(clippy::disallowed_methods)] // a name, not an id of ours
        let unique = uuid::Uuid::new_v4().simple().to_string();
        match engine {
            Engine::Sqlite => {
                let file = std::env::temp_dir().join(format!("ressac-test-{unique}.db"));
                Some(Self {
                    url: format!("sqlite:{}", file.display()),
                    place: Place::File(file),
                })
            }
            Engine::Postgres => {
                let admin_url = std::env::var("RESSAC_TEST_POSTGRES").ok()?;
                let name = format!("t{unique}");
                let mut admin =
                    PgConnection::establish(&admin_url).expect("the test server answers");
                admin
                    .batch_execute(&format!("CREATE DATABASE {name}"))
                    .expect("a database of one's own");
                let (base, query) = admin_url.split_once('?').unwrap_or((&admin_url, ""));
                let (server, _) = base.rsplit_once('/').expect("a database in the URL");
                Some(Self {
                    url: format!("{server}/{name}?{query}"),
                    place: Place::Server { admin_url, name },
                })
            }
        }
    }

    /// How to open it.
    pub fn settings(&self) -> DatabaseSettings {
        DatabaseSettings {
            url: self.url.clone(),
            connections: 10,
            statement_limit: None,
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.place {
            Place::File(file) => {
                for suffix in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
                }
            }
            Place::Server { admin_url, name } => {
                if let Ok(mut admin) = PgConnection::establish(admin_url) {
                    let _ = admin
                        .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                }
            }
        }
    }
}
