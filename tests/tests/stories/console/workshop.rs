//! The pages of a workshop: scanning as a form, and the queue that a browser sends.

use crate::support::workshop::{dock, intact, log, stage, text};
use testkit::{Browser, Client, Reply, TestApp, Value, both_engines, json};

/// What the script of the scan page sends from the browser's queue.
fn queue(app: &TestApp, browser: &Browser, person: &str, lines: &Value) -> Reply {
    let cookie = format!("ressac={}", browser.cookie("ressac").unwrap());
    let client = app.anyone.with_header("cookie", &cookie);
    let client = client.with_header("sec-fetch-site", "same-origin");
    client.post(
        "//atelier/scan/lignes",
        json!({"person": person, "lines": lines}),
    )
}

fn id_of(client: &Client) -> String {
    text(&client.get("/me").expect(200)["id"])
}

fn line(device: &str, step: &str, client_id: &str) -> Value {
    json!({"device": device, "step": step, "client_id": client_id, "at": "2023-02-28T08:00:00Z"})
}

both_engines! {
    fn a_scan_is_a_form_and_its_second_submit_changes_nothing(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let mut browser = app.browser_of(&app.refurbisher);
        browser.get("/atelier/scan").says("Que faites-vous");
        let page = browser.get("/atelier/scan?step=triaged.keep");
        page.is_at(200, "/atelier/scan?step=triaged.keep").says("Tri, à remettre en état");
        let done = browser.submit_to(&page, "/atelier/scan", &[("device", "czc 0001")]);
        done.is_at(200, "/atelier/scan?step=triaged.keep").says("czc 0001 : trié");
        let again = browser.submit_to(&page, "/atelier/scan", &[("device", "czc 0001")]);
        again.is_at(200, "/atelier/scan?step=triaged.keep").says("czc 0001 : trié");
        let events = app.refurbisher.get(&format!("/devices/{}/events", ids[0])).expect(200);
        let triaged = events["items"].as_array().unwrap().iter().filter(|event| event["type"] == "triaged");
        assert_eq!(triaged.count(), 1);
        let nothing = browser.submit_to(&done, "/atelier/scan", &[("device", "  ")]);
        nothing.is_at(422, "/atelier/scan").says("Scannez ou tapez un numéro");
        intact(app);
    }

    fn a_refused_scan_says_why_in_words(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let tag = text(&app.refurbisher.get(&format!("/devices/{}", ids[0])).expect(200)["tag"]);
        let mut browser = app.browser_of(&app.refurbisher);
        let page = browser.get("/atelier/scan?step=ready");
        browser.submit_to(&page, "/atelier/scan", &[("device", "CZC0001")]).says("Échec");
        assert_eq!(stage(app, &ids[0]), "received");
        let mut wrong = tag.clone();
        wrong.pop();
        wrong.push(if tag.ends_with('X') { 'Y' } else { 'X' });
        let page = browser.get("/atelier/scan?step=received");
        let near = browser.submit_to(&page, "/atelier/scan", &[("device", &wrong)]);
        near.says("Vouliez-vous dire").says(&tag);
        // another workshop does not even learn that there is such a device
        let mut other = app.browser_of(&app.stranger_refurbisher);
        let page = other.get("/atelier/scan?step=triaged.scrap");
        let refused = other.submit_to(&page, "/atelier/scan", &[("device", "CZC0001")]);
        refused.says("Aucun appareil ne porte le numéro").says("CZC0001");
        assert_eq!(stage(app, &ids[0]), "received");
        let page = other.get("/atelier/scan?step=nonsense");
        page.says("Que faites-vous");
    }

    fn client_id_reused(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 1);
        let browser = app.browser_of(&app.refurbisher);
        let me = id_of(&app.refurbisher);
        let lines = json!([line("CZC0001", "triaged.keep", "a"), line("CZC0002", "triaged.scrap", "b"), line("NOBODY", "ready", "c")]);
        let statuses = |reply: Reply| -> Vec<String> {
            let answer = reply.expect(200);
            answer["results"].as_array().unwrap().iter().map(|result| text(&result["status"])).collect()
        };
        assert_eq!(statuses(queue(app, &browser, &me, &lines)), ["applied", "applied", "refused"]);
        assert_eq!(statuses(queue(app, &browser, &me, &lines)), ["already_applied", "already_applied", "refused"]);
        let other = json!([line("CZC0001", "triaged.scrap", "a")]);
        let answer = queue(app, &browser, &me, &other).expect(200);
        assert_eq!(answer["results"][0]["code"], "client_id_reused", "{answer}");
        // the same at the other door, also within one list
        let event = json!({"device": "CZC0001", "type": "moved", "location": "A1", "client_id": "a"});
        let twice = json!([event, {"device": "CZC0002", "type": "moved", "location": "A1", "client_id": "d"},
            {"device": "CZC0002", "type": "moved", "location": "A2", "client_id": "d"}]);
        let answer = app.refurbisher.post("/device-events", json!({"events": twice})).expect(200);
        let told: Vec<_> = answer["results"].as_array().unwrap().iter().map(|result| &result["code"]).collect();
        assert_eq!(told, [&json!("client_id_reused"), &Value::Null, &json!("client_id_reused")]);
        let reused = json!({"type": "moved", "location": "B1", "client_id": "d"});
        log(&app.refurbisher, &ids[1], reused).refused(409, "client_id_reused");
        assert_eq!(stage(app, &ids[0]), "triaged");
        intact(app);
    }

    fn lines_leave_in_the_session_of_whoever_scanned_them_only(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let browser = app.browser_of(&app.refurbisher);
        let lines = json!([line("CZC0001", "triaged.keep", "a")]);
        let theirs = id_of(&app.other_refurbisher);
        assert_eq!(queue(app, &browser, &theirs, &lines).status, 403);
        let mut ended = app.browser();
        ended.set_cookie("ressac", "nonsense");
        assert_eq!(queue(app, &ended, &theirs, &lines).status, 401);
        assert_eq!(stage(app, &ids[0]), "received");
        let elsewhere = app.anyone.with_header("cookie", &format!("ressac={}", browser.cookie("ressac").unwrap()));
        let body = json!({"person": id_of(&app.refurbisher), "lines": lines});
        assert_eq!(elsewhere.post("//atelier/scan/lignes", body).status, 403, "from another site");
        for wrong in [json!([]), json!([{"device": 7}])] {
            let reply = queue(app, &browser, &id_of(&app.refurbisher), &wrong);
            assert!((400..500).contains(&reply.status), "{wrong}: {}", reply.status);
        }
        let donor = app.browser_of(&app.donor);
        assert_eq!(queue(app, &donor, &id_of(&app.donor), &lines).status, 403);
        assert_eq!(stage(app, &ids[0]), "received");
    }

    fn what_a_browser_keeps_of_the_scan_page_is_nobodys(app) {
        let mut browser = app.browser_of(&app.refurbisher);
        let page = browser.get("/atelier/scan?step=received");
        let me = id_of(&app.refurbisher);
        assert!(page.html.contains(&me));
        let shell = browser.get("/atelier/scan/hors-ligne");
        let name = text(&app.refurbisher.get("/me").expect(200)["name"]);
        assert!(!shell.html.contains(&me) && !shell.html.contains(&name), "{}", shell.html);
        let worker = app.anyone.get("//atelier/sw.js");
        assert_eq!(worker.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(worker.header("cache-control"), "no-cache");
        // a worker has a policy of its own: without this it can fetch nothing to keep
        assert!(worker.header("content-security-policy").contains("connect-src 'self'"));
    }

    fn the_day_and_the_devices_of_a_workshop_are_its_own(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let device = app.refurbisher.get(&format!("/devices/{}", ids[0])).expect(200);
        let tag = text(&device["tag"]);
        let mut browser = app.browser_of(&app.refurbisher);
        browser.get("/atelier").is_at(200, "/atelier").says("Sur l’établi");
        browser.get("/atelier/appareils?stage=received&q=czc0001").says(&tag);
        browser.get("/atelier/appareils?stage=ready").says("Aucun appareil ici");
        assert_eq!(browser.get_once("/atelier/appareils?stage=nonsense").status, 422);
        let address = format!("/atelier/appareils/{}", ids[0]);
        let page = browser.get(&address);
        page.is_at(200, &address).says("Ce qui manque maintenant").says("Tout ce qui lui est arrivé").says("Attendu → Reçu");
        assert!(page.links().contains(&format!("{address}/etapes/triaged")), "{:?}", page.links());
        let mut other = app.browser_of(&app.stranger_refurbisher);
        assert_eq!(other.get_once(&address).status, 404);
        let theirs = other.get("/atelier/appareils?q=czc0001");
        assert!(!theirs.html.contains(&tag));
        assert_eq!(app.browser_of(&app.donor).get_once(&address).status, 403);
        app.browser_of(&app.staff).get(&address).is_at(200, &address);
    }
}
