//! Lots are handed over: by appointment, whole, once.

use crate::support::check::fits_together;
use crate::support::waves::{self, appointment};
use testkit::{both_engines, json};

both_engines! {
    fn a_donor_reads_in_the_log_neither_who_receives_a_device_nor_who_took_it(app) {
        waves::two_lots(app);
        let alpha = waves::handover_of(app, "Alpha");
        let tags = waves::tags_of(&alpha);
        waves::complete(&app.refurbisher, &alpha, &tags).expect(200);
        let found = app.donor.get(&format!("/devices?scan={}", tags[0])).expect(200);
        let path = format!("/devices/{}/events", found["items"][0]["id"].as_str().unwrap());
        let log = app.donor.get(&path).expect(200);
        let given = |log: &testkit::Value| -> Vec<testkit::Value> {
            let lines = log["items"].as_array().unwrap().iter();
            lines.filter(|line| line["to_stage"] == "handed_over" || line["to_stage"] == "reserved").cloned().collect()
        };
        let lines = given(&log);
        assert!(lines.len() >= 2, "that it was given, and when: {log}");
        assert!(lines.iter().all(|line| line["evidence"] == json!({}) && line["note"].is_null()), "{lines:?}");
        assert!(!log.to_string().contains("Alpha"), "{log}");
        let whole = app.staff.get(&path).expect(200);
        assert!(given(&whole)[0]["evidence"]["association_name"] == "Alpha", "{whole}");
    }

    fn a_lot_is_scheduled_signed_for_and_handed_over(app) {
        let (stage, wave) = waves::two_lots(app);
        let alpha = waves::handover_of(app, "Alpha");
        assert_eq!((&alpha["status"], &alpha["devices"]), (&json!("planned"), &json!(12)));
        assert_eq!(alpha["reference"], "R-2023-00001");
        let planned = app.refurbisher.post(&format!("{}/schedule", waves::path_of(&alpha)), appointment(9)).expect(200);
        assert_eq!((&planned["status"], &planned["from"]), (&json!("scheduled"), &json!("2023-03-09T09:00:00Z")));
        assert_eq!(app.staff.get(&wave).expect(200)["status"], "handing_over");
        let mails = app.mails_of("handover_scheduled");
        assert_eq!(mails.len(), 1, "the association");
        assert_eq!(app.mails_of("handover_booked").len(), 2, "two people of the workshop, once a day");
        assert_eq!(mails[0].data["appointment"]["sequence"], 0);
        app.refurbisher.post(&format!("{}/schedule", waves::path_of(&alpha)), appointment(9)).expect(200);
        assert_eq!(app.mails_of("handover_scheduled").len(), 1);
        app.staff.post(&format!("{}/schedule", waves::path_of(&alpha)), appointment(10)).expect(200);
        assert_eq!(app.mails_of("handover_scheduled").last().unwrap().data["appointment"]["sequence"], 1);

        let note = || app.refurbisher.get(&format!("{}/note", waves::path_of(&alpha))).text();
        assert!(note().contains(&waves::tags_of(&alpha)[11]) && note().contains("Bordereau de remise R-2023-00001"));
        assert_eq!((note().matches('☐').count(), note().matches('☑').count()), (12, 0), "to be ticked on the spot");

        let mut scans = waves::tags_of(&alpha);
        // a serial number will do as well
        scans[0] = alpha["lot"][0]["serial"].as_str().unwrap().to_lowercase();
        let done = waves::complete(&app.refurbisher, &alpha, &scans).expect(200);
        assert_eq!((&done["status"], &done["recipient_name"]), (&json!("completed"), &json!("Aïcha Responsable")));
        assert_eq!((note().matches('☐').count(), note().matches('☑').count()), (0, 12), "as they were scanned");
        let again = waves::complete(&app.refurbisher, &alpha, &scans).expect(200);
        assert_eq!(again["version"], done["version"]);
        let mails = app.mails_of("handover_completed");
        assert_eq!(mails.len(), 1);
        let listed = mails[0].data["lot"].as_array().unwrap();
        assert_eq!(listed.len(), 12, "each device of the lot, by its tag");
        let gone = app.staff.get("/devices?stage=handed_over").expect(200);
        assert_eq!(gone["items"].as_array().unwrap().len(), 12);
        app.staff.post(&format!("{}/missed", waves::path_of(&alpha)), json!({"reason": "Trop tard."}))
            .refused(409, "handover_step_not_allowed");

        let beta = waves::handover_of(app, "Beta");
        waves::complete(&app.staff, &beta, &waves::tags_of(&beta)).expect(200);
        assert_eq!(app.staff.get(&wave).expect(200)["status"], "completed");
        app.staff.post(&format!("{wave}/cancel"), json!({"reason": "Non."})).refused(409, "wave_step_not_allowed");

        let figures = app.anyone.get(&format!("/programmes/{}/figures", stage.programme)).expect(200);
        assert_eq!(figures["devices"], json!({"handed_over": 22}));
        assert_eq!((&figures["associations_served"], &figures["lots"]), (&json!(2), &json!(2)));
        let first = &figures["waves"][0];
        assert_eq!((&first["associations"], &first["devices"]), (&json!(2), &json!(22)));
        assert_eq!((&first["smallest"], &first["largest"]), (&json!(10), &json!(12)));
        assert_eq!(figures["territories"][0]["devices"], 22);
        assert!(!figures.to_string().contains("Alpha"));
        fits_together(app);
    }

    fn device_not_in_lot(app) {
        waves::two_lots(app);
        let (alpha, beta) = (waves::handover_of(app, "Alpha"), waves::handover_of(app, "Beta"));
        let mut scans = waves::tags_of(&alpha);
        scans.push(waves::tags_of(&beta)[0].clone());
        let problem = waves::complete(&app.refurbisher, &alpha, &scans).refused(409, "device_not_in_lot");
        assert!(problem["detail"].as_str().unwrap().contains(&waves::tags_of(&beta)[0]));
        scans.pop();
        scans.push("INCONNU".to_owned());
        waves::complete(&app.refurbisher, &alpha, &scans).refused(409, "device_not_in_lot");
        // a second click names the same devices, or it is another lot that somebody closes
        let scans = waves::tags_of(&alpha);
        waves::complete(&app.refurbisher, &alpha, &scans).expect(200);
        waves::complete(&app.refurbisher, &alpha, &scans).expect(200);
        waves::complete(&app.refurbisher, &alpha, &waves::tags_of(&beta)).refused(409, "device_not_in_lot");
        waves::complete(&app.refurbisher, &alpha, &scans[1..]).refused(409, "lot_incomplete");
        assert_eq!(app.mails_of("handover_completed").len(), 1);
    }

    fn lot_incomplete(app) {
        waves::two_lots(app);
        let alpha = waves::handover_of(app, "Alpha");
        let mut scans = waves::tags_of(&alpha);
        let left = scans.pop().unwrap();
        let problem = waves::complete(&app.refurbisher, &alpha, &scans).refused(409, "lot_incomplete");
        assert_eq!(problem["missing"], json!([left]));
        waves::complete(&app.refurbisher, &alpha, &[]).refused(409, "lot_incomplete");
        app.refurbisher.post(&format!("{}/complete", waves::path_of(&alpha)), json!({"recipient_name": " ", "devices": scans}))
            .refused(422, "invalid_fields");
        assert_eq!(waves::handover_of(app, "Alpha")["status"], "planned");
    }

    fn a_missed_handover_is_scheduled_again(app) {
        waves::two_lots(app);
        let alpha = waves::handover_of(app, "Alpha");
        app.refurbisher.post(&format!("{}/schedule", waves::path_of(&alpha)), appointment(9)).expect(200);
        app.refurbisher.post(&format!("{}/missed", waves::path_of(&alpha)), json!({"reason": ""})).refused(422, "invalid_fields");
        let missed = app.refurbisher.post(&format!("{}/missed", waves::path_of(&alpha)), json!({"reason": "Personne."})).expect(200);
        assert_eq!((&missed["status"], &missed["reason"]), (&json!("missed"), &json!("Personne.")));
        assert_eq!(app.mails_of("handover_missed").len(), 4, "the association and three of the city");
        waves::complete(&app.refurbisher, &alpha, &waves::tags_of(&alpha)).refused(409, "handover_step_not_allowed");
        let mut wrong = appointment(12);
        wrong["to"] = wrong["from"].clone();
        app.refurbisher.post(&format!("{}/schedule", waves::path_of(&alpha)), wrong).refused(422, "invalid_fields");
        app.refurbisher.post(&format!("{}/schedule", waves::path_of(&alpha)), appointment(12)).expect(200);
        waves::complete(&app.refurbisher, &alpha, &waves::tags_of(&alpha)).expect(200);
    }

    fn a_handover_is_seen_by_those_concerned(app) {
        let (stage, _) = waves::two_lots(app);
        let alpha = waves::handover_of(app, "Alpha");
        stage.clients[0].get(&waves::path_of(&alpha)).expect(200);
        stage.clients[1].get(&waves::path_of(&alpha)).refused(404, "not_found");
        assert_eq!(stage.clients[1].get("/handovers").expect(200)["items"].as_array().unwrap().len(), 1);
        app.refurbisher.get(&waves::path_of(&alpha)).expect(200);
        app.stranger_refurbisher.get(&waves::path_of(&alpha)).refused(404, "not_found");
        assert_eq!(app.stranger_refurbisher.get("/handovers").expect(200)["items"], json!([]));
        waves::complete(&app.stranger_refurbisher, &alpha, &waves::tags_of(&alpha)).refused(404, "not_found");
        waves::complete(&stage.clients[0], &alpha, &waves::tags_of(&alpha)).refused(403, "not_allowed");
        app.refurbisher.with_header("if-match", "\"7\"").post(&format!("{}/schedule", waves::path_of(&alpha)), appointment(9))
            .refused(412, "stale_version");
    }

    fn two_workshops_closing_a_lot_at_once_give_one_outcome(app) {
        waves::two_lots(app);
        let alpha = waves::handover_of(app, "Alpha");
        let scans = waves::tags_of(&alpha);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let clients = [&app.refurbisher, &app.other_refurbisher, &app.staff, &app.admin];
            let running = clients.map(|client| scope.spawn(|| waves::complete(client, &alpha, &scans).status));
            running.map(|thread| thread.join().unwrap()).to_vec()
        });
        assert_eq!(statuses, [200; 4]);
        assert_eq!(app.mails_of("handover_completed").len(), 1);
        fits_together(app);
    }
}
