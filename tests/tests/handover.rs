//! Lots are handed over: by appointment, whole, once.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use support::waves::{self, Stage};
use testkit::{Client, TestApp, Value, both_engines, json};

fn two_lots(app: &TestApp) -> (Stage, String) {
    let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 22);
    let path = stage.approved_wave(app, "Première vague");
    (stage, path)
}

/// The handover of an association, as staff see it.
fn handover_of(app: &TestApp, association: &str) -> Value {
    let list = app.staff.get("/handovers").expect(200);
    let found = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|handover| handover["association"] == association);
    let id = found.unwrap()["id"].as_str().unwrap().to_owned();
    app.staff.get(&format!("/handovers/{id}")).expect(200)
}

fn path(handover: &Value) -> String {
    format!("/handovers/{}", handover["id"].as_str().unwrap())
}

fn tags(handover: &Value) -> Vec<String> {
    let lot = handover["lot"].as_array().unwrap();
    lot.iter()
        .map(|device| device["tag"].as_str().unwrap().to_owned())
        .collect()
}

fn appointment(day: u32) -> Value {
    json!({"from": format!("2023-03-{day:02}T09:00:00Z"), "to": format!("2023-03-{day:02}T10:00:00Z"),
        "place": "Atelier du Port, quai 3"})
}

fn complete(client: &Client, handover: &Value, devices: &[String]) -> testkit::Reply {
    client.post(&format!("{}/complete", path(handover)),
        json!({"recipient_name": "Aïcha Responsable", "devices": devices, "signature": "data:image/svg+xml,…"}))
}

