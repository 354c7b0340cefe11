//! A workshop offers times, and associations choose when they collect their lots.

use crate::support::check::fits_together;
use crate::support::waves::{self, appointment, handover_of, path_of};
use testkit::{Client, Value, both_engines, json};

/// The morning of 9 March, half an hour each: four slots for one lot.
fn morning() -> Value {
    json!({"place": "Atelier du Port, quai 3", "from": "2023-03-09T08:00:00Z",
        "to": "2023-03-09T10:00:00Z", "minutes": 30})
}

fn ids(slots: &Value) -> Vec<String> {
    let slots = slots.as_array().unwrap().iter();
    slots
        .map(|slot| slot["id"].as_str().unwrap().to_owned())
        .collect()
}

fn offer(workshop: &Client) -> Vec<String> {
    ids(&workshop.post("/handover-slots", morning()).expect(201))
}

fn choose(who: &Client, lot: &Value, slot: &str) -> testkit::Reply {
    who.post(&format!("{}/slot", path_of(lot)), json!({"slot_id": slot}))
}

both_engines! {
    fn associations_choose_among_the_slots_that_their_workshop_offers(app) {
        let (stage, wave) = waves::two_lots(app);
        let (alpha, beta) = (handover_of(app, "Alpha"), handover_of(app, "Beta"));
        let (own, other) = (&stage.clients[0], &stage.clients[1]);
        assert_eq!(own.get(&format!("{}/slots", path_of(&alpha))).expect(200), json!([]));
        let slots = offer(&app.refurbisher);
        assert_eq!(slots.len(), 4);
        assert_eq!(offer(&app.refurbisher), slots, "what is offered already is not offered twice");
        assert_eq!(app.mails_of("handover_slots").len(), 2, "those whose lots wait, once");

        let chosen = choose(own, &alpha, &slots[1]).expect(200);
        assert_eq!((&chosen["status"], &chosen["from"]), (&json!("scheduled"), &json!("2023-03-09T08:30:00Z")));
        assert_eq!((&chosen["place"], &chosen["slot_id"]), (&json!("Atelier du Port, quai 3"), &json!(slots[1])));
        assert_eq!(app.staff.get(&wave).expect(200)["status"], "handing_over");
        assert_eq!(app.mails_of("handover_scheduled").len(), 1, "with the calendar entry");
        assert_eq!(app.mails_of("handover_booked").len(), 2, "two people of the workshop, once a day");
        assert_eq!(choose(own, &alpha, &slots[1]).expect(200)["version"], chosen["version"], "a second click");

        choose(other, &beta, &slots[1]).refused(409, "slot_full");
        let free = ids(&other.get(&format!("{}/slots", path_of(&beta))).expect(200));
        assert_eq!(free, [slots[0].clone(), slots[2].clone(), slots[3].clone()]);
        let moved = choose(own, &alpha, &slots[3]).expect(200);
        assert_eq!(moved["from"], "2023-03-09T09:30:00Z");
        assert_eq!(app.mails_of("handover_scheduled").last().unwrap().data["appointment"]["sequence"], 1);
        choose(other, &beta, &slots[1]).expect(200);

        let list = app.refurbisher.get("/handover-slots").expect(200);
        let taken: Vec<i64> = list.as_array().unwrap().iter().map(|slot| slot["taken"].as_i64().unwrap()).collect();
        assert_eq!(taken, [0, 1, 0, 1]);
        fits_together(app);
    }

    fn slot_taken_is_kept_and_what_leaves_it_gives_its_place_back(app) {
        let (stage, _) = waves::two_lots(app);
        let alpha = handover_of(app, "Alpha");
        let slots = offer(&app.refurbisher);
        choose(&stage.clients[0], &alpha, &slots[0]).expect(200);
        let slot = format!("/handover-slots/{}", slots[0]);
        app.refurbisher.delete(&slot).refused(409, "slot_taken");
        // an appointment that is set by hand takes no slot
        app.refurbisher.post(&format!("{}/schedule", path_of(&alpha)), appointment(10)).expect(200);
        assert_eq!(handover_of(app, "Alpha")["slot_id"], Value::Null);
        app.refurbisher.delete(&slot).expect(204);
        app.refurbisher.delete(&slot).expect(204);
        choose(&stage.clients[0], &alpha, &slots[0]).refused(404, "not_found");
        choose(&stage.clients[0], &alpha, &slots[1]).expect(200);
        app.staff.post(&format!("{}/missed", path_of(&alpha)), json!({"reason": "Personne"})).expect(200);
        let list = app.staff.get("/handover-slots").expect(200);
        assert_eq!((list.as_array().unwrap().len(), &list[0]["taken"]), (3, &json!(0)));
        let again = choose(&stage.clients[0], &alpha, &slots[2]).expect(200);
        assert_eq!((&again["status"], &again["reason"]), (&json!("scheduled"), &Value::Null));
        let tags = waves::tags_of(&handover_of(app, "Alpha"));
        waves::complete(&app.refurbisher, &alpha, &tags).expect(200);
        choose(&stage.clients[0], &alpha, &slots[1]).refused(409, "handover_step_not_allowed");
    }

    fn nobody_chooses_for_another_association_nor_at_another_workshop(app) {
        let (stage, _) = waves::two_lots(app);
        let alpha = handover_of(app, "Alpha");
        let slots = offer(&app.refurbisher);
        choose(&stage.clients[1], &alpha, &slots[0]).refused(404, "not_found");
        stage.clients[1].get(&format!("{}/slots", path_of(&alpha))).refused(404, "not_found");
        choose(&app.refurbisher, &alpha, &slots[0]).refused(403, "not_allowed");
        let elsewhere = offer(&app.stranger_refurbisher);
        choose(&stage.clients[0], &alpha, &elsewhere[0]).refused(404, "not_found");
        app.stranger_refurbisher.delete(&format!("/handover-slots/{}", slots[0])).refused(404, "not_found");
        let own = ids(&app.stranger_refurbisher.get("/handover-slots").expect(200));
        assert_eq!(own, elsewhere, "a workshop sees its own");
        let mut body = morning();
        body["workshop_id"] = json!(app.refurbisher.organisation);
        app.stranger_refurbisher.post("/handover-slots", body.clone()).refused(404, "not_found");
        body["from"] = json!("2023-03-08T08:00:00Z");
        body["to"] = json!("2023-03-08T10:00:00Z");
        assert_eq!(app.staff.post("/handover-slots", body.clone()).expect(201).as_array().unwrap().len(), 8);
        body["workshop_id"] = json!(app.donor.organisation);
        app.staff.post("/handover-slots", body).refused(422, "invalid_fields");
        app.staff.post("/handover-slots", morning()).refused(422, "invalid_fields");
        let late = json!({"place": "", "from": "2020-03-09T08:00:00Z", "to": "2020-03-09T08:00:00Z", "lots": 0});
        let refused = app.refurbisher.post("/handover-slots", late).refused(422, "invalid_fields");
        let fields: Vec<&str> = refused["errors"].as_array().unwrap().iter().filter_map(|error| error["pointer"].as_str()).collect();
        assert_eq!(fields, ["/place", "/from", "/to", "/lots"]);
    }

    fn slot_full_for_one_of_two_that_choose_at_once(app) {
        let (stage, _) = waves::two_lots(app);
        let lots = [handover_of(app, "Alpha"), handover_of(app, "Beta")];
        for slot in offer(&app.refurbisher) {
            let mut statuses = std::thread::scope(|scope| {
                let running = [0, 1].map(|at| {
                    let (who, lot, slot) = (&stage.clients[at], &lots[at], &slot);
                    scope.spawn(move || choose(who, lot, slot).status)
                });
                running.map(|thread| thread.join().unwrap())
            });
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
            let list = app.staff.get("/handover-slots").expect(200);
            let full = list.as_array().unwrap().iter().all(|it| it["taken"].as_i64() <= it["lots"].as_i64());
            assert!(full, "{list}");
        }
        fits_together(app);
    }

    fn slots_are_offered_chosen_and_withdrawn_on_pages(app) {
        let (stage, _) = waves::two_lots(app);
        let lot = path_of(&handover_of(app, "Alpha")).replace("/handovers/", "/lots/");
        let mut own = app.browser_of(&stage.clients[0]);
        own.get(&lot).says("vous propose un rendez-vous").lacks("Choisir un créneau");
        let mut workshop = app.browser_of(&app.refurbisher);
        let page = workshop.get("/atelier/creneaux");
        page.says("Aucun créneau");
        let typed = [("place", "Quai 3"), ("day", "2023-03-09"), ("begins", "9h"), ("ends", "10:00"), ("minutes", "30"), ("lots", "2")];
        let late = [("place", "Quai 3"), ("day", "2020-03-09"), ("begins", "9h"), ("ends", "8h"), ("minutes", "30"), ("lots", "2")];
        let refused = workshop.submit_to(&page, "/atelier/creneaux", &late);
        assert_eq!(refused.status, 422, "{}", refused.text);
        refused.says("La fin vient après le début").lacks("vous propose");
        let offered = workshop.submit_to(&refused, "/atelier/creneaux", &typed);
        offered.is_at(200, "/atelier/creneaux").says("9 h 30 – 10 h").says("0 sur 2");

        let page = own.get(&lot);
        page.says("Choisir un créneau").says("Quai 3");
        let none = own.submit_to(&page, &format!("{lot}/creneau"), &[]);
        assert_eq!(none.status, 422, "{}", none.text);
        let slots = app.refurbisher.get("/handover-slots").expect(200);
        let first = slots[0]["id"].as_str().unwrap();
        let chosen = own.submit_to(&none, &format!("{lot}/creneau"), &[("slot", first)]);
        chosen.is_at(200, &lot).says("Le rendez-vous est pris").says("Changer de créneau");

        let page = workshop.get("/atelier/creneaux");
        page.says("1 sur 2");
        let gone = workshop.submit_to(&page, "/atelier/creneaux/retirer", &[("slots", slots[1]["id"].as_str().unwrap())]);
        gone.says("ne sont plus proposés").lacks("9 h 30 – 10 h");
        app.browser_of(&app.staff).get("/atelier/creneaux").says("1 sur 2").says("Atelier");
    }
}
