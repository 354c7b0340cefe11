//! Whatever happens to lots, before their handover and after it, in any order: what is stored fits
//! together, and no answer is a fault of ours.

use crate::support::check::fits_together;
use crate::support::waves::{self, Stage, handover_of, path_of, tags_of};
use crate::support::workshop::{Dice, any_event, log, text};
use testkit::{Client, Reply, TestApp, Value, both_engines, json};

fn ids_of(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| text(&item["id"])).collect()
}

/// Some step of a lot, as likely one that is not possible now.
fn step(app: &TestApp, who: &Client, lot: &Value, dice: &mut Dice, slots: &[String]) -> Reply {
    let path = path_of(lot);
    let tags = tags_of(lot);
    let tag = tags
        .get(dice.below(tags.len().max(1)))
        .cloned()
        .unwrap_or_default();
    let day = app.database.now().plus_days(3);
    match dice.below(10) {
        0 => who.post(
            &format!("{path}/schedule"),
            json!({"from": day, "to": day.plus_seconds(3_600), "place": "Quai 3"}),
        ),
        1 | 2 => waves::complete(&app.refurbisher, lot, &tags),
        3 => who.post(&format!("{path}/missed"), json!({"reason": "Personne."})),
        4 => app
            .staff
            .post(&format!("{path}/release"), json!({"reason": "Sans suite."})),
        5 => who.post(
            &format!("{path}/replace"),
            json!({"device": tag, "reason": "En panne."}),
        ),
        6 => who.post(
            &format!("{path}/return"),
            json!({"devices": tags[..dice.below(tags.len() + 1)]}),
        ),
        7 => app.staff.post(
            &format!("{path}/loan"),
            json!({"due_at": day, "reason": "Encore utile."}),
        ),
        8 => app.staff.post(
            &format!("{path}/correct"),
            json!({"device": tag, "reason": "Pas remis."}),
        ),
        _ => who.post(
            &format!("{path}/slot"),
            json!({"slot_id": slots[dice.below(slots.len())]}),
        ),
    }
}

/// A report of a device, or an end to one.
fn report(app: &TestApp, lot: &Value, dice: &mut Dice, applications: &[String]) -> Reply {
    let tags = tags_of(lot);
    let open = ids_of(&app.staff.get("/incidents?status=open").expect(200));
    if open.is_empty() || dice.below(2) == 0 {
        let tag = tags
            .get(dice.below(tags.len().max(1)))
            .cloned()
            .unwrap_or_default();
        let kind = ["broken", "not_needed"][dice.below(2)];
        let body = json!({"device": tag, "kind": kind, "description": "Essai"});
        return app.staff.post(&format!("{}/incidents", path_of(lot)), body);
    }
    let outcome = [
        "repaired",
        "replaced",
        "taken_back",
        "passed_on",
        "dismissed",
    ][dice.below(5)];
    let mut body = json!({"outcome": outcome, "note": "Vu."});
    if outcome == "passed_on" {
        body["application"] = json!(applications[dice.below(applications.len())]);
    }
    app.staff.post(
        &format!("/incidents/{}/close", open[dice.below(open.len())]),
        body,
    )
}

both_engines! {
    fn whatever_happens_to_lots_in_any_order_fits_together(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 26);
        app.staff.patch(&format!("/programmes/{}", stage.programme), json!({"loan_months": 6})).expect(200);
        stage.approved_wave(app, "Première vague");
        let from = app.database.now().plus_days(2);
        let offered = app.refurbisher.post("/handover-slots", json!({"place": "Quai 3", "from": from,
            "to": from.plus_seconds(7_200), "minutes": 30})).expect(201);
        let slots: Vec<String> = offered.as_array().unwrap().iter().map(|slot| text(&slot["id"])).collect();
        let devices = ids_of(&app.staff.get("/devices?limit=200").expect(200));
        let mut done = 0;
        for seed in 1..=4 {
            let mut dice = Dice(seed);
            for _ in 0..30 {
                let lot = handover_of(app, ["Alpha", "Beta"][dice.below(2)]);
                let who = [&app.refurbisher, &stage.clients[0], &stage.clients[1], &app.staff][dice.below(4)];
                let reply = match dice.below(4) {
                    0 => log(&app.refurbisher, &devices[dice.below(devices.len())], any_event(&mut dice)),
                    1 => report(app, &lot, &mut dice, &stage.applications),
                    _ => step(app, who, &lot, &mut dice, &slots),
                };
                assert!(reply.status < 500, "{}", reply.text());
                done += usize::from(reply.status < 300);
            }
            fits_together(app);
        }
        assert!(done > 10, "{done} steps were possible");
        app.write(|tx| handover::remind_loans(tx, 400));
        fits_together(app);
    }
}
