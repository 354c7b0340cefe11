//! A machine's key is a principal of its own and no person; what was read is what is decided.

use crate::support::accounts::{PASSWORD, invite_to, link};
use crate::support::waves::{Stage, plan_read};
use crate::support::workshop::{dock, log};
use testkit::{Client, TestApp, Value, both_engines, json};

const SCOPES: [&str; 6] = [
    "intake",
    "workshop",
    "eligibility",
    "allocation",
    "identity",
    "notifications",
];

/// A key of an organization that opens all that keys open, and its id.
fn key_of(app: &TestApp, organisation: &str) -> (Client, String) {
    let body = json!({"name": "Poste 1", "scopes": SCOPES, "organisation_id": organisation});
    let made = app.admin.post("/api-keys", body).expect(201);
    let key = app.anyone.with_token(made["key"].as_str().unwrap());
    (key, made["id"].as_str().unwrap().to_owned())
}

fn id_of(client: &Client) -> Value {
    json!(client.person)
}

/// Brings a device to where it is tested.
fn erased(app: &TestApp, serial: &str) -> String {
    let (_, ids) = dock(app, &[serial], 1);
    log(
        &app.refurbisher,
        &ids[0],
        json!({"type": "triaged", "outcome": "keep"}),
    )
    .expect(200);
    let erased = json!({"type": "erased", "drives": [{"media": "other", "method": "absent",
        "finished_at": "2023-02-28T09:00:00Z", "result": "success"}]});
    log(&app.refurbisher, &ids[0], erased).expect(200);
    ids[0].clone()
}

fn test() -> Value {
    json!({"type": "tested", "checks": {"boot": "pass"}})
}

fn check() -> Value {
    json!({"type": "quality_checked", "passed": true})
}

