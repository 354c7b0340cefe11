//! From one workshop to another: sent, received, called back.

use crate::support::workshop::{advance, at_once, dock, intact, log, stock, text};
use testkit::{Client, Role, Value, both_engines, json};

both_engines! {
    fn devices_are_sent_and_received(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002", "CZC0003"], 1);
        advance(app, &ids[0], "nothing");
        advance(app, &ids[1], "graded");
        let sent = app.refurbisher.post("/transfers", json!({"to_workshop_id": app.stranger_refurbisher.organisation,
            "devices": [ids[0], "S/N: CZC0002", ids[2]], "note": "pour effacement"})).expect(201);
        let transfer = text(&sent["id"]);
        assert_eq!((&sent["status"], &sent["devices"]["under_way"]), (&json!("sent"), &json!(3)));
        assert_eq!((&sent["from_workshop"], &sent["to_workshop"]), (&json!("Atelier du Port"), &json!("Autre atelier")));
        let first = app.refurbisher.get(&format!("/devices/{}", ids[0])).expect(200);
        assert_eq!((&first["stage"], &first["kit"], &first["transfer_id"]), (&json!("graded"), &Value::Null, &json!(transfer)));
        assert_eq!(first["workshop_id"], app.refurbisher.organisation, "the sender's until it arrives");
        assert_eq!(stock(app, "mouse"), 1, "the kit stays");

        for who in [&app.refurbisher, &app.stranger_refurbisher, &app.staff] {
            who.get(&format!("/devices/{}", ids[0])).expect(200);
            who.get(&format!("/devices/{}/events", ids[0])).expect(200);
            assert_eq!(who.get(&format!("/transfers/{transfer}")).expect(200)["note"], "pour effacement");
            let under_way = who.get(&format!("/devices?transfer_id={transfer}")).expect(200);
            assert_eq!(under_way["items"].as_array().unwrap().len(), 3);
            assert_eq!(who.get("/transfers?status=sent").expect(200)["items"].as_array().unwrap().len(), 1);
        }
        assert_eq!(app.stranger_refurbisher.get("/devices").expect(200)["items"], json!([]), "not theirs yet");
        app.donor.get(&format!("/transfers/{transfer}")).refused(403, "not_allowed");

        let receive = format!("/transfers/{transfer}/receive");
        app.refurbisher.post(&receive, json!({"devices": ["CZC0001"]})).refused(404, "not_found");
        let scanned = json!({"devices": ["CZC0001", "czc-0001", "NOBODY"]});
        let answer = app.stranger_refurbisher.post(&receive, scanned.clone()).expect(200);
        let told: Vec<_> = answer["results"].as_array().unwrap().iter().map(|r| text(&r["status"])).collect();
        assert_eq!(told, ["applied", "already_applied", "refused"]);
        assert_eq!((&answer["results"][0]["stage"], &answer["results"][2]["code"]), (&json!("graded"), &json!("unknown_device")));
        let again = app.stranger_refurbisher.post(&receive, scanned).expect(200);
        assert_eq!(again["results"][0]["status"], "already_applied");
        let event = json!({"events": [{"device": "CZC0002", "type": "received", "client_id": "1"}]});
        assert_eq!(app.stranger_refurbisher.post("/device-events", event).expect(200)["results"][0]["status"], "applied");
        app.refurbisher.get(&format!("/devices/{}", ids[0])).refused(404, "not_found");
        log(&app.refurbisher, &ids[0], json!({"type": "moved", "location": "A"})).refused(403, "not_your_workshop");
        let counts = app.stranger_refurbisher.get(&format!("/transfers/{transfer}")).expect(200);
        assert_eq!(counts["devices"], json!({"under_way": 1, "received": 2, "cancelled": 0, "missing": 0}));

        log(&app.stranger_refurbisher, &ids[2], json!({"type": "missing"})).refused(409, "device_in_transit");
        log(&app.refurbisher, &ids[2], json!({"type": "missing"})).expect(200);
        let closed = app.refurbisher.get(&format!("/transfers/{transfer}")).expect(200);
        assert_eq!((&closed["status"], &closed["devices"]["missing"]), (&json!("received"), &json!(1)));
        let lines = app.refurbisher.get(&format!("/transfers/{transfer}/devices?outcome=received")).expect(200);
        assert_eq!(lines["items"][0]["tag"], first["tag"]);
        let csv = app.refurbisher.with_header("accept", "text/csv").get(&format!("/transfers/{transfer}/devices"));
        assert_eq!(csv.text().lines().count(), 4);
        intact(app);
    }

    fn device_in_transit(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 2);
        advance(app, &ids[0], "ready");
        let send = json!({"to_workshop_id": app.stranger_refurbisher.organisation, "devices": [ids[0]]});
        let transfer = text(&app.refurbisher.post("/transfers", send.clone()).expect(201)["id"]);
        for event in [json!({"type": "ready"}), json!({"type": "moved", "location": "A"}), json!({"type": "received"})] {
            log(&app.refurbisher, &ids[0], event).refused(409, "device_in_transit");
        }
        log(&app.stranger_refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "device_in_transit");
        let problem = app.refurbisher.post("/transfers", send).refused(422, "invalid_fields");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/devices/0"), &json!("device_in_transit")));

        let cancel = format!("/transfers/{transfer}/cancel");
        app.stranger_refurbisher.post(&cancel, json!({"reason": "x"})).refused(404, "not_found");
        app.refurbisher.post(&cancel, json!({"reason": " "})).refused(422, "invalid_fields");
        app.refurbisher.with_header("if-match", "\"9\"").post(&cancel, json!({"reason": "x"})).refused(412, "stale_version");
        let back = app.refurbisher.post(&cancel, json!({"reason": "camion en panne"})).expect(200);
        assert_eq!((&back["status"], &back["devices"]["cancelled"]), (&json!("cancelled"), &json!(1)));
        app.refurbisher.post(&cancel, json!({"reason": "encore"})).refused(409, "transfer_step_not_allowed");
        app.stranger_refurbisher.get(&format!("/devices/{}", ids[0])).refused(404, "not_found");
        assert_eq!(log(&app.refurbisher, &ids[0], json!({"type": "ready"})).expect(200)["stage"], "ready");
        let late = app.stranger_refurbisher.post(&format!("/transfers/{transfer}/receive"), json!({"devices": [ids[0]]})).expect(200);
        assert_eq!(late["results"][0]["code"], "transfer_step_not_allowed");
        intact(app);
    }

    fn every_device_that_cannot_go_is_named_and_then_none_goes(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 0);
        let elsewhere = app.stranger_refurbisher.organisation.clone();
        log(&app.refurbisher, &ids[1], json!({"type": "missing"})).expect(200);
        let send = |to: &str, devices: Value| app.refurbisher.post("/transfers", json!({"to_workshop_id": to, "devices": devices}));
        let problem = send(&elsewhere, json!([ids[0], "CZC0001", "NOBODY", ids[1]])).refused(422, "invalid_fields");
        let told: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| (text(&e["pointer"]), text(&e["code"]))).collect();
        let told: Vec<_> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(told, [("/devices/1", "duplicate"), ("/devices/2", "unknown_device"), ("/devices/3", "step_not_allowed")]);
        assert_eq!(app.refurbisher.get(&format!("/devices/{}", ids[0])).expect(200)["transfer_id"], Value::Null);
        send(&elsewhere, json!([])).refused(422, "invalid_fields");
        for to in [&app.refurbisher.organisation, &app.donor.organisation] {
            let problem = send(to, json!([ids[0]])).refused(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "/to_workshop_id");
        }
        let theirs = app.stranger_refurbisher.post("/transfers",
            json!({"to_workshop_id": app.refurbisher.organisation, "devices": [ids[0]]})).refused(422, "invalid_fields");
        assert_eq!(theirs["errors"][0]["code"], "unknown_device", "another's device is nobody's");
        app.staff.post("/transfers", json!({"to_workshop_id": elsewhere, "devices": [ids[0]]})).refused(403, "not_allowed");
        assert_eq!(app.refurbisher.get("/transfers").expect(200)["items"], json!([]));
    }

    fn a_device_that_is_sent_received_and_called_back_at_once_is_in_one_place(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let sent = app.refurbisher.post("/transfers", json!({"to_workshop_id": app.stranger_refurbisher.organisation, "devices": [ids[0]]}));
        let transfer = text(&sent.expect(201)["id"]);
        let (receive, cancel) = (format!("/transfers/{transfer}/receive"), format!("/transfers/{transfer}/cancel"));
        let scanned = json!({"devices": [ids[0]]});
        let reason = json!({"reason": "erreur"});
        let jobs: [(&Client, &str, &Value); 4] = [(&app.stranger_refurbisher, &receive, &scanned), (&app.refurbisher, &cancel, &reason),
            (&app.stranger_refurbisher, &receive, &scanned), (&app.refurbisher, &cancel, &reason)];
        at_once(&jobs, |(who, path, body)| {
            let reply = who.post(path, body.clone());
            assert!(matches!(reply.status, 200 | 409), "{}", reply.text());
        });
        let seen = [&app.refurbisher, &app.stranger_refurbisher].map(|who| who.get(&format!("/devices/{}", ids[0])).status);
        assert!(seen == [200, 404] || seen == [404, 200], "{seen:?}");
        let counts = app.staff.get(&format!("/transfers/{transfer}")).expect(200)["devices"].clone();
        assert_eq!(counts["received"].as_i64().unwrap() + counts["cancelled"].as_i64().unwrap(), 1);
        intact(app);
    }

    fn the_workshop_that_receives_hears_of_a_shipment_once(app) {
        let colleague = app.person(app.stranger_refurbisher.organisation.parse().unwrap(), Role::Refurbisher, "Sara Ailleurs");
        let (_, ids) = dock(app, &["CZC0001", "CZC0002", "CZC0003"], 0);
        let before = app.mails().len();
        let send = |devices: &[String], note: &str| app.refurbisher.post("/transfers", json!({
            "to_workshop_id": app.stranger_refurbisher.organisation, "devices": devices, "note": note}));
        send(&[ids[0].clone(), "NOBODY".to_owned()], "x").refused(422, "invalid_fields");
        assert_eq!(app.mails().len(), before, "nothing was sent");
        let first = text(&send(&ids[..2], "pour effacement").expect(201)["id"]);
        let list = format!("/transfers/{first}/devices?outcome=under_way");
        assert_eq!(colleague.get(&list).expect(200)["items"].as_array().unwrap().len(), 2, "what the mail links to");
        let mails = app.mails_of("transfer_sent");
        assert_eq!((mails.len(), app.mails().len()), (2, before + 2), "one for each person of the workshop, none for devices");
        assert_eq!((&mails[0].data["devices"], &mails[0].data["workshop"]), (&json!(2), &json!("Atelier du Port")));
        assert_eq!(mails[0].data["quantities"][0]["fr"], "2 ordinateurs fixes");

        // a second one within a short while comes with the first, in one mail a person
        send(&ids[2..], "").expect(201);
        let letters: Vec<_> = app.deliver().into_iter().filter(|letter| letter.contains("/atelier/transferts/")).collect();
        assert_eq!(letters.len(), 2, "{letters:?}");
        assert!(letters.iter().all(|letter| letter.contains(&format!("/atelier/transferts/{first}"))), "{letters:?}");

        // what is called back before its mail left takes its place
        colleague.post(&format!("/transfers/{first}/receive"), json!({"devices": [ids[0]]})).expect(200);
        let cancel = format!("/transfers/{first}/cancel");
        app.refurbisher.post(&cancel, json!({"reason": "camion en panne"})).expect(200);
        let told = app.mails_of("transfer_sent");
        let back: Vec<_> = told.iter().filter(|mail| mail.data["called_back"] == json!(true)).collect();
        assert_eq!((back.len(), &back[0].data["devices"]), (2, &json!(1)), "what was still on the road");
        assert!(!back[0].data.to_string().contains("effacement"), "the remark was about the sending");
    }
}
