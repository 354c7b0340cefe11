//! What time brings: reminders, silence, and reports on what was received.

use eligibility::EligibilitySettings;
use testkit::{Client, Configuration, Engine, TestApp, Value, both_engines, json};

use crate::support::applications::*;
use crate::support::check::fits_together;
use crate::support::waves::Stage;

fn past_obligations(score: &Value) -> i64 {
    let mut criteria = score["criteria"].as_array().unwrap().iter();
    let found = criteria.find(|it| it["code"] == "past_obligations");
    found.unwrap()["points"].as_i64().unwrap()
}

both_engines! {
    fn reminders_come_once_and_silence_decides(app) {
        let closing = programme_with(app, json!({"closes_at": "2023-03-10T00:00:00Z"}));
        let open = programme_with(app, json!({"name": "Ouvert"}));
        let association = app.association("Clavier ouvert");
        draft(&association, &closing);
        let waiting = submitted(&association, &open);
        assert_eq!(remind(app), 0);
        let who = later(app, 3, [&app.staff]); // a week before the deadline
        assert_eq!((remind(app), remind(app)), (1, 0));
        assert_eq!(app.mails_of("application_reminder")[0].data["about"], "deadline");
        let changes = json!({"items": [{"field": "statement", "message": "Plus long."}]});
        who[0].post(&format!("{waiting}/request-changes"), changes).expect(200);
        let who = later(app, 15, [&association]);
        assert_eq!((remind(app), remind(app)), (1, 0));
        assert_eq!(app.mails_of("application_reminder")[1].data["about"], "changes");
        who[0].patch(&waiting, json!({"statement": "Bien plus long."})).expect(200);
        let sent = who[0].post(&format!("{waiting}/submit"), Value::Null).expect(200);
        assert_eq!(sent["silence_at"], "2023-05-13T08:00:00Z"); // it stood still for 15 days
        later(app, 46, []); // 3 May
        assert_eq!((remind(app), remind(app)), (1, 0));
        assert!(!app.mails_of("silence_near").is_empty() && app.mails_of("silence_decided").is_empty());
        later(app, 10, []);
        assert_eq!((remind(app), remind(app)), (1, 0));
        assert!(app.mails_of("silence_decided").iter().all(|mail| mail.data["silence_at"] == "2023-05-13T08:00:00Z"));
    }

    fn obligations_count_against(app) {
        let programme = programme_with(app, json!({"rubric": "marseille-2024"}));
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

    fn a_lot_that_was_handed_over_is_reported_on(app) {
        let stage = Stage::set(app, &[("Clavier ouvert", 10, 6000)], 10);
        stage.approved_wave(app, "Vague 1");
        let association = &stage.clients[0];
        let other = app.association("Souris grise");
        let owed = |client: &Client| client.get("/obligations").expect(200);
        assert_eq!(items(&owed(association)).len(), 0);
        let handover = items(&app.staff.get("/handovers").expect(200))[0].clone();
        let path = format!("/handovers/{}", id(&handover));
        let appointment = json!({"from": "2023-03-09T09:00:00Z", "to": "2023-03-09T10:00:00Z", "place": "Atelier du Port"});
        app.refurbisher.post(&format!("{path}/schedule"), appointment).expect(200);
        let complete = json!({"recipient_name": "Aïcha Responsable", "devices": stage.tags, "signature": "data:image/svg+xml,…"});
        for _ in 0..2 {
            app.refurbisher.post(&format!("{path}/complete"), complete.clone()).expect(200);
        }
        let list = owed(association);
        assert_eq!(items(&list).len(), 1, "{list}");
        let one = &items(&list)[0];
        assert_eq!((&one["due_at"], &one["handover_id"]), (&json!("2024-02-28T09:00:00Z"), &handover["id"]));
        assert_eq!(one["what"], format!("Bilan d'usage du lot {} (10 appareils)", handover["reference"].as_str().unwrap()));
        let report = format!("/obligations/{}/report", id(one));
        let body = json!({"summary": "Dix postes dans la salle, deux ateliers par semaine.", "devices_in_use": 10, "people_reached": 120});
        other.post(&report, body.clone()).refused(404, "not_found");
        assert_eq!(items(&owed(&other)).len(), 0);
        assert_eq!(items(&other.get(&format!("/obligations?association_id={}", association.organisation)).expect(200)).len(), 0);
        app.refurbisher.get("/obligations").refused(403, "not_allowed");
        app.refurbisher.post(&report, body.clone()).refused(403, "not_allowed");
        // two weeks before, and once when it is overdue
        assert_eq!(remind(app), 0);
        later(app, 351, []);
        assert_eq!((remind(app), remind(app)), (1, 0));
        later(app, 15, []);
        assert_eq!((remind(app), remind(app)), (1, 0));
        let told: Vec<_> = app.mails_of("follow_up_due").iter().map(|mail| mail.data["overdue"].clone()).collect();
        assert_eq!(told, [json!(false), json!(true)]);
        let [association, staff] = later(app, 0, [association, &app.staff]);
        assert_eq!(items(&staff.get("/obligations?overdue=true").expect(200))[0]["association"], "Clavier ouvert");
        // it counts against the next application until the report is there
        let again = id(&staff.post("/programmes", json!({"name": "2024", "rubric": "marseille-2024", "kinds": ["desktop"], "lot_min": 1,
            "lot_max": 30, "opens_at": "2024-01-01T00:00:00Z", "closes_at": null, "territory": "13055"})).expect(201));
        let mut next = form();
        next["requests"][0]["accepts"] = json!([]);
        let made = association.post(&format!("/programmes/{again}/applications"), next).expect(201);
        let path = format!("/applications/{}", id(&made));
        association.post(&format!("{path}/submit"), Value::Null).expect(200);
        let past = || past_obligations(&staff.get(&format!("{path}/score")).expect(200));
        assert_eq!(past(), 5000);
        let problem = association.post(&report, json!({"summary": " ", "devices_in_use": -1})).refused(422, "invalid_fields");
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/summary", "/devices_in_use"]);
        let figures = format!("/programmes/{}/figures", stage.programme);
        let uses = || app.anyone.get(&figures).expect(200)["uses"].clone();
        assert_eq!(uses(), json!({"reports": 0, "devices": 0, "devices_told": 0, "devices_in_use": 0, "people_reached": 0, "themes": []}));
        let met = association.post(&report, body.clone()).expect(200);
        // it adds up in the figures at once, for what the association works on
        assert_eq!(uses(), json!({"reports": 1, "devices": 10, "devices_told": 10, "devices_in_use": 10, "people_reached": 120,
            "themes": [{"theme": "precarity", "reports": 1, "devices_in_use": 10, "people_reached": 120}]}));
        let page = app.browser().get(&format!("/chiffres?programme={}", stage.programme));
        page.says("appareils encore en service").says("120").says("personnes s’en servent").says("Pour quoi faire");
        fits_together(app);
        assert_eq!((&met["met_by"], &met["report"]["people_reached"]), (&json!(association.person), &json!(120)));
        association.post(&report, body).refused(409, "obligation_met");
        assert_eq!(past(), 10_000);
        assert_eq!(items(&staff.get("/obligations?open=false").expect(200))[0]["report"]["devices_in_use"], 10);
    }

    fn a_programme_says_when_a_report_is_due(app) {
        let made = programme_with(app, json!({"follow_up_months": 6}));
        assert_eq!(app.staff.get(&format!("/programmes/{made}")).expect(200)["follow_up_months"], 6);
        let body = json!({"name": "P", "rubric": "marseille-2023", "kinds": ["desktop"], "lot_min": 1, "lot_max": 1,
            "opens_at": "2023-03-01T00:00:00Z", "closes_at": null, "territory": "13055", "follow_up_months": 0});
        let problem = app.staff.post("/programmes", body).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/follow_up_months");
    }

    fn delays_are_the_operators(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        draft(&association, &programme_with(app, json!({"closes_at": "2023-03-20T00:00:00Z"})));
        submitted(&association, &programme);
        assert_eq!(remind(app), 0);
        let early = eligibility::Delays { draft_reminder_days: 30, silence_reminder_days: 60, ..eligibility::Delays::default() };
        assert_eq!(app.write(move |tx| eligibility::remind(tx, &early)), 2);
    }
}

#[test]
fn silence_and_appeals_follow_the_settings() {
    let mut eligibility = EligibilitySettings::default();
    eligibility.delays.silence_months = 4;
    eligibility.delays.appeal_months = 1;
    let configuration = Configuration {
        eligibility,
        ..Configuration::default()
    };
    let app = TestApp::start_configured(Engine::Sqlite, configuration).unwrap();
    let programme = programme(&app);
    let association = app.association("Clavier ouvert");
    let path = submitted(&association, &programme);
    let read = association.get(&path).expect(200);
    assert_eq!(read["silence_at"], "2023-06-28T08:00:00Z");
    app.staff.post(&decide(&path), ineligible()).expect(200);
    let [association] = later(&app, 29, [&association]); // 29 March
    let late = association.post(&format!("{path}/appeals"), json!({"grounds": "Non."}));
    let detail = late.refused(409, "appeal_too_late")["detail"].clone();
    assert!(detail.as_str().unwrap().contains("28/03/2023"), "{detail}");
}
