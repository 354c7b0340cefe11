//! Signing in, inviting, registering; who sees which organization.

use testkit::{both_engines, json};

fn association(rna: &str) -> testkit::Value {
    json!({"name": "Les Mouettes", "rna": rna, "address": "2 quai", "postal_code": "13002",
           "commune": "Marseille 2e Arrondissement"})
}

both_engines! {
    fn an_association_registers_sets_its_password_and_signs_in(app) {
        let made = app.anyone.post("/registrations", json!({
            "organisation": association("W133971864"),
            "person": {"name": "Nadia", "email": "Nadia@Mouettes.example"},
        })).expect(201);
        assert_eq!(made["organisation"]["status"], "pending");
        assert_eq!(made["organisation"]["commune_code"], "13202");
        let mails = app.mails_of("registration_received");
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, "nadia@mouettes.example");
        let token = mails[0].data["token"].as_str().unwrap();

        app.anyone.post("/auth/invitation", json!({"token": token, "password": "court"}))
            .refused(422, "invalid_fields");
        app.anyone.post("/auth/invitation", json!({"token": token, "password": "une mouette rieuse"}))
            .expect(200);
        app.anyone.post("/auth/invitation", json!({"token": token, "password": "une autre mouette"}))
            .refused(422, "invalid_token");

        let tokens = app.anyone.post("/auth/login", json!({
            "email": "nadia@mouettes.example", "password": "une mouette rieuse"})).expect(200);
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 900);
        let me = app.anyone.with_token(tokens["access_token"].as_str().unwrap()).get("/me").expect(200);
        assert_eq!(me["role"], "association");
        assert_eq!(me["organisation"]["kind"], "association");
    }

    fn the_link_of_an_invitation_opens_a_page_that_sets_the_password(app) {
        app.admin.post("/users", json!({"email": "jo@ville.example", "name": "Jo", "role": "staff",
            "organisation_id": app.staff.organisation})).expect(201);
        let token = app.mails_of("invitation")[0].data["token"].as_str().unwrap().to_owned();
        let path = format!("/invitation?token={token}");
        let mut browser = app.browser();
        let opened = browser.get(&path);
        opened.is_at(200, &path).says("jo@ville.example").says("Ville de Marseille");
        assert!(opened.header("content-security-policy").contains("default-src 'none'"));
        let english = app.browser().with_header("accept-language", "en").get("/invitation?token=%22%3E%3Cb%3E");
        english.says("no longer valid").says("Get a new link");
        assert!(!english.html.contains("<b>"));
        let weak = browser.submit(&opened, &[("password", "court")]);
        weak.is_at(422, "/invitation").says("8 caractères");
        let done = browser.submit(&weak, &[("password", "un mot bien gardé")]);
        done.is_at(200, "/ville").says("votre adresse confirmée").says("Jo");
        browser.get(&path).says("Ce lien n’est plus valable");
        let again = browser.submit(&weak, &[("password", "un autre mot bien long")]);
        assert_eq!(again.status, 422);
        assert!(again.says("Ce lien n’est plus valable").forms.iter().all(|form| form.action != "/invitation"));
        app.anyone.post("/auth/login", json!({"email": "jo@ville.example", "password": "un mot bien gardé"})).expect(200);
    }

    fn a_wrong_password_and_an_unknown_address_are_answered_alike(app) {
        let body = |email: &str| json!({"email": email, "password": "une mouette rieuse"});
        let unknown = app.anyone.post("/auth/login", body("personne@nulle.part.example")).refused(401, "invalid_credentials");
        let wrong = app.anyone.post("/auth/login", body("x@test.example")).refused(401, "invalid_credentials");
        assert_eq!(unknown["detail"], wrong["detail"]);
    }

    fn too_many_requests(app) {
        let wrong = || app.anyone.post("/auth/login", json!({"email": "x@test.example", "password": "faux mot"}));
        for _ in 0..10 {
            wrong().refused(401, "invalid_credentials");
        }
        let reply = wrong();
        reply.refused(429, "too_many_requests");
        assert_eq!(reply.header("retry-after"), "300");
        app.clock.advance_seconds(300);
        wrong().refused(401, "invalid_credentials");
    }

    fn already_registered(app) {
        let body = |email: &str| json!({"organisation": association("W133971864"),
            "person": {"name": "Nadia", "email": email}});
        app.anyone.post("/registrations", body("a@mouettes.example")).expect(201);
        app.anyone.post("/registrations", body("b@mouettes.example")).refused(409, "already_registered");
        let mut other = body("a@mouettes.example");
        other["organisation"]["rna"] = json!("W133971865");
        app.anyone.post("/registrations", other).refused(409, "email_taken");
    }

    fn every_wrong_field_is_named_at_once(app) {
        let problem = app.anyone.post("/registrations", json!({
            "organisation": {"name": "", "rna": "123", "siret": "73282932000079",
                             "address": "x", "postal_code": "13", "commune": "Marseille"},
            "person": {"name": "N", "email": "pas une adresse"},
        })).refused(422, "invalid_fields");
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter()
            .map(|error| error["pointer"].as_str().unwrap().to_owned()).collect();
        assert_eq!(pointers, ["/organisation/name", "/organisation/postal_code",
            "/organisation/siret", "/organisation/rna", "/person/email"]);
        assert_eq!(problem["errors"][2]["code"], "invalid_identifier");
        let problem = app.anyone.post("/registrations", json!({"organisation": {"name": "x"}}))
            .refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/person");
        assert_eq!(problem["errors"][0]["code"], "required");
        app.anyone.send("POST", "/registrations", "application/json", b"{nope").refused(400, "malformed_body");
        app.anyone.send("POST", "/registrations", "text/plain", b"{}").refused(415, "wrong_media_type");
    }

    fn a_refresh_token_used_twice_ends_the_session(app) {
        let invited = app.admin.post("/users", json!({"email": "jo@ville.example", "name": "Jo",
            "role": "staff", "organisation_id": app.staff.organisation})).expect(201);
        assert_eq!(invited["role"], "staff");
        let token = app.mails_of("invitation")[0].data["token"].as_str().unwrap().to_owned();
        let first = app.anyone.post("/auth/invitation", json!({"token": token, "password": "un mot bien gardé"})).expect(200);
        let refresh = |token: &testkit::Value| app.anyone.post("/auth/refresh", json!({"refresh_token": token}));
        let second = refresh(&first["refresh_token"]).expect(200);
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        refresh(&first["refresh_token"]).refused(401, "session_ended");
        refresh(&second["refresh_token"]).refused(401, "session_ended");
        // the owner finds out where it came from
        let held = app.admin.get(&format!("/audit?subject={}", invited["id"].as_str().unwrap())).expect(200);
        let twice = |line: &&testkit::Value| line["action"] == "auth_refresh_used_twice" && line["network"] == "127.0.0.0/24";
        assert_eq!(held["items"].as_array().unwrap().iter().filter(twice).count(), 1, "{held}");
        // what the stolen session could still write a moment ago, it cannot any more
        app.anyone.with_token(second["access_token"].as_str().unwrap())
            .post(&format!("/organisations/{}/verify", app.donor.organisation), json!({}))
            .refused(401, "session_ended");
    }

    fn signing_out_ends_the_session_at_once(app) {
        app.staff.post("/auth/logout", testkit::Value::Null).expect(204);
        app.staff.get("/me").refused(401, "session_ended");
        app.staff.post(&format!("/organisations/{}/verify", app.donor.organisation), json!({}))
            .refused(401, "session_ended");
        let recorded = app.admin.get(&format!("/audit?subject={}", app.staff.person)).expect(200);
        assert_eq!(recorded["items"][0]["action"], "post_auth_logout");
    }

    fn an_access_token_expires(app) {
        app.staff.get("/me").expect(200);
        app.clock.advance_seconds(15 * 60);
        app.staff.get("/me").refused(401, "not_authenticated");
        app.anyone.get("/me").refused(401, "not_authenticated");
    }

    fn a_suspended_organisation_changes_nothing(app) {
        let path = format!("/organisations/{}/suspend", app.donor.organisation);
        app.staff.post(&path, json!({"reason": " "})).refused(422, "invalid_fields");
        app.staff.post(&path, json!({"reason": "Convention non signée"})).expect(200);
        assert_eq!(app.mails_of("organisation_suspended").len(), 1);
        app.staff.post(&path, json!({"reason": "Convention non signée"})).expect(200);
        assert_eq!(app.mails_of("organisation_suspended").len(), 1, "told once");
        let page = app.staff.get("/organisations?status=suspended").expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
    }

    fn others_see_only_their_own_organisation(app) {
        let own = app.donor.get("/organisations").expect(200);
        assert_eq!(own["items"].as_array().unwrap().len(), 1);
        app.donor.get(&format!("/organisations/{}", app.donor.organisation)).expect(200);
        app.donor.get(&format!("/organisations/{}", app.other_donor.organisation)).refused(404, "not_found");
        app.donor.post("/organisations", json!({})).refused(403, "not_allowed");
        app.staff.get("/organisations/not-an-id").refused(404, "not_found");
    }

    fn pages_follow_each_other_without_gap_or_repeat(app) {
        let mut seen = Vec::new();
        let mut path = "/organisations?limit=2".to_owned();
        loop {
            let page = app.staff.get(&path).expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|o| o["id"].clone()));
            match page["next"].as_str() {
                Some(next) => path = format!("/organisations?limit=2&after={next}"),
                None => break,
            }
        }
        let all = app.staff.get("/organisations?limit=200").expect(200);
        let all: Vec<_> = all["items"].as_array().unwrap().iter().map(|o| o["id"].clone()).collect();
        assert_eq!(seen, all);
        assert!(all.len() > 4);
        app.staff.get("/organisations?limit=0").refused(422, "invalid_page");
        app.staff.get("/organisations?after=zz").refused(422, "invalid_page");
        app.staff.get("/organisations?kind=ministry").refused(422, "invalid_fields");
    }

    fn stale_version(app) {
        let path = format!("/organisations/{}", app.donor.organisation);
        let etag = app.staff.get(&path).header("etag").to_owned();
        assert_eq!(etag, "\"1\"");
        app.staff.post(&format!("{path}/suspend"), json!({"reason": "Vérification"})).expect(200);
        app.staff.with_header("if-match", &etag).post(&format!("{path}/verify"), json!({}))
            .refused(412, "stale_version");
        app.staff.with_header("if-match", "\"2\"").post(&format!("{path}/verify"), json!({})).expect(200);
    }

    fn a_repeat_under_an_idempotency_key_gets_the_first_answer(app) {
        let body = json!({"kind": "donor", "name": "La Poste", "siret": "35600000009075",
            "address": "9 rue", "postal_code": "75015", "commune": "Paris"});
        let staff = app.staff.with_header("idempotency-key", "abc");
        let first = staff.post("/organisations", body.clone());
        let second = staff.post("/organisations", body.clone());
        assert_eq!(first.expect(201), second.expect(201));
        assert_eq!(first.header("etag"), second.header("etag"));
        let mut other = body.clone();
        other["name"] = json!("Une autre");
        staff.post("/organisations", other).refused(422, "idempotency_key_reused");
        // someone else's key of the same name is another key
        app.other_staff.with_header("idempotency-key", "abc").post("/organisations", body)
            .refused(409, "already_registered");
        app.clock.advance_seconds(14 * 60);
    }

    fn two_strangers_with_the_same_idempotency_key_do_not_meet(app) {
        let register = |rna: &str, email: &str| app.anyone.with_header("idempotency-key", "1")
            .post("/registrations", json!({"organisation": association(rna), "person": {"name": "N", "email": email}}))
            .expect(201)["organisation"]["id"].to_string();
        let first = register("W133971864", "a@mouettes.example");
        assert_ne!(first, register("W133971865", "b@mouettes.example"));
        assert_eq!(first, register("W133971864", "a@mouettes.example"), "sent again");
    }

    fn sixteen_clients_with_one_idempotency_key_make_one_organisation(app) {
        let body = json!({"kind": "donor", "name": "Une seule fois", "address": "9 rue",
            "postal_code": "75015", "commune": "Paris"});
        let staff = app.staff.with_header("idempotency-key", "once");
        let ids: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..16).map(|_| {
                let (staff, body) = (staff.clone(), body.clone());
                scope.spawn(move || staff.post("/organisations", body).expect(201)["id"].to_string())
            }).collect();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        assert_eq!(ids.len(), 1);
        let found = app.staff.get("/organisations?q=une+seule").expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
    }

    fn a_key_for_a_machine_opens_only_its_scopes(app) {
        let body = json!({"name": "Poste 1", "scopes": ["identity"], "organisation_id": app.donor.organisation,
            "expires_at": "2023-03-28T09:00:00Z"});
        app.staff.post("/api-keys", body.clone()).refused(403, "not_allowed");
        let made = app.admin.post("/api-keys", body).expect(201);
        let key = app.anyone.with_token(made["key"].as_str().unwrap());
        let page = key.get("/organisations").expect(200);
        assert_eq!(page["items"][0]["id"].as_str().unwrap(), app.donor.organisation);
        key.post("/users", json!({})).refused(403, "not_allowed");
        app.anyone.with_token("rsk_unknown").get("/organisations").refused(401, "not_authenticated");
        app.clock.advance_seconds(29 * 86_400);
        key.get("/organisations").refused(401, "not_authenticated");
    }

    fn an_idempotency_key_belongs_to_one_organisation_and_keeps_no_secret(app) {
        let key_of = |organisation: &str| {
            let body = json!({"name": "Poste", "scopes": ["workshop", "identity"], "organisation_id": organisation});
            let admin = app.admin.with_header("idempotency-key", "make");
            admin.post("/api-keys", body).expect(201)["key"].as_str().unwrap().to_owned()
        };
        let first = key_of(&app.refurbisher.organisation);
        let second = key_of(&app.stranger_refurbisher.organisation);
        assert_ne!(first, second);
        let kept: i64 = app.read(|db| {
            use diesel::prelude::*;
            Ok(db::schema::idempotency_keys::table.count().get_result(db)?)
        });
        assert_eq!(kept, 0, "the answer that holds a key is not kept");
        // two stations whose keys one person made, with a counter each
        let count = |key: &str, workshop: &str| app.anyone.with_token(key).with_header("idempotency-key", "1")
            .post(&format!("/workshops/{workshop}/accessories"), json!({"kind": "mouse", "delta": 3, "reason": "Inventaire"}));
        count(&first, &app.refurbisher.organisation).expect(200);
        count(&second, &app.stranger_refurbisher.organisation).expect(200);
    }

    fn a_search_that_no_database_takes_is_refused(app) {
        let long = "a+".repeat(1500);
        app.staff.get(&format!("/organisations?q={long}")).refused(422, "invalid_fields");
        app.staff.get(&format!("/devices?q={long}")).refused(422, "invalid_fields");
        app.staff.get("/notifications?to=%00").refused(422, "invalid_fields");
        app.staff.with_header("idempotency-key", &"x".repeat(201)).post("/organisations", json!({}))
            .refused(400, "malformed_request");
    }

    fn role_mismatch(app) {
        app.admin.post("/users", json!({"email": "a@b.example", "name": "A", "role": "staff",
            "organisation_id": app.donor.organisation})).refused(422, "invalid_fields");
    }

    fn what_is_not_there_is_a_problem_too(app) {
        app.anyone.get("/nowhere").refused(404, "not_found");
        app.anyone.send("PUT", "/me", "", &[]).refused(405, "method_not_allowed");
        let english = app.anyone.with_header("accept-language", "en-GB,en;q=0.9,fr;q=0.2")
            .get("/me").refused(401, "not_authenticated");
        assert_eq!(english["detail"], "Sign in to continue.");
        assert_eq!(app.anyone.get("//health/live").status, 200);
        assert_eq!(app.anyone.get("//health/ready").status, 200);
        assert!(app.anyone.get("//metrics").text().contains("ressac_requests_total"));
    }
}

