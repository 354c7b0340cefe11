//! An association with a browser: from the first question to the appeal, without scripts.

use crate::support::accounts::{PASSWORD, link};
use crate::support::applications::{
    assess, draft, eligible, form, found_eligible, id_at, ineligible, later, programme,
    programme_with, register, submitted,
};
use crate::support::estate::Estate;
use testkit::{Browser, PageOf, TestApp, Value, both_engines, json};

const EMAIL: &str = "nadia@clavier.example";

/// A browser in which somebody of a new, verified association is signed in.
fn applicant(app: &TestApp) -> Browser {
    let association = json!({"name": "Clavier ouvert", "address": "1 rue de la Paix",
        "postal_code": "13003", "commune": "Marseille"});
    let made = register(app, association, EMAIL).expect(201);
    let id = made["organisation"]["id"].as_str().unwrap();
    let verify = format!("/organisations/{id}/verify");
    app.staff.post(&verify, Value::Null).expect(200);
    let token = link(app, "registration_received", EMAIL);
    let accept = json!({"token": token, "password": PASSWORD});
    app.anyone.post("/auth/invitation", accept).expect(200);
    let mut browser = app.browser();
    browser.sign_in(EMAIL, PASSWORD).is_at(200, "/demandes");
    browser
}

/// The address of the application that is named in a page's address.
fn application_of(page: &PageOf) -> String {
    let mut parts = page.path.split('/');
    format!("/demandes/{}", parts.nth(2).unwrap())
}

/// Fills in a part, and comes back to the list of what is left.
#[track_caller]
fn fill(browser: &mut Browser, own: &str, part: &str, fields: &[(&str, &str)]) -> PageOf {
    let page = browser.get(&format!("{own}/{part}"));
    let saved = browser.submit(&page, fields);
    saved.is_at(200, own);
    saved
}

const PROJECT: &[(&str, &str)] = &[
    ("purpose", "new_project"),
    ("themes", "precarity"),
    ("themes", "employment"),
    ("statement", "Un atelier d'initiation."),
];

const PUBLIC: &[(&str, &str)] = &[
    ("beneficiaries_per_year", "1 200"),
    ("site/address", "1 rue de la Paix"),
    ("site/postal_code", "13015"),
    ("trained_staff", "yes"),
    ("own_use", "1"),
];

const COMMITMENTS: &[(&str, &str)] = &[
    ("commitments/republican_contract", "yes"),
    ("commitments/no_resale", "yes"),
    ("commitments/follow_up", "yes"),
];

