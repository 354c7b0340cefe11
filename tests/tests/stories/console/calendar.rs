//! A calendar reads somebody's appointments by a link of theirs.

use crate::support::intake::batch_at;
use crate::support::waves::Stage;
use testkit::{Client, TestApp, both_engines, json};

/// Where the link leads that somebody makes on their page.
fn link(app: &TestApp, who: &Client) -> String {
    let mut browser = app.browser_of(who);
    let page = browser.get("/compte/agenda");
    let made = browser.submit_to(&page, "/compte/agenda", &[]);
    made.is_at(200, "/compte/agenda")
        .says("il ne sera plus affiché");
    let link = made
        .links()
        .iter()
        .find_map(|link| Some(link[link.find("/agenda/")?..].to_owned()));
    assert!(
        !browser
            .get("/compte/agenda")
            .html
            .contains(link.as_deref().unwrap()),
        "it is shown once"
    );
    link.unwrap()
}

fn calendar(app: &TestApp, link: &str) -> String {
    let reply = app.browser().get_once(link);
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, "text/calendar; charset=utf-8")
    );
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.text().replace("\r\n ", "")
}

both_engines! {
    fn everybody_reads_their_own_appointments_and_no_others(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000)], 13);
        stage.approved_wave(app, "Première vague");
        let lot = app.staff.get("/handovers").expect(200)["items"][0].clone();
        let path = format!("/handovers/{}/schedule", lot["id"].as_str().unwrap());
        let day = app.database.now().plus_days(9);
        app.staff.post(&path, json!({"from": day, "to": day.plus_seconds(3_600), "place": "12 rue de l'Évêché"})).expect(200);
        let batch = batch_at(app, "accepted", &["CZC1"]);
        let day = app.database.now().plus_days(3);
        app.staff.post(&format!("/batches/{batch}/schedule"), json!({"workshop_id": app.refurbisher.organisation,
            "from": day, "to": day.plus_seconds(7_200)})).expect(200);
        let reference = lot["reference"].as_str().unwrap();
        let seen = |who: &Client| {
            let text = calendar(app, &link(app, who));
            (text.contains(reference), text.contains("Enlèvement"))
        };
        assert_eq!(seen(&app.staff), (true, true));
        assert_eq!(seen(&app.refurbisher), (true, true));
        assert_eq!(seen(&stage.clients[0]), (true, false));
        assert_eq!(seen(&app.donor), (false, true));
        for other in [&app.other_donor, &app.stranger_refurbisher, &app.association("Autre")] {
            assert_eq!(seen(other), (false, false));
        }
        let text = calendar(app, &link(app, &app.refurbisher));
        assert!(text.contains("LOCATION:12 rue de l'Évêché"), "{text}");
        assert!(!text.contains("@asso.example") && !text.contains("+33"), "nobody's address: {text}");
    }

    fn a_link_ends_when_it_is_replaced_taken_back_or_its_owner_leaves(app) {
        let first = link(app, &app.other_refurbisher);
        let second = link(app, &app.other_refurbisher);
        assert_eq!(app.browser().get_once(&first).status, 404);
        calendar(app, &second);
        let mut browser = app.browser_of(&app.other_refurbisher);
        let page = browser.get("/compte/agenda");
        browser.submit_to(&page, "/compte/agenda/retirer", &[]).says("Le lien est retiré");
        assert_eq!(app.browser().get_once(&second).status, 404);
        let token = app.other_refurbisher.put("/me/calendar-link", json!({})).expect(200)["token"].as_str().unwrap().to_owned();
        let third = format!("/agenda/{token}.ics");
        calendar(app, &third);
        let gone = app.other_refurbisher.get("/me").expect(200)["id"].as_str().unwrap().to_owned();
        app.refurbisher.delete(&format!("/organisations/{}/people/{gone}", app.refurbisher.organisation)).expect(204);
        assert_eq!(app.browser().get_once(&third).status, 404);
        let wrong = (0..70).map(|at| app.browser().get_once(&format!("/agenda/{at}.ics")).status);
        assert_eq!(wrong.last(), Some(429), "nobody tries for long");
    }
}
