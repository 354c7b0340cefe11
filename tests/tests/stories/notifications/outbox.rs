//! What staff see of the mail that the program sends, and sending again by hand.

use db::schema::outbox;
use diesel::prelude::*;
use testkit::{TestApp, both_engines, json};

fn invite(app: &TestApp, email: &str) {
    let organisation = &app.staff.organisation;
    app.admin
        .post("/users", json!({"email": email, "name": "Zoé Né", "role": "staff", "organisation_id": organisation}))
        .expect(201);
}

fn set_status(app: &TestApp, status: &'static str) {
    app.write(move |tx| {
        let row = (
            outbox::status.eq(status),
            outbox::last_error.eq("550 no such person"),
            outbox::ended_because.eq((status == "dead").then_some("refused")),
        );
        diesel::update(outbox::table).set(row).execute(&mut **tx)?;
        Ok(())
    });
}

both_engines! {
    fn staff_see_who_was_written_to_but_no_token(app) {
        for email in ["a@ville.example", "b@ville.example", "c@ville.example"] {
            invite(app, email);
        }
        let all = app.staff.get("/notifications?limit=200").expect(200);
        let items = all["items"].as_array().unwrap();
        // those who are there hear of each new member, too
        let invited: Vec<_> = items.iter().filter(|item| item["kind"] == "invitation").collect();
        let to: Vec<_> = invited.iter().map(|item| item["to"].as_str().unwrap()).collect();
        assert_eq!(to, ["c@ville.example", "b@ville.example", "a@ville.example"]);
        assert_eq!(invited[0]["status"], "queued");
        assert_eq!(invited[0]["subject"], "Votre accès à Ressac pour Ville de Marseille");
        assert!(!all.to_string().contains("token"));
        let first = app.staff.get("/notifications?limit=2").expect(200);
        let next = first["next"].as_str().unwrap();
        let rest = app.staff.get(&format!("/notifications?limit=200&after={next}")).expect(200);
        assert_eq!(rest["items"].as_array().unwrap().len(), items.len() - 2);
        assert!(rest["next"].is_null());

        let one = app.admin.get("/notifications?status=queued&to=B@ville.example").expect(200);
        let theirs = one["items"].as_array().unwrap();
        assert!(!theirs.is_empty() && theirs.iter().all(|item| item["to"] == "b@ville.example"), "{one}");
        let none = app.admin.get("/notifications?status=sent").expect(200);
        assert_eq!(none["items"], json!([]));
        app.staff.get("/notifications?status=lost").refused(422, "invalid_fields");
        app.staff.get("/notifications?after=zz").refused(422, "invalid_page");
    }

    fn notification_not_retriable(app) {
        invite(app, "a@ville.example");
        let id = app.staff.get("/notifications").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/notifications/{id}/retry");
        for status in ["queued", "sent"] {
            set_status(app, status);
            app.staff.post(&path, json!({})).refused(409, "notification_not_retriable");
        }
        for status in ["failed", "dead"] {
            set_status(app, status);
            let shown = app.staff.get("/notifications").expect(200);
            assert_eq!(shown["items"][0]["last_error"], "550 no such person");
            let again = app.staff.post(&path, json!({})).expect(200);
            assert_eq!(again["status"], "queued");
        }
        app.staff.post("/notifications/01869837-33c0-7210-b247-306c44e88c95/retry", json!({}))
            .refused(404, "not_found");
    }

    fn the_outbox_is_for_staff(app) {
        invite(app, "a@ville.example");
        app.anyone.get("/notifications").refused(401, "not_authenticated");
        for client in [&app.donor, &app.refurbisher, &app.association("Les Mots du Port")] {
            client.get("/notifications").refused(403, "not_allowed");
        }
    }
}