/// From one address so many associations register in an hour, from another as before.
fn registrations_too_many_requests(engine: testkit::Engine) {
    let security = web::SecuritySettings {
        registrations_per_hour: 3,
        trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
        ..web::SecuritySettings::default()
    };
    let Some(app) = testkit::TestApp::start_with(engine, security) else {
        return;
    };
    let register = |from: &str, number: usize| {
        let organisation = json!({"name": format!("Les Mouettes {number}"), "address": "2 quai",
            "postal_code": "13002", "commune": "Marseille 2e Arrondissement"});
        let person = json!({"name": "Nadia", "email": format!("nadia{number}@mouettes.example")});
        let client = app.anyone.with_header("x-forwarded-for", from);
        client.post(
            "/registrations",
            json!({"organisation": organisation, "person": person}),
        )
    };
    register("192.0.2.7", 0).expect(201);
    register("192.0.2.7", 1).expect(201);
    register("192.0.2.7", 1).refused(409, "email_taken"); // what is refused counts, too
    let late = register("192.0.2.7", 2);
    late.refused(429, "too_many_requests");
    let seconds: i64 = late.header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&seconds), "{seconds}");
    assert_eq!(app.mails_of("registration_received").len(), 2);
    register("198.51.100.1", 2).expect(201);
    app.clock.advance_seconds(seconds);
    register("192.0.2.7", 3).expect(201);
}

#[test]
fn registrations_too_many_requests_sqlite() {
    registrations_too_many_requests(testkit::Engine::Sqlite);
}

#[test]
fn registrations_too_many_requests_postgres() {
    registrations_too_many_requests(testkit::Engine::Postgres);
}
