//! Passwords: forgotten, set anew, changed, guessed at.

use crate::support::accounts::{PASSWORD, client, invite, link, login, sign_up};
use db::schema::{idempotency_keys, people, sign_in_attempts};
use diesel::prelude::*;
use identity::password::{self, PasswordSettings};
use testkit::{TestApp, Value, both_engines, json};

fn stored_hash(app: &TestApp, email: &'static str) -> String {
    app.read(move |db| {
        let hash: Option<String> = people::table
            .filter(people::email.eq(email))
            .select(people::password_hash)
            .first(db)?;
        Ok(hash.unwrap())
    })
}

/// What was done since the server started: passwords hashed, attempts counted.
fn work(app: &TestApp) -> (u64, i64) {
    let figures = app.anyone.get("//metrics").text();
    let hashes = figures
        .lines()
        .find_map(|line| line.strip_prefix("ressac_password_hashes_total "));
    let attempts: Vec<i32> = app.read(|db| {
        let counted = sign_in_attempts::table.select(sign_in_attempts::attempts);
        Ok(counted.load(db)?)
    });
    let attempts = attempts.into_iter().map(i64::from).sum();
    (hashes.unwrap().parse().unwrap(), attempts)
}

/// What is answered to a stranger at a place of their own, and the work that it took.
fn asked(app: &TestApp, place: usize, path: &str, body: Value) -> (u16, Value, (u64, i64)) {
    let stranger = app
        .anyone
        .with_header("x-forwarded-for", &format!("203.0.113.{place}"));
    let before = work(app);
    let reply = stranger.post(path, body);
    let after = work(app);
    let mut said = match reply.text().is_empty() {
        true => Value::Null,
        false => reply.json(),
    };
    if let Some(problem) = said.as_object_mut() {
        problem.remove("request_id");
    }
    (reply.status, said, (after.0 - before.0, after.1 - before.1))
}

