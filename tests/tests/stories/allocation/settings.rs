//! What staff decide before a plan, and how they compare it.

use crate::support::waves::{self, Stage};
use testkit::{Value, both_engines, json};

both_engines! {
    fn nothing_to_allocate(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000)], 0);
        let path = stage.wave(app, "Vague", json!({}));
        app.staff.post(&format!("{path}/propose"), Value::Null).refused(409, "nothing_to_allocate");
        let problem = app.staff.post(&format!("/programmes/{}/waves", stage.programme),
            json!({"name": "", "supply": {"kinds": ["printer"]}, "lot_min": 0, "seed": "x"}))
            .refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 3);
        app.staff.post(&format!("/programmes/{}/waves", stage.programme), json!({"name": "Vague"}))
            .refused(422, "invalid_fields");
        app.anyone.get(&format!("{path}/notice")).refused(404, "not_found");
    }

    fn a_simulation_stores_nothing(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000), ("Gamma", 20, 6_000)], 25);
        let path = stage.proposed_wave(app, "Vague");
        let before = app.staff.get(&path).expect(200);
        let other = app.staff.post(&format!("{path}/simulate"), json!({"lot_min": 5})).expect(200);
        assert_eq!(other["lines"].as_array().unwrap().len(), 3);
        assert_eq!(other["difference"].as_array().unwrap().len(), 3);
        for settings in [
            json!({"reserve_small": 5}),
            json!({"reserve_small": {"quantity": {"desktop": 5}, "below": 15, "lot_min": 2}}),
            json!({"residual": "hold", "weight": {"base": 1}, "complements": true, "supply": {"at_most": {"desktop": 20}}}),
        ] {
            app.staff.post(&format!("{path}/simulate"), settings).expect(200);
        }
        let capped = app.staff.post(&format!("{path}/simulate"), json!({"caps": [{"tag": "13003", "max": 12}]})).expect(200);
        assert_eq!(capped["devices"], 12);
        app.staff.post(&format!("{path}/simulate"), json!({"reserve_small": "tout"})).refused(422, "invalid_fields");
        app.staff.post(&format!("{path}/simulate"), json!({"lot_min": -5})).refused(422, "invalid_fields");
        assert_eq!(app.staff.get(&path).expect(200), before);
    }

    fn settings_are_compared_side_by_side_and_changed(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000), ("Gamma", 20, 6_000)], 25);
        let path = stage.proposed_wave(app, "Vague");
        let both = app.staff.post(&format!("{path}/simulate"),
            json!({"settings": [{"lot_min": 5}, {"supply": {"kinds": ["desktop"], "at_most": {"desktop": 12}}}]})).expect(200);
        let plans = both["plans"].as_array().unwrap();
        let served: Vec<_> = plans.iter().map(|plan| (plan["served"].as_i64().unwrap(), plan["devices"].as_i64().unwrap())).collect();
        assert_eq!(served, [(2, 25), (3, 25), (1, 12)]);
        assert_eq!((&plans[1]["gain"], &plans[1]["lose"]), (&json!(1), &json!(2)));
        assert_eq!((&plans[2]["gain"], &plans[2]["lose"]), (&json!(0), &json!(2)));
        assert_eq!((&plans[0]["by_district"], &plans[2]["by_theme"]), (&json!({"13003": 25}), &json!({"precarity": 12})));
        assert_eq!(plans[1]["settings"]["lot_min"], 5);
        let shifts = both["shifts"].as_array().unwrap();
        assert_eq!(shifts.len(), 3);
        assert_eq!((&shifts[2]["association"], &shifts[2]["granted"][0]), (&json!("Gamma"), &json!({})));
        app.staff.post(&format!("{path}/simulate"), json!({"settings": []})).refused(422, "invalid_fields");

        let before = app.staff.get(&path).expect(200);
        let changed = app.staff.patch(&path, json!({"lot_min": 5, "name": "Petits lots"})).expect(200);
        assert_eq!((&changed["status"], &changed["name"]), (&json!("draft"), &json!("Petits lots")));
        assert_eq!((&changed["settings"]["lot_min"], &changed["settings"]["seed"]), (&json!(5), &before["settings"]["seed"]));
        app.staff.patch(&path, json!({"lot_min": 0, "name": " "})).refused(422, "invalid_fields");
        app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).refused(409, "wave_step_not_allowed");
        let plan = app.staff.post(&format!("{path}/propose"), Value::Null).expect(200);
        assert_eq!(plan["lines"].as_array().unwrap().len(), 3);
        app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).expect(200);
        app.staff.patch(&path, json!({"lot_min": 6})).refused(409, "wave_not_editable");
    }

    fn a_supply_names_nothing_twice_and_not_too_much(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000)], 20);
        let batch = app.staff.get("/batches").expect(200)["items"][0]["id"].clone();
        let supply = json!({"batch_ids": vec![&batch; 300], "grades": ["B", "A", "B"]});
        let path = stage.wave(app, "Vague", json!({"supply": supply}));
        let kept = app.staff.get(&path).expect(200)["settings"]["supply"].clone();
        assert_eq!((&kept["batch_ids"], &kept["grades"]), (&json!([batch]), &json!(["A", "B"])));
        app.staff.post(&format!("{path}/propose"), Value::Null).expect(200);
        let many: Vec<String> = (0..1_001).map(|n| format!("0198c0de-0000-7000-8000-{n:012}")).collect();
        let problem = app.staff.post(&format!("{path}/simulate"), json!({"supply": {"batch_ids": many}}))
            .refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/supply/batch_ids");
        for (field, empty) in [("grades", json!([])), ("device_ids", json!([]))] {
            let problem = app.staff.post(&format!("{path}/simulate"), json!({"supply": {field: empty}}))
                .refused(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], format!("/supply/{field}"));
        }
    }

    fn grades_are_shared_out_fairly_when_asked(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
        for tag in &stage.tags[..20] {
            waves::set_grade(app, tag, "A");
        }
        for picking in ["site_first", "grades_first"] {
            let path = stage.wave(app, picking, json!({"picking": picking}));
            app.staff.post(&format!("{path}/propose"), Value::Null).expect(200);
            app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).expect(200);
            app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);
            let list = app.staff.get(&format!("{path}/devices?limit=200")).expect(200);
            let of = |association: &str| {
                let devices = list["items"].as_array().unwrap().iter();
                devices.filter(|device| device["association"] == association && device["grade"] == "A").count()
            };
            assert_eq!(of("Alpha") + of("Beta"), 20);
            assert!(picking == "site_first" || of("Alpha") == 10, "{} of the good ones to Alpha", of("Alpha"));
            app.staff.post(&format!("{path}/cancel"), json!({"reason": "Essai."})).expect(200);
        }
        app.staff.post(&format!("/programmes/{}/waves", stage.programme),
            json!({"name": "Vague", "picking": "au hasard", "seed": "s"})).refused(422, "invalid_fields");
    }
}
