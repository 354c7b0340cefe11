//! On the bench: steps, tests, grades, who may do what.

use crate::support::workshop::{
    advance, advance_from, at_once, dock, erased, intact, log, machine, stage, steps, stock, text,
};
use testkit::{Client, Value, both_engines, json};

both_engines! {
    fn a_word_that_is_no_choice_is_answered_with_the_choices(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let problem = log(&app.refurbisher, &ids[0], json!({"type": "triaged", "outcome": "garder"})).refused(422, "invalid_fields");
        let mistake = &problem["errors"][0];
        assert_eq!((&mistake["pointer"], &mistake["detail"]), (&json!("/outcome"), &json!("Valeurs possibles : keep, scrap, parts.")));
    }

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
        assert_eq!(intact(app), workshop::CustodyReport { devices: 1, events: 8, ..Default::default() });
    }

    fn fifty_machines_go_from_the_truck_to_the_shelf_without_an_edit_by_hand(app) {
        let serials: Vec<String> = (0..50).map(|n| format!("CZC{n:04}")).collect();
        let names: Vec<&str> = serials.iter().map(String::as_str).collect();
        let (_, ids) = dock(app, &names, 50);
        for (id, serial) in ids.iter().zip(&names) {
            let mut capture = machine(&[(&format!("D-{serial}"), "SSD 256")]);
            capture[0]["serial"] = json!(serial);
            let seen = app.refurbisher.put(&format!("/devices/{id}/hardware"), capture).expect(200);
            assert_eq!(seen["hardware"]["contradictions"], json!([]));
        }
        let scan = |who: &Client, event: &dyn Fn(&str) -> Value| {
            let line = |serial: &&str| {
                let mut line = event(serial);
                line["device"] = json!(format!("S/N: {serial}"));
                line["client_id"] = json!(format!("{serial} {}", line["type"]));
                line
            };
            let lines: Vec<Value> = names.iter().map(line).collect();
            let answer = who.post("/device-events", json!({"events": lines})).expect(200);
            for result in answer["results"].as_array().unwrap() {
                assert_eq!(result["status"], "applied", "{result}");
            }
        };
        for event in steps("") {
            let who = if event["type"] == "quality_checked" { &app.other_refurbisher } else { &app.refurbisher };
            scan(who, &|serial| match event["type"].as_str() {
                Some("erased") => erased(&[&format!("D-{serial}")]),
                _ => event.clone(),
            });
        }
        let counts = app.refurbisher.get("/devices/counts").expect(200);
        assert_eq!((&counts["total"], &counts["stages"]["ready"]), (&json!(50), &json!(50)));
        assert_eq!((stock(app, "keyboard"), stock(app, "mouse")), (0, 0));
        assert_eq!(intact(app).events, 50 * 8);
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
        assert_eq!((&answer["results"][0]["status"], &answer["results"][0]["code"]), (&json!("refused"), &json!("unknown_device")));
        assert_eq!(answer["results"][0]["stage"], Value::Null, "no more is told of it");
        app.stranger_refurbisher.get(&format!("/devices/{}", ids[0])).refused(404, "not_found");
        app.other_donor.get(&format!("/devices/{}/events", ids[0])).refused(404, "not_found");
        assert_eq!(app.other_donor.get("/devices").expect(200)["items"], json!([]));
        assert_eq!(app.donor.get("/devices").expect(200)["items"].as_array().unwrap().len(), 1);
        app.association("Une association").get("/devices").refused(403, "not_allowed");
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

    fn a_stale_version_is_refused(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let event = json!({"type": "triaged", "outcome": "keep"});
        let stale = app.refurbisher.with_header("if-match", "\"1\"");
        log(&stale, &ids[0], event.clone()).refused(412, "stale_version");
        assert_eq!(stage(app, &ids[0]), "received");
        let etag = app.refurbisher.get(&format!("/devices/{}", ids[0])).header("etag").to_owned();
        log(&app.refurbisher.with_header("if-match", &etag), &ids[0], event).expect(200);
    }

    fn a_test_template_is_read_and_what_a_test_left_out_is_told(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let told = app.refurbisher.get("/workshop-templates").expect(200);
        let desktop = told["kinds"].as_array().unwrap().iter().find(|one| one["kind"] == "desktop").unwrap();
        assert_eq!(desktop["strict"], false);
        assert_eq!(desktop["checks"][0], json!({"name": "boot", "fr": "Démarrage", "en": "Starts", "must_pass": true, "may_be_na": false}));
        assert_eq!(desktop["kit"][0], json!({"kind": "keyboard", "quantity": 1}));
        assert_eq!((&told["grades"][0]["grade"], &told["clock_ahead_minutes"]), (&json!("A"), &json!(60)));
        assert!(text(&told["grades"][3]["fr"]).contains("fêlée"));
        assert_eq!(told["waiting_days"]["received"], 7);

        advance(app, &ids[0], "tested");
        let checks = json!({"boot": "pass", "memory": "pass", "network": "na", "disque": "pass"});
        let after = log(&app.refurbisher, &ids[0], json!({"type": "tested", "checks": checks})).expect(200);
        assert_eq!(after["tests_passed"], true, "a scanner with names of its own is not held up");
        assert_eq!(after["checks"], json!({"left_out": ["network", "usb", "video"], "additional": ["disque"]}));
        let strange = json!({"type": "tested", "checks": {"boot": "pass", "disque": "fail"}});
        assert_eq!(log(&app.refurbisher, &ids[0], strange).expect(200)["tests_passed"], false);
        log(&app.refurbisher, &ids[0], json!({"type": "graded", "cosmetic": "A"})).refused(409, "tests_not_passed");
        let optional = json!({"type": "tested", "checks": {"boot": "pass", "optical_drive": "fail"}});
        assert_eq!(log(&app.refurbisher, &ids[0], optional).expect(200)["tests_passed"], true);
        let nothing = json!({"type": "tested", "checks": {"boot": "na"}});
        assert_eq!(log(&app.refurbisher, &ids[0], nothing).expect(200)["tests_passed"], false);
        let wrong = json!({"type": "tested", "checks": {"boot": "maybe"}, "battery_percent": 101});
        let problem = log(&app.refurbisher, &ids[0], wrong).refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2, "{problem}");
    }
}
