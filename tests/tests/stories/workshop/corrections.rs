//! Mistakes of the dock and the bench, put right by a new line of the log.

use crate::support::check::fits_together;
use crate::support::workshop::{
    Dice, advance, any_event, dock, erased, log, machine, stage, stock, text,
};
use testkit::{Client, Reply, TestApp, Value, both_engines, json};

/// The id of the last line of this type in a device's log.
fn line(app: &TestApp, device: &str, event_type: &str) -> String {
    let log = app
        .refurbisher
        .get(&format!("/devices/{device}/events"))
        .expect(200);
    let lines = log["items"].as_array().unwrap();
    let found = lines.iter().rfind(|line| line["type"] == event_type);
    text(&found.unwrap()["id"])
}

fn correct(who: &Client, device: &str, correction: Value) -> Reply {
    who.post(&format!("/devices/{device}/corrections"), correction)
}

fn reverse(app: &TestApp, device: &str, event_type: &str) -> Value {
    json!({"type": "corrected", "event_id": line(app, device, event_type), "reason": "Dit du mauvais appareil."})
}

/// A machine that was counted at the dock though nobody had announced it.
fn unannounced(app: &TestApp, batch: &str, serial: &Value) -> String {
    let lines = json!([{"serial": serial, "kind": "desktop"}]);
    let counted = app
        .refurbisher
        .post(
            &format!("/batches/{batch}/receive"),
            json!({"devices": lines}),
        )
        .expect(200);
    assert_eq!(counted["devices"][0]["status"], "unexpected", "{counted}");
    text(&counted["devices"][0]["id"])
}

fn missing_of(app: &TestApp, batch: &str) -> (Value, Value, Value) {
    let view = app
        .donor
        .get(&format!("/batches/{batch}/reconciliation"))
        .expect(200);
    (
        view["received"].clone(),
        view["missing"].clone(),
        view["unexpected"].clone(),
    )
}

