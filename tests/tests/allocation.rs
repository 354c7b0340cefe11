//! Waves: proposed, adjusted, decided by two, explained, and reserved without a device in
//! two lots.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeSet;

use db::schema::{devices as d, wave_devices as v};
use diesel::prelude::*;
use support::waves::{self, Stage};
use testkit::{TestApp, Value, both_engines, json};

fn granted(lines: &Value, application: &str) -> i64 {
    let line = lines
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["application_id"] == application);
    line.and_then(|line| line["granted"]["desktop"].as_i64())
        .unwrap_or(0)
}

/// Devices on live lines, and how many of them twice.
fn reserved(app: &TestApp) -> (usize, usize) {
    let ids: Vec<kernel::DeviceId> = app.read(|db| {
        Ok(v::table
            .filter(v::released_at.is_null())
            .select(v::device_id)
            .load(db)?)
    });
    let distinct: BTreeSet<_> = ids.iter().copied().collect();
    (ids.len(), ids.len() - distinct.len())
}

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
        let shares = [alpha, beta, gamma].map(|application| granted(&plan["lines"], application));
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
        assert_eq!(granted(&pinned["lines"], gamma), 20);
        assert_eq!(pinned["difference"].as_array().unwrap().len(), 3);
        assert_ne!(pinned["digest"], plan["digest"]);

        let submitted = app.staff.post(&format!("{path}/submit"), Value::Null).expect(200);
        assert_eq!((&submitted["status"], &submitted["submitted_by"]), (&json!("submitted"), &json!("Sam Service")));
        assert_eq!(app.staff.post(&format!("{path}/submit"), Value::Null).expect(200)["version"], submitted["version"]);
        assert_eq!(app.mails_of("wave_to_approve").len(), 2);
        app.staff.put(&format!("{path}/pins/{gamma}"), json!({"granted": null, "reason": "Non."}))
            .refused(409, "wave_not_editable");
        app.staff.post(&format!("{path}/propose"), Value::Null).refused(409, "wave_not_editable");

        let approved = app.other_staff.post(&format!("{path}/approve"), json!({"comment": "Vu."})).expect(200);
        assert_eq!((&approved["status"], &approved["devices"]), (&json!("approved"), &json!(60)));
        assert_eq!((&approved["associations"], &approved["comment"]), (&json!(3), &json!("Vu.")));
        assert_eq!(reserved(app), (60, 0));
        assert_eq!(app.mails_of("lot_granted").len(), 3);
        assert_eq!(approved["value_cents"], 900_000);
        let awards = app.staff.get("/awards?year=2023").expect(200);
        assert_eq!((awards["items"].as_array().unwrap().len(), &awards["value_cents"]), (3, &json!(900_000)));
        assert_eq!((&awards["items"][0]["convention_due"], &awards["items"][0]["year"]), (&json!(false), &json!(2023)));
        assert_eq!(app.staff.get("/awards?year=2024").expect(200)["items"], json!([]));
        app.staff.get("/awards?year=99999").refused(422, "invalid_fields");
        let own = stage.clients[1].get("/awards?year=2023").expect(200);
        assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["value_cents"]), (1, &json!(255_000)));
        assert_eq!(app.staff.with_header("accept", "text/csv").get("/awards?year=2023").text().lines().count(), 4);
        let told = app.mails_of("lot_granted").iter().any(|mail| mail.data["value"]["fr"] == "3\u{a0}000 €");
        assert!(told, "the value of Gamma's twenty desktops");
        assert_eq!(app.mails_of("picking_list").len(), 2);
        let again = app.other_staff.post(&format!("{path}/approve"), Value::Null).expect(200);
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
    }

    fn the_same_person_cannot_approve_what_it_submitted(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000)], 20);
        let path = stage.submitted_wave(app, "Vague");
        app.staff.post(&format!("{path}/approve"), Value::Null).refused(409, "same_person");
        assert_eq!(app.staff.get(&path).expect(200)["status"], "submitted");
        app.admin.post(&format!("{path}/approve"), Value::Null).expect(200);
    }

    fn two_staff_approving_at_the_same_instant_give_one_outcome(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
        let path = format!("{}/approve", stage.submitted_wave(app, "Vague"));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let clients = [&app.other_staff, &app.admin, &app.other_staff, &app.admin];
            let running = clients.map(|client| scope.spawn(|| client.post(&path, Value::Null).status));
            running.map(|thread| thread.join().unwrap()).to_vec()
        });
        // one of the two won, and its second click is the same success
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 2, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 2, "{statuses:?}");
        assert_eq!(reserved(app), (40, 0));
        assert_eq!(app.mails_of("lot_granted").len(), 2);
        assert_eq!(app.staff.get("/handovers").expect(200)["items"].as_array().unwrap().len(), 2);
    }

    fn eight_clients_reserving_at_once_put_no_device_in_two_lots(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
        let waves: Vec<String> = (0..8).map(|n| stage.submitted_wave(app, &format!("Vague {n}"))).collect();
        let replies: Vec<_> = std::thread::scope(|scope| {
            let running: Vec<_> = waves
                .iter()
                .map(|path| scope.spawn(move || app.other_staff.post(&format!("{path}/approve"), Value::Null)))
                .collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            reply.refused(409, "wave_out_of_date");
        }
        assert_eq!(reserved(app), (40, 0));
        let stages: Vec<String> = app.read(|db| Ok(d::table.select(d::stage).distinct().load(db)?));
        assert_eq!(stages, ["reserved"]);
        assert_eq!(app.mails_of("lot_granted").len(), 2);
    }

    fn wave_out_of_date(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
        let path = stage.proposed_wave(app, "Vague");
        let tag = stage.tags[0].clone();
        waves::set_stage(app, &tag, "graded");
        let problem = app.staff.post(&format!("{path}/submit"), Value::Null).refused(409, "wave_out_of_date");
        assert_eq!(problem["changes"]["devices"][0]["tag"], tag);
        assert!(problem["detail"].as_str().unwrap().contains(&tag));
        let again = app.staff.post(&format!("{path}/propose"), Value::Null).expect(200);
        assert_eq!(again["supply"], json!({"desktop": 39}));
        assert_eq!(again["difference"].as_array().unwrap().len(), 1);
        app.staff.post(&format!("{path}/submit"), Value::Null).expect(200);

        stage.clients[1].post(&format!("/applications/{}/withdraw", stage.applications[1]), Value::Null).expect(200);
        let problem = app.other_staff.post(&format!("{path}/approve"), Value::Null).refused(409, "wave_out_of_date");
        assert_eq!(problem["changes"]["applications"][0]["what"], "gone");
        assert_eq!(reserved(app), (0, 0));
        app.other_staff.post(&format!("{path}/reject"), json!({"reason": "Une demande est retirée."})).expect(200);
        assert_eq!(app.mails_of("wave_rejected").len(), 1);
        let last = app.staff.post(&format!("{path}/propose"), Value::Null).expect(200);
        assert_eq!(last["lines"].as_array().unwrap().len(), 1);
    }

    fn a_wave_that_gives_nothing_is_not_submitted(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000)], 40);
        let path = stage.proposed_wave(app, "Vague");
        app.staff.put(&format!("{path}/pins/{}", stage.applications[0]),
            json!({"granted": null, "reason": "Convention en attente."})).expect(200);
        app.staff.post(&format!("{path}/submit"), json!({})).refused(409, "nothing_to_allocate");
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
        assert_eq!(granted(&back["lines"], alpha), 20);
        app.staff.delete(&format!("{path}/pins/{alpha}")).refused(404, "not_found");
        let nobody = "0198c0de-0000-7000-8000-000000000000";
        app.staff.put(&format!("{path}/pins/{nobody}"), json!({"granted": null, "reason": "Qui ?"}))
            .refused(404, "not_found");
    }

    fn an_association_sees_only_its_own_line(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 25);
        let path = stage.submitted_wave(app, "Vague");
        let (alpha, beta) = (&stage.clients[0], &stage.clients[1]);
        alpha.get(&path).refused(404, "not_found");
        alpha.get(&format!("{path}/lines")).refused(404, "not_found");
        let explanation = |application: &str| format!("{path}/lines/{application}/explanation");
        alpha.get(&explanation(&stage.applications[0])).refused(404, "not_found");
        let live = app.staff.get(&explanation(&stage.applications[0])).expect(200);
        assert!(live["text"]["fr"].as_str().unwrap().contains("pas encore approuvé"));
        app.other_staff.post(&format!("{path}/approve"), Value::Null).expect(200);

        let lines = alpha.get(&format!("{path}/lines")).expect(200);
        assert_eq!(lines["items"].as_array().unwrap().len(), 1);
        assert_eq!(lines["items"][0]["application_id"], stage.applications[0]);
        alpha.get(&path).expect(200);
        let own = alpha.get(&explanation(&stage.applications[0])).expect(200);
        assert!(!own["text"]["fr"].as_str().unwrap().contains("Beta"));
        assert!(own["text"]["fr"].as_str().unwrap().contains("R. 311-3-1-2"));
        alpha.get(&explanation(&stage.applications[1])).refused(404, "not_found");
        let refused = beta.get(&explanation(&stage.applications[1])).expect(200);
        assert_eq!(refused["requests"][0]["lots"][0]["granted"], true);
        let stranger = app.association("Ailleurs");
        stranger.get(&path).refused(404, "not_found");
        stranger.get(&explanation(&stage.applications[0])).refused(404, "not_found");
        app.donor.get(&format!("{path}/lines")).refused(403, "not_allowed");
    }

    fn the_explanation_says_what_would_have_changed_the_result(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000), ("Gamma", 20, 6_000)], 25);
        let path = stage.submitted_wave(app, "Vague");
        app.other_staff.post(&format!("{path}/approve"), Value::Null).expect(200);
        let own = stage.clients[2]
            .get(&format!("{path}/lines/{}/explanation", stage.applications[2])).expect(200);
        let request = &own["requests"][0];
        assert_eq!((&request["reason"], &request["granted"]), (&json!("stock_exhausted"), &json!({})));
        assert_eq!(request["lots"][0]["possible"], 5);
        // as many points as Beta, before which the public draw would place it, or five devices more
        assert_eq!(request["would_change"]["score_to_be_served"], 7_000);
        assert_eq!(request["would_change"]["stock"][0], json!({"class": "desktop/open", "devices": 5, "smallest": true}));
        let text = own["text"]["fr"].as_str().unwrap();
        assert!(text.contains("70,00 points"), "{text}");
        assert_eq!(own["score"]["rubric"], "marseille-2023");
        assert_eq!(app.mails_of("lot_not_granted").len(), 1);

        let notice = app.anyone.get(&format!("{path}/notice")).expect(200);
        assert_eq!((&notice["results"]["served"], &notice["results"]["refused"]), (&json!(2), &json!(1)));
        assert!(!notice.to_string().contains("Alpha"));
        let file = app.anyone.get(&format!("{path}/file"));
        let (verdict, right) = allocation::plan::replay::check(&file.text(), &file.text());
        assert!(right, "{verdict}");

        let own = format!("{path}/lines/{}/explanation", stage.applications[2]);
        let plain = stage.clients[2].with_header("accept", "text/plain").get(&own);
        assert_eq!(plain.text(), text);
        let page = stage.clients[2].with_header("accept", "text/html,*/*;q=0.8").get(&own);
        assert!(page.text().contains("<html lang=\"fr\">") && page.text().contains("<li>avec 70,00 points"), "{}", page.text());
        let page = app.anyone.with_header("accept", "text/html").get(&format!("{path}/notice"));
        assert!(page.text().contains("<caption>Par code postal</caption>") && !page.text().contains("Alpha"));
    }

    fn nothing_to_allocate(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000)], 0);
        let path = stage.wave(app, "Vague", json!({}));
        app.staff.post(&format!("{path}/propose"), Value::Null).refused(409, "nothing_to_allocate");
        let problem = app.staff.post(&format!("/programmes/{}/waves", stage.programme),
            json!({"name": "", "supply": {"kinds": ["printer"]}, "lot_min": 0, "seed": "x"}))
            .refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 3);
        app.staff.post(&format!("/programmes/{}/waves", stage.programme), json!({"name": "Vague"}))
            .refused(422, "invalid_fields");
        app.anyone.get(&format!("{path}/notice")).refused(404, "not_found");
    }

    fn a_simulation_stores_nothing(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000), ("Gamma", 20, 6_000)], 25);
        let path = stage.proposed_wave(app, "Vague");
        let before = app.staff.get(&path).expect(200);
        let other = app.staff.post(&format!("{path}/simulate"), json!({"lot_min": 5})).expect(200);
        assert_eq!(other["lines"].as_array().unwrap().len(), 3);
        assert_eq!(other["difference"].as_array().unwrap().len(), 3);
        for settings in [
            json!({"reserve_small": 5}),
            json!({"reserve_small": {"quantity": {"desktop": 5}, "below": 15, "lot_min": 2}}),
            json!({"residual": "hold", "weight": {"base": 1}, "complements": true, "supply": {"at_most": {"desktop": 20}}}),
        ] {
            app.staff.post(&format!("{path}/simulate"), settings).expect(200);
        }
        let capped = app.staff.post(&format!("{path}/simulate"), json!({"caps": [{"tag": "13003", "max": 12}]})).expect(200);
        assert_eq!(capped["devices"], 12);
        app.staff.post(&format!("{path}/simulate"), json!({"reserve_small": "tout"})).refused(422, "invalid_fields");
        app.staff.post(&format!("{path}/simulate"), json!({"lot_min": -5})).refused(422, "invalid_fields");
        assert_eq!(app.staff.get(&path).expect(200), before);
    }

    fn a_cancelled_wave_releases_its_devices(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000)], 20);
        let path = stage.submitted_wave(app, "Vague");
        app.other_staff.post(&format!("{path}/approve"), Value::Null).expect(200);
        app.staff.post(&format!("{path}/cancel"), json!({"reason": " "})).refused(422, "invalid_fields");
        let over = app.staff.post(&format!("{path}/cancel"), json!({"reason": "Le local a brûlé."})).expect(200);
        assert_eq!(over["status"], "cancelled");
        assert_eq!(reserved(app), (0, 0));
        assert_eq!(app.mails_of("lot_released").len(), 1);
        assert_eq!(app.staff.get("/handovers?status=cancelled").expect(200)["items"].as_array().unwrap().len(), 1);
        let next = stage.proposed_wave(app, "Deuxième vague");
        assert_eq!(app.staff.get(&next).expect(200)["supply"], json!({"desktop": 20}));
    }

    fn a_second_wave_completes_what_the_first_gave(app) {
        let stage = Stage::set(app, &[("Alpha", 30, 8_000), ("Beta", 30, 6_000)], 30);
        let path = stage.submitted_wave(app, "Première vague");
        app.other_staff.post(&format!("{path}/approve"), Value::Null).expect(200);
        waves::stock(app, "desktop", 20, 1_000);
        let without = stage.wave(app, "Sans compléments", json!({}));
        app.staff.post(&format!("{without}/propose"), Value::Null).refused(409, "nothing_to_allocate");
        let with = stage.wave(app, "Compléments", json!({"complements": true}));
        let plan = app.staff.post(&format!("{with}/propose"), Value::Null).expect(200);
        let first = app.staff.get(&format!("{path}/lines")).expect(200);
        for application in &stage.applications {
            let line = plan["lines"].as_array().unwrap().iter().find(|line| line["application_id"] == *application).unwrap();
            assert_eq!(line["already"].as_i64().unwrap(), granted(&first["items"], application));
        }
        // two waves end where one with the summed stock would
        let totals = stage.applications.iter().map(|a| granted(&first["items"], a) + granted(&plan["lines"], a));
        assert_eq!(totals.collect::<Vec<_>>(), [29, 21]);
    }

    fn settings_are_compared_side_by_side_and_changed(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000), ("Gamma", 20, 6_000)], 25);
        let path = stage.proposed_wave(app, "Vague");
        let both = app.staff.post(&format!("{path}/simulate"),
            json!({"settings": [{"lot_min": 5}, {"supply": {"kinds": ["desktop"], "at_most": {"desktop": 12}}}]})).expect(200);
        let plans = both["plans"].as_array().unwrap();
        let served: Vec<_> = plans.iter().map(|plan| (plan["served"].as_i64().unwrap(), plan["devices"].as_i64().unwrap())).collect();
        assert_eq!(served, [(2, 25), (3, 25), (1, 12)]);
        assert_eq!((&plans[1]["gain"], &plans[1]["lose"]), (&json!(1), &json!(2)));
        assert_eq!((&plans[2]["gain"], &plans[2]["lose"]), (&json!(0), &json!(2)));
        assert_eq!((&plans[0]["by_district"], &plans[2]["by_theme"]), (&json!({"13003": 25}), &json!({"precarity": 12})));
        assert_eq!(plans[1]["settings"]["lot_min"], 5);
        let shifts = both["shifts"].as_array().unwrap();
        assert_eq!(shifts.len(), 3);
        assert_eq!((&shifts[2]["association"], &shifts[2]["granted"][0]), (&json!("Gamma"), &json!({})));
        app.staff.post(&format!("{path}/simulate"), json!({"settings": []})).refused(422, "invalid_fields");

        let before = app.staff.get(&path).expect(200);
        let changed = app.staff.patch(&path, json!({"lot_min": 5, "name": "Petits lots"})).expect(200);
        assert_eq!((&changed["status"], &changed["name"]), (&json!("draft"), &json!("Petits lots")));
        assert_eq!((&changed["settings"]["lot_min"], &changed["settings"]["seed"]), (&json!(5), &before["settings"]["seed"]));
        app.staff.patch(&path, json!({"lot_min": 0, "name": " "})).refused(422, "invalid_fields");
        app.staff.post(&format!("{path}/submit"), Value::Null).refused(409, "wave_step_not_allowed");
        let plan = app.staff.post(&format!("{path}/propose"), Value::Null).expect(200);
        assert_eq!(plan["lines"].as_array().unwrap().len(), 3);
        app.staff.post(&format!("{path}/submit"), Value::Null).expect(200);
        app.staff.patch(&path, json!({"lot_min": 6})).refused(409, "wave_not_editable");
    }

    fn a_gift_goes_to_those_it_is_meant_for(app) {
        let stage = Stage::set(app, &[("Alpha", 30, 9_000), ("Beta", 30, 7_000)], 20);
        let (for_beta, for_others) = (waves::stock(app, "desktop", 15, 500), waves::stock(app, "desktop", 5, 600));
        for (tag, tied) in [
            (&for_beta[0], json!({"association_ids": [stage.clients[1].organisation]})),
            (&for_others[0], json!({"themes": ["employment"]})),
        ] {
            waves::tie(app, tag, Some(&tied));
        }
        let path = stage.submitted_wave(app, "Vague");
        let lines = app.staff.get(&format!("{path}/lines")).expect(200);
        // everything that is for everyone to Alpha: Beta has its own gift
        let given = [granted(&lines["items"], &stage.applications[0]), granted(&lines["items"], &stage.applications[1])];
        assert_eq!(given.iter().sum::<i64>(), 35);
        assert!(given[0] <= 20 && given[1] >= 15, "{given:?}");
        app.other_staff.post(&format!("{path}/approve"), Value::Null).expect(200);
        let list = app.staff.get(&format!("{path}/devices?limit=200")).expect(200);
        for device in list["items"].as_array().unwrap() {
            let tag = device["tag"].as_str().unwrap().to_owned();
            assert!(!for_others.contains(&tag));
            assert!(!for_beta.contains(&tag) || device["association"] == "Beta");
        }
        let file = app.anyone.get(&format!("{path}/file"));
        let (verdict, right) = allocation::plan::replay::check(&file.text(), &file.text());
        assert!(right, "{verdict}");
        stage.clients[0].get(&format!("{path}/lines/{}/explanation", stage.applications[0])).expect(200);
    }

    fn approving_while_the_workshop_takes_devices_back_is_all_or_nothing(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
        let path = stage.submitted_wave(app, "Vague");
        let ids: Vec<kernel::DeviceId> = app.read(|db| Ok(d::table.order(d::id).limit(4).select(d::id).load(db)?));
        let (approved, taken) = std::thread::scope(|scope| {
            let approving = scope.spawn(|| app.other_staff.post(&format!("{path}/approve"), Value::Null).status);
            let taking: Vec<_> = ids.iter().map(|id| scope.spawn(move || {
                app.refurbisher.post(&format!("/devices/{id}/events"), json!({"type": "repair_started"})).status
            })).collect();
            let taken = taking.into_iter().map(|thread| thread.join().unwrap()).filter(|status| *status < 300).count();
            (approving.join().unwrap(), taken)
        });
        let stages: Vec<String> = app.read(|db| Ok(d::table.filter(d::stage.eq("reserved")).select(d::stage).load(db)?));
        if approved == 200 {
            assert_eq!((reserved(app), stages.len(), taken), ((40, 0), 40, 0));
        } else {
            assert_eq!((approved, reserved(app), stages.len()), (409, (0, 0), 0));
            assert!(taken > 0);
        }
    }
}
