//! The desk of the city's staff in a browser, without scripts: two people review, and what they do
//! wrong on the way.

use crate::support::applications::{
    assess, decide, found_eligible, id_at, ineligible, items, programme, submitted,
};
use testkit::{Browser, Client, PageOf, Value, both_engines, json};

/// The page of an application, as its address in the API names it.
fn page_of(application: &str) -> String {
    format!("/ville/demandes/{}", id_at(application))
}

/// Sends a mark with its reason.
#[track_caller]
fn mark(browser: &mut Browser, page: &str, points: &str, why: &str) -> PageOf {
    let shown = browser.get(page);
    browser.submit_to(
        &shown,
        &format!("{page}/notes"),
        &[
            ("marks/project/points", points),
            ("marks/project/justification", why),
        ],
    )
}

fn name_of(who: &Client) -> String {
    let me = who.get("/me").expect(200);
    me["name"].as_str().unwrap().to_owned()
}

both_engines! {
    fn the_desk_counts_what_waits_and_leads_to_it(app) {
        let mut staff = app.browser_of(&app.staff);
        staff.get("/ville").says("Ce qui vous attend");
        let programme = programme(app);
        let alpha = submitted(&app.association("Alpha"), &programme);
        submitted(&app.association("Omega"), &programme);
        let desk = staff.get("/ville");
        assert!(desk.links().contains(&"/ville/demandes?status=submitted".to_owned()), "{:?}", desk.links());
        let list = staff.get("/ville/demandes?status=submitted");
        list.says("Alpha").says("Omega");
        staff.get("/ville/demandes?status=submitted&q=alph").says("Alpha");
        assert!(!staff.get("/ville/demandes?q=alph").html.contains("Omega"));
        staff.get("/ville/demandes?status=eligible").says("Aucune demande");

        // taken, given away, and handed over before a leave
        let page = staff.get(&page_of(&alpha));
        let action = format!("{}/attribution", page_of(&alpha));
        staff.submit_to(&page, &action, &[]).says("La demande est à vous.");
        let me = &app.staff.person;
        assert!(staff.get("/ville").links().contains(&format!("/ville/demandes?assigned={me}")));
        staff.get(&format!("/ville/demandes?assigned={me}")).says("Alpha");
        let other = app.other_staff.person.clone();
        let absence = staff.get("/ville/absences");
        staff.submit(&absence, &[("from", me), ("to", &other)]).says("Une demande a changé de main.");
        let mut colleague = app.browser_of(&app.other_staff);
        assert!(colleague.get("/ville").links().contains(&format!("/ville/demandes?assigned={other}")));
        let read = app.staff.get(&alpha).expect(200);
        assert_eq!(read["assigned_to"], json!(other));
        let own = app.association("Alpha bis");
        let theirs = submitted(&own, &programme);
        app.staff.put(&format!("{theirs}/assignment"), json!({"person_id": other})).expect(200);
        assert!(own.get(&theirs).expect(200).get("assigned_to").is_none(), "that is the city's");
        app.staff.put(&format!("{theirs}/assignment"), json!({"person_id": own.person})).refused(422, "invalid_fields");
        app.staff.put(&format!("{theirs}/assignment"), json!({"person_id": null})).expect(200);
        let found = app.staff.get(&format!("/applications?assigned_to={other}")).expect(200);
        assert_eq!(items(&found).len(), 1);
    }

    fn cases_are_shared_out_from_the_list(app) {
        let programme = programme(app);
        let all: Vec<String> = ["Alpha", "Beta", "Omega"]
            .map(|name| submitted(&app.association(name), &programme))
            .into();
        let mut staff = app.browser_of(&app.staff);
        let address = "/ville/demandes?status=submitted";
        let list = staff.get(address);
        let other = &app.other_staff.person;
        assert_eq!(list.value("person_id"), app.staff.person, "one's own name comes first");
        staff.submit(&list, &[("person_id", other)]).is_at(422, address).says("Cochez au moins une demande.");
        let (first, second) = (id_at(&all[0]), id_at(&all[1]));
        let ticked = [("application_ids", first), ("application_ids", second), ("person_id", other)];
        let shared = staff.submit(&list, &ticked);
        shared.is_at(200, address).says("2 demandes ont changé de main.");
        let of = |application: &str| app.staff.get(application).expect(200)["assigned_to"].clone();
        assert_eq!((of(&all[0]), of(&all[1]), of(&all[2])), (json!(other), json!(other), Value::Null));

        // all or none; and only somebody of the city takes a case
        let path = "/applications/assignment";
        let with = |ids: &[&str], person: &str| json!({"application_ids": ids, "person_id": person});
        app.staff.put(path, with(&[first, "018f0000-0000-7000-8000-000000000000"], &app.staff.person)).refused(404, "not_found");
        let outsider = app.association("Delta");
        app.staff.put(path, with(&[first], &outsider.person)).refused(422, "invalid_fields");
        app.staff.put(path, with(&[], &app.staff.person)).refused(422, "invalid_fields");
        let many: Vec<String> = (0..201).map(|n| format!("018f0000-0000-7000-8000-{n:012}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        app.staff.put(path, with(&many, &app.staff.person)).refused(422, "invalid_fields");
        assert_eq!(of(&all[0]), json!(other));
        app.staff.put(path, json!({"application_ids": [first, first], "person_id": null})).expect(200);
        assert_eq!((of(&all[0]), of(&all[1])), (Value::Null, json!(other)));
    }

    fn two_assessors_do_not_see_each_other_before_their_own(app) {
        let application = submitted(&app.association("Alpha"), &programme(app));
        let page = page_of(&application);
        let mut first = app.browser_of(&app.staff);
        let mut second = app.browser_of(&app.other_staff);
        mark(&mut first, &page, "1", "Trop vague pour nous.").says("Votre évaluation est enregistrée.");
        let before = second.get(&page);
        before.says("autre personne a évalué ce critère");
        assert!(!before.html.contains("Trop vague pour nous."));
        let api = app.other_staff.get(&application).expect(200);
        assert_eq!(items(&json!({"items": api["assessments"]})).len(), 0, "nor at the other door");
        let after = mark(&mut second, &page, "5", "Très solide, à notre avis.");
        after.says("Trop vague pour nous.").says("Les notes sont éloignées");
        first.get(&page).says("Très solide, à notre avis.");

        // a mark without a reason, and none at all, come back with what was typed
        let lacking = mark(&mut first, &page, "4", " ");
        lacking.is_at(422, &format!("{page}/notes"));
        assert!(lacking.html.contains("href=\"#marks/project/justification\"") || lacking.html.contains("#marks&#x2f;project&#x2f;justification"));
        let recused = mark(&mut first, &page, "recused", "J'en suis membre.");
        recused.says("Votre évaluation est enregistrée.");
        let read = app.staff.get(&application).expect(200);
        assert_eq!(read["assessments"].as_array().unwrap().iter().filter(|it| it["recused"] == true).count(), 1);
    }

    fn changes_are_asked_for_field_by_field_and_come_back(app) {
        let association = app.association("Alpha");
        let application = submitted(&association, &programme(app));
        let page = page_of(&application);
        let mut staff = app.browser_of(&app.staff);
        let asking = staff.get(&format!("{page}/precisions"));
        let nothing = staff.submit_to(&asking, &format!("{page}/precisions"), &[]);
        nothing.is_at(422, &format!("{page}/precisions"));
        let sentence = "Décrivez concrètement ce que les personnes feront avec les appareils.";
        assert!(asking.html.contains(sentence));
        let bare = staff.submit(&asking, &[("items/4/field", "statement")]);
        bare.is_at(422, &format!("{page}/precisions"));
        let asked = staff.submit(&asking, &[
            ("items/4/field", "statement"), ("items/4/sentence", sentence),
            ("items/6/field", "beneficiaries_per_year"), ("items/6/message", "Par semaine ou par an ?"),
        ]);
        asked.is_at(200, &page).says("La demande est renvoyée").says(sentence);
        let mail = &app.mails_of("changes_requested")[0];
        assert_eq!(mail.data["items"].as_array().unwrap().len(), 2);
        // asked twice, by the back button: it is with the association now
        let again = staff.submit(&asking, &[("items/7/field", "site"), ("items/7/message", "Où ?")]);
        assert!([409, 412].contains(&again.status), "{}", again.status);

        association.patch(&application, json!({"statement": "Trois ateliers par semaine.", "beneficiaries_per_year": 300})).expect(200);
        association.post(&format!("{application}/submit"), Value::Null).expect(200);
        staff.get("/ville/demandes?answered=yes").says("Alpha");
        staff.get(&page).says("Corrigé").says("Précisions reçues");
        mark(&mut staff, &page, "4", "Clair maintenant.");
        staff.get("/ville/demandes?answered=yes").says("Aucune demande");
    }

    fn a_decision_says_what_is_in_its_way_and_is_taken_once(app) {
        let application = submitted(&app.association("Alpha"), &programme(app));
        let page = page_of(&application);
        let mut staff = app.browser_of(&app.staff);
        staff.get(&page).says("a encore évalué").says("Pas encore éligible");
        mark(&mut staff, &page, "4", "Solide.");
        let action = format!("{page}/decision");
        let shown = staff.get(&page);
        let stale = staff.get(&page);
        let lacking = staff.submit_to(&shown, &action, &[("outcome", "ineligible")]);
        lacking.is_at(422, &action).says("donnez au moins une raison");
        let done = staff.submit_to(&shown, &action, &[("outcome", "eligible")]);
        done.is_at(200, &page).says("La demande est éligible");
        // a double click, and the same form by the back button
        staff.submit_to(&shown, &action, &[("outcome", "eligible")]).is_at(200, &page);
        assert_eq!(app.mails_of("application_eligible").len(), 1);
        // a page that was opened before
        let late = staff.submit_to(&stale, &action, &[("outcome", "ineligible"), ("reasons", "Hors objet.")]);
        assert_eq!(late.status, 412);
        late.says("Une autre personne a changé cette demande");
        assert_eq!(app.staff.get(&application).expect(200)["status"], "eligible");
    }

    fn a_filter_that_there_is_not_leads_back_to_the_whole_list(app) {
        let mut staff = app.browser_of(&app.staff);
        for wrong in ["status=rien", "after=rien", "limit=9999"] {
            let page = staff.get(&format!("/ville/demandes?{wrong}"));
            assert_eq!(page.status, 422, "{wrong}");
            assert!(page.links().iter().any(|link| link == "/ville/demandes"), "{wrong}: {}", page.html);
        }
    }

    fn one_goes_through_a_filtered_list_without_going_back(app) {
        let programme = programme(app);
        let all: Vec<String> = ["Alpha", "Beta", "Gamma"]
            .iter()
            .map(|name| submitted(&app.association(name), &programme))
            .collect();
        assess(&app.staff, &all[1], 3);
        let mut staff = app.browser_of(&app.staff);
        let middle = staff.get(&format!("{}?status=submitted", page_of(&all[0])));
        let next = format!("{}?status=submitted", page_of(&all[2]));
        assert!(middle.links().contains(&next), "{:?}", middle.links());
        let action = format!("{}/attribution?status=submitted", page_of(&all[0]));
        let taken = staff.submit_to(&middle, &action, &[]);
        taken.is_at(200, &format!("{}?status=submitted", page_of(&all[0])));
        let table = staff.get("/ville/demandes?status=submitted&csv=fr");
        assert!(table.html.starts_with('\u{feff}') && table.html.contains("Gamma;submitted"), "{}", table.html);
        assert!(!table.html.contains("Beta"));
    }

    fn organisations_are_verified_beside_the_register_and_suspended_with_a_reason(app) {
        let made = crate::support::applications::register(
            app,
            json!({"name": "Clavier ouvert", "address": "1 rue de la Paix", "postal_code": "13003", "commune": "Marseille"}),
            "nadia@clavier.example",
        )
        .expect(201);
        let page = format!("/ville/organisations/{}", made["organisation"]["id"].as_str().unwrap());
        let mut staff = app.browser_of(&app.staff);
        staff.get("/ville/organisations?status=pending&q=clav").says("Clavier ouvert");
        let shown = staff.get(&page);
        shown.says("Aucun numéro donné");
        let verified = staff.submit_to(&shown, &format!("{page}/verification"), &[]);
        verified.is_at(200, &page).says("L’organisation est vérifiée.");
        let stale = staff.submit_to(&shown, &format!("{page}/suspension"), &[("reason", "Doublon.")]);
        assert_eq!(stale.status, 412);
        let lacking = staff.submit_to(&verified, &format!("{page}/suspension"), &[]);
        lacking.is_at(422, &format!("{page}/suspension"));
        let barred = staff.submit_to(&verified, &format!("{page}/suspension"), &[("reason", "Doublon.")]);
        barred.is_at(200, &page).says("Doublon.");
        let blank = staff.get("/ville/organisations/nouvelle");
        let wrong = staff.submit(&blank, &[("name", "Atelier neuf"), ("kind", "workshop"), ("postal_code", "1")]);
        wrong.is_at(422, "/ville/organisations/nouvelle").says("Un code postal a 5 chiffres");
        let entered = staff.submit(&wrong, &[("address", "Quai 3"), ("commune", "Marseille"), ("postal_code", "13002")]);
        entered.says("L’organisation est inscrite.").says("Atelier neuf");
        let invited = staff.submit_to(&entered, &format!("{}/membres", entered.path), &[("name", "Léa"), ("email", "lea@atelier.example")]);
        invited.says("L’invitation est partie.").says("lea@atelier.example");
        staff.get("/ville/recherche?q=atelier+neuf").says("Atelier neuf");
        staff.get("/ville/recherche?q=rien-de-tel").says("Rien de tel");
    }

    fn an_appeal_says_what_deciding_it_would_change(app) {
        let programme = programme(app);
        found_eligible(app, &app.association("Beta"), &programme, 5);
        let association = app.association("Alpha");
        let application = submitted(&association, &programme);
        app.staff.post(&decide(&application), ineligible()).expect(200);
        let appeal = association.post(&format!("{application}/appeals"), json!({"grounds": "Relisez."})).expect(201);
        let page = format!("/ville/recours/{}", appeal["id"].as_str().unwrap());
        let mut before = app.browser_of(&app.staff);
        before.get("/ville/recours?open=yes").says("Alpha");
        before.get(&page).says("Vous avez pris la décision contestée");
        let mut other = app.browser_of(&app.other_staff);
        other.get(&page).says("Ne peut pas être accepté pour l’instant");
        assess(&app.other_staff, &application, 4);
        let shown = other.get(&page);
        shown.says("elle serait au rang 2 sur 2").says("Hors objet.");
        let lacking = other.submit_to(&shown, &format!("{page}/decision"), &[("outcome", "overturned")]);
        lacking.is_at(422, &format!("{page}/decision"));
        let done = other.submit_to(&shown, &format!("{page}/decision"), &[("outcome", "overturned"), ("reasons", "Projet utile.\nLieu adapté.")]);
        done.is_at(200, &page).says("Le recours est accepté").says("Lieu adapté.");
        assert_eq!(app.staff.get(&application).expect(200)["status"], "eligible");
    }

    fn the_city_and_an_association_write_each_other_about_an_application(app) {
        let association = app.association("Alpha");
        let application = submitted(&association, &programme(app));
        let id = id_at(&application);
        let mut staff = app.browser_of(&app.staff);
        let page = staff.get(&format!("/ville/demandes/{id}/messages"));
        staff.submit(&page, &[("message", " ")]).is_at(422, &format!("/ville/demandes/{id}/messages"));
        staff.submit(&page, &[("message", "Qui vient le samedi ?\nCombien ?")]).says("Qui vient le samedi ?");
        let mails = app.mails_of("application_message");
        assert_eq!((mails.len(), &mails[0].data["to_city"]), (1, &json!(false)));
        let mut theirs = app.browser_of(&association);
        let reference = app.staff.get(&application).expect(200)["reference"].as_str().unwrap().to_owned();
        let thread = theirs.get(&format!("/aller/messages/{reference}"));
        thread.is_at(200, &format!("/demandes/{id}/messages")).says("Qui vient le samedi ?");
        app.staff.put(&format!("{application}/assignment"), json!({"person_id": app.staff.person})).expect(200);
        theirs.submit(&thread, &[("message", "Deux bénévoles.")]).says("Deux bénévoles.");
        let mails = app.mails_of("application_message");
        assert_eq!(mails.len(), 2, "whoever has the case hears of it, and nobody else");
        assert_eq!(app.staff.get(&format!("{application}/messages")).expect(200)["items"][1]["of_city"], false);
        app.association("Omega").get(&format!("{application}/messages")).refused(404, "not_found");
    }

    fn people_get_another_role_and_the_last_administrator_stays(app) {
        let mut admin = app.browser_of(&app.admin);
        admin.get("/ville/personnes").says(&name_of(&app.staff));
        app.browser_of(&app.staff).get("/ville/personnes").is_at(403, "/ville/personnes");
        let own = format!("/ville/personnes/{}", app.admin.person);
        let page = admin.get(&own);
        let last = admin.submit(&page, &[("role", "staff")]);
        last.is_at(409, &own).says("dernière personne");
        app.admin.patch(&format!("/users/{}", app.admin.person), json!({"disabled": true})).refused(409, "last_person");

        let theirs = format!("/ville/personnes/{}", app.staff.person);
        let page = admin.get(&theirs);
        admin.submit(&page, &[("disabled", "yes")]).says("Le compte est changé.");
        app.staff.get("/me").refused(401, "session_ended");
        let page = admin.get(&theirs);
        admin.submit(&page, &[("disabled", "no")]).says("Le compte est changé.");
        let stale = admin.submit(&page, &[("role", "admin"), ("disabled", "no")]);
        assert_eq!(stale.status, 412);
        let users = app.admin.get("/users").expect(200);
        assert!(items(&users).iter().all(|user| user["disabled"] == false));
        let wrong = app.admin.patch(&format!("/users/{}", app.staff.person), json!({"role": "donor"}));
        wrong.refused(422, "invalid_fields");

        // another administrator takes a fresh proof
        app.clock.advance_seconds(3_600);
        let page = admin.get("/ville/personnes/nouvelle");
        let asked = admin.submit(&page, &[("name", "Ada"), ("email", "ada@ville.example"), ("role", "admin")]);
        asked.is_at(422, "/ville/personnes/nouvelle");
        asked.says("Confirmez votre mot de passe");
        let plain = admin.submit(&page, &[("name", "Ada"), ("email", "ada@ville.example"), ("role", "staff")]);
        plain.says("L’invitation est partie.");
    }

    fn an_administrator_signs_somebody_out_everywhere(app) {
        let mut lost = app.browser_of(&app.staff);
        lost.get("/ville").is_at(200, "/ville");
        let mut admin = app.browser_of(&app.admin);
        let theirs = format!("/ville/personnes/{}", app.staff.person);
        let page = admin.get(&theirs);
        let done = admin.submit_to(&page, &format!("{theirs}/deconnecter"), &[]);
        done.is_at(200, &theirs).says("déconnectée partout");
        lost.get("/ville").is_at(200, "/connexion?next=%2Fville");
        app.staff.get("/me").refused(401, "session_ended");
        app.browser_of(&app.staff).get("/ville").is_at(200, "/ville");
        // whoever they act for
        app.admin.delete(&format!("/users/{}/sessions", app.donor.person)).expect(204);
        app.donor.get("/me").refused(401, "session_ended");
        app.admin.delete(&format!("/users/{}/sessions", app.donor.organisation)).refused(404, "not_found");
    }

    fn a_programme_changes_while_it_runs_and_those_who_apply_hear_of_it(app) {
        let mut staff = app.browser_of(&app.staff);
        let blank = staff.get("/ville/programmes/nouveau");
        let fields = [
            ("name", "Marseille 2024"), ("rubric", "marseille-2023"), ("kinds", "desktop"), ("kinds", "laptop"), ("lot_min", "10"),
            ("lot_max", "1\u{202f}000"), ("territory", "13055"), ("follow_up_months", "12"),
            ("opens_day", "1"), ("opens_month", "2"), ("opens_year", "2023"),
            ("closes_day", "31"), ("closes_month", "3"), ("closes_year", "2023"), ("closes_time", "12 h"),
        ];
        let wrong = staff.submit(&blank, &[&fields[..], &[("closes_day", "32")]].concat());
        wrong.is_at(422, "/ville/programmes/nouveau").says("Écrivez un jour qui existe");
        staff.submit(&blank, &fields).says("Le programme est créé.");
        let made = app.staff.get("/programmes").expect(200)["items"][0].clone();
        assert_eq!((&made["lot_max"], &made["closes_at"]), (&json!(1000), &json!("2023-03-31T10:00:00Z")));
        let id = made["id"].as_str().unwrap();
        let association = app.association("Alpha");
        crate::support::applications::draft(&association, id);
        let page = staff.get(&format!("/ville/programmes/{id}"));
        page.says("remplissent en ce moment : 1");
        let saved = staff.submit(&page, &[("closes_day", ""), ("closes_month", ""), ("closes_year", ""), ("closes_time", ""), ("lot_max", "30")]);
        saved.says("Le programme est changé");
        let now = app.staff.get(&format!("/programmes/{id}")).expect(200);
        assert_eq!((&now["lot_max"], &now["closes_at"]), (&json!(30), &Value::Null));
        let mails = app.mails_of("programme_changed");
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].data["changes"].as_array().unwrap().len(), 2);
        // the same by the API: null clears, what is absent stays, nothing changed tells nobody
        let again = app.staff.patch(&format!("/programmes/{id}"), json!({"closes_at": null})).expect(200);
        assert_eq!((&again["version"], &again["lot_min"]), (&now["version"], &json!(10)));
        let cleared = app.staff.patch(&format!("/programmes/{id}"), json!({"territory": null})).expect(200);
        assert_eq!(cleared["territory"], "");
        app.staff.patch(&format!("/programmes/{id}"), json!({"lotmin": 3})).refused(422, "unknown_field");
        app.staff.patch(&format!("/programmes/{id}"), json!({"lot_max": 3})).refused(422, "invalid_fields");
        staff.get(&format!("/ville/programmes/{id}/grille?rubric=marseille-2023")).says("rien ne change");
    }

    fn the_log_is_read_by_reference_and_exported(app) {
        let application = submitted(&app.association("Alpha"), &programme(app));
        app.staff.get(&application).expect(200);
        let reference = app.staff.get(&application).expect(200)["reference"].as_str().unwrap().to_owned();
        let mut staff = app.browser_of(&app.staff);
        staff.get(&format!("/ville/journal?subject={}", reference.to_lowercase())).says("A vu une demande");
        staff.get("/ville/journal?subject=D-1999-1").says("Numéro inconnu");
        let table = staff.get("/ville/journal?csv=fr");
        assert!(table.html.contains("get_applications_id"), "{}", table.html);
        for list in ["obligations", "notifications", "waves", "programmes", "appeals", "registration-cases", "audit"] {
            let table = app.staff.with_header("accept", "text/csv").get(&format!("/{list}"));
            assert_eq!((table.status, table.header("content-type")), (200, "text/csv; charset=utf-8"), "{list}");
            let french = app.staff.get(&format!("/{list}?csv=fr"));
            assert!(french.text().starts_with('\u{feff}') && french.text().contains(';'), "{list}");
        }
    }
}

both_engines! {
    fn a_page_of_one_thing_does_not_answer_for_another(app) {
        // two buttons of one page are two requests, also by the back button
        let programme = programme(app);
        let (alpha, beta) = (submitted(&app.association("Alpha"), &programme), submitted(&app.association("Beta"), &programme));
        let mut staff = app.browser_of(&app.staff);
        let page = staff.get(&page_of(&alpha));
        let key = page.value("idempotency_key");
        let me = app.staff.person.clone();
        for application in [&alpha, &beta] {
            let fields = [("idempotency_key".to_owned(), key.clone()), ("person_id".to_owned(), me.clone())];
            assert_eq!(staff.post(&format!("{}/attribution", page_of(application)), &fields).status, 303);
        }
        let found = app.staff.get(&format!("/applications?assigned_to={me}")).expect(200);
        assert_eq!(items(&found).len(), 2);
    }
}
