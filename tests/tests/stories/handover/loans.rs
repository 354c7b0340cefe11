//! A programme that lends: lots are due back, are reminded of, and are checked in.

use crate::support::check::fits_together;
use crate::support::waves::{self, Stage, handover_of, path_of, tags_of};
use testkit::{Client, Role, TestApp, Value, both_engines, json};

/// A lot of twelve that is lent for six months, handed over: the stage, its path, its tags.
fn lent(app: &TestApp) -> (Stage, String, Vec<String>) {
    let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 22);
    let programme = format!("/programmes/{}", stage.programme);
    let changed = app
        .staff
        .patch(&programme, json!({"loan_months": 6}))
        .expect(200);
    assert_eq!(changed["loan_months"], 6);
    stage.approved_wave(app, "Première vague");
    let alpha = handover_of(app, "Alpha");
    let tags = tags_of(&alpha);
    waves::complete(&app.refurbisher, &alpha, &tags).expect(200);
    (stage, path_of(&alpha), tags)
}

/// Days later, when the sessions of before are over: another person of the same organization.
fn later(app: &TestApp, days: i64, who: &Client, role: Role) -> Client {
    app.clock.advance_seconds(days * 86_400);
    app.person(who.organisation.parse().unwrap(), role, "Plus tard")
}

fn remind(app: &TestApp) -> usize {
    app.write(|tx| handover::remind_loans(tx, 14))
}

fn back(devices: &[String]) -> Value {
    json!({"devices": devices, "note": "Écran rayé"})
}

