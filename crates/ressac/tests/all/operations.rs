//! Backup, restore, check, export and import, as an operator runs them.

use std::path::Path;

use crate::support::letters::all_sent;
use crate::support::{
    Cast, Server, Signal, batches, database, databases, fails, folder, meddle, ressac, run,
    succeeds, text,
};
use testkit::{Engine, TestDatabase, json};

/// Ten devices at the dock, one of them triaged, and a document of an association.
fn fill(url: &str, folder: &Path) -> Cast {
    let cast = Cast::join(url);
    let mut server = Server::start(&mut ressac(folder, url));
    let devices: Vec<_> = (0..10)
        .map(|n| json!({"serial": format!("CZC{n:05}"), "kind": "desktop"}))
        .collect();
    let reception = json!({"devices": devices, "accessories": [{"kind": "mouse", "quantity": 7}]});
    let offer = batches::offer("Postes", 10);
    let received = batches::receive(&server, &cast, offer, None, reception);
    let device = received["devices"][0]["id"].as_str().unwrap();
    cast.refurbisher.post(
        &server.address,
        &format!("/devices/{device}/events"),
        json!({"type": "triaged", "outcome": "keep"}),
    );
    // not killed: a letter that a killed worker had in hand waits minutes for another one
    server.signal(Signal::TERM);
    assert!(server.wait().success());
    cast
}

