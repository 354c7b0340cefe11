//! Scanner in hand: lists of events, sent again, and whatever a scanner reads.

use crate::support::workshop::{at_once, dock, intact, log, stage, steps, text};
use testkit::{Client, Value, both_engines, json};

both_engines! {
    fn unknown_device(app) {
        let nobody = "0198c0de-0000-7000-8000-000000000000";
        log(&app.refurbisher, nobody, json!({"type": "ready"})).refused(404, "unknown_device");
        let events = json!([{"device": "NOBODY", "type": "ready", "client_id": "7"}, {"type": "ready", "client_id": "8"}, 9]);
        let answer = app.refurbisher.post("/device-events", json!({"events": events})).expect(200);
        let codes: Vec<_> = answer["results"].as_array().unwrap().iter().map(|r| text(&r["code"])).collect();
        assert_eq!(codes, ["unknown_device", "invalid_fields", "invalid_fields"]);
        assert_eq!(answer["results"][1]["client_id"], "8");
        app.refurbisher.post("/device-events", json!({"events": []})).refused(422, "invalid_fields");
    }

    fn a_list_is_applied_in_the_order_of_its_times_and_answered_in_the_order_sent(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 2);
        let tag = text(&app.refurbisher.get(&format!("/devices/{}", ids[1])).expect(200)["tag"]);
        let mut events = Vec::new();
        for (n, mut event) in steps("D1").into_iter().enumerate().take(4) {
            event["at"] = json!(format!("2023-02-28T08:0{n}:00Z"));
            event["client_id"] = json!(format!("a{n}"));
            event["device"] = json!("czc-0001");
            events.push(event);
        }
        events.reverse();
        events.push(json!({"device": format!("https://ressac.example/d/{}", tag.to_lowercase()), "type": "triaged", "outcome": "scrap", "client_id": "b"}));
        events.push(json!({"device": ids[1], "type": "ready", "client_id": "c"}));
        let answer = app.refurbisher.post("/device-events", json!({"events": events})).expect(200);
        let told: Vec<_> = answer["results"].as_array().unwrap().iter()
            .map(|r| (text(&r["client_id"]), text(&r["status"]), text(&r["stage"]))).collect();
        let told: Vec<_> = told.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        assert_eq!(told, [
            ("a3", "applied", "graded"), ("a2", "applied", "tested"), ("a1", "applied", "erased"),
            ("a0", "applied", "triaged"), ("b", "applied", "triaged"), ("c", "refused", "triaged"),
        ]);
        assert_eq!(answer["results"][5]["code"], "erasure_not_proven");
        assert_eq!(stage(app, &ids[0]), "graded");
        intact(app);
    }

    fn the_same_bulk_events_sent_twice_at_once_apply_once(app) {
        let serials: Vec<String> = (0..30).map(|n| format!("SER{n:04}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        let (_, ids) = dock(app, &serials, 0);
        let events: Vec<_> = serials.iter().flat_map(|serial| {
            steps(&format!("D{serial}")).into_iter().take(4).map(|mut event| {
                event["client_id"] = json!(format!("{serial}-{}", text(&event["type"])));
                event["device"] = json!(serial);
                event
            }).collect::<Vec<_>>()
        }).collect();
        let answers = at_once(&[&app.refurbisher; 6], |who| {
            who.post("/device-events", json!({"events": events})).expect(200)
        });
        let count = |status: &str| -> usize {
            answers.iter().flat_map(|answer| answer["results"].as_array().unwrap())
                .filter(|result| result["status"] == status).count()
        };
        assert_eq!((count("applied"), count("already_applied"), count("refused")), (120, 600, 0));
        assert_eq!(intact(app).events, 30 * 5);
        for id in &ids {
            assert_eq!(stage(app, id), "graded");
        }
        let again = app.refurbisher.post("/device-events", json!({"events": events})).expect(200);
        assert!(again["results"].as_array().unwrap().iter().all(|result| result["status"] == "already_applied"));
    }

    fn a_thousand_lines_are_one_list_and_sent_again_change_nothing(app) {
        let serials: Vec<String> = (0..500).map(|n| format!("SER{n:05}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        dock(app, &serials, 0);
        let lines = |take: std::ops::Range<usize>| -> Vec<Value> {
            serials.iter().flat_map(|serial| {
                steps(&format!("D{serial}"))[take.clone()].iter().map(|event| {
                    let mut event = event.clone();
                    event["client_id"] = json!(format!("{serial}-{}", text(&event["type"])));
                    event["device"] = json!(serial);
                    event
                }).collect::<Vec<_>>()
            }).collect()
        };
        for take in [0..2, 2..4, 2..4] {
            let lines = json!({"events": lines(take.clone())});
            let answer = app.refurbisher.post("/device-events", lines).expect(200);
            assert!(answer["results"].as_array().unwrap().iter().all(|result| result["status"] != "refused"));
        }
        assert_eq!(intact(app).events, 500 * 5);
    }

    fn a_device_is_found_by_whatever_a_scanner_reads(app) {
        let (_, ids) = dock(app, &["CZC0001", "PF1ABCDE", "AB12"], 0);
        let tag = text(&app.refurbisher.get(&format!("/devices/{}", ids[0])).expect(200)["tag"]);
        let scans = [
            (ids[0].clone(), 0), (tag.to_lowercase(), 0), (tag.replace('-', " "), 0), (format!("https://ressac.example/d/{tag}?x=1"), 0),
            ("S/N: CZC0001".into(), 0), (" czc-0001\r\n".into(), 0), ("SCZC0001".into(), 0), ("(01)09504000059101(21)CZC0001".into(), 0),
            ("]C1010950400005910121CZC0001".into(), 0), ("1S20KHS0QX00PF1ABCDE".into(), 1), ("SN:AB12".into(), 2),
        ];
        for (scan, n) in &scans {
            let page = app.refurbisher.get(&format!("/devices?scan={}", encoded(scan))).expect(200);
            assert_eq!(page["items"][0]["id"], ids[*n], "{scan}");
            let hidden = app.stranger_refurbisher.get(&format!("/devices?scan={}", encoded(scan))).expect(200);
            assert_eq!(hidden["items"], json!([]), "{scan}");
        }
        let events: Vec<_> = scans.iter().enumerate().map(|(n, (scan, _))|
            json!({"device": scan, "type": "moved", "location": format!("E{n}"), "client_id": n.to_string()})).collect();
        let answer = app.refurbisher.post("/device-events", json!({"events": events})).expect(200);
        for (result, (scan, n)) in answer["results"].as_array().unwrap().iter().zip(&scans) {
            assert_eq!((&result["status"], &result["device_id"]), (&json!("applied"), &json!(ids[*n])), "{scan}");
        }
        let nobody = app.refurbisher.get("/devices?scan=NOBODY").expect(200);
        assert_eq!(nobody["items"], json!([]));
    }

    fn a_mistyped_tag_is_answered_with_the_tag_that_it_may_have_been(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let tag = text(&app.refurbisher.get(&format!("/devices/{}", ids[0])).expect(200)["tag"]);
        let wrong = format!("{}{}", &tag[..tag.len() - 1], if tag.ends_with('4') { '5' } else { '4' });
        let line = json!({"events": [{"device": wrong, "type": "moved", "location": "A1"}]});
        let answer = app.refurbisher.post("/device-events", line.clone()).expect(200);
        assert_eq!(answer["results"][0]["code"], "unknown_device");
        let detail = text(&answer["results"][0]["detail"]);
        assert!(detail.contains(&format!("Vouliez-vous dire {tag}")), "{detail}");
        let hidden = app.stranger_refurbisher.post("/device-events", line).expect(200);
        assert!(!text(&hidden["results"][0]["detail"]).contains(&tag), "another workshop's tags are not told");
    }

    fn a_mistyped_serial_number_is_answered_with_the_devices_that_it_may_have_been(app) {
        let (_, ids) = dock(app, &["CZC40WXGHV", "CZC40WXGHW", "5CG0101QXZ", "AB12"], 0);
        let tags: Vec<_> = ids.iter().map(|id| text(&app.refurbisher.get(&format!("/devices/{id}")).expect(200)["tag"])).collect();
        let told = |who: &Client, name: &str| {
            let line = json!({"events": [{"device": name, "type": "moved", "location": "A1"}]});
            let result = who.post("/device-events", line).expect(200)["results"][0].clone();
            assert_eq!((&result["code"], &result["device_id"]), (&json!("unknown_device"), &Value::Null), "{name}");
            text(&result["detail"])
        };
        for (name, meant) in [("CZC4OWXGHV", 0), ("czc40xwghv", 0), ("CZC40WXGV", 0), ("CZC40WXGHVV", 0), ("S/N: CZC40WXGHV1", 0),
            ("5CGO1O1QXZ", 2), ("5CG0I0IQXZ", 2)] {
            let detail = told(&app.refurbisher, name);
            assert!(detail.contains(&tags[meant]) && detail.contains("Vouliez-vous dire"), "{name}: {detail}");
        }
        let two = told(&app.refurbisher, "CZC40WXGHX");
        assert!(tags[..2].iter().all(|tag| two.contains(tag)) && two.contains(" ou ") && two.contains("(CZC40WXGHW)"), "{two}");
        for far in ["CZC40WXG", "XX40WXGHV", "AB13", "ÉCRAN-7"] {
            assert!(!told(&app.refurbisher, far).contains("Vouliez-vous"), "{far}");
        }
        assert!(!told(&app.stranger_refurbisher, "CZC4OWXGHV").contains(&tags[0]), "another workshop's devices are not told");
        let send = json!({"to_workshop_id": app.stranger_refurbisher.organisation, "devices": ["CZC4OWXGHV"]});
        let problem = app.refurbisher.post("/transfers", send).refused(422, "invalid_fields");
        assert!(text(&problem["errors"][0]["detail"]).contains(&tags[0]), "{problem}");
    }

    fn a_scanners_clock_may_be_an_hour_ahead_and_no_more(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let at = |at: &str| json!({"events": [{"device": ids[0], "type": "moved", "location": at, "at": at}]});
        let told = |body: Value| app.refurbisher.post("/device-events", body).expect(200)["results"][0].clone();
        assert_eq!(told(at("2023-02-28T09:59:59Z"))["status"], "applied");
        assert_eq!(told(at("2023-02-27T08:00:00Z"))["status"], "applied", "clocks and time zones differ by a day");
        for early in ["2019-01-01T00:00:00Z", "0001-01-01T00:00:00Z"] {
            let refused = told(at(early));
            assert_eq!((&refused["status"], &refused["code"]), (&json!("refused"), &json!("invalid_fields")), "nobody knew it then");
        }
        let late = told(at("2023-02-28T10:00:01Z"));
        assert_eq!((&late["status"], &late["code"]), (&json!("refused"), &json!("invalid_fields")));
        assert!(text(&late["detail"]).contains("horloge"), "{late}");
        app.refurbisher.post("/device-events", json!({"events": vec![json!({}); 1_001]})).refused(422, "invalid_fields");
    }

    fn lines_that_interrupt_each_other_still_leave_each_device_in_order(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 2);
        let mut lines = Vec::new();
        for n in 0..4 {
            for (k, id) in ids.iter().enumerate() {
                let mut line = steps(&format!("D{k}"))[n].clone();
                line["device"] = json!(id);
                line["client_id"] = json!(format!("{k}-{n}"));
                line["at"] = json!(format!("2023-02-28T08:{:02}:00Z", 10 * k + n));
                lines.push(line);
            }
        }
        lines.rotate_left(3);
        let half = app.refurbisher.post("/device-events", json!({"events": lines[..3]})).expect(200);
        assert!(half["results"].as_array().unwrap().iter().any(|result| result["status"] == "refused"));
        let whole = app.refurbisher.post("/device-events", json!({"events": lines})).expect(200);
        assert!(whole["results"].as_array().unwrap().iter().all(|result| result["status"] != "refused"), "{whole}");
        for id in &ids {
            let device = app.refurbisher.get(&format!("/devices/{id}")).expect(200);
            assert_eq!(device["stage"], "graded");
        }
        intact(app);
    }
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
