//! When in doubt, a drive is not erased: what two people may accept, and what nobody may.

use crate::support::workshop::{advance, dock, erased, intact, log, machine, stage, text};
use testkit::{Client, Reply, TestApp, Value, both_engines, json};

/// A machine that was seen with one disk, and triaged.
fn bench(app: &TestApp) -> String {
    let (_, ids) = dock(app, &["CZC0001"], 1);
    app.refurbisher
        .put(
            &format!("/devices/{}/hardware", ids[0]),
            machine(&[("WD-DOUBT1", "WDC WD5000AAKX")]),
        )
        .expect(200);
    log(
        &app.refurbisher,
        &ids[0],
        json!({"type": "triaged", "outcome": "keep"}),
    )
    .expect(200);
    ids[0].clone()
}

/// A log of nwipe about that disk: when it began, and one more line.
fn nwipe(began: &str, line: &str) -> String {
    format!(
        "[{began}]    info: nwipe 0.38\n\
         [{began}]  notice: Found /dev/sda, ATA, WDC WD5000AAKX, 500GB, S/N=WD-DOUBT1\n\
         [{began}]  notice: Invoking method 'PRNG Stream' on /dev/sda\n{line}\n\
         ********* Drive Status *********\n\
         !   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number\n\
         \x20      sda | Erased |  98MB/s | 00:25:04 | WDC WD5000AAKX/WD-DOUBT1\n"
    )
}

/// A certificate of KillDisk about that disk.
fn killdisk(status: &str) -> String {
    format!(
        "Active@ KillDisk 14 Erase Certificate\nDisk Serial Number: WD-DOUBT1\nErase Method: One Pass Zeros\n\
         Start Time: 2023-02-28 08:00:00\nEnd Time: 2023-02-28 08:25:04\nErrors: 0\nStatus: {status}\n"
    )
}

fn attach(who: &Client, device: &str, report: &str) -> Reply {
    who.send(
        "POST",
        &format!("/devices/{device}/erasure-reports"),
        "text/plain",
        report.as_bytes(),
    )
}

fn accept(who: &Client, device: &str, accepted_as: &str, confirm: bool) -> Reply {
    let path = format!(
        "/devices/{device}/erasure-acceptances{}",
        if confirm { "/confirm" } else { "" }
    );
    who.post(
        &path,
        json!({"drive": "WD-DOUBT1", "accepted_as": accepted_as, "reason": "vérifié à l'établi"}),
    )
}

fn grounds(answer: &Value) -> Vec<String> {
    let doubts = answer["drives"][0]["doubts"].as_array().expect("doubts");
    doubts.iter().map(|doubt| text(&doubt["ground"])).collect()
}

