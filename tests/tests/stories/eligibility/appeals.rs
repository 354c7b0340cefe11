//! Appeals: filed in time, decided by somebody else.

use testkit::{Value, both_engines, json};

use crate::support::applications::*;
use crate::support::waves;

both_engines! {
    fn appeals_are_treated_by_somebody_else(app) {
        let programme = programme(app);
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
        assert_eq!(appeal["silence_at"], "2023-04-28T08:00:00Z");
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
        let programme = programme(app);
        let (refused, ignored) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let path = submitted(&refused, &programme);
        let silent = submitted(&ignored, &programme);
        app.staff.post(&format!("{path}/decide"), json!({"outcome": "ineligible", "reasons": ["Non."]})).expect(200);
        let who = later(app, 60, [&refused, &ignored, &app.staff]); // 29 April
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

    fn a_decision_that_is_overturned_enters_the_next_wave(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = submitted(&association, &programme);
        assess(&app.staff, &path, 4);
        app.staff.post(&decide(&path), ineligible()).expect(200);
        waves::stock(app, "desktop", 20);
        let wave = |name: &str| {
            let body = json!({"name": name, "supply": {"kinds": ["desktop"]}, "seed": "marseille-2023-1"});
            let made = app.staff.post(&format!("/programmes/{programme}/waves"), body).expect(201);
            format!("/waves/{}", id(&made))
        };
        let before = wave("Avant");
        let nobody = app.staff.post(&format!("{before}/propose"), Value::Null);
        assert!(nobody.status == 409 || nobody.json()["lines"].as_array().is_some_and(Vec::is_empty), "{}", nobody.text());
        let appeal = association.post(&format!("{path}/appeals"), json!({"grounds": "Relisez le projet."})).expect(201);
        let decided = app.other_staff.post(&format!("/appeals/{}/decide", id(&appeal)),
            json!({"outcome": "overturned", "reasons": ["Le projet entre bien dans l'objet."]})).expect(200);
        assert_eq!(decided["marked_anew_at"], Value::Null); // the contested mark counts until somebody else gives another
        let after = wave("Après");
        app.staff.post(&format!("{after}/propose"), Value::Null).expect(200);
        let lines = app.staff.get(&format!("{after}/lines")).expect(200);
        assert_eq!((items(&lines).len(), &items(&lines)[0]["application_id"]), (1, &json!(id_at(&path))));
        assert!(items(&lines)[0]["lot"].as_i64().unwrap() >= 10, "{lines}");
    }

    fn an_appeal_that_is_upheld_leaves_the_decision(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = submitted(&association, &programme);
        app.staff.post(&decide(&path), ineligible()).expect(200);
        let who = later(app, 59, [&association, &app.other_staff]); // 28 April, the last day
        let appeal = who[0].post(&format!("{path}/appeals"), json!({"grounds": "Relisez le projet."})).expect(201);
        let upheld = json!({"outcome": "upheld", "reasons": ["Le projet reste hors du champ."]});
        let decided = who[1].post(&format!("/appeals/{}/decide", id(&appeal)), upheld).expect(200);
        assert_eq!((&decided["outcome"], &decided["reasons"][0]), (&json!("upheld"), &json!("Le projet reste hors du champ.")));
        let read = who[0].get(&path).expect(200);
        assert_eq!((&read["status"], &read["reasons"]), (&json!("ineligible"), &json!(["Hors objet."])));
        assert!(app.mails_of("appeal_decided").iter().all(|mail| mail.data["overturned"] == false));
    }

    fn an_appeal_against_the_score_has_the_project_marked_anew(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = found_eligible(app, &association, &programme, 2);
        let before = association.get(&format!("{path}/score")).expect(200);
        let appeal = association.post(&format!("{path}/appeals"), json!({"grounds": "Le projet est mal noté."})).expect(201);
        assert_eq!(appeal["contested"], "score");
        let third = app.person(app.staff.organisation.parse().unwrap(), testkit::Role::Staff, "Troisième");
        let fourth = app.person(app.staff.organisation.parse().unwrap(), testkit::Role::Staff, "Quatrième");
        let mark = |points: i64| json!({"points": points, "justification": "Relu à la suite du recours."});
        // whoever marked before does not mark anew
        app.other_staff.put(&project(&path), mark(5)).refused(409, "same_person");
        let decided = app.other_staff.post(&format!("/appeals/{}/decide", id(&appeal)),
            json!({"outcome": "overturned", "reasons": ["Les marques oublient l'accompagnement."]})).expect(200);
        assert_eq!(decided["marked_anew_at"], Value::Null);
        let letters = app.mails_of("appeal_decided");
        let letter = &letters[0];
        assert_eq!((&letter.data["contested"], &letter.data["marked_anew"]), (&json!("score"), &json!(true)));
        assert_eq!(association.get(&path).expect(200)["status"], "eligible");
        app.staff.put(&project(&path), mark(5)).refused(409, "same_person");
        third.put(&project(&path), mark(5)).expect(200);
        let after = association.get(&format!("{path}/score")).expect(200);
        assert!(after["score"].as_i64() > before["score"].as_i64(), "{after}");
        assert_eq!(after["provisional"], false);
        let told = app.mails_of("application_rescored");
        assert_eq!((told.len(), &told[0].data["appeal"]), (1, &appeal["reference"]));
        // the rubric asks for two: the second new mark counts beside the first, not the former ones
        fourth.put(&project(&path), mark(4)).expect(200);
        let appeal = app.staff.get(&format!("/appeals/{}", id(&appeal))).expect(200);
        assert!(appeal["marked_anew_at"].is_string());
        let read = app.staff.get(&path).expect(200);
        let counts: Vec<_> = read["assessments"].as_array().unwrap().iter().map(|it| it["set_aside_at"].is_null()).collect();
        assert_eq!(counts.iter().filter(|counts| **counts).count(), 2, "{read}");
        assert_eq!(counts.len(), 4);
        let last = association.get(&format!("{path}/score")).expect(200);
        assert!(last["score"].as_i64() < after["score"].as_i64());
        third.put(&project(&path), mark(1)).refused(409, "application_step_not_allowed");
        app.read(eligibility::verify_scores).unwrap();
    }

    fn an_appeal_against_the_score_that_is_upheld_changes_no_points(app) {
        let programme = programme(app);
        let association = app.association("Souris grise");
        let path = found_eligible(app, &association, &programme, 3);
        let before = association.get(&format!("{path}/score")).expect(200);
        let appeal = association.post(&format!("{path}/appeals"), json!({"grounds": "Le projet est mal noté."})).expect(201);
        let third = app.person(app.staff.organisation.parse().unwrap(), testkit::Role::Staff, "Troisième");
        third.put(&project(&path), json!({"points": 5, "justification": "Relu."})).expect(200);
        third.post(&format!("/appeals/{}/decide", id(&appeal)), json!({"outcome": "upheld", "reasons": ["Les marques sont justes."]})).expect(200);
        assert_eq!(association.get(&format!("{path}/score")).expect(200)["score"], before["score"]);
        let read = app.staff.get(&path).expect(200);
        let aside: Vec<_> = read["assessments"].as_array().unwrap().iter().filter(|it| it["set_aside_at"].is_string()).collect();
        assert_eq!((aside.len(), &aside[0]["points"]), (1, &json!(5)));
        let letters = app.mails_of("appeal_decided");
        let letter = &letters[0];
        assert!(letter.data["score"].is_string() && letter.data["contested"] == "score");
        app.read(eligibility::verify_scores).unwrap();
    }
}
