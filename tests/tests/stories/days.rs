//! A day and a year are those of Paris: what happens there after midnight counts for the new one.

use testkit::{Configuration, Engine, TestApp, json};

use crate::support::waves::{self, Stage};
use crate::support::workshop::{advance, dock, erased, log};

/// An application of the evening comes before one of the same points after midnight, although
/// both came on one day in UTC.
fn the_day_of_submission_ends_at_midnight_in_paris(app: &TestApp) {
    let stage = Stage::set(app, &[("Alpha", 10, 5_000)], 10);
    app.clock.advance_seconds(600);
    let client = app.association("Beta");
    let beta = waves::eligible(app, &client, &stage.programme, 10, 5_000);
    let path = stage.proposed_wave(app, "Vague de rentrée");
    let day = |application: &str| {
        let explanation = format!("{path}/lines/{application}/explanation");
        let explanation = app.staff.get(&explanation).expect(200);
        let data = explanation["requests"][0]["data"].as_array().unwrap();
        let date = data.iter().find(|datum| datum["code"] == "date");
        date.unwrap()["value"].clone()
    };
    assert_eq!(day(&stage.applications[0]), "2023-09-10");
    assert_eq!(day(&beta), "2023-09-11");
    let lines = app.staff.get(&format!("{path}/lines")).expect(200);
    assert_eq!(lines["items"][0]["application_id"], stage.applications[0]);
    let list = format!("/programmes/{}/waiting-list", stage.programme);
    let waiting = app.staff.get(&list).expect(200);
    assert_eq!(waiting["items"][1]["application_id"], beta);
}

/// Half past midnight on 1 January: numbers, awards and waste are of the new year.
fn a_year_begins_at_midnight_in_paris(app: &TestApp) {
    let stage = Stage::set(app, &[("Alpha", 10, 5_000)], 10);
    stage.approved_wave(app, "Vague du Nouvel An");
    let reference = |path: &str| app.staff.get(path).expect(200)["items"][0]["reference"].clone();
    assert_eq!(reference("/applications"), "D-2024-0001");
    assert_eq!(reference("/handovers"), "R-2024-00001");
    assert_eq!(reference("/batches"), "LOT-2024-0001");
    let awards = |year: u32| {
        app.staff.get(&format!("/awards?year={year}")).expect(200)["value_cents"].clone()
    };
    assert_eq!((awards(2023), awards(2024)), (json!(0), json!(100_000)));

    let (_, ids) = dock(app, &["CZC0001"], 0);
    advance(app, &ids[0], "erased");
    log(&app.refurbisher, &ids[0], erased(&["D1"])).expect(200);
    let scrap = json!({"type": "scrapped", "reason": "carte mère"});
    log(&app.refurbisher, &ids[0], scrap).expect(200);
    let waste = |days: &str| {
        let list = app.staff.get(&format!("/waste?{days}")).expect(200);
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(
        (
            waste("to=2023-12-31"),
            waste("from=2024-01-01&to=2024-01-01")
        ),
        (0, 1)
    );
    assert_eq!(waste("from=2024-01-02"), 0);
}

/// An appeal is in time until midnight in Paris of its last day.
fn the_last_day_of_an_appeal_ends_at_midnight_in_paris(app: &TestApp) {
    use crate::support::applications::{decide, ineligible, later, programme, submitted};
    let programme = programme(app);
    let (prompt, late) = (
        app.association("Clavier ouvert"),
        app.association("Souris grise"),
    );
    let paths = [submitted(&prompt, &programme), submitted(&late, &programme)];
    for path in &paths {
        app.staff.post(&decide(path), ineligible()).expect(200);
    }
    // decided on 1 October at 00:05, so that 1 December is the last day
    let [prompt] = later(app, 62, [&prompt]);
    let appeal = |path: &str| format!("{path}/appeals");
    let grounds = json!({"grounds": "Nous demandons un nouvel examen."});
    prompt.post(&appeal(&paths[0]), grounds.clone()).expect(201);
    app.clock.advance_seconds(3_600);
    let [late] = later(app, 0, [&late]);
    let refused = late
        .post(&appeal(&paths[1]), grounds)
        .refused(409, "appeal_too_late");
    assert!(
        refused["detail"].as_str().unwrap().contains("01/12/2023"),
        "{refused}"
    );
}

/// The story with its clock standing at a moment, on both engines.
fn starting(moment: &'static str, story: fn(&TestApp)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let configuration = Configuration {
            starts_at: Some(moment),
            ..Configuration::default()
        };
        if let Some(app) = TestApp::start_configured(engine, configuration) {
            story(&app);
        }
    }
}

#[test]
fn the_day_of_submission() {
    // five minutes to midnight in Paris
    starting(
        "2023-09-10T21:55:00Z",
        the_day_of_submission_ends_at_midnight_in_paris,
    );
}

#[test]
fn the_year() {
    starting("2023-12-31T23:30:00Z", a_year_begins_at_midnight_in_paris);
}

#[test]
fn the_last_day() {
    starting(
        "2023-09-30T22:05:00Z",
        the_last_day_of_an_appeal_ends_at_midnight_in_paris,
    );
}
