//! The second factor: set up, asked for, lost.

use crate::support::accounts::{PASSWORD, client, link, login, sign_up};
use crate::support::generator::Generator;
use db::schema::second_factors;
use diesel::prelude::*;
use identity::SecondFactorRule;
use testkit::{Client, Engine, TestApp, Value, both_engines, json};
use web::SecuritySettings;

/// Sets up a second factor; the recovery codes and the generator.
fn enroll(app: &TestApp, who: &Client) -> (Vec<String>, Generator) {
    let begun = who
        .post("/me/second-factor", json!({"password": PASSWORD}))
        .expect(201);
    assert!(
        begun["uri"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/Ressac:")
    );
    let generator = Generator::typed(begun["secret"].as_str().unwrap());
    let done = who
        .post(
            "/me/second-factor/confirm",
            json!({"totp": generator.code(app)}),
        )
        .expect(200);
    let codes = serde_json::from_value(done["recovery_codes"].clone()).unwrap();
    (codes, generator)
}

/// What lies in the database of the only second factor.
fn stored(app: &TestApp) -> Vec<u8> {
    app.read(|db| {
        Ok(second_factors::table
            .select(second_factors::secret)
            .first(db)?)
    })
}

/// Replaces it behind everyone's back.
fn store(app: &TestApp, secret: Vec<u8>) {
    app.write(move |tx| {
        diesel::update(second_factors::table)
            .set(second_factors::secret.eq(&secret))
            .execute(&mut **tx)?;
        Ok(())
    });
}

fn with_code(code: &str) -> Value {
    let mut body = login("jo@ville.example", PASSWORD);
    body["totp"] = json!(code);
    body
}

both_engines! {
    fn second_factor_required(app) {
        let here = client(app, &sign_up(app, "jo@ville.example"));
        let there = client(app, &app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200));
        here.post("/me/second-factor", json!({"password": "faux mot"})).refused(422, "invalid_fields");
        let (codes, generator) = enroll(app, &here);
        assert_eq!(codes.len(), 10);
        assert_eq!(here.get("/me").expect(200)["second_factor"], true);
        there.get("/me").refused(401, "session_ended");
        here.post("/me/second-factor", json!({"password": PASSWORD})).refused(409, "second_factor_set");

        app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).refused(401, "second_factor_required");
        app.anyone.post("/auth/login", login("jo@ville.example", "faux mot")).refused(401, "invalid_credentials");
        let mut wrong = with_code("000000");
        wrong["password"] = json!("faux mot");
        app.anyone.post("/auth/login", wrong).refused(401, "invalid_credentials");
        app.clock.advance_seconds(30);
        app.anyone.post("/auth/login", with_code(&generator.code(app))).expect(200);
        assert_eq!(app.mails_of("account_changed")[0].data["change"], "second_factor_on");
    }

    fn second_factor_refused(app) {
        let here = client(app, &sign_up(app, "jo@ville.example"));
        here.post("/me/second-factor/confirm", json!({"totp": "123456"})).refused(401, "second_factor_refused");
        let (_, generator) = enroll(app, &here);
        // the code that confirmed it is used up, and so is each one that signed in
        app.anyone.post("/auth/login", with_code(&generator.code(app))).refused(401, "second_factor_refused");
        app.clock.advance_seconds(30);
        let code = generator.code(app);
        app.anyone.post("/auth/login", with_code(&code)).expect(200);
        app.anyone.post("/auth/login", with_code(&code)).refused(401, "second_factor_refused");
        // codes cannot be tried without end, not even by who knows the password
        app.clock.advance_seconds(300);
        for _ in 0..10 {
            app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).refused(401, "second_factor_required");
            app.anyone.post("/auth/login", with_code("000000")).refused(401, "second_factor_refused");
        }
        app.anyone.post("/auth/login", with_code("000000")).refused(429, "too_many_requests");
    }

    fn a_recovery_code_opens_once(app) {
        let here = client(app, &sign_up(app, "jo@ville.example"));
        let (codes, _) = enroll(app, &here);
        app.anyone.post("/auth/login", with_code(&codes[0].to_lowercase())).expect(200);
        app.anyone.post("/auth/login", with_code(&codes[0])).refused(401, "second_factor_refused");
        app.anyone.post("/auth/login", with_code(&codes[1].replace('-', " "))).expect(200);
        let told = app.mails_of("account_changed");
        assert_eq!(told.iter().filter(|mail| mail.data["change"] == "recovery_code_used").count(), 2);
    }

    fn a_new_password_does_not_get_round_the_second_factor(app) {
        let here = client(app, &sign_up(app, "jo@ville.example"));
        enroll(app, &here);
        app.anyone.post("/auth/forgotten", json!({"email": "jo@ville.example"})).expect(202);
        let token = link(app, "password_reset", "jo@ville.example");
        let reply = app.anyone.post("/auth/reset", json!({"token": token, "password": "un goéland sur le mât"}));
        reply.expect(204);
        assert!(reply.body.is_empty(), "nobody is signed in by it");
        app.anyone.post("/auth/login", login("jo@ville.example", "un goéland sur le mât")).refused(401, "second_factor_required");
    }

    fn it_is_taken_away_by_its_owner_or_an_administrator(app) {
        let (here, id) = {
            let here = client(app, &sign_up(app, "jo@ville.example"));
            let (codes, _) = enroll(app, &here);
            here.post("/me/second-factor/remove", json!({"password": PASSWORD, "totp": "000000"})).refused(401, "second_factor_refused");
            let elsewhere = json!({"email": "jo@ville.example", "password": PASSWORD, "totp": codes[1]});
            let elsewhere = client(app, &app.anyone.post("/auth/login", elsewhere).expect(200));
            here.post("/me/second-factor/remove", json!({"password": PASSWORD, "totp": codes[0]})).expect(204);
            elsewhere.get("/me").refused(401, "session_ended");
            app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200);
            app.clock.advance_seconds(30);
            enroll(app, &here);
            let id = here.get("/me").expect(200)["id"].as_str().unwrap().to_owned();
            (here, id)
        };
        let path = format!("/people/{id}/second-factor");
        app.staff.delete(&path).refused(403, "not_allowed");
        app.admin.delete(&path).expect(204);
        here.get("/me").refused(401, "session_ended");
        app.admin.delete(&path).refused(404, "not_found");
        app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200);
        let recorded = app.admin.get(&format!("/audit?subject={id}")).expect(200);
        assert_eq!(recorded["items"][0]["action"], "post_auth_login");
        assert_eq!(recorded["items"][1]["action"], "delete_people_id_second_factor");
    }
}

