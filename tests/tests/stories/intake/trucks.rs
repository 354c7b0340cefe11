//! A donation that does not fit in one truck.

use crate::support::check::fits_together;
use crate::support::workshop;
use testkit::{Value, both_engines, json};

fn window(day: u32) -> Value {
    json!({"from": format!("2023-03-{day:02}T08:00:00Z"), "to": format!("2023-03-{day:02}T10:00:00Z")})
}

both_engines! {
    fn a_donation_comes_in_several_trucks_and_its_count_waits_for_the_last(app) {
        let batch = workshop::scheduled(app, &["CZC0001", "CZC0002"]);
        let path = format!("/batches/{batch}/trucks");
        let before = app.mails_of("pickup_scheduled").len();
        let sent = app.staff.post(&path, window(9)).expect(201);
        assert_eq!((&sent[0]["number"], &sent[0]["from"]), (&json!(2), &json!("2023-03-09T08:00:00Z")));
        app.staff.post(&path, window(9)).expect(201);
        app.staff.post(&path, window(10)).expect(201);
        let told = app.mails_of("pickup_scheduled");
        let entries: Vec<_> = told[before..].iter().map(|mail| mail.data["appointment"]["uid"].clone()).collect();
        assert!(entries.len() >= 4 && entries.iter().any(|uid| uid != &entries[0]), "an entry each: {entries:?}");
        assert_eq!(app.donor.get(&path).expect(200).as_array().unwrap().len(), 2, "a second click sends no third");

        app.refurbisher.post(&format!("/batches/{batch}/receive"), json!({"devices": [{"serial": "CZC0001"}], "accessories": []})).expect(200);
        let close = format!("/batches/{batch}/close");
        app.refurbisher.post(&close, Value::Null).refused(409, "truck_to_come");
        let load = json!({"collected_at": app.database.now(), "pallets": 6});
        let left = app.refurbisher.post(&format!("{path}/2/collect"), load.clone()).expect(200);
        assert_eq!(left[0]["pallets"], 6);
        app.refurbisher.post(&format!("{path}/2/collect"), load).expect(200);
        app.staff.delete(&format!("{path}/2")).refused(409, "batch_step_not_allowed");
        app.refurbisher.post(&close, Value::Null).refused(409, "truck_to_come");
        let off = app.staff.delete(&format!("{path}/3")).expect(200);
        assert!(off[1]["cancelled_at"].is_string());
        app.staff.delete(&format!("{path}/3")).expect(200);
        let last = app.mails_of("pickup_scheduled").pop().unwrap();
        assert_eq!((&last.data["truck"], &last.data["appointment"]["cancelled"]), (&json!(3), &json!(true)));
        app.refurbisher.post(&close, Value::Null).expect(200);
        app.staff.post(&path, window(12)).refused(409, "batch_step_not_allowed");
        fits_together(app);
    }

    fn trucks_belong_to_their_batch_and_name_what_is_wrong(app) {
        let batch = workshop::scheduled(app, &["CZC0001"]);
        let path = format!("/batches/{batch}/trucks");
        let wrong = app.staff.post(&path, json!({"from": "2020-03-09T10:00:00Z", "to": "2020-03-09T08:00:00Z"}));
        wrong.refused(422, "invalid_fields");
        app.other_donor.get(&path).refused(404, "not_found");
        app.donor.post(&path, window(9)).refused(403, "not_allowed");
        app.staff.post(&path, window(9)).expect(201);
        let load = json!({"collected_at": app.database.now()});
        app.stranger_refurbisher.post(&format!("{path}/2/collect"), load.clone()).refused(404, "not_found");
        app.refurbisher.post(&format!("{path}/9/collect"), load.clone()).refused(404, "not_found");
        app.refurbisher.post(&format!("{path}/x/collect"), load).refused(404, "not_found");
        for day in 10..28 {
            app.staff.post(&path, window(day)).expect(201);
        }
        app.staff.post(&path, window(28)).refused(422, "invalid_fields");
    }

    fn a_truck_leaves_the_calendars_with_its_batch_and_with_its_workshop(app) {
        let batch = workshop::scheduled(app, &["CZC0001"]);
        let path = format!("/batches/{batch}/trucks");
        app.staff.post(&path, window(9)).expect(201);
        let mut other = window(8);
        other["workshop_id"] = json!(app.stranger_refurbisher.organisation);
        app.staff.post(&format!("/batches/{batch}/schedule"), other).expect(200);
        let trucks = || {
            let mails = app.mails_of("pickup_scheduled").into_iter();
            let of_truck = mails.filter(|mail| mail.data["truck"] == 2);
            of_truck.map(|mail| mail.data["appointment"]["cancelled"] == true).collect::<Vec<_>>()
        };
        let moved = trucks();
        assert!(moved.contains(&true) && moved.last() == Some(&false), "the former workshop, then the new one: {moved:?}");
        app.staff.post(&format!("/batches/{batch}/cancel"), json!({"reason": "Sans suite."})).expect(200);
        assert!(app.staff.get(&path).expect(200)[0]["cancelled_at"].is_string());
        assert_eq!(trucks().last(), Some(&true));
    }

    fn trucks_are_sent_and_noted_on_pages(app) {
        let batch = workshop::scheduled(app, &["CZC0001"]);
        let path = format!("/dons/{batch}/camions");
        let mut staff = app.browser_of(&app.staff);
        staff.get(&format!("/ville/dons/{batch}")).says("Camions");
        let page = staff.get(&path);
        let none = staff.submit_to(&page, &path, &[("day", "2023-03-09"), ("begins", "9h"), ("ends", "8h")]);
        assert_eq!(none.status, 422, "{}", none.text);
        let typed = [("day", "2023-03-09"), ("begins", "9h"), ("ends", "11h")];
        let sent = staff.submit_to(&none, &path, &typed);
        sent.is_at(200, &path).says("Le camion est prévu").says("N° 2");
        app.browser_of(&app.donor).get(&path).says("N° 2").lacks("Il est parti");
        let mut workshop = app.browser_of(&app.refurbisher);
        workshop.get(&format!("/atelier/lots/{batch}")).says("Camions");
        let page = workshop.get(&path);
        page.lacks("Prévoir un autre camion");
        workshop.submit_to(&page, &format!("{path}/parti"), &[]).says("Le départ du camion est noté");
    }
}
