//! Lots that come back, and devices that fail before they go.

use crate::support::check::fits_together;
use crate::support::waves::{self, Stage};
use testkit::{Value, both_engines, json};

both_engines! {
    fn a_released_lot_is_ready_for_the_next_wave(app) {
        let (stage, wave) = waves::two_lots(app);
        let (alpha, beta) = (waves::handover_of(app, "Alpha"), waves::handover_of(app, "Beta"));
        app.refurbisher.post(&format!("{}/release", waves::path_of(&alpha)), json!({"reason": "Local fermé."})).refused(403, "not_allowed");
        let back = app.staff.post(&format!("{}/release", waves::path_of(&alpha)), json!({"reason": "Local fermé."})).expect(200);
        assert_eq!((&back["status"], &back["reason"]), (&json!("cancelled"), &json!("Local fermé.")));
        app.staff.post(&format!("{}/release", waves::path_of(&alpha)), json!({"reason": "Local fermé."})).expect(200);
        assert_eq!(app.mails_of("lot_released").len(), 1);
        waves::complete(&app.staff, &beta, &waves::tags_of(&beta)).expect(200);
        assert_eq!(app.staff.get(&wave).expect(200)["status"], "completed");
        app.staff.post(&format!("{}/release", waves::path_of(&beta)), json!({"reason": "Non."})).refused(409, "handover_step_not_allowed");
        let figures = app.anyone.get(&format!("/programmes/{}/figures", stage.programme)).expect(200);
        assert_eq!((&figures["devices_granted"], &figures["associations_served"]), (&json!(10), &json!(1)));
        let next = stage.proposed_wave(app, "Deuxième vague");
        let lines = app.staff.get(&format!("{next}/lines")).expect(200);
        assert_eq!(lines["items"].as_array().unwrap().len(), 1);
        assert_eq!(lines["items"][0]["granted"], json!({"desktop": 12}));
        fits_together(app);
    }

    fn a_device_that_fails_gives_its_place_to_an_equivalent_one(app) {
        waves::two_lots(app);
        let alpha = waves::handover_of(app, "Alpha");
        let failed = waves::tags_of(&alpha)[3].clone();
        let replace = format!("{}/replace", waves::path_of(&alpha));
        let body = json!({"device": failed.to_lowercase(), "reason": "L'écran reste noir."});
        app.refurbisher.post(&replace, body.clone()).refused(409, "no_replacement");
        let spare = waves::stock(app, "desktop", 1)[0].clone();
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
        let now = waves::handover_of(app, "Alpha");
        assert_eq!(waves::tags_of(&now).len(), 12);
        assert!(waves::tags_of(&now).contains(&spare) && !waves::tags_of(&now).contains(&failed));
        let bench = app.staff.get("/devices?stage=in_repair").expect(200);
        assert_eq!((bench["items"].as_array().unwrap().len(), &bench["items"][0]["tag"]), (1, &json!(failed)));
        let log = app.staff.get(&format!("/devices/{}/events", bench["items"][0]["id"].as_str().unwrap())).expect(200);
        assert!(log.to_string().contains("L'écran reste noir."));
        app.refurbisher.post(&replace, body).refused(409, "device_not_in_lot");
        waves::complete(&app.refurbisher, &now, &waves::tags_of(&alpha)).refused(409, "device_not_in_lot");
        waves::complete(&app.refurbisher, &now, &waves::tags_of(&now)).expect(200);
        app.refurbisher.post(&replace, json!({"device": spare, "reason": "Noir."})).refused(409, "handover_step_not_allowed");
        fits_together(app);
    }

    fn a_lot_that_came_back_goes_to_the_next_in_the_order(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000), ("Gamma", 10, 6_000)], 22);
        let first = stage.approved_wave(app, "Première vague");
        let alpha = waves::handover_of(app, "Alpha");
        app.refurbisher.post(&format!("{}/missed", waves::path_of(&alpha)), json!({"reason": "Personne."})).expect(200);
        let reason = json!({"reason": "L'association renonce."});
        app.refurbisher.post(&format!("{}/pass-on", waves::path_of(&alpha)), reason.clone()).refused(403, "not_allowed");
        let passed = app.staff.post(&format!("{}/pass-on", waves::path_of(&alpha)), reason.clone()).expect(200);
        assert_eq!(passed["handover"]["status"], "cancelled");
        let wave = &passed["wave"];
        assert_eq!((&wave["status"], &wave["supply"]), (&json!("proposed"), &json!({"desktop": 12})));
        assert_eq!(wave["lines"].as_array().unwrap().len(), 1);
        assert_eq!((&wave["lines"][0]["association"], &wave["lines"][0]["granted"]), (&json!("Gamma"), &json!({"desktop": 10})));
        let reasons: Vec<_> = wave["unserved"].as_array().unwrap().iter().map(|line| &line["reason"]).collect();
        assert_eq!(reasons, ["excluded", "nothing_due"]);
        app.staff.post(&format!("{}/pass-on", waves::path_of(&alpha)), reason).refused(409, "handover_step_not_allowed");

        let next = format!("/waves/{}", wave["id"].as_str().unwrap());
        app.staff.post(&format!("{next}/submit"), waves::plan_read(&app.staff, &next)).expect(200);
        app.other_staff.post(&format!("{next}/approve"), waves::plan_read(&app.other_staff, &next)).expect(200);
        let gamma = waves::handover_of(app, "Gamma");
        assert!(waves::tags_of(&gamma).iter().all(|tag| waves::tags_of(&alpha).contains(tag)));
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
        fits_together(app);
    }

    fn a_device_that_comes_back_is_refurbished_and_given_again(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000), ("Gamma", 10, 6_000)], 22);
        let first = stage.approved_wave(app, "Première vague");
        let alpha = waves::handover_of(app, "Alpha");
        let tags = waves::tags_of(&alpha);
        waves::complete(&app.refurbisher, &alpha, &tags).expect(200);
        for event in [json!({"type": "returned", "reason": "Association fermée."}), json!({"type": "received"})] {
            let line = |tag: &String| {
                let mut line = event.clone();
                line["device"] = json!(format!("SN-{tag}"));
                line["client_id"] = json!(format!("{tag} {}", event["type"]));
                line
            };
            let events: Vec<Value> = tags[..10].iter().map(line).collect();
            let answer = app.refurbisher.post("/device-events", json!({"events": events})).expect(200);
            assert!(answer["results"].as_array().unwrap().iter().all(|result| result["status"] == "applied"), "{answer}");
        }
        waves::refurbish(app, &tags[..10]);
        stage.approved_wave(app, "Deuxième vague");
        let gamma = waves::handover_of(app, "Gamma");
        assert!(waves::tags_of(&gamma).iter().all(|tag| tags.contains(tag)));
        let figures = app.anyone.get(&format!("/programmes/{}/figures", stage.programme)).expect(200);
        assert_eq!((&figures["associations_served"], &figures["devices_granted"]), (&json!(3), &json!(32)), "22 and ten of them again");

        // calling the first wave off takes from Beta alone: Alpha's devices are Gamma's now
        app.staff.post(&format!("{first}/cancel"), json!({"reason": "Fin."})).expect(200);
        assert_eq!(app.staff.get("/devices?stage=reserved&limit=100").expect(200)["items"].as_array().unwrap().len(), 10);
        waves::complete(&app.refurbisher, &gamma, &waves::tags_of(&gamma)).expect(200);
        fits_together(app);
    }

    fn a_missed_lot_is_released_or_called_off_with_its_wave(app) {
        let (_, wave) = waves::two_lots(app);
        let (alpha, beta) = (waves::handover_of(app, "Alpha"), waves::handover_of(app, "Beta"));
        for handover in [&alpha, &beta] {
            app.refurbisher.post(&format!("{}/missed", waves::path_of(handover)), json!({"reason": "Personne."})).expect(200);
        }
        let release = format!("{}/release", waves::path_of(&alpha));
        app.staff.post(&release, json!({"reason": ""})).refused(422, "invalid_fields");
        app.staff.post(&release, json!({"reason": "Local fermé."})).expect(200);
        assert_eq!(waves::reserved(app), (10, 0));
        app.refurbisher.post(&format!("{}/schedule", waves::path_of(&alpha)), waves::appointment(9))
            .refused(409, "handover_step_not_allowed");
        waves::complete(&app.staff, &alpha, &waves::tags_of(&alpha)).refused(409, "handover_step_not_allowed");
        app.staff.post(&format!("{wave}/cancel"), json!({"reason": "Fin."})).expect(200);
        assert_eq!(waves::reserved(app), (0, 0));
        assert_eq!(waves::handover_of(app, "Beta")["status"], "cancelled");
        app.staff.post(&format!("{}/pass-on", waves::path_of(&beta)), json!({"reason": "Trop tard."}))
            .refused(409, "handover_step_not_allowed");
        fits_together(app);
    }

    fn a_lot_is_passed_on_only_to_someone(app) {
        waves::two_lots(app);
        let alpha = waves::handover_of(app, "Alpha");
        let pass_on = format!("{}/pass-on", waves::path_of(&alpha));
        app.staff.post(&pass_on, json!({"reason": " "})).refused(422, "invalid_fields");
        // Beta has all it asked, and who gives the lot back is left out: nothing moves
        app.staff.post(&pass_on, json!({"reason": "Renonce."})).expect(200);
        let wave = app.staff.get("/waves?status=proposed").expect(200)["items"][0].clone();
        assert_eq!((&wave["devices"], &wave["unserved"]), (&json!(0), &json!(2)));
        app.staff.post(&format!("/waves/{}/submit", wave["id"].as_str().unwrap()), json!({"digest": wave["digest"]}))
            .refused(409, "nothing_to_allocate");
        app.stranger_refurbisher.post(&pass_on, json!({"reason": "Non."})).refused(403, "not_allowed");
    }
}
