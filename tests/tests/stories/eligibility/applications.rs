//! From a draft to what is handed in: the form, the deadlines, one application each, staff on
//! behalf, withdrawal.

use testkit::{Client, Role, Value, both_engines, json};

use crate::support::applications::*;
use crate::support::waves::Stage;

both_engines! {
    fn an_application_goes_from_draft_to_score(app) {
        let report = app.staff.post_csv("/territories", TABLE).expect(200);
        assert_eq!((report["rows"].as_i64(), report["accepted"].as_i64(), report["rejected"].as_i64()),
            (Some(23), Some(22), Some(1)));
        let programme = programme(app);
        app.anyone.get("/programmes").refused(401, "not_authenticated");
        let association = app.association("Clavier ouvert");
        let shown = association.get(&format!("/programmes/{programme}")).expect(200);
        assert_eq!(shown["rubric_version"], "1");
        assert_eq!(association.get("/programmes").expect(200)["items"][0]["id"], shown["id"]);

        let made = association.post(&format!("/programmes/{programme}/applications"), json!({})).expect(201);
        assert_eq!(made["status"], "draft");
        assert_eq!(made["reference"], "D-2023-0001");
        assert_eq!(made["assisted"], false);
        let path = format!("/applications/{}", id(&made));
        let application = path.clone();
        let patched = association.patch(&path, form()).expect(200);
        assert_eq!(patched["requests"][0]["quantity"], 20);
        association.with_header("if-match", "\"1\"").patch(&path, json!({"own_use": 0})).refused(412, "stale_version");
        let sent = association.post(&format!("{path}/submit"), Value::Null).expect(200);
        assert_eq!(sent["status"], "submitted");
        assert_eq!(sent["silence_at"], "2023-04-28T08:00:00Z");
        assert_eq!(sent["committed"]["version"], "2023-1");
        association.patch(&path, json!({"own_use": 0})).refused(409, "application_not_editable");
        let again = association.post(&format!("{path}/submit"), Value::Null).expect(200);
        assert_eq!(again["version"], sent["version"]);
        let received = app.mails_of("application_received");
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].data["silence_at"], "2023-04-28T08:00:00Z");
        assert_eq!(app.mails_of("application_to_review").len(), 3);

        association.get(&format!("{path}/score")).refused(409, "not_scored");
        let now = app.staff.get(&format!("{path}/score")).expect(200);
        assert_eq!(now["provisional"], true);
        app.staff.post(&decide(&application), eligible()).refused(409, "assessment_missing");
        assess(&app.staff, &application, 1);
        assess(&app.staff, &application, 5);
        assess(&app.other_staff, &application, 4);
        let read = app.staff.get(&path).expect(200);
        assert_eq!(read["status"], "in_review");
        assert_eq!(read["assessments"].as_array().unwrap().len(), 2);
        assert!(association.get(&path).expect(200).get("assessments").is_none());

        let decided = app.staff.post(&decide(&application), eligible()).expect(200);
        assert_eq!((&decided["status"], &decided["score"]), (&json!("eligible"), &json!(7980)));
        let repeated = app.other_staff.post(&decide(&application), eligible()).expect(200);
        assert_eq!(repeated["version"], decided["version"]);
        assert_eq!(app.mails_of("application_eligible").len(), 1);

        let score = association.get(&format!("{path}/score")).expect(200);
        assert_eq!((&score["score"], &score["provisional"]), (&json!(7980), &json!(false)));
        assert_eq!((&score["rubric"], &score["version"]), (&json!("marseille-2023"), &json!("1")));
        let criteria = score["criteria"].as_array().unwrap();
        let sum: i64 = criteria.iter().map(|c| c["contribution"].as_i64().unwrap()).sum();
        assert_eq!(sum, 7980);
        let fragility = &criteria[0];
        assert_eq!((&fragility["value"], &fragility["points"], &fragility["weight"]),
            (&json!("6.8"), &json!(7600), &json!(30)));
        assert!(fragility["explanation"].as_str().unwrap().contains("Marseille 15e Arrondissement"));
        assert!(fragility["source"].as_str().unwrap().contains("28/02/2023"));
        let project = criteria.iter().find(|c| c["code"] == "project").unwrap();
        assert_eq!((&project["value"], &project["divergent"]), (&json!("4.5"), &json!(false)));
    }

    fn application_incomplete(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let made = association.post(&format!("/programmes/{programme}/applications"),
            json!({"statement": "Un début.", "commitments": {"no_resale": true}})).expect(201);
        let path = format!("/applications/{}", id(&made));
        let problem = association.post(&format!("{path}/submit"), Value::Null).refused(422, "application_incomplete");
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/requests", "/purpose", "/themes", "/beneficiaries_per_year", "/site/address",
            "/site/postal_code", "/trained_staff", "/commitments/republican_contract", "/commitments/follow_up"]);
        association.patch(&path, json!({"requests": [{"kind": "tablet", "quantity": 0}], "own_use": 2}))
            .refused(422, "invalid_fields");
        let wrong = association.patch(&path, json!({"purpose": "fun"})).refused(422, "invalid_fields");
        assert_eq!(wrong["errors"][0]["pointer"], "/purpose");
        association.patch(&path, form()).expect(200);
        association.post(&format!("{path}/submit"), Value::Null).expect(200);
    }

    fn programme_closed(app) {
        let association = app.association("Clavier ouvert");
        let open = programme_with(app, json!({"closes_at": "2023-02-28T09:05:00Z"}));
        let early = programme_with(app, json!({"opens_at": "2023-02-28T09:10:00Z"}));
        let (in_time, prepared) = (draft(&association, &open), draft(&association, &early));
        association.post(&format!("{prepared}/submit"), Value::Null).refused(409, "programme_closed");
        app.clock.advance_seconds(300);
        let late = association.post(&format!("{in_time}/submit"), Value::Null);
        assert!(late.refused(409, "programme_closed")["detail"].as_str().unwrap().contains("28/02/2023"));
        let stranger = app.association("Souris grise");
        stranger.post(&format!("/programmes/{open}/applications"), form()).refused(409, "programme_closed");
        app.clock.advance_seconds(300);
        association.post(&format!("{prepared}/submit"), Value::Null).expect(200);
    }

    fn application_exists(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let first = submitted(&association, &programme);
        let path = format!("/programmes/{programme}/applications");
        association.post(&path, form()).refused(409, "application_exists");
        let taken_back = association.post(&format!("{first}/withdraw"), Value::Null).expect(200);
        assert_eq!(taken_back["status"], "withdrawn");
        association.post(&format!("{first}/withdraw"), Value::Null).expect(200);
        assert_eq!(app.mails_of("application_withdrawn").len(), 1);
        association.post(&format!("{first}/submit"), Value::Null).refused(409, "application_step_not_allowed");
        submitted(&association, &programme);
        association.post("/programmes/0190a000-0000-7000-8000-000000000000/applications", form()).refused(404, "not_found");
    }

    fn staff_apply_on_behalf_and_the_record_says_so(app) {
        let programme = programme(app);
        let path = format!("/programmes/{programme}/applications");
        let association = app.association("Clavier ouvert");
        let problem = app.staff.post(&path, form()).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/association_id");
        let mut body = form();
        body["association_id"] = json!(app.donor.organisation);
        let problem = app.staff.post(&path, body.clone()).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["code"], "unknown_reference");
        body["association_id"] = json!(association.organisation);
        let made = app.staff.post(&path, body).expect(201);
        assert_eq!((&made["assisted"], &made["created_by"]), (&json!(true), &json!(app.staff.person)));
        let sent = app.staff.post(&format!("/applications/{}/submit", id(&made)), Value::Null).expect(200);
        assert_eq!(association.get(&format!("/applications/{}", id(&made))).expect(200)["reference"], sent["reference"]);
    }

    fn staff_take_a_late_application_and_the_record_says_so(app) {
        let closing = programme_with(app, json!({"closes_at": "2023-02-28T09:05:00Z"}));
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

    fn two_drafts_at_once_are_one_application(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = format!("/programmes/{programme}/applications");
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let tasks: Vec<_> = (0..8).map(|_| scope.spawn(|| association.post(&path, form()).status)).collect();
            tasks.into_iter().map(|task| task.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 7, "{statuses:?}");
    }

    fn lot_reserved_is_not_withdrawn(app) {
        let stage = Stage::set(app, &[("Clavier ouvert", 10, 6000)], 10);
        stage.approved_wave(app, "Vague 1");
        let path = format!("/applications/{}/withdraw", stage.applications[0]);
        let problem = stage.clients[0].post(&path, Value::Null).refused(409, "lot_reserved");
        assert!(problem["detail"].as_str().unwrap().starts_with("10 appareils"));
    }

    fn lists_come_from_the_configuration(app) {
        let lists = app.anyone.get("/lists").expect(200);
        assert!(lists["labels"].as_array().unwrap().iter().any(|label| label["code"] == "france_services"));
        assert_eq!(lists["commitments"]["version"], "2023-1");
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = draft(&association, &programme);
        let patch = json!({"labels": ["aidants_connect"], "publics": ["families"], "site": {"kind": "social_center"}});
        let read = association.patch(&path, patch).expect(200);
        assert_eq!((&read["labels"][0], &read["site"]["kind"], &read["site"]["postal_code"]),
            (&json!("aidants_connect"), &json!("social_center"), &json!("13015")));
        let problem = association.patch(&path, json!({"labels": ["gold"]})).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/labels");
    }

    fn an_application_is_withdrawn_from_every_state_but_a_refusal(app) {
        let programme = programme(app);
        let withdraw = |client: &Client, path: &str| client.post(&format!("{path}/withdraw"), Value::Null);
        let changes = json!({"items": [{"field": "statement", "message": "Plus long."}]});
        for (name, state) in [("A", "draft"), ("B", "submitted"), ("C", "in_review"), ("D", "changes_requested"), ("E", "eligible")] {
            let association = app.association(name);
            let path = match state {
                "draft" => draft(&association, &programme),
                "eligible" => found_eligible(app, &association, &programme, 3),
                _ => submitted(&association, &programme),
            };
            match state {
                "in_review" => assess(&app.staff, &path, 3),
                "changes_requested" => { app.staff.post(&format!("{path}/request-changes"), changes.clone()).expect(200); }
                _ => {}
            }
            assert_eq!(association.get(&path).expect(200)["status"], state);
            assert_eq!(withdraw(&association, &path).expect(200)["status"], "withdrawn");
            withdraw(&association, &path).expect(200);
            app.staff.post(&decide(&path), eligible()).refused(409, "application_step_not_allowed");
            association.patch(&path, json!({"own_use": 0})).refused(409, "application_not_editable");
            draft(&association, &programme); // another one may be opened
        }
        // a draft is nobody's business; the others are told
        assert_eq!(app.mails_of("application_withdrawn").len(), 4);
        let association = app.association("F");
        let path = submitted(&association, &programme);
        app.staff.post(&decide(&path), ineligible()).expect(200);
        withdraw(&association, &path).refused(409, "application_step_not_allowed");
        let wanted = programme.parse().unwrap();
        assert_eq!(app.read(move |db| eligibility::candidates(db, wanted)).len(), 0);
    }

    fn establishments_of_one_association_apply_once(app) {
        let programme = programme(app);
        let path = format!("/programmes/{programme}/applications");
        let establishment = |siret: &str| {
            let made = app.staff.post("/organisations", json!({"kind": "association", "name": format!("Mouettes {siret}"), "siret": siret,
                "address": "1 quai", "postal_code": "13002", "commune": "Marseille"})).expect(201);
            app.person(id(&made).parse().unwrap(), Role::Association, siret)
        };
        let clients = ["73282932000009", "73282932000017", "73282932000025"].map(establishment);
        let stranger = establishment("35600000009075");
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let tasks: Vec<_> = clients.iter().map(|client| scope.spawn(|| client.post(&path, form()).status)).collect();
            tasks.into_iter().map(|task| task.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 2, "{statuses:?}");
        let winner = statuses.iter().position(|status| *status == 201).unwrap();
        let other = &clients[(winner + 1) % 3];
        let problem = other.post(&path, form()).refused(409, "application_exists");
        assert!(problem["detail"].as_str().unwrap().contains("SIREN 732829320"), "{problem}");
        assert_eq!(items(&other.get("/applications").expect(200)).len(), 0);
        stranger.post(&path, form()).expect(201);
    }

    fn two_people_who_send_at_once_send_once(app) {
        let programme = programme(app);
        let nadia = app.association("Clavier ouvert");
        let karim = app.person(nadia.organisation.parse().unwrap(), Role::Association, "Karim");
        let path = format!("{}/submit", draft(&nadia, &programme));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let people = [&nadia, &karim, &nadia, &karim];
            let path = &path;
            let tasks = people.map(|client| scope.spawn(move || client.post(path, Value::Null).status));
            tasks.into_iter().map(|task| task.join().unwrap()).collect()
        });
        assert_eq!(statuses, [200; 4]);
        assert_eq!(app.mails_of("application_received").len(), 2); // each of the two, once
    }

    fn what_staff_enter_is_finished_by_the_association(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let mut body = form();
        body["association_id"] = json!(association.organisation);
        body["statement"] = Value::Null;
        let made = app.staff.post(&format!("/programmes/{programme}/applications"), body).expect(201);
        let path = format!("/applications/{}", id(&made));
        association.patch(&path, json!({"statement": "Un atelier, deux fois par semaine."})).expect(200);
        let sent = association.post(&format!("{path}/submit"), Value::Null).expect(200);
        assert_eq!((&sent["assisted"], &sent["created_by"]), (&json!(true), &json!(app.staff.person)));
        // who makes the commitments is who sends it
        assert_eq!(sent["committed"]["by"], association.person.as_str());
    }
}
