//! Keys for machines, and what browsers are told.

use testkit::{Engine, TestApp, Value, both_engines, json};
use web::SecuritySettings;

fn make(app: &TestApp, organisation: &str, scopes: &[&str]) -> Value {
    let body = json!({"name": "Poste 1", "scopes": scopes, "organisation_id": organisation});
    app.admin.post("/api-keys", body).expect(201)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

both_engines! {
    fn a_key_is_listed_without_itself_and_revoked(app) {
        let made = make(app, &app.refurbisher.organisation, &["workshop"]);
        let key = app.anyone.with_token(text(&made["key"]));
        let path = format!("/workshops/{}/accessories", app.refurbisher.organisation);
        let count = json!({"kind": "mouse", "delta": 3, "reason": "Inventaire"});
        key.post(&path, count.clone()).expect(200);

        let reply = app.admin.get(&format!("/api-keys?organisation_id={}", app.refurbisher.organisation));
        let listed = reply.expect(200);
        assert_eq!(listed["items"][0]["id"], made["id"]);
        assert_eq!(listed["items"][0]["last_used_at"], "2023-02-28T09:00:00Z");
        assert!(!reply.text().contains(text(&made["key"])));
        app.staff.get("/api-keys").refused(403, "not_allowed");

        let path_of_key = format!("/api-keys/{}", text(&made["id"]));
        app.staff.delete(&path_of_key).refused(403, "not_allowed");
        app.admin.delete(&path_of_key).expect(204);
        app.admin.delete(&path_of_key).expect(204);
        key.post(&path, count).refused(401, "not_authenticated");
        app.admin.delete("/api-keys/0198c0de-0000-7000-8000-000000000000").refused(404, "not_found");
    }

    fn a_key_is_looked_at_again_in_the_transaction_that_writes(app) {
        let made = make(app, &app.refurbisher.organisation, &["workshop"]);
        let key: kernel::ApiKeyId = text(&made["id"]).parse().unwrap();
        let person: kernel::PersonId = app.admin.person.parse().unwrap();
        let actor = kernel::Actor {
            person,
            role: kernel::Role::Refurbisher,
            organisation: app.refurbisher.organisation.parse().unwrap(),
            session: None,
            key: Some(key),
        };
        let stands = || app.write(move |tx| {
            let now = tx.now();
            Ok(identity::confirm(tx, &actor, now).is_ok())
        });
        assert!(stands());
        app.admin.delete(&format!("/api-keys/{key}")).expect(204);
        assert!(!stands(), "revoked while the request was under way");
        let without = app.write(move |tx| {
            let now = tx.now();
            let nobody = kernel::Actor { key: None, ..actor };
            Ok(identity::confirm(tx, &nobody, now).is_err())
        });
        assert!(without, "an actor with neither a session nor a key is nobody");
    }

    fn what_takes_a_person_is_not_for_keys(app) {
        let all = ["intake", "workshop", "eligibility", "allocation", "identity", "notifications"];
        let made = make(app, &app.staff.organisation, &all);
        let key = app.anyone.with_token(text(&made["key"]));
        let nobody = "0198c0de-0000-7000-8000-000000000000";
        key.get("/me").expect(200);
        key.get("/organisations").expect(200);
        key.post(&format!("/waves/{nobody}/approve"), json!({})).refused(403, "not_allowed");
        key.post(&format!("/appeals/{nobody}/decide"), json!({})).refused(403, "not_allowed");
        key.post("/me/password", json!({})).refused(403, "not_allowed");
        key.get("/me/data").refused(403, "not_allowed");
        key.get("/audit").refused(403, "not_allowed");
    }

    fn what_a_key_does_is_recorded_with_the_key(app) {
        let made = make(app, &app.staff.organisation, &["identity"]);
        let key = app.anyone.with_token(text(&made["key"]));
        let entered = key.post("/organisations", json!({"kind": "donor", "name": "Mairie", "address": "1 quai",
            "postal_code": "13002", "commune": "Marseille"})).expect(201);
        let recorded = app.admin.get(&format!("/audit?subject={}", text(&entered["id"]))).expect(200);
        assert_eq!(recorded["items"][0]["api_key_id"], made["id"]);
        assert_eq!(recorded["items"][0]["actor_id"], json!(app.admin.person));
    }
}

#[test]
fn answers_tell_browsers_what_they_are_not_good_for() {
    let app = TestApp::start(Engine::Sqlite).expect("SQLite is bundled");
    for path in [
        "/me",
        "//api/openapi.json",
        "//nowhere",
        "//invitation",
        "//api/docs/",
    ] {
        let reply = app
            .anyone
            .with_header("origin", "https://evil.example")
            .get(path);
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            reply.header("cross-origin-resource-policy"),
            "same-origin",
            "{path}"
        );
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(
            reply.header("access-control-allow-origin"),
            "",
            "{path}: closed by default"
        );
        assert_eq!(reply.header("strict-transport-security"), "", "{path}");
    }
    let preflight = app
        .anyone
        .with_header("origin", "https://evil.example")
        .with_header("access-control-request-method", "POST")
        .send("OPTIONS", "/batches", "", &[]);
    assert_eq!(preflight.status, 405);
    assert_eq!(preflight.header("access-control-allow-origin"), "");
}

#[test]
fn a_site_that_is_named_may_call_and_no_other() {
    let security = SecuritySettings {
        cors_origins: vec!["https://asso.example".to_owned()],
        hsts_seconds: 31_536_000,
        ..SecuritySettings::default()
    };
    let app = TestApp::start_with(Engine::Sqlite, security).expect("SQLite is bundled");
    let from = |origin: &str| app.anyone.with_header("origin", origin);
    let ours = from("https://asso.example").get("/lists");
    assert_eq!(
        ours.header("access-control-allow-origin"),
        "https://asso.example"
    );
    assert!(
        ours.header("strict-transport-security")
            .contains("max-age=31536000")
    );
    let preflight = from("https://asso.example")
        .with_header("access-control-request-method", "POST")
        .with_header(
            "access-control-request-headers",
            "authorization,content-type",
        )
        .send("OPTIONS", "/batches", "", &[]);
    assert_eq!(preflight.status, 200, "{}", preflight.text());
    let other = from("https://evil.example").get("/lists");
    assert_eq!(other.header("access-control-allow-origin"), "");
}
