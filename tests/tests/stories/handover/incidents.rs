//! After the handover: what broke, and what is not needed any more.

use crate::support::applications::{id, items, later};
use crate::support::check::fits_together;
use crate::support::waves::{self, Stage, handover_of, path_of, tags_of};
use db::schema::applications as a;
use diesel::prelude::*;
use testkit::{Client, TestApp, Value, both_engines, json};

fn device(client: &Client, tag: &str) -> Value {
    let list = client.get(&format!("/devices?scan={tag}")).expect(200);
    list["items"][0].clone()
}

fn broken(tag: &str) -> Value {
    json!({"device": tag, "kind": "broken", "description": "Il ne démarre plus depuis lundi."})
}

fn closing(outcome: &str) -> Value {
    json!({"outcome": outcome, "note": "La carte mère est morte."})
}

fn close_of(incident: &Value) -> String {
    format!("/incidents/{}/close", id(incident))
}

/// A lot of twelve desktops that Alpha received, and so many more that are ready: the stage, where
/// it is reported, the tags of the lot, those that are spare.
fn given(app: &TestApp, spares: usize) -> (Stage, String, Vec<String>, Vec<String>) {
    let stage = Stage::set(app, &[("Alpha", 12, 8_000)], 12 + spares);
    stage.approved_wave(app, "Vague");
    let alpha = handover_of(app, "Alpha");
    let tags = tags_of(&alpha);
    let others = stage
        .tags
        .iter()
        .filter(|tag| !tags.contains(tag))
        .cloned()
        .collect();
    waves::complete(&app.refurbisher, &alpha, &tags).expect(200);
    let report = format!("{}/incidents", path_of(&alpha));
    (stage, report, tags, others)
}