both_engines! {
    fn a_wrong_scrap_is_reversed(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 4);
        let id = &ids[0];
        for event in crate::support::workshop::steps("D1") {
            let who = if event["type"] == "quality_checked" { &app.other_refurbisher } else { &app.refurbisher };
            log(who, id, event).expect(200);
        }
        assert_eq!(stock(app, "keyboard"), 3);
        log(&app.refurbisher, id, json!({"type": "scrapped", "reason": "écran cassé"})).expect(200);
        assert_eq!((stage(app, id).as_str(), stock(app, "keyboard")), ("scrapped", 4));
        let wrong = reverse(app, id, "scrapped");
        log(&app.refurbisher, &ids[1], wrong.clone()).refused(422, "invalid_fields");
        log(&app.refurbisher, id, json!({"type": "corrected", "reason": "?"})).refused(422, "invalid_fields");
        correct(&app.donor, id, wrong.clone()).refused(403, "not_allowed");
        correct(&app.stranger_refurbisher, id, wrong.clone()).refused(403, "not_your_workshop");
        let back = log(&app.refurbisher, id, wrong.clone()).expect(200);
        // its kit went back to stock with the scrap: what was ready takes one again
        assert_eq!((&back["stage"], &back["status"]), (&json!("graded"), &json!("applied")));
        assert_eq!(log(&app.refurbisher, id, wrong.clone()).expect(200)["status"], "already_applied");
        assert_eq!(app.refurbisher.get("/waste").expect(200)["totals"], json!([]));
        log(&app.refurbisher, id, json!({"type": "ready"})).expect(200);
        log(&app.refurbisher, id, wrong).refused(409, "correction_not_possible");
        assert_eq!(stock(app, "keyboard"), 3);
        let ready = reverse(app, id, "ready");
        log(&app.refurbisher, id, ready).refused(409, "correction_not_possible");
        fits_together(app);
    }

    fn correction_needs_city_once_a_waste_note_was_given(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let id = &ids[0];
        advance(app, id, "tested");
        log(&app.refurbisher, id, json!({"type": "scrapped", "reason": "x"})).expect(200);
        log(&app.refurbisher, id, json!({"type": "waste_noted", "waste_reference": "BSD-1"})).expect(200);
        let wrong = reverse(app, id, "scrapped");
        log(&app.refurbisher, id, wrong.clone()).refused(409, "correction_needs_city");
        let back = correct(&app.staff, id, wrong).expect(200);
        assert_eq!(back["stage"], "erased");
        assert_eq!(app.refurbisher.get("/waste").expect(200)["totals"], json!([]));
        let last = app.refurbisher.get(&format!("/devices/{id}/events")).expect(200);
        let last = last["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["type"], &last["actor_id"]), (&json!("corrected"), &json!(app.staff.person)));
        assert_eq!(last["evidence"]["reason"], "Dit du mauvais appareil.");
        fits_together(app);
    }

    fn what_was_taken_apart_by_mistake_gives_its_parts_back(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let id = &ids[0];
        advance(app, id, "tested");
        let parts = json!([{"kind": "memory", "label": "8 Go", "quantity": 2}]);
        log(&app.refurbisher, id, json!({"type": "harvested", "parts": parts})).expect(200);
        let path = format!("/workshops/{}/parts", app.refurbisher.organisation);
        app.refurbisher.post(&path, json!({"kind": "memory", "label": "8 Go", "delta": -1, "reason": "vendue"})).expect(200);
        let wrong = reverse(app, id, "harvested");
        log(&app.refurbisher, id, wrong.clone()).refused(409, "stock_too_low");
        app.refurbisher.post(&path, json!({"kind": "memory", "label": "8 Go", "delta": 1, "reason": "revenue"})).expect(200);
        log(&app.refurbisher, id, wrong).expect(200);
        assert_eq!(stage(app, id), "erased");
        let counts = app.refurbisher.get(&path).expect(200);
        assert_eq!(counts["items"][0]["quantity"], 0, "{counts}");
        fits_together(app);
    }

    fn a_wrong_missing_is_reversed_until_the_batch_is_closed(app) {
        let (batch, ids) = dock(app, &["CZC0001", "CZC0002"], 0);
        log(&app.refurbisher, &ids[0], json!({"type": "missing"})).expect(200);
        let wrong = reverse(app, &ids[0], "missing");
        log(&app.refurbisher, &ids[0], wrong).expect(200);
        assert_eq!(stage(app, &ids[0]), "received");
        app.refurbisher.post(&format!("/batches/{batch}/close"), Value::Null).expect(200);
        fits_together(app);
    }

    fn what_turns_up_after_the_closing_is_received_late(app) {
        let batch = crate::support::workshop::scheduled(app, &["CZC0001", "CZC0002", "CZC0003"]);
        let count = |serials: &[&str]| {
            let lines: Vec<_> = serials.iter().map(|serial| json!({"serial": serial})).collect();
            app.refurbisher.post(&format!("/batches/{batch}/receive"), json!({"devices": lines}))
        };
        count(&["CZC0001"]).expect(200);
        app.refurbisher.post(&format!("/batches/{batch}/close"), Value::Null).expect(200);
        assert_eq!(missing_of(app, &batch), (json!(1), json!(2), json!(0)));
        let lost = app.refurbisher.get("/devices?q=CZC0002").expect(200);
        let lost = text(&lost["items"][0]["id"]);
        log(&app.refurbisher, &lost, reverse(app, &lost, "missing")).refused(409, "correction_not_possible");
        app.mails();
        // scanned at the bench, and counted at the dock
        log(&app.refurbisher, &lost, json!({"type": "received"})).expect(200);
        let late = count(&["CZC0003"]).expect(200);
        assert_eq!(late["received"], 1);
        assert_eq!(missing_of(app, &batch), (json!(3), json!(0), json!(0)));
        let told: Vec<_> = app.mails_of("batch_late").iter().map(|mail| mail.data["missing"].clone()).collect();
        assert_eq!(told, [json!(1), json!(0)]);
        assert_eq!(app.donor.get(&format!("/batches/{batch}")).expect(200)["status"], "closed");
        fits_together(app);
    }

    fn a_machine_without_lshw_is_described_by_hand(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 0);
        let id = &ids[0];
        advance(app, id, "graded");
        let wrong = json!({"kind": "monitor", "manufacturer": "Iiyama", "model": "ProLite", "serial": "IIY-77", "reason": "C'est un écran."});
        let read = correct(&app.refurbisher, id, wrong).expect(200);
        assert_eq!((&read["kind"], &read["manufacturer"], &read["serial"], &read["stage"]),
            (&json!("monitor"), &json!("Iiyama"), &json!("IIY-77"), &json!("erased")));
        let taken = correct(&app.refurbisher, id, json!({"serial": "CZC0002", "reason": "x"})).refused(422, "duplicate_serial");
        assert!(taken["detail"].as_str().unwrap().contains("CZC0002"), "{taken}");
        assert_eq!(taken["device"], json!(ids[1]));
        let none = correct(&app.refurbisher, id, json!({"serial": "To Be Filled By O.E.M.", "reason": "x"})).refused(422, "invalid_fields");
        assert_eq!(none["errors"][0]["pointer"], "/serial");
        correct(&app.refurbisher, id, json!({"type": "ready", "reason": "x"})).refused(422, "invalid_fields");
        let found = app.refurbisher.get("/devices?q=IIY-77").expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        fits_together(app);
    }

    fn a_machine_that_nobody_announced_is_merged_with_the_announced_one(app) {
        let batch = crate::support::workshop::scheduled(app, &["CZC0001", "CZC0002"]);
        let id = unannounced(app, &batch, &Value::Null);
        assert_eq!(missing_of(app, &batch), (json!(0), json!(2), json!(1)));
        advance(app, &id, "erased");
        // what the machine says names the one that is awaited
        app.refurbisher.put(&format!("/devices/{id}/hardware"), machine(&[("S1", "Samsung SSD 870")])).expect(200);
        let named = app.refurbisher.post(&format!("/devices/{id}/contradictions"),
            json!({"field": "serial", "keep": "machine", "reason": "Lu par lshw."})).refused(422, "duplicate_serial");
        assert!(named["detail"].as_str().unwrap().contains("same_as"), "{named}");
        let merge = json!({"same_as": named["device"], "reason": "Étiquette illisible au quai."});
        let read = correct(&app.refurbisher, &id, merge).expect(200);
        assert_eq!((&read["serial"], &read["stage"]), (&json!("CZC0001"), &json!("triaged")));
        assert_eq!(missing_of(app, &batch), (json!(1), json!(1), json!(0)));
        correct(&app.refurbisher, &id, json!({"same_as": "CZC0002", "reason": "x"})).refused(409, "correction_not_possible");
        // the announced row is the same machine: nothing happens to it any more
        let other = text(&named["device"]);
        log(&app.refurbisher, &other, json!({"type": "received"})).refused(409, "step_not_allowed");
        log(&app.refurbisher, &id, erased(&["S1"])).expect(200);
        app.refurbisher.post(&format!("/batches/{batch}/close"), Value::Null).expect(200);
        assert_eq!(missing_of(app, &batch), (json!(1), json!(1), json!(0)));
        // after the closing, too
        let late = unannounced(app, &batch, &Value::Null);
        correct(&app.refurbisher, &late, json!({"same_as": "CZC0001", "reason": "x"})).refused(409, "correction_not_possible");
        correct(&app.refurbisher, &late, json!({"same_as": "CZC0002", "reason": "Retrouvée au fond du camion."})).expect(200);
        assert_eq!(missing_of(app, &batch), (json!(2), json!(0), json!(0)));
        let counts = app.refurbisher.get("/devices/counts").expect(200);
        assert_eq!(counts["total"], 2, "{counts}");
        fits_together(app);
    }

    fn operations_and_corrections_in_any_order_keep_what_is_stored_together(app) {
        let batch = crate::support::workshop::scheduled(app, &["CZC0001", "CZC0002", "CZC0003", "CZC0004"]);
        let counted = app.refurbisher.post(&format!("/batches/{batch}/receive"), json!({
            "devices": [{"serial": "CZC0001"}, {"serial": "CZC0002"}, {"kind": "desktop"}],
            "accessories": [{"kind": "keyboard", "quantity": 3}, {"kind": "mouse", "quantity": 3}]})).expect(200);
        let ids: Vec<_> = counted["devices"].as_array().unwrap().iter().map(|device| text(&device["id"])).collect();
        for seed in 1..=6 {
            let mut dice = Dice(seed);
            for turn in 0..40 {
                let id = &ids[dice.below(ids.len())];
                let who = [&app.refurbisher, &app.other_refurbisher][dice.below(2)];
                let reply = match dice.below(12) {
                    0 => log(who, id, json!({"type": "scrapped", "reason": "x", "weight_grams": 900})),
                    1 => log(who, id, json!({"type": "harvested", "parts": [{"kind": "memory", "label": "8 Go", "quantity": 1}]})),
                    2 => log(who, id, json!({"type": "missing"})),
                    3 => log(who, id, json!({"type": "received"})),
                    4 => log(who, id, json!({"type": "waste_noted", "waste_reference": format!("BSD-{turn}")})),
                    5..=7 => {
                        let lines = app.refurbisher.get(&format!("/devices/{id}/events")).expect(200);
                        let lines = lines["items"].as_array().unwrap();
                        let event = lines[lines.len() - 1 - dice.below(lines.len().min(3))]["id"].clone();
                        let by = [who, &app.staff][dice.below(2)];
                        correct(by, id, json!({"event_id": event, "reason": "Erreur."}))
                    }
                    8 => {
                        let kind = ["desktop", "laptop"][dice.below(2)];
                        correct(who, id, json!({"kind": kind, "reason": "Relu."}))
                    }
                    9 => {
                        let other = ["CZC0003", "CZC0004"][dice.below(2)];
                        correct(who, id, json!({"same_as": other, "reason": "La même."}))
                    }
                    _ => log(who, id, any_event(&mut dice)),
                };
                assert!(reply.status < 500, "{}", reply.text());
            }
            fits_together(app);
        }
        app.refurbisher.post(&format!("/batches/{batch}/close"), Value::Null).expect(200);
        fits_together(app);
        // what is counted is what a walk over the devices counts
        let counts = app.staff.get("/devices/counts").expect(200);
        let listed = app.staff.get("/devices?limit=200").expect(200);
        let merged = |device: &&Value| device["stage"] == "missing" && device["manifest_line"].is_null() && device["received_at"].is_null();
        let all = listed["items"].as_array().unwrap();
        let standing = all.len() - all.iter().filter(merged).count();
        assert_eq!(counts["total"], standing, "{counts}");
    }
}
