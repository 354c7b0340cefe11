//! How people hear of things: their choices, the link in mails, templates for staff, and
//! webhooks, through HTTP.

use db::schema::outbox;
use diesel::prelude::*;
use kernel::PersonId;
use notifications::{Message, Recipient};
use testkit::{Client, TestApp, Value, both_engines, json};

fn choice(client: &Client, kind: &str) -> Value {
    let all = client.get("/me/notifications").expect(200);
    let items = all["items"].as_array().unwrap();
    items
        .iter()
        .find(|item| item["kind"] == kind)
        .cloned()
        .unwrap_or_default()
}

fn tell_donor(app: &TestApp) {
    let person: PersonId = app.donor.person.parse().unwrap();
    app.write(move |tx| {
        let to = Recipient {
            person: Some(person),
            email: "dora@orange.example".to_owned(),
            name: "Dora".to_owned(),
            language: kernel::Language::French,
        };
        let message = Message::BatchAccepted {
            reference: "LOT-7".to_owned(),
            title: "Siège".to_owned(),
        };
        notifications::push(tx, &to, &message)
    });
}

both_engines! {
    fn people_choose_how_to_hear_of_what_concerns_them(app) {
        let accepted = choice(&app.donor, "batch_accepted");
        assert_eq!(accepted, json!({"kind": "batch_accepted", "title": "Don accepté", "choice": "at_once", "always": false}));
        assert!(choice(&app.donor, "wave_to_approve").is_null(), "is for staff");
        assert_eq!(choice(&app.staff, "wave_to_approve")["choice"], "at_once");

        let wanted = json!({"choices": {"batch_accepted": "weekly", "pickup_scheduled": "off"}});
        app.donor.put("/me/notifications", wanted).expect(200);
        assert_eq!(choice(&app.donor, "batch_accepted")["choice"], "weekly");
        assert_eq!(choice(&app.donor, "pickup_scheduled")["choice"], "off");
        assert_eq!(choice(&app.other_donor, "batch_accepted")["choice"], "at_once");

        let reply = app.donor.put("/me/notifications", json!({"choices": {"batch_accepted": "at_once", "batch_refused": "off", "lot_granted": "off"}}));
        let problem = reply.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], "/choices/batch_refused");
        assert_eq!(problem["errors"][0]["code"], "always_told");
        assert_eq!(problem["errors"][1]["code"], "unknown_reference");
        assert_eq!(choice(&app.donor, "batch_accepted")["choice"], "weekly", "nothing was changed");
        app.donor.put("/me/notifications", json!({"choices": {"batch_accepted": "hourly"}})).refused(422, "invalid_fields");
        app.donor.put("/me/notifications", json!({})).refused(422, "invalid_fields");
    }

    fn the_link_in_a_mail_changes_nothing_until_it_is_posted(app) {
        tell_donor(app);
        let mail = app.deliver().remove(0).replace("\r\n ", "");
        let link = mail.split("List-Unsubscribe: <").nth(1).unwrap().split('>').next().unwrap();
        let token = link.split("token=").nth(1).unwrap();
        let path = format!("//unsubscribe?token={token}");
        let page = app.anyone.get(&path);
        assert_eq!(page.status, 200);
        assert!(page.text().contains("Don accepté") && page.text().contains("name=\"choice\""));
        assert_eq!(choice(&app.donor, "batch_accepted")["choice"], "at_once");

        // what a mail program sends by itself (RFC 8058)
        let form = "application/x-www-form-urlencoded";
        let reply = app.anyone.send("POST", &path, form, b"List-Unsubscribe=One-Click");
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(choice(&app.donor, "batch_accepted")["choice"], "off");
        // what the page's form sends
        let reply = app.anyone.send("POST", &format!("{path}&lang=en"), form, b"choice=daily");
        assert!(reply.text().contains("in one summary a day"));
        assert_eq!(choice(&app.donor, "batch_accepted")["choice"], "daily");

        // what says nothing, or nothing that there is, changes nothing
        for strange in [&b""[..], b"choice=", b"choice=never", b"choice=OFF"] {
            assert_eq!(app.anyone.send("POST", &path, form, strange).status, 422);
            assert_eq!(choice(&app.donor, "batch_accepted")["choice"], "daily");
        }

        for token in ["", "nonsense", "Zm9v"] {
            let path = format!("//unsubscribe?token={token}");
            assert_eq!(app.anyone.get(&path).status, 404);
            assert_eq!(app.anyone.send("POST", &path, form, b"choice=off").status, 404);
        }
    }

    fn staff_see_how_messages_read(app) {
        let list = app.staff.get("/notifications/templates").expect(200);
        assert!(list["items"].as_array().unwrap().len() > 30);
        let preview = app.staff.get("/notifications/templates/lot_granted/preview?lang=en").expect(200);
        assert_eq!(preview["language"], "en");
        assert!(preview["text"].as_str().unwrap().contains("L. 311-3-1"));
        assert!(preview["html"].as_str().unwrap().starts_with("<!DOCTYPE html>"));
        let cancelled = app.staff.get("/notifications/templates/pickup_scheduled/preview?variant=pickup_cancelled").expect(200);
        assert_eq!(cancelled["variants"].as_array().unwrap().len(), 4);
        for path in ["of_old/preview", "lot_granted/preview?variant=of_old", "..%2f..%2fetc/preview"] {
            app.staff.get(&format!("/notifications/templates/{path}")).refused(404, "not_found");
        }
        app.staff.get("/notifications/templates/lot_granted/preview?lang=de").refused(422, "invalid_fields");
        app.donor.get("/notifications/templates").refused(403, "not_allowed");
    }

    fn a_retry_by_hand_may_expect_what_it_saw(app) {
        tell_donor(app);
        let id = app.staff.get("/notifications").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        app.write(|tx| {
            let dead = (outbox::status.eq("dead"), outbox::ended_because.eq("given_up"));
            diesel::update(outbox::table).set(dead).execute(&mut **tx)?;
            Ok(())
        });
        let shown = app.staff.get(&format!("/notifications/{id}")).expect(200);
        assert_eq!(shown["ended_because"], "given_up");
        let path = format!("/notifications/{id}/retry");
        app.staff.with_header("if-match", "\"7\"").post(&path, json!({})).refused(412, "stale_version");
        let again = app.staff.with_header("if-match", "\"1\"").post(&path, json!({})).expect(200);
        assert_eq!((&again["status"], &again["version"]), (&json!("queued"), &json!(2)));
        assert!(again["ended_because"].is_null());
        app.staff.get("/notifications/01869837-33c0-7210-b247-306c44e88c95").refused(404, "not_found");
    }

    fn an_organization_sets_webhooks_up_for_itself(app) {
        let url = "https://parc.orange.example/ressac";
        let made = app.donor.post("/webhooks", json!({"url": url, "events": ["batch_accepted"]})).expect(201);
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        assert_eq!(made["status"], "active");
        let id = made["id"].as_str().unwrap();
        let path = format!("/webhooks/{id}");
        let shown = app.donor.get(&path).expect(200);
        assert!(shown["secret"].is_null(), "shown once");
        assert_eq!(app.donor.get("/webhooks").expect(200)["items"].as_array().unwrap().len(), 1);
        assert_eq!(app.other_donor.get("/webhooks").expect(200)["items"], json!([]));
        for strange in [&app.other_donor, &app.staff] {
            strange.get(&path).refused(404, "not_found");
            strange.get(&format!("{path}/deliveries")).refused(404, "not_found");
            strange.post(&format!("{path}/enable"), json!({})).refused(404, "not_found");
            strange.delete(&path).refused(404, "not_found");
        }
        tell_donor(app);
        let told = app.donor.get(&format!("{path}/deliveries")).expect(200);
        assert_eq!(told["items"][0]["event"], "batch_accepted");
        assert_eq!(told["items"][0]["status"], "queued");

        for wrong in ["http://parc.example/", "https://127.0.0.1/", "https://u:p@parc.example/", "parc"] {
            let problem = app.donor.post("/webhooks", json!({"url": wrong})).expect(422);
            assert_eq!(problem["errors"][0]["code"], "address_not_allowed", "{wrong}");
        }
        let problem = app.donor.post("/webhooks", json!({"url": url, "events": ["invitation"]})).expect(422);
        assert_eq!(problem["errors"][0]["pointer"], "/events/0");
        for _ in 1..20 {
            app.donor.post("/webhooks", json!({"url": url})).expect(201);
        }
        app.donor.post("/webhooks", json!({"url": url})).refused(409, "too_many_webhooks");
        app.donor.post(&format!("{path}/enable"), json!({})).expect(200);
        assert_eq!(app.donor.delete(&path).status, 204);
        app.donor.get(&path).refused(404, "not_found");
    }
}
