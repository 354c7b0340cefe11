//! A donation from its draft to the truck: the batch's life, its manifest, who sees it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use db::schema::devices;
use diesel::prelude::*;
use testkit::{Client, TestApp, Value, both_engines, json};

const ORANGE: &[u8] = include_bytes!("../data/marseille/orange_manifest.csv");

fn new_batch(title: &str) -> Value {
    json!({
        "title": title,
        "declared": [{"kind": "desktop", "quantity": 1060, "manufacturer": "HP"}],
        "accessories": [{"kind": "keyboard", "quantity": 1100}, {"kind": "mouse", "quantity": 1100}],
        "pickup": {"address": "10 boulevard de Dunkerque", "postal_code": "13002", "commune": "Marseille",
            "contact_name": "Dora Don", "contact_phone": "04 91 00 00 00",
            "from": "2023-03-01T08:00:00Z", "to": "2023-03-31T17:00:00Z"},
    })
}

fn draft(donor: &Client) -> String {
    let batch = donor
        .post("/batches", new_batch("Postes fixes de fin 2019"))
        .expect(201);
    batch["id"].as_str().unwrap().to_owned()
}

/// A batch that came so far.
fn batch_at(app: &TestApp, status: &str) -> String {
    let id = draft(&app.donor);
    for step in ["submitted", "accepted", "scheduled", "collected"] {
        if status == "draft" {
            break;
        }
        match step {
            "submitted" => app
                .donor
                .post(&format!("/batches/{id}/submit"), Value::Null),
            "accepted" => app
                .staff
                .post(&format!("/batches/{id}/accept"), Value::Null),
            "scheduled" => schedule(app, &id, 1),
            _ => app
                .refurbisher
                .post(&format!("/batches/{id}/collect"), collected()),
        }
        .expect(200);
        if step == status {
            break;
        }
    }
    id
}

fn schedule(app: &TestApp, id: &str, day: u32) -> testkit::Reply {
    app.staff.post(
        &format!("/batches/{id}/schedule"),
        json!({
        "workshop_id": app.refurbisher.organisation,
        "from": format!("2023-03-0{day}T08:00:00Z"), "to": format!("2023-03-0{day}T10:00:00Z")}),
    )
}

fn collected() -> Value {
    json!({"collected_at": "2023-02-27T09:30:00Z", "pallets": 26, "weight_kg": 6890.5})
}

fn announced(app: &TestApp, batch: &str) -> i64 {
    let batch: kernel::BatchId = batch.parse().unwrap();
    app.read(move |db| {
        let of_batch = devices::batch_id.eq(batch);
        Ok(devices::table
            .filter(of_batch)
            .filter(devices::stage.eq("expected"))
            .count()
            .get_result(db)?)
    })
}

fn list(serials: &[&str]) -> String {
    let rows: String = serials
        .iter()
        .map(|serial| format!("{serial};UC\n"))
        .collect();
    format!("N° de série;Type\n{rows}")
}