#[test]
fn a_backup_is_made_while_the_server_runs_and_put_back() {
    let folder = folder("operations-backup");
    let url = "sqlite:var/ressac.db";
    let absolute = format!("sqlite:{}", folder.join("var/ressac.db").display());
    fill(&absolute, &folder);
    let bytes = b"%PDF-1.7 statuts";
    let store = files::FileStore::new(
        folder.join("var/files"),
        std::sync::Arc::new(files::NoScanner),
    );
    let name = store.keep(bytes).unwrap().sha256;
    let server = Server::start(&mut ressac(&folder, url));
    succeeds(&folder, url, &["audit", "head"]); // the server makes no other one by itself then
    all_sent(&absolute); // nor does it note what became of a letter
    succeeds(&folder, url, &["backup", "copy.zip"]);
    assert!(fails(&folder, url, &["backup", "copy.zip"]).contains("there already"));
    succeeds(&folder, url, &["export", "before.jsonl"]);
    // what comes after the backup is gone when it is put back
    meddle(&absolute, "UPDATE batches SET title = 'after'");
    let said = fails(&folder, url, &["restore", "copy.zip"]);
    assert!(said.contains("--force"), "{said}");
    let said = fails(&folder, url, &["restore", "--force", "copy.zip"]);
    assert!(said.contains("stop what uses the database"), "{said}");
    server.kill();
    std::fs::remove_dir_all(folder.join("var/files")).unwrap();
    succeeds(&folder, url, &["restore", "--force", "copy.zip"]);
    succeeds(&folder, url, &["export", "after.jsonl"]);
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let differs = |name: &str| {
        let (before, now) = (text(&read("before.jsonl")), text(&read(name)));
        let mut lines = before.lines().zip(now.lines());
        let line = lines.find(|(before, now)| before != now);
        line.map(|(before, now)| format!("{before}\n{now}"))
            .or_else(|| (before != now).then(|| "one has more lines".to_owned()))
    };
    assert_eq!(differs("after.jsonl"), None, "the database is as it was");
    assert_eq!(store.read(&name).unwrap(), bytes, "and so are the files");
    succeeds(&folder, url, &["check"]);
    // a copy that was damaged on its way is refused, and nothing is touched
    let mut damaged = read("copy.zip");
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    std::fs::write(folder.join("damaged.zip"), damaged).unwrap();
    fails(&folder, url, &["restore", "--force", "damaged.zip"]);
    std::fs::write(folder.join("no.zip"), "no archive").unwrap();
    assert!(fails(&folder, url, &["restore", "--force", "no.zip"]).contains("no backup"));
    succeeds(&folder, url, &["export", "last.jsonl"]);
    assert_eq!(differs("last.jsonl"), None);
    let left: Vec<_> = std::fs::read_dir(folder.join("var"))
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("restored"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn metrics_count_devices_and_waves() {
    let folder = folder("operations-metrics");
    let database = TestDatabase::create(Engine::Sqlite).unwrap();
    let cast = fill(&database.url, &folder);
    let server = Server::start(&mut ressac(&folder, &database.url));
    let programme = cast.staff.post(
        &server.address,
        "/programmes",
        json!({"name": "Marseille", "rubric": "marseille-2023", "kinds": ["desktop"],
            "lot_min": 10, "lot_max": 30, "opens_at": "2023-02-01T00:00:00Z",
            "closes_at": null, "territory": "13055"}),
    );
    let waves = format!("/programmes/{}/waves", programme["id"].as_str().unwrap());
    let wave = json!({"name": "Une", "supply": {"kinds": ["desktop"]}, "seed": "1"});
    cast.staff.post(&server.address, &waves, wave);
    let figures = server.get("/metrics").body;
    for expected in [
        "ressac_devices{stage=\"received\"} 9",
        "ressac_devices{stage=\"triaged\"} 1",
        "ressac_waves{status=\"draft\"} 1",
    ] {
        assert!(figures.contains(expected), "{expected}: {figures}");
    }
}

#[test]
fn postgres_has_tools_of_its_own() {
    let Some(database) = database(Engine::Postgres) else {
        return;
    };
    let folder = folder("operations-tools");
    let said = fails(&folder, &database.url, &["backup", "x.zip"]);
    assert!(said.contains("pg_dump --format=custom"), "{said}");
    let said = fails(&folder, &database.url, &["restore", "x.zip"]);
    assert!(said.contains("pg_restore"), "{said}");
}

#[test]
fn an_export_goes_from_one_engine_to_the_other_and_back() {
    let folder = folder("operations-export");
    let first = TestDatabase::create(Engine::Sqlite).unwrap();
    fill(&first.url, &folder);
    succeeds(&folder, &first.url, &["export", "first.jsonl"]);
    let there =
        TestDatabase::create(Engine::Postgres).or_else(|| TestDatabase::create(Engine::Sqlite));
    let there = there.unwrap();
    succeeds(&folder, &there.url, &["import", "first.jsonl"]);
    succeeds(&folder, &there.url, &["check"]);
    succeeds(&folder, &there.url, &["audit", "verify"]);
    let back = TestDatabase::create(Engine::Sqlite).unwrap();
    let again = succeeds(&folder, &there.url, &["export", "-"]);
    std::fs::write(folder.join("again.jsonl"), &again).unwrap();
    succeeds(&folder, &back.url, &["import", "again.jsonl"]);
    let last = succeeds(&folder, &back.url, &["export", "-"]);
    let started = std::fs::read_to_string(folder.join("first.jsonl")).unwrap();
    assert!(
        started.lines().count() > 100,
        "there is something to compare"
    );
    assert!(
        started == again && again == last,
        "the same lines, whichever way they went"
    );
    let refused = fails(&folder, &back.url, &["import", "again.jsonl"]);
    assert!(refused.contains("not empty"), "{refused}");
}

#[test]
fn check_names_the_first_thing_that_is_broken() {
    for (_, database) in databases() {
        let folder = folder("operations-check");
        let url = database.url.as_str();
        fill(url, &folder);
        let said = succeeds(&folder, url, &["check"]);
        assert!(
            said.contains("ok      custody: 10 devices, 11 events"),
            "{said}"
        );
        let breaks = [
            (
                "UPDATE accessory_stock SET quantity = 6",
                "UPDATE accessory_stock SET quantity = 7",
                "Atelier, mouse: 6 in stock",
            ),
            (
                "UPDATE batches SET status = 'submitted'",
                "UPDATE batches SET status = 'received'",
                "is submitted, device",
            ),
            (
                "UPDATE devices SET stage = 'reserved', erasure_proven = (1 = 1) WHERE serial = 'CZC00003'",
                "UPDATE devices SET stage = 'received', erasure_proven = (1 = 0) WHERE serial = 'CZC00003'",
                "is reserved on no line",
            ),
            (
                "UPDATE devices SET custody_seq = 5 WHERE serial = 'CZC00004'",
                "UPDATE devices SET custody_seq = 1 WHERE serial = 'CZC00004'",
                "BROKEN  custody",
            ),
            (
                "UPDATE __diesel_schema_migrations SET version = '9999' WHERE version = '0001'",
                "UPDATE __diesel_schema_migrations SET version = '0001' WHERE version = '9999'",
                "BROKEN  schema",
            ),
        ];
        for (damage, repair, expected) in breaks {
            meddle(url, damage);
            let output = run(&folder, url, &["check"]);
            let said = text(&output.stdout);
            assert!(!output.status.success(), "{damage}");
            assert!(said.contains(expected), "{damage}: {said}");
            meddle(url, repair);
            succeeds(&folder, url, &["check"]);
        }
        if url.starts_with("sqlite:") {
            meddle(
                url,
                "PRAGMA foreign_keys = OFF; UPDATE devices SET donor_id = x'00' WHERE serial = 'CZC00005'",
            );
            let said = text(&run(&folder, url, &["check"]).stdout);
            assert!(
                said.contains("devices.donor_id names a row of organisations"),
                "{said}"
            );
            meddle(
                url,
                "CREATE TABLE spare (a TEXT); INSERT INTO spare VALUES (NULL);
                 PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET sql = 'CREATE TABLE spare (a TEXT NOT NULL)' WHERE name = 'spare'",
            );
            let said = text(&run(&folder, url, &["check"]).stdout);
            assert!(
                said.contains("BROKEN  pages: NULL value in spare.a"),
                "{said}"
            );
        }
    }
}

#[test]
fn check_finds_a_file_that_is_missing() {
    let folder = folder("operations-files");
    let database = TestDatabase::create(Engine::Sqlite).unwrap();
    fill(&database.url, &folder);
    let tables = "CREATE TABLE more (sha256 TEXT); INSERT INTO more VALUES ('00ff')";
    meddle(&database.url, tables);
    let said = text(&run(&folder, &database.url, &["check"]).stdout);
    assert!(
        said.contains("BROKEN  files: more refers to 00ff, which is missing"),
        "{said}"
    );
}
