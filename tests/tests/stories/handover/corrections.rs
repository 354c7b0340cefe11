//! What goes wrong between an award and its lot, and is put right.

use crate::support::applications::{eligible, id, ineligible, knowing};
use crate::support::check::fits_together;
use crate::support::waves::{self, Stage, appointment, handover_of, path_of, tags_of};
use testkit::{TestApp, Value, both_engines, json};

fn device(app: &TestApp, tag: &str) -> Value {
    // the stock of stories has tags without a check character, which a scan would not take
    let list = app.staff.get(&format!("/devices?scan={tag}")).expect(200);
    list["items"][0].clone()
}

both_engines! {
    fn a_lot_is_signed_for_or_says_why_not(app) {
        waves::two_lots(app);
        let (alpha, beta) = (handover_of(app, "Alpha"), handover_of(app, "Beta"));
        let complete = |handover: &Value, over: Value| {
            let mut body = json!({"recipient_name": "Aïcha", "devices": tags_of(handover)});
            for (key, value) in over.as_object().unwrap() {
                body[key] = value.clone();
            }
            app.refurbisher.post(&format!("{}/complete", path_of(handover)), body)
        };
        let none = complete(&alpha, json!({})).refused(422, "invalid_fields");
        assert_eq!(none["errors"][0]["pointer"], "/signature");
        complete(&alpha, json!({"signature": "A", "signature_waived": {"reason": "x"}})).refused(422, "invalid_fields");
        complete(&alpha, json!({"signature_waived": {"reason": ""}})).refused(422, "invalid_fields");
        let drawn = "data:image/svg+xml,%3Csvg/%3E";
        let signed = complete(&alpha, json!({"signature": drawn})).expect(200);
        assert_eq!((&signed["signed"], &signed["signature"]), (&json!(true), &json!(drawn)));
        // printf '%s' 'data:image/svg+xml,%3Csvg/%3E' | sha256sum
        assert_eq!(signed["signature_sha256"], "61f3960dd809571d21142f332c9a806d1e5aa1eb8a26b2010707e9f3c65206d4");
        let note = app.refurbisher.get(&format!("{}/note", path_of(&alpha))).text().replace("&#x2f;", "/");
        assert!(note.contains(drawn) && note.contains("61f3960dd809571d21142f332c9a806d1e5aa1eb8a26b2010707e9f3c65206d4"), "{note}");
        let waived = complete(&beta, json!({"signature_waived": {"reason": "La tablette est en panne."}})).expect(200);
        assert_eq!((&waived["signed"], &waived["signature_waived"]), (&json!(false), &json!("La tablette est en panne.")));
        let note = app.refurbisher.get(&format!("{}/note", path_of(&beta))).text();
        assert!(note.contains("La tablette est en panne."), "{note}");
        fits_together(app);
    }

    fn somebody_else_collects_named_beforehand(app) {
        let (stage, _) = waves::two_lots(app);
        let alpha = handover_of(app, "Alpha");
        let path = format!("{}/collector", path_of(&alpha));
        stage.clients[1].post(&path, json!({"name": "Un autre"})).refused(404, "not_found");
        app.refurbisher.post(&path, json!({"name": "x"})).refused(403, "not_allowed");
        let named = stage.clients[0].post(&path, json!({"name": "Karim du club voisin"})).expect(200);
        assert_eq!(named["collector"], "Karim du club voisin");
        assert_eq!(app.refurbisher.get(&path_of(&alpha)).expect(200)["collector"], "Karim du club voisin");
        let note = app.refurbisher.get(&format!("{}/note", path_of(&alpha))).text();
        assert!(note.contains("Karim du club voisin"), "{note}");
        let back = stage.clients[0].post(&path, json!({"name": ""})).expect(200);
        assert_eq!(back["collector"], Value::Null);
        waves::complete(&app.refurbisher, &alpha, &tags_of(&alpha)).expect(200);
        stage.clients[0].post(&path, json!({"name": "Trop tard"})).refused(409, "handover_step_not_allowed");
    }

    fn organisation_suspended_meanwhile_gets_no_lot_without_a_decision(app) {
        let (stage, _) = waves::two_lots(app);
        let alpha = handover_of(app, "Alpha");
        let association = format!("/organisations/{}", stage.clients[0].organisation);
        app.staff.post(&format!("{association}/suspend"), json!({"reason": "Enquête en cours."})).expect(200);
        let when = appointment(9);
        app.refurbisher.post(&format!("{}/schedule", path_of(&alpha)), when.clone()).refused(409, "organisation_suspended");
        waves::complete(&app.refurbisher, &alpha, &tags_of(&alpha)).refused(409, "organisation_suspended");
        let allow = format!("{}/allow", path_of(&alpha));
        app.refurbisher.post(&allow, json!({"reason": "x"})).refused(403, "not_allowed");
        app.staff.post(&allow, json!({"reason": " "})).refused(422, "invalid_fields");
        let allowed = app.staff.post(&allow, json!({"reason": "Le lot est promis aux enfants du centre."})).expect(200);
        assert_eq!(allowed["allowed_reason"], "Le lot est promis aux enfants du centre.");
        app.refurbisher.post(&format!("{}/schedule", path_of(&alpha)), when).expect(200);
        waves::complete(&app.refurbisher, &alpha, &tags_of(&alpha)).expect(200);
        app.staff.post(&allow, json!({"reason": "x"})).refused(409, "handover_step_not_allowed");
        fits_together(app);
    }

    fn a_device_that_was_not_given_leaves_the_lot_that_was_signed_for(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000)], 13);
        stage.approved_wave(app, "Première vague");
        let alpha = handover_of(app, "Alpha");
        let tags = tags_of(&alpha);
        let spare = stage.tags.iter().find(|tag| !tags.contains(tag)).unwrap();
        let correct = format!("{}/correct", path_of(&alpha));
        let swap = json!({"device": tags[0], "instead": spare, "reason": "Deux étiquettes échangées."});
        app.staff.post(&correct, swap.clone()).refused(409, "handover_step_not_allowed");
        waves::complete(&app.refurbisher, &alpha, &tags).expect(200);
        app.refurbisher.post(&correct, swap.clone()).refused(403, "not_allowed");
        let line = device(app, &tags[0]);
        let log = app.staff.get(&format!("/devices/{}/events", id(&line))).expect(200);
        let given = log["items"].as_array().unwrap().iter().rfind(|line| line["type"] == "handed_over").unwrap().clone();
        // a handover is corrected with its lot
        app.staff.post(&format!("/devices/{}/corrections", id(&line)), json!({"event_id": given["id"], "reason": "x"}))
            .refused(409, "correction_not_possible");
        let corrected = app.staff.post(&correct, swap).expect(200);
        assert_eq!(corrected["devices"], 12);
        let now = tags_of(&corrected);
        assert!(now.contains(spare) && !now.contains(&tags[0]), "{corrected}");
        assert_eq!((&device(app, &tags[0])["stage"], &device(app, spare)["stage"]), (&json!("ready"), &json!("handed_over")));
        let letters = app.mails_of("handover_corrected");
        assert_eq!((&letters[0].data["removed"], &letters[0].data["added"]), (&json!(tags[0]), &json!(spare)));
        fits_together(app);
        let one_less = app.staff.post(&correct, json!({"device": tags[1], "reason": "Resté à l'atelier."})).expect(200);
        assert_eq!((&one_less["devices"], tags_of(&one_less).len()), (&json!(11), 11));
        app.staff.post(&correct, json!({"device": tags[1], "reason": "x"})).refused(409, "device_not_in_lot");
        fits_together(app);
    }

    fn an_eligibility_is_revoked_and_granted_again_before_the_lot_is_handed_over(app) {
        let (stage, _) = waves::two_lots(app);
        let (alpha, beta) = (handover_of(app, "Alpha"), handover_of(app, "Beta"));
        let application = format!("/applications/{}", stage.applications[0]);
        let decide = format!("{application}/decide");
        app.staff.post(&decide, json!({"outcome": "ineligible"})).refused(422, "invalid_fields");
        let revoked = knowing(&app.staff, &application).post(&decide, ineligible()).expect(200);
        assert_eq!((&revoked["status"], &revoked["score"]), (&json!("ineligible"), &Value::Null));
        let released = app.staff.get(&path_of(&alpha)).expect(200);
        assert_eq!((&released["status"], &released["reason"]), (&json!("cancelled"), &json!("Hors objet.")));
        let letters = app.mails_of("application_ineligible");
        assert_eq!((letters.len(), &letters[0].data["revoked"]), (1, &json!(true)));
        assert_eq!(app.mails_of("lot_released").len(), 1);
        stage.clients[0].get(&format!("{application}/score")).refused(409, "not_scored");
        fits_together(app);
        // once a lot is handed over, the decision stays
        waves::complete(&app.refurbisher, &beta, &tags_of(&beta)).expect(200);
        let other = format!("/applications/{}", stage.applications[1]);
        knowing(&app.staff, &other).post(&format!("{other}/decide"), ineligible())
            .refused(409, "application_step_not_allowed");
        // granted again, for a reason
        app.staff.post(&decide, eligible()).refused(422, "invalid_fields");
    }
}
