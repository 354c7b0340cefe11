//! Forgeries by somebody who writes to the database with SQL, and has none of the keys.

mod forged;
mod keys;

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
