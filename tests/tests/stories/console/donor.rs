//! The pages of donors: a donation from its offer to its certificate, without scripts.

use crate::support::intake::{batch_at, receive, schedule, step};
use testkit::{Browser, PageOf, TestApp, Value, both_engines, json};

const PLACE: [(&str, &str); 3] = [
    ("pickup/address", "10 boulevard de Dunkerque"),
    ("pickup/postal_code", "13002"),
    ("pickup/commune", "Marseille"),
];

/// Fills in the form of a new donation; the last button is `offer` or `draft`.
fn new_donation(browser: &mut Browser, fields: &[(&str, &str)]) -> PageOf {
    let page = browser.get("/dons/nouveau");
    let all: Vec<(&str, &str)> = PLACE.iter().chain(fields).copied().collect();
    browser.submit_to(&page, "/dons/nouveau", &all)
}

/// The id in the address of a page of a donation.
fn id_at(page: &PageOf) -> String {
    let rest = page
        .path
        .strip_prefix("/dons/")
        .unwrap_or_else(|| panic!("{}: {}", page.path, page.text));
    rest.split(['/', '?']).next().unwrap().to_owned()
}

fn batch(app: &TestApp, id: &str) -> Value {
    app.donor.get(&format!("/batches/{id}")).expect(200)
}

fn devices(app: &TestApp, id: &str) -> Vec<Value> {
    let found = app
        .donor
        .get(&format!("/devices?batch_id={id}&expand=all"))
        .expect(200);
    found["items"].as_array().unwrap().clone()
}

/// A batch of three of which one did not come, counted to the end.
fn counted(app: &TestApp) -> String {
    let id = batch_at(app, "collected", &["CZC1", "CZC2", "CZC3"]);
    receive(&app.refurbisher, &id, &["CZC1", "CZC2"]).expect(200);
    step(&app.refurbisher, &id, "close").expect(200);
    id
}

