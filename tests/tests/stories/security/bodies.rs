//! What a body may say: every operation of the OpenAPI document that takes JSON is sent
//! strangers, and texts with characters that break lines, hide or turn the reading.

use crate::support::operations::{OPERATIONS, PUBLIC};
use testkit::{Client, TestApp, Value, both_engines, json};

/// Of the classes of characters that no line has.
const MISFITS: [&str; 8] = [
    "\r\nBcc: all@city.example",
    "\u{85}",
    "\u{2028}",
    "\u{202e}gpj.exe",
    "\u{2066}",
    "\u{200e}",
    "\u{1b}[2J",
    "\u{e0041}",
];

/// Operations whose lists have a verdict for each line, and the one that takes a machine's
/// own words.
const OWN_WAYS: [&str; 3] = [
    "/api/v1/device-events",
    "/api/v1/devices/{id}/events",
    "/api/v1/devices/{id}/hardware",
];

struct Document(Value);

impl Document {
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(name) => &self.0["components"]["schemas"][name.rsplit('/').next().unwrap()],
            None => schema,
        }
    }

    /// Pointers of the texts of a schema that no list stands before, with where they end.
    fn texts(&self, schema: &Value, at: &str, found: &mut Vec<String>) {
        let schema = self.resolve(schema);
        for part in ["allOf", "oneOf", "anyOf"] {
            for part in schema[part].as_array().into_iter().flatten() {
                self.texts(part, at, found);
            }
        }
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            self.texts(member, &format!("{at}/{name}"), found);
        }
        let is_text = |kind: &Value| kind == "string";
        let text = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().any(is_text),
            kind => is_text(kind),
        };
        if text && schema["format"].is_null() && schema["enum"].is_null() && !at.is_empty() {
            found.push(at.to_owned());
        }
    }

    /// Every operation with a JSON body: method, path, pointers of its texts.
    fn bodies(&self) -> Vec<(String, String, Vec<String>)> {
        let mut bodies = Vec::new();
        for (path, methods) in self.0["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let content = &operation["requestBody"]["content"]["application/json"];
                if content.is_null() || OWN_WAYS.contains(&path.as_str()) {
                    continue;
                }
                let mut texts = Vec::new();
                self.texts(&content["schema"], "", &mut texts);
                texts.sort();
                texts.dedup();
                bodies.push((method.clone(), path.clone(), texts));
            }
        }
        bodies
    }
}

fn document() -> Document {
    Document(serde_json::to_value(api::document()).unwrap())
}

fn put(body: &mut Value, pointer: &str, text: &str) {
    let mut place = body;
    for name in pointer.split('/').skip(1) {
        if place.is_null() {
            *place = json!({});
        }
        place = &mut place[name];
    }
    *place = json!(text);
}

/// One after the other; where lines may break, those that no text may have.
fn misfit_for(n: usize, pointer: &str) -> &'static str {
    match kernel::Lines::of_field(pointer) {
        kernel::Lines::One => MISFITS[n % MISFITS.len()],
        kernel::Lines::Many => MISFITS[1 + n % (MISFITS.len() - 1)],
    }
}

fn clients(app: &TestApp) -> Vec<Client> {
    vec![
        app.admin.clone(),
        app.staff.clone(),
        app.refurbisher.clone(),
        app.donor.clone(),
        app.association("Une association"),
    ]
}

fn send(clients: &[Client], method: &str, path: &str, body: &Value) -> testkit::Reply {
    let nobody = "0198c0de-0000-7000-8000-000000000000";
    let path = path
        .replace("{criterion}", "project")
        .replace("{year}", "2023");
    let path = path
        .replace("{number}", "1")
        .replace("{kind}", "lot_granted");
    let path: String = path
        .split('/')
        .map(|part| if part.starts_with('{') { nobody } else { part })
        .collect::<Vec<_>>()
        .join("/");
    let path = path.strip_prefix("/api/v1").unwrap().to_owned();
    let method = method.to_uppercase();
    let call = |client: &Client| {
        client.send(
            &method,
            &path,
            "application/json",
            body.to_string().as_bytes(),
        )
    };
    let replies = clients.iter().map(call);
    let mut last = None;
    for reply in replies {
        let refused = reply.json()["code"] == "not_allowed";
        last = Some(reply);
        if !refused {
            break;
        }
    }
    last.unwrap()
}

fn faults(reply: &testkit::Reply) -> Vec<(String, String)> {
    let problem = reply.json();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .map(|error| {
            let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
            (text("pointer"), text("code"))
        })
        .collect()
}

/// Posted by whoever: the status and the code of a refusal.
fn posted(client: &Client, path: &str, body: &str) -> (u16, Value) {
    let reply = client.send("POST", path, "application/json", body.as_bytes());
    (reply.status, reply.json()["code"].clone())
}

