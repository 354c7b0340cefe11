//! What machines say of themselves: kept, read, and flagged where it contradicts.

use crate::support::workshop::{
    advance, at_once, dock, erased, intact, log, machine, stage, stock, text,
};
use testkit::{Client, Reply, TestApp, Value, both_engines, json};

macro_rules! machines {
    ($($name:literal),*) => {
        [$((
            $name,
            include_bytes!(concat!("../../../../crates/workshop/fixtures/lshw/", $name, ".json")),
            include_bytes!(concat!("../../../../crates/workshop/fixtures/lshw/", $name, ".expected.json")),
        )),*]
    };
}

/// Machines as they said it of themselves, and what is to be read of each.
const MACHINES: [(&str, &[u8], &[u8]); 4] =
    machines!["desktop", "laptop", "tablet", "station-B.02.19"];

fn send(who: &Client, device: &str, capture: &[u8]) -> Reply {
    who.send(
        "PUT",
        &format!("/devices/{device}/hardware"),
        "application/json",
        capture,
    )
}

fn resolve(who: &Client, device: &str, field: &str, keep: &str) -> Reply {
    let body = json!({"field": field, "keep": keep, "reason": "étiquette échangée"});
    who.post(&format!("/devices/{device}/contradictions"), body)
}

fn events(app: &TestApp, device: &str) -> Vec<String> {
    let page = app
        .staff
        .get(&format!("/devices/{device}/events?limit=200"))
        .expect(200);
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| text(&event["type"]))
        .collect()
}

/// A machine with another serial number or chassis than the first one has.
fn other(serial: &str, chassis: &str) -> Value {
    let mut value = machine(&[("S1", "SSD")]);
    value[0]["serial"] = json!(serial);
    value[0]["configuration"]["chassis"] = json!(chassis);
    value
}

