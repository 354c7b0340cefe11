//! The connection itself, on both engines: columns keep their values, a use case keeps
//! all or nothing, and commands that run at once do not lose each other's writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{open, postgres, sqlite};
use db::schema::counters;
use db::{Database, Error};
use diesel::prelude::*;
use kernel::{Code, Organisation};

/// Where an empty database is, on each engine.
fn urls(name: &str) -> Vec<String> {
    let mut urls = vec![sqlite(name)];
    urls.extend(postgres(&format!("engines_{name}")));
    urls
}

fn both(name: &str) -> Vec<Arc<Database>> {
    urls(name).iter().map(|url| open(url)).collect()
}

#[tokio::test]
async fn a_database_in_use_opens_a_second_time() {
    for url in urls("in_use") {
        let serving = open(&url);
        increment(&serving).await.expect("increments");
        let command = open(&url);
        assert_eq!(increment(&command).await.expect("increments"), 2);
        assert_eq!(increment(&serving).await.expect("increments"), 3);
    }
}

#[test]
fn programs_that_start_at_once_migrate_once() {
    for url in urls("start") {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| open(&url));
            }
        });
        assert_eq!(
            open(&url).schema_state().expect("state"),
            db::SchemaState::Current
        );
    }
}

async fn increment(database: &Database) -> db::Result<i64> {
    database
        .write(|tx| {
            let value: Option<i64> = counters::table
                .find("n")
                .select(counters::value)
                .first(&mut **tx)
                .optional()?;
            match value {
                None => diesel::insert_into(counters::table)
                    .values((counters::name.eq("n"), counters::value.eq(1_i64)))
                    .execute(&mut **tx)?,
                Some(value) => diesel::update(counters::table.find("n"))
                    .set(counters::value.eq(value + 1))
                    .execute(&mut **tx)?,
            };
            Ok(value.unwrap_or(0) + 1)
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_commands_do_not_lose_writes() {
    for database in both("increments") {
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let database = Arc::clone(&database);
            tasks.push(tokio::spawn(async move {
                for _ in 0..10 {
                    increment(&database).await.expect("increments");
                }
            }));
        }
        for task in tasks {
            task.await.expect("task");
        }
        let value: i64 = database
            .read(|db| Ok(counters::table.select(counters::value).first(db)?))
            .await
            .expect("reads");
        assert_eq!(value, 80, "{:?}", database.engine());
    }
}

#[tokio::test]
async fn what_is_refused_or_panics_leaves_no_trace() {
    for database in both("refused") {
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let refused = database
            .write(move |tx| -> db::Result<()> {
                counted.fetch_add(1, Ordering::Relaxed);
                diesel::insert_into(counters::table)
                    .values((counters::name.eq("gone"), counters::value.eq(1_i64)))
                    .execute(&mut **tx)?;
                Err(Code::StatusNotAllowed.into())
            })
            .await;
        assert!(matches!(refused, Err(Error::Refused(_))));
        assert_eq!(
            runs.load(Ordering::Relaxed),
            1,
            "alone, it is not run again"
        );
        let panicked = database
            .write(|tx| -> db::Result<()> {
                diesel::insert_into(counters::table)
                    .values((counters::name.eq("gone"), counters::value.eq(1_i64)))
                    .execute(&mut **tx)?;
                panic!("on purpose")
            })
            .await;
        assert!(matches!(panicked, Err(Error::Internal(_))));
        let rows: i64 = database
            .read(|db| Ok(counters::table.count().get_result(db)?))
            .await
            .expect("reads");
        assert_eq!(rows, 0);
        increment(&database).await.expect("goes on");
    }
}

/// Adds one to `n`, and goes on as `end` says.
async fn add_and(database: &Database, end: fn() -> db::Result<()>) -> db::Result<()> {
    database
        .write(move |tx| {
            increment_in(tx)?;
            end()
        })
        .await
}

/// Holds SQLite's writer until the sender is dropped, so that the commands that come meanwhile
/// share one transaction.
async fn hold(
    database: &Arc<Database>,
) -> (std::sync::mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let runs = Arc::new(tokio::sync::Notify::new());
    let (own, running) = (Arc::clone(database), Arc::clone(&runs));
    let holding = tokio::spawn(async move {
        let wait = move |_: &mut db::Tx<'_>| {
            running.notify_one();
            let _ = held.lock().expect("alone").recv();
            Ok(())
        };
        own.write(wait).await.expect("holds");
    });
    runs.notified().await;
    (release, holding)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commands_that_share_a_commit_do_not_share_their_failures() {
    let ends: [fn() -> db::Result<()>; 3] = [
        || Ok(()),
        || Err(Code::StatusNotAllowed.into()),
        || panic!("on purpose"),
    ];
    for database in both("shared") {
        increment(&database).await.expect("begins");
        let (release, holding) = hold(&database).await;
        let mut tasks = Vec::new();
        for n in 0..30 {
            let own = Arc::clone(&database);
            tasks.push(tokio::spawn(async move {
                match n % 4 {
                    // refused before anything is written
                    3 => own.write(|_| Err(Code::NotFound.into())).await,
                    n => add_and(&own, ends[n]).await,
                }
            }));
        }
        while database.engine() == db::Engine::Sqlite && database.usage().waiting_writes < 30 {
            tokio::task::yield_now().await;
        }
        drop(release);
        holding.await.expect("held");
        for (n, task) in tasks.into_iter().enumerate() {
            let outcome = task.await.expect("answered");
            let as_expected = match n % 4 {
                0 => outcome.is_ok(),
                2 => matches!(outcome, Err(Error::Internal(_))),
                _ => matches!(outcome, Err(Error::Refused(_))),
            };
            assert!(as_expected, "{n}: {outcome:?}");
        }
        let value = increment(&database).await.expect("reads");
        assert_eq!(value, 1 + 8 + 1, "{:?}", database.engine());
    }
}

#[tokio::test]
async fn what_is_committed_reaches_the_file_beside_the_writer() {
    const NAME: &str = "a name that stands nowhere else";
    let url = sqlite("copied");
    let database = open(&url);
    let file = url.strip_prefix("sqlite:").expect("a file");
    let in_file = || {
        let bytes = std::fs::read(file).expect("reads");
        bytes
            .windows(NAME.len())
            .any(|part| part == NAME.as_bytes())
    };
    assert!(!in_file());
    database
        .write(|tx| {
            let row = (counters::name.eq(NAME), counters::value.eq(1_i64));
            Ok(diesel::insert_into(counters::table)
                .values(row)
                .execute(&mut **tx)?)
        })
        .await
        .expect("writes");
    // nobody else writes, nor closes the database: its own thread has to do it
    while !in_file() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_savepoint_undoes_only_its_part() {
    for database in both("savepoint") {
        database
            .write(|tx| {
                increment_in(tx)?;
                let part = tx.savepoint(|tx| -> db::Result<()> {
                    increment_in(tx)?;
                    Err(Code::StatusNotAllowed.into())
                });
                assert!(part.is_err());
                Ok(())
            })
            .await
            .expect("writes");
        assert_eq!(increment(&database).await.expect("increments"), 2);
    }
}

fn increment_in(tx: &mut db::Tx<'_>) -> db::Result<()> {
    let changed = diesel::update(counters::table.find("n"))
        .set(counters::value.eq(counters::value + 1))
        .execute(&mut **tx)?;
    if changed == 0 {
        diesel::insert_into(counters::table)
            .values((counters::name.eq("n"), counters::value.eq(1_i64)))
            .execute(&mut **tx)?;
    }
    Ok(())
}

#[tokio::test]
async fn ids_and_moments_come_back_as_they_went() {
    use db::schema::organisations as o;
    for database in both("columns") {
        let (id, now) = database
            .write(|tx| {
                let (id, now) = (tx.new_id::<Organisation>(), tx.now());
                diesel::insert_into(o::table)
                    .values((
                        o::id.eq(id),
                        o::kind.eq("city"),
                        o::name.eq("Marseille"),
                        o::name_key.eq("marseille"),
                        o::status.eq("verified"),
                        o::address.eq(""),
                        o::postal_code.eq("13001"),
                        o::commune.eq("Marseille"),
                        o::version.eq(1),
                        o::created_at.eq(now),
                        o::updated_at.eq(now),
                    ))
                    .execute(&mut **tx)?;
                Ok((id, now))
            })
            .await
            .expect("writes");
        let read = database
            .read(move |db| {
                Ok(o::table
                    .filter(o::id.eq(id))
                    .filter(o::created_at.le(now))
                    .select((o::id, o::created_at, o::siret))
                    .first::<(kernel::OrganisationId, kernel::Instant, Option<String>)>(db)?)
            })
            .await
            .expect("reads");
        assert_eq!(read, (id, now, None));
    }
}

#[tokio::test]
async fn reads_cannot_write_on_sqlite() {
    let database = open(&sqlite("readonly"));
    let outcome = database
        .read(|db| {
            diesel::insert_into(counters::table)
                .values((counters::name.eq("n"), counters::value.eq(1_i64)))
                .execute(db)?;
            Ok(())
        })
        .await;
    assert!(outcome.is_err());
}

/// Merges of the search index are not left to whoever commits at the wrong time, and not left out.
#[tokio::test]
async fn the_writer_keeps_the_segments_of_search_indexes_few() {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let count = |db: &mut db::Db, query: &str| -> db::Result<i64> {
        let row: Count = diesel::RunQueryDsl::get_result(diesel::sql_query(query), db)?;
        Ok(row.count)
    };
    let database = open(&sqlite("segments"));
    for n in 0..200 {
        let added = database.write(move |tx| {
            let insert = format!(
                "INSERT INTO device_search (rowid, search_key) VALUES ({n}, 'rs{n} elitedesk {n}')"
            );
            Ok(diesel::connection::SimpleConnection::batch_execute(
                &mut **tx, &insert,
            )?)
        });
        added.await.expect("added");
    }
    let automerge = "SELECT v AS count FROM device_search_config WHERE k = 'automerge'";
    let segments = "SELECT count(DISTINCT segid) AS count FROM device_search_idx";
    let (automerge, segments) = database
        .read(move |db| Ok((count(db, automerge)?, count(db, segments)?)))
        .await
        .expect("reads");
    assert_eq!(automerge, 0);
    assert!((1..16).contains(&segments), "{segments}");
}
