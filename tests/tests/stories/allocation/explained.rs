//! What associations and everyone may read of a wave, and to whom gifts go.

use crate::support::waves::{self, Stage};
use testkit::{both_engines, json};

both_engines! {
    fn an_association_sees_only_its_own_line(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 25);
        let path = stage.submitted_wave(app, "Vague");
        let (alpha, beta) = (&stage.clients[0], &stage.clients[1]);
        alpha.get(&path).refused(404, "not_found");
        alpha.get(&format!("{path}/lines")).refused(404, "not_found");
        let explanation = |application: &str| format!("{path}/lines/{application}/explanation");
        alpha.get(&explanation(&stage.applications[0])).refused(404, "not_found");
        let live = app.staff.get(&explanation(&stage.applications[0])).expect(200);
        assert!(live["text"]["fr"].as_str().unwrap().contains("pas encore approuvé"));
        app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);

        let lines = alpha.get(&format!("{path}/lines")).expect(200);
        assert_eq!(lines["items"].as_array().unwrap().len(), 1);
        assert_eq!(lines["items"][0]["application_id"], stage.applications[0]);
        alpha.get(&path).expect(200);
        let own = alpha.get(&explanation(&stage.applications[0])).expect(200);
        assert!(!own["text"]["fr"].as_str().unwrap().contains("Beta"));
        assert!(own["text"]["fr"].as_str().unwrap().contains("R. 311-3-1-2"));
        alpha.get(&explanation(&stage.applications[1])).refused(404, "not_found");
        let refused = beta.get(&explanation(&stage.applications[1])).expect(200);
        assert_eq!(refused["requests"][0]["lots"][0]["granted"], true);
        let stranger = app.association("Ailleurs");
        stranger.get(&path).refused(404, "not_found");
        stranger.get(&explanation(&stage.applications[0])).refused(404, "not_found");
        app.donor.get(&format!("{path}/lines")).refused(403, "not_allowed");
    }

    fn the_explanation_says_what_would_have_changed_the_result(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000), ("Gamma", 20, 6_000)], 25);
        let path = stage.submitted_wave(app, "Vague");
        app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);
        let own = stage.clients[2]
            .get(&format!("{path}/lines/{}/explanation", stage.applications[2])).expect(200);
        let request = &own["requests"][0];
        assert_eq!((&request["reason"], &request["granted"]), (&json!("stock_exhausted"), &json!({})));
        assert_eq!(request["lots"][0]["possible"], 5);
        // as many points as Beta, before which the public draw would place it, or five devices more
        assert_eq!(request["would_change"]["score_to_be_served"], 7_000);
        assert_eq!(request["would_change"]["stock"][0], json!({"class": "desktop/open", "devices": 5, "smallest": true}));
        let text = own["text"]["fr"].as_str().unwrap();
        assert!(text.contains("70,00 points"), "{text}");
        assert_eq!(own["score"]["rubric"], "marseille-2023");
        assert_eq!(app.mails_of("lot_not_granted").len(), 1);

        let notice = app.anyone.get(&format!("{path}/notice")).expect(200);
        assert_eq!((&notice["results"]["served"], &notice["results"]["refused"]), (&json!(2), &json!(1)));
        assert!(!notice.to_string().contains("Alpha"));
        let file = app.anyone.get(&format!("{path}/file"));
        let (verdict, right) = allocation::plan::replay::check(&file.text(), &file.text());
        assert!(right, "{verdict}");

        let own = format!("{path}/lines/{}/explanation", stage.applications[2]);
        let plain = stage.clients[2].with_header("accept", "text/plain").get(&own);
        assert_eq!(plain.text(), text);
        let page = stage.clients[2].with_header("accept", "text/html,*/*;q=0.8").get(&own);
        assert_eq!(page.status, 303, "a browser is led to the page");
        let page = app.anyone.with_header("accept", "text/html").get(&format!("{path}/notice"));
        assert_eq!(page.status, 303, "a browser is led to the page");
    }

    fn a_gift_goes_to_those_it_is_meant_for(app) {
        let stage = Stage::set(app, &[("Alpha", 30, 9_000), ("Beta", 30, 7_000)], 20);
        let (for_beta, for_others) = (waves::stock(app, "desktop", 15), waves::stock(app, "desktop", 5));
        for (tag, tied) in [
            (&for_beta[0], json!({"association_ids": [stage.clients[1].organisation]})),
            (&for_others[0], json!({"themes": ["employment"]})),
        ] {
            waves::tie(app, tag, Some(&tied));
        }
        let path = stage.submitted_wave(app, "Vague");
        let lines = app.staff.get(&format!("{path}/lines")).expect(200);
        // everything that is for everyone to Alpha: Beta has its own gift
        let given = [waves::granted(&lines["items"], &stage.applications[0]), waves::granted(&lines["items"], &stage.applications[1])];
        assert_eq!(given.iter().sum::<i64>(), 35);
        assert!(given[0] <= 20 && given[1] >= 15, "{given:?}");
        app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);
        let list = app.staff.get(&format!("{path}/devices?limit=200")).expect(200);
        for device in list["items"].as_array().unwrap() {
            let tag = device["tag"].as_str().unwrap().to_owned();
            assert!(!for_others.contains(&tag));
            assert!(!for_beta.contains(&tag) || device["association"] == "Beta");
        }
        let file = app.anyone.get(&format!("{path}/file"));
        let (verdict, right) = allocation::plan::replay::check(&file.text(), &file.text());
        assert!(right, "{verdict}");
        stage.clients[0].get(&format!("{path}/lines/{}/explanation", stage.applications[0])).expect(200);
    }
}
