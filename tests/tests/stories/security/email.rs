//! Another address: asked for, confirmed, taken by somebody else.

use crate::support::accounts::{PASSWORD, client, invite, link, login, sign_up};
use db::schema::invitations;
use diesel::prelude::*;
use testkit::{Client, Reply, TestApp, both_engines, json};

const OLD: &str = "jo@ville.example";
const NEW: &str = "jo.dupont@ville.example";

fn ask(who: &Client, email: &str) -> Reply {
    who.post("/me/email", json!({"email": email, "password": PASSWORD}))
}

/// What the old address was told.
fn told(app: &TestApp, email: &str) -> Vec<String> {
    let mails = app.mails_of("account_changed");
    let mails = mails.iter().filter(|mail| mail.to == email);
    mails
        .map(|mail| mail.data["change"].as_str().unwrap().to_owned())
        .collect()
}

both_engines! {
    fn an_address_changes_when_the_link_to_the_new_one_is_used(app) {
        let here = client(app, &sign_up(app, OLD));
        let there = client(app, &app.anyone.post("/auth/login", login(OLD, PASSWORD)).expect(200));
        app.anyone.post("/auth/forgotten", json!({"email": OLD})).expect(202);
        let reset = link(app, "password_reset", OLD);
        assert!(ask(&here, " Jo.Dupont@Ville.example ").expect(202).is_null());
        assert_eq!(told(app, OLD), ["email_asked"]);
        assert_eq!(here.get("/me").expect(200)["email"], OLD, "nothing changes yet");
        let token = link(app, "email_change", NEW);

        let mut browser = app.browser();
        let opened = browser.get(&format!("/email?token={token}"));
        opened.is_at(200, &format!("/email?token={token}")).says(OLD).says(NEW);
        assert_eq!(here.get("/me").expect(200)["email"], OLD, "looking changes nothing");
        there.get("/me").expect(200);

        browser.submit_to(&opened, "/email", &[]).says("Votre adresse est changée");
        assert_eq!(here.get("/me").expect(200)["email"], NEW);
        there.get("/me").refused(401, "session_ended");
        assert_eq!(told(app, OLD), ["email_asked", "email"]);
        assert!(told(app, NEW).is_empty());
        app.anyone.post("/auth/login", login(OLD, PASSWORD)).refused(401, "invalid_credentials");
        app.anyone.post("/auth/login", login(NEW, PASSWORD)).expect(200);
        // links to the old address are void, and this one is used
        app.anyone.post("/auth/reset", json!({"token": reset, "password": "un goéland sur le mât"})).refused(422, "invalid_token");
        app.anyone.post("/auth/email", json!({"token": token})).refused(422, "invalid_token");
        let again = browser.submit_to(&opened, "/email", &[]);
        again.is_at(422, "/email").says("Ce lien n’est plus valable").says("Demander un nouveau lien");
        let id = here.get("/me").expect(200)["id"].as_str().unwrap().to_owned();
        let recorded = app.admin.get(&format!("/audit?subject={id}")).expect(200).to_string();
        assert!(recorded.contains("post_me_email") && recorded.contains("post_auth_email"), "{recorded}");
        assert!(!recorded.contains("dupont@"));
    }

    fn the_answer_does_not_say_whether_an_address_is_taken(app) {
        let here = client(app, &sign_up(app, OLD));
        invite(app, "al@ville.example", "staff");
        let (free, taken) = (ask(&here, NEW), ask(&here, "AL@ville.example"));
        assert_eq!((free.status, &free.body), (202, &taken.body));
        assert_eq!(taken.status, 202);
        assert_eq!(told(app, OLD), ["email_asked", "email_asked"]);
        assert_eq!(app.mails_of("email_change").len(), 1);
        // what is taken meanwhile is not changed to
        let token = link(app, "email_change", NEW);
        invite(app, NEW, "staff");
        app.anyone.post("/auth/email", json!({"token": token})).refused(409, "email_taken");
        assert_eq!(here.get("/me").expect(200)["email"], OLD);
    }

    fn who_asks_proves_who_they_are(app) {
        let here = client(app, &sign_up(app, OLD));
        let problem = here.post("/me/email", json!({"email": NEW, "password": "faux mot"})).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["code"], "wrong_password");
        for email in ["nobody", OLD] {
            let problem = ask(&here, email).refused(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "/email", "{email}");
        }
        app.anyone.post("/me/email", json!({"email": NEW, "password": PASSWORD})).refused(401, "not_authenticated");
        assert!(app.mails_of("email_change").is_empty() && told(app, OLD).is_empty());
    }

    fn a_link_to_a_new_address_is_the_last_one_and_not_for_ever(app) {
        let here = client(app, &sign_up(app, OLD));
        ask(&here, NEW).expect(202);
        let first = link(app, "email_change", NEW);
        let kept: Vec<Vec<u8>> = app.read(|db| Ok(invitations::table
            .filter(invitations::purpose.eq("email")).select(invitations::token_hash).load(db)?));
        assert!(kept.len() == 1 && kept[0] != first.as_bytes(), "a hash is kept");
        ask(&here, "jo@maison.example").expect(202);
        app.anyone.post("/auth/email", json!({"token": first})).refused(422, "invalid_token");
        let second = link(app, "email_change", "jo@maison.example");
        // it is for nothing else
        app.anyone.post("/auth/reset", json!({"token": second, "password": "un goéland sur le mât"})).refused(422, "invalid_token");
        app.clock.advance_seconds(24 * 3600);
        app.anyone.post("/auth/email", json!({"token": second})).refused(422, "invalid_token");
        app.anyone.post("/auth/email", json!({"token": "nonsense"})).refused(422, "invalid_token");
        let held = client(app, &app.anyone.post("/auth/login", login(OLD, PASSWORD)).expect(200)).get("/me/data").expect(200);
        assert!(held["links"].to_string().contains("jo@maison.example"));
    }

    fn nobody_has_mails_sent_about_without_end(app) {
        let here = client(app, &sign_up(app, OLD));
        for number in 0..5 {
            ask(&here, &format!("jo{number}@ville.example")).expect(202);
        }
        let late = ask(&here, "jo9@ville.example");
        late.refused(429, "too_many_requests");
        assert!((1..=3600).contains(&late.header("retry-after").parse::<i64>().unwrap()));
        assert_eq!(app.mails_of("email_change").len(), 5);
    }
}