both_engines! {
    fn an_address_that_nobody_has_takes_the_same_work_at_sign_in(app) {
        sign_up(app, "jo@ville.example");
        invite(app, "invited@ville.example", "staff"); // no password yet
        sign_up(app, "gone@ville.example");
        app.write(|tx| {
            let gone = people::table.filter(people::email.eq("gone@ville.example"));
            diesel::update(gone).set(people::disabled.eq(true)).execute(&mut **tx)?;
            Ok(())
        });
        let addresses = ["jo@ville.example", "invited@ville.example", "gone@ville.example", "nobody@ville.example"];
        let answers: Vec<_> = addresses.iter().enumerate()
            .map(|(place, address)| asked(app, place, "/auth/login", login(address, "faux mot")))
            .collect();
        let (status, problem, work) = &answers[0];
        assert_eq!((*status, &problem["code"]), (401, &json!("invalid_credentials")));
        assert_eq!(*work, (1, 4), "one hash, three counts, and a failure");
        for (address, answer) in addresses.iter().zip(&answers) {
            assert_eq!(*answer, answers[0], "{address}");
        }
        // what is right is hashed once, too
        let right = asked(app, 9, "/auth/login", login("jo@ville.example", PASSWORD));
        assert_eq!((right.0, right.2.0), (200, 1));
    }

    fn who_forgot_a_password_is_answered_alike_whether_there_is_an_account_or_not(app) {
        sign_up(app, "jo@ville.example");
        let forgotten = |place, email: &str| asked(app, place, "/auth/forgotten", json!({"email": email}));
        let (known, unknown) = (forgotten(1, "jo@ville.example"), forgotten(2, "nobody@ville.example"));
        assert_eq!(known, unknown);
        assert_eq!((known.0, known.2), (202, (0, 2)), "nothing is hashed, a link is counted, by place and by account");
        // what differs is the mail, which waits in the outbox until the worker sends it
        let mails = app.mails_of("password_reset");
        let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["jo@ville.example"]);
    }

    fn links_are_asked_for_so_often_from_one_place_for_whichever_accounts(app) {
        let forgotten = |place, email: &str| asked(app, place, "/auth/forgotten", json!({"email": email}));
        for number in 0..60 {
            assert_eq!(forgotten(7, &format!("nobody{number}@ville.example")).0, 202, "{number}");
        }
        let late = forgotten(7, "nobody60@ville.example");
        assert_eq!((late.0, &late.1["code"], late.2.1), (429, &json!("too_many_requests"), 0));
        assert_eq!(forgotten(8, "nobody60@ville.example").0, 202);
        assert_eq!(forgotten(9, "not an address").2, (0, 1), "no account has it, so none is counted");
    }

    fn a_forgotten_password_is_set_anew_and_every_session_ends(app) {
        let tokens = sign_up(app, "jo@ville.example");
        app.anyone.post("/auth/forgotten", json!({"email": "Jo@Ville.example"})).expect(202);
        app.anyone.post("/auth/forgotten", json!({"email": "nobody@ville.example"})).expect(202);
        assert_eq!(app.mails_of("password_reset").len(), 1);
        let token = link(app, "password_reset", "jo@ville.example");

        let opened = app.browser().get(&format!("/reset?token={token}"));
        assert_eq!(opened.says("jo@ville.example").value("token"), token);
        client(app, &tokens).get("/me").expect(200); // looking changes nothing

        let set = |token: &str, password: &str| app.anyone.post("/auth/reset", json!({"token": token, "password": password}));
        set(&token, "court").refused(422, "invalid_fields");
        set("nonsense", "un goéland sur le mât").refused(422, "invalid_token");
        set(&token, "un goéland sur le mât").expect(204);
        set(&token, "un autre goéland").refused(422, "invalid_token");
        client(app, &tokens).get("/me").refused(401, "session_ended");
        app.anyone.post("/auth/refresh", json!({"refresh_token": tokens["refresh_token"]})).refused(401, "session_ended");
        app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).refused(401, "invalid_credentials");
        app.anyone.post("/auth/login", login("jo@ville.example", "un goéland sur le mât")).expect(200);
        assert_eq!(app.mails_of("account_changed").len(), 1);
    }

    fn a_forgotten_password_is_set_anew_in_a_browser(app) {
        sign_up(app, "jo@ville.example");
        let mut browser = app.browser();
        let page = browser.get("/mot-de-passe-oublie");
        browser.submit(&page, &[("email", "")]).is_at(422, "/mot-de-passe-oublie");
        for email in ["jo@ville.example", "nobody@ville.example"] {
            browser.submit(&page, &[("email", email)]).is_at(200, "/connexion").says("Si cette adresse a un compte");
        }
        let token = link(app, "password_reset", "jo@ville.example");
        let page = browser.get(&format!("/reset?token={token}"));
        let done = browser.submit(&page, &[("password", "un goéland sur le mât")]);
        done.is_at(200, "/connexion").says("Votre mot de passe est enregistré");
        let home = browser.submit(&done, &[("email", "jo@ville.example"), ("password", "un goéland sur le mât")]);
        home.is_at(200, "/ville");
        let used = browser.submit(&page, &[("password", "un autre goéland")]);
        assert_eq!(used.says("Ce lien n’est plus valable").status, 422);
    }

    fn links_are_for_one_purpose_and_one_time_and_not_for_ever(app) {
        invite(app, "jo@ville.example", "staff");
        let invitation = link(app, "invitation", "jo@ville.example");
        app.anyone.post("/auth/reset", json!({"token": invitation, "password": PASSWORD})).refused(422, "invalid_token");
        app.anyone.post("/auth/forgotten", json!({"email": "jo@ville.example"})).expect(202);
        let reset = link(app, "password_reset", "jo@ville.example");
        app.anyone.post("/auth/invitation", json!({"token": reset, "password": PASSWORD})).refused(422, "invalid_token");
        app.clock.advance_seconds(2 * 3600);
        app.anyone.post("/auth/reset", json!({"token": reset, "password": PASSWORD})).refused(422, "invalid_token");
        // a password that was set makes older links void
        app.anyone.post("/auth/forgotten", json!({"email": "jo@ville.example"})).expect(202);
        app.anyone.post("/auth/invitation", json!({"token": invitation, "password": PASSWORD})).expect(200);
        let reset = link(app, "password_reset", "jo@ville.example");
        app.anyone.post("/auth/reset", json!({"token": reset, "password": PASSWORD})).refused(422, "invalid_token");
    }

    fn nobody_is_written_to_without_end(app) {
        sign_up(app, "jo@ville.example");
        for _ in 0..9 {
            app.anyone.post("/auth/forgotten", json!({"email": "jo@ville.example"})).expect(202);
        }
        assert_eq!(app.mails_of("password_reset").len(), 5);
        app.clock.advance_seconds(3600);
        app.anyone.post("/auth/forgotten", json!({"email": "jo@ville.example"})).expect(202);
        assert_eq!(app.mails_of("password_reset").len(), 6);
    }

    fn a_changed_password_ends_the_other_sessions(app) {
        let here = client(app, &sign_up(app, "jo@ville.example"));
        let there = client(app, &app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200));
        let change = |old: &str, new: &str| here.post("/me/password", json!({"current_password": old, "new_password": new}));
        let problem = change("une mouette triste", "un goéland sur le mât").refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["code"], "wrong_password");
        assert_eq!(problem["errors"][0]["pointer"], "/current_password");
        let problem = change(PASSWORD, "dupont.jo").refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["code"], "weak_password");
        there.get("/me").expect(200);
        change(PASSWORD, "un goéland sur le mât").expect(204);
        here.get("/me").expect(200);
        there.get("/me").refused(401, "session_ended");
        app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).refused(401, "invalid_credentials");
        assert_eq!(app.mails_of("account_changed")[0].data["change"], "password");
    }

    fn a_hash_of_older_parameters_is_replaced_at_sign_in(app) {
        sign_up(app, "jo@ville.example");
        let older = PasswordSettings { memory_kib: 128, passes: 1, ..PasswordSettings::default() };
        let hash = password::hash(&older, PASSWORD).unwrap();
        app.write(move |tx| {
            diesel::update(people::table.filter(people::email.eq("jo@ville.example")))
                .set(people::password_hash.eq(&hash)).execute(&mut **tx)?;
            Ok(())
        });
        assert!(stored_hash(app, "jo@ville.example").contains("m=128,"));
        app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200);
        assert!(stored_hash(app, "jo@ville.example").contains("m=64,"));
        app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200);
    }

    fn a_stranger_who_guesses_does_not_lock_anybody_out(app) {
        sign_up(app, "jo@ville.example");
        let from = |address: String| app.anyone.with_header("x-forwarded-for", &address);
        let jo = from("192.0.2.1".to_owned());
        let token = jo.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200)["device_token"].clone();
        // from one address the guesser is stopped soon
        let guesser = from("198.51.100.1".to_owned());
        for _ in 0..10 {
            guesser.post("/auth/login", login("jo@ville.example", "faux mot")).refused(401, "invalid_credentials");
        }
        guesser.post("/auth/login", login("jo@ville.example", PASSWORD)).refused(429, "too_many_requests");
        // from many, too
        let mut tried = 10;
        loop {
            let guesser = from(format!("203.0.113.{tried}"));
            let reply = guesser.post("/auth/login", login("jo@ville.example", "faux mot"));
            if reply.status == 429 {
                let seconds: i64 = reply.header("retry-after").parse().unwrap();
                assert!((1..=3600).contains(&seconds), "{seconds}");
                break;
            }
            reply.refused(401, "invalid_credentials");
            tried += 1;
            assert!(tried < 100, "never slowed down");
        }
        // whose account it is signs in with the device that they used before
        let mut known = login("jo@ville.example", PASSWORD);
        known["device_token"] = token;
        jo.post("/auth/login", known).expect(200);
        // and others from wherever they are
        sign_up(app, "al@ville.example");
        guesser.post("/auth/login", login("al@ville.example", PASSWORD)).expect(200);
    }

    fn attempts_at_once_are_counted_each(app) {
        sign_up(app, "jo@ville.example");
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..24).map(|_| {
                let anyone = app.anyone.clone();
                scope.spawn(move || anyone.post("/auth/login", login("jo@ville.example", "faux mot")).status)
            }).collect();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 10, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 14, "{statuses:?}");
    }

    fn what_is_counted_names_nobody(app) {
        app.anyone.post("/auth/login", login("jo@ville.example", "faux mot")).refused(401, "invalid_credentials");
        let buckets: Vec<Vec<u8>> = app.read(|db| Ok(sign_in_attempts::table.select(sign_in_attempts::bucket).load(db)?));
        assert_eq!(buckets.len(), 4);
        assert!(buckets.iter().all(|bucket| bucket.len() == 32));
    }

    fn an_idempotency_key_keeps_nothing_of_signing_in(app) {
        let tokens = sign_up(app, "jo@ville.example");
        let keyed = app.anyone.with_header("idempotency-key", "one");
        let first = keyed.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200);
        let second = keyed.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200);
        assert_ne!(first["refresh_token"], second["refresh_token"], "each is a sign-in of its own");
        let body = json!({"refresh_token": tokens["refresh_token"]});
        keyed.post("/auth/refresh", body.clone()).expect(200);
        keyed.post("/auth/refresh", body).refused(401, "session_ended");
        client(app, &first).with_header("idempotency-key", "two")
            .post("/me/password", json!({"current_password": PASSWORD, "new_password": "un goéland sur le mât"})).expect(204);
        let kept: i64 = app.read(|db| Ok(idempotency_keys::table.count().get_result(db)?));
        assert_eq!(kept, 0);
    }
}

#[test]
fn the_parameters_of_the_default_settings_are_the_recommended_ones() {
    let settings = PasswordSettings::default();
    let text = include_str!("../../../../config/default.toml");
    for line in [
        format!("memory_kib = {}", settings.memory_kib),
        format!("passes = {}", settings.passes),
        format!("min_length = {}", settings.min_length),
    ] {
        assert!(text.contains(&line), "{line}");
    }
}