both_engines! {
    fn another_address_takes_a_code_too(app) {
        let here = client(app, &sign_up(app, "jo@ville.example"));
        let (_, generator) = enroll(app, &here);
        app.clock.advance_seconds(30);
        let mut body = json!({"email": "jo.dupont@ville.example", "password": PASSWORD});
        here.post("/me/email", body.clone()).refused(401, "second_factor_required");
        body["totp"] = json!("000000");
        here.post("/me/email", body.clone()).refused(401, "second_factor_refused");
        assert!(app.mails_of("email_change").is_empty());
        body["totp"] = json!(generator.code(app));
        here.post("/me/email", body.clone()).expect(202);
        here.post("/me/email", body).refused(401, "second_factor_refused");
        assert_eq!(app.mails_of("email_change").len(), 1);
    }

    fn the_secret_is_not_in_the_database_and_opens_in_no_other_row(app) {
        let here = client(app, &sign_up(app, "jo@ville.example"));
        let (_, generator) = enroll(app, &here);
        let sealed = stored(app);
        let shown = |bytes: &[u8]| sealed.windows(bytes.len()).any(|window| window == bytes);
        assert!(!shown(&generator.0) && !shown(&generator.0[..8]), "neither whole nor in part");
        assert!(app.read(identity::sealed_secrets) == [sealed.clone()]);
        // one bit of it is altered, or it is another person's: no code is taken
        let mut altered = sealed.clone();
        *altered.last_mut().unwrap() ^= 1;
        store(app, altered);
        app.clock.advance_seconds(30);
        app.anyone.post("/auth/login", with_code(&generator.code(app))).refused(500, "internal");
        store(app, sealed);
        app.anyone.post("/auth/login", with_code(&generator.code(app))).expect(200);
        let id = here.get("/me").expect(200)["id"].as_str().unwrap().to_owned();
        let other: kernel::PersonId = app.staff.person.parse().unwrap();
        app.write(move |tx| {
            diesel::update(second_factors::table).set(second_factors::person_id.eq(other)).execute(&mut **tx)?;
            Ok(())
        });
        let body = json!({"totp": generator.code(app)});
        assert_ne!(id, app.staff.person);
        app.staff.post("/me/second-factor/confirm", body).refused(500, "internal");
    }
}

/// Where it is required, those who decide set it up before they do anything else.
fn second_factor_missing(engine: Engine) {
    let security = SecuritySettings {
        second_factor: SecondFactorRule::Required,
        ..SecuritySettings::default()
    };
    let Some(app) = TestApp::start_with(engine, security) else {
        return;
    };
    app.staff
        .get("/organisations")
        .refused(403, "second_factor_missing");
    app.admin
        .post(
            "/users",
            json!({"email": "jo@ville.example", "name": "Jo", "role": "staff",
            "organisation_id": app.staff.organisation}),
        )
        .refused(403, "second_factor_missing");
    app.donor.get("/batches").expect(200);
    app.staff.get("/me").expect(200);
    app.write({
        let organisation_id = app.staff.organisation.parse().unwrap();
        move |tx| {
            let new = identity::NewPerson {
                email: "jo@ville.example".to_owned(),
                name: "Jo Dupont".to_owned(),
                role: kernel::Role::Staff,
                organisation_id,
                language: None,
            };
            identity::invite(tx, &new).map(drop)
        }
    });
    let token = link(&app, "invitation", "jo@ville.example");
    let body = json!({"token": token, "password": PASSWORD});
    let jo = client(&app, &app.anyone.post("/auth/invitation", body).expect(200));
    jo.get("/organisations")
        .refused(403, "second_factor_missing");
    enroll(&app, &jo);
    jo.get("/organisations").expect(200);
}

#[test]
fn second_factor_missing_sqlite() {
    second_factor_missing(Engine::Sqlite);
}

#[test]
fn second_factor_missing_postgres() {
    second_factor_missing(Engine::Postgres);
}
