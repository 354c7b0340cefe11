//! Scrap and what is left of parts: proven first, listed by category and weight.

use crate::support::workshop::{advance, dock, erased, intact, log, text};
use testkit::{Value, both_engines, json};

both_engines! {
    fn waste_is_listed_by_category_with_its_weight_and_its_note(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002", "CZC0003"], 0);
        let scrap = json!({"type": "scrapped", "reason": "carte mère", "at": "2023-02-27T10:00:00Z"});
        advance(app, &ids[0], "erased");
        log(&app.refurbisher, &ids[0], scrap.clone()).refused(409, "erasure_not_proven");
        assert_eq!(app.refurbisher.get("/waste").expect(200)["totals"], json!([]));
        for (id, drive) in ids.iter().zip(["D1", "D2", "D3"]) {
            if *id != ids[0] {
                advance(app, id, "erased");
            }
            log(&app.refurbisher, id, erased(&[drive])).expect(200);
        }
        log(&app.refurbisher, &ids[0], scrap).expect(200);
        log(&app.refurbisher, &ids[1], json!({"type": "scrapped", "reason": "=boîtier", "waste_reference": "BSD-20230228-1", "weight_grams": 7000})).expect(200);
        log(&app.refurbisher, &ids[2], json!({"type": "harvested"})).expect(200);
        log(&app.refurbisher, &ids[2], json!({"type": "scrapped", "reason": "x", "weight_grams": 0})).refused(422, "invalid_fields");

        let list = app.refurbisher.get("/waste").expect(200);
        assert_eq!(list["totals"], json!([{"category": "weee_6",
            "fr": "DEEE 6 : petits équipements informatiques et de télécommunication",
            "en": "WEEE 6: small IT and telecommunication equipment",
            "devices": 3, "weight_grams": 25_300, "not_weighed": 0, "without_note": 2}]));
        let stages: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| text(&item["stage"])).collect();
        assert_eq!(stages, ["scrapped", "scrapped", "parts"]);
        assert_eq!(list["items"][1]["waste_reference"], "BSD-20230228-1");

        let notes: Vec<_> = [&ids[0], &ids[2]].iter().map(|id|
            json!({"device": id, "type": "waste_noted", "waste_reference": "BSD-20230301-7", "client_id": "w"})).collect();
        let answer = app.refurbisher.post("/device-events", json!({"events": notes})).expect(200);
        assert!(answer["results"].as_array().unwrap().iter().all(|result| result["status"] == "applied"), "{answer}");
        let list = app.staff.get(&format!("/waste?workshop_id={}&noted=true", app.refurbisher.organisation)).expect(200);
        assert_eq!((&list["totals"][0]["devices"], &list["totals"][0]["without_note"]), (&json!(3), &json!(0)));
        assert_eq!(list["items"][0]["reason"], "carte mère");
        let day = app.refurbisher.get("/waste?from=2023-02-27&to=2023-02-27&category=weee_6").expect(200);
        assert_eq!((day["items"].as_array().unwrap().len(), &day["totals"][0]["weight_grams"]), (1, &json!(9_150)));
        assert_eq!(app.refurbisher.get("/waste?from=2023-03-01").expect(200)["items"], json!([]));
        app.refurbisher.get("/waste?from=hier").refused(422, "invalid_fields");
        let page = app.refurbisher.get("/waste?limit=2").expect(200);
        let rest = app.refurbisher.get(&format!("/waste?limit=2&after={}", text(&page["next"]))).expect(200);
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["totals"]), (1, &page["totals"]));

        assert_eq!(app.stranger_refurbisher.get("/waste").expect(200)["items"], json!([]));
        app.donor.get("/waste").refused(403, "not_allowed");
        let csv = app.refurbisher.with_header("accept", "text/csv").get("/waste").text();
        assert!(csv.starts_with("category,tag,serial,kind,stage,weight_grams,waste_reference,reason,at,"), "{csv}");
        assert!(csv.contains(",7000,BSD-20230228-1,'=boîtier,"), "{csv}");
        log(&app.refurbisher, &ids[0], json!({"type": "moved", "location": "benne"})).refused(409, "step_not_allowed");
        intact(app);
    }

    fn batteries_taken_out_are_listed_by_themselves(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 0);
        for (id, drive) in ids.iter().zip(["D1", "D2"]) {
            advance(app, id, "erased");
            log(&app.refurbisher, id, erased(&[drive])).expect(200);
        }
        let bad = json!({"type": "scrapped", "reason": "x", "batteries": {"weight_grams": -5}});
        let problem = log(&app.refurbisher, &ids[0], bad).refused(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["pointer"], "/batteries/weight_grams");
        log(&app.refurbisher, &ids[0], json!({"type": "scrapped", "reason": "écran cassé", "waste_reference": "BSD-1",
            "batteries": {"weight_grams": 150, "waste_reference": "PILES-1"}})).expect(200);
        log(&app.refurbisher, &ids[1], json!({"type": "harvested", "weight_grams": 6000})).expect(200);
        let totals = |path: &str| -> Vec<(String, i64, i64, i64)> {
            let list = app.refurbisher.get(path).expect(200);
            let total = |t: &Value| (text(&t["category"]), t["devices"].as_i64().unwrap(), t["weight_grams"].as_i64().unwrap(),
                t["without_note"].as_i64().unwrap());
            list["totals"].as_array().unwrap().iter().map(total).collect()
        };
        let of = |category: &str, devices, grams, open| (category.to_owned(), devices, grams, open);
        assert_eq!(totals("/waste"), [of("batteries", 1, 150, 0), of("weee_6", 2, 15_000, 1)], "no gram is counted twice");

        // the batteries of the other one are found when it is sorted, and have no note yet
        log(&app.refurbisher, &ids[1], json!({"type": "waste_noted"})).refused(422, "invalid_fields");
        log(&app.refurbisher, &ids[1], json!({"type": "waste_noted", "batteries": {"weight_grams": 400}})).expect(200);
        assert_eq!(totals("/waste"), [of("batteries", 2, 550, 1), of("weee_6", 2, 14_600, 1)]);
        log(&app.refurbisher, &ids[1], json!({"type": "waste_noted", "batteries": {"waste_reference": "PILES-2"}})).expect(200);
        assert_eq!(totals("/waste?category=batteries&noted=true"), [of("batteries", 2, 550, 0)]);

        let mut seen = Vec::new();
        let mut path = "/waste?limit=1".to_owned();
        loop {
            let page = app.refurbisher.get(&path).expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| (text(&item["device_id"]), text(&item["category"]))));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/waste?limit=1&after={next}");
        }
        let both = |id: &String| [(id.clone(), "batteries".to_owned()), (id.clone(), "weee_6".to_owned())];
        assert_eq!(seen, [both(&ids[0]), both(&ids[1])].concat(), "page by page, each line once");
        let csv = app.refurbisher.with_header("accept", "text/csv").get("/waste?category=batteries").text();
        assert!(csv.contains(",150,PILES-1,") && csv.contains(",400,PILES-2,"), "{csv}");
        let log = app.refurbisher.get(&format!("/devices/{}/events", ids[0])).expect(200);
        let last = log["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["evidence"]["batteries"], json!({"weight_grams": 150, "waste_reference": "PILES-1"}));
        intact(app);
    }
}
