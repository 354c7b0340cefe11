//! Forgeries by somebody who writes to the database with SQL, and has none of the keys.

use std::path::Path;

use db::schema::{custody_events as e, devices as d};
use db::{Db, Engine};
use diesel::prelude::*;
use testkit::{TestDatabase, Value, json};
use workshop::custody::Line;

use crate::support::{
    Cast, Server, batches, databases, folder, meddle, ressac, run, succeeds, text, write,
};

const OPEN: [&str; 2] = [
    "DROP TRIGGER custody_events_update; DROP TRIGGER custody_events_delete;
     DROP TRIGGER audit_events_update; DROP TRIGGER audit_events_delete",
    "DROP TRIGGER custody_events_append_only ON custody_events;
     DROP TRIGGER audit_events_append_only ON audit_events",
];
const TABLES: [&str; 6] = [
    "audit_chains",
    "audit_events",
    "custody_events",
    "chain_epochs",
    "chain_heads",
    "devices",
];

/// Four devices at the dock, one of them triaged and moved.
fn fill(url: &str, folder: &Path) -> (Cast, String) {
    let cast = Cast::join(url);
    let server = Server::start(&mut ressac(folder, url));
    let devices: Vec<_> = (0..4)
        .map(|n| json!({"serial": format!("CZC{n:05}"), "kind": "desktop"}))
        .collect();
    let reception = json!({"devices": devices, "accessories": []});
    let received = batches::receive(&server, &cast, batches::offer("Postes", 4), None, reception);
    let device = received["devices"][0]["id"].as_str().unwrap().to_owned();
    step(
        &server,
        &cast,
        &device,
        json!({"type": "triaged", "outcome": "keep"}),
    );
    step(
        &server,
        &cast,
        &device,
        json!({"type": "moved", "location": "A1"}),
    );
    (cast, device)
}

fn step(server: &Server, cast: &Cast, device: &str, event: Value) {
    let path = format!("/devices/{device}/events");
    cast.refurbisher.post(&server.address, &path, event);
}

/// The triggers are gone, and everything is kept aside to be put back.
fn open(url: &str, engine: Engine) {
    meddle(url, OPEN[usize::from(engine == Engine::Postgres)]);
    keep(url);
}

/// Copies everything to where no command looks.
fn keep(url: &str) {
    if !url.starts_with("sqlite:") {
        meddle(url, "CREATE SCHEMA kept");
    }
    for table in TABLES {
        meddle_kept(
            url,
            &format!("CREATE TABLE kept.{table} AS SELECT * FROM {table}"),
        );
    }
}

/// Writes where the copies are at hand.
fn meddle_kept(url: &str, sql: &str) {
    match url.strip_prefix("sqlite:") {
        Some(place) => meddle(url, &format!("ATTACH '{place}.kept' AS kept; {sql}")),
        None => meddle(url, sql),
    }
}

fn put_back(url: &str) {
    meddle_kept(
        url,
        "INSERT INTO devices SELECT * FROM kept.devices WHERE id NOT IN (SELECT id FROM devices);
         UPDATE devices SET serial = k.serial, stage = k.stage, grade = k.grade,
             triage = k.triage, erasure_proven = k.erasure_proven, location = k.location,
             custody_seq = k.custody_seq, custody_head = k.custody_head
             FROM kept.devices AS k WHERE k.id = devices.id;
         DELETE FROM custody_events; INSERT INTO custody_events SELECT * FROM kept.custody_events;
         DELETE FROM audit_events; DELETE FROM audit_chains;
         INSERT INTO audit_chains SELECT * FROM kept.audit_chains;
         INSERT INTO audit_events SELECT * FROM kept.audit_events;
         DELETE FROM chain_heads; INSERT INTO chain_heads SELECT * FROM kept.chain_heads;
         DELETE FROM chain_epochs; INSERT INTO chain_epochs SELECT * FROM kept.chain_epochs",
    );
}

/// What a command prints that finds something broken.
#[track_caller]
fn finds(folder: &Path, url: &str, arguments: &[&str], expected: &[&str]) {
    let output = run(folder, url, arguments);
    let said = text(&output.stdout);
    assert!(!output.status.success(), "{arguments:?}: {said}");
    for expected in expected {
        assert!(
            said.contains(expected),
            "{arguments:?}: {said}, not {expected}"
        );
    }
}

