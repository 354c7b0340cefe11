//! A full disk, a file that cannot be written, a read without end, a clock that jumps back:
//! what a use case is told, and that the next one is served.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{open, postgres, sqlite};
use db::schema::counters;
use db::{Database, DatabaseSettings, Db, Error};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kernel::{Clock, Id, ManualClock, Person, SystemClock};

async fn tell_writer(database: &Database, pragma: &'static str) {
    let told = database
        .write(move |tx| Ok(tx.batch_execute(pragma)?))
        .await;
    told.expect("a pragma");
}

async fn count_up(database: &Database, text: String) -> db::Result<()> {
    let counted = database.write(move |tx| {
        diesel::insert_into(counters::table)
            .values((counters::name.eq(&text), counters::value.eq(1_i64)))
            .execute(&mut **tx)?;
        Ok(())
    });
    counted.await
}

async fn count(database: &Database) -> i64 {
    let read = database.read(|db| Ok(counters::table.count().get_result(db)?));
    read.await.expect("reads go on")
}

#[tokio::test]
async fn a_full_disk_is_unavailable_and_passes() {
    let database = open(&sqlite("full"));
    tell_writer(&database, "PRAGMA max_page_count = 1").await;
    let long = "x".repeat(100_000);
    let refused = count_up(&database, long.clone()).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    assert_eq!(count(&database).await, 0);
    tell_writer(&database, "PRAGMA max_page_count = 1000000").await;
    let counted = count_up(&database, long).await;
    counted.expect("there is room again");
    assert_eq!(count(&database).await, 1);
}

#[tokio::test]
async fn a_read_only_file_is_unavailable_to_who_writes() {
    let database = open(&sqlite("read_only"));
    count_up(&database, "before".to_owned()).await.expect("one");
    tell_writer(&database, "PRAGMA query_only = ON").await;
    let refused = count_up(&database, "after".to_owned()).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    assert_eq!(count(&database).await, 1);
}

#[tokio::test]
async fn a_read_that_takes_too_long_is_given_up() {
    let urls = [Some(sqlite("slow")), postgres("slow")];
    for url in urls.into_iter().flatten() {
        let settings = DatabaseSettings {
            url,
            connections: 2,
            statement_limit: Some(Duration::from_millis(500)),
        };
        let database = Database::open(settings, Arc::new(SystemClock)).expect("opens");
        let slow = database.read(|db: &mut Db| {
            // it ends, since the thread of a read that was given up on SQLite goes on with it
            let long =
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000)
                 SELECT count(*) AS count FROM n";
            Ok(diesel::sql_query(long).execute(db)?)
        });
        assert!(matches!(slow.await, Err(Error::Unavailable(_))));
        assert_eq!(count(&database).await, 0, "others are served");
    }
}

/// What a connection says when it is asked how long it waits.
async fn patience(database: &Database, question: &'static str) -> [String; 2] {
    #[derive(QueryableByName)]
    struct Shown {
        #[diesel(sql_type = diesel::sql_types::Text)]
        shown: String,
    }
    let shown = move |db: &mut Db| -> db::Result<String> {
        let shown: Shown = diesel::sql_query(question).get_result(db)?;
        Ok(shown.shown)
    };
    [
        database.read(shown).await.unwrap(),
        database.write(move |tx| shown(tx)).await.unwrap(),
    ]
}

#[tokio::test]
async fn who_reads_and_who_writes_waits_as_long_as_is_promised() {
    let questions = [
        (
            Some(sqlite("patience")),
            "SELECT timeout || ' ms' AS shown FROM pragma_busy_timeout",
            "10000 ms",
        ),
        (
            postgres("patience"),
            "SELECT current_setting('lock_timeout') || ', '
                    || current_setting('statement_timeout') AS shown",
            "10s, 20s",
        ),
    ];
    for (url, question, expected) in questions {
        let Some(url) = url else { continue };
        let settings = DatabaseSettings {
            url,
            connections: 2,
            statement_limit: Some(Duration::from_secs(20)),
        };
        let database = Database::open(settings, Arc::new(SystemClock)).expect("opens");
        assert_eq!(patience(&database, question).await, [expected; 2]);
    }
}

#[tokio::test]
async fn ids_keep_their_order_when_the_clock_jumps_back() {
    let clock = Arc::new(ManualClock::new("2023-02-28T09:00:00Z".parse().unwrap()));
    let settings = DatabaseSettings {
        url: sqlite("clock"),
        connections: 2,
        statement_limit: None,
    };
    let database = Database::open(settings, clock.clone()).expect("opens");
    let mut last = None;
    for step in [0, 1, -3600, 1, 3600, -3600] {
        let before = clock.now();
        clock.advance_seconds(step);
        assert_eq!(clock.now().seconds_since(before), step);
        for _ in 0..100 {
            let id: Id<Person> = database.write(|tx| Ok(tx.new_id())).await.unwrap();
            assert!(last.is_none_or(|last| last < id.uuid()), "after {step} s");
            last = Some(id.uuid());
        }
    }
}

#[tokio::test]
async fn a_probe_finds_what_cannot_be_written() {
    for url in [Some(sqlite("probe")), postgres("probe")]
        .into_iter()
        .flatten()
    {
        let database = open(&url);
        database.probe().await.expect("in order");
    }
    let database = open(&sqlite("probe_read_only"));
    tell_writer(&database, "PRAGMA query_only = ON").await;
    assert!(matches!(database.probe().await, Err(Error::Unavailable(_))));
    let database = open(&sqlite("probe_schema"));
    tell_writer(
        &database,
        "UPDATE __diesel_schema_migrations SET version = '9999' WHERE version = '0001'",
    )
    .await;
    assert!(matches!(database.probe().await, Err(Error::Unavailable(_))));
}

/// What is deleted cannot be read in the file afterwards, nor in the log beside it once that
/// is copied.
#[tokio::test]
async fn what_is_deleted_is_overwritten() {
    let url = sqlite("overwritten");
    let database = open(&url);
    let filled = database.write(|tx| {
        for n in 0..2_000_i64 {
            let counter = (
                counters::name.eq(format!("jeanne.martin.{n}@asso.example")),
                counters::value.eq(n),
            );
            diesel::insert_into(counters::table)
                .values(counter)
                .execute(&mut **tx)?;
        }
        Ok(())
    });
    filled.await.unwrap();
    let emptied = database.write(|tx| {
        let all = counters::table.filter(counters::name.like("jeanne.martin.%"));
        Ok(diesel::delete(all).execute(&mut **tx)?)
    });
    assert_eq!(emptied.await.unwrap(), 2_000);
    drop(database);
    let file = url.strip_prefix("sqlite:").unwrap();
    let mut connection = diesel::SqliteConnection::establish(file).unwrap();
    connection
        .batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let bytes = std::fs::read(file).unwrap();
    let found = bytes
        .windows(13)
        .filter(|bytes| bytes == b"jeanne.martin")
        .count();
    assert_eq!(found, 0);
}
