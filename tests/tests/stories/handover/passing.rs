//! A device that one association does not need any more goes on to another, by decision of the city.

use crate::support::applications::{id, items};
use crate::support::check::fits_together;
use crate::support::waves::{self, Stage, handover_of, path_of, tags_of};
use testkit::{Client, TestApp, Value, both_engines, json};

fn device(client: &Client, tag: &str) -> Value {
    let list = client.get(&format!("/devices?scan={tag}")).expect(200);
    list["items"][0].clone()
}

fn unneeded(tag: &str) -> Value {
    json!({"device": tag, "kind": "not_needed", "description": "L'antenne ferme."})
}

fn passing(application: &str) -> Value {
    json!({"outcome": "passed_on", "note": "Une autre association en a l'usage.", "application": application})
}

fn close_of(incident: &Value) -> String {
    format!("/incidents/{}/close", id(incident))
}

/// Alpha received twelve desktops, Beta waits for ten: the stage, the lot of Alpha, its tags.
fn given(app: &TestApp) -> (Stage, String, Vec<String>) {
    let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 12);
    stage.approved_wave(app, "Vague");
    let alpha = handover_of(app, "Alpha");
    let tags = tags_of(&alpha);
    waves::complete(&app.refurbisher, &alpha, &tags).expect(200);
    (stage, path_of(&alpha), tags)
}

fn award(app: &TestApp, association: &str) -> Value {
    let awards = app.staff.get("/awards?year=2023").expect(200);
    let own = items(&awards)
        .iter()
        .find(|award| award["association"] == association);
    own.map_or(json!(0), |award| award["devices"].clone())
}

/// What the waiting list says that an application received, and what it still waits for.
fn waits(app: &TestApp, stage: &Stage, application: &str) -> (Value, Value) {
    let list = app
        .staff
        .get(&format!("/programmes/{}/waiting-list", stage.programme))
        .expect(200);
    let rows = items(&list);
    let row = rows
        .iter()
        .find(|row| row["application_id"] == application)
        .unwrap();
    (row["granted"].clone(), row["remaining"].clone())
}

