//! Overwritten drives count where the rubric of the programme lets them.

use crate::support::waves::{self, Stage};
use crate::support::workshop::{dock, intact, log, steps, text};
use db::schema::programmes as p;
use diesel::prelude::*;
use kernel::ProgrammeId;
use testkit::{TestApp, Value, both_engines, json};

/// A desktop on the shelf whose disk was overwritten: its batch, its id and its tag.
fn overwritten(app: &TestApp, serial: &str) -> (String, String, String) {
    let (batch, ids) = dock(app, &[serial], 1);
    for event in steps("D1") {
        let event = match event["type"].as_str() {
            Some("erased") => {
                json!({"type": "erased", "drives": [{"serial": "D1", "media": "hdd", "method": "clear",
                "tool": "nwipe", "result": "success"}]})
            }
            _ => event,
        };
        let who = match event["type"].as_str() {
            Some("quality_checked") => &app.other_refurbisher,
            _ => &app.refurbisher,
        };
        log(who, &ids[0], event).expect(200);
    }
    let device = app
        .refurbisher
        .get(&format!("/devices/{}", ids[0]))
        .expect(200);
    assert_eq!(device["stage"], "ready");
    (batch, ids[0].clone(), text(&device["tag"]))
}

/// What the pinned rubric of a programme says of overwritten drives.
fn let_clear_count(app: &TestApp, programme: &str, counts: bool) {
    let id: ProgrammeId = programme.parse().unwrap();
    app.write(move |tx| {
        let text: String = p::table.find(id).select(p::rubric_text).first(&mut **tx)?;
        let other = text.replace(
            &format!("clear_counts = {}", !counts),
            &format!("clear_counts = {counts}"),
        );
        assert_ne!(other, text);
        diesel::update(p::table.find(id))
            .set(p::rubric_text.eq(other))
            .execute(&mut **tx)?;
        Ok(())
    });
}

fn propose(app: &TestApp, path: &str) -> Value {
    app.staff
        .post(&format!("{path}/propose"), Value::Null)
        .expect(200)
}

both_engines! {
    fn the_same_stock_is_another_supply_under_another_rubric(app) {
        let open = Stage::set(app, &[("Alpha", 13, 8_000)], 12);
        let strict = Stage::set(app, &[("Beta", 13, 8_000)], 0);
        let_clear_count(app, &strict.programme, false);
        let (batch, _, tag) = overwritten(app, "CZC0001");

        let everything = propose(app, &open.wave(app, "Vague", json!({})));
        assert_eq!((&everything["supply"], &everything["left_out"]), (&json!({"desktop": 13}), &json!({})));
        assert_eq!(everything["lines"][0]["granted"], json!({"desktop": 13}));

        let path = strict.wave(app, "Vague", json!({}));
        for plan in [propose(app, &path), app.staff.post(&format!("{path}/simulate"), json!({})).expect(200)] {
            assert_eq!((&plan["supply"], &plan["left_out"]), (&json!({"desktop": 12}), &json!({"desktop": 1})));
        }
        let pin = json!({"granted": {"desktop": 10}, "reason": "Local petit."});
        let pinned = app.staff.put(&format!("{path}/pins/{}", strict.applications[0]), pin).expect(200);
        assert_eq!(pinned["left_out"], json!({"desktop": 1}));
        app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).expect(200);
        app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);
        let lot = app.staff.get(&format!("{path}/devices")).expect(200);
        assert!(lot["items"].as_array().unwrap().iter().all(|device| device["tag"] != json!(tag)));

        let of_batch = json!({"supply": {"kinds": ["desktop"], "batch_ids": [batch]}});
        let only = strict.wave(app, "Elle seule", of_batch);
        let problem = app.staff.post(&format!("{only}/propose"), Value::Null).refused(409, "nothing_to_allocate");
        assert!(text(&problem["detail"]).contains("écrasés (« clear ») : 1"), "{problem}");
        waves::log_stock(app);
        intact(app);
    }

    fn a_plan_that_counts_on_overwritten_drives_is_out_of_date_when_the_rubric_forbids_them(app) {
        let stage = Stage::set(app, &[("Alpha", 13, 8_000)], 12);
        let (_, _, tag) = overwritten(app, "CZC0001");
        let path = stage.wave(app, "Vague", json!({"supply": {"kinds": ["desktop"], "grades": ["A", "B"]}}));
        assert_eq!(propose(app, &path)["devices"], 13);
        let_clear_count(app, &stage.programme, false);
        let problem = app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).refused(409, "wave_out_of_date");
        assert_eq!((&problem["changes"]["device_count"], &problem["changes"]["devices"][0]["tag"]), (&json!(1), &json!(tag)));
        assert_eq!(propose(app, &path)["devices"], 12);
        app.staff.post(&format!("{path}/submit"), waves::plan_read(&app.staff, &path)).expect(200);
        app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);
    }

    fn no_overwritten_drive_comes_in_the_place_of_a_device_that_failed(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000)], 12);
        let_clear_count(app, &stage.programme, false);
        stage.approved_wave(app, "Vague");
        let (_, _, tag) = overwritten(app, "CZC0001");
        let lot = waves::handover_of(app, "Alpha");
        let replace = format!("{}/replace", waves::path_of(&lot));
        let body = json!({"device": waves::tags_of(&lot)[0], "reason": "L'écran reste noir."});
        app.refurbisher.post(&replace, body.clone()).refused(409, "no_replacement");
        let_clear_count(app, &stage.programme, true);
        let done = app.refurbisher.post(&replace, body).expect(200);
        assert_eq!(done["replacement"]["tag"], json!(tag));
    }

    fn a_disk_that_is_purged_after_all_is_taken_by_every_rubric(app) {
        let stage = Stage::set(app, &[("Alpha", 13, 8_000)], 12);
        let_clear_count(app, &stage.programme, false);
        let (_, id, _) = overwritten(app, "CZC0001");
        let path = stage.wave(app, "Vague", json!({}));
        assert_eq!(propose(app, &path)["left_out"], json!({"desktop": 1}));
        log(&app.refurbisher, &id, json!({"type": "repair_started"})).expect(200);
        let purged = json!({"type": "erased", "drives": [{"serial": "D1", "media": "hdd", "method": "purge", "tool": "hdparm", "result": "success"}]});
        log(&app.refurbisher, &id, purged).expect(200);
        log(&app.refurbisher, &id, json!({"type": "repaired", "description": "purge", "minutes": 5})).expect(200);
        for event in steps("D1").split_off(2) {
            let who = if event["type"] == "quality_checked" { &app.other_refurbisher } else { &app.refurbisher };
            log(who, &id, event).expect(200);
        }
        let plan = propose(app, &path);
        assert_eq!((&plan["supply"], &plan["left_out"]), (&json!({"desktop": 13}), &json!({})));
    }
}
