//! The count at the dock, and what is found again.

use crate::support::workshop::{advance, at_once, dock, intact, log, scheduled, stage, text};
use testkit::{Value, both_engines, json};

both_engines! {
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
        app.refurbisher.post(&path, json!({"devices": [{"serial": "CZC0003"}]})).expect(200);
        let late = app.donor.get(&format!("/batches/{batch}/reconciliation")).expect(200);
        assert_eq!((&late["received"], &late["missing"]), (&json!(3), &json!(0)), "it turned up after all");
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
}
