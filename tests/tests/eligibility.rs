//! Programmes, applications, assessments, decisions and scores; who sees which application.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use identity::OrganisationKind;
use testkit::{Client, Role, TestApp, Value, both_engines, json};

const TABLE: &[u8] = include_bytes!("../data/ifn_bouches_du_rhone.csv");

fn programme(app: &TestApp) -> String {
    programme_with(app, json!({}))
}

fn programme_with(app: &TestApp, over: Value) -> String {
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
    id(&client
        .post(&format!("/programmes/{programme}/applications"), form())
        .expect(201))
}

fn submitted(client: &Client, programme: &str) -> String {
    let application = draft(client, programme);
    client
        .post(&format!("/applications/{application}/submit"), Value::Null)
        .expect(200);
    application
}

fn assess(client: &Client, application: &str, points: i64) {
    client
        .put(
            &project(application),
            json!({"points": points, "justification": "Projet solide."}),
        )
        .expect(200);
}

fn project(application: &str) -> String {
    format!("/applications/{application}/assessments/project")
}

fn decide(application: &str) -> String {
    format!("/applications/{application}/decide")
}

fn eligible() -> Value {
    json!({"outcome": "eligible", "reasons": []})
}

both_engines! {
    fn an_application_goes_from_draft_to_score(app) {
        let report = app.staff.post_csv("/territories", TABLE).expect(200);
        assert_eq!((report["rows"].as_i64(), report["accepted"].as_i64(), report["rejected"].as_i64()),
            (Some(23), Some(22), Some(1)));
        let programme = programme(app);
        let shown = app.anyone.get(&format!("/programmes/{programme}"));
        shown.refused(401, "not_authenticated");
        let association = app.association("Clavier ouvert");
        let shown = association.get(&format!("/programmes/{programme}")).expect(200);
        assert_eq!(shown["rubric_version"], "1");
        assert_eq!(association.get("/programmes").expect(200)["items"][0]["id"], shown["id"]);

        let made = association.post(&format!("/programmes/{programme}/applications"), json!({})).expect(201);
        assert_eq!(made["status"], "draft");
        assert_eq!(made["reference"], "D-2023-0001");
        assert_eq!(made["assisted"], false);
        let application = id(&made);
        let path = format!("/applications/{application}");
        let patched = association.patch(&path, form()).expect(200);
        assert_eq!(patched["requests"][0]["quantity"], 20);
        association.with_header("if-match", "\"1\"").patch(&path, json!({"own_use": 0})).refused(412, "stale_version");
        let sent = association.post(&format!("{path}/submit"), Value::Null).expect(200);
        assert_eq!(sent["status"], "submitted");
        assert_eq!(sent["silence_at"], "2023-04-28T09:00:00Z");
        assert_eq!(sent["committed"]["version"], "2023-1");
        association.patch(&path, json!({"own_use": 0})).refused(409, "application_not_editable");
        let again = association.post(&format!("{path}/submit"), Value::Null).expect(200);
        assert_eq!(again["version"], sent["version"]);
        let received = app.mails_of("application_received");
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].data["silence_at"], "2023-04-28T09:00:00Z");
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
        app.staff.post(&decide(&application), json!({"outcome": "ineligible", "reasons": ["Non."]}))
            .refused(409, "application_step_not_allowed");

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

    fn a_stored_score_is_recomputed_and_not_touched_by_a_new_table(app) {
        app.staff.post_csv("/territories", TABLE).expect(200);
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = submitted(&association, &programme);
        assess(&app.staff, &application, 3);
        app.staff.post(&decide(&application), eligible()).expect(200);
        let path = format!("/applications/{application}/score");
        let before = app.staff.get(&path).expect(200);
        app.staff.post_csv("/territories", b"postal_code,commune,population,ifn\n13015,Marseille 15e,10,1.0\n").expect(200);
        assert_eq!(app.staff.get(&path).expect(200), before);
        let (person, organisation, wanted) = (
            app.staff.person.parse().unwrap(), app.staff.organisation.parse().unwrap(), application.parse().unwrap());
        let actor = kernel::Actor { person, role: Role::Staff, organisation, session: None };
        assert!(app.read(move |db| eligibility::recompute(db, &actor, wanted)));
        let wanted = programme.parse().unwrap();
        let candidates = app.read(move |db| eligibility::candidates(db, wanted));
        assert_eq!(candidates.len(), 1);
        assert_eq!((candidates[0].fragility, candidates[0].commune_code.as_deref()), (68, Some("13215")));
        assert_eq!(i64::from(candidates[0].score), before["score"].as_i64().unwrap());
    }

    fn an_association_cannot_read_anothers_application(app) {
        let programme = programme(app);
        let (owner, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let application = submitted(&owner, &programme);
        let path = format!("/applications/{application}");
        other.get(&path).refused(404, "not_found");
        other.get(&format!("{path}/score")).refused(404, "not_found");
        other.patch(&path, json!({"own_use": 0})).refused(404, "not_found");
        other.post(&format!("{path}/submit"), Value::Null).refused(404, "not_found");
        other.post(&format!("{path}/withdraw"), Value::Null).refused(404, "not_found");
        for query in ["", "?q=Clavier", "?q=D-2023", "?status=submitted"] {
            let list = other.get(&format!("/applications{query}")).expect(200);
            assert_eq!(list["items"], json!([]), "{query}");
            let table = other.with_header("accept", "text/csv").get(&format!("/applications{query}")).text();
            assert_eq!(table.lines().count(), 1, "{table}");
        }
        let named = json!({"association_id": owner.organisation});
        other.post(&format!("/programmes/{programme}/applications"), named).refused(422, "invalid_fields");
        for nosy in [&app.donor, &app.refurbisher] {
            nosy.get(&path).refused(403, "not_allowed");
            nosy.get("/applications").refused(403, "not_allowed");
        }
        for action in ["request-changes", "decide"] {
            owner.post(&format!("{path}/{action}"), json!({})).refused(403, "not_allowed");
        }
        owner.put(&project(&application), json!({"points": 5, "justification": "Nous."})).refused(403, "not_allowed");
        owner.post_csv("/territories", TABLE).refused(403, "not_allowed");
    }

    fn staff_list_filter_and_export_applications(app) {
        let first = programme(app);
        let second = programme_with(app, json!({"name": "Autre"}));
        let (one, two) = (app.association("Éveil numérique"), app.association("Souris grise"));
        let sent = submitted(&one, &first);
        draft(&two, &first);
        draft(&two, &second);
        let count = |query: &str| {
            app.staff.get(&format!("/applications{query}")).expect(200)["items"].as_array().unwrap().len()
        };
        assert_eq!(count(""), 3);
        assert_eq!(count(&format!("?programme_id={first}")), 2);
        assert_eq!(count("?status=draft"), 2);
        assert_eq!(count("?q=eveil"), 1);
        assert_eq!(count("?q=d-2023-0001"), 1);
        assert_eq!(count("?q=%25"), 3);
        assert_eq!(count(&format!("?programme_id={first}&status=submitted&q=eveil")), 1);
        app.staff.get("/applications?status=lost").refused(422, "invalid_fields");
        let page = app.staff.get("/applications?limit=2").expect(200);
        let next = page["next"].as_str().unwrap();
        let rest = app.staff.get(&format!("/applications?limit=2&after={next}")).expect(200);
        assert_eq!((rest["items"][0]["id"].as_str(), &rest["next"]), (Some(sent.as_str()), &Value::Null));
        let table = app.staff.with_header("accept", "text/csv").get("/applications?status=submitted");
        assert!(table.header("content-type").starts_with("text/csv"));
        assert!(table.text().contains("Éveil numérique,submitted,20 desktop,new_project,precarity|employment,200,true,1,13015"),
            "{}", table.text());
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
        association.post(&format!("/applications/{prepared}/submit"), Value::Null).refused(409, "programme_closed");
        app.clock.advance_seconds(300);
        let late = association.post(&format!("/applications/{in_time}/submit"), Value::Null);
        assert!(late.refused(409, "programme_closed")["detail"].as_str().unwrap().contains("28/02/2023"));
        let stranger = app.association("Souris grise");
        stranger.post(&format!("/programmes/{open}/applications"), form()).refused(409, "programme_closed");
        app.clock.advance_seconds(300);
        association.post(&format!("/applications/{prepared}/submit"), Value::Null).expect(200);
    }

    fn application_exists(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let first = submitted(&association, &programme);
        let path = format!("/programmes/{programme}/applications");
        association.post(&path, form()).refused(409, "application_exists");
        let taken_back = association.post(&format!("/applications/{first}/withdraw"), Value::Null).expect(200);
        assert_eq!(taken_back["status"], "withdrawn");
        association.post(&format!("/applications/{first}/withdraw"), Value::Null).expect(200);
        assert_eq!(app.mails_of("application_withdrawn").len(), 1);
        association.post(&format!("/applications/{first}/submit"), Value::Null).refused(409, "application_step_not_allowed");
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

    fn changes_are_requested_and_come_back(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = submitted(&association, &programme);
        let path = format!("/applications/{application}");
        app.staff.post(&format!("{path}/request-changes"), json!({"items": []})).refused(422, "invalid_fields");
        let items = json!([{"field": "statement", "reason": "trop court", "message": "Décrivez les ateliers."}]);
        let back = app.staff.post(&format!("{path}/request-changes"), json!({"items": items})).expect(200);
        assert_eq!(back["status"], "changes_requested");
        let mail = &app.mails_of("changes_requested")[0];
        assert_eq!(mail.data["items"][0]["field"], "Présentation du projet");
        assert_eq!(mail.data["items"][0]["message"], "Décrivez les ateliers. (trop court)");
        app.staff.put(&project(&application), json!({"points": 5, "justification": "x"})).refused(409, "application_step_not_allowed");
        app.clock.advance_seconds(600);
        association.patch(&path, json!({"statement": "Des ateliers deux fois par semaine."})).expect(200);
        let sent = association.post(&format!("{path}/submit"), Value::Null).expect(200);
        assert_eq!(sent["status"], "in_review");
        assert_eq!((&sent["submitted_at"], &sent["silence_at"]), (&json!("2023-02-28T09:00:00Z"), &json!("2023-04-28T09:10:00Z")));
        assert_eq!(sent["changes"]["answered_at"], "2023-02-28T09:10:00Z");
        assert_eq!(app.mails_of("application_received").len(), 1);
    }

    fn knocked_out(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = draft(&association, &programme);
        association.patch(&format!("/applications/{application}"),
            json!({"site": {"postal_code": "13104", "commune": "Arles"}})).expect(200);
        association.post(&format!("/applications/{application}/submit"), Value::Null).expect(200);
        assess(&app.staff, &application, 5);
        let score = app.staff.get(&format!("/applications/{application}/score")).expect(200);
        let territory = score["knock_outs"].as_array().unwrap().iter().find(|k| k["code"] == "territory").unwrap();
        assert_eq!(territory["met"], false);
        let problem = app.staff.post(&decide(&application), eligible()).refused(409, "knocked_out");
        assert_eq!(problem["knock_outs"], json!(["territory"]));
        assert!(problem["detail"].as_str().unwrap().contains("territoire du dispositif"));
        app.staff.post(&decide(&application), json!({"outcome": "ineligible"})).refused(422, "invalid_fields");
        let decided = app.staff.post(&decide(&application),
            json!({"outcome": "ineligible", "reasons": ["Le lieu est hors de Marseille."]})).expect(200);
        assert_eq!((&decided["status"], &decided["score"]), (&json!("ineligible"), &Value::Null));
        let read = association.get(&format!("/applications/{application}")).expect(200);
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

    fn assessments_are_checked_and_recusal_counts_for_nothing(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = submitted(&association, &programme);
        let put = |body: Value| app.staff.put(&project(&application), body);
        put(json!({"points": 6, "justification": "Trop."})).refused(422, "invalid_fields");
        put(json!({"justification": "Sans note."})).refused(422, "invalid_fields");
        put(json!({"points": 5})).refused(422, "invalid_fields");
        app.staff.put(&format!("/applications/{application}/assessments/style"), json!({"points": 5, "justification": "x"}))
            .refused(404, "unknown_criterion");
        let recused = put(json!({"recused": true, "justification": "J'en suis adhérent."})).expect(200);
        assert_eq!((&recused["points"], &recused["recused"]), (&Value::Null, &json!(true)));
        app.staff.post(&decide(&application), eligible()).refused(409, "assessment_missing");
        assess(&app.other_staff, &application, 4);
        assess(&app.admin, &application, 1);
        let score = app.staff.get(&format!("/applications/{application}/score")).expect(200);
        let criterion = score["criteria"].as_array().unwrap().iter().find(|c| c["code"] == "project").unwrap().clone();
        assert_eq!((&criterion["value"], &criterion["divergent"]), (&json!("2.5"), &json!(true)));
    }

    fn programmes_are_checked(app) {
        let problem = app.staff.post("/programmes", json!({"name": " ", "rubric": "marseille-2023", "kinds": [],
            "lot_min": 0, "lot_max": -1, "opens_at": "2023-03-01T00:00:00Z", "closes_at": "2023-02-01T00:00:00Z",
            "territory": "13055"})).refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 5, "{problem}");
        let body = json!({"name": "P", "rubric": "lyon", "kinds": ["desktop"], "lot_min": 1, "lot_max": 1,
            "opens_at": "2023-03-01T00:00:00Z", "closes_at": null, "territory": ["13055", "13"]});
        let problem = app.staff.post("/programmes", body).refused(422, "invalid_fields");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/rubric"), &json!("unknown_rubric")));
        app.association("Clavier ouvert").post("/programmes", json!({})).refused(403, "not_allowed");
        app.staff.get("/programmes/x").refused(404, "not_found");
        let made = programme(app);
        let rubric = app.association("Souris grise").get(&format!("/programmes/{made}/rubric")).text();
        assert!(rubric.contains("name = \"marseille-2023\""));
    }

    fn table_unreadable_and_its_impossible_row(app) {
        let report = app.staff.post_csv("/territories", TABLE).expect(200);
        let error = &report["errors"][0];
        assert_eq!((&error["line"], &error["column"], &error["code"]),
            (&json!(20), &json!("fragile_population"), &json!("out_of_range")));
        assert_eq!(error["detail"],
            "Saint-Antonin-sur-Bayon : 513 personnes fragiles pour 125 habitants, c'est impossible.");
        app.staff.post_csv("/territories", b"not,a,table\n").refused(422, "table_unreadable");
        app.staff.post_csv("/territories", b"").refused(422, "table_unreadable");
        app.staff.post("/territories", json!({})).refused(415, "wrong_media_type");
        let again = app.staff.post_csv("/territories", TABLE).expect(200);
        assert_eq!(again, report);
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

    fn nothing_that_a_client_sends_is_an_internal_error(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = format!("/programmes/{programme}/applications");
        let raw = |client: &Client, method: &str, path: &str, body: &str| {
            let status = client.send(method, path, "application/json", body.as_bytes()).status;
            assert!((200..500).contains(&status), "{method} {path} {body}: {status}");
            status
        };
        for body in ["", "{", "null", "1", "\"x\"", r#"{"statement": "\u0000"}"#, r#"{"requests": {}}"#,
            r#"{"requests": [{"kind": "desktop"}]}"#, r#"{"requests": [{"kind": "desktop", "quantity": 1e30}]}"#,
            r#"{"requests": [{"kind": "desktop", "quantity": 9223372036854775807}, {"kind": "laptop", "quantity": 9223372036854775807}]}"#,
            r#"{"beneficiaries_per_year": -9223372036854775808}"#, r#"{"site": {"postal_code": "éééé1"}}"#,
            r#"{"association_id": 5}"#, r#"{"own_use": true}"#, r#"{"themes": ["x"]}"#] {
            assert!(raw(&association, "POST", &path, body) >= 400, "{body}");
        }
        let application = submitted(&association, &programme);
        for body in ["{}", r#"{"points": 99999999999, "justification": "x"}"#, r#"{"points": 5, "justification": "a\u0000b"}"#] {
            assert!(raw(&app.staff, "PUT", &project(&application), body) >= 400, "{body}");
        }
        raw(&app.staff, "PUT", &format!("/applications/{application}/assessments/%00"), "{}");
        raw(&app.staff, "PUT", &format!("/applications/{application}/assessments/%C3%A9"), "{}");
        for body in [r#"{"outcome": "maybe"}"#, r#"{"outcome": "ineligible", "reasons": 5}"#, "{}"] {
            assert_eq!(raw(&app.staff, "POST", &decide(&application), body), 422, "{body}");
        }
        raw(&app.staff, "POST", "/programmes", r#"{"name": "\u0000", "rubric": "marseille-2023", "kinds": ["desktop"],
            "lot_min": 1, "lot_max": 1, "opens_at": "0001-01-01T00:00:00Z", "closes_at": "9999-12-31T23:59:59Z", "territory": {}}"#);
        for query in ["q=%00", "q=%25_", "q=%C3%A9", "after=zz", "after=3030", "limit=0", "programme_id=x", "q=%FF"] {
            let status = app.staff.get(&format!("/applications?{query}")).status;
            assert!((200..500).contains(&status), "{query}: {status}");
        }
        let table = b"postal_code,commune,population,ifn\n13015,Mars\0eille,10,1.0\n";
        app.staff.post_csv("/territories?source=%00", table).refused(422, "invalid_fields");
        app.staff.post_csv("/territories", table).expect(200);
        let table = b"postal_code,commune,population,ifn\n\"13015,Marseille,10,1.0\n";
        app.staff.post_csv("/territories", table).refused(422, "table_unreadable");
    }

    fn not_scored(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let application = draft(&association, &programme);
        let path = format!("/applications/{application}/score");
        app.staff.get(&path).refused(409, "not_scored");
        association.post(&format!("/applications/{application}/submit"), Value::Null).expect(200);
        app.staff.get(&path).expect(200);
        association.get(&path).refused(409, "not_scored");
        app.staff.post(&decide(&application), json!({"outcome": "ineligible", "reasons": "Hors objet."})).expect(200);
        association.get(&path).refused(409, "not_scored");
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
        // the winner, and the same decision sent again; the other outcome twice refused
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 2, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 2, "{statuses:?}");
        let mails = app.mails_of("application_eligible").len() + app.mails_of("application_ineligible").len();
        assert_eq!(mails, 1);
    }
}
