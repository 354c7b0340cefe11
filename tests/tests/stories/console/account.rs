//! One's own account in a browser: the password, the address, the second factor, sessions, data.

use crate::support::accounts::{PASSWORD, client, link, login, sign_up};
use crate::support::generator::Generator;
use testkit::{Browser, TestApp, both_engines, json};

const EMAIL: &str = "jo@ville.example";
const OTHER: &str = "un goéland sur le mât";

/// A browser in which the account is signed in.
fn signed_in(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.sign_in(EMAIL, PASSWORD).is_at(200, "/ville");
    browser
}

/// The secret that a page shows to be typed in.
fn secret_in(html: &str) -> String {
    let (_, shown) = html.split_once("class=\"code\">").unwrap();
    let (secret, _) = shown.split_once('<').unwrap();
    secret.replace(' ', "")
}

both_engines! {
    fn a_password_is_changed_by_whoever_knows_it_and_ends_other_sessions(app) {
        sign_up(app, EMAIL);
        let (mut here, mut there) = (signed_in(app), signed_in(app));
        let page = here.get("/compte/mot-de-passe");
        let wrong = here.submit(&page, &[("current_password", "pas le bon"), ("new_password", OTHER)]);
        wrong.is_at(422, "/compte/mot-de-passe");
        assert!(wrong.html.contains("href=\"#current_password\"") && !wrong.html.contains(OTHER), "{}", wrong.html);
        let weak = here.submit(&page, &[("current_password", PASSWORD), ("new_password", "marseille")]);
        weak.is_at(422, "/compte/mot-de-passe");
        let done = here.submit(&page, &[("current_password", PASSWORD), ("new_password", OTHER)]);
        done.is_at(200, "/compte").says("Votre mot de passe est changé");
        assert_eq!(there.get_once("/compte").status, 303, "the other session stands");
        app.anyone.post("/auth/login", login(EMAIL, OTHER)).expect(200);
        app.anyone.post("/auth/login", login(EMAIL, PASSWORD)).refused(401, "invalid_credentials");
        let id = app.anyone.post("/auth/login", login(EMAIL, OTHER)).expect(200);
        let me = client(app, &id).get("/me").expect(200)["id"].as_str().unwrap().to_owned();
        let recorded = app.admin.get(&format!("/audit?subject={me}")).expect(200).to_string();
        assert!(recorded.contains("post_me_password"), "{recorded}");
    }

    fn keys_that_still_open_something_are_named_with_a_new_password(app) {
        sign_up(app, EMAIL);
        let mut browser = app.browser_of(&app.admin);
        // an administrator's own account has no password here: theirs is set by a link
        app.anyone.post("/auth/forgotten", json!({"email": app.admin.get("/me").expect(200)["email"]})).expect(202);
        let email = app.admin.get("/me").expect(200)["email"].as_str().unwrap().to_owned();
        let token = link(app, "password_reset", &email);
        let page = browser.get(&format!("/reset?token={token}"));
        browser.submit(&page, &[("password", PASSWORD)]);
        let tokens = app.anyone.post("/auth/login", login(&email, PASSWORD)).expect(200);
        let admin = client(app, &tokens);
        let key = json!({"name": "Station 3", "scopes": ["workshop"], "organisation_id": app.refurbisher.organisation});
        admin.post("/api-keys", key).expect(201);
        let mut browser = app.browser();
        browser.sign_in(&email, PASSWORD);
        let page = browser.get("/compte/mot-de-passe");
        let told = browser.submit(&page, &[("current_password", PASSWORD), ("new_password", OTHER)]);
        told.says("Station 3").says("fonctionnent toujours");
        let page = browser.get("/compte/mot-de-passe");
        let told = browser.submit(&page, &[("current_password", OTHER), ("new_password", PASSWORD), ("revoke_keys", "yes")]);
        told.says("Station 3").says("sont désactivées");
    }

    fn a_second_factor_is_scanned_confirmed_used_and_taken_away(app) {
        sign_up(app, EMAIL);
        let (mut browser, mut other) = (signed_in(app), signed_in(app));
        let page = browser.get("/compte/deuxieme-facteur");
        page.says("Commencer");
        browser.submit_to(&page, "/compte/deuxieme-facteur", &[("current_password", "pas le bon")])
            .is_at(422, "/compte/deuxieme-facteur");
        let scan = browser.submit_to(&page, "/compte/deuxieme-facteur", &[("current_password", PASSWORD)]);
        assert!(scan.html.contains("<svg role=\"img\"") && scan.html.contains("otpauth:"), "{}", scan.html);
        assert_eq!(scan.header("cache-control"), "no-store");
        let generator = Generator::typed(&secret_in(&scan.html));
        let wrong = browser.submit(&scan, &[("code", "000000")]);
        assert_eq!(wrong.status, 422, "{}", wrong.text);
        assert!(!wrong.html.contains("otpauth:"), "the secret is shown again");
        let code = generator.code(app);
        let codes = browser.submit(&wrong, &[("code", &code)]);
        codes.says("codes de secours");
        let recovery: Vec<String> = codes.html.split("<li class=\"code\">").skip(1)
            .map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
        assert_eq!(recovery.len(), 10, "{}", codes.html);
        assert_eq!(other.get_once("/compte").status, 303, "the other session stands");
        browser.get("/compte").says("Activé");

        // signing in asks for it now
        let mut later = app.browser();
        let asked = later.sign_in(EMAIL, PASSWORD);
        asked.is_at(422, "/connexion").says("Code à six chiffres");
        later.submit(&asked, &[("email", EMAIL), ("password", PASSWORD), ("code", &recovery[0])]).is_at(200, "/ville");
        let change = later.get("/compte/mot-de-passe");
        let missing = later.submit(&change, &[("current_password", PASSWORD), ("new_password", OTHER)]);
        assert!(missing.html.contains("href=\"#code\""), "{}", missing.html);

        let page = browser.get("/compte/deuxieme-facteur");
        let refused = browser.submit(&page, &[("current_password", PASSWORD), ("code", &recovery[0])]);
        assert_eq!(refused.status, 422, "a recovery code was taken twice");
        let off = browser.submit(&page, &[("current_password", PASSWORD), ("code", &recovery[1])]);
        off.is_at(200, "/compte/deuxieme-facteur").says("est désactivé");
        let mut again = app.browser();
        again.sign_in(EMAIL, PASSWORD).is_at(200, "/ville");
    }

    fn sessions_are_seen_and_ended_one_by_one_and_all(app) {
        sign_up(app, EMAIL);
        let (mut here, mut there, mut third) = (signed_in(app), signed_in(app), signed_in(app));
        let page = here.get("/compte/sessions");
        page.says("Cette session").says("Fermer toutes les autres sessions");
        let ends: Vec<String> = page.forms.iter().map(|form| form.action.clone())
            .filter(|action| action.ends_with("/fermer")).collect();
        assert!(ends.len() >= 3, "{ends:?}"); // the sign-up opened one, too
        let closed = |browser: &mut Browser| browser.get_once("/compte").status == 303;
        // two of one page, whose forms have one key
        for action in &ends[..2] {
            here.submit_to(&page, action, &[]).is_at(200, "/compte/sessions").says("La session est fermée");
        }
        assert_eq!(usize::from(closed(&mut there)) + usize::from(closed(&mut third)), 2, "one of two ended");
        let mut fourth = signed_in(app);
        let page = here.get("/compte/sessions");
        here.submit_to(&page, "/compte/sessions", &[]).says("Aucune autre session");
        assert!(closed(&mut fourth) && !closed(&mut here));
    }

    fn what_is_held_is_shown_and_downloaded_by_its_person_alone(app) {
        let association = app.association("Les Amis");
        let mut browser = app.browser_of(&association);
        let page = browser.get("/compte/donnees");
        page.says("Les Amis").says("Télécharger toutes mes données");
        let file = browser.get_once("/compte/donnees.json");
        assert!(file.header("content-disposition").contains("attachment"));
        assert_eq!(file.json()["me"]["id"], association.person.as_str());
        assert_eq!(file.json()["me"], association.get("/me/data").expect(200)["me"]);
    }

    fn an_account_is_closed_by_its_person_unless_nobody_stays(app) {
        let association = app.association("Les Amis");
        let mut browser = app.browser_of(&association);
        let page = browser.get("/compte/fermer");
        browser.submit_to(&page, "/compte/fermer", &[]).is_at(422, "/compte/fermer");
        let last = browser.submit(&page, &[("confirmed", "yes")]);
        assert_eq!(last.status, 409, "{}", last.text);
        let id = association.organisation.parse().unwrap();
        let colleague = app.person(id, kernel::Role::Association, "Nadia");
        let page = browser.get("/compte/fermer");
        browser.submit(&page, &[("confirmed", "yes")]).is_at(200, "/").says("Votre compte est fermé");
        association.get("/me").refused(401, "session_ended");
        colleague.get("/me").expect(200);
        app.browser_of(&app.staff).get("/compte/fermer").says("Demandez-le-lui");
    }

    fn another_address_is_asked_for_and_confirmed_by_its_link(app) {
        sign_up(app, EMAIL);
        let mut browser = signed_in(app);
        let page = browser.get("/compte/adresse");
        let wrong = browser.submit(&page, &[("email", "jo"), ("current_password", PASSWORD)]);
        wrong.is_at(422, "/compte/adresse");
        assert_eq!(wrong.value("email"), "jo");
        let asked = browser.submit(&page, &[("email", "jo@phare.example"), ("current_password", PASSWORD)]);
        asked.is_at(200, "/compte").says("Un message est parti");
        let token = link(app, "email_change", "jo@phare.example");
        let page = browser.get(&format!("/email?token={token}"));
        browser.submit_to(&page, "/email", &[]).is_at(200, "/compte").says("jo@phare.example");
    }
}