both_engines! {
    fn a_lot_is_scheduled_signed_for_and_handed_over(app) {
        let (stage, wave) = two_lots(app);
        let alpha = handover_of(app, "Alpha");
        assert_eq!((&alpha["status"], &alpha["devices"]), (&json!("planned"), &json!(12)));
        assert_eq!(alpha["reference"], "R-2023-00001");
        let planned = app.refurbisher.post(&format!("{}/schedule", path(&alpha)), appointment(9)).expect(200);
        assert_eq!((&planned["status"], &planned["from"]), (&json!("scheduled"), &json!("2023-03-09T09:00:00Z")));
        assert_eq!(app.staff.get(&wave).expect(200)["status"], "handing_over");
        let mails = app.mails_of("handover_scheduled");
        assert_eq!(mails.len(), 3, "the association and two people of the workshop");
        assert_eq!(mails[0].data["appointment"]["sequence"], 0);
        app.refurbisher.post(&format!("{}/schedule", path(&alpha)), appointment(9)).expect(200);
        assert_eq!(app.mails_of("handover_scheduled").len(), 3);
        app.staff.post(&format!("{}/schedule", path(&alpha)), appointment(10)).expect(200);
        assert_eq!(app.mails_of("handover_scheduled").last().unwrap().data["appointment"]["sequence"], 1);

        let note = app.refurbisher.get(&format!("{}/note", path(&alpha)));
        assert!(note.text().contains(&tags(&alpha)[11]) && note.text().contains("Bordereau de remise R-2023-00001"));

        let mut scans = tags(&alpha);
        // a serial number will do as well
        scans[0] = alpha["lot"][0]["serial"].as_str().unwrap().to_lowercase();
        let done = complete(&app.refurbisher, &alpha, &scans).expect(200);
        assert_eq!((&done["status"], &done["recipient_name"]), (&json!("completed"), &json!("Aïcha Responsable")));
        let again = complete(&app.refurbisher, &alpha, &scans).expect(200);
        assert_eq!(again["version"], done["version"]);
        assert_eq!(app.mails_of("handover_completed").len(), 1);
        let gone = app.staff.get("/devices?stage=handed_over").expect(200);
        assert_eq!(gone["items"].as_array().unwrap().len(), 12);
        app.staff.post(&format!("{}/missed", path(&alpha)), json!({"reason": "Trop tard."}))
            .refused(409, "handover_step_not_allowed");

        let beta = handover_of(app, "Beta");
        complete(&app.staff, &beta, &tags(&beta)).expect(200);
        assert_eq!(app.staff.get(&wave).expect(200)["status"], "completed");
        app.staff.post(&format!("{wave}/cancel"), json!({"reason": "Non."})).refused(409, "wave_step_not_allowed");

        let figures = app.anyone.get(&format!("/programmes/{}/figures", stage.programme)).expect(200);
        assert_eq!(figures["devices"], json!({"handed_over": 22}));
        assert_eq!((&figures["associations_served"], &figures["lots"]), (&json!(2), &json!(2)));
        let first = &figures["waves"][0];
        assert_eq!((&first["associations"], &first["devices"]), (&json!(2), &json!(22)));
        assert_eq!((&first["smallest"], &first["largest"]), (&json!(10), &json!(12)));
        assert_eq!(figures["territories"][0]["devices"], 22);
        assert!(!figures.to_string().contains("Alpha"));
    }

    fn device_not_in_lot(app) {
        two_lots(app);
        let (alpha, beta) = (handover_of(app, "Alpha"), handover_of(app, "Beta"));
        let mut scans = tags(&alpha);
        scans.push(tags(&beta)[0].clone());
        let problem = complete(&app.refurbisher, &alpha, &scans).refused(409, "device_not_in_lot");
        assert!(problem["detail"].as_str().unwrap().contains(&tags(&beta)[0]));
        scans.pop();
        scans.push("INCONNU".to_owned());
        complete(&app.refurbisher, &alpha, &scans).refused(409, "device_not_in_lot");
    }

    fn lot_incomplete(app) {
        two_lots(app);
        let alpha = handover_of(app, "Alpha");
        let mut scans = tags(&alpha);
        let left = scans.pop().unwrap();
        let problem = complete(&app.refurbisher, &alpha, &scans).refused(409, "lot_incomplete");
        assert_eq!(problem["missing"], json!([left]));
        complete(&app.refurbisher, &alpha, &[]).refused(409, "lot_incomplete");
        app.refurbisher.post(&format!("{}/complete", path(&alpha)), json!({"recipient_name": " ", "devices": scans}))
            .refused(422, "invalid_fields");
        assert_eq!(handover_of(app, "Alpha")["status"], "planned");
    }

    fn a_missed_handover_is_scheduled_again(app) {
        two_lots(app);
        let alpha = handover_of(app, "Alpha");
        app.refurbisher.post(&format!("{}/schedule", path(&alpha)), appointment(9)).expect(200);
        app.refurbisher.post(&format!("{}/missed", path(&alpha)), json!({"reason": ""})).refused(422, "invalid_fields");
        let missed = app.refurbisher.post(&format!("{}/missed", path(&alpha)), json!({"reason": "Personne."})).expect(200);
        assert_eq!((&missed["status"], &missed["reason"]), (&json!("missed"), &json!("Personne.")));
        assert_eq!(app.mails_of("handover_missed").len(), 4, "the association and three of the city");
        complete(&app.refurbisher, &alpha, &tags(&alpha)).refused(409, "handover_step_not_allowed");
        let mut wrong = appointment(12);
        wrong["to"] = wrong["from"].clone();
        app.refurbisher.post(&format!("{}/schedule", path(&alpha)), wrong).refused(422, "invalid_fields");
        app.refurbisher.post(&format!("{}/schedule", path(&alpha)), appointment(12)).expect(200);
        complete(&app.refurbisher, &alpha, &tags(&alpha)).expect(200);
    }

    fn a_released_lot_is_ready_for_the_next_wave(app) {
        let (stage, wave) = two_lots(app);
        let (alpha, beta) = (handover_of(app, "Alpha"), handover_of(app, "Beta"));
        app.refurbisher.post(&format!("{}/release", path(&alpha)), json!({"reason": "Local fermé."})).refused(403, "not_allowed");
        let back = app.staff.post(&format!("{}/release", path(&alpha)), json!({"reason": "Local fermé."})).expect(200);
        assert_eq!((&back["status"], &back["reason"]), (&json!("cancelled"), &json!("Local fermé.")));
        app.staff.post(&format!("{}/release", path(&alpha)), json!({"reason": "Local fermé."})).expect(200);
        assert_eq!(app.mails_of("lot_released").len(), 1);
        complete(&app.staff, &beta, &tags(&beta)).expect(200);
        assert_eq!(app.staff.get(&wave).expect(200)["status"], "completed");
        app.staff.post(&format!("{}/release", path(&beta)), json!({"reason": "Non."})).refused(409, "handover_step_not_allowed");
        let figures = app.anyone.get(&format!("/programmes/{}/figures", stage.programme)).expect(200);
        assert_eq!((&figures["devices_granted"], &figures["associations_served"]), (&json!(10), &json!(1)));
        let next = stage.proposed_wave(app, "Deuxième vague");
        let lines = app.staff.get(&format!("{next}/lines")).expect(200);
        assert_eq!(lines["items"].as_array().unwrap().len(), 1);
        assert_eq!(lines["items"][0]["granted"], json!({"desktop": 12}));
    }

    fn a_handover_is_seen_by_those_concerned(app) {
        let (stage, _) = two_lots(app);
        let alpha = handover_of(app, "Alpha");
        stage.clients[0].get(&path(&alpha)).expect(200);
        stage.clients[1].get(&path(&alpha)).refused(404, "not_found");
        assert_eq!(stage.clients[1].get("/handovers").expect(200)["items"].as_array().unwrap().len(), 1);
        app.refurbisher.get(&path(&alpha)).expect(200);
        app.stranger_refurbisher.get(&path(&alpha)).refused(404, "not_found");
        assert_eq!(app.stranger_refurbisher.get("/handovers").expect(200)["items"], json!([]));
        complete(&app.stranger_refurbisher, &alpha, &tags(&alpha)).refused(404, "not_found");
        complete(&stage.clients[0], &alpha, &tags(&alpha)).refused(403, "not_allowed");
        app.refurbisher.with_header("if-match", "\"7\"").post(&format!("{}/schedule", path(&alpha)), appointment(9))
            .refused(412, "stale_version");
    }

    fn two_workshops_closing_a_lot_at_once_give_one_outcome(app) {
        two_lots(app);
        let alpha = handover_of(app, "Alpha");
        let scans = tags(&alpha);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let clients = [&app.refurbisher, &app.other_refurbisher, &app.staff, &app.admin];
            let running = clients.map(|client| scope.spawn(|| complete(client, &alpha, &scans).status));
            running.map(|thread| thread.join().unwrap()).to_vec()
        });
        assert_eq!(statuses, [200; 4]);
        assert_eq!(app.mails_of("handover_completed").len(), 1);
    }

    fn a_device_that_fails_gives_its_place_to_an_equivalent_one(app) {
        two_lots(app);
        let alpha = handover_of(app, "Alpha");
        let failed = tags(&alpha)[3].clone();
        let replace = format!("{}/replace", path(&alpha));
        let body = json!({"device": failed.to_lowercase(), "reason": "L'écran reste noir."});
        app.refurbisher.post(&replace, body.clone()).refused(409, "no_replacement");
        let spare = waves::stock(app, "desktop", 1, 900)[0].clone();
        waves::set_grade(app, &spare, "C");
        app.refurbisher.post(&replace, body.clone()).refused(409, "no_replacement");
        waves::set_grade(app, &spare, "A");
        waves::tie(app, &spare, Some(&json!({"themes": ["employment"]})));
        app.refurbisher.post(&replace, body.clone()).refused(409, "no_replacement");
        waves::tie(app, &spare, None);
        app.refurbisher.post(&replace, json!({"device": "INCONNU", "reason": "Noir."})).refused(409, "device_not_in_lot");
        app.refurbisher.post(&replace, json!({"device": failed, "reason": " "})).refused(422, "invalid_fields");
        app.stranger_refurbisher.post(&replace, body.clone()).refused(404, "not_found");

        let done = app.refurbisher.post(&replace, body.clone()).expect(200);
        assert_eq!((&done["failed"], &done["replacement"]["tag"]), (&json!(failed), &json!(spare)));
        let now = handover_of(app, "Alpha");
        assert_eq!(tags(&now).len(), 12);
        assert!(tags(&now).contains(&spare) && !tags(&now).contains(&failed));
        let bench = app.staff.get("/devices?stage=in_repair").expect(200);
        assert_eq!((bench["items"].as_array().unwrap().len(), &bench["items"][0]["tag"]), (1, &json!(failed)));
        let log = app.staff.get(&format!("/devices/{}/events", bench["items"][0]["id"].as_str().unwrap())).expect(200);
        assert!(log.to_string().contains("L'écran reste noir."));
        app.refurbisher.post(&replace, body).refused(409, "device_not_in_lot");
        complete(&app.refurbisher, &now, &tags(&alpha)).refused(409, "device_not_in_lot");
        complete(&app.refurbisher, &now, &tags(&now)).expect(200);
        app.refurbisher.post(&replace, json!({"device": spare, "reason": "Noir."})).refused(409, "handover_step_not_allowed");
    }

    fn a_lot_that_came_back_goes_to_the_next_in_the_order(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000), ("Gamma", 10, 6_000)], 22);
        let first = stage.approved_wave(app, "Première vague");
        let alpha = handover_of(app, "Alpha");
        app.refurbisher.post(&format!("{}/missed", path(&alpha)), json!({"reason": "Personne."})).expect(200);
        let reason = json!({"reason": "L'association renonce."});
        app.refurbisher.post(&format!("{}/pass-on", path(&alpha)), reason.clone()).refused(403, "not_allowed");
        let passed = app.staff.post(&format!("{}/pass-on", path(&alpha)), reason.clone()).expect(200);
        assert_eq!(passed["handover"]["status"], "cancelled");
        let wave = &passed["wave"];
        assert_eq!((&wave["status"], &wave["supply"]), (&json!("proposed"), &json!({"desktop": 12})));
        assert_eq!(wave["lines"].as_array().unwrap().len(), 1);
        assert_eq!((&wave["lines"][0]["association"], &wave["lines"][0]["granted"]), (&json!("Gamma"), &json!({"desktop": 10})));
        let reasons: Vec<_> = wave["unserved"].as_array().unwrap().iter().map(|line| &line["reason"]).collect();
        assert_eq!(reasons, ["excluded", "nothing_due"]);
        app.staff.post(&format!("{}/pass-on", path(&alpha)), reason).refused(409, "handover_step_not_allowed");

        let next = format!("/waves/{}", wave["id"].as_str().unwrap());
        app.staff.post(&format!("{next}/submit"), Value::Null).expect(200);
        app.other_staff.post(&format!("{next}/approve"), Value::Null).expect(200);
        let gamma = handover_of(app, "Gamma");
        assert!(tags(&gamma).iter().all(|tag| tags(&alpha).contains(tag)));
        assert_eq!(app.staff.get(&first).expect(200)["status"], "approved");
        let list = app.staff.get(&format!("/programmes/{}/waiting-list", stage.programme)).expect(200);
        let rows: Vec<_> = list["items"].as_array().unwrap().iter()
            .map(|row| (row["association"].as_str().unwrap(), row["granted"].as_i64().unwrap(), row["remaining"].as_i64().unwrap()))
            .collect();
        assert_eq!(rows, [("Alpha", 0, 12), ("Beta", 10, 0), ("Gamma", 10, 0)]);
        let own = stage.clients[0].get(&format!("/programmes/{}/waiting-list", stage.programme)).expect(200);
        assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["remaining"]), (1, &json!(12)));
        let table = app.staff.with_header("accept", "text/csv").get(&format!("/programmes/{}/waiting-list", stage.programme));
        assert_eq!(table.text().lines().count(), 4);
        let page = app.staff.get(&format!("/programmes/{}/waiting-list?limit=2", stage.programme)).expect(200);
        let rest = app.staff.get(&format!("/programmes/{}/waiting-list?after={}", stage.programme, page["next"].as_str().unwrap())).expect(200);
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["items"][0]["association"]), (1, &json!("Gamma")));
    }
}
