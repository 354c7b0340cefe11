//! What a donor ties its gift to, what it says to the count, and whom the mails reach.

use testkit::{Client, Reply, TestApp, Value, both_engines, json};

fn new_batch() -> Value {
    json!({
        "title": "Postes <b>fixes</b>",
        "declared": [{"kind": "desktop", "quantity": 3}],
        "accessories": [{"kind": "keyboard", "quantity": 3}],
        "pickup": {"address": "10 boulevard de Dunkerque", "postal_code": "13002", "commune": "Marseille",
            "contact_name": "Dora Don", "contact_phone": "04 91 00 00 00",
            "from": "2023-03-01T08:00:00Z", "to": "2023-03-31T17:00:00Z"},
    })
}

fn schedule(app: &TestApp, id: &str, workshop: &str, day: u32) -> Value {
    let body = json!({"workshop_id": workshop,
        "from": format!("2023-03-0{day}T08:00:00Z"), "to": format!("2023-03-0{day}T10:00:00Z")});
    app.staff
        .post(&format!("/batches/{id}/schedule"), body)
        .expect(200)
}

fn scheduled(app: &TestApp) -> String {
    let id = app.donor.post("/batches", new_batch()).expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let list = "Serial;Type\nCZC1;UC\nCZC2;UC\n<script>3;UC\n";
    app.donor
        .put_csv(&format!("/batches/{id}/manifest"), list.as_bytes())
        .expect(200);
    app.donor
        .post(&format!("/batches/{id}/submit"), Value::Null)
        .expect(200);
    app.staff
        .post(&format!("/batches/{id}/accept"), Value::Null)
        .expect(200);
    schedule(app, &id, &app.refurbisher.organisation, 1);
    id
}

/// A batch that was counted: one missing, one that nobody announced.
fn closed(app: &TestApp) -> String {
    let id = scheduled(app);
    let arrived = json!({"devices": [{"serial": "CZC1"}, {"serial": "CZC2"}, {"serial": "NEW9", "kind": "laptop"}],
        "accessories": [{"kind": "keyboard", "quantity": 2}]});
    app.refurbisher
        .post(&format!("/batches/{id}/receive"), arrived)
        .expect(200);
    app.refurbisher
        .post(&format!("/batches/{id}/close"), Value::Null)
        .expect(200);
    id
}

