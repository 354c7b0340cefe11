//! Finding, counting and exporting devices.

use crate::support::workshop::{advance, dock, log, text};
use kernel::{Clock as _, Role};
use testkit::{Client, Value, both_engines, json};

both_engines! {
    fn devices_are_found_by_any_part_of_their_numbers(app) {
        let (batch, ids) = dock(app, &["CZC0001", "CZC0002", "ABC-77/X"], 0);
        advance(app, &ids[0], "erased");
        let found = |query: &str| -> Vec<String> {
            let page = app.refurbisher.get(&format!("/devices?{query}")).expect(200);
            page["items"].as_array().unwrap().iter().map(|d| text(&d["serial"])).collect()
        };
        assert_eq!(found("q=0002"), ["CZC0002"]);
        assert_eq!(found("q=abc77x"), ["ABC-77/X"]);
        assert_eq!(found("q=77%2Fx"), ["ABC-77/X"]);
        assert_eq!(found("q=PRODESK%20czc"), ["CZC0001", "CZC0002"]);
        assert_eq!(found("q=%25"), ["CZC0001", "CZC0002", "ABC-77/X"], "nothing to look for");
        assert_eq!(found("stage=triaged&kind=desktop"), ["CZC0001"]);
        assert_eq!(found(&format!("batch_id={batch}&workshop_id={}&grade=A", app.refurbisher.organisation)), Vec::<String>::new());
        let tag = text(&app.refurbisher.get(&format!("/devices/{}", ids[1])).expect(200)["tag"]);
        assert_eq!(found(&format!("q={}", tag.to_lowercase())), ["CZC0002"]);
        let first = app.refurbisher.get("/devices?limit=2").expect(200);
        let rest = app.refurbisher.get(&format!("/devices?limit=2&after={}", text(&first["next"]))).expect(200);
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
        app.refurbisher.get("/devices?stage=lost").refused(422, "invalid_fields");

        log(&app.refurbisher, &ids[0], json!({"type": "moved", "location": "=1+1"})).expect(200);
        let csv = app.refurbisher.with_header("accept", "text/csv").get("/devices?stage=triaged");
        assert!(csv.header("content-type").starts_with("text/csv"));
        assert!(csv.text().contains("CZC0001") && csv.text().contains(",'=1+1,"), "{}", csv.text());
        assert_eq!(csv.text().lines().count(), 2);
    }

    fn a_list_carries_what_a_list_shows_and_the_rest_is_asked_for(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 0);
        let listed = app.refurbisher.get("/devices").expect(200);
        let expanded = app.refurbisher.get("/devices?expand=all").expect(200);
        for (number, id) in ids.iter().enumerate() {
            let (item, whole) = (&listed["items"][number], &expanded["items"][number]);
            assert_eq!(*whole, app.refurbisher.get(&format!("/devices/{id}")).expect(200));
            for (field, value) in item.as_object().unwrap() {
                assert_eq!(*value, whole[field], "{field}");
            }
            for absent in ["hardware", "drives", "attributes", "kit"] {
                assert!(item.get(absent).is_none() && whole.get(absent).is_some(), "{absent}");
            }
        }
        app.refurbisher.get("/devices?expand=everything").refused(422, "invalid_fields");
        let hidden = app.stranger_refurbisher.get("/devices?expand=all").expect(200);
        assert_eq!(hidden["items"], json!([]));
    }

    fn accents_and_case_do_not_matter_in_words_and_places(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 0);
        log(&app.refurbisher, &ids[0], json!({"type": "moved", "location": "Étagère Nº 4"})).expect(200);
        log(&app.refurbisher, &ids[1], json!({"type": "moved", "location": "étagère n°41"})).expect(200);
        let found = |query: &str| app.refurbisher.get(&format!("/devices?{query}")).expect(200)["items"].as_array().unwrap().len();
        assert_eq!(found("location=ETAGERE%20n%204"), 1, "the whole place, however written");
        assert_eq!(found("q=etagere"), 2);
        assert_eq!(found("q=%C3%89TAG%C3%88RE%20prodesk"), 2);
        assert_eq!(found("location=etagere"), 0);
        log(&app.refurbisher, &ids[1], json!({"type": "moved", "location": "Quai"})).expect(200);
        assert_eq!((found("q=etagere"), found("location=quai")), (1, 1));
    }

    fn counts_tell_stages_and_what_waits_too_long(app) {
        let (batch, ids) = dock(app, &["CZC0001", "CZC0002", "CZC0003"], 0);
        let began = app.clock.now();
        // eight days, of which the second device waits six; tokens expire meanwhile
        let after = |days: i64, who: &Client, role: Role| {
            app.clock.advance_seconds(days * 24 * 3600);
            app.person(who.organisation.parse().unwrap(), role, "Encore")
        };
        log(&app.refurbisher, &ids[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        let refurbisher = after(2, &app.refurbisher, Role::Refurbisher);
        log(&refurbisher, &ids[1], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        let refurbisher = after(6, &app.refurbisher, Role::Refurbisher);
        let staff = after(0, &app.staff, Role::Staff);
        let stranger = after(0, &app.stranger_refurbisher, Role::Refurbisher);
        let donor = after(0, &app.other_donor, Role::Donor);
        let counts = refurbisher.get("/devices/counts").expect(200);
        assert_eq!((&counts["total"], &counts["stages"]["triaged"], &counts["stages"]["received"], &counts["stages"]["ready"]),
            (&json!(3), &json!(2), &json!(1), &json!(0)));
        let late = |stage: &str| json!({"stage": stage, "limit_days": 7, "devices": 1, "since": began.to_string()});
        assert_eq!(counts["waiting"], json!([late("received"), late("triaged")]));
        let listed = |query: &str| refurbisher.get(&format!("/devices?{query}")).expect(200)["items"].clone();
        let waiting = listed("waiting=true");
        let waiting: Vec<_> = waiting.as_array().unwrap().iter().map(|device| text(&device["id"])).collect();
        assert_eq!(waiting.len(), 2);
        assert!(waiting.contains(&ids[0]) && waiting.contains(&ids[2]), "{waiting:?}");
        assert_eq!(listed("older_than_days=5").as_array().unwrap().len(), 3);
        assert_eq!(listed("stage=triaged&older_than_days=7")[0]["id"], ids[0]);
        let by = staff.get(&format!("/devices/counts?by=batch&batch_id={batch}")).expect(200);
        assert_eq!(by["groups"][0]["key"], json!(batch));
        assert_eq!((&by["groups"][0]["total"], &by["groups"][0]["stages"]), (&json!(3), &json!({"received": 1, "triaged": 2})));
        assert!(text(&by["groups"][0]["name"]).starts_with("L"), "{by}");
        let by = staff.get("/devices/counts?by=workshop&stage=triaged").expect(200);
        assert_eq!((&by["groups"][0]["name"], &by["groups"][0]["total"]), (&json!("Atelier du Port"), &json!(2)));
        let csv = staff.with_header("accept", "text/csv").get("/devices/counts?by=kind");
        assert_eq!(csv.text(), "key,name,stage,devices\ndesktop,ordinateurs fixes,received,1\ndesktop,ordinateurs fixes,triaged,2\n");
        let hidden = stranger.get("/devices/counts?by=workshop").expect(200);
        assert_eq!((&hidden["total"], &hidden["groups"]), (&json!(0), &json!([])));
        let mine = donor.get(&format!("/devices/counts?batch_id={batch}")).expect(200);
        assert_eq!(mine["total"], 0);
        refurbisher.get("/devices/counts?by=colour").refused(422, "invalid_fields");
        refurbisher.get("/devices?older_than_days=-1").refused(422, "invalid_fields");
    }

    fn no_cell_of_an_export_is_a_live_formula(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let table = |path: &str| app.refurbisher.with_header("accept", "text/csv").get(path).text();
        for place in ["=1+1", "+33", "-1+1", "@A1"] {
            log(&app.refurbisher, &ids[0], json!({"type": "moved", "location": place})).expect(200);
            let live = format!(",{place},");
            let csv = table("/devices");
            assert!(!csv.contains(&live) || place == "+33", "{csv}");
            assert_eq!(csv.contains(&format!(",'{place},")), place != "+33", "{csv}");
        }
        let kits = table(&format!("/workshops/{}/accessories", app.refurbisher.organisation));
        assert!(kits.starts_with("kind,quantity\n") && kits.contains("\nkeyboard,0\n"), "{kits}");
        let shelf = format!("/workshops/{}/parts", app.refurbisher.organisation);
        app.refurbisher.post(&shelf, json!({"kind": "=cmd|x", "delta": 1, "reason": "achat"})).expect(200);
        assert!(table(&shelf).contains("\n'=cmd|x,"), "{}", table(&shelf));
        let send = json!({"to_workshop_id": app.stranger_refurbisher.organisation, "devices": [ids[0]], "note": "=2+2"});
        let sent = app.refurbisher.post("/transfers", send).expect(201);
        let shipments = table("/transfers");
        assert!(shipments.starts_with("from_workshop,to_workshop,status,sent_at,"), "{shipments}");
        let row = format!("Atelier du Port,Autre atelier,sent,2023-02-28T09:00:00Z,,1,0,0,0,'=2+2,{}", text(&sent["id"]));
        assert!(shipments.contains(&row), "{shipments}");
        assert_eq!(table("/transfers?status=received").lines().count(), 1);
    }

    fn a_page_after_another_never_repeats_or_skips(app) {
        let serials: Vec<String> = (0..23).map(|n| format!("SER{n:04}")).collect();
        let serials: Vec<&str> = serials.iter().map(String::as_str).collect();
        dock(app, &serials, 0);
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let page = app.refurbisher.get(&format!("/devices?stage=received&limit=5{after}")).expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|device| text(&device["serial"])));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(seen, serials);
    }
}
