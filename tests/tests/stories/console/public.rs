//! What everybody may see and do without an account.

use crate::support::accounts::PASSWORD;
use crate::support::applications::id_at;
use crate::support::waves::Stage;
use testkit::{Browser, PageOf, TestApp, both_engines};

fn fields<'a>(kind: &'a str, name: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("organisation/kind", kind),
        ("organisation/name", name),
        ("organisation/address", "1 rue de la Paix"),
        ("organisation/postal_code", "13003"),
        ("organisation/commune", "Marseille"),
        ("person/name", "Jo Bon"),
        ("person/email", email),
    ]
}

/// Opens the link of the mail that went to an address, and chooses a password.
fn take_up(app: &TestApp, browser: &mut Browser, email: &str) -> PageOf {
    let mails = app.mails_of("registration_received");
    let mail = mails.iter().find(|mail| mail.to == email).unwrap();
    let token = mail.data["token"].as_str().unwrap();
    let page = browser.get(&format!("/invitation?token={token}"));
    page.says(email);
    browser.submit(&page, &[("password", PASSWORD)])
}

both_engines! {
    fn an_association_and_a_firm_register_themselves(app) {
        for (kind, name, email, home) in [
            ("association", "Les Claviers", "jo@claviers.example", "/demandes"),
            ("donor", "Usine Bleue", "jo@usine.example", "/dons"),
        ] {
            let mut browser = app.browser();
            let page = browser.get("/inscription");
            assert_eq!(page.value("person/language"), "fr");
            let sent = browser.submit(&page, &fields(kind, name, email));
            sent.is_at(200, "/inscription/envoyee").says("Un message vous attend");
            // a second press of the button
            let again = browser.submit(&page, &fields(kind, name, email));
            again.is_at(200, "/inscription/envoyee");
            let mails = app.mails_of("registration_received");
            assert_eq!(mails.iter().filter(|mail| mail.to == email).count(), 1, "{kind}");
            take_up(app, &mut browser, email).is_at(200, home);
            let expired = app.browser().get("/invitation?token=used");
            expired.says("Ce lien n’est plus valable").says("Recevoir un nouveau lien");
        }
        let found = app.staff.get("/organisations?q=Usine").expect(200);
        assert_eq!((&found["items"][0]["kind"], &found["items"][0]["status"]), (&"donor".into(), &"pending".into()));
    }

    fn a_registration_with_mistakes_keeps_what_was_typed(app) {
        let mut browser = app.browser();
        let page = browser.get("/inscription?kind=donor");
        let mut wrong = fields("donor", "Usine <b>", "jo");
        wrong[3] = ("organisation/postal_code", "13");
        let back = browser.submit(&page, &wrong);
        back.is_at(422, "/inscription");
        assert_eq!(back.value("organisation/name"), "Usine <b>");
        assert!(!back.html.contains("Usine <b>"));
        back.says("Un code postal a 5 chiffres");
        let nobody = browser.submit(&page, &fields("city", "Mairie", "jo@mairie.example"));
        nobody.is_at(422, "/inscription");
        assert!(app.mails_of("registration_received").is_empty());
    }

    fn a_programme_its_figures_and_its_waves_are_open_to_everybody(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000)], 12);
        let mut browser = app.browser();
        let programme = format!("/programmes/{}", stage.programme);
        browser.get("/").says("Marseille – Orange 2023");
        browser.get(&programme).is_at(200, &programme).says("Qui peut demander").says("Ouvert aux demandes");
        browser.get("/chiffres").says("Aucune vague n’est encore décidée");
        let wave = stage.approved_wave(app, "Première vague");
        let wave = format!("/vagues/{}", id_at(&wave));
        browser.get(&programme).says("Première vague");
        let figures = browser.get("/chiffres");
        figures.says("Première vague").says("12");
        let public = browser.get(&wave);
        public.is_at(200, &wave).says("Refaire le calcul").says("13003");
        let english = browser.get(&format!("{wave}?lang=en"));
        english.says("Computing it again");
        for page in [&figures, &public, &english] {
            assert!(!page.html.contains("Alpha"), "{} names an association", page.path);
        }
        let nothing = "0198c0de-0000-7000-8000-000000000000";
        for path in ["/programmes/", "/vagues/", "/chiffres?programme="] {
            assert_eq!(browser.get(&format!("{path}{nothing}")).status, 404, "{path}");
        }
    }

    fn every_page_has_its_statements(app) {
        let mut browser = app.browser();
        let home = browser.get("/");
        for (path, words) in [("/accessibilite", "non conforme"), ("/mentions", "CNIL"), ("/inscription", "S’inscrire"), ("/chiffres", "chiffres")] {
            assert!(home.html.contains(&format!("href=\"{path}\"")), "{path} is not linked");
            browser.get(path).is_at(200, path).says(words);
        }
    }
}
