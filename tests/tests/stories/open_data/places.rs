//! `/donnees/lieux.csv`, `/donnees/services.json`, the catalogue, and the page that lists them.

use super::schemas::{PLACES, Row, valid};
use super::{SIRET, file, published, unchanged};
use crate::support::waves::{self, Stage, handover_of, tags_of};
use testkit::{TestApp, Value, json};

fn places(app: &TestApp) -> Vec<Row> {
    valid(&file(app, "lieux.csv").text(), PLACES)
}

published! {
    fn a_place_is_listed_when_it_agreed_itself_and_has_a_lot(app) {
        let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 22);
        stage.approved_wave(app, "Vague");
        let own = &stage.clients[0];
        let path = format!("/organisations/{}", own.organisation);
        assert_eq!(own.get(&path).expect(200)["listed"], json!(false), "nobody is listed unasked");
        // nobody agrees in its place, and no other kind of organization is a place
        for (who, id) in [(&app.staff, &own.organisation), (&app.donor, &app.donor.organisation)] {
            let refused = who.patch(&format!("/organisations/{id}"), json!({"listed": true}));
            assert_eq!(refused.refused(422, "invalid_fields")["errors"][0]["code"], "not_allowed");
        }
        app.staff.patch(&path, json!({"siret": SIRET, "commune_code": "13203"})).expect(200);
        let mut browser = app.browser_of(own);
        let page = browser.get("/compte/organisation");
        page.says("liste publique des lieux équipés");
        browser.submit(&page, &[("listed", "yes")]).is_at(200, "/compte");
        assert!(places(app).is_empty(), "its lot is not handed over");

        let before = file(app, "lieux.csv");
        for name in ["Alpha", "Beta"] {
            let lot = handover_of(app, name);
            waves::complete(&app.refurbisher, &lot, &tags_of(&lot)).expect(200);
        }
        assert!(!unchanged(app, "lieux.csv", &before));
        let [place] = &places(app)[..] else { panic!("Alpha alone agreed") };
        let told = [("id", own.organisation.as_str()), ("pivot", SIRET), ("nom", "Alpha"), ("code_postal", "13003"),
            ("code_insee", "13203"), ("date_maj", "2023-02-28"), ("typologie", "ASSO")];
        for (name, cell) in told {
            assert_eq!(place[name], cell, "{name}");
        }

        // the city may take it off, and it alone comes back
        app.staff.post(&format!("{path}/suspend"), json!({"reason": "Plainte."})).expect(200);
        assert!(places(app).is_empty());
        app.staff.post(&format!("{path}/verify"), Value::Null).expect(200);
        assert_eq!(places(app).len(), 1);
        let page = browser.get("/compte/organisation");
        assert!(page.html.contains("value=\"yes\" checked"), "{}", page.html);
        own.patch(&path, json!({"listed": false})).expect(200);
        assert!(places(app).is_empty());
        let changes = own.get(&format!("{path}/changes")).expect(200);
        assert_eq!(changes["items"][0]["before"], json!({"listed": true}));
        browser.get("/compte/organisation").says("Sur la liste publique des lieux équipés « oui »");
    }

    fn a_lot_that_came_back_is_no_equipment(app) {
        let stage = Stage::set(app, &[("Alpha", 10, 8_000)], 10);
        stage.approved_wave(app, "Vague");
        let own = &stage.clients[0];
        app.staff.patch(&format!("/organisations/{}", own.organisation), json!({"rna": "W133000001"})).expect(200);
        own.patch(&format!("/organisations/{}", own.organisation), json!({"listed": true})).expect(200);
        let lot = handover_of(app, "Alpha");
        let tags = tags_of(&lot);
        waves::complete(&app.refurbisher, &lot, &tags).expect(200);
        assert_eq!(places(app)[0]["pivot"], "W133000001");
        for tag in &tags {
            let device = app.staff.get(&format!("/devices?scan={tag}")).expect(200)["items"][0]["id"].clone();
            let returned = json!({"type": "returned", "reason": "Association fermée."});
            app.refurbisher.post(&format!("/devices/{}/events", device.as_str().unwrap()), returned).expect(200);
        }
        assert!(places(app).is_empty());
    }

    fn open_programmes_are_services(app) {
        let stage = Stage::set(app, &[], 0);
        let list = file(app, "services.json").json();
        let [service] = &list.as_array().unwrap()[..] else { panic!("one programme: {list}") };
        // https://github.com/gip-inclusion/data-inclusion-schema, v1: required fields and words
        for required in ["source", "structure_id", "id", "nom", "description", "date_maj"] {
            assert!(service[required].as_str().is_some_and(|text| !text.is_empty()), "{required}: {service}");
        }
        let length = service["description"].as_str().unwrap().chars().count();
        assert!((50..=2000).contains(&length), "{length}");
        assert_eq!(service["id"], format!("ressac--{}", stage.programme));
        assert_eq!(service["structure_id"], format!("ressac--{SIRET}"));
        assert_eq!(service["lien_mobilisation"], format!("https://ressac.example/programmes/{}", stage.programme));
        assert_eq!((&service["type"], &service["frais"]), (&json!("aide-materielle"), &json!("gratuit")));
        assert_eq!((&service["zone_eligibilite"], &service["date_maj"]), (&json!(["13055"]), &json!("2023-02-28")));
        let before = file(app, "services.json");
        app.staff.patch(&format!("/programmes/{}", stage.programme), json!({"name": "Orange. "})).expect(200);
        assert!(!unchanged(app, "services.json", &before));
        app.staff.patch(&format!("/programmes/{}", stage.programme), json!({"closes_at": "2023-02-28T10:00:00Z"})).expect(200);
        app.clock.advance_seconds(7_200);
        assert_eq!(file(app, "services.json").json(), json!([]), "it is closed");
    }

    fn the_catalogue_and_the_page_name_every_file(app) {
        Stage::set(app, &[], 0);
        let catalogue = file(app, "catalogue.jsonld");
        assert_eq!(catalogue.header("content-type"), "application/ld+json");
        let catalogue = catalogue.json();
        assert_eq!((&catalogue["@type"], &catalogue["dct:publisher"]["dct:identifier"]), (&json!("dcat:Catalog"), &json!(SIRET)));
        let page = app.browser().get("/donnees");
        page.is_at(200, "/donnees").says("Licence Ouverte");
        let links = page.links();
        let mut files = 0;
        for dataset in catalogue["dcat:dataset"].as_array().unwrap() {
            assert_eq!(dataset["@type"], "dcat:Dataset");
            assert!(dataset["dct:title"][0]["@value"].is_string() && dataset["dct:description"][1]["@value"].is_string());
            for distribution in dataset["dcat:distribution"].as_array().unwrap() {
                let address = distribution["dcat:downloadURL"]["@id"].as_str().unwrap();
                let path = address.strip_prefix("https://ressac.example/donnees/").unwrap();
                file(app, path);
                assert!(links.contains(&format!("/donnees/{path}")), "{path}: {links:?}");
                files += 1;
            }
        }
        assert_eq!(files, 7);
        app.browser().get("/chiffres").says("Toutes les données ouvertes");
        app.browser().get("/donnees?lang=en").says("Open data");
    }
}
