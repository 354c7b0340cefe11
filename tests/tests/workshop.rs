//! From the dock to the shelf: what is counted, proven, tested, and what is refused.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::thread;

use db::schema::{accessory_stock, custody_events, devices};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use testkit::{Client, Reply, TestApp, Value, both_engines, json};

/// A batch with a manifest of these serial numbers, on its way to the first workshop.
fn scheduled(app: &TestApp, serials: &[&str]) -> String {
    scheduled_under(app, serials, Value::Null)
}

/// The same, tied by its donor.
fn scheduled_under(app: &TestApp, serials: &[&str], restrictions: Value) -> String {
    let batch = app.donor.post("/batches", json!({
        "restrictions": restrictions,
        "title": "Postes fixes",
        "declared": [{"kind": "desktop", "quantity": serials.len().max(1)}],
        "accessories": [{"kind": "keyboard", "quantity": 10}, {"kind": "mouse", "quantity": 10}],
        "pickup": {"address": "10 boulevard de Dunkerque", "postal_code": "13002", "commune": "Marseille",
            "contact_name": "Dora Don", "contact_phone": "04 91 00 00 00",
            "from": "2023-03-01T08:00:00Z", "to": "2023-03-31T17:00:00Z"},
    })).expect(201);
    let id = batch["id"].as_str().unwrap().to_owned();
    if !serials.is_empty() {
        let rows: String = serials
            .iter()
            .map(|serial| format!("{serial};Unité centrale;HP;ProDesk 400\n"))
            .collect();
        let file = format!("N° de série;Type;Marque;Modèle\n{rows}");
        app.donor
            .put_csv(&format!("/batches/{id}/manifest"), file.as_bytes())
            .expect(200);
    }
    app.donor
        .post(&format!("/batches/{id}/submit"), Value::Null)
        .expect(200);
    app.staff
        .post(&format!("/batches/{id}/accept"), Value::Null)
        .expect(200);
    app.staff
        .post(
            &format!("/batches/{id}/schedule"),
            json!({
        "workshop_id": app.refurbisher.organisation,
        "from": "2023-03-01T08:00:00Z", "to": "2023-03-01T10:00:00Z"}),
        )
        .expect(200);
    id
}