both_engines! {
    fn a_lent_lot_is_due_back_reminded_of_and_checked_in(app) {
        let (stage, alpha, tags) = lent(app);
        let own = &stage.clients[0];
        assert!(app.mails_of("lot_granted").iter().all(|mail| mail.data["loan_months"] == 6));
        let given = own.get(&alpha).expect(200);
        let due = given["loan"]["due_at"].as_str().unwrap().to_owned();
        assert_eq!(app.mails_of("handover_completed")[0].data["loan_until"], due.as_str());
        assert!(own.get(&format!("{alpha}/note")).text().contains("Prêté jusqu"));
        assert_eq!(remind(app), 0, "nothing is due yet");

        let staff = later(app, 170, &app.staff, Role::Staff);
        assert_eq!((remind(app), remind(app)), (1, 0), "once");
        let told = app.mails_of("loan_due");
        assert_eq!((told.len(), &told[0].data["devices"], &told[0].data["overdue"]), (1, &json!(12), &json!(false)));
        assert_eq!(staff.get("/handovers?loan=overdue").expect(200)["items"], json!([]));
        let workshop = later(app, 15, &app.refurbisher, Role::Refurbisher);
        let staff = later(app, 0, &app.staff, Role::Staff);
        assert_eq!((remind(app), remind(app)), (1, 0));
        assert_eq!(app.mails_of("loan_due").len(), 7, "the association again, and five of the city");
        assert_eq!(staff.get("/handovers?loan=overdue").expect(200)["items"].as_array().unwrap().len(), 1);

        let some = workshop.post(&format!("{alpha}/return"), back(&tags[..5])).expect(200);
        assert_eq!(some["loan"]["returned_at"], Value::Null);
        let again = workshop.post(&format!("{alpha}/return"), back(&tags[..5])).expect(200);
        assert_eq!(again["version"], some["version"], "a second click");
        let all = workshop.post(&format!("{alpha}/return"), back(&tags[4..])).expect(200);
        assert!(all["loan"]["returned_at"].is_string(), "{all}");
        workshop.post(&format!("{alpha}/return"), back(&tags[..1])).refused(409, "handover_step_not_allowed");
        assert_eq!(staff.get("/handovers?loan=returned").expect(200)["items"].as_array().unwrap().len(), 1);
        assert_eq!(remind(app), 0);

        // counted in, a machine is worked on anew, and its drives are open again
        let device = workshop.get(&format!("/devices?scan={}", tags[0])).expect(200)["items"][0].clone();
        let path = format!("/devices/{}", device["id"].as_str().unwrap());
        workshop.post(&format!("{path}/events"), json!({"type": "received"})).expect(200);
        let now = workshop.get(&path).expect(200);
        assert_eq!((&now["stage"], &now["erasure_proven"]), (&json!("received"), &json!(false)), "{now}");
        fits_together(app);
    }

    fn a_loan_is_extended_by_the_city_and_reminded_of_anew(app) {
        let (stage, alpha, _) = lent(app);
        let staff = later(app, 170, &app.staff, Role::Staff);
        let workshop = later(app, 0, &app.refurbisher, Role::Refurbisher);
        let own = later(app, 0, &stage.clients[0], Role::Association);
        assert_eq!(remind(app), 1);
        let day = app.database.now().plus_days(90);
        let body = json!({"due_at": day, "reason": "L'atelier dure jusqu'en juin."});
        workshop.post(&format!("{alpha}/loan"), body.clone()).refused(403, "not_allowed");
        own.post(&format!("{alpha}/loan"), body.clone()).refused(403, "not_allowed");
        let refused = staff.post(&format!("{alpha}/loan"), json!({"due_at": "2023-01-01T00:00:00Z", "reason": " "}));
        let refused = refused.refused(422, "invalid_fields");
        assert_eq!(refused["errors"].as_array().unwrap().len(), 2);
        let extended = staff.post(&format!("{alpha}/loan"), body.clone()).expect(200);
        assert_eq!(extended["loan"]["reason"], "L'atelier dure jusqu'en juin.");
        staff.post(&format!("{alpha}/loan"), body).expect(200);
        assert_eq!(app.mails_of("loan_extended").len(), 2, "both people of the association; a second click tells nobody");
        assert_eq!(remind(app), 0);
        app.clock.advance_seconds(80 * 86_400);
        assert_eq!(remind(app), 1, "the new day is reminded of");
    }

    fn what_is_given_is_not_due_back(app) {
        let (stage, _) = waves::two_lots(app);
        let alpha = handover_of(app, "Alpha");
        let tags = tags_of(&alpha);
        let path = path_of(&alpha);
        let later = app.database.now().plus_days(90);
        let body = json!({"due_at": later, "reason": "Essai"});
        app.staff.post(&format!("{path}/loan"), body.clone()).refused(409, "handover_step_not_allowed");
        let given = waves::complete(&app.refurbisher, &alpha, &tags).expect(200);
        assert!(given.get("loan").is_none(), "{given}");
        app.staff.post(&format!("{path}/loan"), body).refused(409, "handover_step_not_allowed");
        app.refurbisher.post(&format!("{path}/return"), back(&tags)).refused(409, "handover_step_not_allowed");
        app.refurbisher.post(&format!("{path}/return"), json!({"devices": []})).refused(422, "invalid_fields");
        app.staff.patch(&format!("/programmes/{}", stage.programme), json!({"loan_months": 121})).refused(422, "invalid_fields");
        app.staff.patch(&format!("/programmes/{}", stage.programme), json!({"loan_months": 3})).expect(200);
        let gift = app.staff.patch(&format!("/programmes/{}", stage.programme), json!({"loan_months": null})).expect(200);
        assert_eq!(gift["loan_months"], Value::Null);
    }

    fn what_came_back_in_another_way_ends_the_loan_too(app) {
        let (stage, alpha, tags) = lent(app);
        for tag in &tags {
            let device = app.refurbisher.get(&format!("/devices?scan={tag}")).expect(200)["items"][0]["id"].clone();
            let event = json!({"type": "returned", "reason": "Rapporté au quai"});
            app.refurbisher.post(&format!("/devices/{}/events", device.as_str().unwrap()), event).expect(200);
        }
        let own = later(app, 200, &stage.clients[0], Role::Association);
        assert_eq!(remind(app), 0, "nobody is written to about what is back");
        assert!(own.get(&alpha).expect(200)["loan"]["returned_at"].is_string());
        assert!(app.mails_of("loan_due").is_empty());
    }

    fn a_loan_ends_once_all_is_back_although_it_was_overdue(app) {
        let (stage, alpha, tags) = lent(app);
        let workshop = later(app, 200, &app.refurbisher, Role::Refurbisher);
        assert_eq!(remind(app), 1, "it is overdue, and was told");
        for tag in &tags {
            let device = workshop.get(&format!("/devices?scan={tag}")).expect(200)["items"][0]["id"].clone();
            let event = json!({"type": "returned", "reason": "Rapporté au quai"});
            workshop.post(&format!("/devices/{}/events", device.as_str().unwrap()), event).expect(200);
        }
        assert_eq!(remind(app), 0);
        let own = later(app, 0, &stage.clients[0], Role::Association);
        assert!(own.get(&alpha).expect(200)["loan"]["returned_at"].is_string());
    }

    fn a_loan_is_read_extended_and_returned_on_pages(app) {
        let (stage, alpha, tags) = lent(app);
        let mut own = app.browser_of(&stage.clients[0]);
        own.get(&format!("/programmes/{}", stage.programme)).says("prêté pour 6 mois");
        let lot = alpha.replace("/handovers/", "/lots/");
        own.get(&lot).says("Ce lot est prêté : il est à rendre le");
        let mut own = app.browser_of(&later(app, 200, &stage.clients[0], Role::Association));
        own.get(&lot).says("il devait revenir le");
        let mut staff = app.browser_of(&later(app, 0, &app.staff, Role::Staff));
        staff.get("/ville/remises?loan=overdue").says("Alpha");
        let path = alpha.replace("/handovers/", "/ville/remises/");
        let page = staff.get(&path);
        page.says("Retour du prêt").says(&tags[11]);
        let none = staff.submit_to(&page, &format!("{path}/prolonger"), &[("due_day", ""), ("due_month", ""), ("due_year", ""), ("extended", "Essai")]);
        assert_eq!(none.status, 422, "{}", none.text);
        let day = [("due_day", "31"), ("due_month", "12"), ("due_year", "2023"), ("extended", "Jusqu’à la fin de l’année")];
        staff.submit_to(&none, &format!("{path}/prolonger"), &day).says("Le prêt a une autre date");
        own.get(&lot).says("à rendre le dimanche 31 décembre 2023");

        let mut workshop = app.browser_of(&later(app, 0, &app.refurbisher, Role::Refurbisher));
        let page = workshop.get(&path);
        page.lacks("Prolonger le prêt");
        let wrong = workshop.submit_to(&page, &format!("{path}/retour"), &[("back", "RS-INCONNU")]);
        assert_eq!(wrong.status, 409, "{}", wrong.text);
        let most = tags[1..].join("\r\n");
        let some = workshop.submit_to(&wrong, &format!("{path}/retour"), &[("back", &most)]);
        some.says("les autres restent prêtées").says(&tags[0]);
        let rest = workshop.submit_to(&some, &format!("{path}/retour"), &[("back", &tags[0])]);
        rest.says("Tout est revenu");
        own.get(&lot).says("il est revenu le");
    }
}
