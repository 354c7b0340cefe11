//! What proves that the data of a device is gone, and what does not.

use crate::support::workshop::{
    advance, dock, erased, intact, log, machine, scheduled_under, stock, text,
};
use testkit::{Client, Reply, Value, both_engines, json};

both_engines! {
    fn erasure_not_proven(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        log(&app.refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "erasure_not_proven");
        advance(app, &ids[0], "erased");
        for event in [json!({"type": "ready"}), json!({"type": "harvested"}), json!({"type": "scrapped", "reason": "cassé"})] {
            log(&app.refurbisher, &ids[0], event).refused(409, "erasure_not_proven");
        }
        let failed = json!({"type": "erased", "drives": [{"serial": "D1", "media": "hdd", "method": "purge", "result": "failure"}]});
        assert_eq!(log(&app.refurbisher, &ids[0], failed).expect(200)["stage"], "triaged");
        log(&app.refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "erasure_not_proven");
        let overwritten = json!({"type": "erased", "drives": [{"serial": "D1", "media": "ssd", "method": "clear", "result": "success"}]});
        log(&app.refurbisher, &ids[0], overwritten).refused(409, "erasure_not_proven");
        let destroyed = json!({"type": "erased", "drives": [{"serial": "D1", "method": "destroy", "result": "success"}]});
        assert_eq!(log(&app.refurbisher, &ids[0], destroyed).expect(200)["stage"], "erased");
        let scrapped = log(&app.refurbisher, &ids[0], json!({"type": "scrapped", "reason": "cassé", "waste_reference": "BSD-1"}));
        assert_eq!(scrapped.expect(200)["stage"], "scrapped");
    }

    fn a_donor_who_wants_drives_destroyed_is_heeded(app) {
        let batch = scheduled_under(app, &["CZC0001"], json!({"drives_destroyed": true}));
        let received = app.refurbisher.post(&format!("/batches/{batch}/receive"),
            json!({"devices": [{"serial": "CZC0001"}], "accessories": []})).expect(200);
        let id = text(&received["devices"][0]["id"]);
        log(&app.refurbisher, &id, json!({"type": "triaged", "outcome": "keep"})).expect(200);
        log(&app.refurbisher, &id, erased(&["D1"])).refused(409, "erasure_not_proven");
        let destroyed = json!({"type": "erased", "drives": [{"serial": "D1", "method": "destroy", "tool": "broyeur", "result": "success"}]});
        assert_eq!(log(&app.refurbisher, &id, destroyed).expect(200)["stage"], "erased");
    }

    fn drive_not_covered(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let path = format!("/devices/{}/hardware", ids[0]);
        let seen = app.refurbisher.put(&path, machine(&[("S1", "SSD A"), ("S2", "SSD B"), ("S3", "WDC WD10")])).expect(200);
        assert_eq!(seen["drives"].as_array().unwrap().len(), 3);
        assert_eq!((&seen["hardware"]["memory_mib"], &seen["hardware"]["manufacturer"]), (&json!(8192), &json!("HP")));
        assert_eq!(seen["hardware"]["contradictions"], json!([]));
        advance(app, &ids[0], "erased");
        let partly = log(&app.refurbisher, &ids[0], erased(&["S1", "S2"])).expect(200);
        assert_eq!((&partly["stage"], &partly["erasure_proven"]), (&json!("triaged"), &json!(false)));
        for event in [json!({"type": "ready"}), json!({"type": "harvested"}), json!({"type": "tested", "checks": {"boot": "pass"}})] {
            let problem = log(&app.refurbisher, &ids[0], event).refused(409, "drive_not_covered");
            assert!(text(&problem["detail"]).contains("S3"), "{problem}");
        }
        assert_eq!(log(&app.refurbisher, &ids[0], erased(&["S3"])).expect(200)["stage"], "erased");
    }

    fn a_drive_that_appears_later_takes_a_machine_off_the_shelf(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        advance(app, &ids[0], "nothing");
        assert_eq!(stock(app, "mouse"), 0);
        let path = format!("/devices/{}/hardware", ids[0]);
        let seen = app.refurbisher.put(&path, machine(&[("NEW", "SSD")])).expect(200);
        assert_eq!((&seen["stage"], &seen["kit"], &seen["erasure_proven"]), (&json!("triaged"), &Value::Null, &json!(false)));
        assert_eq!(stock(app, "mouse"), 1);
        log(&app.refurbisher, &ids[0], json!({"type": "ready"})).refused(409, "drive_not_covered");
        app.refurbisher.send("PUT", &path, "application/json", b"{\"no\": 1").refused(400, "malformed_body");
        app.refurbisher.send("PUT", &path, "text/plain", b"{}").refused(415, "wrong_media_type");
        intact(app);
    }

    fn a_date_outside_the_calendar_is_refused_and_harms_no_list(app) {
        let (_, devices) = dock(app, &["PC-1"], 1);
        log(&app.refurbisher, &devices[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        let drive = json!({"serial": "D1", "media": "hdd", "method": "purge", "result": "success",
            "finished_at": "9999-12-31T23:59:59-12:00"});
        log(&app.refurbisher, &devices[0], json!({"type": "erased", "drives": [drive]}))
            .refused(422, "invalid_fields");
        app.staff.get("/devices").expect(200);
    }

    fn a_drive_that_could_not_be_erased_is_destroyed_or_taken_out(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 0);
        for (id, method) in ids.iter().zip(["destroy", "absent"]) {
            let number = if method == "absent" { "CZC0002" } else { "CZC0001" };
            app.refurbisher.put(&format!("/devices/{id}/hardware"), machine_of(number, &[(&format!("S-{method}"), "WDC WD10")])).expect(200);
            log(&app.refurbisher, id, json!({"type": "triaged", "outcome": "scrap"})).expect(200);
            let serial = format!("S-{method}");
            let failed = json!({"type": "erased", "drives": [{"serial": serial, "media": "hdd", "method": "purge", "tool": "hdparm", "result": "failure"}]});
            assert_eq!(log(&app.refurbisher, id, failed).expect(200)["stage"], "triaged");
            log(&app.refurbisher, id, json!({"type": "scrapped", "reason": "panne"})).refused(409, "erasure_not_proven");
            let gone = json!({"type": "erased", "drives": [{"serial": serial, "method": method, "result": "success"}]});
            if method == "absent" {
                log(&app.refurbisher, id, gone.clone()).refused(409, "absence_contradicted");
                app.refurbisher.put(&format!("/devices/{id}/hardware"), machine_of("CZC0002", &[])).expect(200);
            }
            assert_eq!(log(&app.refurbisher, id, gone).expect(200)["stage"], "erased");
            log(&app.refurbisher, id, json!({"type": "scrapped", "reason": "panne", "waste_reference": "BSD-2"})).expect(200);
        }
        intact(app);
    }

    fn the_log_of_nwipe_is_read_not_retyped(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        app.refurbisher.put(&format!("/devices/{}/hardware", ids[0]),
            machine(&[("WD-WCC2EX000001", "WDC WD5000AAKX"), ("S3Z1NB0K000002", "Samsung SSD 860")])).expect(200);
        attach(&app.refurbisher, &ids[0], NWIPE).refused(409, "step_not_allowed");
        log(&app.refurbisher, &ids[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        let answer = attach(&app.refurbisher, &ids[0], NWIPE).expect(201);
        assert_eq!((&answer["tool"], &answer["tool_version"], &answer["status"]), (&json!("nwipe"), &json!("0.37"), &json!("applied")));
        let told: Vec<_> = answer["drives"].as_array().unwrap().iter()
            .map(|drive| (text(&drive["serial"]), text(&drive["method"]), drive["proven"].as_bool().unwrap(), drive["code"].clone())).collect();
        assert_eq!(told, [
            ("WD-WCC2EX000001".into(), "clear".into(), true, Value::Null),
            ("S3Z1NB0K000002".into(), "clear".into(), false, json!("erasure_not_proven")),
        ], "overwriting proves nothing on flash");
        assert_eq!(answer["others"], json!(["5LR30003", "Z2A30004", "9VY00005"]));
        assert_eq!((&answer["device"]["stage"], &answer["device"]["drives"][0]["proof"]["tool"]), (&json!("triaged"), &json!("nwipe")));
        let page = app.donor.get(&format!("/devices/{}/events", ids[0])).expect(200);
        let last = page["items"].as_array().unwrap().last().unwrap().clone();
        let entry = &last["evidence"]["drives"][0];
        assert_eq!((&last["type"], &entry["standard"], &entry["report"]), (&json!("erased"), &json!("DoD Short"), &answer["sha256"]));
        assert_eq!(entry["finished_at"], "2023-02-28T08:35:04Z");

        let again = attach(&app.other_refurbisher, &ids[0], NWIPE).expect(201);
        assert_eq!((&again["status"], &again["device"]["version"]), (&json!("already_applied"), &answer["device"]["version"]));
        let list = app.donor.get(&format!("/devices/{}/erasure-reports", ids[0])).expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let path = format!("/devices/{}/erasure-reports/{}", ids[0], text(&answer["sha256"]));
        assert_eq!(app.donor.get(&path).text(), NWIPE, "a donor reads the proof");
        app.other_donor.get(&path).refused(404, "not_found");
        intact(app);
    }

    fn the_report_of_blancco_proves_what_was_purged(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        app.refurbisher.put(&format!("/devices/{}/hardware", ids[0]),
            machine(&[("WD-WCC2EX000001", "WDC WD5000AAKX"), ("S3Z1NB0K000002", "Samsung SSD 860")])).expect(200);
        log(&app.refurbisher, &ids[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        let answer = attach(&app.refurbisher, &ids[0], BLANCCO).expect(201);
        assert_eq!((&answer["device"]["stage"], &answer["media_type"]), (&json!("erased"), &json!("application/xml")));
        assert_eq!(answer["device"]["erasure_proven"], true);
        assert_eq!(answer["document_id"], "7f3c1f0e-0001-4b1e-9d6f-000000000001");
        intact(app);
    }

    fn report_mismatch(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002", "CZC0003"], 0);
        for id in &ids {
            log(&app.refurbisher, id, json!({"type": "triaged", "outcome": "keep"})).expect(200);
        }
        app.refurbisher.put(&format!("/devices/{}/hardware", ids[1]), machine_of("CZC0002", &[("ELSE-1", "WDC WD10")])).expect(200);
        let problem = attach(&app.refurbisher, &ids[1], NWIPE).refused(409, "report_mismatch");
        assert!(text(&problem["detail"]).contains("WD-WCC2EX000001"), "{problem}");
        attach(&app.refurbisher, &ids[2], NWIPE).refused(409, "report_mismatch");
        for id in &ids[1..] {
            assert_eq!(app.staff.get(&format!("/devices/{id}/erasure-reports")).expect(200)["items"], json!([]));
        }
        // the tool ran within this very machine, whose drives nobody had seen
        let own = attach(&app.refurbisher, &ids[0], BLANCCO).expect(201);
        assert_eq!((own["drives"].as_array().unwrap().len(), &own["device"]["stage"]), (4, &json!("triaged")));
        let ssd = machine_of("CZC0003", &[("S3Z1NB0K000002", "Samsung SSD 860")]);
        app.refurbisher.put(&format!("/devices/{}/hardware", ids[2]), ssd).expect(200);
        attach(&app.refurbisher, &ids[2], NWIPE).refused(409, "erasure_not_proven");
        attach(&app.stranger_refurbisher, &ids[0], NWIPE).refused(403, "not_your_workshop");
        intact(app);
    }

    fn report_unreadable_and_what_is_no_report(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let half = NWIPE.split_once("Drive Status").unwrap().0;
        let bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        for body in [half, &BLANCCO[..BLANCCO.len() - 30], bomb, "<a></b>", "{\"a\": "] {
            let problem = attach(&app.refurbisher, &ids[0], body).refused(422, "report_unreadable");
            assert!(!text(&problem["detail"]).is_empty());
        }
        let path = format!("/devices/{}/erasure-reports", ids[0]);
        let send = |bytes: &[u8]| app.refurbisher.send("POST", &path, "application/octet-stream", bytes);
        for body in [&b"MZ\x90\0\x03"[..], b"", b"<!DOCTYPE html><html></html>", b"\x89PNG\r\n\x1a\n.."] {
            send(body).refused(415, "wrong_media_type");
        }
        send(&vec![b'a'; 5 << 20]).expect(201);
        send(&vec![b'a'; (5 << 20) + 1]).refused(413, "too_large");
    }

    fn a_report_that_is_not_read_is_kept_and_named_by_its_hash(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        log(&app.refurbisher, &ids[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        let kept = attach(&app.refurbisher, &ids[0], "%PDF-1.7 certificat d'effacement").expect(201);
        assert_eq!((&kept["tool"], &kept["drives"], &kept["media_type"]), (&Value::Null, &json!([]), &json!("application/pdf")));
        assert_eq!(attach(&app.refurbisher, &ids[0], "%PDF-1.7 certificat d'effacement").expect(201)["status"], "already_applied");
        let mut event = erased(&["D1"]);
        event["drives"][0]["report"] = json!("0".repeat(64));
        let problem = log(&app.refurbisher, &ids[0], event.clone()).refused(422, "invalid_fields");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/drives/0/report"), &json!("unknown_reference")));
        event["drives"][0]["report"] = kept["sha256"].clone();
        assert_eq!(log(&app.refurbisher, &ids[0], event).expect(200)["stage"], "erased");
        let page = app.staff.get(&format!("/devices/{}/events", ids[0])).expect(200);
        let types: Vec<_> = page["items"].as_array().unwrap().iter().map(|event| text(&event["type"])).collect();
        assert_eq!(types, ["received", "triaged", "report_attached", "erased"]);
        intact(app);
    }
}

const NWIPE: &str = include_str!("../../../../crates/workshop/fixtures/reports/nwipe.log");
const BLANCCO: &str = include_str!("../../../../crates/workshop/fixtures/reports/blancco.xml");

fn attach(who: &Client, device: &str, report: &str) -> Reply {
    let path = format!("/devices/{device}/erasure-reports?name=rapport.txt");
    who.send("POST", &path, "application/octet-stream", report.as_bytes())
}

fn machine_of(serial: &str, drives: &[(&str, &str)]) -> Value {
    let mut value = machine(drives);
    value[0]["serial"] = json!(serial);
    value
}
