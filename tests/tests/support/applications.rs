//! What stories about applications set up: a programme, a form, and the way to a decision.
//! An application is named by its path.

use testkit::{Client, Reply, Role, TestApp, Value, json};

/// Seconds of a day.
pub const DAY: i64 = 86_400;
/// The fragility index, as it is published.
pub const TABLE: &[u8] = include_bytes!("../../data/ifn_bouches_du_rhone.csv");
/// A file that is recognized as a PDF.
pub const PDF: &[u8] = b"%PDF-1.7\nstatuts";

/// The programme of the operation of 2023.
pub fn programme(app: &TestApp) -> String {
    programme_with(app, json!({}))
}

/// The same, with other fields.
pub fn programme_with(app: &TestApp, over: Value) -> String {
    let mut body = json!({
        "name": "Marseille – Orange 2023", "rubric": "marseille-2023", "kinds": ["desktop", "laptop"],
        "lot_min": 10, "lot_max": 30, "opens_at": "2023-02-01T00:00:00Z", "closes_at": null, "territory": "13055",
    });
    for (key, value) in over.as_object().unwrap() {
        body[key] = value.clone();
    }
    id(&app.staff.post("/programmes", body).expect(201))
}

/// A client that names the version of an application that it read.
pub fn knowing(client: &Client, path: &str) -> Client {
    client.with_header("if-match", client.get(path).header("etag"))
}

/// The id of what was made.
pub fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

/// The id at the end of a path.
pub fn id_at(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// A form with nothing missing.
pub fn form() -> Value {
    json!({
        "requests": [{"kind": "desktop", "quantity": 20, "accepts": ["laptop"]}],
        "purpose": "new_project", "themes": ["precarity", "employment"], "beneficiaries_per_year": 200,
        "site": {"address": "1 rue de la Paix", "postal_code": "13015"},
        "trained_staff": true, "own_use": 1, "statement": "Un atelier d'initiation.",
        "commitments": {"republican_contract": true, "no_resale": true, "follow_up": true},
    })
}

/// A draft with nothing missing.
pub fn draft(client: &Client, programme: &str) -> String {
    let made = client.post(&format!("/programmes/{programme}/applications"), form());
    format!("/applications/{}", id(&made.expect(201)))
}

pub fn submitted(client: &Client, programme: &str) -> String {
    let path = draft(client, programme);
    client
        .post(&format!("{path}/submit"), Value::Null)
        .expect(200);
    path
}

pub fn project(path: &str) -> String {
    format!("{path}/assessments/project")
}

pub fn assess(client: &Client, path: &str, points: i64) {
    let mark = json!({"points": points, "justification": "Projet solide."});
    client.put(&project(path), mark).expect(200);
}

pub fn decide(path: &str) -> String {
    format!("{path}/decide")
}

/// The decision that finds an application eligible.
pub fn eligible() -> Value {
    json!({"outcome": "eligible", "reasons": []})
}

/// The decision that does not.
pub fn ineligible() -> Value {
    json!({"outcome": "ineligible", "reasons": ["Hors objet."]})
}

/// An application that two people gave so many points, found eligible.
pub fn found_eligible(app: &TestApp, client: &Client, programme: &str, points: i64) -> String {
    let path = submitted(client, programme);
    assess(&app.staff, &path, points);
    assess(&app.other_staff, &path, points);
    app.staff.post(&decide(&path), eligible()).expect(200);
    path
}

/// Someone registers an association.
pub fn register(app: &TestApp, organisation: Value, email: &str) -> Reply {
    let person = json!({"name": "Nadia", "email": email});
    let body = json!({"organisation": organisation, "person": person});
    app.anyone.post("/registrations", body)
}

/// Days later, everyone's token has expired: the same people sign in again.
pub fn later<const N: usize>(app: &TestApp, days: i64, people: [&Client; N]) -> [Client; N] {
    app.clock.advance_seconds(days * DAY);
    people.map(|client| {
        let city = client.organisation == app.staff.organisation;
        let role = if city { Role::Staff } else { Role::Association };
        app.person(client.organisation.parse().unwrap(), role, "Encore")
    })
}

/// Sends the reminders that are due; how many.
pub fn remind(app: &TestApp) -> usize {
    app.write(|tx| eligibility::remind(tx, &eligibility::Delays::default()))
}

/// Of what a list answers, the items.
pub fn items(list: &Value) -> &[Value] {
    list["items"].as_array().unwrap()
}
