//! A database for one test, gone when it is dropped.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use db::{DatabaseSettings, Engine};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

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
        match engine {
            Engine::Sqlite => {
                let file = std::env::temp_dir().join(format!("ressac-test-{}.db", unique()));
                Some(Self {
                    url: format!("sqlite:{}", file.display()),
                    place: Place::File(file),
                })
            }
            Engine::Postgres => {
                let server = Server::of_environment()?;
                let name = format!("t{}", unique());
                server.run(&format!("CREATE DATABASE {name}"));
                Some(server.database(name))
            }
        }
    }

    /// Makes one with today's schema and nothing in it, as a copy of a model that is made once:
    /// all migrations take longer than most tests. None when the engine has no server here.
    pub fn with_schema(engine: Engine) -> Option<Self> {
        let model = format!("ressac_model_{:016x}", fingerprint_of_migrations(engine));
        match engine {
            Engine::Sqlite => {
                let copy = Self::create(engine)?;
                let model = std::env::temp_dir().join(format!("{model}.db"));
                if !model.exists() {
                    let making = Self::create(engine)?;
                    db::migrate(&making.url).expect("migrations that apply");
                    let Place::File(made) = &making.place else {
                        return None;
                    };
                    // whoever was faster made the same
                    std::fs::rename(made, &model).expect("a folder for temporary files");
                }
                let Place::File(file) = &copy.place else {
                    return None;
                };
                std::fs::copy(&model, file).expect("a folder for temporary files");
                Some(copy)
            }
            Engine::Postgres => {
                let server = Server::of_environment()?;
                server.make_once(&model);
                let name = format!("t{}", unique());
                server.run(&format!("CREATE DATABASE {name} TEMPLATE {model}"));
                Some(server.database(name))
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

/// A name that nothing else has.
#[allow(clippy::disallowed_methods)] // not an id of ours
fn unique() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Differs when a migration does, so that no test runs on yesterday's model.
fn fingerprint_of_migrations(engine: Engine) -> u64 {
    let tree = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../migrations")
        .join(tree);
    let mut migrations: Vec<_> = std::fs::read_dir(folder)
        .expect("the migrations")
        .map(|entry| entry.expect("a migration").path().join("up.sql"))
        .collect();
    migrations.sort();
    let mut hasher = DefaultHasher::new();
    for migration in migrations {
        std::fs::read(&migration)
            .expect("its statements")
            .hash(&mut hasher);
    }
    hasher.finish()
}

/// The throw-away PostgreSQL that `scripts/with-postgres` starts.
struct Server {
    admin_url: String,
}

impl Server {
    fn of_environment() -> Option<Self> {
        let admin_url = std::env::var("RESSAC_TEST_POSTGRES").ok()?;
        Some(Self { admin_url })
    }

    fn admin(&self) -> PgConnection {
        PgConnection::establish(&self.admin_url).expect("the test server answers")
    }

    fn run(&self, statement: &str) {
        self.admin()
            .batch_execute(statement)
            .expect("a database of one's own");
    }

    fn database(&self, name: String) -> TestDatabase {
        let (base, query) = self
            .admin_url
            .split_once('?')
            .unwrap_or((&self.admin_url, ""));
        let (server, _) = base.rsplit_once('/').expect("a database in the URL");
        TestDatabase {
            url: format!("{server}/{name}?{query}"),
            place: Place::Server {
                admin_url: self.admin_url.clone(),
                name,
            },
        }
    }

    /// Makes a database that others are copied from, unless it is there. It gets its name when
    /// it is whole: tests run side by side in programs of their own.
    fn make_once(&self, model: &str) {
        const LOCK: i64 = 0x006d_6f64_656c;
        let mut admin = self.admin();
        let is_there = |admin: &mut PgConnection| {
            let count = diesel::sql_query("SELECT COUNT(*) FROM pg_database WHERE datname = $1")
                .bind::<diesel::sql_types::Text, _>(model);
            count.get_result::<Count>(admin).expect("an answer").count > 0
        };
        if is_there(&mut admin) {
            return;
        }
        admin
            .batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))
            .expect("a lock");
        if !is_there(&mut admin) {
            let making = format!("m{}", unique());
            self.run(&format!("CREATE DATABASE {making}"));
            let database = self.database(making.clone());
            db::migrate(&database.url).expect("migrations that apply");
            self.run(&format!("ALTER DATABASE {making} RENAME TO {model}"));
        }
        admin
            .batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"))
            .expect("a lock");
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
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
