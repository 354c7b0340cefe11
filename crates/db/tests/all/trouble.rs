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

/// Counts without an end, but asks for each row whether it is to go on.
const ENDLESS: &str = "WITH RECURSIVE n (i) AS
    (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE still_wanted()) SELECT i FROM n WHERE i = 0";

fn endless(db: &mut Db) -> db::Result<usize> {
    Ok(diesel::sql_query(ENDLESS).execute(db)?)
}

/// On its only connection, which is free again once the scan on it has ended.
fn alone(name: &str, statement_limit: Option<Duration>) -> Arc<Database> {
    let settings = DatabaseSettings {
        url: sqlite(name),
        connections: 1,
        statement_limit,
    };
    Arc::new(Database::open(settings, Arc::new(SystemClock)).expect("opens"))
}

#[tokio::test]
async fn a_scan_on_sqlite_ends_at_its_limit() {
    let database = alone("scan_limit", Some(Duration::from_millis(200)));
    let ended = database.read(endless).await;
    assert!(matches!(ended, Err(Error::Unavailable(_))), "{ended:?}");
    assert_eq!(count(&database).await, 0);
}

#[tokio::test]
async fn a_scan_on_sqlite_ends_when_its_client_has_gone() {
    let database = alone("scan_gone", None);
    let asked = tokio::time::timeout(Duration::from_millis(50), database.read(endless));
    assert!(asked.await.is_err(), "it has no end");
    assert_eq!(count(&database).await, 0);
}

#[tokio::test]
async fn long_reads_leave_room_for_quick_ones_and_do_not_queue_without_end() {
    for url in [Some(sqlite("long_reads")), postgres("long_reads")]
        .into_iter()
        .flatten()
    {
        let database = open(&url);
        let (release, held) = std::sync::mpsc::channel::<()>();
        let held = std::sync::Mutex::new(held);
        let under_way = Arc::clone(&database);
        let (begun, begins) = tokio::sync::oneshot::channel();
        let first = tokio::spawn(async move {
            let reading = under_way.read_long(None, move |_| {
                let _ = begun.send(());
                let _ = held.lock().expect("held").recv();
                Ok(())
            });
            reading.await
        });
        begins.await.expect("it reads");
        let mut waiting: Vec<_> = (0..40)
            .map(|_| {
                let database = Arc::clone(&database);
                tokio::spawn(async move { database.read_long(None, |_| Ok(())).await })
            })
            .collect();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(count(&database).await, 0, "quick reads are served");
        let sent_away = waiting.iter().filter(|task| task.is_finished()).count();
        assert_eq!(sent_away, 8, "of 40, 32 wait");
        release.send(()).expect("released");
        first.await.expect("runs").expect("reads");
        let mut served = 0;
        for task in waiting.drain(..) {
            served += usize::from(task.await.expect("runs").is_ok());
        }
        assert_eq!(served, 32);
    }
}

#[tokio::test]
async fn a_probe_finds_that_many_writes_fail_though_its_own_does_not() {
    let database = open(&sqlite("probe_share"));
    tell_writer(&database, "PRAGMA max_page_count = 1").await;
    for _ in 0..3 {
        assert!(count_up(&database, "x".repeat(100_000)).await.is_err());
    }
    let refused = database.probe().await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn how_long_each_use_case_holds_its_transaction_is_kept_by_its_name() {
    for url in [Some(sqlite("holds")), postgres("holds")]
        .into_iter()
        .flatten()
    {
        let database = open(&url);
        let write = database.write(|_| {
            std::thread::sleep(Duration::from_millis(20));
            Ok(())
        });
        db::named("PUT a list".into(), write)
            .await
            .expect("written");
        count_up(&database, "unnamed".to_owned())
            .await
            .expect("one");
        let holds = database.holds();
        let of = |name: &str| {
            let hold = holds.iter().find(|(known, _)| &**known == name);
            hold.map(|(_, hold)| *hold).expect(name)
        };
        assert_eq!((of("PUT a list").times, of("other").times), (1, 1));
        assert!(of("PUT a list").longest >= Duration::from_millis(20));
    }
}

#[tokio::test]
async fn who_waits_too_long_behind_another_writer_is_told_and_nothing_is_done_later() {
    let database = alone("behind", Some(Duration::from_millis(200)));
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let (begun, begins) = std::sync::mpsc::channel::<()>();
    let long = Arc::clone(&database);
    let first = tokio::spawn(async move {
        let writing = long.write(move |tx| {
            let _ = begun.send(());
            let _ = held.lock().expect("held").recv();
            diesel::insert_into(counters::table)
                .values((counters::name.eq("first"), counters::value.eq(1_i64)))
                .execute(&mut **tx)?;
            Ok(())
        });
        writing.await
    });
    tokio::task::spawn_blocking(move || begins.recv().expect("it writes"))
        .await
        .expect("runs");
    let second = count_up(&database, "second".to_owned()).await;
    assert!(matches!(second, Err(Error::Unavailable(_))), "{second:?}");
    release.send(()).expect("released");
    first.await.expect("runs").expect("what has begun is done");
    count_up(&database, "third".to_owned())
        .await
        .expect("a turn");
    assert_eq!(
        count(&database).await,
        2,
        "the second was given up for good"
    );
}