/// Changes the lines of a device and computes every hash again, as the top of `custody.rs` says;
/// the marks stay, since nobody can make them. `plain` makes them lines of version 1.
fn rewrite(
    url: &str,
    device: &str,
    plain: bool,
    change: impl Fn(&mut Line) + Send + Sync + 'static,
) {
    let device: kernel::DeviceId = device.parse().unwrap();
    write(url, move |tx| {
        let db: &mut Db = tx;
        let mut row: workshop::Device = d::table.find(device).first(db)?;
        let mut head = Vec::new();
        for seq in 1..=row.custody_seq {
            let mut line = line(db, device, seq)?;
            change(&mut line);
            if plain {
                line.state = None;
            }
            let hash = line.hash(&head);
            diesel::update(e::table.find((device, seq)))
                .set((
                    (
                        e::actor_id.eq(line.actor),
                        e::at.eq(line.at),
                        e::evidence.eq(line.evidence),
                    ),
                    (
                        e::prev_hash.eq(&head),
                        e::hash.eq(&hash),
                        e::state.eq(line.state),
                    ),
                ))
                .execute(db)?;
            if plain {
                diesel::update(e::table.find((device, seq)))
                    .set((
                        e::chain_key.eq(None::<String>),
                        e::mac.eq(None::<Vec<u8>>),
                        e::epoch.eq(0),
                    ))
                    .execute(db)?;
            }
            head = hash;
        }
        let seal = row.custody_seal().unwrap_or_default().to_vec();
        row.custody_head = if plain { head } else { [head, seal].concat() };
        diesel::update(d::table.find(device))
            .set(d::custody_head.eq(row.custody_head))
            .execute(db)?;
        Ok(())
    });
}

fn line(db: &mut Db, device: kernel::DeviceId, seq: i32) -> db::Result<Line> {
    let row = e::table.find((device, seq));
    let (id, event_type, at, recorded_at) = row
        .select((e::id, e::event_type, e::at, e::recorded_at))
        .first(db)?;
    let (actor, organisation, from_stage, to_stage) = row
        .select((e::actor_id, e::organisation_id, e::from_stage, e::to_stage))
        .first(db)?;
    let (client_id, evidence, note, state) = row
        .select((e::client_id, e::evidence, e::note, e::state))
        .first(db)?;
    Ok(Line {
        device,
        seq,
        id,
        event_type,
        at,
        recorded_at,
        actor,
        organisation,
        key: None,
        operated_by: None,
        from_stage,
        to_stage,
        client_id,
        evidence,
        note,
        state,
    })
}

#[test]
fn a_forger_without_the_keys_is_found() {
    for (engine, database) in databases() {
        let folder = folder("chains-forged");
        let url = database.url.as_str();
        let (cast, device) = fill(url, &folder);
        let head = succeeds(&folder, url, &["audit", "head"]);
        std::fs::write(folder.join("elsewhere.jsonl"), &head).unwrap();
        let verify = &["audit", "verify", "--heads", "elsewhere.jsonl"][..];
        let said = succeeds(&folder, url, verify);
        assert!(said.contains("heads intact"), "{said}");
        succeeds(&folder, url, &["check"]);
        open(url, engine);
        lines_are_forged(&folder, url, &device, &cast);
        ends_are_cut(&folder, url, verify);
        columns_are_changed(&folder, url);
        succeeds(&folder, url, verify);
        succeeds(&folder, url, &["check"]);
    }
}

/// Who, when and what, with every plain hash computed again.
fn lines_are_forged(folder: &Path, url: &str, device: &str, cast: &Cast) {
    let verify = &["audit", "verify"][..];
    let somebody = cast.staff.person;
    let not_ours = "event 2: this line was not written with the program's key";
    rewrite(url, device, false, move |line| {
        if line.seq == 2 {
            line.actor = somebody;
        }
    });
    finds(
        folder,
        url,
        verify,
        &["custody broken: device RS-", not_ours],
    );
    put_back(url);
    rewrite(url, device, false, |line| {
        if line.seq == 2 {
            line.at = line.at.plus_seconds(-86_400);
        }
    });
    finds(folder, url, verify, &[not_ours]);
    put_back(url);
    rewrite(url, device, false, |line| {
        if line.seq == 2 {
            line.evidence = "{\"outcome\":\"scrap\"}".to_owned();
        }
    });
    finds(folder, url, verify, &[not_ours]);
    put_back(url);
    // as if it had been written before there were keys
    rewrite(url, device, true, |line| line.note = None);
    finds(
        folder,
        url,
        verify,
        &["custody broken: device RS-", "outside the program"],
    );
    put_back(url);
}