both_engines! {
    fn what_is_not_needed_is_passed_on_to_another_association(app) {
        let (stage, alpha, tags) = given(app);
        let [own, other] = [&stage.clients[0], &stage.clients[1]];
        let beta = stage.applications[1].as_str();
        let figures = format!("/programmes/{}/figures", stage.programme);
        let before = app.staff.get(&figures).expect(200);
        let made = own.post(&format!("{alpha}/incidents"), unneeded(&tags[0])).expect(201);
        let close = close_of(&made);
        app.refurbisher.post(&close, passing(beta)).refused(409, "passing_on_needs_city");
        own.post(&close, passing(beta)).refused(403, "not_allowed");
        let done = app.staff.post(&close, passing(beta)).expect(200);
        assert_eq!((&done["outcome"], &done["passed_on_to"]["association"]), (&json!("passed_on"), &json!("Beta")));
        // a second click does nothing; another decision is too late
        app.staff.post(&close, passing(beta)).expect(200);
        app.staff.post(&close, passing(&stage.applications[0])).refused(409, "incident_closed");

        // the first lot keeps its history, and does not say who has the device now
        let seen = own.get(&format!("/incidents/{}", id(&made))).expect(200);
        assert!(seen["passed_on_to"].is_null() && !seen.to_string().contains("Beta"), "{seen}");
        let first = own.get(&alpha).expect(200);
        assert_eq!((&first["devices"], tags_of(&first).len()), (&json!(11), 11));
        assert_eq!(first["passed_on"][0]["tag"], json!(tags[0]));
        assert!(first["passed_on"][0]["passed_on_at"].is_string() && !first.to_string().contains("Beta"), "{first}");
        own.post(&format!("{alpha}/incidents"), unneeded(&tags[0])).refused(409, "device_not_in_lot");

        // the second has a lot of its own, and may report of it
        let second = handover_of(app, "Beta");
        assert_eq!((&second["status"], &second["devices"], &second["from_another"]), (&json!("completed"), &json!(1), &json!(true)));
        let lot = path_of(&second);
        let read = other.get(&lot).expect(200);
        assert_eq!((tags_of(&read), read.to_string().contains("Alpha")), (vec![tags[0].clone()], false));
        own.get(&lot).refused(404, "not_found");
        let owed = other.get(&format!("/organisations/{}/obligations", other.organisation)).expect(200);
        assert!(owed.to_string().contains(second["reference"].as_str().unwrap()), "{owed}");

        // the machine's log says from where to where; neither names an association
        let machine = device(&app.staff, &tags[0]);
        assert_eq!(machine["stage"], "handed_over");
        let log = app.staff.get(&format!("/devices/{}/events", id(&machine))).expect(200);
        let fact = items(&log).iter().find(|event| event["type"] == "passed_on").unwrap();
        assert_eq!((&fact["from_stage"], &fact["to_stage"]), (&json!("handed_over"), &json!("handed_over")));
        assert_eq!((&fact["evidence"]["from"], &fact["evidence"]["to"], &fact["evidence"]["report"]), (&first["reference"], &second["reference"], &made["reference"]));
        assert!(!fact.to_string().contains("Beta") && !fact.to_string().contains("Alpha"), "{fact}");

        // it is counted once, where it serves; who passed it on is not owed another
        assert_eq!((award(app, "Alpha"), award(app, "Beta")), (json!(11), json!(1)));
        assert_eq!(waits(app, &stage, &stage.applications[0]), (json!(12), json!(0)));
        assert_eq!(waits(app, &stage, beta), (json!(1), json!(9)));
        let now = app.staff.get(&figures).expect(200);
        assert_eq!((&now["devices_granted"], &now["devices"]), (&before["devices_granted"], &before["devices"]));
        assert_eq!((&now["associations_served"], &now["passed_on"]), (&json!(2), &json!(1)));
        assert_eq!(now["waves"].as_array().unwrap().len(), 1);
        assert_eq!(items(&app.staff.get("/waves").expect(200)).len(), 1);
        assert_eq!(waves::reserved(app), (12, 0));
        fits_together(app);

        // each is told, and of nobody else
        let [closed] = &app.mails_of("incident_closed")[..] else { panic!("one letter to Alpha") };
        let [told] = &app.mails_of("device_passed_on")[..] else { panic!("one letter to Beta") };
        assert!(!closed.data.to_string().contains("Beta") && !told.data.to_string().contains("Alpha"));
        assert_eq!((&closed.data["outcome"], &told.data["reference"]), (&json!("passed_on"), &second["reference"]));
        let message: notifications::Message = serde_json::from_value(told.data.clone()).unwrap();
        app.browser_of(other).get(&message.page()).is_at(200, &lot.replace("/handovers/", "/lots/"));

        // and on again, or back to the workshop
        let again = other.post(&format!("{lot}/incidents"), unneeded(&tags[0])).expect(201);
        app.staff.post(&close_of(&again), passing(&stage.applications[0])).expect(200);
        assert_eq!((award(app, "Alpha"), award(app, "Beta")), (json!(12), json!(0)));
        assert_eq!(app.staff.get(&lot).expect(200)["devices"], json!(0));
        fits_together(app);
        let third = handover_of(app, "Alpha");
        let last = own.post(&format!("{}/incidents", path_of(&third)), unneeded(&tags[0])).expect(201);
        app.refurbisher.post(&close_of(&last), json!({"outcome": "taken_back", "note": "Repris."})).expect(200);
        assert_eq!(device(&app.staff, &tags[0])["stage"], "returned");
        fits_together(app);
    }

    fn recipient_not_eligible_and_whom_else_nothing_is_passed_on_to(app) {
        let (stage, alpha, tags) = given(app);
        let beta = stage.applications[1].as_str();
        let report = format!("{alpha}/incidents");
        let broken = json!({"device": tags[1], "kind": "broken", "description": "Écran noir."});
        let broken = stage.clients[0].post(&report, broken).expect(201);
        let at = |incident: &Value, body: Value| {
            let refused = app.staff.post(&close_of(incident), body).refused(422, "invalid_fields");
            let error = &refused["errors"][0];
            (error["pointer"].as_str().unwrap().to_owned(), error["code"].as_str().unwrap().to_owned())
        };
        assert_eq!(at(&broken, passing(beta)).0, "/outcome");
        let made = stage.clients[0].post(&report, unneeded(&tags[0])).expect(201);
        let refused = |body: Value| {
            let (pointer, code) = at(&made, body);
            assert_eq!(pointer, "/application");
            code
        };
        assert_eq!(refused(json!({"outcome": "passed_on", "note": "Voilà."})), "required");
        assert_eq!(refused(passing("0190a000-0000-7000-8000-000000000000")), "unknown_reference");
        assert_eq!(refused(passing(&stage.applications[0])), "same_association");
        // another programme
        let another = Stage::set(app, &[("Gamma", 10, 6_000)], 0);
        assert_eq!(refused(passing(&another.applications[0])), "recipient_not_eligible");
        // what the donor reserved for others
        waves::tie(app, &tags[0], Some(&json!({"themes": ["employment"]})));
        assert_eq!(refused(passing(beta)), "recipient_not_eligible");
        waves::tie(app, &tags[0], None);
        let organisation = format!("/organisations/{}", stage.clients[1].organisation);
        app.staff.post(&format!("{organisation}/suspend"), json!({"reason": "Enquête."})).expect(200);
        assert_eq!(refused(passing(beta)), "organisation_suspended");
        assert_eq!(device(&app.staff, &tags[0])["stage"], "handed_over");
        assert!(app.mails_of("device_passed_on").is_empty());
        fits_together(app);
    }

    fn a_device_is_passed_on_once_by_two_clicks_at_once(app) {
        let (stage, alpha, tags) = given(app);
        let made = stage.clients[0].post(&format!("{alpha}/incidents"), unneeded(&tags[0])).expect(201);
        let (close, body) = (close_of(&made), passing(&stage.applications[1]));
        let done = std::thread::scope(|scope| {
            let running = [0; 3].map(|_| scope.spawn(|| app.staff.post(&close, body.clone()).status));
            running.map(|thread| thread.join().unwrap())
        });
        assert_eq!(done, [200, 200, 200]);
        assert_eq!((app.mails_of("device_passed_on").len(), waves::reserved(app)), (1, (12, 0)));
        fits_together(app);
    }

    fn the_city_passes_a_device_on_from_its_page(app) {
        let (stage, alpha, tags) = given(app);
        let made = stage.clients[0].post(&format!("{alpha}/incidents"), unneeded(&tags[0])).expect(201);
        let path = format!("/signalements/{}", id(&made));
        app.browser_of(&app.refurbisher).get(&path).lacks("Transmis à une autre association");
        let mut staff = app.browser_of(&app.staff);
        // the waiting list first, or whoever is searched for
        let page = staff.get(&path);
        page.says("Transmis à une autre association").says("Beta").says("en attend 10");
        staff.get(&format!("{path}?q=Inconnue")).says("Aucune association trouvée");
        let page = staff.get(&format!("{path}?q=bet"));
        let close = format!("{path}/clore");
        let words = ("note", "Transmis avec l’accord de la ville.");
        let nobody = staff.submit_to(&page, &close, &[("outcome", "passed_on"), words]);
        assert_eq!(nobody.status, 422, "{}", nobody.text);
        nobody.says("Dites à quelle demande va cet appareil.").says("Beta");
        let beta = stage.applications[1].as_str();
        let done = staff.submit_to(&nobody, &close, &[("outcome", "passed_on"), ("application", beta), words]);
        done.is_at(200, &path).says("Transmis").says("Beta");

        let lot = alpha.replace("/handovers/", "/lots/");
        let mut own = app.browser_of(&stage.clients[0]);
        own.get(&path).says("une autre association").lacks("Beta");
        own.get(&lot).says("transmis à une autre association le").lacks("Beta");
        own.get(&format!("{lot}/bordereau")).says("puis transmis à une autre association").says(&tags[0]).lacks("Beta");
        let mut other = app.browser_of(&stage.clients[1]);
        let second = path_of(&handover_of(app, "Beta")).replace("/handovers/", "/lots/");
        other.get(&second).says("Une autre association n’en avait plus l’usage").says(&tags[0]).lacks("Alpha");
        other.get(&format!("{second}/bordereau")).says("Transmis avec l’accord de la ville.").lacks("Alpha");
        other.get(&format!("/demandes/{beta}")).says("la ville vous l’a transmis").lacks("Alpha");
        staff.get(&format!("/ville/remises/{}", second.rsplit('/').next().unwrap())).says("Transmission");
        let machine = format!("/atelier/appareils/{}", id(&device(&app.staff, &tags[0])));
        app.browser_of(&app.refurbisher).get(&machine).says("Transmis à une autre association");
        staff.get(&format!("/chiffres?programme={}", stage.programme)).says("appareil sert dans une autre association");
        fits_together(app);
    }
}
