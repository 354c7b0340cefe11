//! What happens around an application: registers, colleagues, documents, changes, deadlines,
//! appeals, obligations, rankings, another rubric; and who never sees any of it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use identity::OrganisationKind;
use identity::register::{Waldec, finish_load, put_entries};
use support::waves::Stage;
use testkit::{Client, Role, TestApp, Value, both_engines, json};

const DAY: i64 = 86_400;
const PDF: &[u8] = b"%PDF-1.7\nstatuts";
const REGISTER: &str = "id;siret;titre;position;date_disso;adrs_numvoie;adrs_typevoie;adrs_libvoie;adrs_codeinsee;adrs_codepostal;adrs_libcommune\n\
    W133971864;73282932000074;LES MOUETTES RIEUSES;A;0001-01-01;12;RUE;DE L'ÉVÊCHÉ;13055;13002;Marseille\n\
    W133000001;;LES ANCIENNES;D;2018-05-04;1;RUE;X;13055;13003;Marseille\n";

fn programme(app: &TestApp, over: Value) -> String {
    let mut body = json!({
        "name": "Marseille – Orange 2023", "rubric": "marseille-2023", "kinds": ["desktop", "laptop"],
        "lot_min": 10, "lot_max": 30, "opens_at": "2023-02-01T00:00:00Z", "closes_at": null, "territory": "13055",
    });
    for (key, value) in over.as_object().unwrap() {
        body[key] = value.clone();
    }
    id(&app.staff.post("/programmes", body).expect(201))
}

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

fn form() -> Value {
    json!({
        "requests": [{"kind": "desktop", "quantity": 20, "accepts": ["laptop"]}],
        "purpose": "new_project", "themes": ["precarity", "employment"], "beneficiaries_per_year": 200,
        "site": {"address": "1 rue de la Paix", "postal_code": "13015"},
        "trained_staff": true, "own_use": 1, "statement": "Un atelier d'initiation.",
        "commitments": {"republican_contract": true, "no_resale": true, "follow_up": true},
    })
}

fn draft(client: &Client, programme: &str) -> String {
    let made = client.post(&format!("/programmes/{programme}/applications"), form());
    format!("/applications/{}", id(&made.expect(201)))
}

fn submitted(client: &Client, programme: &str) -> String {
    let path = draft(client, programme);
    client
        .post(&format!("{path}/submit"), Value::Null)
        .expect(200);
    path
}

fn assess(client: &Client, path: &str, points: i64) {
    let mark = json!({"points": points, "justification": "Projet solide."});
    client
        .put(&format!("{path}/assessments/project"), mark)
        .expect(200);
}

fn eligible(app: &TestApp, client: &Client, programme: &str, points: i64) -> String {
    let path = submitted(client, programme);
    assess(&app.staff, &path, points);
    assess(&app.other_staff, &path, points);
    app.staff
        .post(&format!("{path}/decide"), json!({"outcome": "eligible"}))
        .expect(200);
    path
}

fn load_register(app: &TestApp) {
    app.write(|tx| {
        let mut waldec = Waldec::open(REGISTER.as_bytes()).unwrap();
        put_entries(tx, "rna.csv", &waldec.next_entries(100).unwrap())?;
        finish_load(tx, "rna.csv")
    });
}

fn register(app: &TestApp, organisation: Value, email: &str) -> testkit::Reply {
    let person = json!({"name": "Nadia", "email": email});
    app.anyone.post(
        "/registrations",
        json!({"organisation": organisation, "person": person}),
    )
}

/// Days later, everyone's token has expired: the same people sign in again.
fn later(app: &TestApp, days: i64, people: &[&Client]) -> Vec<Client> {
    app.clock.advance_seconds(days * DAY);
    people
        .iter()
        .map(|client| {
            let role = if client.organisation == app.staff.organisation {
                Role::Staff
            } else {
                Role::Association
            };
            app.person(client.organisation.parse().unwrap(), role, "Encore")
        })
        .collect()
}

