//! The pickup: planned, moved, given to another workshop, cancelled, noted late.

use crate::support::intake::{
    batch_at, collect, collected, id, mistakes, pointers, receive, schedule, step,
};
use testkit::{Mail, TestApp, Value, both_engines, json};

/// Whether a mail's calendar entry is taken back, and its place in the row of changes.
fn entry(mail: &Mail) -> (bool, i64) {
    let entry = &mail.data["appointment"];
    (
        entry["cancelled"] == true,
        entry["sequence"].as_i64().unwrap(),
    )
}

fn stage(app: &TestApp, batch: &str, stage: &str) -> Vec<Value> {
    let path = format!("/devices?batch_id={batch}&stage={stage}");
    app.staff.get(&path).expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

both_engines! {
    fn a_pickup_that_moves_keeps_its_calendar_entry(app) {
        let batch = batch_at(app, "scheduled", &[]);
        app.deliver();
        schedule(app, &batch, &app.refurbisher, 2).expect(200);
        app.deliver();
        let entries: Vec<Value> = app.mails_of("pickup_scheduled").into_iter()
            .filter(|mail| mail.data["donor"] == "Orange").map(|mail| mail.data["appointment"].clone()).collect();
        assert_eq!(entries.len(), 6);
        assert_eq!((&entries[0]["sequence"], &entries[5]["sequence"]), (&json!(0), &json!(1)));
        assert_eq!(entries[0]["uid"], entries[5]["uid"]);
        assert_eq!(entries[5]["from"], "2023-03-02T08:00:00Z");

        // another workshop takes over: the first one's entry is taken back
        schedule(app, &batch, &app.stranger_refurbisher, 3).expect(200);
        let last: Vec<_> = app.mails_of("pickup_scheduled").split_off(6);
        app.deliver();
        let told = |cancelled: bool| last.iter().filter(|mail| mail.data["appointment"]["cancelled"] == cancelled).count();
        assert_eq!((told(false), told(true)), (2, 2));
        app.refurbisher.get(&format!("/batches/{batch}")).refused(404, "not_found");
        app.stranger_refurbisher.get(&format!("/batches/{batch}")).expect(200);

        let mails = app.mails().len();
        app.donor.post(&format!("/batches/{batch}/cancel"), json!({"reason": "Plus disponible"})).expect(200);
        let last = app.mails().split_off(mails);
        assert!(last.iter().all(|mail| mail.kind == "batch_cancelled"));
        let back: Vec<&Mail> = last.iter().filter(|mail| mail.data["appointment"].is_object()).collect();
        assert_eq!((back.len(), last.len()), (2, 5), "donor and workshop, and staff without an entry");
        assert!(back.iter().all(|mail| entry(mail) == (true, 3) && mail.data["appointment"]["uid"] == entries[0]["uid"]));
    }

    fn people_who_move_a_pickup_at_once_leave_one_entry_after_the_other(app) {
        let batch = batch_at(app, "scheduled", &[]);
        app.deliver();
        let before = app.mails_of("pickup_scheduled").len();
        std::thread::scope(|scope| {
            for day in 2..8 {
                let batch = &batch;
                scope.spawn(move || schedule(app, batch, &app.refurbisher, day).expect(200));
            }
        });
        let mails = app.mails_of("pickup_scheduled").split_off(before);
        let kept = app.donor.get(&format!("/batches/{batch}")).expect(200)["scheduled"]["from"].clone();
        assert_eq!(mails.len(), 3, "what holds no longer is not sent any more");
        for mail in &mails {
            assert_eq!(entry(mail), (false, 6), "each change has its own number");
            assert_eq!(mail.data["appointment"]["from"], kept, "what stands is what is mailed");
        }
    }

    fn what_was_given_up_before_the_truck_came_goes_along_to_another_workshop(app) {
        let batch = batch_at(app, "scheduled", &["CZC1", "CZC2"]);
        let lost = id(&stage(app, &batch, "expected")[0]);
        app.refurbisher.post(&format!("/devices/{lost}/events"), json!({"type": "missing"})).expect(200);
        schedule(app, &batch, &app.stranger_refurbisher, 3).expect(200);
        app.refurbisher.get(&format!("/devices/{lost}")).refused(404, "not_found");
        let seen = app.stranger_refurbisher.get(&format!("/devices/{lost}")).expect(200);
        assert_eq!((&seen["stage"], &seen["workshop_id"]), (&json!("missing"), &json!(app.stranger_refurbisher.organisation)));
        let found = receive(&app.stranger_refurbisher, &batch, &["CZC1", "CZC2"]).expect(200);
        assert_eq!(found["received"], 2, "it was on the truck all the same");
        assert_eq!(stage(app, &batch, "received").len(), 2);
    }

    fn a_truck_may_be_unloaded_before_anyone_noted_that_it_left(app) {
        for (serial, closed) in [("CZC1", false), ("CZC2", true)] {
            let batch = batch_at(app, "scheduled", &[serial]);
            receive(&app.refurbisher, &batch, &[serial]).expect(200);
            if closed {
                step(&app.refurbisher, &batch, "close").expect(200);
            }
            let before = app.donor.get(&format!("/batches/{batch}")).expect(200);
            assert_eq!((&before["collected_at"], &before["pallets"]), (&Value::Null, &Value::Null), "nobody said when");
            let path = format!("/batches/{batch}/collect");
            let after = json!({"collected_at": "2023-02-28T10:00:00Z"});
            let problem = app.refurbisher.post(&path, after).refused(422, "invalid_fields");
            assert_eq!((pointers(&problem), mistakes(&problem)), (vec!["/collected_at".to_owned()], vec![(0, "out_of_range".to_owned())]));

            let mails = app.mails().len();
            let noted = collect(&app.refurbisher, &batch).expect(200);
            assert_eq!((&noted["collected_at"], &noted["pallets"], &noted["weight_kg"]),
                (&json!("2023-02-27T09:30:00Z"), &json!(26), &json!(6890.5)));
            assert_eq!((&noted["status"], &noted["received_at"]), (&before["status"], &before["received_at"]), "it stays where it is");
            assert_eq!(app.mails().len(), mails, "the donor heard of the count, or will");
            app.refurbisher.post(&path, collected()).refused(409, "batch_step_not_allowed");
        }
    }

    fn what_is_loaded_is_weighed_and_counted(app) {
        let batch = batch_at(app, "scheduled", &[]);
        let path = format!("/batches/{batch}/collect");
        let wrong = json!({"collected_at": "2023-03-01T10:00:01Z", "pallets": 10_001, "weight_kg": 1_000_000.5});
        let problem = app.refurbisher.post(&path, wrong).refused(422, "invalid_fields");
        assert_eq!(pointers(&problem), ["/collected_at", "/pallets", "/weight_kg"]);
        let batch = app.refurbisher.post(&path, json!({"collected_at": "2023-03-01T10:00:00Z"})).expect(200);
        assert_eq!((&batch["status"], &batch["pallets"], &batch["weight_kg"]), (&json!("collected"), &Value::Null, &Value::Null),
            "noted beforehand for the time agreed; what nobody weighed is not known");
        let mail = &app.mails_of("batch_collected")[0];
        assert_eq!((&mail.data["pallets"], &mail.data["weight_kg"]), (&Value::Null, &Value::Null));
    }
}
