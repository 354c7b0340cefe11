//! What staff do: ask for changes, assess, decide; and what becomes of an association that is
//! suspended meanwhile.

use identity::OrganisationKind;
use testkit::{Client, Role, Value, both_engines, json};

use crate::support::applications::*;

both_engines! {
    fn changes_are_requested_and_come_back(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = submitted(&association, &programme);
        let path = application.clone();
        app.staff.post(&format!("{path}/request-changes"), json!({"items": []})).refused(422, "invalid_fields");
        let items = json!([{"field": "statement", "reason": "trop court", "message": "Décrivez les ateliers."}]);
        let back = app.staff.post(&format!("{path}/request-changes"), json!({"items": items})).expect(200);
        assert_eq!(back["status"], "changes_requested");
        let mail = &app.mails_of("changes_requested")[0];
        assert_eq!(mail.data["items"][0]["field"], "Présentation du projet");
        assert_eq!(mail.data["items"][0]["message"], "Décrivez les ateliers. Pourquoi : trop court");
        app.staff.put(&project(&application), json!({"points": 5, "justification": "x"})).refused(409, "application_step_not_allowed");
        app.clock.advance_seconds(600);
        association.patch(&path, json!({"statement": "Des ateliers deux fois par semaine."})).expect(200);
        let sent = association.post(&format!("{path}/submit"), Value::Null).expect(200);
        assert_eq!(sent["status"], "in_review");
        assert_eq!((&sent["submitted_at"], &sent["silence_at"]), (&json!("2023-02-28T09:00:00Z"), &json!("2023-04-28T08:10:00Z")));
        assert_eq!(sent["changes"]["answered_at"], "2023-02-28T09:10:00Z");
        assert_eq!(app.mails_of("application_received").len(), 1);
    }

    fn changes_open_until_resolved_one_by_one(app) {
        let programme = programme(app);
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

    fn assessments_are_checked_and_recusal_counts_for_nothing(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = submitted(&association, &programme);
        let put = |body: Value| app.staff.put(&project(&application), body);
        put(json!({"points": 6, "justification": "Trop."})).refused(422, "invalid_fields");
        put(json!({"justification": "Sans note."})).refused(422, "invalid_fields");
        put(json!({"points": 5})).refused(422, "invalid_fields");
        app.staff.put(&format!("{application}/assessments/style"), json!({"points": 5, "justification": "x"}))
            .refused(404, "unknown_criterion");
        let recused = put(json!({"recused": true, "justification": "J'en suis adhérent."})).expect(200);
        assert_eq!((&recused["points"], &recused["recused"]), (&Value::Null, &json!(true)));
        app.staff.post(&decide(&application), eligible()).refused(409, "assessment_missing");
        assess(&app.other_staff, &application, 4);
        assess(&app.admin, &application, 1);
        let score = app.staff.get(&format!("{application}/score")).expect(200);
        let criterion = score["criteria"].as_array().unwrap().iter().find(|c| c["code"] == "project").unwrap().clone();
        assert_eq!((&criterion["value"], &criterion["divergent"]), (&json!("2.5"), &json!(true)));
    }

    fn knocked_out(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = draft(&association, &programme);
        association.patch(&application,
            json!({"site": {"postal_code": "13104", "commune": "Arles"}})).expect(200);
        association.post(&format!("{application}/submit"), Value::Null).expect(200);
        assess(&app.staff, &application, 5);
        let score = app.staff.get(&format!("{application}/score")).expect(200);
        let territory = score["knock_outs"].as_array().unwrap().iter().find(|k| k["code"] == "territory").unwrap();
        assert_eq!(territory["met"], false);
        let problem = app.staff.post(&decide(&application), eligible()).refused(409, "knocked_out");
        assert_eq!(problem["knock_outs"], json!(["territory"]));
        assert!(problem["detail"].as_str().unwrap().contains("territoire du dispositif"));
        app.staff.post(&decide(&application), json!({"outcome": "ineligible"})).refused(422, "invalid_fields");
        let decided = app.staff.post(&decide(&application),
            json!({"outcome": "ineligible", "reasons": ["Le lieu est hors de Marseille."]})).expect(200);
        assert_eq!((&decided["status"], &decided["score"]), (&json!("ineligible"), &Value::Null));
        let read = association.get(&application).expect(200);
        assert_eq!(read["reasons"], json!(["Le lieu est hors de Marseille."]));
        let mail = &app.mails_of("application_ineligible")[0];
        assert_eq!(mail.data["reasons"], json!(["Le lieu est hors de Marseille."]));
    }

    fn organisation_not_verified(app) {
        let programme = programme(app);
        let organisation = id(&app.anyone.post("/registrations", json!({
            "organisation": {"name": "Les Mouettes", "rna": "W133971864", "address": "2 quai",
                "postal_code": "13002", "commune": "Marseille"},
            "person": {"name": "Nadia", "email": "nadia@mouettes.example"}})).expect(201)["organisation"]);
        let association = app.person(organisation.parse().unwrap(), Role::Association, "Nadia");
        let application = submitted(&association, &programme);
        assess(&app.staff, &application, 5);
        app.staff.post(&decide(&application), eligible()).refused(409, "organisation_not_verified");
        app.staff.post(&format!("/organisations/{organisation}/verify"), Value::Null).expect(200);
        app.staff.post(&decide(&application), eligible()).expect(200);
    }

    fn organisation_suspended(app) {
        let programme = programme(app);
        let organisation = app.organisation(OrganisationKind::Association, "Les Mouettes");
        let association = app.person(organisation, Role::Association, "Nadia");
        let application = submitted(&association, &programme);
        assess(&app.staff, &application, 5);
        app.staff.post(&decide(&application), eligible()).expect(200);
        app.staff.post(&format!("/organisations/{organisation}/suspend"), json!({"reason": "Enquête."})).expect(200);
        let wanted = programme.parse().unwrap();
        assert_eq!(app.read(move |db| eligibility::candidates(db, wanted)).len(), 0);
        let other = programme_with(app, json!({"name": "Autre"}));
        let on_behalf = json!({"association_id": organisation.to_string()});
        app.staff.post(&format!("/programmes/{other}/applications"), on_behalf).refused(409, "organisation_suspended");
    }

    fn an_association_suspended_meanwhile_is_out(app) {
        let programme = programme(app);
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

    fn two_decisions_at_once_are_one_decision(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = submitted(&association, &programme);
        assess(&app.staff, &application, 5);
        let refuse = json!({"outcome": "ineligible", "reasons": ["Hors objet."]});
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let bodies = [eligible(), refuse.clone(), eligible(), refuse];
            let tasks = bodies.map(|body| {
                let (staff, path) = (&app.staff, decide(&application));
                scope.spawn(move || staff.post(&path, body).status)
            });
            tasks.into_iter().map(|task| task.join().unwrap()).collect()
        });
        // the winner, and the same decision sent again; the other outcome twice refused, since nobody
        // named the version that they read
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 2, "{statuses:?}");
        let mails = app.mails_of("application_eligible").len() + app.mails_of("application_ineligible").len();
        assert_eq!(mails, 1);
        let read = app.staff.get(&application).expect(200);
        let other = match read["status"].as_str() {
            Some("eligible") => json!({"outcome": "ineligible", "reasons": ["Hors objet."]}),
            _ => json!({"outcome": "eligible", "reasons": ["Après relecture."]}),
        };
        app.staff.post(&decide(&application), other.clone()).refused(409, "application_step_not_allowed");
        let knowing = knowing(&app.staff, &application);
        let changed = knowing.post(&decide(&application), other).expect(200);
        assert_ne!(changed["status"], read["status"]);
        knowing.post(&decide(&application), eligible()).refused(412, "stale_version");
    }

    fn an_item_names_a_field_a_document_or_nothing(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = submitted(&association, &programme);
        let item = |field: &str| json!({"field": field, "reason": "", "message": "À revoir."});
        let wrong = json!({"items": [item("statement"), item("sitement"), item("")]});
        let problem = app.staff.post(&format!("{path}/request-changes"), wrong).refused(422, "invalid_fields");
        let errors = problem["errors"].as_array().unwrap();
        let pointers: Vec<_> = errors.iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/items/1/field", "/items/2/field"]);
        assert!(errors[0]["detail"].as_str().unwrap().contains("statement"), "{problem}");
        let names = ["requests", "purpose", "themes", "labels", "publics", "beneficiaries_per_year", "site", "/site/postal_code",
            "trained_staff", "own_use", "statement", "/statement", "commitments", "documents", "/documents/statutes", "statuts", "identity"];
        let all: Vec<_> = names.iter().map(|name| item(name)).collect();
        let asked = app.staff.post(&format!("{path}/request-changes"), json!({"items": all})).expect(200);
        assert_eq!(asked["changes"]["items"].as_array().unwrap().len(), names.len());
    }

    fn a_document_answers_what_asked_for_it(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = submitted(&association, &programme);
        app.staff.post(&format!("{path}/request-changes"), json!({"items": [
            {"field": "statutes", "message": "Joignez les statuts."}, {"field": "project", "message": "Joignez le projet."}]})).expect(200);
        let attach = |kind: &str| association.send("POST", &format!("{path}/documents?kind={kind}"), "application/pdf", PDF).expect(201);
        attach("statutes");
        let read = association.get(&path).expect(200);
        assert_eq!(read["changes"]["items"][0]["resolved"]["how"], "document");
        assert_eq!(read["changes"]["items"][1]["resolved"], Value::Null);
        attach("project");
        assert_eq!(association.get(&path).expect(200)["changes"]["items"][1]["resolved"]["how"], "document");
    }

    fn an_assessment_heeds_what_was_read(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = submitted(&association, &programme);
        let version = |value: &Value| format!("\"{}\"", value["version"]);
        let read = app.staff.get(&path).expect(200);
        let mark = |points: i64| json!({"points": points, "justification": "Lu."});
        let at = |client: &Client, tag: &str| client.with_header("if-match", tag);
        at(&app.staff, &version(&read)).put(&project(&path), mark(4)).expect(200);
        // somebody else assessed meanwhile
        at(&app.other_staff, &version(&read)).put(&project(&path), mark(2)).refused(412, "stale_version");
        let again = app.other_staff.get(&path).expect(200);
        at(&app.other_staff, &version(&again)).put(&project(&path), mark(2)).expect(200);
        // the same mark again changes nothing
        let before = app.staff.get(&path).expect(200);
        app.staff.put(&project(&path), mark(4)).expect(200);
        assert_eq!(app.staff.get(&path).expect(200)["version"], before["version"]);
        let recused = app.staff.put(&project(&path), json!({"recused": true})).expect(200);
        assert_eq!((&recused["points"], &recused["recused"]), (&Value::Null, &json!(true)));
    }

    fn suspended_at_each_state_and_reinstated(app) {
        let programme = programme(app);
        let changes = json!({"items": [{"field": "statement", "message": "Plus long."}]});
        for (name, state) in [("A", "draft"), ("B", "submitted"), ("C", "changes_requested"), ("D", "eligible"), ("E", "ineligible")] {
            let association = app.association(name);
            let path = match state {
                "draft" => draft(&association, &programme),
                "eligible" => found_eligible(app, &association, &programme, 3),
                _ => submitted(&association, &programme),
            };
            match state {
                "changes_requested" => { app.staff.post(&format!("{path}/request-changes"), changes.clone()).expect(200); }
                "ineligible" => { app.staff.post(&decide(&path), ineligible()).expect(200); }
                _ => {}
            }
            let organisation = format!("/organisations/{}", association.organisation);
            app.staff.post(&format!("{organisation}/suspend"), json!({"reason": "Enquête."})).expect(200);
            let refused = |method: &str, path: String, body: Value| {
                association.send(method, &path, "application/json", body.to_string().as_bytes()).refused(409, "organisation_suspended");
            };
            refused("PATCH", path.clone(), json!({"own_use": 0}));
            for (step, body) in [("submit", json!({})), ("withdraw", json!({})), ("changes/1/resolve", json!({"answer": "Voilà."})),
                ("appeals", json!({"grounds": "Non."}))] {
                refused("POST", format!("{path}/{step}"), body);
            }
            // it still reads what is its own
            assert_eq!(association.get(&path).expect(200)["status"], state);
            // nor do staff act on its behalf
            if matches!(state, "draft" | "changes_requested") {
                app.staff.patch(&path, json!({"own_use": 0})).refused(409, "organisation_suspended");
            }
            let wanted = programme.parse().unwrap();
            assert_eq!(app.read(move |db| eligibility::candidates(db, wanted)).len(), 0);
            app.staff.post(&format!("{organisation}/verify"), Value::Null).expect(200);
            let expected = usize::from(state == "eligible");
            assert_eq!(app.read(move |db| eligibility::candidates(db, wanted)).len(), expected);
            if state == "eligible" {
                association.post(&format!("{path}/withdraw"), Value::Null).expect(200);
            }
        }
    }

    fn a_decision_is_changed_with_reasons_until_a_lot_is_handed_over(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = found_eligible(app, &association, &programme, 4);
        let before = association.get(&format!("{path}/score")).expect(200)["score"].clone();
        app.staff.post(&decide(&path), json!({"outcome": "ineligible"})).refused(422, "invalid_fields");
        app.staff.post(&decide(&path), ineligible()).refused(409, "application_step_not_allowed");
        knowing(&app.staff, &path).post(&decide(&path), ineligible()).expect(200);
        association.get(&format!("{path}/score")).refused(409, "not_scored");
        app.staff.post(&decide(&path), eligible()).refused(422, "invalid_fields");
        let again = json!({"outcome": "eligible", "reasons": ["Le justificatif est arrivé."]});
        let appeal = association.post(&format!("{path}/appeals"), json!({"grounds": "Le justificatif est joint."})).expect(201);
        // while an appeal waits, it is the appeal that is decided
        knowing(&app.staff, &path).post(&decide(&path), again.clone()).refused(409, "application_step_not_allowed");
        app.other_staff.post(&format!("/appeals/{}/decide", id(&appeal)), json!({"outcome": "upheld", "reasons": ["Il est arrivé trop tard."]})).expect(200);
        let read = knowing(&app.staff, &path).post(&decide(&path), again).expect(200);
        assert_eq!((&read["status"], &read["score"]), (&json!("eligible"), &before));
        let letters = app.mails_of("application_eligible");
        assert_eq!(letters.last().unwrap().data["again"], true);
        app.read(eligibility::verify_scores).unwrap();
    }

    fn more_or_less_is_asked_for_until_the_wave_is_closed(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = found_eligible(app, &association, &programme, 4);
        let requests = |quantity: i64| json!({"requests": [{"kind": "desktop", "quantity": quantity, "accepts": []}], "reason": "Un second local ouvre."});
        let ask = format!("{path}/requests");
        app.association("Souris grise").post(&ask, requests(25)).refused(404, "not_found");
        association.post(&ask, json!({"requests": [], "reason": ""})).refused(422, "invalid_fields");
        let read = association.post(&ask, requests(25)).expect(200);
        assert_eq!((&read["requests"][0]["quantity"], &read["asked_before"][0]["requests"][0]["quantity"]), (&json!(25), &json!(20)));
        assert_eq!(app.mails_of("application_asks_otherwise").len(), 3); // staff
        app.read(eligibility::verify_scores).unwrap();
        crate::support::waves::stock(app, "desktop", 30);
        let wave = app.staff.post(&format!("/programmes/{programme}/waves"),
            json!({"name": "Vague", "supply": {"kinds": ["desktop"]}, "seed": "marseille-2023-1"})).expect(201);
        let wave = format!("/waves/{}", id(&wave));
        app.staff.post(&format!("{wave}/propose"), Value::Null).expect(200);
        association.post(&ask, requests(12)).expect(200);
        app.staff.post(&format!("{wave}/submit"), crate::support::waves::plan_read(&app.staff, &wave)).refused(409, "wave_out_of_date");
        app.staff.post(&format!("{wave}/propose"), Value::Null).expect(200);
        app.staff.post(&format!("{wave}/submit"), crate::support::waves::plan_read(&app.staff, &wave)).expect(200);
        association.post(&ask, requests(30)).refused(409, "application_not_editable");
        let lines = app.staff.get(&format!("{wave}/lines")).expect(200);
        assert_eq!(items(&lines)[0]["requested"], 12, "{lines}");
    }
}