fn codes(problem: &Value) -> Vec<(u64, String)> {
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            (
                error["line"].as_u64().unwrap_or(0),
                error["code"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

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

        let report = app.donor.put_csv(&format!("/batches/{id}/manifest"), ORANGE).expect(200);
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
        let batch = schedule(app, id, 1).expect(200);
        assert_eq!(batch["workshop_id"], app.refurbisher.organisation.as_str());
        assert_eq!(batch["scheduled"]["from"], "2023-03-01T08:00:00Z");
        assert_eq!(app.mails_of("pickup_scheduled").len(), 3, "the donor and two of the workshop");

        let batch = app.refurbisher.post(&format!("/batches/{id}/collect"), collected()).expect(200);
        assert_eq!((&batch["status"], &batch["pallets"], &batch["weight_kg"]), (&json!("collected"), &json!(26), &json!(6890.5)));
        assert_eq!(app.mails_of("batch_collected")[0].data["weight_kg"], "6890.5");
        assert_eq!(app.donor.get(&format!("/batches/{id}")).expect(200), batch);
    }

    fn a_list_of_1060_is_stored_well_under_a_second(app) {
        let id = draft(&app.donor);
        #[allow(clippy::disallowed_methods)] // the time of this machine, for a bound
        let start = std::time::Instant::now();
        app.donor.put_csv(&format!("/batches/{id}/manifest"), ORANGE).expect(200);
        let took = start.elapsed();
        assert!(took.as_millis() < 1000, "{took:?}");
    }

    fn a_second_upload_replaces_the_first_and_the_same_file_changes_nothing(app) {
        let id = draft(&app.donor);
        let path = format!("/batches/{id}/manifest");
        let first = app.donor.put_csv(&path, list(&["A1", "A2", "A3"]).as_bytes());
        assert_eq!(first.expect(200)["unchanged"], false);
        let again = app.donor.put_csv(&path, list(&["A1", "A2", "A3"]).as_bytes());
        assert_eq!(again.expect(200)["unchanged"], true);
        assert_eq!(again.header("etag"), first.header("etag"));
        assert_eq!(again.json()["rows"], 3);
        let other = app.staff.put_csv(&path, list(&["A2", "A4"]).as_bytes()).expect(200);
        assert_eq!(other["unchanged"], false);
        assert_eq!(announced(app, &id), 2);
    }

    fn a_dry_run_tells_everything_and_stores_nothing(app) {
        let id = draft(&app.donor);
        let file = "Serial,Kind,Purchase date\nA1,desktop,2019-12-31\n,laptop,\nA3,toaster,2999-01-01\n";
        let report = app.donor.put_csv(&format!("/batches/{id}/manifest?dry_run=true"), file.as_bytes()).expect(200);
        assert_eq!((&report["rows"], &report["accepted"], &report["rejected"]), (&json!(3), &json!(1), &json!(2)));
        assert_eq!((&report["dry_run"], &report["header_line"]), (&json!(true), &json!(1)));
        assert_eq!(report["preview"][0]["serial"], "A1");
        assert_eq!(codes(&report), [(3, "required".into()), (4, "unknown_kind".into()), (4, "date_in_future".into())]);
        assert_eq!(report["errors"][1]["column"], "Kind");
        assert_eq!(announced(app, &id), 0);
        assert_eq!(app.donor.get(&format!("/batches/{id}")).expect(200)["manifest"], Value::Null);
    }

    fn manifest_invalid_names_every_bad_line_and_nothing_is_stored(app) {
        let id = draft(&app.donor);
        let path = format!("/batches/{id}/manifest");
        app.donor.put_csv(&path, list(&["A1"]).as_bytes()).expect(200);
        let file = format!("{}1,23E+15;UC\n;UC\nB4;UC;de trop\n", list(&["B1", "B2", "B1"]));
        let problem = app.donor.put_csv(&path, file.as_bytes()).refused(422, "manifest_invalid");
        assert_eq!(codes(&problem), [(4, "duplicate_serial".into()), (5, "mangled_serial".into()),
            (6, "required".into()), (7, "line_too_long".into())]);
        assert_eq!((&problem["rows"], &problem["accepted"], &problem["rejected"]), (&json!(6), &json!(2), &json!(4)));
        assert_eq!((&problem["encoding"], &problem["delimiter"]), (&json!("utf-8"), &json!(";")));
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("ligne 2"), "{problem}");
        let english = app.donor.with_header("accept-language", "en").put_csv(&path, file.as_bytes());
        assert!(english.json()["errors"][0]["detail"].as_str().unwrap().contains("line 2"));
        assert_eq!(announced(app, &id), 1, "the earlier list stays");
    }

    fn duplicate_serial_in_the_file(app) {
        let id = draft(&app.donor);
        let problem = app.donor.put_csv(&format!("/batches/{id}/manifest"), list(&["A1", "A2", "a-1"]).as_bytes())
            .refused(422, "duplicate_serial");
        assert_eq!(codes(&problem), [(4, "duplicate_serial".into())]);
        assert_eq!(problem["errors"][0]["column"], "N° de série");
        assert_eq!(announced(app, &id), 0);
    }

    fn duplicate_serial_in_the_stock_says_where_it_is_to_those_who_may_know(app) {
        let first = draft(&app.donor);
        app.donor.put_csv(&format!("/batches/{first}/manifest"), list(&["A1", "A2"]).as_bytes()).expect(200);
        let second = draft(&app.donor);
        let path = format!("/batches/{second}/manifest");
        let problem = app.donor.put_csv(&path, list(&["B1", "a 1"]).as_bytes()).refused(422, "duplicate_serial");
        assert_eq!(codes(&problem), [(3, "duplicate_serial".into())]);
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("LOT-2023-0001"));
        let dry = app.donor.put_csv(&format!("{path}?dry_run=true"), list(&["B1", "A1"]).as_bytes()).expect(200);
        assert_eq!(codes(&dry), [(3, "duplicate_serial".into())]);

        let stranger = draft(&app.other_donor);
        let problem = app.other_donor.put_csv(&format!("/batches/{stranger}/manifest"), list(&["A1"]).as_bytes())
            .refused(422, "duplicate_serial");
        assert!(!problem.to_string().contains("LOT-2023-0001"));

        app.donor.post(&format!("/batches/{first}/cancel"), json!({"reason": "Erreur de liste"})).expect(200);
        app.donor.put_csv(&path, list(&["B1", "A1"]).as_bytes()).expect(200);
    }

    fn manifest_unreadable_says_what_the_file_is(app) {
        let id = draft(&app.donor);
        let path = format!("/batches/{id}/manifest");
        for file in [&b""[..], b"%PDF-1.7", b"PK\x03\x04\x14\x00\x06\x00", b"<html></html>", b"bonjour", b"Marque;Type\nHP;UC\n",
            b"serial;kind\n", b"\xff\xfe\x00\xd8", &[0_u8; 100], b"\"", b"serial;kind\n\"A1;UC"] {
            let reply = app.donor.put_csv(&path, file);
            assert_eq!(reply.status, 422, "{}", reply.text());
            assert!(reply.json()["detail"].as_str().unwrap().len() > 10);
        }
        let problem = app.donor.put_csv(&path, b"%PDF-1.7").refused(422, "manifest_unreadable");
        assert!(problem["detail"].as_str().unwrap().contains("CSV"), "{problem}");
        app.donor.send("PUT", &path, "application/pdf", b"%PDF-1.7").refused(415, "wrong_media_type");
        app.donor.put_csv(&format!("{path}?dry_run=maybe"), b"x").refused(422, "invalid_fields");
    }

    fn batch_not_editable_once_submitted(app) {
        let id = batch_at(app, "submitted");
        for client in [&app.donor, &app.staff] {
            let file = list(&["A1"]);
            client.put_csv(&format!("/batches/{id}/manifest"), file.as_bytes()).refused(409, "batch_not_editable");
            client.put_csv(&format!("/batches/{id}/manifest?dry_run=true"), file.as_bytes()).refused(409, "batch_not_editable");
        }
    }

    fn batch_step_not_allowed(app) {
        let body = |step: &str| match step {
            "schedule" => json!({"workshop_id": app.refurbisher.organisation,
                "from": "2023-03-01T08:00:00Z", "to": "2023-03-01T10:00:00Z"}),
            "collect" => collected(),
            "refuse" | "cancel" => json!({"reason": "Non"}),
            _ => Value::Null,
        };
        for (status, refused) in [
            ("draft", &["accept", "refuse", "schedule", "collect"][..]),
            ("submitted", &["schedule", "collect"]),
            ("accepted", &["submit", "refuse", "collect"]),
            ("scheduled", &["submit", "accept", "refuse"]),
            ("collected", &["submit", "accept", "refuse", "cancel", "schedule"]),
        ] {
            let id = batch_at(app, status);
            let before = app.staff.get(&format!("/batches/{id}")).expect(200);
            for step in refused {
                let problem = app.staff.post(&format!("/batches/{id}/{step}"), body(step)).refused(409, "batch_step_not_allowed");
                assert!(problem["detail"].as_str().unwrap().starts_with("Ce lot est"), "{problem}");
            }
            assert_eq!(app.staff.get(&format!("/batches/{id}")).expect(200), before);
        }
    }

    fn a_second_click_succeeds_and_tells_nobody_again(app) {
        let id = batch_at(app, "accepted");
        schedule(app, &id, 1).expect(200);
        let before = schedule(app, &id, 1).expect(200);
        assert_eq!((&before["status"], &before["version"]), (&json!("scheduled"), &json!(4)));
        app.staff.post(&format!("/batches/{id}/collect"), collected()).expect(200);
        let mails = app.mails().len();
        let twice = app.refurbisher.post(&format!("/batches/{id}/collect"), collected()).expect(200);
        assert_eq!(twice["version"], 5);
        assert_eq!(app.mails().len(), mails);
        let refused = batch_at(app, "submitted");
        for _ in 0..2 {
            app.staff.post(&format!("/batches/{refused}/refuse"), json!({"reason": "Trop ancien"})).expect(200);
            app.donor.post(&format!("/batches/{refused}/refuse"), json!({"reason": "x"})).refused(403, "not_allowed");
        }
        assert_eq!(app.mails_of("batch_refused").len(), 1);
    }

    fn a_pickup_that_moves_keeps_its_calendar_entry(app) {
        let id = batch_at(app, "scheduled");
        schedule(app, &id, 2).expect(200);
        let entries: Vec<Value> = app.mails_of("pickup_scheduled").into_iter()
            .filter(|mail| mail.data["donor"] == "Orange").map(|mail| mail.data["appointment"].clone()).collect();
        assert_eq!(entries.len(), 6);
        assert_eq!((&entries[0]["sequence"], &entries[5]["sequence"]), (&json!(0), &json!(1)));
        assert_eq!(entries[0]["uid"], entries[5]["uid"]);
        assert_eq!(entries[5]["from"], "2023-03-02T08:00:00Z");

        // another workshop takes over: the first one's entry is taken back
        app.staff.post(&format!("/batches/{id}/schedule"), json!({"workshop_id": app.stranger_refurbisher.organisation,
            "from": "2023-03-03T08:00:00Z", "to": "2023-03-03T10:00:00Z"})).expect(200);
        let last: Vec<_> = app.mails_of("pickup_scheduled").split_off(6);
        let told = |cancelled: bool| last.iter().filter(|mail| mail.data["appointment"]["cancelled"] == cancelled).count();
        assert_eq!((told(false), told(true)), (2, 2));
        app.refurbisher.get(&format!("/batches/{id}")).refused(404, "not_found");
        app.stranger_refurbisher.get(&format!("/batches/{id}")).expect(200);

        let mails = app.mails().len();
        app.donor.post(&format!("/batches/{id}/cancel"), json!({"reason": "Plus disponible"})).expect(200);
        let last = app.mails().split_off(mails);
        assert!(last.iter().all(|mail| mail.kind == "batch_cancelled"));
        let entry = |mail: &testkit::Mail| mail.data["appointment"].clone();
        let back: Vec<Value> = last.iter().map(entry).filter(Value::is_object).collect();
        assert_eq!((back.len(), last.len()), (2, 5), "donor and workshop, and staff without an entry");
        assert!(back.iter().all(|entry| entry["cancelled"] == true && entry["sequence"] == 3));
    }

    fn another_donors_batch_is_not_found(app) {
        let id = batch_at(app, "draft");
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
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter()
            .map(|error| error["pointer"].as_str().unwrap().to_owned()).collect();
        assert_eq!(pointers, ["/title", "/declared/0/quantity", "/declared/1/quantity", "/declared/1/model",
            "/accessories/0/quantity", "/pickup/commune", "/pickup/postal_code", "/pickup/contact_phone", "/pickup/to"]);
        let problem = app.donor.post("/batches", json!({})).refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 8, "{problem}");
        app.donor.post("/batches", json!({"title": "x", "declared": [{"kind": "toaster", "quantity": 1}]})).refused(422, "invalid_fields");
        app.donor.post("/batches", json!([])).refused(422, "invalid_fields");
        let odd = app.donor.post("/batches", new_batch("Nul\u{7}et \u{1f4bb}\n\tfin")).expect(201);
        assert_eq!(odd["title"], "Nulet \u{1f4bb} fin");
    }

    fn wrong_bodies_of_steps_are_refused(app) {
        let id = batch_at(app, "submitted");
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
        app.staff.post(&path, json!({})).refused(422, "invalid_fields");
        schedule(app, &id, 1).expect(200);
        let problem = app.refurbisher.post(&format!("/batches/{id}/collect"), json!({
            "collected_at": "2023-03-05T09:00:00Z", "pallets": -1, "weight_kg": -0.5})).refused(422, "invalid_fields");
        assert_eq!(codes(&problem), [(0, "date_in_future".into()), (0, "out_of_range".into()), (0, "out_of_range".into())]);
    }

    fn a_batch_that_offers_nothing_is_not_submitted(app) {
        let mut batch = new_batch("Rien");
        batch["declared"] = json!([]);
        batch["accessories"] = json!([]);
        let id = app.donor.post("/batches", batch).expect(201)["id"].as_str().unwrap().to_owned();
        let problem = app.donor.post(&format!("/batches/{id}/submit"), Value::Null).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["code"], "required");
        app.donor.put_csv(&format!("/batches/{id}/manifest"), list(&["A1"]).as_bytes()).expect(200);
        app.donor.post(&format!("/batches/{id}/submit"), Value::Null).expect(200);
    }

    fn stale_version_when_someone_changed_the_batch(app) {
        let id = batch_at(app, "submitted");
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

    fn two_uploads_of_the_same_serials_at_once_have_one_winner(app) {
        let batches: Vec<String> = (0..4).map(|_| draft(&app.donor)).collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let uploads: Vec<_> = batches.iter().map(|id| scope.spawn(move || {
                app.donor.put_csv(&format!("/batches/{id}/manifest"), list(&["A1", "A2"]).as_bytes()).status
            })).collect();
            uploads.into_iter().map(|upload| upload.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 3, "{statuses:?}");
    }

    fn eight_clicks_at_once_accept_a_batch_once(app) {
        let id = batch_at(app, "submitted");
        std::thread::scope(|scope| {
            for client in [&app.staff, &app.other_staff, &app.admin, &app.staff].repeat(2) {
                scope.spawn(|| client.post(&format!("/batches/{id}/accept"), Value::Null).expect(200));
            }
        });
        assert_eq!(app.mails_of("batch_accepted").len(), 1);
        assert_eq!(app.staff.get(&format!("/batches/{id}")).expect(200)["version"], 3);
    }
}
