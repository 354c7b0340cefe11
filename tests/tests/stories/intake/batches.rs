//! A donation from its draft to the truck: its life with every refusal, who sees it, how it is found.

use crate::support::intake::*;
use testkit::{Client, Value, both_engines, json};

const ORANGE: &[u8] = include_bytes!("../../../data/marseille/orange_manifest.csv");

both_engines! {
    fn a_batch_goes_from_draft_to_the_truck_and_everyone_is_told(app) {
        let reply = app.donor.post("/batches", new_batch("Postes fixes"));
        let batch = reply.expect(201);
        assert_eq!(reply.header("etag"), "\"1\"");
        assert_eq!(batch["reference"], "LOT-2023-0001");
        assert_eq!(batch["status"], "draft");
        assert_eq!(batch["donor_id"], app.donor.organisation.as_str());
        assert_eq!(batch["pickup"]["contact_phone"], "+33491000000");
        assert_eq!(batch["title_route"], "donor_to_association");
        let id = batch["id"].as_str().unwrap();

        let report = upload(&app.donor, id, ORANGE).expect(200);
        assert_eq!((&report["rows"], &report["accepted"], &report["rejected"]), (&json!(1060), &json!(1060), &json!(0)));
        assert_eq!((&report["encoding"], &report["delimiter"]), (&json!("windows-1252"), &json!(";")));
        assert_eq!(report["columns"][0], json!({"column": "N° de série", "field": "serial"}));
        assert_eq!(report["errors"], json!([]));
        assert_eq!(announced(app, id), 1060);

        let batch = app.donor.post(&format!("/batches/{id}/submit"), Value::Null).expect(200);
        assert_eq!(batch["status"], "submitted");
        assert_eq!(batch["manifest"]["rows"], 1060);
        let told = app.mails_of("batch_submitted");
        assert_eq!(told.len(), 3, "staff and admin");
        assert_eq!(told[0].data["quantities"][0]["fr"], "1060 ordinateurs fixes");

        app.staff.post(&format!("/batches/{id}/accept"), Value::Null).expect(200);
        assert_eq!(app.mails_of("batch_accepted").len(), 1);
        let batch = schedule(app, id, &app.refurbisher, 1).expect(200);
        assert_eq!(batch["workshop_id"], app.refurbisher.organisation.as_str());
        assert_eq!(batch["scheduled"]["from"], "2023-03-01T08:00:00Z");
        assert_eq!(app.mails_of("pickup_scheduled").len(), 3, "the donor and two of the workshop");

        let batch = app.refurbisher.post(&format!("/batches/{id}/collect"), collected()).expect(200);
        assert_eq!((&batch["status"], &batch["pallets"], &batch["weight_kg"]), (&json!("collected"), &json!(26), &json!(6890.5)));
        assert_eq!(app.mails_of("batch_collected")[0].data["weight_kg"], "6890.5");
        assert_eq!(app.donor.get(&format!("/batches/{id}")).expect(200), batch);
    }

    fn batch_step_not_allowed(app) {
        let body = |step: &str| match step {
            "schedule" => json!({"workshop_id": app.refurbisher.organisation,
                "from": "2023-03-01T08:00:00Z", "to": "2023-03-01T10:00:00Z"}),
            "collect" => collected(),
            "refuse" | "cancel" => json!({"reason": "Non"}),
            "receive" => json!({"devices": [{"serial": "NEW1", "kind": "desktop"}]}),
            _ => Value::Null,
        };
        let left = |way: &str| {
            let id = batch_at(app, "submitted", &[]);
            app.staff.post(&format!("/batches/{id}/{way}"), json!({"reason": "Non"})).expect(200);
            id
        };
        let all = ["submit", "accept", "refuse", "cancel", "schedule", "collect", "receive", "close"];
        for (n, (status, allowed)) in [
            ("draft", &["submit", "cancel"][..]),
            ("submitted", &["submit", "accept", "refuse", "cancel"]),
            ("accepted", &["accept", "schedule", "cancel"]),
            ("scheduled", &["schedule", "collect", "receive", "cancel"]),
            ("collected", &["collect", "receive"]),
            ("received", &["receive", "close"]),
            ("closed", &["close"]),
            ("refused", &["refuse"]),
            ("cancelled", &["cancel"]),
        ].into_iter().enumerate() {
            let id = match status {
                "refused" => left("refuse"),
                "cancelled" => left("cancel"),
                _ => batch_at(app, status, &[&format!("CZC{n}")]),
            };
            let before = app.staff.get(&format!("/batches/{id}")).expect(200);
            assert_eq!(before["status"], status);
            for step in all.iter().filter(|step| !allowed.contains(step)) {
                let path = format!("/batches/{id}/{step}");
                if *step == "receive" && status == "closed" {
                    continue; // a machine that turns up late is received
                }
                if *step == "receive" {
                    // before a pickup is planned with it, a workshop sees no batch
                    app.refurbisher.post(&path, body(step)).refused(404, "not_found");
                    continue;
                }
                let problem = app.admin.post(&path, body(step)).refused(409, "batch_step_not_allowed");
                assert!(problem["detail"].as_str().unwrap().starts_with("Ce lot est"), "{status} {step}: {problem}");
            }
            assert_eq!(app.staff.get(&format!("/batches/{id}")).expect(200), before);
        }
    }

    fn a_second_click_succeeds_and_tells_nobody_again(app) {
        let id = batch_at(app, "accepted", &[]);
        schedule(app, &id, &app.refurbisher, 1).expect(200);
        let before = schedule(app, &id, &app.refurbisher, 1).expect(200);
        assert_eq!((&before["status"], &before["version"]), (&json!("scheduled"), &json!(4)));
        app.staff.post(&format!("/batches/{id}/collect"), collected()).expect(200);
        let mails = app.mails().len();
        let twice = app.refurbisher.post(&format!("/batches/{id}/collect"), collected()).expect(200);
        assert_eq!(twice["version"], 5);
        assert_eq!(app.mails().len(), mails);
        let refused = batch_at(app, "submitted", &[]);
        for _ in 0..2 {
            app.staff.post(&format!("/batches/{refused}/refuse"), json!({"reason": "Trop ancien"})).expect(200);
            app.donor.post(&format!("/batches/{refused}/refuse"), json!({"reason": "x"})).refused(403, "not_allowed");
        }
        assert_eq!(app.mails_of("batch_refused").len(), 1);
    }

    fn another_donors_batch_is_not_found(app) {
        let id = batch_at(app, "draft", &[]);
        let path = format!("/batches/{id}");
        app.other_donor.get(&path).refused(404, "not_found");
        app.other_donor.put_csv(&format!("{path}/manifest"), list(&["A1"]).as_bytes()).refused(404, "not_found");
        app.other_donor.put_csv(&format!("{path}/manifest?dry_run=true"), list(&["A1"]).as_bytes()).refused(404, "not_found");
        app.other_donor.post(&format!("{path}/submit"), Value::Null).refused(404, "not_found");
        app.other_donor.post(&format!("{path}/cancel"), json!({"reason": "x"})).refused(404, "not_found");
        app.refurbisher.get(&path).refused(404, "not_found");
        app.refurbisher.post(&format!("{path}/collect"), collected()).refused(404, "not_found");
        assert_eq!(app.other_donor.get("/batches").expect(200)["items"], json!([]));
        assert_eq!(app.refurbisher.get("/batches").expect(200)["items"], json!([]));
        app.association("Les Mouettes").get(&path).refused(403, "not_allowed");
        app.anyone.get(&path).refused(401, "not_authenticated");
        app.donor.post(&format!("{path}/accept"), Value::Null).refused(403, "not_allowed");
        app.donor.get("/batches/nonsense").refused(404, "not_found");
        assert_eq!(app.donor.get("/batches").expect(200)["items"].as_array().unwrap().len(), 1);
        let mut for_another = new_batch("x");
        for_another["donor_id"] = json!(app.other_donor.organisation);
        app.donor.post("/batches", for_another).refused(422, "invalid_fields");
    }

    fn staff_register_for_a_donor(app) {
        let mut batch = new_batch("Pour Orange");
        let problem = app.staff.post("/batches", batch.clone()).refused(422, "invalid_fields");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/donor_id"), &json!("required")));
        batch["donor_id"] = json!(app.refurbisher.organisation);
        let problem = app.staff.post("/batches", batch.clone()).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["code"], "unknown_reference");
        batch["donor_id"] = json!(app.donor.organisation);
        let made = app.staff.post("/batches", batch).expect(201);
        app.donor.get(&format!("/batches/{}", made["id"].as_str().unwrap())).expect(200);
    }

    fn every_wrong_field_of_a_batch_is_named_at_once(app) {
        let problem = app.donor.post("/batches", json!({
            "title": " ",
            "declared": [{"kind": "desktop", "quantity": 0}, {"kind": "laptop", "quantity": -3, "model": "m".repeat(200)}],
            "accessories": [{"kind": "mouse", "quantity": 10_000_000}],
            "pickup": {"address": "x", "postal_code": "1300", "contact_name": "Dora", "contact_phone": "12",
                "from": "2023-03-02T08:00:00Z", "to": "2023-03-01T08:00:00Z"},
        })).refused(422, "invalid_fields");
        assert_eq!(pointers(&problem), ["/title", "/declared/0/quantity", "/declared/1/quantity", "/declared/1/model",
            "/accessories/0/quantity", "/pickup/commune", "/pickup/postal_code", "/pickup/contact_phone", "/pickup/to"]);
        let mut strange = new_batch("");
        strange["donor_id"] = json!(app.other_donor.organisation);
        strange["restrictions"] = json!({"association_ids": [app.donor.organisation]});
        let problem = app.donor.post("/batches", strange).refused(422, "invalid_fields");
        assert_eq!(pointers(&problem), ["/title", "/donor_id", "/restrictions/association_ids/0"]);
        let problem = app.donor.post("/batches", json!({})).refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 8, "{problem}");
        app.donor.post("/batches", json!({"title": "x", "declared": [{"kind": "toaster", "quantity": 1}]})).refused(422, "invalid_fields");
        app.donor.post("/batches", json!([])).refused(422, "invalid_fields");
        let problem = app.donor.post("/batches", new_batch("Nul\u{7}et\n\tfin")).refused(422, "invalid_fields");
        assert_eq!(pointers(&problem), ["/title"]);
        let odd = app.donor.post("/batches", new_batch(" Deux  \u{1f4bb} ")).expect(201);
        assert_eq!(odd["title"], "Deux \u{1f4bb}");
    }

    fn wrong_bodies_of_steps_are_refused(app) {
        let id = batch_at(app, "submitted", &[]);
        for step in ["refuse", "cancel"] {
            for body in [json!({}), json!({"reason": "  "}), json!({"reason": "r".repeat(2001)})] {
                let problem = app.staff.post(&format!("/batches/{id}/{step}"), body).refused(422, "invalid_fields");
                assert_eq!(problem["errors"][0]["pointer"], "/reason");
            }
        }
        app.staff.post(&format!("/batches/{id}/accept"), Value::Null).expect(200);
        let path = format!("/batches/{id}/schedule");
        let window = |workshop: &str, to: &str| json!({"workshop_id": workshop, "from": "2023-03-01T08:00:00Z", "to": to});
        app.staff.post(&path, window(&app.refurbisher.organisation, "2023-03-01T08:00:00Z")).refused(422, "invalid_fields");
        let problem = app.staff.post(&path, window(&app.donor.organisation, "2023-03-01T09:00:00Z")).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/workshop_id");
        app.staff.post(&path, window("nonsense", "2023-03-01T09:00:00Z")).refused(422, "invalid_fields");
        let both = app.staff.post(&path, window(&app.donor.organisation, "2023-03-01T08:00:00Z")).refused(422, "invalid_fields");
        assert_eq!(pointers(&both), ["/to", "/workshop_id"]);
        app.staff.post(&path, json!({})).refused(422, "invalid_fields");
        schedule(app, &id, &app.refurbisher, 1).expect(200);
        let problem = app.refurbisher.post(&format!("/batches/{id}/collect"), json!({
            "collected_at": "2023-03-05T09:00:00Z", "pallets": -1, "weight_kg": -0.5})).refused(422, "invalid_fields");
        assert_eq!(mistakes(&problem), [(0, "date_in_future".into()), (0, "out_of_range".into()), (0, "out_of_range".into())]);
    }

    fn a_batch_that_offers_nothing_is_not_submitted(app) {
        let mut batch = new_batch("Rien");
        batch["declared"] = json!([]);
        batch["accessories"] = json!([]);
        let id = app.donor.post("/batches", batch).expect(201)["id"].as_str().unwrap().to_owned();
        let problem = app.donor.post(&format!("/batches/{id}/submit"), Value::Null).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["code"], "required");
        upload(&app.donor, &id, list(&["A1"]).as_bytes()).expect(200);
        app.donor.post(&format!("/batches/{id}/submit"), Value::Null).expect(200);
    }

    fn stale_version_when_someone_changed_the_batch(app) {
        let id = batch_at(app, "submitted", &[]);
        let stale = app.staff.with_header("if-match", "\"1\"");
        stale.post(&format!("/batches/{id}/accept"), Value::Null).refused(412, "stale_version");
        let fresh = app.staff.with_header("if-match", "\"2\"");
        let reply = fresh.post(&format!("/batches/{id}/accept"), Value::Null);
        reply.expect(200);
        assert_eq!(reply.header("etag"), "\"3\"");
    }

    fn lists_are_filtered_searched_paged_and_exported(app) {
        for title in ["Écrans d'été", "Portables", "=1+1"] {
            app.donor.post("/batches", new_batch(title)).expect(201);
        }
        app.other_donor.post("/batches", new_batch("Écrans d'ailleurs")).expect(201);
        let titles = |client: &Client, query: &str| -> Vec<String> {
            client.get(&format!("/batches{query}")).expect(200)["items"].as_array().unwrap().iter()
                .map(|batch| batch["title"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(titles(&app.donor, ""), ["=1+1", "Portables", "Écrans d'été"]);
        assert_eq!(titles(&app.donor, "?q=ECRANS"), ["Écrans d'été"]);
        assert_eq!(titles(&app.staff, "?q=ecrans"), ["Écrans d'ailleurs", "Écrans d'été"]);
        assert_eq!(titles(&app.staff, "?q=orange%20ecrans"), ["Écrans d'été"]);
        assert_eq!(titles(&app.staff, "?q=lot-2023-0002"), ["Portables"]);
        assert_eq!(titles(&app.staff, "?q=%25"), titles(&app.staff, ""), "a percent sign is no word");
        assert_eq!(titles(&app.donor, "?status=accepted"), Vec::<String>::new());
        app.donor.get("/batches?status=nonsense").refused(422, "invalid_fields");
        let first = app.donor.get("/batches?limit=2").expect(200);
        let next = first["next"].as_str().unwrap();
        assert_eq!(titles(&app.donor, &format!("?limit=2&after={next}")), ["Écrans d'été"]);
        app.donor.get("/batches?limit=0").refused(422, "invalid_page");
        let table = app.donor.with_header("accept", "text/csv").get("/batches");
        assert_eq!(table.status, 200);
        assert!(table.text().contains(",'=1+1,"), "{}", table.text());
    }

    fn eight_clicks_at_once_accept_a_batch_once(app) {
        let id = batch_at(app, "submitted", &[]);
        std::thread::scope(|scope| {
            for client in [&app.staff, &app.other_staff, &app.admin, &app.staff].repeat(2) {
                scope.spawn(|| client.post(&format!("/batches/{id}/accept"), Value::Null).expect(200));
            }
        });
        assert_eq!(app.mails_of("batch_accepted").len(), 1);
        assert_eq!(app.staff.get(&format!("/batches/{id}")).expect(200)["version"], 3);
    }
}
