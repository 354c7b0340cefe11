//! Reception: what comes off the truck, announced or not, counted by one person or several.

use crate::support::intake::{self, batch_at, receive, step};
use testkit::{Reply, TestApp, Value, both_engines, json};

fn count(app: &TestApp, batch: &str, body: Value) -> Reply {
    app.refurbisher
        .post(&format!("/batches/{batch}/receive"), body)
}

both_engines! {
    fn a_truck_without_a_list_is_counted_all_the_same(app) {
        let batch = batch_at(app, "collected", &[]);
        let answer = count(app, &batch, json!({"devices": [
            {"serial": "CZC1"}, {"serial": "PF2", "kind": "laptop", "manufacturer": "Lenovo", "model": "T490"}],
            "accessories": [{"kind": "mouse", "quantity": 2}]})).expect(200);
        assert_eq!((&answer["received"], &answer["unexpected"]), (&json!(0), &json!(2)));
        let batch_now = app.donor.get(&format!("/batches/{batch}")).expect(200);
        assert_eq!((&batch_now["status"], &batch_now["manifest"]), (&json!("received"), &Value::Null));
        let counted = step(&app.refurbisher, &batch, "close").expect(200);
        assert_eq!((&counted["declared"], &counted["on_manifest"], &counted["missing"], &counted["unexpected"]),
            (&json!(1060), &json!(0), &json!(0), &json!(2)));
        let kinds: Vec<_> = counted["per_kind"].as_array().unwrap().iter()
            .map(|kind| (kind["kind"].as_str().unwrap(), kind["declared"].as_i64().unwrap(), kind["unexpected"].as_i64().unwrap())).collect();
        assert_eq!(kinds, [("desktop", 1060, 1), ("laptop", 0, 1)]);
        let mice = counted["accessories"].as_array().unwrap().iter().find(|part| part["kind"] == "mouse").unwrap().clone();
        assert_eq!((&mice["declared"], &mice["received"]), (&json!(1100), &json!(2)));
    }

    fn a_machine_that_nobody_announced_or_can_name_gets_a_tag_and_a_note(app) {
        let batch = batch_at(app, "collected", &["CZC1"]);
        let answer = count(app, &batch, json!({"devices": [
            {"serial": "NEW9", "kind": "laptop", "model": "T490"},
            {"serial": null, "note": "étiquette arrachée, écran rayé"},
            {"note": "numéro brûlé"},
            {"serial": "To be filled by O.E.M.", "kind": "desktop"}]})).expect(200);
        let devices = answer["devices"].as_array().unwrap();
        assert!(devices.iter().all(|device| device["status"] == "unexpected"), "{answer}");
        let tags: std::collections::BTreeSet<_> = devices.iter().map(|device| device["tag"].as_str().unwrap()).collect();
        assert_eq!(tags.len(), 4, "each has its own");
        let nameless = app.refurbisher.get(&format!("/devices/{}", devices[1]["id"].as_str().unwrap())).expect(200);
        assert_eq!((&nameless["serial"], &nameless["kind"], &nameless["manifest_line"]), (&Value::Null, &json!("desktop"), &Value::Null));
        let events = app.refurbisher.get(&format!("/devices/{}/events", devices[1]["id"].as_str().unwrap())).expect(200);
        assert_eq!((&events["items"][0]["type"], &events["items"][0]["note"]), (&json!("received"), &json!("étiquette arrachée, écran rayé")));
        // the next machine without a number is another one, not the same again
        let again = count(app, &batch, json!({"devices": [{"serial": null}]})).expect(200);
        assert_eq!((&again["unexpected"], &again["already_received"]), (&json!(1), &json!(0)));
        // what it is has to be said where the batch does not tell
        let mixed = json!({"title": "Divers", "declared": [{"kind": "desktop", "quantity": 1}, {"kind": "monitor", "quantity": 1}],
            "pickup": intake::new_batch("x")["pickup"]});
        let mixed = intake::id(&app.donor.post("/batches", mixed).expect(201));
        step(&app.donor, &mixed, "submit").expect(200);
        step(&app.staff, &mixed, "accept").expect(200);
        intake::schedule(app, &mixed, &app.refurbisher, 1).expect(200);
        let problem = count(app, &mixed, json!({"devices": [{"serial": "A1", "kind": "monitor"}, {"serial": "A2"}]})).refused(422, "invalid_fields");
        assert_eq!(intake::pointers(&problem), ["/devices/1/kind"]);
    }

    fn a_serial_that_lost_its_leading_zeros_finds_its_machine(app) {
        let batch = batch_at(app, "collected", &["12345678", "00087654", "CZC3"]);
        let answer = count(app, &batch, json!({"devices": [{"serial": "00012345678"}, {"serial": "87654"}, {"serial": "CZC3"}]})).expect(200);
        assert_eq!((&answer["received"], &answer["unexpected"]), (&json!(3), &json!(0)), "{answer}");
        let announced: Vec<_> = answer["devices"].as_array().unwrap().iter().map(|device| device["announced"].clone()).collect();
        assert_eq!(announced, [json!("12345678"), json!("00087654"), Value::Null]);
        let events = app.refurbisher.get(&format!("/devices/{}/events", answer["devices"][0]["id"].as_str().unwrap())).expect(200);
        assert_eq!(events["items"][0]["evidence"]["serial_read"], "00012345678");
        let again = count(app, &batch, json!({"devices": [{"serial": "00012345678"}]})).expect(200);
        assert_eq!(again["already_received"], 1);
        // at the bench it is a suggestion
        let line = json!({"events": [{"device": "00012345678", "type": "moved", "location": "A1"}]});
        let told = app.refurbisher.post("/device-events", line).expect(200);
        assert!(told["results"][0]["detail"].as_str().unwrap().contains("Vouliez-vous dire"), "{told}");
    }

    fn the_donor_is_sent_both_sides_of_the_count(app) {
        let batch = batch_at(app, "collected", &["CZC1", "CZC2", "CZC3"]);
        count(app, &batch, json!({"devices": [{"serial": "czc-1"}, {"serial": "NEW9", "kind": "laptop"}],
            "accessories": [{"kind": "keyboard", "quantity": 900}]})).expect(200);
        let open = app.donor.get(&format!("/batches/{batch}/reconciliation")).expect(200);
        assert_eq!((&open["status"], &open["missing"]), (&json!("received"), &json!(2)), "what is missing so far");
        let closed = step(&app.refurbisher, &batch, "close").expect(200);
        let sum = |name: &str| closed[name].as_i64().unwrap();
        assert_eq!((sum("declared"), sum("on_manifest"), sum("received"), sum("missing"), sum("unexpected")), (1060, 3, 1, 2, 1));
        for client in [&app.donor, &app.refurbisher, &app.staff] {
            assert_eq!(client.get(&format!("/batches/{batch}/reconciliation")).expect(200), closed);
        }
        app.other_donor.get(&format!("/batches/{batch}/reconciliation")).refused(404, "not_found");
        let mails = app.mails_of("batch_closed");
        assert_eq!(mails.len(), 1);
        let told = |name: &str| mails[0].data[name].as_i64().unwrap();
        assert_eq!((told("expected"), told("received"), told("missing"), told("unexpected")), (3, 1, 2, 1));
    }

    fn ten_people_scan_the_same_machines_and_each_is_counted_once(app) {
        let serials: Vec<String> = (0..30).map(|n| format!("SER{n:03}")).collect();
        let names: Vec<&str> = serials.iter().map(String::as_str).collect();
        let batch = batch_at(app, "collected", &names);
        let people = [&app.refurbisher, &app.other_refurbisher];
        let counted: Vec<(u64, u64, u64)> = std::thread::scope(|scope| {
            let scans: Vec<_> = (0..10).map(|n| {
                let (client, batch, names) = (people[n % 2], &batch, &names);
                // everyone begins elsewhere, and one machine was announced by nobody
                let mut mine: Vec<&str> = names.iter().cycle().skip(n * 3).take(20).copied().collect();
                mine.push("NEW9");
                scope.spawn(move || {
                    let answer = receive(client, batch, &mine).expect(200);
                    let count = |name: &str| answer[name].as_u64().unwrap();
                    assert_eq!(count("refused"), 0, "{answer}");
                    (count("received"), count("already_received"), count("unexpected"))
                })
            }).collect();
            scans.into_iter().map(|scan| scan.join().unwrap()).collect()
        });
        let sum = |of: fn(&(u64, u64, u64)) -> u64| counted.iter().map(of).sum::<u64>();
        assert_eq!((sum(|c| c.0), sum(|c| c.1), sum(|c| c.2)), (30, 179, 1), "{counted:?}");
        let closed = step(&app.refurbisher, &batch, "close").expect(200);
        assert_eq!((&closed["received"], &closed["missing"], &closed["unexpected"]), (&json!(30), &json!(0), &json!(1)));
    }

    fn stale_version_at_the_dock(app) {
        let batch = batch_at(app, "collected", &["CZC1", "CZC2"]);
        let path = format!("/batches/{batch}");
        let stale = app.refurbisher.with_header("if-match", "\"1\"");
        receive(&stale, &batch, &["CZC1"]).refused(412, "stale_version");
        step(&stale, &batch, "close").refused(412, "stale_version");
        let known = app.refurbisher.get(&path);
        let fresh = app.refurbisher.with_header("if-match", known.header("etag"));
        let first = receive(&fresh, &batch, &["CZC1"]);
        let version = first.expect(200)["version"].as_i64().unwrap();
        assert_eq!(first.header("etag"), format!("\"{version}\""));
        assert_eq!(app.refurbisher.get(&path).header("etag"), first.header("etag"));
        receive(&fresh, &batch, &["CZC2"]).refused(412, "stale_version");
        let fresh = app.refurbisher.with_header("if-match", first.header("etag"));
        let second = receive(&fresh, &batch, &["CZC2"]);
        assert_eq!((second.expect(200)["version"].as_i64(), second.header("etag")), (Some(version), first.header("etag")),
            "more of the same truck is no new version: colleagues scan on");
        let closed = step(&fresh, &batch, "close");
        assert_eq!(closed.expect(200)["version"], version + 1);
        assert_eq!(closed.header("etag"), app.refurbisher.get(&path).header("etag"));
    }
}