both_engines! {
    fn a_capture_is_read_kept_as_it_came_and_sent_back(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let raw = format!("WARNING: you should run this program as super-user.\n{}\n", machine(&[("S1", "SSD 256")]));
        let seen = send(&app.refurbisher, &ids[0], raw.as_bytes());
        let device = seen.expect(200);
        assert_eq!((&device["status"], &device["drives"][0]["serial"]), (&json!("applied"), &json!("S1")));
        assert_eq!(seen.header("etag"), format!("\"{}\"", device["version"]));
        let list = app.staff.get(&format!("/devices/{}/captures", ids[0])).expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let sha = text(&list["items"][0]["sha256"]);
        assert_eq!((&list["items"][0]["size"], &device["hardware"]["raw_sha256"]), (&json!(raw.len()), &json!(sha)));
        let path = format!("/devices/{}/captures/{sha}", ids[0]);
        assert_eq!(app.refurbisher.get(&path).text(), raw, "untouched");
        assert!(app.refurbisher.get(&path).header("content-disposition").starts_with("attachment"));
        app.stranger_refurbisher.get(&path).refused(404, "not_found");
        app.donor.get(&path).refused(403, "not_allowed");
        app.staff.get(&format!("/devices/{}/captures/{}", ids[0], "0".repeat(64))).refused(404, "not_found");
        assert!(events(app, &ids[0]).contains(&"hardware_seen".to_owned()));
    }

    fn whole_machines_are_read_as_it_stands_beside_them(app) {
        let (_, ids) = dock(app, &["PC-1", "PC-2", "PC-3", "PC-4"], 0);
        for (id, (name, raw, expected)) in ids.iter().zip(MACHINES) {
            let device = send(&app.refurbisher, id, raw).expect(200);
            let expected: Value = serde_json::from_slice(expected).unwrap();
            for (field, value) in expected.as_object().unwrap() {
                assert_eq!(&device["hardware"][field], value, "{name}: {field}");
            }
            let serials = |drives: &Value| -> Vec<Value> {
                drives.as_array().unwrap().iter().map(|drive| drive["serial"].clone()).collect()
            };
            assert_eq!(serials(&device["drives"]), serials(&expected["drives"]), "{name}: each needs its proof");
            assert_eq!(device["serial"].as_str().unwrap().len(), 4, "{name}: the label's number stays, the other is flagged");
        }
    }

    fn drives_that_are_not_the_machines_need_no_proof(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let mut capture = machine(&[("S1", "SSD 256")]);
        capture[0]["serial"] = json!("To Be Filled By O.E.M.");
        let buses = capture[0]["children"][0]["children"].as_array_mut().unwrap();
        buses.extend([
            json!({"id": "cdrom", "class": "disk", "description": "DVD-RAM writer", "product": "GH24NSB0", "serial": "K1"}),
            json!({"id": "reader", "class": "disk", "product": "SD/MMC", "vendor": "Generic-", "capabilities": {"removable": true}}),
            json!({"id": "usb", "class": "storage", "businfo": "usb@1:2", "children": [
                {"id": "disk", "class": "disk", "product": "Clef de démarrage", "serial": "U1", "size": 8_000_000_000_u64}]}),
            json!({"id": "nvme", "class": "storage", "description": "NVMe device", "product": "P 1", "serial": "N1"}),
        ]);
        let device = send(&app.refurbisher, &ids[0], capture.to_string().as_bytes()).expect(200);
        let found: Vec<_> = device["drives"].as_array().unwrap().iter().map(|drive| text(&drive["serial"])).collect();
        assert_eq!(found, ["S1", "N1"]);
        assert_eq!((&device["serial"], &device["hardware"]["contradictions"]), (&json!("CZC0001"), &json!([])), "a placeholder is no number");
        log(&app.refurbisher, &ids[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        assert_eq!(log(&app.refurbisher, &ids[0], erased(&["S1", "N1"])).expect(200)["stage"], "erased");
    }

    fn the_same_capture_again_changes_nothing(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let first = machine(&[("S1", "SSD")]).to_string();
        let second = machine(&[("S1", "SSD"), ("S2", "SSD")]).to_string();
        let answers = at_once(&[&app.refurbisher; 6], |who| send(who, &ids[0], first.as_bytes()).expect(200));
        let applied = answers.iter().filter(|answer| answer["status"] == "applied").count();
        assert_eq!(applied, 1);
        send(&app.refurbisher, &ids[0], second.as_bytes()).expect(200);
        log(&app.refurbisher, &ids[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        let gone = json!({"type": "erased", "drives": [{"serial": "S1", "method": "destroy", "result": "success"},
            {"serial": "S2", "method": "destroy", "result": "success"}]});
        let proven = log(&app.refurbisher, &ids[0], gone).expect(200);
        assert_eq!(proven["stage"], "erased");
        for capture in [&first, &second] {
            let again = send(&app.refurbisher, &ids[0], capture.as_bytes()).expect(200);
            assert_eq!((&again["status"], &again["stage"], &again["version"]),
                (&json!("already_applied"), &json!("erased"), &proven["version"]), "an old file was sent again");
        }
        let third = machine(&[("S1", "SSD"), ("S1b", "SSD")]).to_string();
        assert_eq!(send(&app.refurbisher, &ids[0], third.as_bytes()).expect(200)["stage"], "triaged", "it is there after all");
        assert_eq!(events(app, &ids[0]).iter().filter(|kind| *kind == "hardware_seen").count(), 3);
        intact(app);
    }

    fn what_is_no_capture_is_refused_and_leaves_nothing(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        for (body, status, code) in [
            (&b"{\"no\": 1"[..], 400, "malformed_body"),
            (b"", 400, "malformed_body"),
            (b"H/W path  Device  Class", 400, "malformed_body"),
            (b"\xff\xfe\x00\x01", 400, "malformed_body"),
            (b"{}", 422, "invalid_fields"),
            (b"[1, 2]", 422, "invalid_fields"),
            (br#"[{"class": "network"}]"#, 422, "invalid_fields"),
        ] {
            let problem = send(&app.refurbisher, &ids[0], body).refused(status, code);
            assert!(!text(&problem["detail"]).is_empty());
        }
        let large = vec![b' '; (4 << 20) + 1];
        send(&app.refurbisher, &ids[0], &large).refused(413, "too_large");
        let path = format!("/devices/{}/hardware", ids[0]);
        app.refurbisher.send("PUT", &path, "text/plain", b"{}").refused(415, "wrong_media_type");
        send(&app.stranger_refurbisher, &ids[0], b"{}").refused(403, "not_your_workshop");
        send(&app.refurbisher, "0198c0de-0000-7000-8000-000000000000", b"{}").refused(404, "unknown_device");
        app.donor.send("PUT", &path, "application/json", b"{}").refused(403, "not_allowed");
        assert_eq!(app.staff.get(&format!("/devices/{}/captures", ids[0])).expect(200)["items"], json!([]));
        assert_eq!(events(app, &ids[0]), ["received"]);
    }

    fn a_capture_of_a_stale_version_is_refused(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let capture = machine(&[("S1", "SSD")]).to_string();
        let stale = app.refurbisher.with_header("if-match", "\"1\"");
        send(&stale, &ids[0], capture.as_bytes()).refused(412, "stale_version");
        assert_eq!(events(app, &ids[0]), ["received"]);
        let etag = app.refurbisher.get(&format!("/devices/{}", ids[0])).header("etag").to_owned();
        let fresh = app.refurbisher.with_header("if-match", &etag);
        let after = send(&fresh, &ids[0], capture.as_bytes()).expect(200);
        let now = app.refurbisher.with_header("if-match", &format!("\"{}\"", after["version"]));
        send(&now, &ids[0], capture.as_bytes()).expect(200);
    }

    fn a_capture_that_contradicts_the_manifest_is_flagged(app) {
        let (_, ids) = dock(app, &["CZC0009"], 0);
        let seen = send(&app.refurbisher, &ids[0], machine(&[("S1", "SSD")]).to_string().as_bytes()).expect(200);
        assert_eq!(seen["serial"], "CZC0009", "never merged");
        let flagged = &seen["hardware"]["contradictions"][0];
        assert_eq!((&flagged["field"], &flagged["announced"], &flagged["machine"], &flagged["decision"]),
            (&json!("serial"), &json!("CZC0009"), &json!("CZC0001"), &Value::Null));
        let listed = |query: &str| app.refurbisher.get(&format!("/devices?{query}")).expect(200)["items"].as_array().unwrap().len();
        assert_eq!((listed("contradicts=true"), listed("contradicts=false")), (1, 0));
        resolve(&app.refurbisher, &ids[0], "serial", "known").expect(200);
        assert_eq!((listed("contradicts=true"), listed("contradicts=false")), (0, 1));
    }

    fn a_contradiction_stops_nobody_and_is_decided_once(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        advance(app, &ids[0], "nothing");
        assert_eq!((stage(app, &ids[0]).as_str(), stock(app, "mouse")), ("ready", 0));
        let mut capture = other("CZC0099", "notebook");
        capture[0]["children"][0]["children"][1]["children"] = json!([]);
        let seen = send(&app.refurbisher, &ids[0], capture.to_string().as_bytes()).expect(200);
        assert_eq!((&seen["stage"], stock(app, "mouse")), (&json!("ready"), 0), "what is proven of the machine stands");
        assert_eq!(seen["hardware"]["contradictions"].as_array().map(Vec::len), Some(2), "{seen}");

        resolve(&app.refurbisher, &ids[0], "model", "known").refused(409, "nothing_to_resolve");
        let silent = json!({"field": "serial", "keep": "known", "reason": " "});
        let path = format!("/devices/{}/contradictions", ids[0]);
        app.refurbisher.post(&path, silent).refused(422, "invalid_fields");
        resolve(&app.stranger_refurbisher, &ids[0], "serial", "known").refused(403, "not_your_workshop");
        let decided = resolve(&app.refurbisher, &ids[0], "serial", "known").expect(200);
        assert_eq!(decided["hardware"]["contradictions"][0]["decision"]["keep"], "known");
        assert_eq!(resolve(&app.refurbisher, &ids[0], "serial", "known").expect(200)["status"], "already_applied");
        resolve(&app.refurbisher, &ids[0], "serial", "machine").refused(409, "nothing_to_resolve");
        resolve(&app.refurbisher, &ids[0], "kind", "known").expect(200);

        capture[0]["version"] = json!("again, with other bytes");
        let again = send(&app.refurbisher, &ids[0], capture.to_string().as_bytes()).expect(200);
        assert_eq!(again["stage"], "ready", "what was decided stands");
        let last = events(app, &ids[0]);
        assert_eq!(last.iter().filter(|kind| *kind == "contradiction_resolved").count(), 2);
        intact(app);
    }

    fn what_the_machine_says_may_be_taken_over(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 2);
        advance(app, &ids[0], "ready");
        let mut capture = other("CZC0077", "notebook");
        capture[0]["children"][0]["children"][1]["children"] = json!([]);
        send(&app.refurbisher, &ids[0], capture.to_string().as_bytes()).expect(200);
        let renamed = resolve(&app.refurbisher, &ids[0], "serial", "machine").expect(200);
        assert_eq!(renamed["serial"], "CZC0077");
        assert_eq!(app.refurbisher.get("/devices?q=czc0077").expect(200)["items"].as_array().unwrap().len(), 1);
        let laptop = resolve(&app.refurbisher, &ids[0], "kind", "machine").expect(200);
        assert_eq!((&laptop["kind"], &laptop["stage"], &laptop["tests_passed"]),
            (&json!("laptop"), &json!("erased"), &Value::Null), "tested again, as what it is");

        send(&app.refurbisher, &ids[1], other("CZC0077", "mini-tower").to_string().as_bytes()).expect(200);
        resolve(&app.refurbisher, &ids[1], "serial", "machine").refused(422, "duplicate_serial");
        assert_eq!(app.refurbisher.get(&format!("/devices/{}", ids[1])).expect(200)["serial"], "CZC0002");
        intact(app);
    }

    fn the_key_of_a_station_decides_nothing(app) {
        let (_, ids) = dock(app, &["CZC0009"], 0);
        let made = app.admin.post("/api-keys", json!({"name": "Poste 1", "scopes": ["workshop"],
            "organisation_id": app.refurbisher.organisation})).expect(201);
        let station = app.anyone.with_token(made["key"].as_str().unwrap());
        send(&station, &ids[0], machine(&[("S1", "SSD")]).to_string().as_bytes()).expect(200);
        resolve(&station, &ids[0], "serial", "machine").refused(403, "not_allowed");
    }

    fn a_machine_without_a_readable_label_gets_its_number_from_itself(app) {
        let (batch, _) = dock(app, &["CZC0002"], 0);
        let answer = app.refurbisher.post(&format!("/batches/{batch}/receive"), json!({"devices": [{"serial": null}, {"serial": null}]})).expect(200);
        let found: Vec<_> = answer["devices"].as_array().unwrap().iter().map(|d| text(&d["id"])).collect();
        let capture = machine(&[("S1", "SSD")]).to_string();
        let seen = send(&app.refurbisher, &found[0], capture.as_bytes()).expect(200);
        assert_eq!((&seen["serial"], &seen["hardware"]["contradictions"]), (&json!("CZC0001"), &json!([])));
        let twin = send(&app.refurbisher, &found[1], capture.as_bytes()).expect(200);
        assert_eq!((&twin["serial"], &twin["hardware"]["contradictions"][0]["machine"]), (&Value::Null, &json!("CZC0001")), "another has it");
    }

    fn a_device_that_comes_back_is_read_again(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let capture = machine(&[("S1", "SSD")]).to_string();
        send(&app.refurbisher, &ids[0], capture.as_bytes()).expect(200);
        log(&app.refurbisher, &ids[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        log(&app.refurbisher, &ids[0], erased(&["S1"])).expect(200);
        log(&app.refurbisher, &ids[0], json!({"type": "missing"})).expect(200);
        send(&app.refurbisher, &ids[0], b"{\"class\": \"system\"}").refused(409, "step_not_allowed");
        log(&app.refurbisher, &ids[0], json!({"type": "received"})).expect(200);
        let again = send(&app.refurbisher, &ids[0], capture.as_bytes()).expect(200);
        assert_eq!((&again["status"], &again["cycle"], &again["drives"][0]["proven"]), (&json!("applied"), &json!(2), &json!(false)));
        let list = app.staff.get(&format!("/devices/{}/captures", ids[0])).expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
    }
}
