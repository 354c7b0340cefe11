//! Waves: proposed, adjusted, decided by two, reserved, called off and continued.

use crate::support::applications;
use crate::support::check::fits_together;
use crate::support::waves::{self, Stage};
use testkit::{Value, both_engines, json};

both_engines! {
    fn a_wave_goes_from_draft_to_reserved_devices(app) {
        let stage = Stage::set(app, &[("Alpha", 30, 8_000), ("Beta", 20, 6_000), ("Gamma", 30, 4_000)], 60);
        let path = stage.wave(app, "Première vague", json!({}));
        let draft = app.staff.get(&path).expect(200);
        assert_eq!((&draft["status"], &draft["ordinal"]), (&json!("draft"), &json!(1)));
        assert_eq!(draft["settings"]["lot_min"], 10);
        app.staff.get(&format!("{path}/lines")).expect(200);

        let plan = app.staff.post(&format!("{path}/propose"), Value::Null).expect(200);
        assert_eq!((&plan["status"], &plan["supply"]), (&json!("proposed"), &json!({"desktop": 60})));
        let (alpha, beta, gamma) = (&stage.applications[0], &stage.applications[1], &stage.applications[2]);
        // 60 in proportion to 80, 60 and 40 points, Beta bounded by its request
        let shares = [alpha, beta, gamma].map(|application| waves::granted(&plan["lines"], application));
        assert_eq!(shares.iter().sum::<i64>(), 60);
        assert_eq!(shares, [27, 20, 13]);
        assert_eq!(plan["unserved"], json!([]));
        assert_eq!(plan["digest"].as_str().unwrap().len(), 64);
        let lines = app.staff.get(&format!("{path}/lines")).expect(200);
        let ranks: Vec<_> = lines["items"].as_array().unwrap().iter().map(|line| line["rank"].clone()).collect();
        assert_eq!(ranks, [json!(1), json!(2), json!(3)]);
        assert_eq!(lines["items"][0]["association"], "Alpha");
        assert_eq!(lines["items"][1]["reason"], "request_met");
        assert_eq!(lines["items"][2]["reason"], "stock_shared");

        let pinned = app.staff.put(&format!("{path}/pins/{gamma}"),
            json!({"granted": {"desktop": 20}, "reason": "Salle prête pour 20 postes."})).expect(200);
        assert_eq!(pinned["status"], "adjusted");
        assert_eq!(waves::granted(&pinned["lines"], gamma), 20);
        assert_eq!(pinned["difference"].as_array().unwrap().len(), 3);
        assert_ne!(pinned["digest"], plan["digest"]);

        let submitted = app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).expect(200);
        assert_eq!((&submitted["status"], &submitted["submitted_by"]), (&json!("submitted"), &json!("Sam Service")));
        assert_eq!(app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).expect(200)["version"], submitted["version"]);
        assert_eq!(app.mails_of("wave_to_approve").len(), 2);
        app.staff.put(&format!("{path}/pins/{gamma}"), json!({"granted": null, "reason": "Non."}))
            .refused(409, "wave_not_editable");
        app.staff.post(&format!("{path}/propose"), Value::Null).refused(409, "wave_not_editable");

        let approved = app.other_staff.post(&format!("{path}/approve"), json!({"digest": submitted["digest"], "comment": "Vu."})).expect(200);
        assert_eq!((&approved["status"], &approved["devices"]), (&json!("approved"), &json!(60)));
        assert_eq!((&approved["associations"], &approved["comment"]), (&json!(3), &json!("Vu.")));
        assert_eq!(waves::reserved(app), (60, 0));
        assert_eq!(app.mails_of("lot_granted").len(), 3);
        assert_eq!(approved["value_cents"], 600_000);
        let awards = app.staff.get("/awards?year=2023").expect(200);
        assert_eq!((awards["items"].as_array().unwrap().len(), &awards["value_cents"]), (3, &json!(600_000)));
        assert_eq!((&awards["items"][0]["convention_due"], &awards["items"][0]["year"]), (&json!(false), &json!(2023)));
        assert_eq!(app.staff.get("/awards?year=2024").expect(200)["items"], json!([]));
        app.staff.get("/awards?year=99999").refused(422, "invalid_fields");
        let own = stage.clients[1].get("/awards?year=2023").expect(200);
        assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["value_cents"]), (1, &json!(170_000)));
        assert_eq!(app.staff.with_header("accept", "text/csv").get("/awards?year=2023").text().lines().count(), 4);
        let told = app.mails_of("lot_granted").iter().any(|mail| mail.data["value"]["fr"] == "2\u{a0}000 €");
        assert!(told, "the value of Gamma's twenty desktops");
        assert_eq!(app.mails_of("picking_list").len(), 2);
        let again = app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);
        assert_eq!(again["version"], approved["version"]);
        assert_eq!(app.mails_of("lot_granted").len(), 3);

        let list = app.refurbisher.get(&format!("{path}/devices?limit=200")).expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 60);
        app.stranger_refurbisher.get(&format!("{path}/devices")).refused(404, "not_found");
        let table = app.staff.with_header("accept", "text/csv").get(&format!("{path}/devices"));
        assert_eq!(table.text().lines().count(), 61);
        let handovers = app.staff.get("/handovers").expect(200);
        assert_eq!(handovers["items"].as_array().unwrap().len(), 3);
        let events = app.staff.get(&format!("/devices/{}/events", list["items"][0]["device_id"].as_str().unwrap()))
            .expect(200);
        assert!(events.to_string().contains("reserved"));
        fits_together(app);
    }

    fn the_same_person_cannot_approve_what_it_submitted(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000)], 20);
        let path = stage.submitted_wave(app, "Vague");
        app.staff.post(&format!("{path}/approve"), waves::plan_read(&app.staff, &path)).refused(409, "same_person");
        assert_eq!(app.staff.get(&path).expect(200)["status"], "submitted");
        app.admin.post(&format!("{path}/approve"), waves::plan_read(&app.admin, &path)).expect(200);
    }

    fn wave_out_of_date(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
        let path = stage.proposed_wave(app, "Vague");
        let tag = stage.tags[0].clone();
        waves::set_stage(app, &tag, "graded");
        let problem = app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).refused(409, "wave_out_of_date");
        assert_eq!(problem["changes"]["devices"][0]["tag"], tag);
        assert!(problem["detail"].as_str().unwrap().contains(&tag));
        let again = app.staff.post(&format!("{path}/propose"), Value::Null).expect(200);
        assert_eq!(again["supply"], json!({"desktop": 39}));
        assert_eq!(again["difference"].as_array().unwrap().len(), 1);
        app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).expect(200);

        stage.clients[1].post(&format!("/applications/{}/withdraw", stage.applications[1]), Value::Null).expect(200);
        let problem = app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).refused(409, "wave_out_of_date");
        assert_eq!(problem["changes"]["applications"][0]["what"], "gone");
        assert_eq!(waves::reserved(app), (0, 0));
        app.other_staff.post(&format!("{path}/reject"), json!({"digest": app.staff.get(&path).expect(200)["digest"], "reason": "Une demande est retirée."})).expect(200);
        assert_eq!(app.mails_of("wave_rejected").len(), 1);
        let last = app.staff.post(&format!("{path}/propose"), Value::Null).expect(200);
        assert_eq!(last["lines"].as_array().unwrap().len(), 1);
    }

    fn a_wave_that_gives_nothing_is_not_submitted(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000)], 40);
        let path = stage.proposed_wave(app, "Vague");
        app.staff.put(&format!("{path}/pins/{}", stage.applications[0]),
            json!({"granted": null, "reason": "Convention en attente."})).expect(200);
        app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).refused(409, "nothing_to_allocate");
    }

    fn pin_not_possible(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
        let path = stage.proposed_wave(app, "Vague");
        let alpha = &stage.applications[0];
        app.staff.put(&format!("{path}/pins/{alpha}"), json!({"granted": {"desktop": 41}, "reason": "Tout."}))
            .refused(409, "pin_not_possible");
        app.staff.put(&format!("{path}/pins/{alpha}"), json!({"granted": {"laptop": 1}, "reason": "Un."}))
            .refused(409, "pin_not_possible");
        let problem = app.staff.put(&format!("{path}/pins/{alpha}"), json!({"granted": {"desktop": -1}, "reason": ""}))
            .refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
        let problem = app.staff.put(&format!("{path}/pins/{alpha}"), json!({"reason": "Oubli."}))
            .refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/granted");
        assert_eq!(app.staff.get(&path).expect(200)["status"], "proposed");

        let out = app.staff.put(&format!("{path}/pins/{alpha}"), json!({"granted": null, "reason": "Convention en attente."}))
            .expect(200);
        assert_eq!(out["unserved"][0]["reason"], "excluded");
        assert_eq!(out["unserved"][0]["pinned"], true);
        let back = app.staff.delete(&format!("{path}/pins/{alpha}")).expect(200);
        assert_eq!(waves::granted(&back["lines"], alpha), 20);
        app.staff.delete(&format!("{path}/pins/{alpha}")).refused(404, "not_found");
        let nobody = "0198c0de-0000-7000-8000-000000000000";
        app.staff.put(&format!("{path}/pins/{nobody}"), json!({"granted": null, "reason": "Qui ?"}))
            .refused(404, "not_found");
    }

    fn a_cancelled_wave_releases_its_devices(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000)], 20);
        let path = stage.submitted_wave(app, "Vague");
        app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);
        app.staff.post(&format!("{path}/cancel"), json!({"reason": " "})).refused(422, "invalid_fields");
        let over = app.staff.post(&format!("{path}/cancel"), json!({"reason": "Le local a brûlé."})).expect(200);
        assert_eq!(over["status"], "cancelled");
        assert_eq!(waves::reserved(app), (0, 0));
        assert_eq!(app.mails_of("lot_released").len(), 1);
        assert_eq!(app.staff.get("/handovers?status=cancelled").expect(200)["items"].as_array().unwrap().len(), 1);
        let next = stage.proposed_wave(app, "Deuxième vague");
        assert_eq!(app.staff.get(&next).expect(200)["supply"], json!({"desktop": 20}));
        fits_together(app);
    }

    fn a_second_wave_completes_what_the_first_gave(app) {
        let stage = Stage::set(app, &[("Alpha", 30, 8_000), ("Beta", 30, 6_000)], 30);
        let path = stage.submitted_wave(app, "Première vague");
        app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);
        waves::stock(app, "desktop", 20);
        let without = stage.wave(app, "Sans compléments", json!({}));
        app.staff.post(&format!("{without}/propose"), Value::Null).refused(409, "nothing_to_allocate");
        let with = stage.wave(app, "Compléments", json!({"complements": true}));
        let plan = app.staff.post(&format!("{with}/propose"), Value::Null).expect(200);
        let first = app.staff.get(&format!("{path}/lines")).expect(200);
        for application in &stage.applications {
            let line = plan["lines"].as_array().unwrap().iter().find(|line| line["application_id"] == *application).unwrap();
            assert_eq!(line["already"].as_i64().unwrap(), waves::granted(&first["items"], application));
        }
        // two waves end where one with the summed stock would
        let totals = stage.applications.iter().map(|a| waves::granted(&first["items"], a) + waves::granted(&plan["lines"], a));
        assert_eq!(totals.collect::<Vec<_>>(), [29, 21]);
        fits_together(app);
    }

    fn wave_out_of_date_when_a_donor_ties_its_gift_otherwise(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 25);
        let tied = waves::stock(app, "desktop", 15);
        waves::tie(app, &tied[0], Some(&json!({"themes": ["precarity"]})));
        let path = stage.submitted_wave(app, "Vague");
        waves::tie(app, &tied[0], Some(&json!({"themes": ["employment"]})));
        let problem = app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).refused(409, "wave_out_of_date");
        let gifts = problem["changes"]["gifts"].as_array().unwrap();
        assert_eq!((gifts.len(), &problem["changes"]["device_count"]), (1, &json!(0)));
        assert!(problem["detail"].as_str().unwrap().contains(gifts[0].as_str().unwrap()), "{problem}");
        waves::tie(app, &tied[0], None);
        app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).refused(409, "wave_out_of_date");
        assert_eq!(waves::reserved(app), (0, 0));
        // a gift that was for everyone and is no longer
        waves::tie(app, &tied[0], Some(&json!({"themes": ["precarity"]})));
        waves::tie(app, &stage.tags[0], Some(&json!({"themes": ["employment"]})));
        app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).refused(409, "wave_out_of_date");
        waves::tie(app, &stage.tags[0], None);
        app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);
    }

    fn value_missing_stops_an_approval(app) {
        let over = json!({"kinds": ["laser_cutter"], "lot_min": 1});
        let programme = applications::programme_with(app, over);
        let association = app.association("Atelier ouvert");
        let mut form = applications::form();
        form["requests"] = json!([{"kind": "laser_cutter", "quantity": 2, "accepts": []}]);
        let made = association.post(&format!("/programmes/{programme}/applications"), form).expect(201);
        let application = format!("/applications/{}", applications::id(&made));
        association.post(&format!("{application}/submit"), Value::Null).expect(200);
        applications::assess(&app.staff, &application, 4);
        app.staff.post(&applications::decide(&application), applications::eligible()).expect(200);
        waves::stock(app, "laser_cutter", 2);
        let wave = json!({"name": "Découpeuses", "supply": {"kinds": ["laser_cutter"]}, "seed": "marseille-2023-1"});
        let wave = app.staff.post(&format!("/programmes/{programme}/waves"), wave).expect(201);
        let path = format!("/waves/{}", applications::id(&wave));
        app.staff.post(&format!("{path}/propose"), Value::Null).expect(200);
        app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).expect(200);
        let refused = app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).refused(409, "value_missing");
        assert_eq!((&refused["kinds"], &refused["set_in"]), (&json!(["laser_cutter"]), &json!("city_files.values")));
        assert_eq!(waves::reserved(app), (0, 0));
    }
}