both_engines! {
    fn a_line_of_failure_outweighs_the_status_of_the_table(app) {
        let id = bench(app);
        let failed = nwipe("2023/02/28 08:00:00", "[2023/02/28 08:20:00]  notice: [FAILURE] /dev/sda may not be blanked");
        let answer = attach(&app.refurbisher, &id, &failed).expect(201);
        assert_eq!((&answer["drives"][0]["proven"], &answer["drives"][0]["code"]), (&json!(false), &json!("erasure_not_proven")));
        assert_eq!(grounds(&answer), ["failure_line"]);
        assert!(!text(&answer["drives"][0]["doubts"][0]["detail"]["fr"]).is_empty(), "{answer}");
        assert_eq!(stage(app, &id), "triaged");
        for kind in ["hidden_area_false_alarm", "wrong_clock"] {
            accept(&app.refurbisher, &id, kind, false).refused(409, "nothing_to_resolve");
        }
        let again = attach(&app.refurbisher, &id, &nwipe("2023/02/28 08:30:00", "")).expect(201);
        assert_eq!((&again["drives"][0]["proven"], &again["device"]["stage"]), (&json!(true), &json!("erased")));
        intact(app);
    }

    fn time_decides_not_the_order_of_uploads(app) {
        let id = bench(app);
        let late_failure = nwipe("2023/02/28 08:10:00", "[2023/02/28 08:20:00]   error: 7 wipe errors on '/dev/sda'.");
        let early_success = nwipe("2023/02/28 07:00:00", "");
        attach(&app.refurbisher, &id, &late_failure).expect(201);
        let answer = attach(&app.refurbisher, &id, &early_success).expect(201);
        assert_eq!((&answer["drives"][0]["proven"], &answer["device"]["stage"]), (&json!(false), &json!("triaged")));
        log(&app.refurbisher, &id, json!({"type": "tested", "checks": {"boot": "pass"}})).refused(409, "erasure_not_proven");
        intact(app);
    }

    fn a_wipe_before_the_pickup_is_kept_and_proves_nothing_until_two_people_say_that_the_clock_was_wrong(app) {
        let id = bench(app);
        let old = nwipe("2010/01/01 00:00:00", "");
        let answer = attach(&app.refurbisher, &id, &old).expect(201);
        assert_eq!(grounds(&answer), ["before_reception"]);
        assert_eq!(answer["drives"][0]["finished_at"], "2010-01-01T00:25:04Z");
        assert!(!answer["drives"][0]["received_at"].is_null(), "both dates are shown");
        assert_eq!(stage(app, &id), "triaged");
        let list = app.donor.get(&format!("/devices/{id}/erasure-reports")).expect(200);
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "it is kept");

        accept(&app.refurbisher, &id, "wrong_clock", true).refused(409, "nothing_to_resolve");
        let proposed = accept(&app.refurbisher, &id, "wrong_clock", false).expect(200);
        assert_eq!((&proposed["stage"], &proposed["drives"][0]["proposed"]), (&json!("triaged"), &json!("wrong_clock")));
        accept(&app.refurbisher, &id, "wrong_clock", true).refused(409, "same_person");
        accept(&app.stranger_refurbisher, &id, "wrong_clock", true).refused(403, "not_your_workshop");
        let accepted = accept(&app.other_refurbisher, &id, "wrong_clock", true).expect(200);
        assert_eq!((&accepted["stage"], &accepted["drives"][0]["proof"]["accepted"]["accepted_as"]), (&json!("erased"), &json!("wrong_clock")));
        let page = app.staff.get(&format!("/devices/{id}/events")).expect(200);
        let lines = page["items"].as_array().unwrap();
        let last = &lines[lines.len() - 1];
        assert_eq!(last["type"], "erasure_accepted");
        let proposal = &lines[lines.len() - 2];
        assert_eq!((&proposal["type"], &proposal["seq"]), (&json!("erasure_acceptance_proposed"), &last["evidence"]["proposal"]));
        assert_ne!(last["actor_id"], proposal["actor_id"], "two people");
        intact(app);
    }

    fn a_date_typed_by_hand_proves_no_more_than_a_report(app) {
        let id = bench(app);
        let told = |finished: &str| json!({"type": "erased", "drives": [{"serial": "WD-DOUBT1", "media": "hdd", "method": "purge",
            "tool": "hdparm", "result": "success", "finished_at": finished}]});
        let old = log(&app.refurbisher, &id, told("2010-06-01T10:00:00Z")).expect(200);
        assert_eq!((&old["stage"], grounds(&old)), (&json!("triaged"), vec!["before_reception".to_owned()]));
        let mut early = told("2023-02-28T08:00:00Z");
        early["at"] = json!("0001-01-01T00:00:00Z");
        log(&app.refurbisher, &id, early).refused(422, "invalid_fields");
        assert_eq!(log(&app.refurbisher, &id, told("2023-02-28T08:00:00Z")).expect(200)["stage"], "erased");
        intact(app);
    }

    fn a_photograph_is_kept_and_proves_nothing(app) {
        let id = bench(app);
        let path = format!("/devices/{id}/photographs");
        let png = b"\x89PNG\r\n\x1a\n a drive in pieces";
        let send = |client: &Client, content: &[u8]| client.send("POST", &format!("{path}?name=disque.png"), "image/png", content);
        let first = send(&app.refurbisher, png).expect(201);
        assert_eq!((&first["status"], &first["media_type"], &first["device"]["stage"]), (&json!("applied"), &json!("image/png"), &json!("triaged")));
        let again = send(&app.refurbisher, png).expect(201);
        assert_eq!((&again["status"], &again["sha256"]), (&json!("already_applied"), &first["sha256"]));
        send(&app.refurbisher, b"not a picture").refused(415, "wrong_media_type");
        send(&app.stranger_refurbisher, png).refused(403, "not_your_workshop");
        for n in 1..20 {
            send(&app.refurbisher, &[png.as_slice(), &[n]].concat()).expect(201);
        }
        send(&app.refurbisher, &[png.as_slice(), &[20]].concat()).refused(422, "out_of_range");
        let list = app.donor.get(&path).expect(200);
        assert_eq!((list["items"].as_array().map(Vec::len), &list["items"][0]["name"]), (Some(20), &json!("disque.png")));
        let sent = app.donor.get(&format!("{path}/{}", text(&first["sha256"])));
        assert_eq!((sent.header("content-type"), sent.text().ends_with("a drive in pieces")), ("image/png", true));
        log(&app.refurbisher, &id, json!({"type": "ready"})).refused(409, "erasure_not_proven");
        intact(app);
    }

    fn hidden_sectors_are_looked_at_by_two_people_and_by_no_key(app) {
        let id = bench(app);
        let hidden = nwipe("2023/02/28 08:00:00", "[2023/02/28 08:00:01] warning:  *** HIDDEN SECTORS DETECTED ! *** on /dev/sda");
        let answer = attach(&app.refurbisher, &id, &hidden).expect(201);
        assert_eq!(grounds(&answer), ["hidden_area"]);
        log(&app.refurbisher, &id, json!({"type": "erased", "drives": [{"serial": "WD-DOUBT1", "media": "hdd", "method": "clear",
            "tool": "nwipe", "result": "success"}]})).expect(200);
        assert_eq!(stage(app, &id), "triaged", "a word does not answer the warning");
        let body = json!({"drive": "WD-DOUBT1", "accepted_as": "hidden_area_false_alarm", "reason": ""});
        app.refurbisher.post(&format!("/devices/{id}/erasure-acceptances"), body).refused(422, "invalid_fields");
        accept(&app.refurbisher, &id, "hidden_area_false_alarm", false).expect(200);
        assert_eq!(accept(&app.other_refurbisher, &id, "hidden_area_false_alarm", true).expect(200)["stage"], "erased");
        intact(app);
    }

    fn a_report_whose_layout_nobody_verified_is_read_by_two_people(app) {
        let id = bench(app);
        let answer = attach(&app.refurbisher, &id, &killdisk("Erased")).expect(201);
        assert_eq!((&answer["read"], &answer["drives"][0]["proven"], &answer["drives"][0]["code"]), (&json!(true), &json!(false), &json!("erasure_not_proven")));
        assert_eq!((grounds(&answer), stage(app, &id).as_str()), (vec!["layout_unverified".to_owned()], "triaged"));
        let detail = &answer["drives"][0]["doubts"][0]["detail"];
        assert!(text(&detail["fr"]).contains("vérifiée") && text(&detail["en"]).contains("not verified"), "{detail}");
        log(&app.refurbisher, &id, json!({"type": "erased", "drives": [{"serial": "WD-DOUBT1", "media": "hdd", "method": "clear",
            "tool": "KillDisk", "result": "success", "report": answer["sha256"]}]})).expect(200);
        assert_eq!(stage(app, &id), "triaged", "one person's word about the same report");
        accept(&app.refurbisher, &id, "layout_confirmed", false).expect(200);
        accept(&app.refurbisher, &id, "layout_confirmed", true).refused(409, "same_person");
        let accepted = accept(&app.other_refurbisher, &id, "layout_confirmed", true).expect(200);
        assert_eq!((&accepted["stage"], &accepted["drives"][0]["proof"]["accepted"]["accepted_as"]), (&json!("erased"), &json!("layout_confirmed")));
        let failed = attach(&app.refurbisher, &id, &killdisk("Failed")).expect(201);
        assert_eq!((&failed["device"]["stage"], grounds(&failed)[0].as_str()), (&json!("triaged"), "reported_failure"));
        accept(&app.refurbisher, &id, "layout_confirmed", false).refused(409, "nothing_to_resolve");
        intact(app);
    }

    fn drive_proven_elsewhere(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002", "CZC0003"], 1);
        for id in &ids {
            log(&app.refurbisher, id, json!({"type": "triaged", "outcome": "keep"})).expect(200);
        }
        log(&app.refurbisher, &ids[0], erased(&["MOVES-1"])).expect(200);
        log(&app.refurbisher, &ids[1], erased(&["MOVES-1"])).refused(409, "drive_proven_elsewhere");
        // in one list too
        let line = |id: &str, n: u8| json!({"device": id, "type": "erased", "client_id": format!("l{n}"), "drives": erased(&["MOVES-2"])["drives"]});
        let answer = app.refurbisher.post("/device-events", json!({"events": [line(&ids[1], 1), line(&ids[2], 2)]})).expect(200);
        assert_eq!((&answer["results"][0]["status"], &answer["results"][1]["code"]), (&json!("applied"), &json!("drive_proven_elsewhere")));
        // taken out of the first machine, it may serve the next
        let gone = json!({"type": "erased", "drives": [{"serial": "MOVES-1", "method": "absent", "result": "success"}]});
        log(&app.refurbisher, &ids[0], gone).expect(200);
        assert_eq!(log(&app.refurbisher, &ids[2], erased(&["MOVES-1"])).expect(200)["stage"], "erased");
        intact(app);
    }

    fn absence_is_confirmed_by_two_where_the_machine_was_seen_with_the_drive(app) {
        let id = bench(app);
        let gone = json!({"type": "erased", "drives": [{"serial": "WD-DOUBT1", "method": "absent", "result": "success"}]});
        log(&app.refurbisher, &id, gone).refused(409, "absence_contradicted");
        accept(&app.refurbisher, &id, "absent_confirmed", false).expect(200);
        let confirmed = accept(&app.other_refurbisher, &id, "absent_confirmed", true).expect(200);
        assert_eq!((&confirmed["stage"], &confirmed["drives"][0]["proof"]["method"]), (&json!("erased"), &json!("absent")));
        intact(app);
    }

    fn storage_without_a_number_is_that_of_its_tablet(app) {
        let batch = crate::support::workshop::scheduled(app, &[]);
        let received = app.refurbisher.post(&format!("/batches/{batch}/receive"),
            json!({"devices": [{"serial": "TAB0001", "kind": "tablet"}], "accessories": []})).expect(200);
        let id = text(&received["devices"][0]["id"]);
        log(&app.refurbisher, &id, json!({"type": "triaged", "outcome": "keep"})).expect(200);
        let none = json!({"type": "erased", "drives": [{"method": "absent", "result": "success"}]});
        log(&app.refurbisher, &id, none).refused(409, "absence_contradicted");
        let reset = json!({"type": "erased", "drives": [{"media": "emmc", "method": "purge", "tool": "Android 13", "result": "success"}]});
        assert_eq!(log(&app.refurbisher, &id, reset).expect(200)["stage"], "erased");
        intact(app);
    }

    fn a_report_that_says_no_is_not_overruled_by_an_event_that_names_it(app) {
        let id = bench(app);
        let partial = nwipe("2023/02/28 08:00:00", "").replace("PRNG Stream", "Verify Zeros (0x00)");
        let answer = attach(&app.refurbisher, &id, &partial).expect(201);
        assert_eq!(grounds(&answer), ["verification_only"]);
        let mut event = json!({"type": "erased", "drives": [{"serial": "WD-DOUBT1", "media": "hdd", "method": "purge", "tool": "hdparm", "result": "success"}]});
        event["drives"][0]["report"] = answer["sha256"].clone();
        let told = log(&app.refurbisher, &id, event).expect(200);
        assert_eq!((&told["stage"], grounds(&told)), (&json!("triaged"), vec!["report_contradicts".to_owned()]));
        intact(app);
    }

    fn a_new_cycle_asks_for_a_new_proof(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        advance(app, &ids[0], "tested");
        log(&app.refurbisher, &ids[0], json!({"type": "missing"})).expect(200);
        app.clock.advance_seconds(10 * 24 * 3600);
        // tokens have expired since: somebody else of the workshop signs in
        let again = app.person(app.refurbisher.organisation.parse().unwrap(), kernel::Role::Refurbisher, "Encore");
        log(&again, &ids[0], json!({"type": "received"})).expect(200);
        log(&again, &ids[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        let mut old = erased(&[&format!("D-{}", ids[0])]);
        old["drives"][0]["finished_at"] = json!("2023-02-28T09:00:00Z");
        let told = log(&again, &ids[0], old).expect(200);
        assert_eq!((&told["stage"], grounds(&told)), (&json!("triaged"), vec!["before_reception".to_owned()]));
        intact(app);
    }
}