/// Ends of chains, whole chains, heads.
fn ends_are_cut(folder: &Path, url: &str, verify: &[&str]) {
    let cases = [
        (
            "DELETE FROM custody_events WHERE seq = 3;
             UPDATE devices SET custody_seq = 2, location = NULL, custody_head = (
                 SELECT hash FROM custody_events AS e WHERE e.device_id = devices.id AND e.seq = 2)
             WHERE custody_seq = 3",
            "custody broken: device RS-",
        ),
        (
            "DELETE FROM custody_events WHERE device_id IN (
                 SELECT id FROM devices WHERE serial = 'CZC00003');
             DELETE FROM devices WHERE serial = 'CZC00003'",
            "heads broken: head 1: it counts",
        ),
        (
            "DELETE FROM audit_events WHERE seq > 1;
             UPDATE audit_chains SET seq = 1, head = (
                 SELECT hash FROM audit_events AS e
                 WHERE e.subject_id = audit_chains.subject_id AND e.seq = 1)
             WHERE seq > 1",
            "audit log broken: ",
        ),
        (
            "DELETE FROM audit_events; DELETE FROM audit_chains",
            "heads broken: head 1: it counts",
        ),
        (
            "DELETE FROM chain_heads",
            "heads broken: head 0 was kept elsewhere and is not in the database",
        ),
        (
            "DELETE FROM chain_heads WHERE number = 0",
            "heads broken: head 1: it does not follow",
        ),
        (
            "UPDATE chain_heads SET line = replace(line, '\"lines\":', '\"lines\":1')",
            "heads broken: head 0: its signature",
        ),
        (
            "UPDATE custody_events SET epoch = epoch + 1 WHERE seq = 3",
            "heads broken: head 1: it counts",
        ),
        (
            "UPDATE custody_events SET chain_key = NULL, mac = NULL WHERE seq = 3",
            "this line was not written with the program's key",
        ),
    ];
    for (damage, expected) in cases {
        meddle(url, damage);
        finds(folder, url, verify, &[expected]);
        put_back(url);
    }
}

/// What the rules would have had to decide.
fn columns_are_changed(folder: &Path, url: &str) {
    for (column, value) in [
        ("grade", "'A'"),
        ("serial", "'CZC99999'"),
        ("erasure_proven", "(1 = 1)"),
        ("location", "'B7'"),
    ] {
        meddle(
            url,
            &format!("UPDATE devices SET {column} = {value} WHERE custody_seq = 3"),
        );
        let named = format!(": {column} is ");
        finds(
            folder,
            url,
            &["check"],
            &["BROKEN  custody: device RS-", &named],
        );
        finds(folder, url, &["audit", "verify"], &["outside the program"]);
        put_back(url);
    }
    meddle(url, "UPDATE custody_events SET state = '{}' WHERE seq = 1");
    finds(folder, url, &["check"], &["BROKEN  custody", "altered"]);
    put_back(url);
}

#[test]
fn keys_are_replaced_and_lost() {
    for (_, database) in databases() {
        let folder = folder("chains-keys");
        let url = database.url.as_str();
        let (cast, device) = fill(url, &folder);
        succeeds(&folder, url, &["audit", "head"]);
        let first = std::fs::read_to_string(folder.join("var/chain.key")).unwrap();
        succeeds(&folder, url, &["admin", "rotate-chain-key"]);
        succeeds(&folder, url, &["admin", "rotate-head-key"]);
        let server = Server::start(&mut ressac(&folder, url));
        step(
            &server,
            &cast,
            &device,
            json!({"type": "moved", "location": "A2"}),
        );
        server.kill();
        succeeds(&folder, url, &["audit", "head"]);
        let said = succeeds(&folder, url, &["audit", "verify"]);
        assert!(
            said.contains("heads intact") && !said.contains("lost"),
            "{said}"
        );
        let ids = succeeds(&folder, url, &["audit", "keys"]);
        let ids: Vec<&str> = ids
            .lines()
            .filter_map(|line| line.strip_prefix("marks lines: "))
            .collect();
        assert_eq!(ids.len(), 2);

        // the older key is gone: its lines hold no more, until that is said openly
        let both = std::fs::read_to_string(folder.join("var/chain.key")).unwrap();
        assert_eq!(both.lines().nth(1), first.lines().next());
        std::fs::write(folder.join("var/chain.key"), both.lines().next().unwrap()).unwrap();
        finds(
            &folder,
            url,
            &["audit", "verify"],
            &["not written with the program's key"],
        );
        let lost = format!("[chain]\nlost_keys = [\"{}\"]\n", ids[1]);
        std::fs::write(folder.join("lost.toml"), lost).unwrap();
        let said = succeeds(&folder, url, &["--config", "lost.toml", "audit", "verify"]);
        assert!(
            said.contains("lines bear the mark of a key that is lost"),
            "{said}"
        );

        // all keys gone: nothing starts as if there had never been one
        std::fs::remove_file(folder.join("var/chain.key")).unwrap();
        let said = text(&run(&folder, url, &["audit", "verify"]).stderr);
        assert!(said.contains("chain.lost_keys"), "{said}");
    }
}