both_engines! {
    fn a_thousand_desktops_are_offered_with_a_number_a_telephone_and_a_click(app) {
        let mut browser = app.browser_of(&app.donor);
        let wrong = new_donation(&mut browser, &[("then", "offer"), ("pickup/contact_phone", "12")]);
        wrong.is_at(422, "/dons/nouveau").says("Dites combien d’appareils");
        let wrong = new_donation(&mut browser, &[("then", "offer"), ("declared/0/quantity", "beaucoup")]);
        wrong.is_at(422, "/dons/nouveau").says("Un nombre entier est attendu");
        let wrong = new_donation(&mut browser, &[("then", "offer"), ("declared/0/quantity", "1 000"), ("pickup/to", "le 12")]);
        wrong.is_at(422, "/dons/nouveau").says("Écrivez la date comme");
        assert_eq!(wrong.value("declared/0/quantity"), "1 000", "what was typed is kept");
        let done = new_donation(&mut browser, &[("then", "offer"), ("declared/0/quantity", "1 000"), ("accessories/0/quantity", "1000"), ("pickup/contact_phone", "04 91 00 00 00")]);
        let id = id_at(&done);
        done.is_at(200, &format!("/dons/{id}")).says("Votre don est proposé").says("1000 ordinateurs fixes").says("La ville examine votre don");
        let made = batch(app, &id);
        assert_eq!((&made["status"], &made["declared"][0]["quantity"]), (&json!("submitted"), &json!(1000)));
        assert_eq!(made["accessories"], json!([{"kind": "keyboard", "quantity": 1000}]));
        assert_eq!(made["pickup"]["contact_phone"], "+33491000000");
        browser.get("/dons").says("La ville examine votre don");
        // the next one begins with the place and the person of the last
        let again = browser.get("/dons/nouveau");
        assert_eq!(again.value("pickup/contact_phone"), "04 91 00 00 00");
        assert_eq!(again.value("pickup/address"), "10 boulevard de Dunkerque");
        let two = browser.submit_to(&again, "/dons/nouveau", &[("declared/0/quantity", "2"), ("then", "draft")]);
        two.says("Il n’est pas encore proposé");
        let same = browser.submit_to(&again, "/dons/nouveau", &[("declared/0/quantity", "2"), ("then", "draft")]);
        assert_eq!(same.path, two.path, "a second click makes no second donation");
    }

    fn bad_lines_of_a_pasted_list_are_mended_on_the_page(app) {
        let mut browser = app.browser_of(&app.donor);
        let page = new_donation(&mut browser, &[("then", "offer"), ("declared/0/quantity", "4"), ("pickup/contact_phone", "0491000000"),
            ("list_text", "CZC0001\n1,23E+15\nCZC0001\nCZC0004")]);
        let id = id_at(&page);
        page.is_at(200, &format!("/dons/{id}/liste")).says("Lignes à corriger : 2").says("Ligne 3").says("Ligne 4");
        assert_eq!(page.value("lines/3/0"), "1,23E+15");
        assert_eq!((batch(app, &id)["status"].clone(), devices(app, &id).len()), (json!("draft"), 0));
        browser.get(&format!("/dons/{id}")).says("Corriger la liste");
        // one of two is mended: the other waits on
        let mend = format!("/dons/{id}/liste/corrections");
        let page = browser.submit_to(&page, &mend, &[("lines/3/0", "CZC0002")]);
        page.says("Ligne 4");
        assert!(!page.text.contains("Ligne 3"), "{}", page.text);
        let page = browser.submit_to(&page, &mend, &[("lines/4/out", "yes")]);
        page.is_at(200, &format!("/dons/{id}/liste")).says("La liste est enregistrée : 3 appareils").says("3 appareils sur la liste");
        let serials: Vec<Value> = devices(app, &id).iter().map(|it| it["serial"].clone()).collect();
        assert_eq!(serials, ["CZC0001", "CZC0002", "CZC0004"]);
        let offered = browser.submit_to(&page, &format!("/dons/{id}/proposer"), &[]);
        offered.is_at(200, &format!("/dons/{id}")).says("Votre don est proposé");
        // a corrected list replaces it; devices on both keep their tags
        let page = browser.get(&format!("/dons/{id}/liste"));
        let replaced = browser.submit_to(&page, &format!("/dons/{id}/liste"), &[("list_text", "CZC0001\nCZC0009")]);
        replaced.says("2 appareils (1 ajoutés, 2 retirés)");
        // what cannot be read is said at the field, and nothing is lost
        let unread = browser.submit_to(&replaced, &format!("/dons/{id}/liste"), &[("list_text", "Nom;Prénom\nA;B")]);
        assert_eq!(unread.status, 422, "{}", unread.text);
        assert_eq!(unread.value("list_text"), "Nom;Prénom\nA;B");
        let empty = browser.submit_to(&unread, &format!("/dons/{id}/liste"), &[("list_text", "")]);
        empty.is_at(422, &format!("/dons/{id}/liste")).says("Choisissez un fichier ou collez une liste");
    }

    fn what_a_list_leaves_open_is_asked_before_it_is_stored(app) {
        let mut browser = app.browser_of(&app.donor);
        let list = "N° de série\tType\tDate d'achat\nCZC1\tUC\t04/05/2019\nCZC2\tUC\t06/07/2019";
        let page = new_donation(&mut browser, &[("then", "offer"), ("pickup/contact_phone", "0491000000"), ("list_text", list)]);
        let id = id_at(&page);
        page.says("Il reste une question").says("04/05/2019 est le 4 mai");
        assert_eq!(devices(app, &id).len(), 0);
        let page = browser.submit_to(&page, &format!("/dons/{id}/liste/reponses"), &[("dates", "mdy")]);
        page.says("La liste est enregistrée : 2 appareils");
        assert_eq!(devices(app, &id)[0]["attributes"]["purchased_on"], "2019-04-05");
        // a list that waits may be dropped
        let page = browser.submit_to(&page, &format!("/dons/{id}/liste"), &[("list_text", "CZC1\nCZC1")]);
        page.says("Lignes à corriger");
        let page = browser.submit_to(&page, &format!("/dons/{id}/liste/abandonner"), &[]);
        page.says("est abandonnée").says("2 appareils sur la liste");
        // it is the donor's alone
        let mut other = app.browser_of(&app.other_donor);
        assert_eq!(other.get_once(&format!("/dons/{id}/liste")).status, 404);
        assert_eq!(app.browser_of(&app.refurbisher).get_once(&format!("/dons/{id}/liste")).status, 403);
    }

    fn a_donation_is_accepted_given_its_pickup_and_called_off_on_its_page(app) {
        let id = batch_at(app, "submitted", &["CZC1"]);
        let at = format!("/ville/dons/{id}");
        let mut sam = app.browser_of(&app.staff);
        sam.get("/ville").says("Dons proposés, à accepter");
        sam.get("/dons?status=submitted").says("LOT-2023-0001");
        sam.get("/dons?status=closed").says("Aucun don");
        let page = sam.get(&at);
        let refuse = format!("{at}/refuser");
        sam.submit_to(&page, &refuse, &[("refused", " ")]).is_at(422, &refuse);
        let page = sam.get(&at);
        let accepted = sam.submit_to(&page, &format!("{at}/accepter"), &[]);
        accepted.is_at(200, &at).says("Le don est accepté");
        // a second tab that still shows the offer
        sam.submit_to(&page, &refuse, &[("refused", "Trop vieux.")]).is_at(412, &refuse).says("Quelqu’un a changé ce don");
        assert_eq!(batch(app, &id)["status"], "accepted");
        let plan = format!("{at}/enlevement");
        let workshop = ("workshop_id", &*app.refurbisher.organisation);
        let page = sam.get(&at);
        let wrong = sam.submit_to(&page, &plan, &[workshop, ("day", "2023-03-06"), ("begins", "neuf"), ("ends", "11h30")]);
        wrong.is_at(422, &plan).says("Une heure telle que 14:30");
        assert_eq!(wrong.value("ends"), "11h30");
        let past = sam.submit_to(&wrong, &plan, &[workshop, ("day", "2020-03-06"), ("begins", "9 h"), ("ends", "11h30")]);
        past.is_at(422, &plan);
        let set = sam.submit_to(&past, &plan, &[workshop, ("day", "2023-03-06"), ("begins", "9 h"), ("ends", "11h30")]);
        set.is_at(200, &at).says("L’enlèvement est fixé");
        let planned = batch(app, &id)["scheduled"].clone();
        assert_eq!(planned, json!({"from": "2023-03-06T08:00:00Z", "to": "2023-03-06T10:30:00Z"}));
        assert_eq!(app.mails_of("pickup_scheduled").iter().filter(|mail| mail.data["reference"] == "LOT-2023-0001").count(), app.mails_of("pickup_scheduled").len());
        let page = sam.get(&at);
        assert_eq!((page.value("day"), page.value("begins")), ("2023-03-06".to_owned(), "09:00".to_owned()));
        sam.submit_to(&page, &format!("{at}/annuler"), &[("cancelled", "Local fermé.")]).is_at(200, &at).says("Le don est annulé");
        assert_eq!(batch(app, &id)["status"], "cancelled");
        assert!(sam.get(&at).forms.iter().all(|form| !form.action.starts_with(&at)), "nothing is left to decide");
        for other in [&app.donor, &app.refurbisher] {
            assert_eq!(app.browser_of(other).get_once(&at).status, 403);
        }
    }

    fn whom_to_call_and_when_change_until_the_truck_has_come(app) {
        let id = batch_at(app, "accepted", &["CZC1"]);
        let mut browser = app.browser_of(&app.donor);
        let here = format!("/dons/{id}/enlevement");
        let page = browser.get(&here);
        assert_eq!(page.value("contact_phone"), "04 91 00 00 00");
        let wrong = browser.submit_to(&page, &here, &[("contact_phone", "1"), ("windows/0/day", "2023-03-06")]);
        wrong.is_at(422, &here).says("Un numéro français a 10 chiffres");
        let saved = browser.submit_to(&page, &here, &[("contact_name", "Nadia Benali"), ("contact_phone", "06 12 34 56 78"),
            ("windows/0/day", "2023-03-06"), ("windows/0/from", "09:00"), ("windows/0/to", "11:00")]);
        saved.is_at(200, &here).says("C’est enregistré").says("Créneaux proposés");
        let pickup = batch(app, &id)["pickup"].clone();
        assert_eq!((&pickup["contact_name"], &pickup["contact_phone"]), (&json!("Nadia Benali"), &json!("+33612345678")));
        assert_eq!(pickup["windows"], json!([{"from": "2023-03-06T08:00:00Z", "to": "2023-03-06T10:00:00Z"}]));
        assert!(pickup.get("answer").is_none());
        // from an older copy of the page: somebody changed it since
        let late = browser.submit_to(&page, &here, &[("contact_name", "Autre")]);
        late.is_at(412, &here).says("Quelqu’un a modifié l’enlèvement");
        schedule(app, &id, &app.refurbisher, 6).expect(200);
        let mails = app.mails_of("pickup_changed").len();
        browser.get(&format!("/dons/{id}")).says("Dites si le rendez-vous");
        let page = browser.get(&here);
        let why = browser.submit_to(&page, &format!("{here}/deplacer"), &[("reason", "")]);
        assert_eq!(why.status, 422, "{}", why.text);
        let asked = browser.submit_to(&page, &format!("{here}/deplacer"), &[("reason", "Le quai est fermé")]);
        asked.is_at(200, &here).says("Votre demande est partie").says("Le quai est fermé");
        let told = app.mails_of("pickup_changed").split_off(mails);
        assert!(!told.is_empty() && told.iter().all(|mail| mail.data["comment"] == "Le quai est fermé"));
        app.browser_of(&app.staff).get(&format!("/ville/dons/{id}")).says("Le donateur demande une autre date").says("Le quai est fermé");
        // the city sets another time: the question is asked again, and answered
        schedule(app, &id, &app.refurbisher, 7).expect(200);
        assert!(batch(app, &id)["pickup"].get("answer").is_none());
        let page = browser.get(&here);
        browser.submit_to(&page, &format!("{here}/accepter"), &[]).is_at(200, &format!("/dons/{id}")).says("Ce rendez-vous vous convient");
        assert_eq!(batch(app, &id)["pickup"]["answer"]["agrees"], true);
        app.refurbisher.post(&format!("/batches/{id}/collect"), json!({"collected_at": "2023-02-27T09:30:00Z"})).expect(200);
        let page = browser.get(&here);
        assert!(page.forms.iter().all(|form| form.action != here), "nothing to change any more");
        app.donor.patch(&format!("/batches/{id}/pickup"), json!({"contact_name": "X"})).refused(409, "batch_not_editable");
        app.donor.post(&format!("/batches/{id}/pickup/accept"), Value::Null).refused(409, "batch_step_not_allowed");
        app.other_donor.patch(&format!("/batches/{id}/pickup"), json!({})).refused(404, "not_found");
    }

    fn a_count_is_contested_for_one_device(app) {
        let id = counted(app);
        let lost = devices(app, &id).into_iter().find(|it| it["serial"] == "CZC3").unwrap()["tag"].clone();
        let lost = lost.as_str().unwrap();
        let mut browser = app.browser_of(&app.donor);
        browser.get("/dons").says("À vous").says("Vérifiez le comptage");
        let here = format!("/dons/{id}/comptage");
        let page = browser.get(&here);
        page.says("2 appareils de votre liste sont arrivés").says("CZC3");
        let contest = format!("{here}/contester");
        let wrong = browser.submit_to(&page, &contest, &[("devices", lost), ("comment", "")]);
        assert_eq!(wrong.status, 422, "{}", wrong.text);
        let wrong = browser.submit_to(&page, &contest, &[("other", "INCONNU"), ("comment", "Remis au chauffeur")]);
        wrong.says("Aucun appareil de ce don ne porte le numéro INCONNU");
        let done = browser.submit_to(&page, &contest, &[("devices", lost), ("comment", "Remis au chauffeur")]);
        done.is_at(200, &here).says("Vous contestez ce comptage").says("Remis au chauffeur").says(lost);
        let said = batch(app, &id)["reception"].clone();
        assert_eq!((&said["answer"], &said["devices"]), (&json!("contested"), &json!([lost])));
        let told = app.mails_of("reception_contested");
        assert!(told.iter().all(|mail| mail.data["devices"] == json!([lost])), "{told:?}");
        app.browser_of(&app.staff).get(&format!("/ville/dons/{id}")).says("Remis au chauffeur").says(lost);
        // by its serial number at the other door
        let body = json!({"comment": "Remis", "devices": ["CZC3"]});
        let answer = app.donor.post(&format!("/batches/{id}/contest"), body).expect(200);
        assert_eq!(answer["reception"]["devices"], json!([lost]));
        let body = json!({"comment": "Remis", "devices": ["CZC1", "AUTRE"]});
        let problem = app.donor.post(&format!("/batches/{id}/contest"), body).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/devices/1");
        // once it is explained, it is confirmed
        let page = browser.get(&here);
        browser.submit_to(&page, &format!("{here}/confirmer"), &[]).says("le comptage est confirmé");
        assert_eq!(batch(app, &id)["reception"]["answer"], "confirmed");
    }

    fn a_donor_sees_what_becomes_of_each_device_and_of_no_other(app) {
        let id = counted(app);
        let mut browser = app.browser_of(&app.donor);
        let here = format!("/dons/{id}/appareils");
        browser.get(&here).says("CZC1").says("À l’atelier").says("Non trouvé");
        let missing = browser.get(&format!("{here}?fate=missing"));
        assert!(missing.text.contains("CZC3") && !missing.text.contains("CZC1"), "{}", missing.text);
        browser.get(&format!("{here}?q=czc2")).says("CZC2");
        browser.get(&format!("/dons/{id}")).says("2 comptés").says("0 sur 2 appareils");
        browser.get(&format!("/dons/{id}/recapitulatif")).says("Récapitulatif").says("2 ordinateurs fixes");
        assert_eq!(browser.get_once(&format!("/dons/{id}/attestation")).status, 404, "nothing is proven yet");
        let counts = app.donor.get(&format!("/batches/{id}/fate-counts")).expect(200);
        assert_eq!(counts["fates"], json!({"in_workshop": 2, "missing": 1}));
        let fates = app.donor.get(&format!("/batches/{id}/fates?limit=2")).expect(200);
        assert_eq!((fates["items"].as_array().unwrap().len(), fates["next"].is_null()), (2, false));
        let mut other = app.browser_of(&app.other_donor);
        assert_eq!(other.get_once(&here).status, 404);
        app.other_donor.get(&format!("/batches/{id}/fates")).refused(404, "not_found");
    }

    fn a_link_follows_a_donation_until_it_is_taken_back(app) {
        let id = counted(app);
        let mut browser = app.browser_of(&app.donor);
        let here = format!("/dons/{id}/partage");
        let page = browser.get(&here);
        let shown = browser.submit_to(&page, &here, &[]);
        shown.is_at(200, &here).says("Voici le lien");
        let link = |page: &PageOf| {
            let found = page.links().into_iter().find(|link| link.contains("/suivi/"));
            let found = found.unwrap_or_else(|| panic!("{}", page.text));
            found[found.find("/suivi/").unwrap()..].to_owned()
        };
        let first = link(&shown);
        let followed = app.browser().get(&first);
        followed.is_at(200, &first).says("Où en est le don").says("Compté à l’atelier").says("2 comptés");
        for secret in ["Dora", "04 91", "+33", "Dunkerque", "CZC1"] {
            assert!(!followed.text.contains(secret), "{secret}: {}", followed.text);
        }
        assert_eq!(followed.header("cache-control"), "no-store");
        let again = browser.get(&here);
        again.says("Un lien est ouvert");
        assert!(!again.html.contains(&first), "it is shown once");
        // a new link replaces it, at either door
        let token = app.donor.put(&format!("/batches/{id}/follow-link"), json!({})).expect(200)["token"].clone();
        let second = format!("/suivi/{}", token.as_str().unwrap());
        assert_eq!(app.browser().get(&first).status, 404);
        app.browser().get(&second).is_at(200, &second);
        let kept: i64 = app.read(move |db| {
            use diesel::prelude::*;
            let links = db::schema::follow_links::table;
            Ok(links
                .filter(db::schema::follow_links::token_hash.eq(token.as_str().unwrap().as_bytes()))
                .count()
                .get_result(db)?)
        });
        assert_eq!(kept, 0, "only the hash is kept");
        browser.submit_to(&again, &format!("{here}/retirer"), &[]).says("Le lien est retiré");
        app.browser().get(&second).is_at(404, &second).says("Ce lien n’ouvre plus rien");
        app.donor.delete(&format!("/batches/{id}/follow-link")).expect(204);
        app.other_donor.put(&format!("/batches/{id}/follow-link"), json!({})).refused(404, "not_found");
        // whoever tries many is refused for a while
        let tries = (0..70).map(|at| app.browser().get(&format!("/suivi/{at}")).status);
        let last = tries.last();
        assert_eq!(last, Some(429));
    }

    fn a_donation_that_is_called_off_says_why(app) {
        let id = batch_at(app, "submitted", &["CZC1"]);
        let mut browser = app.browser_of(&app.donor);
        let page = browser.get(&format!("/dons/{id}"));
        let cancel = format!("/dons/{id}/annuler");
        let wrong = browser.submit_to(&page, &cancel, &[("reason", "")]);
        assert_eq!(wrong.status, 422, "{}", wrong.text);
        let done = browser.submit_to(&page, &cancel, &[("reason", "Vendus")]);
        done.is_at(200, &format!("/dons/{id}")).says("Le don est annulé").says("Vendus");
        assert_eq!(batch(app, &id)["status"], "cancelled");
    }
}
