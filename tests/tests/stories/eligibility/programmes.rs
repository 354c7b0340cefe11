//! Programmes, and the table of the fragility index.

use eligibility::EligibilitySettings;
use testkit::{Configuration, Engine, TestApp, Value, both_engines, json};

use crate::support::applications::*;

both_engines! {
    fn programmes_are_checked(app) {
        let problem = app.staff.post("/programmes", json!({"name": " ", "rubric": "marseille-2023", "kinds": [],
            "lot_min": 0, "lot_max": -1, "opens_at": "2023-03-01T00:00:00Z", "closes_at": "2023-02-01T00:00:00Z",
            "territory": "13055"})).refused(422, "invalid_fields");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 5, "{problem}");
        let body = json!({"name": "P", "rubric": "lyon", "kinds": ["desktop"], "lot_min": 1, "lot_max": 1,
            "opens_at": "2023-03-01T00:00:00Z", "closes_at": null, "territory": ["13055", "13"]});
        let problem = app.staff.post("/programmes", body).refused(422, "invalid_fields");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/rubric"), &json!("unknown_rubric")));
        app.association("Clavier ouvert").post("/programmes", json!({})).refused(403, "not_allowed");
        app.staff.get("/programmes/x").refused(404, "not_found");
        let made = programme(app);
        let rubric = app.association("Souris grise").get(&format!("/programmes/{made}/rubric")).text();
        assert!(rubric.contains("name = \"marseille-2023\""));
    }

    fn table_unreadable_and_its_impossible_row(app) {
        let report = app.staff.post_csv("/territories", TABLE).expect(200);
        let error = &report["errors"][0];
        assert_eq!((&error["line"], &error["column"], &error["code"]),
            (&json!(20), &json!("fragile_population"), &json!("out_of_range")));
        assert_eq!(error["detail"],
            "Saint-Antonin-sur-Bayon : 513 personnes fragiles pour 125 habitants, c'est impossible.");
        app.staff.post_csv("/territories", b"not,a,table\n").refused(422, "table_unreadable");
        app.staff.post_csv("/territories", b"").refused(422, "table_unreadable");
        app.staff.post("/territories", json!({})).refused(415, "wrong_media_type");
        let again = app.staff.post_csv("/territories", TABLE).expect(200);
        assert_eq!(again, report);
    }

    fn shared_postal_codes_and_missing_values_are_explained(app) {
        app.staff.post_csv("/territories?source=Feuille%20de%20route%202024", TABLE).expect(200);
        let programme = programme_with(app, json!({"territory": "13"}));
        let said = |name: &str, site: Value| {
            let association = app.association(name);
            let path = draft(&association, &programme);
            let mut site = site;
            site["address"] = json!("1 rue X");
            association.patch(&path, json!({"site": site})).expect(200);
            association.post(&format!("{path}/submit"), Value::Null).expect(200);
            let score = app.staff.get(&format!("{path}/score")).expect(200);
            let it = score["criteria"].as_array().unwrap().iter().find(|c| c["code"] == "fragility").unwrap().clone();
            (it["value"].as_str().unwrap().to_owned(), it["explanation"].as_str().unwrap().to_owned(), it["source"].as_str().unwrap().to_owned())
        };
        let (value, explanation, source) = said("A", json!({"postal_code": "13015"}));
        assert_eq!(value, "6.8");
        assert!(explanation.contains("Marseille 15e Arrondissement, d'après le code commune"), "{explanation}");
        assert!(source.starts_with("Feuille de route 2024"), "{source}");
        // an arrondissement without a value, then the département
        let (value, explanation, _) = said("B", json!({"postal_code": "13010"}));
        assert_eq!(value, "5.0");
        assert!(explanation.contains("celui de Marseille dans son ensemble"), "{explanation}");
        let (value, explanation, _) = said("C", json!({"postal_code": "13600", "commune": "La Ciotat"}));
        assert_eq!(value, "5.2");
        assert!(explanation.contains("celui du département (Bouches-du-Rhône)"), "{explanation}");
        // 13100 is several communes: by name, by code, and never by the postal code alone
        for (name, site, value) in [
            ("D", json!({"postal_code": "13100", "commune": "St-Marc-Jaumegarde"}), "6.4"),
            ("E", json!({"postal_code": "13100", "commune_code": "13095"}), "6.4"),
            ("F", json!({"postal_code": "13100", "commune": "Aix-en-Provence"}), "5.2"),
            ("G", json!({"postal_code": "13100", "commune_code": "13001"}), "5.2"),
            ("H", json!({"postal_code": "13100"}), "5.2"),
            ("I", json!({"postal_code": "13104"}), "6.9"),
        ] {
            assert_eq!(said(name, site.clone()).0, value, "{site}");
        }
    }
}

const RUBRIC: &str = r#"name = "arles"
version = "1"
title = { fr = "Barème d'Arles", en = "Rubric of Arles" }
[[criteria]]
code = "trained_staff"
weight = 100
rule.yes_no = { reads = "trained_staff", yes = 100, no = 0 }
title = { fr = "Personnes formées", en = "Trained people" }
"#;

#[test]
fn a_folder_of_rubrics_is_heeded_everywhere() {
    let folder = std::env::temp_dir().join(format!("ressac-test-rubrics-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("arles.toml"), RUBRIC).unwrap();
    let eligibility = EligibilitySettings {
        rubrics: folder.clone(),
        ..EligibilitySettings::default()
    };
    let configuration = Configuration {
        eligibility,
        ..Configuration::default()
    };
    let app = TestApp::start_configured(Engine::Sqlite, configuration).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let made = programme_with(&app, json!({"rubric": "arles"}));
    let association = app.association("Clavier ouvert");
    let path = submitted(&association, &made);
    app.staff.post(&decide(&path), eligible()).expect(200);
    let score = association.get(&format!("{path}/score")).expect(200);
    assert_eq!(
        (&score["score"], &score["rubric"]),
        (&json!(10_000), &json!("arles"))
    );
    let other = programme(&app);
    let choice = json!({"rubric": "arles"});
    let compared = app.staff.post(
        &format!("/programmes/{other}/rubric/compare"),
        choice.clone(),
    );
    assert_eq!(compared.expect(200)["new"]["rubric"], "arles");
    app.staff
        .put(&format!("/programmes/{other}/rubric"), choice)
        .expect(200);
    let text = app.staff.get(&format!("/programmes/{other}/rubric")).text();
    assert_eq!(text, RUBRIC);
}
