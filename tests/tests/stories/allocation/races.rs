//! Approving at once, and while workshops go on: no device in two lots, no half wave.

use crate::support::check::fits_together;
use crate::support::waves::{self, Stage};
use db::schema::devices as d;
use diesel::prelude::*;
use testkit::{both_engines, json};

both_engines! {
    fn two_staff_approving_at_the_same_instant_give_one_outcome(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
        let wave = stage.submitted_wave(app, "Vague");
        let (path, read) = (format!("{wave}/approve"), waves::plan_read(&app.admin, &wave));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let clients = [&app.other_staff, &app.admin, &app.other_staff, &app.admin];
            let running = clients.map(|client| scope.spawn(|| client.post(&path, read.clone()).status));
            running.map(|thread| thread.join().unwrap()).to_vec()
        });
        // one of the two won, and its second click is the same success
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 2, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 2, "{statuses:?}");
        assert_eq!(waves::reserved(app), (40, 0));
        assert_eq!(app.mails_of("lot_granted").len(), 2);
        assert_eq!(app.staff.get("/handovers").expect(200)["items"].as_array().unwrap().len(), 2);
        fits_together(app);
    }

    fn eight_clients_reserving_at_once_put_no_device_in_two_lots(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
        let waves: Vec<String> = (0..8).map(|n| stage.submitted_wave(app, &format!("Vague {n}"))).collect();
        let replies: Vec<_> = std::thread::scope(|scope| {
            let running: Vec<_> = waves
                .iter()
                .map(|path| scope.spawn(move || app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, path))))
                .collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            reply.refused(409, "wave_out_of_date");
        }
        assert_eq!(waves::reserved(app), (40, 0));
        let stages: Vec<String> = app.read(|db| Ok(d::table.select(d::stage).distinct().load(db)?));
        assert_eq!(stages, ["reserved"]);
        assert_eq!(app.mails_of("lot_granted").len(), 2);
        fits_together(app);
    }

    fn approving_while_the_workshop_takes_devices_back_is_all_or_nothing(app) {
        let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 40);
        let path = stage.submitted_wave(app, "Vague");
        let ids: Vec<kernel::DeviceId> = app.read(|db| Ok(d::table.order(d::id).limit(4).select(d::id).load(db)?));
        let (approved, taken) = std::thread::scope(|scope| {
            let approving = scope.spawn(|| app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).status);
            let taking: Vec<_> = ids.iter().map(|id| scope.spawn(move || {
                app.refurbisher.post(&format!("/devices/{id}/events"), json!({"type": "repair_started"})).status
            })).collect();
            let taken = taking.into_iter().map(|thread| thread.join().unwrap()).filter(|status| *status < 300).count();
            (approving.join().unwrap(), taken)
        });
        let stages: Vec<String> = app.read(|db| Ok(d::table.filter(d::stage.eq("reserved")).select(d::stage).load(db)?));
        if approved == 200 {
            assert_eq!((waves::reserved(app), stages.len(), taken), ((40, 0), 40, 0));
        } else {
            assert_eq!((approved, waves::reserved(app), stages.len()), (409, (0, 0), 0));
            assert!(taken > 0);
        }
        fits_together(app);
    }
}
