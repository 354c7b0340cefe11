//! The chain of custody holds whatever happens, and shows what was altered.
#![allow(
    clippy::print_stderr,
    clippy::disallowed_methods // the time of this machine, to say how long it took
)]

use crate::support::workshop::{
    Dice, advance, any_event, at_once, custody, dock, intact, machine, stock, text, verify,
};
use db::schema::{accessory_stock, custody_events, devices};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use testkit::{Client, TestApp, Value, both_engines, json};

both_engines! {
    fn custody_names_the_first_broken_link(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 2);
        for id in &ids {
            advance(app, id, "nothing");
        }
        assert_eq!(intact(app).events, 14);
        let second: kernel::DeviceId = ids[1].parse().unwrap();
        let refused = app.read(move |db| Ok(set_evidence(db, second).is_err()));
        assert!(refused, "the log cannot be changed through the program's own connection");
        app.write(move |tx| {
            let engine = tx.engine();
            tx.batch_execute(match engine {
                db::Engine::Sqlite => "DROP TRIGGER custody_events_update",
                db::Engine::Postgres => "DROP TRIGGER custody_events_append_only ON custody_events",
            })?;
            set_evidence(tx, second)
        });
        let report = verify(app);
        let broken = report.broken.expect("found");
        assert_eq!((broken.device_id, broken.seq), (second, 4));
        assert!(broken.tag.starts_with("RS-"));
        assert!(broken.what.en.contains("altered"), "{}", broken.what.en);
        let first: kernel::DeviceId = ids[0].parse().unwrap();
        app.write(move |tx| {
            diesel::update(devices::table.find(first)).set(devices::stage.eq("reserved")).execute(&mut **tx)?;
            Ok(())
        });
        let broken = verify(app).broken.expect("found");
        assert_eq!((broken.device_id, broken.seq), (first, 7));
    }

    fn one_altered_byte_is_found_wherever_it_is(app) {
        let (lines, devices_count) = history();
        let serials: Vec<String> = (0..devices_count).map(|n| format!("SER{n:05}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let mut ids: Vec<kernel::DeviceId> = Vec::new();
        for chunk in serials.chunks(500) {
            ids.extend(dock(app, chunk, 0).1.iter().map(|id| id.parse::<kernel::DeviceId>().unwrap()));
        }
        let person: kernel::PersonId = app.refurbisher.person.parse().unwrap();
        let organisation: kernel::OrganisationId = app.refurbisher.organisation.parse().unwrap();
        for chunk in ids.chunks(20) {
            let chunk = chunk.to_vec();
            app.write(move |tx| chunk.iter().try_for_each(|id| lengthen(tx, *id, lines, person, organisation)));
        }
        let start = std::time::Instant::now();
        let report = verify(app);
        eprintln!("{} events of {} devices in {:?}", report.events, report.devices, start.elapsed());
        assert_eq!((report.broken, report.events), (None, ids.len() as u64 * (lines as u64 + 1)));

        app.write(|tx| {
            let engine = tx.engine();
            Ok(tx.batch_execute(match engine {
                db::Engine::Sqlite => "DROP TRIGGER custody_events_update; DROP TRIGGER custody_events_delete",
                db::Engine::Postgres => "DROP TRIGGER custody_events_append_only ON custody_events",
            })?)
        });
        let mut dice = Dice(7);
        for column in COLUMNS {
            let id = ids[dice.below(ids.len())];
            let seq = i32::try_from(2 + dice.below(lines - 1)).unwrap();
            let found = altered(app, id, seq, column).unwrap_or_else(|| panic!("{column} of {id}, {seq}: not found"));
            assert_eq!((found.device_id, found.seq), (id, seq), "{column}");
            assert!(found.to_string().contains(&format!("event {seq}")), "{found}");
        }
        let id = ids[dice.below(ids.len())];
        let last = i32::try_from(lines + 1).unwrap();
        for (what, seq) in [("removed", 2), ("removed", last), ("head", last), ("stage", last), ("added", last + 1)] {
            let found = altered(app, id, seq, what).unwrap_or_else(|| panic!("{what}: not found"));
            assert_eq!((found.device_id, found.seq), (id, seq), "{what}");
        }
        intact(app);
    }

    fn the_database_itself_refuses_what_no_rule_allows(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 1);
        advance(app, &ids[0], "quality_checked");
        let unproven: kernel::DeviceId = ids[1].parse().unwrap();
        let tested: kernel::DeviceId = ids[0].parse().unwrap();
        let tester: kernel::PersonId = app.refurbisher.person.parse().unwrap();
        app.write(move |tx| {
            for stage in ["ready", "reserved", "handed_over", "scrapped", "parts"] {
                let done = tx.savepoint(|tx| {
                    Ok(diesel::update(devices::table.find(unproven)).set(devices::stage.eq(stage)).execute(&mut **tx)?)
                });
                assert!(done.is_err(), "erasure_not_proven: {stage}");
            }
            let signed = tx.savepoint(|tx| {
                let signature = devices::quality_checked_by.eq(tester);
                Ok(diesel::update(devices::table.find(tested)).set(signature).execute(&mut **tx)?)
            });
            assert!(signed.is_err(), "same_person");
            let twice = tx.savepoint(|tx| {
                Ok(diesel::update(devices::table.find(unproven)).set(devices::serial_key.eq("CZC0001")).execute(&mut **tx)?)
            });
            assert!(twice.is_err(), "devices_live_serial");
            let taken = tx.savepoint(|tx| {
                Ok(diesel::update(accessory_stock::table).set(accessory_stock::quantity.eq(-1)).execute(&mut **tx)?)
            });
            assert!(taken.is_err(), "stock_too_low");
            let erased = tx.savepoint(|tx| Ok(diesel::delete(custody_events::table).execute(&mut **tx)?));
            assert!(erased.is_err(), "custody_events is append-only");
            Ok(())
        });
        intact(app);
    }

    fn many_clients_at_once_let_neither_data_nor_counts_slip(app) {
        let serials: Vec<String> = (0..6).map(|n| format!("SER{n:04}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let (_, ids) = dock(app, &serials, 3);
        for id in &ids[..4] {
            advance(app, id, "ready");
        }
        let people: [(&Client, u64); 6] = [(&app.refurbisher, 1), (&app.other_refurbisher, 2), (&app.refurbisher, 3),
            (&app.other_refurbisher, 4), (&app.refurbisher, 5), (&app.other_refurbisher, 6)];
        at_once(&people, |(who, seed)| {
            let mut dice = Dice(seed);
            for n in 0..60 {
                let event = if dice.below(5) == 0 { rare_event(&mut dice) } else { any_event(&mut dice) };
                let chosen = dice.below(ids.len());
                let device = &ids[chosen];
                let path = format!("/devices/{device}/events");
                let reply = match dice.below(9) {
                    0 => {
                        let mut capture = machine(&[(["D1", "D2"][dice.below(2)], "WDC WD10")]);
                        capture[0]["serial"] = json!(if dice.below(4) == 0 { "CZC0099" } else { serials[chosen] });
                        who.put(&format!("/devices/{device}/hardware"), capture)
                    }
                    1 => {
                        let log = nwipe_log(["D1", "D2"][dice.below(2)], ["Erased", "FAILED"][dice.below(2)]);
                        who.send("POST", &format!("/devices/{device}/erasure-reports"), "text/plain", log.as_bytes())
                    }
                    2 => {
                        let body = json!({"field": "serial", "keep": "known", "reason": "vu"});
                        who.post(&format!("/devices/{device}/contradictions"), body)
                    }
                    3 => {
                        let mut line = event;
                        line["device"] = json!(device);
                        line["client_id"] = json!(format!("{seed}-{n}"));
                        who.post("/device-events", json!({"events": [line.clone(), line]}))
                    }
                    _ => who.post(&path, event),
                };
                assert!(matches!(reply.status, 200 | 201 | 409), "{}: {}", reply.status, reply.text());
            }
        });
        let page = app.refurbisher.get("/devices?expand=all").expect(200);
        let mut kits = 0;
        for device in page["items"].as_array().unwrap() {
            let at = text(&device["stage"]);
            kits += i64::from(!device["kit"].is_null());
            if matches!(at.as_str(), "ready" | "scrapped" | "parts") {
                assert!(!device["drives"].as_array().unwrap().is_empty(), "{device}");
                assert!(device["drives"].as_array().unwrap().iter().all(|drive| drive["proven"] == true), "{device}");
            }
            assert_eq!(at == "ready", !device["kit"].is_null(), "{device}");
        }
        assert_eq!((stock(app, "keyboard") + kits, stock(app, "mouse") + kits), (3, 3));
        intact(app);
    }
}

/// What happens less often, and leaves the workshop or comes back.
fn rare_event(dice: &mut Dice) -> Value {
    match dice.below(6) {
        0 => json!({"type": "scrapped", "reason": "cassé"}),
        1 => json!({"type": "harvested"}),
        2 => json!({"type": "missing"}),
        3 | 4 => json!({"type": "received"}),
        _ => {
            let gone = ["destroy", "absent"][dice.below(2)];
            let drive = ["D1", "D2"][dice.below(2)];
            json!({"type": "erased", "drives": [{"serial": drive, "method": gone, "result": "success"}]})
        }
    }
}

/// A log of nwipe about one drive.
fn nwipe_log(serial: &str, state: &str) -> String {
    format!(
        "[2023/02/28 07:08:11]    info: nwipe 0.37\n\
         [2023/02/28 07:08:12]  notice: Found /dev/sda, ATA, WDC WD10, 1TB, S/N={serial}\n\
         [2023/02/28 07:10:00]  notice: Invoking method 'PRNG Stream' on /dev/sda\n\
         ********* Drive Status *********\n\
         \x20      sda | {state} |  98MB/s | 00:25:04 | WDC WD10/{serial}\n"
    )
}

fn set_evidence(db: &mut db::Db, device: kernel::DeviceId) -> db::Result<()> {
    let line = custody_events::table.find((device, 4));
    diesel::update(line)
        .set(custody_events::evidence.eq("{}"))
        .execute(db)?;
    Ok(())
}

/// Lines of each log and devices: a small history, or as many events as are asked for.
fn history() -> (usize, usize) {
    let events: usize = std::env::var("RESSAC_CUSTODY_EVENTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(600);
    if events > 100_000 {
        (250, events / 250)
    } else {
        (events / 20, 20)
    }
}

/// Appends lines to a device's log, each with its hash.
fn lengthen(
    tx: &mut db::Tx<'_>,
    device: kernel::DeviceId,
    lines: usize,
    actor: kernel::PersonId,
    organisation: kernel::OrganisationId,
) -> db::Result<()> {
    use custody_events as e;
    let keys = tx.chain_keys();
    let mut row: workshop::Device = devices::table.find(device).first(&mut **tx)?;
    let mut head = row.custody_hash().to_vec();
    let mut rows = Vec::with_capacity(lines);
    for seq in (2_i32..).take(lines) {
        let line = workshop::custody::Line {
            device,
            seq,
            id: tx.new_id(),
            event_type: "moved".to_owned(),
            at: tx.now().plus_seconds(i64::from(seq)),
            recorded_at: tx.now(),
            actor,
            organisation,
            key: None,
            operated_by: None,
            from_stage: workshop::Stage::Received,
            to_stage: workshop::Stage::Received,
            client_id: Some(format!("line-{seq}")),
            evidence: format!("{{\"location\":\"E{seq}\"}}"),
            note: Some("rangé".to_owned()),
            state: Some(format!("{{\"location\":\"E{seq}\"}}")),
        };
        let workshop::custody::Link {
            line,
            prev_hash,
            hash,
            mark,
            ..
        } = workshop::custody::Link::after(head, line, keys);
        row.location = Some(format!("E{seq}"));
        rows.push((
            e::device_id.eq(device),
            e::seq.eq(seq),
            e::id.eq(line.id),
            e::event_type.eq(line.event_type),
            e::at.eq(line.at),
            e::recorded_at.eq(line.recorded_at),
            e::actor_id.eq(line.actor),
            e::organisation_id.eq(line.organisation),
            e::from_stage.eq(line.from_stage),
            e::to_stage.eq(line.to_stage),
            e::client_id.eq(line.client_id),
            e::evidence.eq(line.evidence),
            e::note.eq(line.note),
            e::prev_hash.eq(prev_hash),
            e::hash.eq(hash.clone()),
            e::state.eq(line.state),
            e::chain_key.eq(mark.as_ref().map(|mark| mark.key.clone())),
            e::mac.eq(mark.map(|mark| mark.mac)),
        ));
        head = hash;
    }
    for chunk in rows.chunks(250) {
        db::on!(&mut **tx, c => diesel::insert_into(e::table).values(chunk).execute(c))?;
    }
    row.custody_seq = i32::try_from(lines + 1).unwrap();
    row.custody_head = head;
    workshop::custody::seal(&mut row, keys);
    diesel::update(devices::table.find(device))
        .set((
            devices::location.eq(row.location),
            devices::custody_seq.eq(row.custody_seq),
            devices::custody_head.eq(row.custody_head),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

const COLUMNS: [&str; 13] = [
    "seq",
    "id",
    "type",
    "at",
    "recorded_at",
    "from_stage",
    "to_stage",
    "client_id",
    "evidence",
    "note",
    "prev_hash",
    "hash",
    "actor_id",
];

/// Alters one byte of a line, or what is named, lets the audit look, and takes it back.
fn altered(
    app: &TestApp,
    device: kernel::DeviceId,
    seq: i32,
    what: &'static str,
) -> Option<workshop::BrokenLink> {
    let other: kernel::PersonId = app.other_refurbisher.person.parse().unwrap();
    app.write(move |tx| {
        let mut found = None;
        let undone: db::Result<()> = tx.savepoint(|tx| {
            alter(tx, device, seq, what, other)?;
            let keys = tx.chain_keys().clone();
            found = custody(tx, &keys)?.broken;
            Err(kernel::Code::Internal.into())
        });
        assert!(undone.is_err());
        Ok(found)
    })
}

fn alter(
    tx: &mut db::Tx<'_>,
    device: kernel::DeviceId,
    seq: i32,
    what: &str,
    other: kernel::PersonId,
) -> db::Result<()> {
    use custody_events as e;
    let line = e::table.find((device, seq));
    let db: &mut db::Db = tx;
    let changed = match what {
        "seq" => diesel::update(line)
            .set(e::seq.eq(seq + 1_000_000))
            .execute(db),
        "id" => diesel::update(line)
            .set(
                e::id.eq("0198c0de-0000-7000-8000-000000000001"
                    .parse::<kernel::CustodyEventId>()
                    .unwrap()),
            )
            .execute(db),
        "type" => diesel::update(line)
            .set(e::event_type.eq("mover"))
            .execute(db),
        "at" | "recorded_at" => {
            let at: kernel::Instant = e::table.find((device, seq)).select(e::at).first(db)?;
            let at = kernel::Instant::from_micros(at.micros() + 256).unwrap();
            match what {
                "at" => diesel::update(line).set(e::at.eq(at)).execute(db),
                _ => diesel::update(line).set(e::recorded_at.eq(at)).execute(db),
            }
        }
        "from_stage" => diesel::update(line)
            .set(e::from_stage.eq("receivee"))
            .execute(db),
        "to_stage" => diesel::update(line)
            .set(e::to_stage.eq("rfceived"))
            .execute(db),
        "client_id" => diesel::update(line)
            .set(e::client_id.eq("line+"))
            .execute(db),
        "evidence" => diesel::update(line)
            .set(e::evidence.eq(format!("{{\"location\":\"F{seq}\"}}")))
            .execute(db),
        "note" => diesel::update(line).set(e::note.eq("range")).execute(db),
        "prev_hash" | "hash" => {
            let mut hash: Vec<u8> = e::table.find((device, seq)).select(e::hash).first(db)?;
            hash[17] ^= 1;
            match what {
                "hash" => diesel::update(line).set(e::hash.eq(hash)).execute(db),
                _ => diesel::update(line).set(e::prev_hash.eq(hash)).execute(db),
            }
        }
        "actor_id" => diesel::update(line).set(e::actor_id.eq(other)).execute(db),
        "removed" => diesel::delete(line).execute(db),
        "head" => diesel::update(devices::table.find(device))
            .set(devices::custody_head.eq(vec![7_u8; 32]))
            .execute(db),
        "stage" => diesel::update(devices::table.find(device))
            .set(devices::stage.eq("triaged"))
            .execute(db),
        "added" => diesel::update(devices::table.find(device))
            .set(devices::custody_seq.eq(seq))
            .execute(db),
        _ => panic!("{what}"),
    }?;
    assert_eq!(changed, 1, "{what}");
    Ok(())
}