fn remind(app: &TestApp) -> usize {
    app.write(eligibility::remind)
}

both_engines! {
    fn association_dissolved_and_what_else_the_register_says(app) {
        load_register(app);
        load_register(app); // doing it twice changes nothing
        let bare = json!({"name": "les mouettes", "rna": "w133971864", "address": "", "postal_code": "", "commune": ""});
        let made = register(app, bare, "nadia@mouettes.example").expect(201);
        let organisation = &made["organisation"];
        assert_eq!(organisation["status"], "verified");
        assert_eq!((&organisation["name"], &organisation["siret"]), (&json!("LES MOUETTES RIEUSES"), &json!("73282932000074")));
        assert_eq!((&organisation["address"], &organisation["commune_code"]), (&json!("12 RUE DE L'ÉVÊCHÉ"), &json!("13202")));
        assert_eq!(organisation["register_check"]["given_name"], "les mouettes");
        let place = |rna: &str| json!({"name": "X", "rna": rna, "address": "1 rue X", "postal_code": "13003", "commune": "Marseille"});
        let problem = register(app, place("W133000001"), "a@x.example").refused(409, "association_dissolved");
        assert!(problem["detail"].as_str().unwrap().contains("04/05/2018"), "{problem}");
        let made = register(app, place("W139999999"), "b@x.example").expect(201);
        assert_eq!(made["organisation"]["status"], "pending");
        assert_eq!(made["organisation"]["register_check"]["answer"], "not_found");
        // neither RNA nor SIRET, and by SIRET alone
        let neither = json!({"name": "Sans numéro", "address": "1 rue X", "postal_code": "13003", "commune": "Marseille"});
        assert_eq!(register(app, neither, "c@x.example").expect(201)["organisation"]["status"], "pending");
        let by_siret = json!({"name": "Mouettes", "siret": "73282932000074", "address": "", "postal_code": "", "commune": ""});
        register(app, by_siret, "d@x.example").refused(409, "already_registered");
    }

    fn two_registrations_of_one_association_are_one_case(app) {
        load_register(app);
        let mouettes = || json!({"name": "Mouettes", "rna": "W133971864", "address": "1 quai", "postal_code": "13002", "commune": "Marseille"});
        register(app, mouettes(), "a@mouettes.example").expect(201);
        for _ in 0..2 {
            register(app, mouettes(), "b@mouettes.example").refused(409, "already_registered");
        }
        let open = || app.staff.get("/registration-cases?status=open").expect(200)["items"].as_array().unwrap().clone();
        let cases = open();
        assert_eq!((cases.len(), cases[0]["kind"].as_str(), cases[0]["email"].as_str()),
            (1, Some("same_identifier"), Some("b@mouettes.example")));
        assert_eq!(app.mails_of("registration_twice").len(), 3);
        let settle = |case: &Value, outcome: &str| app.staff.post(
            &format!("/registration-cases/{}/settle", id(case)), json!({"outcome": outcome, "note": "Vu au téléphone."}));
        settle(&cases[0], "merge").refused(422, "invalid_fields");
        settle(&cases[0], "join").expect(200);
        settle(&cases[0], "dismiss").refused(409, "case_closed");
        assert_eq!(app.mails_of("invitation")[0].to, "b@mouettes.example");

        // the same name at the same place: both are taken, staff make them one
        let programme = programme(app, json!({}));
        let club = || json!({"name": "Club  Numérique", "address": "1 rue X", "postal_code": "13005", "commune": "Marseille"});
        let first = register(app, club(), "un@club.example").expect(201)["organisation"].clone();
        let second = register(app, club(), "deux@club.example").expect(201)["organisation"].clone();
        let member = app.person(id(&second).parse().unwrap(), Role::Association, "Deux");
        let path = submitted(&member, &programme);
        let cases = open();
        assert_eq!((cases.len(), cases[0]["kind"].as_str()), (1, Some("same_name")));
        settle(&cases[0], "merge").expect(200);
        assert_eq!(app.staff.get(&path).expect(200)["association_id"], first["id"]);
        assert_eq!(app.staff.get(&format!("/organisations/{}", id(&second))).expect(200)["status"], "dissolved");
        member.patch(&path, json!({"own_use": 0})).refused(401, "session_ended");
        let people = app.staff.get(&format!("/organisations/{}/people", id(&first))).expect(200);
        assert_eq!(people["items"].as_array().unwrap().len(), 3);
    }

    fn last_person_stays_and_who_applied_may_leave(app) {
        let programme = programme(app, json!({}));
        let (nadia, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let people = format!("/organisations/{}/people", nadia.organisation);
        let path = submitted(&nadia, &programme);
        nadia.delete(&format!("{people}/{}", nadia.person)).refused(409, "last_person");
        let colleague = json!({"name": "Karim", "email": "karim@clavier.example"});
        other.post(&people, colleague.clone()).refused(404, "not_found");
        other.get(&people).refused(404, "not_found");
        other.delete(&format!("{people}/{}", nadia.person)).refused(404, "not_found");
        let karim = nadia.post(&people, colleague).expect(201);
        assert_eq!(karim["role"], "association");
        app.staff.post(&format!("/organisations/{}/people", app.staff.organisation),
            json!({"name": "X", "email": "x@ville.example"})).refused(403, "not_allowed");
        let second = app.person(nadia.organisation.parse().unwrap(), Role::Association, "Karim");
        nadia.delete(&format!("{people}/{}", nadia.person)).expect(204);
        nadia.post(&format!("{path}/withdraw"), Value::Null).refused(401, "session_ended");
        assert_eq!(second.get(&path).expect(200)["created_by"], nadia.person.as_str());
        let list = second.get(&people).expect(200);
        let left = list["items"].as_array().unwrap().iter().find(|p| p["id"] == nadia.person.as_str()).unwrap();
        assert_eq!(left["disabled"], true);
        second.post(&format!("{path}/withdraw"), Value::Null).expect(200);
        // withdrawn: mails go to whoever is there
        assert!(app.mails_of("application_withdrawn").iter().all(|mail| !left["email"].as_str().unwrap().contains(&mail.to)));
    }

    fn lists_come_from_the_configuration(app) {
        let lists = app.anyone.get("/lists").expect(200);
        assert!(lists["labels"].as_array().unwrap().iter().any(|label| label["code"] == "france_services"));
        assert_eq!(lists["commitments"]["version"], "2023-1");
        let programme = programme(app, json!({}));
        let association = app.association("Clavier ouvert");
        let path = draft(&association, &programme);
        let patch = json!({"labels": ["aidants_connect"], "publics": ["families"], "site": {"kind": "social_center"}});
        let read = association.patch(&path, patch).expect(200);
        assert_eq!((&read["labels"][0], &read["site"]["kind"], &read["site"]["postal_code"]),
            (&json!("aidants_connect"), &json!("social_center"), &json!("13015")));
        let problem = association.patch(&path, json!({"labels": ["gold"]})).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/labels");
    }

    fn document_not_accepted_and_who_reads_documents(app) {
        let programme = programme(app, json!({}));
        let (owner, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let path = draft(&owner, &programme);
        let documents = format!("{path}/documents");
        let send = |client: &Client, query: &str, bytes: &[u8]| client.send("POST", &format!("{documents}{query}"), "application/pdf", bytes);
        let made = send(&owner, "?kind=statutes&name=..%2FStatuts%20%C3%A9t%C3%A9.pdf", PDF).expect(201);
        assert_eq!((&made["media_type"], &made["name"], &made["scanned"]),
            (&json!("application/pdf"), &json!("Statuts été.pdf"), &json!(false)));
        send(&owner, "", b"MZ program").refused(415, "document_not_accepted");
        send(&owner, "", b"").refused(415, "document_not_accepted");
        send(&owner, "?kind=photo", PDF).refused(422, "invalid_fields");
        let mut large = PDF.to_vec();
        large.resize((10 << 20) + 1, b' ');
        send(&owner, "", &large).refused(413, "too_large");
        large.truncate(10 << 20);
        send(&owner, "?name=grand.pdf", &large).expect(201);
        let one = format!("/documents/{}", id(&made));
        for reader in [&owner, &app.staff, &app.admin] {
            let read = reader.get(&one);
            assert_eq!((read.status, read.body.as_slice(), read.header("content-type")), (200, PDF, "application/pdf"));
            assert!(read.header("content-disposition").starts_with("attachment"), "{}", read.header("content-disposition"));
            assert_eq!(reader.get(&documents).expect(200)["items"].as_array().unwrap().len(), 2);
        }
        // the other association keeps the same content and still does not reach this one
        let theirs = draft(&other, &programme);
        other.send("POST", &format!("{theirs}/documents"), "application/pdf", PDF).expect(201);
        other.get(&one).refused(404, "not_found");
        other.get(&documents).refused(404, "not_found");
        other.delete(&one).refused(404, "not_found");
        send(&other, "", PDF).refused(404, "not_found");
        app.donor.get(&one).refused(403, "not_allowed");
        app.anyone.get(&one).refused(401, "not_authenticated");
        owner.post(&format!("{path}/submit"), Value::Null).expect(200);
        owner.delete(&one).refused(409, "application_not_editable");
        app.staff.post(&format!("{path}/request-changes"),
            json!({"items": [{"field": "statuts", "message": "Joignez les statuts signés."}]})).expect(200);
        send(&owner, "?kind=statutes&name=signes.pdf", PDF).expect(201);
        let read = owner.get(&path).expect(200);
        assert_eq!(read["changes"]["items"][0]["resolved"]["how"], "document");
        owner.delete(&one).expect(204);
        owner.get(&one).refused(404, "not_found");
    }

    fn changes_open_until_resolved_one_by_one(app) {
        let programme = programme(app, json!({}));
        let (association, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let path = submitted(&association, &programme);
        association.post(&format!("{path}/changes/1/resolve"), json!({"answer": "x"})).refused(409, "application_step_not_allowed");
        app.staff.post(&format!("{path}/request-changes"), json!({"items": [
            {"field": "/site/postal_code", "reason": "Le 13015 est-il juste ?", "message": "Confirmez le code postal."},
            {"field": "statement", "message": "Décrivez les ateliers."},
            {"field": "statuts", "message": "Parlez-nous des statuts."}]})).expect(200);
        let problem = association.post(&format!("{path}/submit"), Value::Null).refused(409, "changes_open");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
        assert_eq!(problem["errors"][0]["pointer"], "/changes/items/0");
        // the same value again is an answer, too
        association.patch(&path, json!({"site": {"postal_code": "13015"}})).expect(200);
        association.post(&format!("{path}/changes/9/resolve"), json!({"answer": "x"})).refused(404, "unknown_item");
        association.post(&format!("{path}/changes/2/resolve"), json!({})).refused(422, "invalid_fields");
        other.post(&format!("{path}/changes/2/resolve"), json!({"answer": "x"})).refused(404, "not_found");
        association.post(&format!("{path}/changes/2/resolve"), json!({"answer": "Deux ateliers par semaine."})).expect(200);
        let sent = association.post(&format!("{path}/submit"), Value::Null).expect(200);
        let how: Vec<_> = sent["changes"]["items"].as_array().unwrap().iter().map(|item| item["resolved"]["how"].as_str().unwrap()).collect();
        assert_eq!(how, ["changed", "answered", "submitted"]);
        assert_eq!(app.staff.get(&path).expect(200)["changes"]["items"][1]["resolved"]["answer"], "Deux ateliers par semaine.");
    }

    fn staff_take_a_late_application_and_the_record_says_so(app) {
        let closing = programme(app, json!({"closes_at": "2023-02-28T09:05:00Z"}));
        let association = app.association("Clavier ouvert");
        let path = draft(&association, &closing);
        app.clock.advance_seconds(301);
        association.post(&format!("{path}/submit"), Value::Null).refused(409, "programme_closed");
        let sent = app.staff.post(&format!("{path}/submit"), Value::Null).expect(200);
        assert_eq!((&sent["late"], &sent["assisted"]), (&json!(true), &json!(false)));
        let mut body = form();
        body["association_id"] = json!(app.association("Souris grise").organisation);
        let made = app.staff.post(&format!("/programmes/{closing}/applications"), body).expect(201);
        let sent = app.staff.post(&format!("/applications/{}/submit", id(&made)), Value::Null).expect(200);
        assert_eq!((&sent["late"], &sent["assisted"]), (&json!(true), &json!(true)));
        assert_eq!(app.mails_of("application_received").last().unwrap().data["assisted"], true);
    }

    fn reminders_come_once_and_silence_decides(app) {
        let closing = programme(app, json!({"closes_at": "2023-03-10T00:00:00Z"}));
        let open = programme(app, json!({"name": "Ouvert"}));
        let association = app.association("Clavier ouvert");
        draft(&association, &closing);
        let waiting = submitted(&association, &open);
        assert_eq!(remind(app), 0);
        let who = later(app, 3, &[&app.staff]); // a week before the deadline
        assert_eq!((remind(app), remind(app)), (1, 0));
        assert_eq!(app.mails_of("application_reminder")[0].data["about"], "deadline");
        let changes = json!({"items": [{"field": "statement", "message": "Plus long."}]});
        who[0].post(&format!("{waiting}/request-changes"), changes).expect(200);
        let who = later(app, 15, &[&association]);
        assert_eq!((remind(app), remind(app)), (1, 0));
        assert_eq!(app.mails_of("application_reminder")[1].data["about"], "changes");
        who[0].patch(&waiting, json!({"statement": "Bien plus long."})).expect(200);
        let sent = who[0].post(&format!("{waiting}/submit"), Value::Null).expect(200);
        assert_eq!(sent["silence_at"], "2023-05-13T09:00:00Z"); // it stood still for 15 days
        later(app, 46, &[]); // 3 May
        assert_eq!((remind(app), remind(app)), (1, 0));
        assert!(!app.mails_of("silence_near").is_empty() && app.mails_of("silence_decided").is_empty());
        later(app, 10, &[]);
        assert_eq!((remind(app), remind(app)), (1, 0));
        assert!(app.mails_of("silence_decided").iter().all(|mail| mail.data["silence_at"] == "2023-05-13T09:00:00Z"));
    }

    fn appeals_are_treated_by_somebody_else(app) {
        let programme = programme(app, json!({}));
        let (association, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let path = draft(&association, &programme);
        association.patch(&path, json!({"site": {"postal_code": "13104", "commune": "Arles"}})).expect(200);
        association.post(&format!("{path}/submit"), Value::Null).expect(200);
        let appeals = format!("{path}/appeals");
        let grounds = json!({"grounds": "L'atelier se tient bien à Marseille."});
        association.post(&appeals, grounds.clone()).refused(409, "appeal_not_possible");
        app.staff.post(&format!("{path}/decide"), json!({"outcome": "ineligible", "reasons": ["Hors de Marseille."]})).expect(200);
        other.post(&appeals, grounds.clone()).refused(404, "not_found");
        association.post(&appeals, json!({"grounds": " "})).refused(422, "invalid_fields");
        let appeal = association.post(&appeals, grounds.clone()).expect(201);
        assert_eq!((&appeal["reference"], &appeal["contested"]), (&json!("R-2023-0001"), &json!("refusal")));
        assert_eq!(appeal["silence_at"], "2023-04-28T09:00:00Z");
        association.post(&appeals, grounds).refused(409, "appeal_exists");
        assert_eq!(app.mails_of("appeal_received").len(), 1);
        assert_eq!(app.mails_of("appeal_to_review").len(), 2); // not to who decided
        let one = format!("/appeals/{}", id(&appeal));
        other.get(&one).refused(404, "not_found");
        assert_eq!(other.get("/appeals").expect(200)["items"], json!([]));
        assert_eq!(other.get(&format!("/appeals?application_id={}", appeal["application_id"].as_str().unwrap())).expect(200)["items"], json!([]));
        assert_eq!(app.staff.get("/appeals?open=true").expect(200)["items"][0]["association"], "Clavier ouvert");
        association.post(&format!("{one}/decide"), json!({"outcome": "overturned"})).refused(403, "not_allowed");
        let overturn = json!({"outcome": "overturned", "reasons": ["Le lieu est à Marseille."]});
        app.staff.post(&format!("{one}/decide"), overturn.clone()).refused(409, "same_person");
        app.other_staff.post(&format!("{one}/decide"), json!({"outcome": "overturned"})).refused(422, "invalid_fields");
        app.other_staff.post(&format!("{one}/decide"), overturn.clone()).refused(409, "assessment_missing");
        assess(&app.other_staff, &path, 4); // open again while the appeal is
        let decided = app.other_staff.post(&format!("{one}/decide"), overturn.clone()).expect(200);
        assert_eq!(decided["decided_by"], app.other_staff.person.as_str());
        app.other_staff.post(&format!("{one}/decide"), overturn).expect(200);
        app.other_staff.post(&format!("{one}/decide"), json!({"outcome": "upheld", "reasons": ["Non."]})).refused(409, "appeal_decided");
        assert_eq!(app.mails_of("appeal_decided").len(), 1);
        assert_eq!(association.get(&path).expect(200)["status"], "eligible");
        // it enters the next wave
        let wanted = programme.parse().unwrap();
        assert_eq!(app.read(move |db| eligibility::candidates(db, wanted)).len(), 1);
    }

    fn appeal_too_late_and_appeals_against_silence(app) {
        let programme = programme(app, json!({}));
        let (refused, ignored) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let path = submitted(&refused, &programme);
        let silent = submitted(&ignored, &programme);
        app.staff.post(&format!("{path}/decide"), json!({"outcome": "ineligible", "reasons": ["Non."]})).expect(200);
        let who = later(app, 60, &[&refused, &ignored, &app.staff]); // 29 April
        let grounds = || json!({"grounds": "Nous demandons un nouvel examen."});
        let late = who[0].post(&format!("{path}/appeals"), grounds()).refused(409, "appeal_too_late");
        assert!(late["detail"].as_str().unwrap().contains("28/04/2023"));
        let appeal = who[1].post(&format!("{silent}/appeals"), grounds()).expect(201);
        assert_eq!((&appeal["contested"], &appeal["contested_by"]), (&json!("silence"), &Value::Null));
        let reasons = json!({"outcome": "upheld", "reasons": ["Le projet est hors du champ."]});
        who[2].post(&format!("/appeals/{}/decide", id(&appeal)), reasons).expect(200);
        let read = who[1].get(&silent).expect(200);
        assert_eq!((&read["status"], &read["reasons"]), (&json!("ineligible"), &json!(["Le projet est hors du champ."])));
    }

    fn obligations_count_against(app) {
        let programme = programme(app, json!({"rubric": "marseille-2024"}));
        let (association, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let path = submitted(&association, &programme);
        let obligations = format!("/organisations/{}/obligations", association.organisation);
        let past = || {
            let score = app.staff.get(&format!("{path}/score")).expect(200);
            let criteria = score["criteria"].as_array().unwrap().clone();
            let it = criteria.into_iter().find(|c| c["code"] == "past_obligations").unwrap();
            (it["points"].as_i64().unwrap(), it["explanation"].as_str().unwrap().to_owned(), it["change"].as_str().unwrap().to_owned())
        };
        assert_eq!(past().0, 10_000);
        let owe = |due: &str| json!({"what": "Bilan d'usage du lot de 2022", "due_at": due});
        let made = app.staff.post(&obligations, owe("2023-02-01T00:00:00Z")).expect(201);
        app.staff.post(&obligations, owe("2023-12-01T00:00:00Z")).expect(201);
        let (points, explanation, change) = past();
        assert_eq!(points, 5000);
        assert!(explanation.starts_with("Un suivi en retard."), "{explanation}");
        assert_eq!(change, "Sans suivi en retard, ce critère aurait compté pour 10 points au lieu de 5.");
        association.post(&obligations, owe("2023-12-01T00:00:00Z")).refused(403, "not_allowed");
        other.get(&obligations).refused(404, "not_found");
        assert_eq!(association.get(&obligations).expect(200)["items"].as_array().unwrap().len(), 2);
        app.staff.post(&format!("/organisations/{}/obligations", app.donor.organisation), owe("2023-12-01T00:00:00Z")).refused(404, "not_found");
        app.staff.post(&format!("/obligations/{}/meet", id(&made)), Value::Null).expect(200);
        app.staff.post(&format!("/obligations/{}/meet", id(&made)), Value::Null).refused(409, "obligation_met");
        assert_eq!(past().0, 10_000);
    }

    fn the_ranking_has_its_distribution_filters_and_csv(app) {
        let programme = programme(app, json!({}));
        let (best, worst, waiting) = (app.association("Éveil numérique"), app.association("Souris grise"), app.association("Clavier ouvert"));
        let last = eligible(app, &worst, &programme, 1);
        let first = eligible(app, &best, &programme, 5);
        let undecided = submitted(&waiting, &programme);
        assess(&app.staff, &undecided, 3);
        let path = format!("/programmes/{programme}/ranking");
        let ranking = app.staff.get(&path).expect(200);
        assert_eq!((&ranking["ranked"], &ranking["version"]), (&json!(2), &json!("1")));
        let order: Vec<_> = ranking["items"].as_array().unwrap().iter().map(|it| format!("/applications/{}", it["application_id"].as_str().unwrap())).collect();
        assert_eq!(order, [first, last]);
        let counted: i64 = ranking["distribution"].as_array().unwrap().iter().map(|band| band["count"].as_i64().unwrap()).sum();
        assert_eq!(counted, 2);
        let found = |query: &str| app.staff.get(&format!("{path}?{query}")).expect(200)["items"].as_array().unwrap().clone();
        assert_eq!((found("q=eveil").len(), found("q=souris")[0]["rank"].as_i64()), (1, Some(2)));
        assert_eq!((found("theme=exclusion").len(), found("theme=precarity&postal_code=1301").len()), (0, 2));
        let score = ranking["items"][0]["score"].as_i64().unwrap();
        assert_eq!((found(&format!("min_score={score}")).len(), found(&format!("max_score={}", score - 1)).len()), (1, 1));
        let check = found("provisional=true&to_check=true");
        assert_eq!((check.len(), &check[0]["provisional"], &check[0]["rank"]), (1, &json!(true), &json!(2)));
        let page = app.staff.get(&format!("{path}?limit=1")).expect(200);
        assert_eq!(app.staff.get(&format!("{path}?limit=1&after={}", page["next"])).expect(200)["items"][0]["rank"], 2);
        let table = app.staff.with_header("accept", "text/csv").get(&format!("{path}?q=eveil")).text();
        assert!(table.starts_with("rank,score,reference,association") && table.contains(",Éveil numérique,eligible,"), "{table}");
        assert_eq!(table.lines().count(), 2);
        best.get(&path).refused(403, "not_allowed");
    }

    fn rubric_unchanged_or_side_by_side_and_never_an_approved_wave(app) {
        let stage = Stage::set(app, &[("Clavier ouvert", 10, 6000), ("Souris grise", 10, 5000)], 20);
        let wave = stage.approved_wave(app, "Vague 1");
        let lines = app.staff.get(&format!("{wave}/lines")).expect(200);
        let explanation = format!("{wave}/lines/{}/explanation", stage.applications[0]);
        let explained = app.staff.get(&explanation).expect(200);
        let path = format!("/programmes/{}", stage.programme);
        let choice = |rubric: &str| json!({"rubric": rubric});
        let compare = format!("{path}/rubric/compare");
        let score = format!("/applications/{}/score", stage.applications[0]);
        let before = app.staff.get(&score).expect(200);
        let same = app.staff.post(&compare, choice("marseille-2023")).expect(200);
        assert_eq!((&same["moved"], &same["items"][0]["because"]), (&json!(0), &json!([])));
        let other = app.staff.post(&compare, choice("marseille-2024")).expect(200);
        let because = other["items"][0]["because"].as_array().unwrap();
        assert!(because.iter().any(|it| it["criterion"] == "past_obligations" && it["old"].is_null() && it["new"] == 1000), "{other}");
        assert_eq!((&other["old"]["rubric"], &other["new"]["rubric"]), (&json!("marseille-2023"), &json!("marseille-2024")));
        let table = app.staff.with_header("accept", "text/csv").post(&compare, choice("marseille-2024")).text();
        assert!(table.contains("past_obligations →1000"), "{table}");
        assert_eq!(app.staff.get(&score).expect(200), before); // nothing was stored
        stage.clients[0].post(&compare, choice("marseille-2024")).refused(403, "not_allowed");
        app.staff.put(&format!("{path}/rubric"), choice("marseille-2023")).refused(409, "rubric_unchanged");
        app.staff.put(&format!("{path}/rubric"), choice("lyon")).refused(422, "invalid_fields");
        app.staff.with_header("if-match", "\"9\"").put(&format!("{path}/rubric"), choice("marseille-2024")).refused(412, "stale_version");
        app.staff.put(&format!("{path}/rubric"), choice("marseille-2024")).expect(200);
        let after = app.staff.get(&score).expect(200);
        assert_eq!((&after["rubric"], &after["provisional"]), (&json!("marseille-2024"), &json!(false)));
        assert_eq!(app.staff.get(&path).expect(200)["rubric"], "marseille-2024");
        assert_eq!(app.staff.get(&format!("{wave}/lines")).expect(200), lines);
        assert_eq!(app.staff.get(&explanation).expect(200), explained);
        let (person, organisation, wanted) = (app.staff.person.parse().unwrap(), app.staff.organisation.parse().unwrap(),
            stage.applications[0].parse().unwrap());
        let actor = kernel::Actor { person, role: Role::Staff, organisation, session: None };
        assert!(app.read(move |db| eligibility::recompute(db, &actor, wanted)));
    }

    fn lot_reserved_is_not_withdrawn(app) {
        let stage = Stage::set(app, &[("Clavier ouvert", 10, 6000)], 10);
        stage.approved_wave(app, "Vague 1");
        let path = format!("/applications/{}/withdraw", stage.applications[0]);
        let problem = stage.clients[0].post(&path, Value::Null).refused(409, "lot_reserved");
        assert!(problem["detail"].as_str().unwrap().starts_with("10 appareils"));
    }

    fn an_association_suspended_meanwhile_is_out(app) {
        let programme = programme(app, json!({}));
        let organisation = app.organisation(OrganisationKind::Association, "Les Mouettes");
        let association = app.person(organisation, Role::Association, "Nadia");
        let path = submitted(&association, &programme);
        assess(&app.staff, &path, 5);
        app.staff.post(&format!("/organisations/{organisation}/suspend"), json!({"reason": "Enquête."})).expect(200);
        association.post(&format!("{path}/withdraw"), Value::Null).refused(409, "organisation_suspended");
        association.send("POST", &format!("{path}/documents"), "application/pdf", PDF).refused(409, "organisation_suspended");
        app.staff.post(&format!("{path}/decide"), json!({"outcome": "eligible"})).refused(409, "organisation_suspended");
        app.staff.post(&format!("{path}/decide"), json!({"outcome": "ineligible", "reasons": ["Suspendue."]})).expect(200);
    }
}
