//! Keys for other programs in a browser: made, shown once, listed, revoked.

use crate::support::accounts::{PASSWORD, link};
use db::schema::api_keys;
use diesel::prelude::*;
use testkit::{Browser, Client, TestApp, Value, both_engines, json};

const HERE: &str = "/compte/cles";
const NEW: &str = "/compte/cles/nouvelle";

/// Every key.
fn keys(app: &TestApp) -> Vec<Value> {
    let listed = app.admin.get("/api-keys").expect(200);
    listed["items"].as_array().unwrap().clone()
}

/// How many keys there are, where nobody's session may ask any more.
fn made_so_far(app: &TestApp) -> i64 {
    app.read(|db| Ok(api_keys::table.count().get_result(db)?))
}

/// A browser in which the administrator is signed in with a password.
fn with_password(app: &TestApp) -> Browser {
    let me = app.admin.get("/me").expect(200);
    let email = me["email"].as_str().unwrap();
    app.anyone
        .post("/auth/forgotten", json!({"email": email}))
        .expect(202);
    let token = link(app, "password_reset", email);
    let mut browser = app.browser();
    let page = browser.get(&format!("/reset?token={token}"));
    browser.submit(&page, &[("password", PASSWORD)]);
    browser.sign_in(email, PASSWORD).is_at(200, "/ville");
    browser
}

fn program(app: &TestApp, key: &str) -> Client {
    app.anyone.with_token(key)
}

both_engines! {
    fn a_key_is_shown_once_and_opens_what_was_ticked(app) {
        let mut admin = app.browser_of(&app.admin);
        assert!(admin.get("/compte").links().contains(&HERE.to_owned()));
        admin.get(HERE).says("Aucune clé");
        let page = admin.get(&format!("{NEW}?organisation={}", app.donor.organisation));
        assert_eq!(page.value("organisation_id"), app.donor.organisation);
        let fields = [("name", "Parc informatique"), ("scopes", "intake"), ("scopes", "identity"),
            ("expires_at_day", "31"), ("expires_at_month", "12"), ("expires_at_year", "2023")];
        let made = admin.submit(&page, &fields);
        made.is_at(200, NEW).says("Elle ne sera plus jamais affichée").says("Parc informatique");
        assert_eq!(made.header("cache-control"), "no-store");
        let key = html_value(&made.html, "key");
        assert!(key.starts_with("rsk_"), "{key}");
        program(app, &key).get("/batches").expect(200);
        program(app, &key).get("/devices").refused(403, "not_allowed");
        assert_eq!(keys(app)[0]["expires_at"], "2023-12-31T22:59:00Z");
        assert_eq!(keys(app)[0]["organisation_id"], json!(app.donor.organisation));

        // a double click, a reload: one key, and it is not shown again
        let again = admin.submit(&page, &fields);
        again.is_at(200, HERE).says("a été affichée une fois");
        assert!(!again.html.contains(&key));
        assert_eq!(keys(app).len(), 1);
        let name = app.admin.get("/me").expect(200)["name"].as_str().unwrap().to_owned();
        let list = admin.get(&format!("{HERE}?organisation={}", app.donor.organisation));
        list.says("Parc informatique").says(&name).says("les dons");
        assert!(!list.html.contains(&key));
        admin.get(&format!("{HERE}?organisation={}", app.refurbisher.organisation)).says("Aucune clé");
        let desk = admin.get(&format!("/ville/organisations/{}", app.donor.organisation));
        assert!(desk.links().contains(&format!("{HERE}?organisation={}", app.donor.organisation)));
    }

    fn what_is_wrong_with_a_key_is_said_at_its_field(app) {
        let mut admin = app.browser_of(&app.admin);
        let page = admin.get(NEW);
        let empty = admin.submit_to(&page, NEW, &[]);
        empty.is_at(422, NEW);
        assert!(empty.html.contains("href=\"#name\"") && empty.html.contains("href=\"#scopes\""), "{}", empty.html);
        let day = |day, year| [("name", "Poste"), ("scopes", "workshop"), ("expires_at_day", day), ("expires_at_month", "2"), ("expires_at_year", year)];
        // no such day; over already
        for fields in [day("31", "2024"), day("1", "2023")] {
            let wrong = admin.submit(&page, &fields);
            wrong.is_at(422, NEW);
            assert!(wrong.html.contains("href=\"#expires_at\""), "{}", wrong.html);
            assert_eq!(wrong.value("name"), "Poste");
        }
        assert!(keys(app).is_empty());
    }

    fn a_key_takes_a_fresh_proof_and_is_made_once(app) {
        let mut admin = with_password(app);
        app.clock.advance_seconds(3_600);
        let page = admin.get(NEW);
        let fields = [("name", "Poste 3"), ("scopes", "workshop")];
        let asked = admin.submit(&page, &fields);
        asked.is_at(422, NEW).says("Confirmez votre mot de passe");
        let wrong = admin.submit(&asked, &[("password", "pas le bon")]);
        wrong.is_at(422, NEW);
        assert!(wrong.html.contains("href=\"#password\""), "{}", wrong.html);
        assert_eq!(made_so_far(app), 0);
        let made = admin.submit(&wrong, &[("password", PASSWORD)]);
        made.says("Copiez la clé maintenant");
        admin.submit(&wrong, &[("password", PASSWORD)]).is_at(200, HERE).says("déjà créée");
        assert_eq!(made_so_far(app), 1);
    }

    fn a_key_is_revoked_after_a_warning(app) {
        let body = json!({"name": "Poste 1", "scopes": ["workshop"], "organisation_id": app.refurbisher.organisation});
        let made = app.admin.post("/api-keys", body).expect(201);
        let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
        let mut admin = app.browser_of(&app.admin);
        program(app, key).get("/devices").expect(200);
        let list = admin.get(HERE);
        list.says("On ne peut pas revenir en arrière");
        let at = format!("{HERE}/{id}/desactiver");
        admin.submit_to(&list, &at, &[]).is_at(200, HERE).says("elle n’ouvre plus rien").says("Désactivée");
        program(app, key).get("/devices").refused(401, "not_authenticated");
        admin.submit_to(&list, &at, &[]).is_at(200, HERE);
        assert_eq!(admin.post(&format!("{HERE}/0198c0de-0000-7000-8000-000000000000/desactiver"), &[]).status, 404);
    }

    fn keys_are_for_administrators(app) {
        for who in [&app.staff, &app.donor, &app.refurbisher, &app.helper, &app.association("Les Amis")] {
            let mut browser = app.browser_of(who);
            assert_eq!((browser.get(HERE).status, browser.get(NEW).status, browser.post(NEW, &[]).status), (403, 403, 403));
            assert!(!browser.get("/compte").links().contains(&HERE.to_owned()));
        }
    }
}

/// The value of a field that stands in no form.
fn html_value(html: &str, id: &str) -> String {
    let (_, field) = html.split_once(&format!("id=\"{id}\"")).unwrap();
    let (_, value) = field.split_once("value=\"").unwrap();
    value.split('"').next().unwrap().to_owned()
}