both_engines! {
    fn an_association_applies_in_several_sittings_and_appeals(app) {
        programme(app);
        let mut browser = applicant(app);
        let home = browser.get("/demandes");
        home.says("Marseille – Orange 2023");
        let new = browser.get("/demandes/nouvelle");
        let opened = browser.submit_to(&new, "/demandes/nouvelle", &[]);
        opened.says("Il vous reste environ 17 minutes");
        let own = application_of(&opened);
        let api = own.replace("/demandes/", "/applications/");

        // the first sitting: too few, and it says so before anything is sent
        let few = fill(&mut browser, &own, "materiel", &[("requests/0/quantity", "4")]);
        few.says("pas de lot de moins de 10");
        let done = fill(&mut browser, &own, "materiel",
            &[("requests/0/quantity", "20"), ("requests/0/accepts", "laptop")]);
        done.says("Il vous reste environ 14 minutes");

        // the session ends while the project is written: nothing is lost
        let page = browser.get(&format!("{own}/projet"));
        let [staff] = later(app, 31, [&app.staff]);
        let late = browser.submit(&page, PROJECT);
        assert_eq!(late.status, 401);
        let resumed = browser.submit(&late, &[("email", EMAIL), ("password", PASSWORD)]);
        let saved = browser.submit_to(&resumed, &format!("{own}/projet"), &[]);
        saved.is_at(200, &own);
        let read = staff.get(&api).expect(200);
        assert_eq!(read["statement"], "Un atelier d'initiation.");
        assert_eq!(read["themes"], json!(["precarity", "employment"]));

        // what is missing names its page; what is wrong its field
        let check = browser.get(&format!("{own}/verifier"));
        check.says("Il reste à compléter");
        assert!(check.links().contains(&format!("{own}/public#site/postal_code")), "{:?}", check.links());
        let page = browser.get(&format!("{own}/public"));
        let wrong = browser.submit(&page, &[("site/postal_code", "1301"), ("beneficiaries_per_year", "beaucoup")]);
        assert_eq!((wrong.status, wrong.value("beneficiaries_per_year")), (422, "beaucoup".to_owned()));
        fill(&mut browser, &own, "public", PUBLIC);
        fill(&mut browser, &own, "engagements", COMMITMENTS).says("Tout est rempli");

        // a document
        let documents = browser.get(&format!("{own}/pieces"));
        let none = browser.submit(&documents, &[("kind", "statutes")]);
        none.is_at(422, &format!("{own}/pieces")).says("Choisissez un fichier");
        let odd = browser.submit(&documents, &[("document", "@virus.exe:MZ\u{1}")]);
        assert_eq!(odd.status, 422, "{}", odd.text);
        let attached = browser.submit(&documents, &[("kind", "statutes"), ("document", "@statuts.pdf:%PDF-1.7 statuts")]);
        attached.is_at(200, &format!("{own}/pieces")).says("statuts.pdf");

        // sent once, however often the button is pressed
        let check = browser.get(&format!("{own}/verifier"));
        let sent = browser.submit_to(&check, &format!("{own}/verifier"), &[]);
        sent.is_at(200, &own).says("Demande reçue");
        browser.submit_to(&check, &format!("{own}/verifier"), &[]).is_at(200, &own);
        assert_eq!(app.mails_of("application_received").len(), 1);

        // changes are asked for, answered and sent again
        staff.post(&format!("{api}/request-changes"), json!({"items": [
            {"field": "statement", "message": "Décrivez les ateliers."},
            {"field": "site", "message": "Confirmez le lieu."}]})).expect(200);
        let back = browser.get(&own);
        back.says("Décrivez les ateliers.").says("Confirmez le lieu.");
        fill(&mut browser, &own, "projet", &[("statement", "Des ateliers deux fois par semaine.")]);
        let check = browser.get(&format!("{own}/verifier"));
        let open = browser.submit_to(&check, &format!("{own}/verifier"), &[]);
        assert_eq!(open.status, 409, "{}", open.text);
        let reply = browser.get(&format!("{own}/reponse/2"));
        let empty = browser.submit(&reply, &[("answer", " ")]);
        assert_eq!(empty.status, 422);
        browser.submit(&reply, &[("answer", "Le lieu est le bon.")]).is_at(200, &own);
        let check = browser.get(&format!("{own}/verifier"));
        browser.submit_to(&check, &format!("{own}/verifier"), &[]).is_at(200, &own).says("En instruction");

        // decided, read, contested
        assess(&staff, &api, 4);
        staff.post(&format!("{api}/decide"), eligible()).expect(200);
        browser.get(&own).says("Votre demande est retenue");
        let points = browser.get(&format!("{own}/points"));
        points.says("points sur 100").says("Ce qui aurait changé vos points");
        let appeal = browser.get(&format!("{own}/recours"));
        let empty = browser.submit(&appeal, &[("grounds", "")]);
        empty.is_at(422, &format!("{own}/recours"));
        let filed = browser.submit(&appeal, &[("grounds", "Nous accompagnons 2 000 personnes.")]);
        filed.is_at(200, &own).says("À l’étude");
        let appeals = staff.get("/appeals").expect(200);
        assert_eq!(appeals["items"][0]["grounds"], "Nous accompagnons 2 000 personnes.");
        browser.get("/demandes").says("Recours à l’étude");
    }

    fn two_people_of_one_association_do_not_overwrite_each_other(app) {
        let programme = programme(app);
        let association = app.association("Les Amis");
        let own = draft(&association, &programme).replace("/applications/", "/demandes/");
        let (mut one, mut other) = (app.browser_of(&association), app.browser_of(&association));
        let address = format!("{own}/projet");
        let (first, second) = (one.get(&address), other.get(&address));
        one.submit(&first, &[("statement", "Le premier texte.")]).is_at(200, &own);
        let stale = other.submit(&second, &[("statement", "Le second texte.")]);
        stale.is_at(412, &address).says("Le premier texte.");
        assert_eq!(stale.value("statement"), "Le second texte.");
        other.submit_to(&stale, &address, &[]).is_at(200, &own);
        let read = association.get(&own.replace("/demandes/", "/applications/")).expect(200);
        assert_eq!(read["statement"], "Le second texte.");
        assert_eq!(read["purpose"], "new_project", "the rest of the page is lost");
        // boxes that are cleared are cleared
        let page = other.get(&format!("{own}/engagements"));
        let cleared = page.forms.iter().find(|form| form.action.ends_with("/engagements")).unwrap();
        let kept: Vec<_> = cleared.fields.iter().filter(|(name, _)| !name.starts_with("commitments/")).cloned().collect();
        assert_eq!(other.post(&format!("{own}/engagements"), &kept).status, 303);
        let read = association.get(&own.replace("/demandes/", "/applications/")).expect(200);
        assert_eq!(read["commitments"], Value::Null);
    }

    fn a_form_that_saves_itself_goes_on_with_its_new_version(app) {
        let programme = programme(app);
        let association = app.association("Les Amis");
        let own = draft(&association, &programme).replace("/applications/", "/demandes/");
        let mut browser = app.browser_of(&association);
        let page = browser.get(&format!("{own}/projet"));
        let mut saving = browser.with_header("x-autosave", "1");
        let fields = |version: &str, statement: &str| -> Vec<(String, String)> {
            let pairs = [("version", version), ("purpose", "other"), ("themes", "precarity"), ("statement", statement)];
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
        };
        let first = saving.post(&page.path, &fields(&page.value("version"), "Un"));
        let version = first.expect(200)["version"].to_string();
        assert_ne!(version, page.value("version"));
        saving.post(&page.path, &fields(&version, "Deux")).expect(200);
        let stale = saving.post(&page.path, &fields(&version, "Trois"));
        assert_eq!(stale.status, 412);
        browser.get(&page.path).says("Deux");
    }

    fn the_last_application_is_the_start_of_the_next(app) {
        let before = programme(app);
        let association = app.association("Les Amis");
        submitted(&association, &before);
        let next = programme_with(app, json!({"name": "Marseille 2024", "kinds": ["laptop"]}));
        let mut browser = app.browser_of(&association);
        let new = browser.get(&format!("/demandes/nouvelle?programme={next}"));
        new.says("De ma dernière demande");
        let opened = browser.submit(&new, &[("start", "last")]);
        let own = application_of(&opened);
        let read = association.get(&own.replace("/demandes/", "/applications/")).expect(200);
        assert_eq!(read["statement"], form()["statement"]);
        // desktops are not offered, and commitments are made anew
        assert_eq!((&read["requests"], &read["commitments"]), (&json!([]), &Value::Null));
        let again = browser.submit(&new, &[("start", "empty")]);
        assert_eq!(again.status, 409, "{}", again.text);
    }

    fn a_refusal_is_read_and_a_withdrawal_asks_first(app) {
        let programme = programme(app);
        let association = app.association("Les Amis");
        let api = submitted(&association, &programme);
        let own = api.replace("/applications/", "/demandes/");
        app.staff.post(&format!("{api}/decide"), ineligible()).expect(200);
        let mut browser = app.browser_of(&association);
        browser.get(&own).says("Hors objet.").says("Demander un réexamen");
        browser.get(&format!("{own}/points")).is_at(409, &format!("{own}/points"));
        let other = app.association("Souris grise");
        let api = submitted(&other, &programme);
        let own = api.replace("/applications/", "/demandes/");
        let mut browser = app.browser_of(&other);
        let page = browser.get(&format!("{own}/retrait"));
        browser.submit_to(&page, &format!("{own}/retrait"), &[]).is_at(200, &own).says("Vous avez retiré cette demande");
        assert_eq!(other.get(&api).expect(200)["status"], "withdrawn");
    }

    fn an_association_is_granted_a_lot_and_reads_why(app) {
        let stage = crate::support::waves::Stage::set(app, &[("Alpha", 12, 8_000)], 12);
        let wave = stage.approved_wave(app, "Première vague");
        let mut browser = app.browser_of(&stage.clients[0]);
        let own = format!("/demandes/{}", stage.applications[0]);
        browser.get("/demandes").says("L’atelier va vous proposer un rendez-vous");
        let page = browser.get(&own);
        page.says("Première vague");
        let why = browser.get(&format!("{own}/explication/{}", id_at(&wave)));
        why.says("Pourquoi ce résultat");
        let lot = page.links().into_iter().find(|link| link.starts_with("/lots/")).unwrap();
        browser.get(&lot).is_at(200, &lot).says(&stage.tags[0]);
    }

    fn a_report_on_use_is_ten_lines(app) {
        let association = app.association("Les Amis");
        let owed = app.staff.post(&format!("/organisations/{}/obligations", association.organisation),
            json!({"what": "Bilan du lot de 2022", "due_at": "2023-12-01T00:00:00Z"})).expect(201);
        let own = format!("/suivis/{}", owed["id"].as_str().unwrap());
        let mut browser = app.browser_of(&association);
        browser.get("/demandes").says("Bilan d’usage");
        let page = browser.get(&own);
        browser.submit(&page, &[("summary", ""), ("devices_in_use", "douze")]).is_at(422, &own);
        let sent = browser.submit(&page, &[("summary", "Tout sert."), ("devices_in_use", "12")]);
        sent.is_at(200, &own).says("Ce bilan est fait");
        let listed = association.get(&format!("/organisations/{}/obligations", association.organisation)).expect(200);
        assert_eq!(listed["items"][0]["report"]["devices_in_use"], 12);
    }

    fn what_is_another_association_s_is_no_page(app) {
        let estate = Estate::of(app);
        let mut stranger = app.browser_of(&app.association("Une curieuse"));
        for part in ["", "/materiel", "/projet", "/public", "/engagements", "/pieces", "/verifier", "/retrait",
            "/points", "/recours", "/reponse/1", "/explication/{wave}"] {
            let page = estate.page(&format!("/demandes/{{id}}{part}")).unwrap();
            let page = page.replace("{wave}", &estate.path("/api/v1/waves/{id}").unwrap()[7..]);
            assert_eq!(stranger.get(&page).status, 404, "{page}");
            let post = stranger.post(&page, &[("statement".to_owned(), "x".to_owned())]);
            assert!([404, 405].contains(&post.status), "{page}: {}", post.status);
        }
        for page in ["/pieces/{id}", "/lots/{id}", "/suivis/{id}"] {
            let page = estate.page(page).unwrap();
            assert_eq!(stranger.get(&page).status, 404, "{page}");
        }
        let own = found_eligible(app, &app.association("Encore"), &programme(app), 4);
        assert_eq!(stranger.get(&own.replace("/applications/", "/demandes/")).status, 404);
        for odd in ["/demandes/x", "/demandes/0/projet", "/pieces/x", "/lots/%00", "/suivis/-1"] {
            assert_eq!(stranger.get(odd).status, 404, "{odd}");
        }
    }
}
