//! What people open in a spreadsheet, and what the city mails: the texts of strangers.

use testkit::{Reply, TestApp, both_engines, json};

const LIVE: &str = "Asso;=cmd|' /C calc'!A0";

fn organisation(app: &TestApp, name: &str) -> Reply {
    let body = json!({
        "kind": "association", "name": name, "address": "1 quai du Port",
        "postal_code": "13002", "commune": "Marseille",
    });
    app.staff.post("/organisations", body)
}

both_engines! {
    fn a_name_is_no_formula_for_any_separator(app) {
        organisation(app, LIVE).expect(201);
        organisation(app, "Comptes, =1+1").expect(201);
        let plain = app.staff.with_header("accept", "text/csv").get("/organisations?limit=200");
        assert_eq!(plain.status, 200);
        let plain = plain.text();
        assert!(plain.contains("Asso;'=cmd|") && plain.contains("\"Comptes, '=1+1\""), "{plain}");
        let french = app.staff.get("/organisations?limit=200&csv=fr");
        assert_eq!(french.header("content-type"), "text/csv; charset=utf-8");
        let french = french.text();
        assert!(french.starts_with('\u{feff}'), "{french}");
        assert!(french.contains("\"Asso;'=cmd|"), "{french}");
        assert!(french.contains("Comptes, '=1+1"), "{french}");
        app.staff.get("/organisations?csv=de").refused(422, "invalid_fields");
    }

    fn every_list_that_is_exported_knows_the_french_table(app) {
        let document = serde_json::to_value(api::document()).unwrap();
        for path in ["/batches", "/devices", "/applications", "/handovers", "/transfers", "/awards?year=2023"] {
            let known = path.split('?').next().unwrap();
            assert!(document["paths"][format!("/api/v1{known}")].is_object(), "{path}");
            let separator = if path.contains('?') { '&' } else { '?' };
            let reply = app.admin.get(&format!("{path}{separator}csv=fr"));
            assert_eq!(reply.status, 200, "{path}: {}", reply.text());
            assert!(reply.text().starts_with('\u{feff}'), "{path}: {}", reply.text());
            assert!(reply.text().contains(';'), "{path}: {}", reply.text());
        }
    }

    fn a_name_is_no_web_address(app) {
        for name in ["https://evil.example", "WWW.evil.example", "Asso ftp://x"] {
            let problem = organisation(app, name).refused(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], "/name");
            let person = json!({"name": name, "email": "x@asso.example", "role": "donor",
                "organisation_id": app.donor.organisation});
            app.admin.post("/users", person).refused(422, "invalid_fields");
            let me = app.donor.patch("/me", json!({"name": name}));
            me.refused(422, "invalid_fields");
            let registration = json!({
                "organisation": {"name": "Asso", "address": "1 quai", "postal_code": "13002",
                    "commune": "Marseille"},
                "person": {"name": name, "email": "x@asso.example"}});
            let problem = app.anyone.post("/registrations", registration).refused(422, "invalid_fields");
            assert!(problem["errors"].to_string().contains("/person/name"), "{problem}");
        }
        organisation(app, "HelloAsso.com").expect(201);
    }

    fn security_txt_says_nothing_when_the_operator_does_not(app) {
        assert_eq!(app.anyone.get("//.well-known/security.txt").status, 404);
    }
}
