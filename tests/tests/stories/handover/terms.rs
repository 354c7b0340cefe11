//! What is signed before a lot is handed over, and what is printed with it.

use crate::support::waves::{self, Stage};
use db::schema::applications as a;
use diesel::prelude::*;
use kernel::ApplicationId;
use testkit::{TestApp, Value, both_engines, json};

/// A wave, submitted, that gives one association 240 desktops: 24 000 euros.
fn large_lot(app: &TestApp) -> (Stage, String) {
    let stage = Stage::set(app, &[("Alpha", 20, 8_000), ("Beta", 20, 7_000)], 260);
    let path = stage.proposed_wave(app, "Vague");
    app.staff
        .put(
            &format!("{path}/pins/{}", stage.applications[0]),
            json!({"granted": {"desktop": 240}, "reason": "Dix écoles du réseau."}),
        )
        .expect(200);
    app.staff
        .post(
            &format!("{path}/submit"),
            waves::plan_read(&app.staff, &path),
        )
        .expect(200);
    (stage, path)
}

both_engines! {
    fn convention_required(app) {
        let (stage, path) = large_lot(app);
        let alpha = &stage.clients[0].organisation;
        let warned = app.staff.get(&path).expect(200)["warnings"].clone();
        assert_eq!(warned.as_array().unwrap().len(), 1, "{warned}");
        assert_eq!((&warned[0]["code"], &warned[0]["association"]), (&json!("convention_required"), &json!("Alpha")));
        assert!(warned[0]["fr"].as_str().unwrap().contains("24\u{a0}000 €"), "{warned}");
        let approved = app.other_staff.post(&format!("{path}/approve"), waves::plan_read(&app.other_staff, &path)).expect(200);
        assert_eq!(approved["warnings"], warned);
        assert_eq!(stage.clients[0].get(&path).expect(200)["warnings"], Value::Null);

        let handover = waves::handover_of(app, "Alpha");
        let scans = waves::tags_of(&handover);
        let problem = waves::complete(&app.refurbisher, &handover, &scans).refused(409, "convention_required");
        assert!(problem["detail"].as_str().unwrap().contains("2023"), "{problem}");
        let beta = waves::handover_of(app, "Beta");
        waves::complete(&app.refurbisher, &beta, &waves::tags_of(&beta)).expect(200);

        let signed = json!({"reference": "CV-2023-017", "signed_on": "2023-02-20"});
        let convention = format!("/organisations/{alpha}/conventions/2023");
        app.refurbisher.put(&convention, signed.clone()).refused(403, "not_allowed");
        let problem = app.staff.put(&convention, json!({"reference": " ", "signed_on": "2023-03-01"}))
            .refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
        app.staff.put(&convention, json!({"reference": "X", "signed_on": "hier"})).refused(422, "invalid_fields");
        app.staff.put(&format!("/organisations/{}/conventions/2023", app.donor.organisation), signed.clone())
            .refused(422, "invalid_fields");
        app.staff.put(&format!("/organisations/{alpha}/conventions/1789"), signed.clone()).refused(422, "invalid_fields");
        app.staff.put(&format!("/organisations/{alpha}/conventions/bientot"), signed.clone()).refused(404, "not_found");
        // a convention of another year is none for this one
        app.staff.put(&format!("/organisations/{alpha}/conventions/2022"), signed.clone()).expect(200);
        waves::complete(&app.refurbisher, &handover, &scans).refused(409, "convention_required");
        app.staff.put(&convention, json!({"reference": "CV-2023-16", "signed_on": "2023-02-20"})).expect(200);
        let kept = app.staff.put(&convention, signed).expect(200);
        assert_eq!((&kept["reference"], &kept["signed_on"]), (&json!("CV-2023-017"), &json!("2023-02-20")));
        assert_eq!(app.staff.get(&path).expect(200)["warnings"], json!([]));
        let awards = app.staff.get("/awards?year=2023").expect(200);
        assert_eq!((&awards["items"][0]["convention_due"], &awards["items"][0]["convention"]["reference"]),
            (&json!(true), &json!("CV-2023-017")));
        assert_eq!(awards["items"][1]["convention"], Value::Null);
        waves::complete(&app.refurbisher, &handover, &scans).expect(200);
    }

    fn commitment_missing(app) {
        let (stage, path) = waves::two_lots(app);
        let application: ApplicationId = stage.applications[0].parse().unwrap();
        app.write(move |tx| {
            let form: String = a::table.find(application).select(a::form).first(&mut **tx)?;
            let without = form.replace("\"republican_contract\":true", "\"republican_contract\":false");
            assert_ne!(form, without);
            diesel::update(a::table.find(application)).set(a::form.eq(&without)).execute(&mut **tx)?;
            Ok(())
        });
        let warned = app.staff.get(&path).expect(200)["warnings"].clone();
        assert_eq!((warned.as_array().unwrap().len(), &warned[0]["code"]), (1, &json!("commitment_missing")));
        let alpha = waves::handover_of(app, "Alpha");
        waves::complete(&app.refurbisher, &alpha, &waves::tags_of(&alpha)).refused(409, "commitment_missing");
        assert_eq!(waves::handover_of(app, "Alpha")["status"], "planned");
    }

    fn a_delivery_note_and_a_picking_list_are_printed_in_both_languages(app) {
        let (_, wave) = waves::two_lots(app);
        let alpha = waves::handover_of(app, "Alpha");
        let note = format!("{}/note", waves::path_of(&alpha));
        let french = app.refurbisher.get(&note).text();
        assert!(french.contains("<html lang=\"fr\">") && french.contains("Bordereau de remise R-2023-00001"));
        assert!(french.contains("12 ordinateurs fixes") && french.contains("1\u{a0}200 €"));
        let english = app.refurbisher.with_header("accept-language", "en-GB,en").get(&note).text();
        assert!(english.contains("<html lang=\"en\">") && english.contains("Delivery note R-2023-00001"));
        assert!(english.contains("12 desktop computers"));
        assert_eq!(app.refurbisher.get(&format!("{note}?lang=en")).text(), english);
        assert_eq!(app.refurbisher.with_header("accept-language", "en").get(&format!("{note}?lang=fr")).text(), french);
        app.refurbisher.get(&format!("{note}?lang=de")).refused(422, "invalid_fields");

        let list = format!("{wave}/devices");
        let reader = app.refurbisher.with_header("accept", "text/html");
        let led = reader.get(&list);
        let page = led.header("location").to_owned();
        let mut browser = app.browser_of(&app.refurbisher);
        let french = browser.get(&page);
        french.says("Liste de préparation").says("Première vague").says("Alpha – 12");
        assert!(waves::tags_of(&alpha).iter().all(|tag| french.html.contains(tag)));
        let led = reader.get(&format!("{list}?lang=en"));
        browser.get(led.header("location")).says("Picking list");
        app.stranger_refurbisher.with_header("accept", "text/html").get(&list).refused(404, "not_found");
    }
}
