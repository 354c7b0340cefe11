//! `/donnees/attributions.csv`: who received what, as the national schema wants it.

use super::schemas::{AWARDS, Row, valid};
use super::{SIRET, file, published, unchanged};
use crate::support::applications::id;
use crate::support::waves::{self, Stage, handover_of, path_of, tags_of};
use testkit::{TestApp, json};

fn awards(app: &TestApp) -> Vec<Row> {
    let reply = file(app, "attributions.csv");
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
    valid(&reply.text(), AWARDS)
}

/// Who receives what, in euros, and when.
fn told(app: &TestApp) -> Vec<(String, String, String)> {
    let mut told: Vec<_> = awards(app)
        .into_iter()
        .map(|mut row| {
            let mut cell = |name: &str| row.remove(name).unwrap();
            (
                cell("nomBeneficiaire"),
                cell("montant"),
                cell("datesPeriodeVersement"),
            )
        })
        .collect();
    told.sort();
    told
}

fn told_as(rows: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let own = |(name, euros, days): &(&str, &str, &str)| {
        ((*name).to_owned(), (*euros).to_owned(), (*days).to_owned())
    };
    rows.iter().map(own).collect()
}

const WAITS: &str = "2023-02-28/2023-12-31";

published! {
    fn an_award_is_published_when_it_is_decided_and_dated_when_it_is_handed_over(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 22);
        let before = file(app, "attributions.csv");
        stage.submitted_wave(app, "Refusée");
        assert!(awards(app).is_empty() && unchanged(app, "attributions.csv", &before));
        let list = app.staff.get("/waves").expect(200);
        let wave = format!("/waves/{}", id(&list["items"][0]));
        app.other_staff.post(&format!("{wave}/approve"), waves::plan_read(&app.other_staff, &wave)).expect(200);
        assert!(!unchanged(app, "attributions.csv", &before));
        assert_eq!(told(app), told_as(&[("Alpha", "1200.00", WAITS), ("Beta", "1000.00", WAITS)]));
        let row = &awards(app)[0];
        let expected = [("nomAttribuant", "Ville de Marseille"), ("idAttribuant", SIRET),
            ("dateConvention", "2023-02-28"), ("nature", "aide en nature"), ("conditionsVersement", "unique"),
            ("notificationUE", "non"), ("pourcentageSubvention", "1"), ("dispositifAide", &stage.programme),
            ("referenceDecision", wave.trim_start_matches("/waves/"))];
        for (name, cell) in expected {
            assert_eq!(row[name], cell, "{name}");
        }
        assert!(row["objet"].contains("12 ordinateurs fixes"), "{row:?}");

        let (alpha, beta) = (handover_of(app, "Alpha"), handover_of(app, "Beta"));
        app.refurbisher.post(&format!("{}/schedule", path_of(&beta)), waves::appointment(9)).expect(200);
        waves::complete(&app.refurbisher, &alpha, &tags_of(&alpha)).expect(200);
        let dated = [("Alpha", "1200.00", "2023-02-28"), ("Beta", "1000.00", "2023-02-28/2023-03-09")];
        assert_eq!(told(app), told_as(&dated));

        // what is not given is gone
        app.staff.post(&format!("{}/release", path_of(&beta)), json!({"reason": "Local fermé."})).expect(200);
        assert_eq!(told(app), told_as(&dated[..1]));
    }

    fn what_comes_back_leaves_and_what_is_passed_on_is_where_it_serves(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 12);
        stage.approved_wave(app, "Vague");
        let alpha = handover_of(app, "Alpha");
        let tags = tags_of(&alpha);
        waves::complete(&app.refurbisher, &alpha, &tags).expect(200);
        let spare = waves::stock(app, "desktop", 1);

        // a replacement takes the place of what broke
        let broken = json!({"device": tags[1], "kind": "broken", "description": "Il ne démarre plus."});
        let made = stage.clients[0].post(&format!("{}/incidents", path_of(&alpha)), broken).expect(201);
        let replaced = json!({"outcome": "replaced", "note": "Carte mère morte.", "replacement": spare[0]});
        app.refurbisher.post(&format!("/incidents/{}/close", id(&made)), replaced).expect(200);
        assert_eq!(told(app), told_as(&[("Alpha", "1200.00", "2023-02-28")]));

        let unneeded = json!({"device": tags[0], "kind": "not_needed", "description": "L'antenne ferme."});
        let made = stage.clients[0].post(&format!("{}/incidents", path_of(&alpha)), unneeded).expect(201);
        let passing = json!({"outcome": "passed_on", "note": "Utile ailleurs.", "application": stage.applications[1]});
        app.staff.post(&format!("/incidents/{}/close", id(&made)), passing).expect(200);
        assert_eq!(told(app), told_as(&[("Alpha", "1100.00", "2023-02-28"), ("Beta", "100.00", "2023-02-28")]));

        let returned = json!({"type": "returned", "reason": "Ne sert plus."});
        let device = app.staff.get(&format!("/devices?scan={}", tags[2])).expect(200)["items"][0].clone();
        app.refurbisher.post(&format!("/devices/{}/events", id(&device)), returned).expect(200);
        let now = told(app);
        assert_eq!(now[0].1, "1000.00", "{now:?}");
    }

    fn names_numbers_and_conventions_make_the_file_new(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000)], 12);
        stage.approved_wave(app, "Vague");
        assert_eq!(awards(app)[0]["idBeneficiaire"], "");
        let alpha = &stage.clients[0].organisation;
        let numbers = json!({"siret": "35600000009075", "rna": "W133000001", "name": "=Alpha; le retour"});
        app.staff.patch(&format!("/organisations/{alpha}"), numbers).expect(200);
        let row = &awards(app)[0];
        assert_eq!((row["idBeneficiaire"].as_str(), row["rnaBeneficiaire"].as_str()), ("35600000009075", "W133000001"));
        assert_eq!(row["nomBeneficiaire"], "'=Alpha; le retour", "no cell is a live formula");
        let signed = json!({"reference": "C-1", "signed_on": "2023-01-15"});
        app.staff.put(&format!("/organisations/{alpha}/conventions/2023"), signed).expect(200);
        assert_eq!(awards(app)[0]["dateConvention"], "2023-01-15");
        let again = json!({"reference": "C-2", "signed_on": "2023-01-20"});
        app.staff.put(&format!("/organisations/{alpha}/conventions/2023"), again).expect(200);
        assert_eq!(awards(app)[0]["dateConvention"], "2023-01-20");
    }
}