both_engines! {
    fn one_person_with_the_key_of_a_station_is_not_two_people(app) {
        let device = erased(app, "CZC0001");
        let (station, key) = key_of(app, &app.refurbisher.organisation);
        log(&station, &device, test()).expect(200);
        // nobody is named: no person signs on it, whoever they are
        for person in [&app.refurbisher, &app.other_refurbisher] {
            let refused = log(person, &device, check()).refused(409, "same_person");
            assert!(refused["detail"].as_str().unwrap().contains("poste"), "{refused}");
        }
        log(&station, &device, check()).refused(409, "same_person");
        // whoever tests it again under their own name does not sign it either
        log(&app.refurbisher, &device, test()).expect(200);
        log(&app.refurbisher, &device, check()).refused(409, "same_person");
        log(&app.other_refurbisher, &device, check()).expect(200);
        // the key stands on its line beside whoever made it
        let lines = app.refurbisher.get(&format!("/devices/{device}/events")).expect(200);
        let by_key = lines["items"].as_array().unwrap().iter().find(|line| line["type"] == "tested").unwrap();
        assert_eq!((&by_key["api_key_id"], &by_key["actor_id"]), (&json!(key), &id_of(&app.admin)));
        assert_eq!(by_key["operated_by"], Value::Null);
        // a test by the machine after the signature voids it
        log(&station, &device, test()).expect(200);
        log(&app.refurbisher, &device, json!({"type": "ready"})).refused(409, "step_not_allowed");
    }

    fn who_stands_at_a_station_proves_it_and_is_on_the_line(app) {
        let device = erased(app, "CZC0001");
        let (station, _) = key_of(app, &app.refurbisher.organisation);
        let badge = app.refurbisher.post("/me/badge", Value::Null).expect(201)["badge"].clone();
        let shown = station.post("/auth/operator", json!({"badge": badge})).expect(200);
        assert_eq!((&shown["id"], &shown["name"]), (&id_of(&app.refurbisher), &json!("Rita Atelier")));
        let mut event = test();
        event["operator"] = shown["operator"].clone();
        log(&station, &device, event).expect(200);
        let lines = app.refurbisher.get(&format!("/devices/{device}/events")).expect(200);
        let last = lines["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["operated_by"], id_of(&app.refurbisher));
        assert!(!last.to_string().contains(shown["operator"].as_str().unwrap()), "no token is kept");
        // who tested is who stood there, not whoever made the key
        log(&app.refurbisher, &device, check()).refused(409, "same_person");
        log(&app.other_refurbisher, &device, check()).expect(200);
    }

    fn an_operator_is_proven_and_not_claimed(app) {
        let device = erased(app, "CZC0001");
        let (station, _) = key_of(app, &app.refurbisher.organisation);
        let (next, _) = key_of(app, &app.refurbisher.organisation);
        let (elsewhere, _) = key_of(app, &app.stranger_refurbisher.organisation);
        let claim = |client: &Client, operator: &Value| {
            let mut event = test();
            event["operator"] = operator.clone();
            log(client, &device, event)
        };
        let badge = app.other_refurbisher.post("/me/badge", Value::Null).expect(201)["badge"].clone();
        let operator = station.post("/auth/operator", json!({"badge": badge})).expect(200)["operator"].clone();
        // an id is no proof, nor is another's token, nor a token at another key
        claim(&station, &id_of(&app.other_refurbisher)).refused(422, "invalid_fields");
        claim(&next, &operator).refused(422, "invalid_fields");
        claim(&app.refurbisher, &operator).refused(422, "invalid_fields");
        // it opens nothing
        app.anyone.with_token(operator.as_str().unwrap()).get("/me").refused(401, "not_authenticated");
        // another workshop's station takes no badge of this one, and a person is no station
        elsewhere.post("/auth/operator", json!({"badge": badge})).refused(401, "invalid_credentials");
        station.post("/auth/operator", json!({"badge": "rsb_nonsense"})).refused(401, "invalid_credentials");
        station.post("/auth/operator", json!({})).refused(422, "invalid_fields");
        app.refurbisher.post("/auth/operator", json!({"badge": badge})).refused(403, "not_allowed");
        // in a list each line is judged on its own
        let lines = json!({"events": [
            {"device": "CZC0001", "client_id": "1", "type": "moved", "location": "A1", "operator": "x"},
            {"device": "CZC0001", "client_id": "2", "type": "moved", "location": "A2", "operator": operator}]});
        let results = station.post("/device-events", lines).expect(200)["results"].clone();
        assert_eq!((&results[0]["status"], &results[1]["status"]), (&json!("refused"), &json!("applied")));
        // a new badge voids the one before; a shift ends
        app.other_refurbisher.post("/me/badge", Value::Null).expect(201);
        station.post("/auth/operator", json!({"badge": badge})).refused(401, "invalid_credentials");
        app.clock.advance_seconds(8 * 3600);
        claim(&station, &operator).refused(422, "invalid_fields");
    }

    fn an_operator_without_a_badge_signs_in_shortly(app) {
        let device = erased(app, "CZC0001");
        let (station, _) = key_of(app, &app.refurbisher.organisation);
        invite_to(app, &app.refurbisher.organisation, "jo@atelier.example", "refurbisher");
        let token = link(app, "invitation", "jo@atelier.example");
        app.anyone.post("/auth/invitation", json!({"token": token, "password": PASSWORD})).expect(200);
        let sign_in = |password: &str| station.post("/auth/operator", json!({"email": "jo@atelier.example", "password": password}));
        sign_in("faux mot").refused(401, "invalid_credentials");
        let operator = sign_in(PASSWORD).expect(200)["operator"].clone();
        let mut event = test();
        event["operator"] = operator;
        log(&station, &device, event).expect(200);
    }

    fn a_key_decides_nothing(app) {
        let (key, _) = key_of(app, &app.staff.organisation);
        let nobody = "0198c0de-0000-7000-8000-000000000000";
        for path in [
            "/waves/{id}/submit", "/waves/{id}/approve", "/waves/{id}/reject", "/waves/{id}/cancel",
            "/applications/{id}/decide", "/applications/{id}/request-changes", "/appeals/{id}/decide",
            "/obligations/{id}/meet", "/batches/{id}/accept", "/batches/{id}/refuse",
            "/organisations/{id}/verify", "/organisations/{id}/suspend", "/organisations/{id}/people",
            "/organisations/{id}/obligations", "/registration-cases/{id}/settle",
            "/handovers/{id}/complete", "/handovers/{id}/release", "/handovers/{id}/pass-on",
            "/handovers/{id}/allow", "/handovers/{id}/correct", "/devices/{id}/corrections",
            "/users", "/api-keys", "/me/proof", "/me/badge", "/people/{id}/erase",
        ] {
            key.post(&path.replace("{id}", nobody), json!({})).refused(403, "not_allowed");
        }
        for path in ["/waves/{id}/pins/{id}", "/applications/{id}/assessments/project", "/organisations/{id}/conventions/2023"] {
            key.put(&path.replace("{id}", nobody), json!({})).refused(403, "not_allowed");
        }
        for path in ["/waves/{id}/pins/{id}", "/organisations/{id}/people/{id}", "/me/sessions", "/people/{id}/second-factor"] {
            key.delete(&path.replace("{id}", nobody)).refused(403, "not_allowed");
        }
        // what machines are for stays theirs
        key.get(&format!("/organisations/{}/people", app.donor.organisation)).expect(200);
        key.get("/registration-cases").expect(200);
        key.get("/waves").expect(200);
    }

    fn nobody_signs_a_plan_that_they_did_not_read(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 30);
        let path = stage.proposed_wave(app, "Vague");
        let ask = |client: &Client, step: &str, body: Value| client.post(&format!("{path}/{step}"), body);
        let old = plan_read(&app.staff, &path);
        ask(&app.staff, "submit", Value::Null).refused(422, "required");
        let problem = ask(&app.staff, "submit", json!({"digest": " "})).refused(422, "required");
        assert_eq!(problem["errors"][0]["pointer"], "/digest");
        // somebody fixes a line meanwhile
        let pin = json!({"granted": {"desktop": 20}, "reason": "Deux sites."});
        app.admin.put(&format!("{path}/pins/{}", stage.applications[1]), pin).expect(200);
        ask(&app.staff, "submit", old.clone()).refused(409, "wave_out_of_date");
        let read = plan_read(&app.staff, &path);
        assert_ne!(read, old);
        ask(&app.staff, "submit", read.clone()).expect(200);
        ask(&app.other_staff, "approve", Value::Null).refused(422, "required");
        ask(&app.other_staff, "approve", old.clone()).refused(409, "wave_out_of_date");
        ask(&app.other_staff, "reject", json!({"reason": "Non."})).refused(422, "required");
        ask(&app.other_staff, "reject", json!({"digest": old["digest"], "reason": "Non."})).refused(409, "wave_out_of_date");
        // neither whoever submitted it nor whoever pinned a line approves it
        ask(&app.staff, "approve", read.clone()).refused(409, "same_person");
        ask(&app.admin, "approve", read.clone()).refused(409, "same_person");
        ask(&app.other_staff, "approve", read).expect(200);
    }

    fn a_pin_that_was_taken_back_or_replaced_still_had_an_author(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 30);
        let path = stage.proposed_wave(app, "Vague");
        let pins = format!("{path}/pins/{}", stage.applications[1]);
        let pin = |client: &Client, count: u32| {
            client.put(&pins, json!({"granted": {"desktop": count}, "reason": "Deux sites."})).expect(200)
        };
        pin(&app.admin, 20);
        pin(&app.staff, 15); // another's takes its place
        app.staff.delete(&pins).expect(200);
        let read = plan_read(&app.staff, &path);
        app.staff.post(&format!("{path}/submit"), read.clone()).expect(200);
        app.admin.post(&format!("{path}/approve"), read.clone()).refused(409, "same_person");
        app.other_staff.post(&format!("{path}/approve"), read).expect(200);
    }

    fn an_association_reads_what_was_decided_and_not_by_whom(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000)], 30);
        let path = stage.submitted_wave(app, "Vague");
        let mut decision = plan_read(&app.staff, &path);
        decision["comment"] = json!("Entre nous : à surveiller.");
        app.other_staff.post(&format!("{path}/approve"), decision).expect(200);
        let alpha = &stage.clients[0];
        let programme = format!("/programmes/{}/waves", stage.programme);
        for seen in [alpha.get(&path), alpha.get("/waves"), alpha.get(&programme)] {
            let text = { seen.expect(200); seen.text() };
            for hidden in ["Sam Service", "Olga Service", "surveiller"] {
                assert!(!text.contains(hidden), "{text}");
            }
        }
        let city = app.staff.get(&path).expect(200);
        assert_eq!((&city["approved_by"], &city["comment"]), (&json!("Olga Service"), &json!("Entre nous : à surveiller.")));
    }

    fn another_workshops_serial_is_like_one_that_nobody_has(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 1);
        let tag = app.refurbisher.get(&format!("/devices/{}", ids[0])).expect(200)["tag"].clone();
        let asked = |name: &str| {
            let lines = json!({"events": [{"device": name, "client_id": "1", "type": "moved", "location": "A"}]});
            let answer = app.stranger_refurbisher.post("/device-events", lines).expect(200);
            answer["results"][0].to_string().replace(name, "…")
        };
        let nobody = asked("CZC9999");
        assert!(nobody.contains("unknown_device"), "{nobody}");
        for name in ["CZC0001", tag.as_str().unwrap(), &ids[0]] {
            assert_eq!(asked(name), nobody, "{name}");
        }
        // nor do shipments tell them apart
        let send = |name: &str| {
            let body = json!({"to_workshop_id": app.refurbisher.organisation, "devices": [name]});
            let problem = app.stranger_refurbisher.post("/transfers", body).refused(422, "invalid_fields");
            problem["errors"].to_string().replace(name, "…")
        };
        assert_eq!(send("CZC0001"), send("CZC9999"));
        // one's own names that are near are told alike
        dock_elsewhere(app, "CZC0003");
        assert_eq!(asked("CZC0002"), asked("CZC0009"));
    }
}

/// A machine of the other workshop.
fn dock_elsewhere(app: &TestApp, serial: &str) {
    let (_, ids) = dock(app, &[serial], 2);
    let sent =
        json!({"to_workshop_id": app.stranger_refurbisher.organisation, "devices": [ids[0]]});
    let sent = app.refurbisher.post("/transfers", sent).expect(201);
    let receive = format!("/transfers/{}/receive", sent["id"].as_str().unwrap());
    app.stranger_refurbisher
        .post(&receive, json!({"devices": [serial]}))
        .expect(200);
}
