//! A database of an older schema, with rows in it, is brought up to date and is like a new one
//! then. No schema is released yet, so each migration stands for one that was; from the first
//! release on, the schemas that were released are what it starts from.

use std::path::Path;
use std::sync::Arc;

use crate::support::{open, postgres, sqlite};
use db::catalog::tables;
use db::search::{Searched, Wanted};
use db::{Database, Db, Engine, SchemaState};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// The migrations of an engine, the oldest first: version and statements.
fn migrations(engine: Engine) -> Vec<(String, String)> {
    let folder = match engine {
        Engine::Sqlite => "../../migrations/sqlite",
        Engine::Postgres => "../../migrations/postgres",
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let sql = std::fs::read_to_string(entry.path().join("up.sql")).unwrap();
            (name.split('_').next().unwrap().to_owned(), sql)
        })
        .collect();
    found.sort();
    found
}

/// Rows for the tables that a migration made; ids are `ID1`, `ID2` …, the moment is `NOW`.
fn rows(version: &str) -> &'static str {
    match version {
        "0001" => {
            "INSERT INTO organisations (id, kind, name, name_key, status, address, postal_code,
                 commune, version, created_at, updated_at)
             VALUES (ID1, 'donor', 'Orange', 'orange', 'verified', '', '13003', 'Marseille', 1, NOW, NOW);
             INSERT INTO people (id, organisation_id, email, name, role, language, disabled,
                 version, created_at, updated_at)
             VALUES (ID2, ID1, 'd@o.example', 'Dora', 'donor', 'fr', (1 = 0), 1, NOW, NOW);"
        }
        "0003" => {
            "INSERT INTO batches (id, reference, donor_id, title, search_key, status, title_route,
                 declared, accessories, pickup, schedule_sequence, created_by, version,
                 created_at, updated_at)
             VALUES (ID3, 'L-1', ID1, 'Postes', 'postes', 'draft', 'donor_to_association',
                 '[]', '[]', '{}', 0, ID2, 1, NOW, NOW);"
        }
        "0004" => {
            "INSERT INTO devices (id, tag, kind, stage, batch_id, donor_id, attributes, cycle,
                 erasure_proven, stage_at, custody_seq, custody_head, search_key, version, updated_at)
             VALUES (ID4, 'RS-1', 'desktop', 'expected', ID3, ID1, '{}', 1, (1 = 0), NOW, 0, BYTES,
                 'rs1 czc0001', 1, NOW);"
        }
        "0005" => {
            "INSERT INTO programmes (id, name, rubric, rubric_version, rubric_text, kinds, lot_min,
                 lot_max, opens_at, territory, created_by, version, created_at, updated_at)
             VALUES (ID5, 'Marseille', 'marseille-2023', '1', '', '[]', 10, 30, NOW, '13055', ID2,
                 1, NOW, NOW);
             INSERT INTO applications (id, reference, programme_id, association_id, status, form,
                 assisted, created_by, version, created_at, updated_at)
             VALUES (ID6, 'D-2023-0001', ID5, ID1, 'draft', '{}', (1 = 0), ID2, 1, NOW, NOW);"
        }
        _ => "",
    }
}

/// As the engine writes ids, bytes and moments.
fn written(engine: Engine, sql: &str) -> String {
    let mut sql = match engine {
        Engine::Sqlite => sql
            .replace("NOW", "1677574800000000")
            .replace("BYTES", "x'00'"),
        Engine::Postgres => sql
            .replace("NOW", "'2023-02-28T09:00:00Z'")
            .replace("BYTES", "'\\x00'"),
    };
    for number in 1..=6 {
        let digits = format!("0186{number:028}");
        let id = match engine {
            Engine::Sqlite => format!("x'{digits}'"),
            Engine::Postgres => format!("'{digits}'"),
        };
        sql = sql.replace(&format!("ID{number}"), &id);
    }
    sql
}

/// The first so many migrations, each with its rows, as a program of that time left them.
fn at_schema(url: &str, engine: Engine, count: usize) {
    let mut all =
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL,
                   run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);"
            .to_owned();
    for (version, sql) in migrations(engine).iter().take(count) {
        all.push_str(sql);
        all.push_str(&written(engine, rows(version)));
        all.push_str(&format!(
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');"
        ));
    }
    match url.strip_prefix("sqlite:") {
        Some(file) => SqliteConnection::establish(file)
            .unwrap()
            .batch_execute(&all),
        None => PgConnection::establish(url).unwrap().batch_execute(&all),
    }
    .unwrap();
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(db: &mut Db, table: &str) -> db::Result<i64> {
    let query = format!("SELECT count(*) AS count FROM {table}");
    let count: Count = diesel::sql_query(query).get_result(db)?;
    Ok(count.count)
}

/// How many rows a search for a word finds, and on SQLite its letters too.
fn found(db: &mut Db, searched: Searched, word: &str) -> db::Result<usize> {
    let few = searched.few::<()>(db, Wanted::words(word))?;
    let word = kernel::squash(word).to_lowercase();
    let query = format!(
        "SELECT count(*) AS count FROM {} WHERE search_key LIKE '%{word}%'",
        searched.table
    );
    let count: Count = diesel::sql_query(query).get_result(db)?;
    let count = usize::try_from(count.count).unwrap();
    assert_eq!(few.map_or(count, |few| few.len()), count);
    Ok(count)
}

/// Opens a database, which brings it up to date.
fn brought_up(url: &str) -> Arc<Database> {
    let database = open(url);
    assert_eq!(database.schema_state().unwrap(), SchemaState::Current);
    database
}

async fn from_every_schema(engine: Engine, new: &dyn Fn(&str) -> String) {
    let fresh = brought_up(&new("upgrade_fresh"))
        .read(tables)
        .await
        .unwrap();
    let all = migrations(engine).len();
    assert!(all > 10, "{all} migrations");
    for applied in 1..all {
        let url = new(&format!("upgrade_{applied}"));
        at_schema(&url, engine, applied);
        let database = brought_up(&url);
        let now = database.read(tables).await.unwrap();
        assert_eq!(now, fresh, "from {applied} migrations");
        let made = [
            ("organisations", 1),
            ("batches", 3),
            ("devices", 4),
            ("programmes", 5),
            ("programme_rubrics", 5),
            ("applications", 5),
        ];
        for (table, since) in made {
            let rows = database.read(move |db| count(db, table)).await.unwrap();
            assert_eq!(rows, i64::from(applied >= since), "{table}, from {applied}");
        }
        let searched = [
            (1, "organisations", "organisation_search", "orange"),
            (3, "batches", "batch_search", "postes"),
            (4, "devices", "device_search", "czc0001"),
            (5, "applications", "application_search", "D-2023-0001"),
            (5, "applications", "application_search", "orange"),
        ];
        for (since, table, letters, word) in searched {
            let found = database
                .read(move |db| found(db, Searched { table, letters }, word))
                .await
                .unwrap();
            assert_eq!(
                found,
                usize::from(applied >= since),
                "{word}, from {applied}"
            );
        }
    }
}

#[tokio::test]
async fn an_older_sqlite_is_brought_up_to_date_with_what_is_in_it() {
    from_every_schema(Engine::Sqlite, &sqlite).await;
}

#[tokio::test]
async fn an_older_postgres_is_brought_up_to_date_with_what_is_in_it() {
    if postgres("upgrade_fresh").is_some() {
        from_every_schema(Engine::Postgres, &|name| postgres(name).unwrap()).await;
    }
}