fn token(app: &TestApp) -> String {
    app.mails_of("batch_closed")[0].data["token"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn open(app: &TestApp, token: &str) -> Reply {
    app.anyone.get(&format!("//reception?token={token}"))
}

fn send(client: &Client, token: &str, answer: &str, comment: &str) -> Reply {
    let form = format!(
        "token={token}&answer={answer}&comment={}",
        comment.replace(' ', "+")
    );
    client.with_header("sec-fetch-site", "same-origin").send(
        "POST",
        "//reception",
        "application/x-www-form-urlencoded",
        form.as_bytes(),
    )
}

fn reception(app: &TestApp, id: &str) -> Value {
    app.donor.get(&format!("/batches/{id}")).expect(200)["reception"].clone()
}

both_engines! {
    fn a_batch_names_its_donor_and_workshop(app) {
        let id = scheduled(app);
        for client in [&app.donor, &app.refurbisher, &app.staff] {
            let batch = client.get(&format!("/batches/{id}")).expect(200);
            assert_eq!((&batch["donor_name"], batch["workshop_name"].is_string()), (&json!("Orange"), true), "{batch}");
            assert_eq!(client.get("/batches").expect(200)["items"][0], batch);
        }
        let table = app.staff.with_header("accept", "text/csv").get("/batches").text();
        assert!(table.contains("donor_name") && table.contains("Orange"), "{table}");
    }

    fn a_gift_is_tied_to_themes_associations_and_the_destruction_of_its_drives(app) {
        let association = app.association("Les Mouettes").organisation;
        let tied = json!({"themes": ["precarity", "employment"], "association_ids": [association], "drives_destroyed": true});
        let mut new = new_batch();
        new["restrictions"] = tied.clone();
        let batch = app.donor.post("/batches", new.clone()).expect(201);
        assert_eq!(batch["restrictions"], tied);
        let id = batch["id"].as_str().unwrap();
        let path = format!("/batches/{id}");
        assert_eq!(app.donor.get(&path).expect(200)["restrictions"], tied);

        let changed = app.donor.put(&format!("{path}/restrictions"), json!({"drives_destroyed": true})).expect(200);
        assert_eq!(changed["restrictions"], json!({"themes": [], "association_ids": [], "drives_destroyed": true}));
        assert_eq!(changed["version"], 2);
        let same = app.donor.put(&format!("{path}/restrictions"), json!({"drives_destroyed": true})).expect(200);
        assert_eq!(same["version"], 2, "a second click");
        app.other_donor.put(&format!("{path}/restrictions"), json!({})).refused(404, "not_found");
        app.donor.put(&format!("{path}/restrictions"), json!({"themes": ["chess"]})).refused(422, "invalid_fields");

        new["restrictions"]["association_ids"] = json!([association, app.donor.organisation]);
        let problem = app.donor.post("/batches", new).refused(422, "invalid_fields");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!("/restrictions/association_ids/1"), &json!("unknown_reference")));
        app.donor.post(&format!("{path}/submit"), Value::Null).expect(200);
        app.staff.post(&format!("{path}/accept"), Value::Null).expect(200);
        app.donor.put(&format!("{path}/restrictions"), json!({})).refused(409, "batch_not_editable");
        assert_eq!(app.staff.get(&path).expect(200)["restrictions"]["drives_destroyed"], true);
    }

    fn the_donor_confirms_the_count_through_the_link(app) {
        let id = closed(app);
        let token = token(app);
        let before = app.donor.get(&format!("/batches/{id}")).expect(200);
        for _ in 0..3 {
            let page = open(app, &token);
            assert_eq!(page.status, 200);
            assert!(page.header("content-type").starts_with("text/html"));
            assert!(page.header("content-security-policy").contains("default-src 'none'"));
        }
        assert_eq!(app.donor.get(&format!("/batches/{id}")).expect(200), before, "opening changes nothing");
        let page = open(app, &token).text();
        for part in ["<html lang=\"fr\"", "<title>", "<main", "<caption", "scope=\"col\"", "<label", "NEW9", "&lt;script&gt;3",
            "Postes &lt;b&gt;fixes", "ordinateurs fixes"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("<script>"), "{page}");
        let english = app.anyone.get(&format!("//reception?token={token}&lang=en")).text();
        assert!(english.contains("<html lang=\"en\"") && english.contains("The count of the workshop"), "{english}");

        let mails = app.mails().len();
        let done = send(&app.anyone, &token, "confirm", "");
        assert_eq!(done.status, 200, "{}", done.text());
        assert!(done.text().contains("Vous avez confirmé") && !done.text().contains("name=\"answer\""));
        let said = reception(app, &id);
        assert_eq!((&said["answer"], &said["comment"]), (&json!("confirmed"), &Value::Null));
        let version = app.donor.get(&format!("/batches/{id}")).expect(200)["version"].clone();
        assert_eq!(send(&app.anyone, &token, "confirm", "").status, 200);
        assert_eq!(app.donor.get(&format!("/batches/{id}")).expect(200)["version"], version, "a second click");
        assert_eq!(app.mails().len(), mails);
        assert_eq!(send(&app.anyone, &token, "contest", "Non").status, 409);
        assert_eq!(reception(app, &id)["answer"], "confirmed");
    }

    fn the_donor_contests_the_count_and_the_city_and_workshop_hear_why(app) {
        let id = closed(app);
        let token = token(app);
        let wrong = send(&app.anyone, &token, "contest", "");
        assert_eq!(wrong.status, 422);
        for part in ["Il y a un problème", "aria-invalid=\"true\"", "<title>Erreur"] {
            assert!(wrong.text().contains(part), "{part}: {}", wrong.text());
        }
        assert_eq!(send(&app.anyone, &token, "neither", "x").status, 422);
        assert_eq!(reception(app, &id), Value::Null);
        let done = send(&app.anyone, &token, "contest", "Un <carton> reste dans le camion");
        assert!(done.text().contains("Vous contestez ce comptage") && done.text().contains("Un &lt;carton&gt;"), "{}", done.text());
        let told = app.mails_of("reception_contested");
        assert_eq!(told.len(), 5, "staff, admin and the workshop's two");
        assert_eq!(told[0].data["comment"], "Un <carton> reste dans le camion");
        send(&app.anyone, &token, "contest", "Un <carton> reste dans le camion");
        assert_eq!(app.mails_of("reception_contested").len(), 5, "a second click tells nobody again");
        assert_eq!(app.staff.get(&format!("/batches/{id}")).expect(200)["reception"]["answer"], "contested");
        // once it is explained, it may be confirmed
        assert_eq!(send(&app.anyone, &token, "confirm", "Retrouvé").status, 200);
        assert_eq!(reception(app, &id)["comment"], "Retrouvé");
    }

    fn reception_confirmed_by_the_signed_in_donor_stays_so(app) {
        let id = scheduled(app);
        let (confirm, contest) = (format!("/batches/{id}/confirm"), format!("/batches/{id}/contest"));
        app.donor.post(&confirm, json!({})).refused(409, "batch_step_not_allowed");
        app.donor.post(&contest, json!({"comment": "x"})).refused(409, "batch_step_not_allowed");
        app.refurbisher.post(&format!("/batches/{id}/receive"), json!({"devices": [{"serial": "CZC1"}]})).expect(200);
        app.refurbisher.post(&format!("/batches/{id}/close"), Value::Null).expect(200);
        let problem = app.donor.post(&contest, json!({})).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/comment");
        let contested = app.donor.post(&contest, json!({"comment": "Il en manque deux"})).expect(200);
        assert_eq!(contested["reception"]["answer"], "contested");
        app.other_donor.post(&confirm, json!({})).refused(404, "not_found");
        app.staff.post(&confirm, json!({})).refused(403, "not_allowed");
        app.refurbisher.post(&confirm, json!({})).refused(403, "not_allowed");
        assert_eq!(app.donor.post(&confirm, Value::Null).expect(200)["reception"]["answer"], "confirmed");
        app.donor.post(&contest, json!({"comment": "Finalement non"})).refused(409, "reception_confirmed");
    }

    fn a_link_is_secret_expires_and_opens_nothing_else(app) {
        let id = closed(app);
        let token = token(app);
        let kept: i64 = app.read({
            let token = token.clone();
            move |db| {
                use diesel::prelude::*;
                Ok(db::schema::reception_links::table
                    .filter(db::schema::reception_links::token_hash.eq(token.into_bytes()))
                    .count()
                    .get_result(db)?)
            }
        });
        assert_eq!(kept, 0, "only the hash is kept");
        assert_eq!(open(app, "%00").status, 404);
        assert_eq!(send(&app.anyone, "%00", "confirm", "").status, 422, "no text");
        for wrong in ["", "x", &token[..42], &format!("{token}x")] {
            let page = open(app, wrong);
            assert_eq!(page.status, 404, "{wrong}");
            assert!(page.text().contains("Ce lien n’est plus valable"), "{}", page.text());
            assert_eq!(send(&app.anyone, wrong, "confirm", "").status, 404);
        }
        app.anyone.with_token(&token).get(&format!("/batches/{id}")).refused(401, "not_authenticated");
        let other = app.anyone.post("/auth/invitation", json!({"token": token, "password": "une longue phrase de passe"}));
        other.refused(422, "invalid_token");
        app.clock.advance_seconds(30 * 86_400 - 1);
        assert_eq!(open(app, &token).status, 200);
        app.clock.advance_seconds(1);
        assert_eq!(open(app, &token).status, 404);
        assert_eq!(send(&app.anyone, &token, "confirm", "").status, 404);
    }

    fn a_suspended_donor_answers_nothing(app) {
        closed(app);
        let token = token(app);
        let path = format!("/organisations/{}/suspend", app.donor.organisation);
        app.staff.post(&path, json!({"reason": "Vérification"})).expect(200);
        assert_eq!(open(app, &token).status, 404);
        assert_eq!(send(&app.anyone, &token, "confirm", "").status, 404);
    }

    fn a_pickup_that_moves_or_changes_hands_is_told_in_the_right_words(app) {
        let id = scheduled(app);
        app.deliver();
        schedule(app, &id, &app.refurbisher.organisation, 2);
        app.deliver();
        let entry = |mail: &testkit::Mail| (mail.data["moved"] == true, mail.data["appointment"]["cancelled"] == true,
            mail.data["appointment"]["sequence"].as_i64().unwrap());
        let mails = app.mails_of("pickup_scheduled");
        assert!(mails[..3].iter().all(|mail| entry(mail) == (false, false, 0)));
        assert!(mails[3..].iter().all(|mail| entry(mail) == (true, false, 1)));
        schedule(app, &id, &app.stranger_refurbisher.organisation, 3);
        let told: Vec<_> = app.mails_of("pickup_scheduled").split_off(6);
        let told: Vec<_> = told.iter().map(entry).collect();
        // the donor's pickup moved, the new workshop's is new, the former one's is taken back
        assert_eq!(told, [(true, false, 2), (false, false, 2), (false, true, 2), (false, true, 2)]);
        let uids: std::collections::BTreeSet<_> = app.mails_of("pickup_scheduled").iter()
            .map(|mail| mail.data["appointment"]["uid"].as_str().unwrap().to_owned()).collect();
        assert_eq!(uids.len(), 1, "one entry for good");
    }
}