#[test]
fn what_was_written_before_there_were_keys_is_sealed_once() {
    for (engine, database) in databases() {
        let folder = folder("chains-upgrade");
        let url = database.url.as_str();
        let (cast, device) = fill(url, &folder);
        older(url, engine, &folder);
        let said = succeeds(&folder, url, &["audit", "verify"]);
        assert!(
            said.contains("1 heads") && said.contains("heads intact"),
            "{said}"
        );
        succeeds(&folder, url, &["check"]);
        let server = Server::start(&mut ressac(&folder, url));
        step(
            &server,
            &cast,
            &device,
            json!({"type": "moved", "location": "A2"}),
        );
        server.kill();
        succeeds(&folder, url, &["audit", "head"]);
        succeeds(&folder, url, &["audit", "verify"]);
        succeeds(&folder, url, &["check"]);
        keep(url);
        // an old device's log, with its hashes computed again
        let old = other(url, &device);
        rewrite(url, &old, true, |line| line.at = line.at.plus_seconds(-60));
        finds(
            &folder,
            url,
            &["audit", "verify"],
            &["custody broken: device RS-"],
        );
        put_back(url);
        meddle(url, "UPDATE devices SET grade = 'A' WHERE custody_seq = 1");
        finds(&folder, url, &["check"], &["BROKEN  custody: device RS-"]);
        put_back(url);
        // who has no file of keys cannot have it sealed again
        meddle(url, "DELETE FROM chain_heads; DELETE FROM chain_epochs");
        rewrite(url, &old, true, |line| line.at = line.at.plus_seconds(-60));
        finds(
            &folder,
            url,
            &["audit", "verify"],
            &["custody broken: device RS-"],
        );
    }
}

/// The database as a program without keys had left it; and no key.
fn older(url: &str, engine: Engine, folder: &Path) {
    meddle(url, OPEN[usize::from(engine == Engine::Postgres)]);
    for device in all(url) {
        rewrite(url, &device, true, |_| {});
    }
    meddle(
        url,
        "UPDATE audit_events SET chain_key = NULL, mac = NULL, epoch = 0;
         UPDATE audit_chains SET seal = NULL; DELETE FROM chain_heads; DELETE FROM chain_epochs",
    );
    for file in ["chain.key", "heads.key", "heads.jsonl"] {
        std::fs::remove_file(folder.join("var").join(file)).unwrap();
    }
}

fn all(url: &str) -> Vec<String> {
    let ids: Vec<kernel::DeviceId> =
        crate::support::read(url, |db| Ok(d::table.select(d::id).load(db)?));
    ids.iter().map(ToString::to_string).collect()
}

fn other(url: &str, device: &str) -> String {
    all(url).into_iter().find(|id| id != device).unwrap()
}

#[test]
fn heads_leave_the_machine() {
    let folder = folder("chains-heads");
    let database = TestDatabase::create(Engine::Sqlite).unwrap();
    let url = database.url.as_str();
    fill(url, &folder);
    let head = succeeds(&folder, url, &["audit", "head"]);
    let kept = std::fs::read_to_string(folder.join("var/heads.jsonl")).unwrap();
    assert!(kept.ends_with(&head), "{kept}");
    let server = Server::start(&mut ressac(&folder, url));
    let published = server.get("/donnees/chaines.jsonl");
    assert_eq!(published.status, 200);
    assert!(published.body.starts_with(&kept), "{}", published.body);
    let after = server.get("/donnees/chaines.jsonl?after=0");
    assert!(!after.body.contains("\"number\":0"), "{}", after.body);
}

#[test]
fn decisions_are_compared_with_what_they_were_made_from() {
    let folder = folder("chains-decisions");
    let database = TestDatabase::create(Engine::Sqlite).unwrap();
    let url = database.url.as_str();
    succeeds(
        &folder,
        url,
        &[
            "admin",
            "generate",
            "--devices",
            "300",
            "--associations",
            "8",
        ],
    );
    succeeds(&folder, url, &["audit", "head"]);
    let said = succeeds(&folder, url, &["audit", "verify"]);
    assert!(said.contains("heads intact"), "{said}");
    let said = succeeds(&folder, url, &["check"]);
    assert!(said.contains("computed again"), "{said}");
    meddle(
        url,
        "UPDATE assessments SET points = points - 1 WHERE rowid = (
             SELECT s.rowid FROM assessments AS s JOIN applications AS a ON a.id = s.application_id
             WHERE s.points > 0 AND NOT s.recused AND a.status = 'eligible' LIMIT 1)",
    );
    finds(&folder, url, &["check"], &["BROKEN  scores: application "]);
    meddle(
        url,
        "UPDATE applications SET score = score - 1 WHERE score > 0",
    );
    finds(
        &folder,
        url,
        &["check"],
        &["BROKEN  scores: application ", "by its inputs"],
    );
}
