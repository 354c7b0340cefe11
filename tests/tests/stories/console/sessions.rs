//! Signing in with a browser, and what ends that.

use crate::support::accounts::{PASSWORD, client, login, sign_up};
use testkit::{TestApp, both_engines, json};

const EMAIL: &str = "jo@ville.example";

/// The pairs of a form.
fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    fields.iter().map(owned).collect()
}

/// A browser in which the account is signed in.
fn signed_in(app: &TestApp) -> testkit::Browser {
    let mut browser = app.browser();
    browser.sign_in(EMAIL, PASSWORD).is_at(200, "/ville");
    browser
}

both_engines! {
    fn signing_in_leads_home_or_to_where_one_was(app) {
        sign_up(app, EMAIL);
        let mut browser = app.browser();
        let asked = browser.get("/dons?page=2");
        asked.is_at(200, "/connexion?next=%2Fdons%3Fpage%3D2").says("Mot de passe");
        let wrong = browser.submit(&asked, &[("email", EMAIL), ("password", "mauvais mot")]);
        wrong.is_at(422, "/connexion");
        assert_eq!(wrong.value("email"), EMAIL);
        assert!(!wrong.html.contains("mauvais mot"), "a password is shown");
        assert!(browser.cookie("ressac").is_none());
        let right = browser.submit(&wrong, &[("email", EMAIL), ("password", PASSWORD)]);
        right.is_at(200, "/dons?page=2").says("Jo Dupont");
        browser.get("/connexion").is_at(200, "/ville");
        for foreign in ["//evil.example/", "https://evil.example/", "/\\evil.example"] {
            let mut other = app.browser();
            let form = pairs(&[("email", EMAIL), ("password", PASSWORD), ("next", foreign)]);
            let reply = other.post("/connexion", &form);
            assert_eq!((reply.status, reply.header("location")), (303, "/ville"), "{foreign}");
        }
    }

    fn the_cookie_opens_pages_and_nothing_else(app) {
        sign_up(app, EMAIL);
        let browser = signed_in(app);
        let cookie = browser.cookie("ressac").unwrap().to_owned();
        let set = app.browser().post("/connexion", &pairs(&[("email", EMAIL), ("password", PASSWORD)]));
        let set = set.header("set-cookie").to_owned();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
        // neither as a cookie of the API nor as a token
        app.anyone.with_header("cookie", &format!("ressac={cookie}")).get("/me").refused(401, "not_authenticated");
        app.anyone.with_token(&cookie).get("/me").refused(401, "not_authenticated");
        // a token of the API opens no page
        let token = app.anyone.post("/auth/login", login(EMAIL, PASSWORD)).expect(200);
        let reply = client(app, &token).get("//ville");
        assert_eq!(reply.status, 303);
        // behind TLS the cookie is of this host alone
        let mut there = app.browser().with_header("host", "ressac.example");
        let set = there.post("/connexion", &pairs(&[("email", EMAIL), ("password", PASSWORD)]));
        let set = set.header("set-cookie").to_owned();
        assert!(set.starts_with("__Host-ressac=") && set.contains("; Secure"), "{set}");
    }

    fn signing_out_ends_the_session(app) {
        sign_up(app, EMAIL);
        let mut browser = signed_in(app);
        let mut stolen = browser.clone();
        let home = browser.get("/ville");
        let out = browser.submit_to(&home, "/deconnexion", &[]);
        out.is_at(200, "/").says("Vous êtes déconnecté");
        browser.get("/").says("Je donne");
        assert!(!browser.get("/").text.contains("déconnecté"), "said twice");
        assert_eq!(stolen.get_once("/ville").status, 303, "the cookie still opens it");
    }

    fn whatever_ends_sessions_ends_those_of_browsers(app) {
        let tokens = sign_up(app, EMAIL);
        let mut browser = signed_in(app);
        let change = json!({"current_password": PASSWORD, "new_password": "une autre phrase longue"});
        let changed = client(app, &tokens).post("/me/password", change);
        assert!(changed.status < 300, "{}", changed.text());
        assert_eq!(browser.get_once("/ville").status, 303);

        let association = app.association("Les Amis");
        let mut theirs = app.browser_of(&association);
        theirs.get("/demandes").is_at(200, "/demandes");
        app.clock.advance_seconds(31 * 24 * 3600);
        assert_eq!(theirs.get_once("/demandes").status, 303, "a session that nobody used");
    }

    fn a_session_in_use_goes_on(app) {
        sign_up(app, EMAIL);
        let mut browser = signed_in(app);
        for _ in 0..3 {
            app.clock.advance_seconds(20 * 24 * 3600);
            browser.get("/ville").is_at(200, "/ville");
        }
    }

    fn an_account_is_not_guessed_at(app) {
        sign_up(app, EMAIL);
        let mut browser = app.browser();
        let page = browser.get("/connexion");
        for _ in 0..10 {
            browser.submit(&page, &[("email", EMAIL), ("password", "faux mot")]).is_at(422, "/connexion");
        }
        let page = browser.submit(&page, &[("email", EMAIL), ("password", "faux mot")]);
        assert_eq!(page.status, 429, "{}", page.text);
        assert_eq!(page.value("email"), EMAIL);
        // pages and operations count together
        app.anyone.post("/auth/login", login(EMAIL, "faux mot")).refused(429, "too_many_requests");
    }

    fn an_account_is_corrected_once_and_mistakes_keep_what_was_typed(app) {
        let association = app.association("Les Amis");
        let mut browser = app.browser_of(&association);
        let page = browser.get("/compte");
        assert_eq!(page.value("name"), "Les Amis");
        let empty = browser.submit(&page, &[("name", "  "), ("language", "en")]);
        empty.is_at(422, "/compte");
        assert!(empty.html.contains("error-summary") && empty.html.contains("#name"), "{}", empty.html);
        assert_eq!(empty.value("language"), "en");
        let done = browser.submit(&empty, &[("name", "Nadia <b>"), ("language", "en")]);
        done.is_at(200, "/compte").says("It is saved.").says("Nadia <b>");
        assert!(!done.html.contains("Nadia <b>"), "markup is taken for markup");
        let again = browser.submit(&empty, &[("name", "Nadia <b>"), ("language", "en")]);
        again.is_at(200, "/compte").says("It is saved.");
        assert_eq!(association.get("/me").expect(200)["name"], "Nadia <b>");
        let recorded = app.admin.get(&format!("/audit?subject={}", association.person)).expect(200);
        let changes = recorded["items"].as_array().unwrap().iter().filter(|it| it["action"] == "patch_me");
        assert_eq!(changes.count(), 1, "{recorded}");
    }

    fn what_was_typed_survives_the_end_of_a_session(app) {
        sign_up(app, EMAIL);
        let mut browser = app.browser();
        let typed = pairs(&[("lang", "en"), ("note", "Trois « mots » <b>"), ("new_password", "secret")]);
        let late = browser.post("/deconnexion", &typed);
        assert_eq!(late.status, 401);
        let late = late.text();
        assert!(late.contains("rien n’a été enregistré") || late.contains("rien n&#"), "{late}");
        assert!(!late.contains("secret"), "a password is carried along");
        let mut fields = pairs(&[("email", EMAIL), ("password", PASSWORD), ("again", "/deconnexion")]);
        fields.extend(pairs(&[("before:note", "Trois « mots » <b>")]));
        let resumed = browser.post("/connexion", &fields);
        assert_eq!(resumed.status, 200);
        let resumed = resumed.text();
        assert!(resumed.contains("action=\"/deconnexion\"") || resumed.contains("&#x2f;deconnexion"), "{resumed}");
        assert!(resumed.contains("&lt;b&gt;"), "{resumed}");
        // not to another site
        let away = pairs(&[("email", EMAIL), ("password", PASSWORD), ("again", "//evil.example/"), ("before:a", "b")]);
        assert_eq!(app.browser().post("/connexion", &away).status, 303);
    }
}
