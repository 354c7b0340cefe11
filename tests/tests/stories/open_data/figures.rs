//! `/donnees/chiffres.csv`, `.json` and their dictionary.

use std::collections::BTreeSet;

use super::schemas::{Row, rows};
use super::{file, published, unchanged};
use crate::support::waves::{self, Stage, handover_of, tags_of};
use testkit::{TestApp, Value, json};

/// The rows of the table, each as the dictionary says it has to be.
fn table(app: &TestApp) -> Vec<Row> {
    let schema = file(app, "chiffres.schema.json").json();
    let fields = schema["fields"].as_array().unwrap();
    let (header, rows) = rows(&file(app, "chiffres.csv").text());
    let names: Vec<&str> = fields
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(header, names);
    let mut keys = BTreeSet::new();
    for row in &rows {
        for field in fields {
            assert!(
                field["description"]
                    .as_str()
                    .is_some_and(|text| text.len() > 10),
                "{field}"
            );
            let cell = &row[field["name"].as_str().unwrap()];
            let limits = &field["constraints"];
            assert!(
                !cell.is_empty() || limits["required"] == json!(false),
                "{field} in {row:?}"
            );
            if let Some(words) = limits["enum"].as_array() {
                assert!(words.iter().any(|word| word == cell), "{cell} in {row:?}");
            }
            if field["type"] == "integer" {
                cell.parse::<u64>().unwrap();
            }
        }
        let key = schema["primaryKey"].as_array().unwrap().iter();
        let key: Vec<_> = key
            .map(|name| row[name.as_str().unwrap()].clone())
            .collect();
        assert!(keys.insert(key), "{row:?} is there twice");
    }
    rows
}

fn value(rows: &[Row], scope: &str, code: &str, indicator: &str) -> Option<String> {
    let is = |row: &&Row| {
        row["perimetre"] == scope && row["code"] == code && row["indicateur"] == indicator
    };
    rows.iter().find(is).map(|row| row["valeur"].clone())
}

published! {
    fn figures_of_all_programmes_are_one_table_with_a_dictionary(app) {
        let first = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 25);
        let wave = first.approved_wave(app, "Vague");
        let second = Stage::set(app, &[], 0);
        let alpha = handover_of(app, "Alpha");
        waves::complete(&app.refurbisher, &alpha, &tags_of(&alpha)).expect(200);
        let all = table(app);
        let programmes: BTreeSet<&str> = all.iter().map(|row| row["programme_id"].as_str()).collect();
        assert_eq!(programmes, BTreeSet::from([first.programme.as_str(), &second.programme]));
        let own: Vec<Row> = all.into_iter().filter(|row| row["programme_id"] == first.programme).collect();
        let said = |scope: &str, code: &str, indicator: &str| value(&own, scope, code, indicator).unwrap_or_default();
        assert_eq!(said("programme", "", "appareils_attribues"), "22");
        assert_eq!(said("programme", "", "associations"), "2");
        assert_eq!(said("etape", "handed_over", "appareils"), "12");
        assert_eq!(said("etape", "ready", "appareils"), "3");
        assert_eq!(said("vague", wave.trim_start_matches("/waves/"), "plus_grand_lot"), "12");
        assert_eq!(said("territoire", "13003", "appareils"), "22");
        assert!(own.iter().any(|row| row["libelle"] == "remis"));

        // the same as the figures of the programme, and as JSON
        let figures = app.anyone.get(&format!("/programmes/{}/figures", first.programme)).expect(200);
        assert_eq!(figures["devices_granted"], json!(22));
        let list = file(app, "chiffres.json").json();
        let list = list.as_array().unwrap();
        assert_eq!(list.len(), table(app).len());
        let lots: Vec<&Value> = list.iter().filter(|it| it["indicateur"] == "lots").map(|it| &it["valeur"]).collect();
        assert_eq!(lots, [&json!(2), &json!(0)]);
        let text = file(app, "chiffres.csv").text();
        assert!(!text.contains("Alpha") && !text.contains("Beta"), "{text}");
    }

    fn the_table_is_made_once_a_change(app) {
        Stage::set(app, &[("Alpha", 12, 8_000)], 3);
        let (table, list) = (file(app, "chiffres.csv"), file(app, "chiffres.json"));
        assert!(unchanged(app, "chiffres.csv", &table) && unchanged(app, "chiffres.json", &list));
        let schema = file(app, "chiffres.schema.json");
        waves::stock(app, "desktop", 1);
        assert!(!unchanged(app, "chiffres.csv", &table) && !unchanged(app, "chiffres.json", &list));
        assert!(unchanged(app, "chiffres.schema.json", &schema));
    }
}
