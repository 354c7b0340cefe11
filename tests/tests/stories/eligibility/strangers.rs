//! Who never sees an application, and what no client can break.

use testkit::{Client, Value, both_engines, json};

use crate::support::applications::*;

both_engines! {
    fn an_association_cannot_read_anothers_application(app) {
        let programme = programme(app);
        let (owner, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let application = submitted(&owner, &programme);
        let path = application.clone();
        other.get(&path).refused(404, "not_found");
        other.get(&format!("{path}/score")).refused(404, "not_found");
        other.patch(&path, json!({"own_use": 0})).refused(404, "not_found");
        other.post(&format!("{path}/submit"), Value::Null).refused(404, "not_found");
        other.post(&format!("{path}/withdraw"), Value::Null).refused(404, "not_found");
        for query in ["", "?q=Clavier", "?q=D-2023", "?status=submitted"] {
            let list = other.get(&format!("/applications{query}")).expect(200);
            assert_eq!(list["items"], json!([]), "{query}");
            let table = other.with_header("accept", "text/csv").get(&format!("/applications{query}")).text();
            assert_eq!(table.lines().count(), 1, "{table}");
        }
        let named = json!({"association_id": owner.organisation});
        other.post(&format!("/programmes/{programme}/applications"), named).refused(422, "invalid_fields");
        for nosy in [&app.donor, &app.refurbisher] {
            nosy.get(&path).refused(403, "not_allowed");
            nosy.get("/applications").refused(403, "not_allowed");
        }
        for action in ["request-changes", "decide"] {
            owner.post(&format!("{path}/{action}"), json!({})).refused(403, "not_allowed");
        }
        owner.put(&project(&application), json!({"points": 5, "justification": "Nous."})).refused(403, "not_allowed");
        owner.post_csv("/territories", TABLE).refused(403, "not_allowed");
    }

    fn staff_list_filter_and_export_applications(app) {
        let first = programme(app);
        let second = programme_with(app, json!({"name": "Autre"}));
        let (one, two) = (app.association("Éveil numérique"), app.association("Souris grise"));
        let sent = submitted(&one, &first);
        draft(&two, &first);
        draft(&two, &second);
        let count = |query: &str| {
            app.staff.get(&format!("/applications{query}")).expect(200)["items"].as_array().unwrap().len()
        };
        assert_eq!(count(""), 3);
        assert_eq!(count(&format!("?programme_id={first}")), 2);
        assert_eq!(count("?status=draft"), 2);
        assert_eq!(count("?q=eveil"), 1);
        assert_eq!(count("?q=d-2023-0001"), 1);
        assert_eq!(count("?q=d20230001"), 1, "as somebody may type it");
        assert_eq!(count("?q=0001%20EVEIL"), 1, "words of both");
        assert_eq!(count("?q=0002%20eveil"), 0);
        assert_eq!(count("?q=%25"), 3);
        assert_eq!(count(&format!("?programme_id={first}&status=submitted&q=eveil")), 1);
        app.staff.get("/applications?status=lost").refused(422, "invalid_fields");
        let page = app.staff.get("/applications?limit=2").expect(200);
        let next = page["next"].as_str().unwrap();
        let rest = app.staff.get(&format!("/applications?limit=2&after={next}")).expect(200);
        assert_eq!((rest["items"][0]["id"].as_str(), &rest["next"]), (Some(id_at(&sent)), &Value::Null));
        let table = app.staff.with_header("accept", "text/csv").get("/applications?status=submitted");
        assert!(table.header("content-type").starts_with("text/csv"));
        assert!(table.text().contains("Éveil numérique,submitted,20 desktop,new_project,precarity|employment,200,true,1,13015"),
            "{}", table.text());
    }

    fn nothing_that_a_client_sends_is_an_internal_error(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let path = format!("/programmes/{programme}/applications");
        let raw = |client: &Client, method: &str, path: &str, body: &str| {
            let status = client.send(method, path, "application/json", body.as_bytes()).status;
            assert!((200..500).contains(&status), "{method} {path} {body}: {status}");
            status
        };
        for body in ["", "{", "null", "1", "\"x\"", r#"{"statement": "\u0000"}"#, r#"{"requests": {}}"#,
            r#"{"requests": [{"kind": "desktop"}]}"#, r#"{"requests": [{"kind": "desktop", "quantity": 1e30}]}"#,
            r#"{"requests": [{"kind": "desktop", "quantity": 9223372036854775807}, {"kind": "laptop", "quantity": 9223372036854775807}]}"#,
            r#"{"beneficiaries_per_year": -9223372036854775808}"#, r#"{"site": {"postal_code": "éééé1"}}"#,
            r#"{"association_id": 5}"#, r#"{"own_use": true}"#, r#"{"themes": ["x"]}"#] {
            assert!(raw(&association, "POST", &path, body) >= 400, "{body}");
        }
        let application = submitted(&association, &programme);
        for body in ["{}", r#"{"points": 99999999999, "justification": "x"}"#, r#"{"points": 5, "justification": "a\u0000b"}"#] {
            assert!(raw(&app.staff, "PUT", &project(&application), body) >= 400, "{body}");
        }
        raw(&app.staff, "PUT", &format!("{application}/assessments/%00"), "{}");
        raw(&app.staff, "PUT", &format!("{application}/assessments/%C3%A9"), "{}");
        for body in [r#"{"outcome": "maybe"}"#, r#"{"outcome": "ineligible", "reasons": 5}"#, "{}"] {
            assert_eq!(raw(&app.staff, "POST", &decide(&application), body), 422, "{body}");
        }
        raw(&app.staff, "POST", "/programmes", r#"{"name": "\u0000", "rubric": "marseille-2023", "kinds": ["desktop"],
            "lot_min": 1, "lot_max": 1, "opens_at": "0001-01-01T00:00:00Z", "closes_at": "9999-12-31T23:59:59Z", "territory": {}}"#);
        for query in ["q=%00", "q=%25_", "q=%C3%A9", "after=zz", "after=3030", "limit=0", "programme_id=x", "q=%FF"] {
            let status = app.staff.get(&format!("/applications?{query}")).status;
            assert!((200..500).contains(&status), "{query}: {status}");
        }
        let table = b"postal_code,commune,population,ifn\n13015,Mars\0eille,10,1.0\n";
        app.staff.post_csv("/territories?source=%00", table).refused(422, "invalid_fields");
        app.staff.post_csv("/territories", table).expect(200);
        let table = b"postal_code,commune,population,ifn\n\"13015,Marseille,10,1.0\n";
        app.staff.post_csv("/territories", table).refused(422, "table_unreadable");
    }

    fn nothing_around_an_application_is_within_anothers_reach(app) {
        let programme = programme(app);
        let (owner, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let path = submitted(&owner, &programme);
        let document = owner.send("POST", &format!("{path}/documents"), "application/pdf", PDF).expect(201);
        app.staff.post(&format!("{path}/request-changes"), json!({"items": [{"field": "statement", "message": "Plus long."}]})).expect(200);
        owner.patch(&path, json!({"statement": "Bien plus long."})).expect(200);
        owner.post(&format!("{path}/submit"), Value::Null).expect(200);
        app.staff.post(&decide(&path), ineligible()).expect(200);
        let appeal = owner.post(&format!("{path}/appeals"), json!({"grounds": "Relisez."})).expect(201);
        let due = json!({"what": "Bilan 2022", "due_at": "2023-02-01T00:00:00Z"});
        let owed = app.staff.post(&format!("/organisations/{}/obligations", owner.organisation), due).expect(201);
        let own = |what: &Value| id(what);
        for path in [
            path.clone(), format!("{path}/score"), format!("{path}/documents"), format!("/documents/{}", own(&document)),
            format!("/appeals/{}", own(&appeal)), format!("/organisations/{}", owner.organisation),
            format!("/organisations/{}/people", owner.organisation), format!("/organisations/{}/obligations", owner.organisation),
        ] {
            other.get(&path).refused(404, "not_found");
            let status = owner.get(&path).status;
            assert!(status == 200 || path.ends_with("/score"), "{path}: {status}");
        }
        for (path, body) in [
            (format!("{path}/changes/1/resolve"), json!({"answer": "x"})), (format!("{path}/appeals"), json!({"grounds": "x"})),
            (format!("/obligations/{}/report", own(&owed)), json!({"summary": "x"})),
        ] {
            other.post(&path, body).refused(404, "not_found");
        }
        for list in ["/applications", "/appeals", "/obligations"] {
            assert_eq!(items(&other.get(list).expect(200)).len(), 0, "{list}");
            assert_eq!(items(&owner.get(list).expect(200)).len(), 1, "{list}");
            let narrowed = other.get(&format!("{list}?association_id={}&application_id={}", owner.organisation, id_at(&path)));
            assert!(narrowed.status == 422 || items(&narrowed.json()).is_empty(), "{list}");
        }
        for staff_only in [format!("/programmes/{programme}/ranking"), "/registration-cases".to_owned()] {
            owner.get(&staff_only).refused(403, "not_allowed");
        }
        for role in [&app.donor, &app.refurbisher] {
            for path in [path.as_str(), "/applications", "/appeals", "/obligations"] {
                role.get(path).refused(403, "not_allowed");
            }
        }
    }
}
