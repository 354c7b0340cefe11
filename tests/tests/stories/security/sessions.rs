//! Sessions: seen and ended by their person, not for ever, and proven again before what a
//! stolen one should not do.

use crate::support::accounts::{PASSWORD, client, invite, link, login, sign_up};
use identity::SessionSettings;
use identity::token::Signer256;
use testkit::{Client, TestApp, Value, both_engines, json};

fn admin(app: &TestApp, email: &str) -> Value {
    invite(app, email, "admin");
    let token = link(app, "invitation", email);
    let accept = json!({"token": token, "password": PASSWORD});
    app.anyone.post("/auth/invitation", accept).expect(200)
}

fn ids(client: &Client) -> Vec<String> {
    let sessions = client.get("/me/sessions").expect(200);
    let items = sessions["items"].as_array().unwrap().iter();
    items
        .map(|session| session["id"].as_str().unwrap().to_owned())
        .collect()
}

both_engines! {
    fn one_sees_and_ends_ones_own_sessions(app) {
        let here = client(app, &sign_up(app, "jo@ville.example"));
        let sign_in = || {
            app.clock.advance_seconds(1); // they are listed by when they were opened
            let from = app.anyone.with_header("x-forwarded-for", "192.0.2.7");
            client(app, &from.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200))
        };
        let (there, third) = (sign_in(), sign_in());
        let listed = here.get("/me/sessions").expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 3);
        assert_eq!((&listed["items"][2]["current"], &listed["items"][0]["network"]), (&json!(true), &json!("192.0.2.0/24")));
        let stolen = ids(&there)[1].clone();
        here.delete(&format!("/me/sessions/{stolen}")).expect(204);
        here.delete(&format!("/me/sessions/{stolen}")).expect(204);
        there.get("/me").refused(401, "session_ended");
        third.get("/me").expect(200);
        here.delete("/me/sessions").expect(204);
        third.get("/me").refused(401, "session_ended");
        assert_eq!(ids(&here).len(), 1);
        // nobody ends another's
        let other = client(app, &sign_up(app, "al@ville.example"));
        other.delete(&format!("/me/sessions/{}", ids(&here)[0])).refused(404, "not_found");
        here.get("/me").expect(200);
    }

    fn a_session_ends_however_much_it_is_used(app) {
        let mut tokens = sign_up(app, "jo@ville.example");
        let lifetime = SessionSettings::default().lifetime_days;
        let refresh = |tokens: &Value| app.anyone.post("/auth/refresh", json!({"refresh_token": tokens["refresh_token"]}));
        for _ in 0..lifetime / 20 {
            app.clock.advance_seconds(20 * 86_400);
            tokens = refresh(&tokens).expect(200);
        }
        app.clock.advance_seconds((lifetime % 20) * 86_400 + 1);
        refresh(&tokens).refused(401, "session_ended");
        client(app, &tokens).get("/me").refused(401, "not_authenticated");
    }

    fn a_stolen_session_makes_no_keys_and_no_administrators(app) {
        let mut tokens = admin(app, "root@ville.example");
        app.clock.advance_seconds(16 * 60);
        tokens = app.anyone.post("/auth/refresh", json!({"refresh_token": tokens["refresh_token"]})).expect(200);
        let thief = client(app, &tokens);
        let key = json!({"name": "Poste", "scopes": ["workshop"], "organisation_id": app.refurbisher.organisation});
        thief.post("/api-keys", key.clone()).refused(403, "proof_required");
        let other = json!({"email": "evil@ville.example", "name": "E", "role": "admin", "organisation_id": app.staff.organisation});
        thief.post("/users", other.clone()).refused(403, "proof_required");
        thief.delete(&format!("/people/{}/second-factor", app.staff.person)).refused(403, "proof_required");
        thief.post("/me/badge", Value::Null).refused(403, "proof_required");
        // a refreshed token proves nothing, a wrong password neither
        thief.post("/me/proof", json!({"password": "faux mot"})).refused(422, "invalid_fields");
        thief.post("/api-keys", key.clone()).refused(403, "proof_required");
        // its owner knows the password
        thief.post("/me/proof", json!({"password": PASSWORD})).expect(204);
        thief.post("/api-keys", key.clone()).expect(201);
        thief.post("/users", other).expect(201);
        app.clock.advance_seconds(15 * 60 - 1);
        let tokens = app.anyone.post("/auth/login", login("root@ville.example", PASSWORD)).expect(200);
        client(app, &tokens).post("/api-keys", key).expect(201);
    }

    fn keys_expire_and_end_with_their_maker(app) {
        let root = client(app, &admin(app, "root@ville.example"));
        let key = json!({"name": "Poste", "scopes": ["workshop"], "organisation_id": app.refurbisher.organisation});
        let made = root.post("/api-keys", key.clone()).expect(201);
        assert_eq!(made["expires_at"], "2024-02-28T09:00:00Z");
        let stock = format!("/workshops/{}/accessories", app.refurbisher.organisation);
        let station = |made: &Value| app.anyone.with_token(made["key"].as_str().unwrap()).get(&stock);
        station(&made).expect(200);
        // a new password offers them for revocation
        let change = |old: &str, new: &str, revoke: bool| {
            root.post("/me/password", json!({"current_password": old, "new_password": new, "revoke_keys": revoke}))
        };
        let told = change(PASSWORD, "un goéland sur le mât", false).expect(200);
        assert_eq!((&told["api_keys"][0]["id"], &told["revoked"]), (&made["id"], &json!(false)));
        station(&made).expect(200);
        assert_eq!(change("un goéland sur le mât", PASSWORD, true).expect(200)["revoked"], true);
        station(&made).refused(401, "not_authenticated");
        change(PASSWORD, "un goéland sur le mât", false).expect(204);
        // and so does one that was forgotten
        let again = root.post("/api-keys", key.clone()).expect(201);
        app.anyone.post("/auth/forgotten", json!({"email": "root@ville.example"})).expect(202);
        let token = link(app, "password_reset", "root@ville.example");
        let reset = json!({"token": token, "password": PASSWORD, "revoke_keys": true});
        assert_eq!(app.anyone.post("/auth/reset", reset).expect(200)["api_keys"][0]["id"], again["id"]);
        station(&again).refused(401, "not_authenticated");
        // a key is gone with its maker, and a year later
        let tokens = app.anyone.post("/auth/login", login("root@ville.example", PASSWORD)).expect(200);
        let root = client(app, &tokens);
        let last = root.post("/api-keys", key.clone()).expect(201);
        let me = root.get("/me").expect(200)["id"].clone();
        app.admin.delete(&format!("/organisations/{}/people/{}", app.staff.organisation, me.as_str().unwrap())).expect(204);
        station(&last).refused(401, "not_authenticated");
        let old = app.admin.post("/api-keys", key).expect(201);
        app.clock.advance_seconds(365 * 86_400);
        station(&old).refused(401, "not_authenticated");
    }

    fn the_last_administrator_stays_by_every_door(app) {
        let second = app.person(app.staff.organisation.parse().unwrap(), kernel::Role::Admin, "Deux");
        let leave = |client: &Client, person: &str| client.delete(&format!("/organisations/{}/people/{person}", app.staff.organisation));
        leave(&app.admin, &second.person).expect(204);
        leave(&app.admin, &app.admin.person).refused(409, "last_person");
        app.admin.post(&format!("/people/{}/erase", app.admin.person), Value::Null).refused(409, "last_person");
        // somebody who was invited and never came does not count
        invite(app, "jamais@ville.example", "admin");
        leave(&app.admin, &app.admin.person).refused(409, "last_person");
        // nor is the city barred as a whole
        let suspend = format!("/organisations/{}/suspend", app.staff.organisation);
        app.staff.post(&suspend, json!({"reason": "Essai"})).refused(409, "status_not_allowed");
        app.admin.get("/me").expect(200);
    }

    fn the_others_hear_of_a_new_member_and_of_a_mailbox_with_two_accounts(app) {
        let staff: kernel::OrganisationId = app.staff.organisation.parse().unwrap();
        app.write(move |tx| {
            let new = identity::NewPerson {
                email: "r1@ville.example".into(), name: "R".into(), role: kernel::Role::Staff,
                organisation_id: staff, language: None,
            };
            identity::invite(tx, &new).map(drop)
        });
        let before = app.mails_of("new_member").len();
        let new = json!({"email": "r1+alias@ville.example", "name": "R bis", "role": "staff", "organisation_id": app.staff.organisation});
        let invited = app.admin.post("/users", new).expect(201);
        assert_eq!(invited["same_mailbox"], true);
        let told = app.mails_of("new_member");
        assert_eq!(told.len() - before, 5, "the administrator, two of the staff, the helper, and r1");
        assert_eq!(told.iter().filter(|mail| mail.data["same_mailbox"] == true).count(), 5);
        let recorded = app.admin.get(&format!("/audit?subject={}", invited["id"].as_str().unwrap())).expect(200);
        assert_eq!(recorded["items"][0]["detail"]["same_mailbox"], true);
        // a stranger who registers learns nothing of it; staff do
        let register = |email: &str, name: &str| {
            let body = json!({"organisation": {"name": name, "address": "1 quai", "postal_code": "13002", "commune": "Marseille"},
                "person": {"name": "Nadia", "email": email}});
            app.anyone.post("/registrations", body).expect(201)
        };
        let before = app.mails_of("new_member").len();
        let alias = register("r1+autre@ville.example", "Les Rames");
        let plain = register("z9@ville.example", "Les Voiles");
        let keys = |value: &Value| value["person"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!((keys(&alias), alias.as_object().unwrap().len()), (keys(&plain), plain.as_object().unwrap().len()));
        assert_eq!(app.mails_of("new_member").len() - before, 5, "all of the city but for the second registration");
        let recorded = app.admin.get(&format!("/audit?subject={}", alias["person"]["id"].as_str().unwrap())).expect(200);
        assert_eq!((&recorded["items"][0]["detail"]["same_mailbox"], &recorded["items"][0]["actor_id"]), (&json!(true), &Value::Null));
    }
}

#[test]
fn the_lifetimes_of_the_default_settings_are_the_documented_ones() {
    let settings = SessionSettings::default();
    let text = include_str!("../../../../config/default.toml");
    for line in [
        format!("idle_days = {}", settings.idle_days),
        format!("lifetime_days = {}", settings.lifetime_days),
        format!("proof_minutes = {}", settings.proof_minutes),
        format!("key_days = {}", settings.key_days),
    ] {
        assert!(text.contains(&line), "{line}");
    }
    let signer = Signer256::new(&[[7_u8; 32]]).unwrap();
    assert_eq!(signer.sessions(), settings);
}
