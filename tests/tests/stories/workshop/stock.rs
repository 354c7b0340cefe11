//! Kits and spare parts: counted, never below zero.

use crate::support::workshop::{Dice, advance, at_once, dock, erased, intact, log, stock, text};
use testkit::{Client, Value, both_engines, json};

both_engines! {
    fn kit_incomplete(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        advance(app, &ids[0], "ready");
        let problem = log(&app.refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "kit_incomplete");
        assert!(text(&problem["detail"]).contains("clavier"), "{problem}");
        let path = format!("/workshops/{}/accessories", app.refurbisher.organisation);
        for kind in ["keyboard", "mouse"] {
            app.refurbisher.post(&path, json!({"kind": kind, "delta": 1, "reason": "achat"})).expect(200);
        }
        log(&app.refurbisher, &ids[0], json!({"type": "ready"})).expect(200);
        app.refurbisher.post(&path, json!({"kind": "mouse", "delta": -1, "reason": "casse"})).refused(409, "stock_too_low");
        app.stranger_refurbisher.post(&path, json!({"kind": "mouse", "delta": 1, "reason": "x"})).refused(404, "not_found");
        assert_eq!(log(&app.refurbisher, &ids[0], json!({"type": "repair_started"})).expect(200)["stage"], "in_repair");
        assert_eq!(stock(app, "mouse"), 1, "the kit went back");
    }

    fn what_goes_with_a_machine_depends_on_its_kind(app) {
        let (batch, _) = dock(app, &["CZC0001"], 1);
        let counted = app.refurbisher.post(&format!("/batches/{batch}/receive"), json!({
            "devices": [{"serial": "PF0001", "kind": "laptop"}, {"serial": "PF0002", "kind": "laptop"}, {"serial": "MON1", "kind": "monitor"}],
            "accessories": [{"kind": "charger", "quantity": 1}]})).expect(200);
        let ids: Vec<_> = counted["devices"].as_array().unwrap().iter().map(|device| text(&device["id"])).collect();
        advance(app, &ids[0], "nothing");
        assert_eq!((stock(app, "charger"), stock(app, "keyboard")), (0, 1), "a laptop takes its charger and nothing else");
        advance(app, &ids[1], "ready");
        let problem = log(&app.refurbisher, &ids[1], json!({"type": "ready"})).refused(409, "kit_incomplete");
        assert!(text(&problem["detail"]).contains("chargeur"), "{problem}");
        advance(app, &ids[2], "nothing");
        assert_eq!(app.refurbisher.get(&format!("/devices/{}", ids[2])).expect(200)["stage"], "ready", "a monitor needs nothing");
    }

    fn ten_people_never_take_more_kits_than_there_are(app) {
        let serials: Vec<String> = (0..10).map(|n| format!("SER{n:04}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let (_, ids) = dock(app, &serials, 4);
        for id in &ids {
            advance(app, id, "ready");
        }
        let people = [&app.refurbisher; 10];
        let mut todo = ids.iter();
        let jobs: Vec<(&Client, &String)> = people.into_iter().map(|who| (who, todo.next().unwrap())).collect();
        let statuses = at_once(&jobs, |(who, id)| log(who, id, json!({"type": "ready"})).status);
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 4, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 6, "{statuses:?}");
        assert_eq!((stock(app, "keyboard"), stock(app, "mouse")), (0, 0));
        intact(app);
    }

    fn a_repair_takes_counted_parts_and_a_correction_puts_them_back(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let shelf = format!("/workshops/{}/parts", app.refurbisher.organisation);
        let count = |kind: &str, label: &str, delta: i32| app.refurbisher.post(&shelf,
            json!({"kind": kind, "label": label, "delta": delta, "reason": "achat"}));
        assert_eq!(count("Mémoire", "DDR4 8 Go", 3).expect(200)["quantity"], 3);
        count("memoire", "ddr4 8 go", -4).refused(409, "stock_too_low");
        count("…", "", 1).refused(422, "invalid_fields");
        let problem = app.refurbisher.post(&shelf, json!({"kind": " ", "delta": 1, "reason": ""})).refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
        app.stranger_refurbisher.get(&shelf).refused(404, "not_found");
        app.stranger_refurbisher.post(&shelf, json!({"kind": "x", "delta": 1, "reason": "x"})).refused(404, "not_found");

        advance(app, &ids[0], "nothing");
        let repair = |parts: Value, minutes: u32| json!({"type": "repaired", "description": "mémoire", "minutes": minutes, "parts": parts});
        log(&app.refurbisher, &ids[0], repair(json!([]), 5)).refused(409, "step_not_allowed");
        log(&app.refurbisher, &ids[0], json!({"type": "repair_started"})).expect(200);
        let many = repair(json!([{"kind": "memoire", "label": "DDR4 8 Go", "quantity": 4}]), 20);
        let problem = log(&app.refurbisher, &ids[0], many).refused(409, "stock_too_low");
        assert!(text(&problem["detail"]).contains("memoire DDR4 8 Go"), "{problem}");
        let zero = repair(json!([{"kind": "memoire", "quantity": 0}]), 20);
        log(&app.refurbisher, &ids[0], zero).refused(422, "invalid_fields");
        let done = repair(json!([{"kind": "memoire", "label": "DDR4 8 Go", "quantity": 2},
            {"kind": "Pile CR2032", "recovered": true}, {"kind": "vis"}, "pâte thermique"]), 20);
        let after = log(&app.refurbisher, &ids[0], done).expect(200);
        assert_eq!((&after["stage"], &after["quality_checked"]), (&json!("erased"), &json!(false)), "a repair voids the quality check");
        let found = app.refurbisher.get(&shelf).expect(200);
        assert_eq!(found["items"], json!([
            {"kind": "Mémoire", "label": "DDR4 8 Go", "quantity": 1}, {"kind": "Pile CR2032", "label": "", "quantity": 1}]));

        let repairs = app.refurbisher.get(&format!("/devices/{}/repairs", ids[0])).expect(200);
        assert_eq!((&repairs["minutes"], repairs["items"][0]["parts"].as_array().unwrap().len()), (&json!(20), 2));
        let seq = &repairs["items"][0]["seq"];
        let wrong = json!({"type": "repair_corrected", "repair": 99, "minutes": 5, "reason": "erreur"});
        log(&app.refurbisher, &ids[0], wrong).refused(422, "invalid_fields");
        let corrected = json!({"type": "repair_corrected", "repair": seq, "minutes": 15, "reason": "une seule barrette",
            "parts": [{"kind": "memoire", "label": "DDR4 8 Go"}], "client_id": "c1"});
        log(&app.refurbisher, &ids[0], corrected.clone()).expect(200);
        assert_eq!(log(&app.refurbisher, &ids[0], corrected).expect(200)["status"], "already_applied");
        log(&app.refurbisher, &ids[0], json!({"type": "repair_started"})).expect(200);
        log(&app.refurbisher, &ids[0], repair(Value::Null, 30)).expect(200);
        let repairs = app.donor.get(&format!("/devices/{}/repairs", ids[0])).expect(200);
        assert_eq!((&repairs["minutes"], repairs["items"].as_array().unwrap().len()), (&json!(45), 2), "of all repairs");
        app.stranger_refurbisher.get(&format!("/devices/{}/repairs", ids[0])).refused(404, "not_found");
        let csv = app.refurbisher.with_header("accept", "text/csv").get(&format!("{shelf}?q=ddr4"));
        assert_eq!(csv.text(), "kind,label,quantity\nMémoire,DDR4 8 Go,2\n");
        intact(app);
    }

    fn ten_people_never_use_more_parts_than_there_are(app) {
        let serials: Vec<String> = (0..10).map(|n| format!("SER{n:04}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let (_, ids) = dock(app, &serials, 0);
        let shelf = format!("/workshops/{}/parts", app.refurbisher.organisation);
        app.refurbisher.post(&shelf, json!({"kind": "ssd", "delta": 4, "reason": "achat"})).expect(200);
        for id in &ids {
            advance(app, id, "tested");
            log(&app.refurbisher, id, json!({"type": "repair_started"})).expect(200);
        }
        let jobs: Vec<(&Client, &String)> = ids.iter().map(|id| (&app.refurbisher, id)).collect();
        let repaired = json!({"type": "repaired", "description": "disque", "minutes": 5, "parts": {"kind": "SSD"}});
        let statuses = at_once(&jobs, |(who, id)| log(who, id, repaired.clone()).status);
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 4, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 6, "{statuses:?}");
        assert_eq!(app.refurbisher.get(&shelf).expect(200)["items"][0]["quantity"], 0);
        intact(app);
    }

    fn what_is_taken_apart_gives_its_parts_once_its_drives_are_proven(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let harvested = json!({"type": "harvested", "parts": [{"kind": "alimentation"}, {"kind": "ventilateur", "quantity": 2}]});
        advance(app, &ids[0], "erased");
        log(&app.refurbisher, &ids[0], harvested.clone()).refused(409, "erasure_not_proven");
        let shelf = format!("/workshops/{}/parts", app.refurbisher.organisation);
        assert_eq!(app.refurbisher.get(&shelf).expect(200)["items"], json!([]));
        log(&app.refurbisher, &ids[0], erased(&["D1"])).expect(200);
        assert_eq!(log(&app.refurbisher, &ids[0], harvested.clone()).expect(200)["stage"], "parts");
        assert_eq!(log(&app.refurbisher, &ids[0], harvested).expect(200)["status"], "already_applied");
        let found = app.refurbisher.get(&shelf).expect(200);
        assert_eq!((&found["items"][0]["quantity"], &found["items"][1]["quantity"]), (&json!(1), &json!(2)));
    }

    fn a_kit_that_goes_back_is_counted_once_whoever_sends_it_back(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        advance(app, &ids[0], "nothing");
        assert_eq!(stock(app, "keyboard"), 0);
        let back = [json!({"type": "repair_started"}), json!({"type": "missing"}),
            json!({"type": "quality_checked", "passed": false}), json!({"type": "scrapped", "reason": "chute"})];
        let jobs: Vec<(&Client, &Value)> = back.iter().map(|event| (&app.other_refurbisher, event)).collect();
        at_once(&jobs, |(who, event)| log(who, &ids[0], event.clone()).status);
        assert_eq!((stock(app, "keyboard"), stock(app, "mouse")), (1, 1));
        intact(app);
    }

    fn whatever_many_clients_do_at_once_counts_stay_right(app) {
        let (_, ids) = dock(app, &["SER0001", "SER0002", "SER0003", "SER0004"], 2);
        let shelves = [&app.refurbisher, &app.stranger_refurbisher].map(|who| format!("/workshops/{}/parts", who.organisation));
        app.refurbisher.post(&shelves[0], json!({"kind": "ssd", "delta": 3, "reason": "achat"})).expect(200);
        for id in &ids {
            advance(app, id, "ready");
        }
        let people: [(&Client, &Client, u64); 6] = [
            (&app.refurbisher, &app.stranger_refurbisher, 1), (&app.other_refurbisher, &app.stranger_refurbisher, 2),
            (&app.stranger_refurbisher, &app.refurbisher, 3), (&app.refurbisher, &app.stranger_refurbisher, 4),
            (&app.other_refurbisher, &app.stranger_refurbisher, 5), (&app.refurbisher, &app.stranger_refurbisher, 6)];
        at_once(&people, |(who, other, seed)| {
            let mut dice = Dice(seed);
            for n in 0..25 {
                let id = &ids[dice.below(ids.len())];
                let reply = match dice.below(9) {
                    0 | 1 => log(who, id, json!({"type": "repair_started"})),
                    2 | 3 => log(who, id, json!({"type": "repaired", "description": format!("{seed}-{n}"), "minutes": 1,
                        "parts": [{"kind": "ssd", "quantity": 1 + dice.below(2), "recovered": dice.below(4) == 0}]})),
                    4 => log(who, id, json!({"type": "repair_corrected", "repair": 7 + dice.below(12), "reason": "x",
                        "parts": if dice.below(2) == 0 { json!([]) } else { json!([{"kind": "ssd"}]) }})),
                    5 => log(who, id, json!({"type": "ready"})),
                    6 => log(who, id, json!({"type": "received"})),
                    7 => who.post("/transfers", json!({"to_workshop_id": other.organisation, "devices": [id]})),
                    _ => log(who, id, json!({"type": "tested", "checks": {"boot": "pass"}})),
                };
                assert!(matches!(reply.status, 200 | 201 | 403 | 409 | 422), "{}: {}", reply.status, reply.text());
            }
        });
        let mut ssd = 0;
        for shelf in &shelves {
            for part in app.staff.get(shelf).expect(200)["items"].as_array().unwrap() {
                assert!(part["quantity"].as_i64().unwrap() >= 0, "{part}");
                ssd += part["quantity"].as_i64().unwrap();
            }
        }
        let mut kits = 0;
        for id in &ids {
            let device = app.staff.get(&format!("/devices/{id}")).expect(200);
            assert_eq!(device["stage"] == "ready", !device["kit"].is_null(), "{device}");
            assert!(device["stage"] != "ready" || device["transfer_id"].is_null(), "{device}");
            kits += i64::from(!device["kit"].is_null());
            for repair in app.staff.get(&format!("/devices/{id}/repairs")).expect(200)["items"].as_array().unwrap() {
                for part in repair["parts"].as_array().unwrap() {
                    let quantity = part["quantity"].as_i64().unwrap();
                    ssd += if part["recovered"] == true { -quantity } else { quantity };
                }
            }
        }
        assert_eq!(ssd, 3, "in stock and in machines, less what came out of them");
        assert_eq!((stock(app, "keyboard") + kits, stock(app, "mouse") + kits), (2, 2));
        intact(app);
    }
}