both_engines! {
    fn strangers_send_little(app) {
        let large = format!(r#"{{"email": "a@b.example", "password": "{}"}}"#, "x".repeat(70_000));
        for path in ["/auth/login", "/auth/forgotten", "/auth/invitation", "/registrations"] {
            assert_eq!(posted(&app.anyone, path, &large), (413, json!("too_large")), "{path}");
        }
        assert_eq!(posted(&app.staff, "/organisations", &large).0, 422, "who signed in may send more");
    }

    fn a_long_list_of_mistakes_or_repeats_is_refused_shortly(app) {
        let zeros = vec![json!(0); 100_000];
        let wrong = app.donor.post("/webhooks", json!({"url": "https://a.example", "events": zeros}));
        assert!(wrong.refused(422, "invalid_fields")["errors"].as_array().unwrap().len() <= 100);
        let repeats = vec![json!("batch_accepted"); 1_000];
        let said = app.donor.post("/webhooks", json!({"url": "https://a.example", "events": repeats}));
        let errors = said.refused(422, "invalid_fields")["errors"].clone();
        assert_eq!((errors.as_array().map(Vec::len), &errors[0]["pointer"]), (Some(1), &json!("/events")));
        let repeats = vec![json!("workshop"); 1_000];
        let said = app.admin.post("/api-keys", json!({"name": "station", "scopes": repeats}));
        assert_eq!(said.refused(422, "invalid_fields")["errors"][0]["pointer"], "/scopes");
    }

    fn unknown_field(app) {
        let clients = clients(app);
        for (method, path, _) in document().bodies() {
            let reply = send(&clients, &method, &path, &json!({"n'importe/quoi": "x"}));
            assert_eq!(reply.status, 422, "{method} {path}: {}", reply.text());
            let expected = ("/n'importe~1quoi".to_owned(), "unknown_field".to_owned());
            assert!(faults(&reply).contains(&expected), "{method} {path}: {}", reply.text());
        }
        let body = json!({"name": "Nom", "surname": "x"});
        app.staff.patch("/me", body).refused(422, "unknown_field");
    }

    fn no_text_of_any_body_breaks_its_line_or_hides(app) {
        let clients = clients(app);
        let mut sent = 0;
        for (n, (method, path, texts)) in document().bodies().into_iter().enumerate() {
            let mut body = json!({});
            for (m, pointer) in texts.iter().enumerate() {
                let misfit = misfit_for(n + m, pointer);
                put(&mut body, pointer, &format!("A{misfit}"));
            }
            if texts.is_empty() {
                continue;
            }
            let reply = send(&clients, &method, &path, &body);
            assert_eq!(reply.status, 422, "{method} {path}: {}", reply.text());
            let faults = faults(&reply);
            for pointer in &texts {
                let named = faults.iter().any(|(at, _)| at == pointer);
                assert!(named, "{method} {path} {pointer}: {}", reply.text());
                sent += 1;
            }
        }
        assert!(sent > 60, "{sent} texts were tried");
    }

    fn a_step_of_a_device_is_held_against_the_same(app) {
        let device = "0198c0de-0000-7000-8000-000000000000";
        let path = format!("/devices/{device}/events");
        let strange = json!({"type": "moved", "location": "A1", "shelf": 3});
        app.refurbisher.post(&path, strange.clone()).refused(422, "unknown_field");
        for misfit in MISFITS {
            let body = json!({"type": "moved", "location": format!("A{misfit}")});
            let reply = app.refurbisher.post(&path, body);
            reply.refused(422, "invalid_fields");
            assert_eq!(faults(&reply), [("/location".to_owned(), "invalid".to_owned())]);
            let checks = json!({"type": "tested", "checks": {format!("a{misfit}"): "pass"}});
            app.refurbisher.post(&path, checks).refused(422, "invalid_fields");
        }
        // in a list only that line is refused
        let mut line = strange;
        line["device"] = json!("X");
        line["client_id"] = json!("1");
        let good = json!({"type": "moved", "location": "A1", "device": "X", "client_id": "2"});
        let sent = json!({"events": [line, good]});
        let answer = app.refurbisher.post("/device-events", sent).expect(200);
        assert_eq!(answer["results"][0]["code"], "unknown_field");
        assert_eq!(answer["results"][1]["code"], "unknown_device");
        let beside = json!({"events": [], "extra": 1});
        app.refurbisher.post("/device-events", beside).refused(422, "unknown_field");
    }

    fn a_remark_keeps_its_lines(app) {
        let path = format!("/organisations/{}/suspend", app.donor.organisation);
        let reason = "Première ligne\r\n\tla seconde\rla troisième";
        app.staff.post(&path, json!({"reason": reason})).expect(200);
        let shown = "Première ligne\n\tla seconde\nla troisième";
        let mails = app.mails_of("organisation_suspended");
        assert!(!mails.is_empty());
        assert!(mails.iter().all(|mail| mail.data["reason"] == shown));
    }

    fn members_stand_once(app) {
        let body = br#"{"name": "Nom", "name": "Autre"}"#;
        let reply = app.staff.send("PATCH", "/me", "application/json", body);
        reply.refused(400, "malformed_body");
    }

    fn method_not_allowed(app) {
        for (_, path, permission) in OPERATIONS {
            let Some(path) = path.strip_prefix("/api/v1") else { continue };
            let nobody = "0198c0de-0000-7000-8000-000000000000";
            let part = |part: &str| match part.starts_with('{') {
                true => nobody.to_owned(),
                false => part.to_owned(),
            };
            let path = path.split('/').map(part).collect::<Vec<_>>().join("/");
            let client = if *permission == PUBLIC { &app.anyone } else { &app.admin };
            let reply = client.send("OPTIONS", &path, "", &[]);
            reply.refused(405, "method_not_allowed");
            assert!(!reply.header("allow").is_empty(), "{path}");
        }
        let reply = app.staff.delete("/batches");
        reply.refused(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), "GET, POST");
        app.staff.get("/nowhere").refused(404, "not_found");
    }
}