both_engines! {
    fn what_breaks_within_the_guarantee_is_replaced(app) {
        let (stage, report, tags, spares) = given(app, 2);
        let own = &stage.clients[0];
        app.association("Beta").post(&report, broken(&tags[0])).refused(404, "not_found");
        app.refurbisher.post(&report, broken(&tags[0])).refused(403, "not_allowed");
        own.post(&report, broken(&spares[0])).refused(409, "device_not_in_lot");
        own.post(&report, json!({"device": tags[0], "kind": "broken", "description": " "})).refused(422, "invalid_fields");
        let made = own.post(&report, broken(&tags[0].to_lowercase())).expect(201);
        assert_eq!((&made["reference"], &made["guaranteed"], &made["status"]), (&json!("S-2023-0001"), &json!(true), &json!("open")));
        own.post(&report, broken(&tags[0])).refused(409, "incident_exists");
        let told: Vec<_> = app.mails_of("incident_reported").iter().map(|mail| mail.to.clone()).collect();
        assert!(told.len() >= 2, "workshop and staff: {told:?}");

        // each finds what concerns them
        let path = format!("/incidents/{}", id(&made));
        let open = format!("/incidents?status=open&programme_id={}", stage.programme);
        for client in [own, &app.refurbisher, &app.staff] {
            assert_eq!(items(&client.get(&open).expect(200)).len(), 1);
            assert_eq!(client.get(&path).expect(200)["tag"], json!(tags[0]));
        }
        let other = app.association("Gamma");
        for client in [&app.stranger_refurbisher, &other, &app.helper] {
            assert_eq!(items(&client.get("/incidents").expect(200)).len(), 0);
            client.get(&path).refused(404, "not_found");
        }
        app.donor.get(&path).refused(403, "not_allowed");
        let close = close_of(&made);
        own.post(&close, closing("repaired")).refused(403, "not_allowed");
        app.stranger_refurbisher.post(&close, closing("repaired")).refused(404, "not_found");
        let mut named = closing("replaced");
        named["replacement"] = json!("INCONNU");
        assert_eq!(app.refurbisher.post(&close, named.clone()).refused(422, "invalid_fields")["errors"][0]["code"], "unknown_device");
        named["replacement"] = json!(tags[1]);
        assert_eq!(app.refurbisher.post(&close, named.clone()).refused(422, "invalid_fields")["errors"][0]["code"], "no_replacement");
        named["replacement"] = json!(spares[1]);

        let waiting = format!("/programmes/{}/waiting-list", stage.programme);
        let sums = || (app.staff.get("/awards?year=2023").expect(200), app.staff.get(&waiting).expect(200));
        let before = sums();
        let closed = app.refurbisher.post(&close, named.clone()).expect(200);
        assert_eq!((&closed["outcome"], &closed["replacement"], &closed["status"]), (&json!("replaced"), &json!(spares[1]), &json!("closed")));
        app.refurbisher.post(&close, named).expect(200);
        app.refurbisher.post(&close, closing("dismissed")).refused(409, "incident_closed");
        let letters = app.mails_of("incident_closed");
        assert_eq!((letters.len(), &letters[0].data["replacement"]), (1, &json!(spares[1])));

        // the same lot and award, another device on the line; the old one begins a new life
        let lot = handover_of(app, "Alpha");
        let now = tags_of(&lot);
        assert!(lot["devices"] == 12 && now.len() == 12 && now.contains(&spares[1]) && !now.contains(&tags[0]), "{lot}");
        let old = device(&app.staff, &tags[0]);
        assert_eq!((&old["stage"], &device(&app.staff, &spares[1])["stage"]), (&json!("returned"), &json!("handed_over")));
        let log = app.staff.get(&format!("/devices/{}/events", id(&old))).expect(200);
        assert!(log.to_string().contains("Il ne démarre plus depuis lundi."), "{log}");
        assert_eq!(sums(), before);
        own.post(&report, broken(&tags[0])).refused(409, "device_not_in_lot");
        // the one in its place may break, too; with nothing else ready it is not replaced
        fits_together(app);
        waves::set_grade(app, &spares[0], "C");
        let again = own.post(&report, broken(&spares[1])).expect(201);
        app.refurbisher.post(&close_of(&again), closing("replaced")).refused(409, "no_replacement");
        app.refurbisher.post(&close_of(&again), closing("repaired")).expect(200);
        let mended = device(&app.staff, &spares[1]);
        assert_eq!(mended["stage"], "handed_over");
        // its log reads on: a repair under guarantee, and the stage stays
        let repairs = || -> Vec<Value> {
            let log = app.staff.get(&format!("/devices/{}/events", id(&mended))).expect(200);
            let repairs = items(&log).iter().filter(|event| event["type"] == "repaired_after_handover");
            repairs.cloned().collect()
        };
        let [fact] = &repairs()[..] else { panic!("one repair") };
        assert_eq!((&fact["from_stage"], &fact["to_stage"]), (&json!("handed_over"), &json!("handed_over")));
        assert_eq!(fact["evidence"], json!({"report": again["reference"], "reference": lot["reference"], "guaranteed": true, "description": "La carte mère est morte."}));
        let page = format!("/atelier/appareils/{}", id(&mended));
        app.browser_of(&app.refurbisher).get(&page).says("Réparé après la remise").says("sous garantie").says("La carte mère est morte.");
        app.refurbisher.post(&close_of(&again), closing("repaired")).expect(200);
        assert_eq!(repairs().len(), 1, "a second click logs nothing");
        waves::set_grade(app, &spares[0], "B");
        fits_together(app);
    }

    fn guarantee_over_and_what_is_not_needed_is_taken_back(app) {
        let (stage, report, tags, spares) = given(app, 1);
        let bad = json!({"guarantee_months": 61});
        app.staff.patch(&format!("/programmes/{}", stage.programme), bad).refused(422, "invalid_fields");
        app.staff.patch(&format!("/programmes/{}", stage.programme), json!({"guarantee_months": 3})).expect(200);
        let [own, staff] = later(app, 100, [&stage.clients[0], &app.staff]);
        let workshop = app.person(app.refurbisher.organisation.parse().unwrap(), testkit::Role::Refurbisher, "Encore");
        let late = own.post(&report, broken(&tags[0])).expect(201);
        assert_eq!(late["guaranteed"], false);
        workshop.post(&close_of(&late), closing("replaced")).refused(409, "guarantee_over");
        let replaced = staff.post(&close_of(&late), closing("replaced")).expect(200);
        assert_eq!(replaced["replacement"], json!(spares[0]), "the city may");

        let unneeded = json!({"device": tags[1], "kind": "not_needed", "description": "L'antenne ferme."});
        let unneeded = own.post(&report, unneeded).expect(201);
        assert_eq!(unneeded["guaranteed"], false);
        let refused = workshop.post(&close_of(&unneeded), closing("repaired"));
        assert_eq!(refused.refused(422, "invalid_fields")["errors"][0]["pointer"], "/outcome");
        workshop.post(&close_of(&unneeded), closing("taken_back")).expect(200);
        let back = device(&staff, &tags[1]);
        assert_eq!(back["stage"], "returned");
        own.post(&report, broken(&tags[1])).refused(409, "device_not_in_lot");
        let silent = own.post(&report, broken(&tags[2])).expect(201);
        workshop.post(&close_of(&silent), json!({"outcome": "dismissed", "note": " "})).refused(422, "invalid_fields");
        workshop.post(&close_of(&silent), closing("dismissed")).expect(200);
        assert_eq!(device(&staff, &tags[2])["stage"], "handed_over");
        fits_together(app);
        // counted in, it begins another life: the lot and its association keep what was given
        let events = format!("/devices/{}/events", id(&back));
        workshop.post(&events, json!({"type": "received"})).expect(200);
        let again = device(&staff, &tags[1]);
        assert_eq!((&again["stage"], &again["cycle"]), (&json!("received"), &json!(2)));
        assert!(tags_of(&staff.get(report.strip_suffix("/incidents").unwrap()).expect(200)).contains(&tags[1]));
        own.post(&report, broken(&tags[1])).refused(409, "device_not_in_lot");
        fits_together(app);
    }

    fn two_clicks_at_once_report_and_replace_once(app) {
        let (stage, report, tags, _) = given(app, 3);
        let own = &stage.clients[0];
        let at_once = |client: &Client, path: &str, body: &Value| -> Vec<u16> {
            std::thread::scope(|scope| {
                let running = [0; 3].map(|_| scope.spawn(|| client.post(path, body.clone()).status));
                running.map(|thread| thread.join().unwrap()).to_vec()
            })
        };
        let mut reported = at_once(own, &report, &broken(&tags[0]));
        reported.sort_unstable();
        assert_eq!(reported, [201, 409, 409]);
        let open = own.get("/incidents?status=open").expect(200);
        let close = close_of(&items(&open)[0]);
        assert_eq!(at_once(&app.refurbisher, &close, &closing("replaced")), [200, 200, 200]);
        assert_eq!(app.mails_of("incident_closed").len(), 1);
        assert_eq!(tags_of(&handover_of(app, "Alpha")).len(), 12);
        assert_eq!(waves::reserved(app), (12, 0));
        fits_together(app);
    }

    fn a_device_that_came_back_by_itself_is_closed_as_what_it_is(app) {
        let (stage, report, tags, spares) = given(app, 1);
        let own = &stage.clients[0];
        let made = own.post(&report, broken(&tags[0])).expect(201);
        let back = device(&app.staff, &tags[0]);
        let events = format!("/devices/{}/events", id(&back));
        app.refurbisher.post(&events, json!({"type": "returned", "reason": "Déposé à l'atelier."})).expect(200);
        app.refurbisher.post(&events, json!({"type": "received"})).expect(200);
        app.refurbisher.post(&close_of(&made), closing("repaired")).refused(409, "device_not_in_lot");
        let closed = app.refurbisher.post(&close_of(&made), closing("replaced")).expect(200);
        assert_eq!(closed["replacement"], json!(spares[0]));
        assert_eq!(device(&app.staff, &tags[0])["stage"], "received");
        fits_together(app);
    }

    fn a_helper_reports_for_whom_they_applied(app) {
        let (stage, report, tags, _) = given(app, 0);
        app.helper.post(&report, broken(&tags[0])).refused(404, "not_found");
        let application: kernel::ApplicationId = stage.applications[0].parse().unwrap();
        let helper: kernel::PersonId = app.helper.person.parse().unwrap();
        app.write(move |tx| {
            diesel::update(a::table.find(application)).set(a::created_by.eq(helper)).execute(&mut **tx)?;
            Ok(())
        });
        let mut browser = app.browser_of(&app.helper);
        let lot = path_of(&handover_of(app, "Alpha")).replace("/handovers/", "/lots/");
        browser.get(&lot).says("Signaler un appareil");
        let page = browser.get(&format!("{lot}/signaler"));
        let sent = browser.submit(&page, &[("device", &tags[0]), ("kind", "broken"), ("description", "Écran noir.")]);
        sent.says("C’est signalé").says("S-2023-0001");
        assert_eq!(items(&app.helper.get("/incidents").expect(200)).len(), 1);
        assert_eq!(items(&stage.clients[0].get("/incidents").expect(200)).len(), 1);
    }

    fn the_pages_lead_from_a_broken_device_to_its_replacement(app) {
        let (stage, _, tags, spares) = given(app, 1);
        let lot = path_of(&handover_of(app, "Alpha")).replace("/handovers/", "/lots/");
        let mut own = app.browser_of(&stage.clients[0]);
        own.get(&lot).says("Un appareil ne marche plus, ou ne sert plus ?");
        let page = own.get(&format!("{lot}/signaler?appareil={}", tags[0]));
        let wrong = own.submit(&page, &[("kind", "broken")]);
        assert_eq!((wrong.status, wrong.value("device")), (422, tags[0].clone()));
        let sent = own.submit(&page, &[("kind", "broken"), ("description", "Écran noir.")]);
        sent.says("C’est signalé").says("À traiter");
        own.submit(&page, &[("kind", "broken"), ("description", "Écran noir.")]).is_at(200, &sent.path);
        own.get(&lot).says("S-2023-0001");
        let mut stranger = app.browser_of(&app.association("Beta"));
        assert_eq!(stranger.get(&sent.path).status, 404);
        assert_eq!(stranger.get(&format!("{lot}/signaler")).status, 404);
        app.browser_of(&app.staff).get("/ville").says("Appareils signalés après la remise");
        let mut workshop = app.browser_of(&app.refurbisher);
        workshop.get("/atelier").says("S-2023-0001").says("sous garantie");
        workshop.get("/signalements?status=open").says("S-2023-0001");
        let page = workshop.get(&sent.path);
        let nothing = workshop.submit(&page, &[("outcome", "replaced")]);
        assert_eq!(nothing.status, 422, "{}", nothing.text);
        let done = workshop.submit(&page, &[("outcome", "replaced"), ("note", "Carte mère morte.")]);
        done.is_at(200, &sent.path).says("L’association est prévenue").says(&spares[0]);
        workshop.submit(&page, &[("outcome", "replaced"), ("note", "Carte mère morte.")]).is_at(200, &sent.path);
        own.get(&sent.path).says("Remplacé").says("Carte mère morte.");
        for mail in app.mails_of("incident_closed").iter().chain(&app.mails_of("incident_reported")) {
            let message: notifications::Message = serde_json::from_value(mail.data.clone()).unwrap();
            let mut reader = if mail.kind == "incident_closed" { app.browser_of(&stage.clients[0]) } else { app.browser_of(&app.refurbisher) };
            reader.get(&message.page()).is_at(200, &sent.path).says("S-2023-0001");
        }
        fits_together(app);
    }
}