/// Machines at the dock, with accessories for `kits` of them: the batch and the devices' ids.
fn dock(app: &TestApp, serials: &[&str], kits: i32) -> (String, Vec<String>) {
    let batch = scheduled(app, serials);
    let lines: Vec<_> = serials
        .iter()
        .map(|serial| json!({"serial": serial}))
        .collect();
    let answer = app.refurbisher.post(&format!("/batches/{batch}/receive"), json!({
        "devices": lines,
        "accessories": [{"kind": "keyboard", "quantity": kits}, {"kind": "mouse", "quantity": kits}],
    })).expect(200);
    let ids = answer["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| text(&d["id"]))
        .collect();
    (batch, ids)
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

fn log(who: &Client, device: &str, event: Value) -> Reply {
    who.post(&format!("/devices/{device}/events"), event)
}

fn erased(serials: &[&str]) -> Value {
    let drives: Vec<_> = serials
        .iter()
        .map(|serial| {
            json!({
        "serial": serial, "media": "nvme", "method": "purge", "tool": "nvme-cli",
        "tool_version": "2.4", "result": "success"})
        })
        .collect();
    json!({"type": "erased", "drives": drives})
}

/// The steps from the dock to the shelf; the quality check is another person's.
fn steps(drive: &str) -> Vec<Value> {
    vec![
        json!({"type": "triaged", "outcome": "keep"}),
        erased(&[drive]),
        json!({"type": "tested", "checks": {"boot": "pass", "memory": "pass"}}),
        json!({"type": "graded", "cosmetic": "B"}),
        json!({"type": "quality_checked", "passed": true}),
        json!({"type": "ready"}),
    ]
}

fn advance(app: &TestApp, device: &str, until: &str) {
    for event in steps(&format!("D-{device}")) {
        if event["type"] == until {
            return;
        }
        let who = if event["type"] == "quality_checked" {
            &app.other_refurbisher
        } else {
            &app.refurbisher
        };
        log(who, device, event).expect(200);
    }
}

fn stage(app: &TestApp, device: &str) -> String {
    text(
        &app.refurbisher
            .get(&format!("/devices/{device}"))
            .expect(200)["stage"],
    )
}

fn stock(app: &TestApp, kind: &str) -> i64 {
    let path = format!("/workshops/{}/accessories", app.refurbisher.organisation);
    let stock = app.refurbisher.get(&path).expect(200);
    let items = stock["items"].as_array().unwrap();
    items.iter().find(|item| item["kind"] == kind).unwrap()["quantity"]
        .as_i64()
        .unwrap()
}

fn intact(app: &TestApp) -> workshop::CustodyReport {
    let report = app.read(|db| workshop::verify_custody(db, |_, _| {}));
    assert_eq!(report.broken, None);
    report
}

fn machine(drives: &[(&str, &str)]) -> Value {
    let disks: Vec<_> = drives
        .iter()
        .map(|(serial, model)| {
            json!({
        "id": "disk", "class": "disk", "description": "ATA Disk", "product": model,
        "serial": serial, "size": 256_060_514_304_u64})
        })
        .collect();
    json!([{"id": "poste", "class": "system", "vendor": "HP", "product": "ProDesk 400", "serial": "CZC0001",
        "configuration": {"chassis": "mini-tower"},
        "children": [{"id": "core", "class": "bus", "children": [
            {"id": "memory", "class": "memory", "description": "System Memory", "size": 8_589_934_592_u64},
            {"id": "scsi", "class": "storage", "children": disks}]}]}])
}

both_engines! {
    fn a_machine_goes_from_the_truck_to_the_shelf(app) {
        let (batch, ids) = dock(app, &["CZC0001"], 2);
        let id = &ids[0];
        let device = app.refurbisher.get(&format!("/devices/{id}")).expect(200);
        assert_eq!((&device["stage"], &device["kind"], &device["serial"]), (&json!("received"), &json!("desktop"), &json!("CZC0001")));
        assert_eq!((&device["batch_id"], &device["workshop_id"]), (&json!(batch), &json!(app.refurbisher.organisation)));

        let after = log(&app.refurbisher, id, json!({"type": "triaged", "outcome": "keep", "note": "bon état"}));
        assert_eq!(after.expect(200)["status"], "applied");
        assert_eq!(after.header("etag"), format!("\"{}\"", after.json()["version"]));
        log(&app.refurbisher, id, json!({"type": "moved", "location": "Étagère 4"})).expect(200);
        advance_from(app, id);
        let device = app.refurbisher.get(&format!("/devices/{id}")).expect(200);
        assert_eq!((&device["stage"], &device["grade"], &device["location"]), (&json!("ready"), &json!("B"), &json!("Étagère 4")));
        assert_eq!((&device["erasure_proven"], &device["quality_checked"]), (&json!(true), &json!(true)));
        assert_eq!(device["drives"][0]["proof"]["method"], "purge");
        assert_eq!((stock(app, "keyboard"), stock(app, "mouse")), (1, 1));

        let events = app.donor.get(&format!("/devices/{id}/events")).expect(200);
        let events = events["items"].as_array().unwrap();
        let types: Vec<_> = events.iter().map(|event| text(&event["type"])).collect();
        assert_eq!(types, ["received", "triaged", "moved", "erased", "tested", "graded", "quality_checked", "ready"]);
        for pair in events.windows(2) {
            assert_eq!(pair[0]["hash"], pair[1]["prev_hash"]);
        }
        assert_eq!(events[0]["actor_id"], Value::Null, "a donor reads what happened, not who did it");
        assert_eq!(events[1]["note"], "bon état");
        assert_eq!(intact(app), workshop::CustodyReport { devices: 1, events: 8, broken: None });
    }

    fn the_count_at_the_dock_is_two_sided(app) {
        let batch = scheduled(app, &["CZC0001", "CZC0002", "CZC0003"]);
        let elsewhere = dock(app, &["ELSE01"], 0).1;
        let path = format!("/batches/{batch}/receive");
        let first = app.refurbisher.post(&path, json!({
            "devices": [{"serial": "czc 0001"}, {"serial": "CZC0001"}, {"serial": "NEW01", "model": "X"},
                {"serial": null, "note": "étiquette arrachée"}, {"serial": "To be filled by O.E.M."}, {"serial": "ELSE01"}],
            "accessories": [{"kind": "keyboard", "quantity": 3}]})).expect(200);
        let status: Vec<_> = first["devices"].as_array().unwrap().iter().map(|d| text(&d["status"])).collect();
        assert_eq!(status, ["received", "already_received", "unexpected", "unexpected", "unexpected", "refused"]);
        assert_eq!((&first["received"], &first["already_received"], &first["unexpected"]), (&json!(1), &json!(1), &json!(3)));
        assert_eq!(first["devices"][5]["code"], "duplicate_serial");
        assert!(text(&first["devices"][3]["tag"]).starts_with("RS-"));
        assert_eq!(stage(app, &elsewhere[0]), "received");
        let second = app.other_refurbisher.post(&path, json!({"devices": [{"serial": "CZC0002"}, {"serial": "NEW01"}]})).expect(200);
        assert_eq!((&second["received"], &second["already_received"]), (&json!(1), &json!(1)));
        app.stranger_refurbisher.post(&path, json!({"devices": []})).refused(404, "not_found");

        let before = app.donor.get(&format!("/batches/{batch}/reconciliation")).expect(200);
        assert_eq!(before["missing"], 1);
        let closed = app.refurbisher.post(&format!("/batches/{batch}/close"), Value::Null).expect(200);
        for (name, count) in [("declared", 3), ("on_manifest", 3), ("received", 2), ("missing", 1), ("unexpected", 3)] {
            assert_eq!(closed[name], count, "{name}");
            assert_eq!(closed["per_kind"][0][name], count, "{name}");
        }
        assert_eq!(closed["accessories"][0], json!({"kind": "keyboard", "declared": 10, "received": 3}));
        assert_eq!(closed["status"], "closed");
        let again = app.staff.post(&format!("/batches/{batch}/close"), Value::Null).expect(200);
        assert_eq!(again, closed);
        let mails = app.mails_of("batch_closed");
        assert_eq!(mails.len(), 1, "once, to the donor");
        let missing = app.staff.get(&format!("/devices?batch_id={batch}&stage=missing")).expect(200);
        assert_eq!(missing["items"][0]["serial"], "CZC0003");
        app.refurbisher.post(&path, json!({"devices": [{"serial": "CZC0003"}]})).refused(409, "batch_step_not_allowed");
        intact(app);
    }

    fn what_was_given_up_is_found_again(app) {
        let batch = scheduled(app, &["CZC0001", "CZC0002"]);
        let receive = format!("/batches/{batch}/receive");
        app.refurbisher.post(&receive, json!({})).refused(422, "invalid_fields");
        let gone = app.staff.get(&format!("/devices?batch_id={batch}")).expect(200);
        let ids: Vec<_> = gone["items"].as_array().unwrap().iter().map(|d| text(&d["id"])).collect();
        log(&app.refurbisher, &ids[0], json!({"type": "missing"})).expect(200);
        let answer = app.refurbisher.post(&receive, json!({"devices": [{"serial": "CZC0001"}]})).expect(200);
        assert_eq!(answer["devices"][0]["status"], "received");
        advance(app, &ids[0], "tested");
        log(&app.refurbisher, &ids[0], json!({"type": "missing"})).expect(200);
        let answer = app.refurbisher.post(&receive, json!({"devices": [{"serial": "CZC0001"}]})).expect(200);
        assert_eq!(answer["devices"][0]["status"], "received");
        let again = app.refurbisher.get(&format!("/devices/{}", ids[0])).expect(200);
        assert_eq!((&again["cycle"], &again["erasure_proven"]), (&json!(2), &json!(false)));
        assert_eq!(again["drives"][0]["proven"], false, "nobody can tell where it was");
        let closed = app.refurbisher.post(&format!("/batches/{batch}/close"), Value::Null).expect(200);
        assert_eq!(closed["missing"], 1);
        log(&app.refurbisher, &ids[1], json!({"type": "received"})).expect(200);
        let found = app.refurbisher.get(&format!("/batches/{batch}/reconciliation")).expect(200);
        assert_eq!((&found["missing"], &found["received"]), (&json!(0), &json!(2)));

        log(&app.refurbisher, &ids[1], json!({"type": "missing"})).expect(200);
        let (_, other) = dock(app, &["CZC0002"], 0);
        log(&app.refurbisher, &ids[1], json!({"type": "received"})).refused(422, "duplicate_serial");
        assert_eq!(stage(app, &other[0]), "received");
        intact(app);
    }

    fn several_people_count_the_same_truck_at_once(app) {
        let serials: Vec<String> = (0..40).map(|n| format!("SER{n:04}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let batch = scheduled(app, &serials);
        let lines: Vec<_> = serials.iter().map(|serial| json!({"serial": serial})).collect();
        let answers = at_once(&[&app.refurbisher, &app.other_refurbisher, &app.refurbisher, &app.other_refurbisher], |who| {
            who.post(&format!("/batches/{batch}/receive"), json!({"devices": lines})).expect(200)
        });
        let received: u64 = answers.iter().map(|answer| answer["received"].as_u64().unwrap()).sum();
        assert_eq!(received, 40);
        assert_eq!(intact(app).events, 40);
    }

    fn erasure_not_proven(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        log(&app.refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "erasure_not_proven");
        advance(app, &ids[0], "erased");
        for event in [json!({"type": "ready"}), json!({"type": "harvested"}), json!({"type": "scrapped", "reason": "cassé"})] {
            log(&app.refurbisher, &ids[0], event).refused(409, "erasure_not_proven");
        }
        let failed = json!({"type": "erased", "drives": [{"serial": "D1", "media": "hdd", "method": "purge", "result": "failure"}]});
        assert_eq!(log(&app.refurbisher, &ids[0], failed).expect(200)["stage"], "triaged");
        log(&app.refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "erasure_not_proven");
        let overwritten = json!({"type": "erased", "drives": [{"serial": "D1", "media": "ssd", "method": "clear", "result": "success"}]});
        log(&app.refurbisher, &ids[0], overwritten).refused(409, "erasure_not_proven");
        let destroyed = json!({"type": "erased", "drives": [{"serial": "D1", "method": "destroy", "result": "success"}]});
        assert_eq!(log(&app.refurbisher, &ids[0], destroyed).expect(200)["stage"], "erased");
        let scrapped = log(&app.refurbisher, &ids[0], json!({"type": "scrapped", "reason": "cassé", "waste_reference": "BSD-1"}));
        assert_eq!(scrapped.expect(200)["stage"], "scrapped");
    }

    fn a_donor_who_wants_drives_destroyed_is_heeded(app) {
        let batch = scheduled_under(app, &["CZC0001"], json!({"drives_destroyed": true}));
        let received = app.refurbisher.post(&format!("/batches/{batch}/receive"),
            json!({"devices": [{"serial": "CZC0001"}], "accessories": []})).expect(200);
        let id = text(&received["devices"][0]["id"]);
        log(&app.refurbisher, &id, json!({"type": "triaged", "outcome": "keep"})).expect(200);
        log(&app.refurbisher, &id, erased(&["D1"])).refused(409, "erasure_not_proven");
        let destroyed = json!({"type": "erased", "drives": [{"serial": "D1", "method": "destroy", "tool": "broyeur", "result": "success"}]});
        assert_eq!(log(&app.refurbisher, &id, destroyed).expect(200)["stage"], "erased");
    }

    fn drive_not_covered(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let path = format!("/devices/{}/hardware", ids[0]);
        let seen = app.refurbisher.put(&path, machine(&[("S1", "SSD A"), ("S2", "SSD B"), ("S3", "WDC WD10")])).expect(200);
        assert_eq!(seen["drives"].as_array().unwrap().len(), 3);
        assert_eq!((&seen["hardware"]["memory_mib"], &seen["hardware"]["manufacturer"]), (&json!(8192), &json!("HP")));
        assert_eq!(seen["hardware"]["contradictions"], json!([]));
        advance(app, &ids[0], "erased");
        let partly = log(&app.refurbisher, &ids[0], erased(&["S1", "S2"])).expect(200);
        assert_eq!((&partly["stage"], &partly["erasure_proven"]), (&json!("triaged"), &json!(false)));
        for event in [json!({"type": "ready"}), json!({"type": "harvested"}), json!({"type": "tested", "checks": {"boot": "pass"}})] {
            let problem = log(&app.refurbisher, &ids[0], event).refused(409, "drive_not_covered");
            assert!(text(&problem["detail"]).contains("S3"), "{problem}");
        }
        assert_eq!(log(&app.refurbisher, &ids[0], erased(&["S3"])).expect(200)["stage"], "erased");
    }

    fn a_drive_that_appears_later_takes_a_machine_off_the_shelf(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        advance(app, &ids[0], "nothing");
        assert_eq!(stock(app, "mouse"), 0);
        let path = format!("/devices/{}/hardware", ids[0]);
        let seen = app.refurbisher.put(&path, machine(&[("NEW", "SSD")])).expect(200);
        assert_eq!((&seen["stage"], &seen["kit"], &seen["erasure_proven"]), (&json!("triaged"), &Value::Null, &json!(false)));
        assert_eq!(stock(app, "mouse"), 1);
        log(&app.refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "drive_not_covered");
        app.refurbisher.send("PUT", &path, "application/json", b"{\"no\": 1").refused(422, "invalid_fields");
        app.refurbisher.send("PUT", &path, "text/plain", b"{}").refused(415, "wrong_media_type");
        intact(app);
    }

    fn same_person(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        advance(app, &ids[0], "quality_checked");
        let check = json!({"type": "quality_checked", "passed": true});
        log(&app.refurbisher, &ids[0], check.clone()).refused(409, "same_person");
        log(&app.refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "step_not_allowed");
        log(&app.other_refurbisher, &ids[0], check).expect(200);
        assert_eq!(log(&app.refurbisher, &ids[0], json!({"type": "ready"})).expect(200)["stage"], "ready");
    }

    fn the_key_of_a_station_signs_no_quality_check(app) {
        let (_, devices) = dock(app, &["PC-1"], 1);
        advance(app, &devices[0], "graded");
        let made = app.admin.post("/api-keys", json!({"name": "Poste 1", "scopes": ["workshop"],
            "organisation_id": app.refurbisher.organisation})).expect(201);
        let station = app.anyone.with_token(made["key"].as_str().unwrap());
        log(&station, &devices[0], json!({"type": "moved", "location": "A1"})).expect(200);
        log(&station, &devices[0], json!({"type": "quality_checked", "passed": true}))
            .refused(409, "same_person");
    }

    fn a_date_outside_the_calendar_is_refused_and_harms_no_list(app) {
        let (_, devices) = dock(app, &["PC-1"], 1);
        log(&app.refurbisher, &devices[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        let drive = json!({"serial": "D1", "media": "hdd", "method": "purge", "result": "success",
            "finished_at": "9999-12-31T23:59:59-12:00"});
        log(&app.refurbisher, &devices[0], json!({"type": "erased", "drives": [drive]}))
            .refused(422, "invalid_fields");
        app.staff.get("/devices").expect(200);
    }

    fn kit_incomplete(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        advance(app, &ids[0], "ready");
        let problem = log(&app.refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "kit_incomplete");
        assert!(text(&problem["detail"]).contains("clavier"), "{problem}");
        let path = format!("/workshops/{}/accessories", app.refurbisher.organisation);
        for kind in ["keyboard", "mouse"] {
            app.refurbisher.post(&path, json!({"kind": kind, "delta": 1, "reason": "achat"})).expect(200);
        }
        log(&app.refurbisher, &ids[0], json!({"type": "ready"})).expect(200);
        app.refurbisher.post(&path, json!({"kind": "mouse", "delta": -1, "reason": "casse"})).refused(409, "stock_too_low");
        app.stranger_refurbisher.post(&path, json!({"kind": "mouse", "delta": 1, "reason": "x"})).refused(404, "not_found");
        assert_eq!(log(&app.refurbisher, &ids[0], json!({"type": "repair_started"})).expect(200)["stage"], "in_repair");
        assert_eq!(stock(app, "mouse"), 1, "the kit went back");
    }

    fn ten_people_never_take_more_kits_than_there_are(app) {
        let serials: Vec<String> = (0..10).map(|n| format!("SER{n:04}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let (_, ids) = dock(app, &serials, 4);
        for id in &ids {
            advance(app, id, "ready");
        }
        let people = [&app.refurbisher; 10];
        let mut todo = ids.iter();
        let jobs: Vec<(&Client, &String)> = people.into_iter().map(|who| (who, todo.next().unwrap())).collect();
        let statuses = at_once(&jobs, |(who, id)| log(who, id, json!({"type": "ready"})).status);
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 4, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 6, "{statuses:?}");
        assert_eq!((stock(app, "keyboard"), stock(app, "mouse")), (0, 0));
        intact(app);
    }

    fn tests_not_passed(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        advance(app, &ids[0], "tested");
        let after = log(&app.refurbisher, &ids[0], json!({"type": "tested", "checks": {"boot": "fail"}})).expect(200);
        assert_eq!((&after["stage"], &after["tests_passed"]), (&json!("tested"), &json!(false)));
        log(&app.refurbisher, &ids[0], json!({"type": "graded", "cosmetic": "A"})).refused(409, "tests_not_passed");
        log(&app.refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "tests_not_passed");
    }

    fn step_not_allowed_says_where_the_device_stands(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let problem = log(&app.refurbisher.with_header("accept-language", "en"), &ids[0], json!({"type": "graded", "cosmetic": "A"}));
        assert!(text(&problem.refused(409, "step_not_allowed")["detail"]).contains("`received`"));
        log(&app.refurbisher, &ids[0], json!({"type": "blessed"})).refused(422, "invalid_fields");
        let future = json!({"type": "triaged", "outcome": "keep", "at": "2023-03-01T09:00:00Z"});
        log(&app.refurbisher, &ids[0], future).refused(422, "invalid_fields");
    }

    fn not_your_workshop(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let event = json!({"type": "triaged", "outcome": "keep"});
        log(&app.stranger_refurbisher, &ids[0], event.clone()).refused(403, "not_your_workshop");
        app.stranger_refurbisher.put(&format!("/devices/{}/hardware", ids[0]), machine(&[])).refused(403, "not_your_workshop");
        let mut line = event;
        line["device"] = json!("CZC0001");
        line["client_id"] = json!("1");
        let answer = app.stranger_refurbisher.post("/device-events", json!({"events": [line]})).expect(200);
        assert_eq!((&answer["results"][0]["status"], &answer["results"][0]["code"]), (&json!("refused"), &json!("not_your_workshop")));
        assert_eq!(answer["results"][0]["stage"], Value::Null, "no more is told of it");
        app.stranger_refurbisher.get(&format!("/devices/{}", ids[0])).refused(404, "not_found");
        app.other_donor.get(&format!("/devices/{}/events", ids[0])).refused(404, "not_found");
        assert_eq!(app.other_donor.get("/devices").expect(200)["items"], json!([]));
        assert_eq!(app.donor.get("/devices").expect(200)["items"].as_array().unwrap().len(), 1);
        app.association("Une association").get("/devices").refused(403, "not_allowed");
    }

    fn unknown_device(app) {
        let nobody = "0198c0de-0000-7000-8000-000000000000";
        log(&app.refurbisher, nobody, json!({"type": "ready"})).refused(404, "unknown_device");
        let events = json!([{"device": "NOBODY", "type": "ready", "client_id": "7"}, {"type": "ready", "client_id": "8"}, 9]);
        let answer = app.refurbisher.post("/device-events", json!({"events": events})).expect(200);
        let codes: Vec<_> = answer["results"].as_array().unwrap().iter().map(|r| text(&r["code"])).collect();
        assert_eq!(codes, ["unknown_device", "invalid_fields", "invalid_fields"]);
        assert_eq!(answer["results"][1]["client_id"], "8");
        app.refurbisher.post("/device-events", json!({"events": []})).refused(422, "invalid_fields");
    }

    fn a_list_is_applied_in_the_order_of_its_times_and_answered_in_the_order_sent(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 2);
        let tag = text(&app.refurbisher.get(&format!("/devices/{}", ids[1])).expect(200)["tag"]);
        let mut events = Vec::new();
        for (n, mut event) in steps("D1").into_iter().enumerate().take(4) {
            event["at"] = json!(format!("2023-02-28T08:0{n}:00Z"));
            event["client_id"] = json!(format!("a{n}"));
            event["device"] = json!("czc-0001");
            events.push(event);
        }
        events.reverse();
        events.push(json!({"device": format!("https://ressac.example/d/{}", tag.to_lowercase()), "type": "triaged", "outcome": "scrap", "client_id": "b"}));
        events.push(json!({"device": ids[1], "type": "ready", "client_id": "c"}));
        let answer = app.refurbisher.post("/device-events", json!({"events": events})).expect(200);
        let told: Vec<_> = answer["results"].as_array().unwrap().iter()
            .map(|r| (text(&r["client_id"]), text(&r["status"]), text(&r["stage"]))).collect();
        let told: Vec<_> = told.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        assert_eq!(told, [
            ("a3", "applied", "graded"), ("a2", "applied", "tested"), ("a1", "applied", "erased"),
            ("a0", "applied", "triaged"), ("b", "applied", "triaged"), ("c", "refused", "triaged"),
        ]);
        assert_eq!(answer["results"][5]["code"], "erasure_not_proven");
        assert_eq!(stage(app, &ids[0]), "graded");
        intact(app);
    }

    fn the_same_bulk_events_sent_twice_at_once_apply_once(app) {
        let serials: Vec<String> = (0..30).map(|n| format!("SER{n:04}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let (_, ids) = dock(app, &serials, 0);
        let events: Vec<_> = serials.iter().flat_map(|serial| {
            steps(&format!("D{serial}")).into_iter().take(4).map(|mut event| {
                event["client_id"] = json!(format!("{serial}-{}", text(&event["type"])));
                event["device"] = json!(serial);
                event
            }).collect::<Vec<_>>()
        }).collect();
        let answers = at_once(&[&app.refurbisher; 6], |who| {
            who.post("/device-events", json!({"events": events})).expect(200)
        });
        let count = |status: &str| -> usize {
            answers.iter().flat_map(|answer| answer["results"].as_array().unwrap())
                .filter(|result| result["status"] == status).count()
        };
        assert_eq!((count("applied"), count("already_applied"), count("refused")), (120, 600, 0));
        assert_eq!(intact(app).events, 30 * 5);
        for id in &ids {
            assert_eq!(stage(app, id), "graded");
        }
        let again = app.refurbisher.post("/device-events", json!({"events": events})).expect(200);
        assert!(again["results"].as_array().unwrap().iter().all(|result| result["status"] == "already_applied"));
    }

    fn a_second_click_is_answered_like_the_first_and_logged_once(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let event = json!({"type": "triaged", "outcome": "keep"});
        let answers = at_once(&[&app.refurbisher; 8], |who| log(who, &ids[0], event.clone()).expect(200));
        let applied = answers.iter().filter(|answer| answer["status"] == "applied").count();
        let already = answers.iter().filter(|answer| answer["status"] == "already_applied").count();
        assert_eq!((applied, already), (1, 7));
        assert_eq!(intact(app).events, 2);
    }

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
        let report = app.read(|db| workshop::verify_custody(db, |_, _| {}));
        let broken = report.broken.expect("found");
        assert_eq!((broken.device_id, broken.seq), (second, 4));
        assert!(broken.tag.starts_with("RS-"));
        assert!(broken.what.en.contains("altered"), "{}", broken.what.en);
        let first: kernel::DeviceId = ids[0].parse().unwrap();
        app.write(move |tx| {
            diesel::update(devices::table.find(first)).set(devices::stage.eq("reserved")).execute(&mut **tx)?;
            Ok(())
        });
        let broken = app.read(|db| workshop::verify_custody(db, |_, _| {})).broken.expect("found");
        assert_eq!((broken.device_id, broken.seq), (first, 7));
    }

    fn a_device_is_reserved_once_released_and_handed_over(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 2);
        advance(app, &ids[0], "nothing");
        let actor = kernel::Actor {
            person: app.staff.person.parse().unwrap(), role: kernel::Role::Staff,
            organisation: app.staff.organisation.parse().unwrap(), session: None,
        };
        let id: kernel::DeviceId = ids[0].parse().unwrap();
        let other: kernel::DeviceId = ids[1].parse().unwrap();
        let reserve = move |tx: &mut db::Tx<'_>, devices: &[kernel::DeviceId]| {
            let reservation = workshop::ReservationRef {
                wave: tx.new_id(), wave_name: "Première vague".into(),
                application: tx.new_id(), association_name: "Une association".into(),
            };
            workshop::reserve(tx, &actor, devices, &reservation)
        };
        let refused = app.write(move |tx| Ok(reserve(tx, &[id, other]).expect_err("not ready").to_string()));
        assert!(refused.starts_with("device_not_ready"), "{refused}");
        assert_eq!(stage(app, &ids[0]), "ready");
        app.write(move |tx| reserve(tx, &[id]));
        let refused = app.write(move |tx| Ok(reserve(tx, &[id]).expect_err("reserved").to_string()));
        assert!(refused.starts_with("device_not_ready"), "{refused}");
        log(&app.refurbisher, &ids[0], json!({"type": "repair_started"})).refused(409, "already_reserved");
        log(&app.refurbisher, &ids[0], json!({"type": "moved", "location": "Palette 2"})).expect(200);
        app.write(move |tx| workshop::release(tx, &actor, &[id], "vague annulée"));
        assert_eq!(stage(app, &ids[0]), "ready");
        assert_eq!(stock(app, "mouse"), 1, "it keeps its kit");
        app.write(move |tx| reserve(tx, &[id]));
        app.write(move |tx| workshop::hand_over(tx, &actor, &[id], "BL-1"));
        log(&app.refurbisher, &ids[0], json!({"type": "returned", "reason": "panne"})).expect(200);
        let back = log(&app.refurbisher, &ids[0], json!({"type": "received"})).expect(200);
        assert_eq!((&back["stage"], &back["cycle"], &back["erasure_proven"]), (&json!("received"), &json!(2), &json!(false)));
        assert_eq!(back["drives"][0]["proven"], false);
        let found = app.read(move |db| workshop::find_devices(db, &["czc 0001".into(), "no".into(), id.to_string()]));
        assert_eq!((found.len(), found["czc 0001"].id), (2, id));
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
            for n in 0..40 {
                let event = any_event(&mut dice);
                let device = &ids[dice.below(ids.len())];
                let path = format!("/devices/{device}/events");
                let reply = match dice.below(8) {
                    0 => who.put(&format!("/devices/{device}/hardware"), machine(&[(["D1", "D2"][dice.below(2)], "SSD")])),
                    1 => {
                        let mut line = event;
                        line["device"] = json!(device);
                        line["client_id"] = json!(format!("{seed}-{n}"));
                        who.post("/device-events", json!({"events": [line.clone(), line]}))
                    }
                    _ => who.post(&path, event),
                };
                assert!(matches!(reply.status, 200 | 409), "{}: {}", reply.status, reply.text());
            }
        });
        let page = app.refurbisher.get("/devices").expect(200);
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

    fn devices_are_found_by_any_part_of_their_numbers(app) {
        let (batch, ids) = dock(app, &["CZC0001", "CZC0002", "ABC-77/X"], 0);
        advance(app, &ids[0], "erased");
        let found = |query: &str| -> Vec<String> {
            let page = app.refurbisher.get(&format!("/devices?{query}")).expect(200);
            page["items"].as_array().unwrap().iter().map(|d| text(&d["serial"])).collect()
        };
        assert_eq!(found("q=0002"), ["CZC0002"]);
        assert_eq!(found("q=abc77x"), ["ABC-77/X"]);
        assert_eq!(found("q=77%2Fx"), ["ABC-77/X"]);
        assert_eq!(found("q=PRODESK%20czc"), ["CZC0001", "CZC0002"]);
        assert_eq!(found("q=%25"), ["CZC0001", "CZC0002", "ABC-77/X"], "nothing to look for");
        assert_eq!(found("stage=triaged&kind=desktop"), ["CZC0001"]);
        assert_eq!(found(&format!("batch_id={batch}&workshop_id={}&grade=A", app.refurbisher.organisation)), Vec::<String>::new());
        let tag = text(&app.refurbisher.get(&format!("/devices/{}", ids[1])).expect(200)["tag"]);
        assert_eq!(found(&format!("q={}", tag.to_lowercase())), ["CZC0002"]);
        let first = app.refurbisher.get("/devices?limit=2").expect(200);
        let rest = app.refurbisher.get(&format!("/devices?limit=2&after={}", text(&first["next"]))).expect(200);
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
        app.refurbisher.get("/devices?stage=lost").refused(422, "invalid_fields");

        log(&app.refurbisher, &ids[0], json!({"type": "moved", "location": "=1+1"})).expect(200);
        let csv = app.refurbisher.with_header("accept", "text/csv").get("/devices?stage=triaged");
        assert!(csv.header("content-type").starts_with("text/csv"));
        assert!(csv.text().contains("CZC0001") && csv.text().contains(",'=1+1,"), "{}", csv.text());
        assert_eq!(csv.text().lines().count(), 2);
    }

    fn a_capture_that_contradicts_the_manifest_is_flagged(app) {
        let (_, ids) = dock(app, &["CZC0009"], 0);
        let path = format!("/devices/{}/hardware", ids[0]);
        let seen = app.refurbisher.put(&path, machine(&[("S1", "SSD")])).expect(200);
        assert_eq!(seen["serial"], "CZC0009");
        assert_eq!(seen["hardware"]["contradictions"], json!([{"field": "serial", "announced": "CZC0009", "machine": "CZC0001"}]));
        let version = seen["version"].clone();
        assert_eq!(app.refurbisher.put(&path, machine(&[("S1", "SSD")])).expect(200)["version"], version, "the same file again");
    }

    fn a_stale_version_is_refused(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let event = json!({"type": "triaged", "outcome": "keep"});
        let stale = app.refurbisher.with_header("if-match", "\"1\"");
        log(&stale, &ids[0], event.clone()).refused(412, "stale_version");
        assert_eq!(stage(app, &ids[0]), "received");
        let etag = app.refurbisher.get(&format!("/devices/{}", ids[0])).header("etag").to_owned();
        log(&app.refurbisher.with_header("if-match", &etag), &ids[0], event).expect(200);
    }

    fn a_thousand_lines_are_one_list_and_sent_again_change_nothing(app) {
        let serials: Vec<String> = (0..500).map(|n| format!("SER{n:05}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        dock(app, &serials, 0);
        let lines = |take: std::ops::Range<usize>| -> Vec<Value> {
            serials.iter().flat_map(|serial| {
                steps(&format!("D{serial}"))[take.clone()].iter().map(|event| {
                    let mut event = event.clone();
                    event["client_id"] = json!(format!("{serial}-{}", text(&event["type"])));
                    event["device"] = json!(serial);
                    event
                }).collect::<Vec<_>>()
            }).collect()
        };
        for take in [0..2, 2..4, 2..4] {
            let lines = json!({"events": lines(take.clone())});
            let answer = app.refurbisher.post("/device-events", lines).expect(200);
            assert!(answer["results"].as_array().unwrap().iter().all(|result| result["status"] != "refused"));
        }
        assert_eq!(intact(app).events, 500 * 5);
    }
}

/// The steps that are left after triage.
fn advance_from(app: &TestApp, device: &str) {
    for event in steps("D1").into_iter().skip(1) {
        let who = if event["type"] == "quality_checked" {
            &app.other_refurbisher
        } else {
            &app.refurbisher
        };
        log(who, device, event).expect(200);
    }
}

fn set_evidence(db: &mut db::Db, device: kernel::DeviceId) -> db::Result<()> {
    let line = custody_events::table.find((device, 4));
    diesel::update(line)
        .set(custody_events::evidence.eq("{}"))
        .execute(db)?;
    Ok(())
}

/// Numbers that only look random, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// Any event, more often one that leads on.
fn any_event(dice: &mut Dice) -> Value {
    let drive = ["D1", "D2"][dice.below(2)];
    match dice.below(16) {
        0 | 1 => json!({"type": "triaged", "outcome": "keep"}),
        2 | 3 => erased(&[drive]),
        4 => erased(&["D1", "D2"]),
        5 => {
            json!({"type": "erased", "drives": [{"serial": drive, "media": "hdd", "method": "purge", "result": "failure"}]})
        }
        6 | 7 => json!({"type": "tested", "checks": {"boot": "pass"}}),
        8 => json!({"type": "graded", "cosmetic": "B"}),
        9 | 10 => json!({"type": "quality_checked", "passed": dice.below(4) > 0}),
        11 | 12 => json!({"type": "ready"}),
        13 => json!({"type": "repair_started"}),
        14 => json!({"type": "repaired", "description": "x", "minutes": 1}),
        _ => json!({"type": "moved", "location": format!("E{}", dice.below(9))}),
    }
}

/// Everyone does it at the same moment.
fn at_once<J: Copy + Send, T: Send>(jobs: &[J], work: impl Fn(J) -> T + Sync) -> Vec<T> {
    let start = std::sync::Barrier::new(jobs.len());
    thread::scope(|scope| {
        let running: Vec<_> = jobs
            .iter()
            .map(|job| {
                let (start, work, job) = (&start, &work, *job);
                scope.spawn(move || {
                    start.wait();
                    work(job)
                })
            })
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("answers"))
            .collect()
    })
}
