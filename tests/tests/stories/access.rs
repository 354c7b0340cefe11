//! The access walk: every operation of the OpenAPI document, as nobody and as each role.
//! An operation without a row here fails.

use std::collections::BTreeSet;

use crate::support::applications;
use crate::support::estate::{Estate, well_formed};
use crate::support::operations::{OPERATIONS, PUBLIC};
use kernel::Role;
use testkit::{Client, TestApp, both_engines, json};

fn roles_of(permission: &str) -> &'static [Role] {
    web::access::TABLE
        .iter()
        .find(|(name, _)| *name == permission)
        .map(|(_, roles)| *roles)
        .unwrap_or_else(|| panic!("{permission} is not in the access table"))
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let document = serde_json::to_value(api::document()).unwrap();
    let mut served = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            served.insert(format!("{method} {path}"));
        }
    }
    let listed: BTreeSet<_> = OPERATIONS
        .iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    let unlisted: Vec<_> = served.difference(&listed).collect();
    let unserved: Vec<_> = listed.difference(&served).collect();
    assert!(
        unlisted.is_empty() && unserved.is_empty(),
        "without a row: {unlisted:?}; not served: {unserved:?}"
    );
    let used: BTreeSet<_> = OPERATIONS
        .iter()
        .map(|(_, _, permission)| *permission)
        .collect();
    for (name, _) in web::access::TABLE {
        assert!(used.contains(name), "no operation asks for {name}");
    }
}

#[test]
fn the_document_says_the_names_that_are_answered() {
    let document = serde_json::to_value(api::document()).unwrap();
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["DeviceKind"]["enum"][7], "laser_cutter");
    assert_eq!(schemas["Role"]["enum"][1], "refurbisher");
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            assert!(
                ids.insert(id.clone()),
                "{id} names two operations: {method} {path}"
            );
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(
                    response["description"].is_string(),
                    "{method} {path} {status}"
                );
            }
        }
    }
}

fn call(client: &Client, method: &str, path: &str) -> testkit::Reply {
    let nobody = "0198c0de-0000-7000-8000-000000000000";
    let path = path
        .replace("{id}", nobody)
        .replace("{application_id}", nobody)
        .replace("{person_id}", nobody)
        .replace("{number}", "1")
        .replace("{year}", "2023")
        .replace("{criterion}", "project")
        .replace("{kind}", "lot_granted")
        .replace("{code}", "LOT-2023-0001");
    let path = match path.strip_prefix("/api/v1") {
        Some(below) => below.to_owned(),
        None => format!("/{path}"),
    };
    match method {
        "get" => client.get(&path),
        "delete" => client.delete(&path),
        "put" => client.put(&path, json!({})),
        "patch" => client.patch(&path, json!({})),
        _ => client.post(&path, json!({})),
    }
}

fn walk(app: &TestApp) {
    let association = app.association("Une association");
    let roles = [
        (Role::Donor, &app.donor),
        (Role::Refurbisher, &app.refurbisher),
        (Role::Association, &association),
        (Role::Helper, &app.helper),
        (Role::Staff, &app.staff),
        (Role::Admin, &app.admin),
    ];
    for (method, path, permission) in OPERATIONS {
        let strange = call(&app.anyone, method, path);
        if *permission == PUBLIC {
            let code = strange.json()["code"].clone();
            assert!(
                code != "not_authenticated" && code != "not_allowed",
                "{method} {path}: {}",
                strange.text()
            );
            continue;
        }
        strange.refused(401, "not_authenticated");
        let forged = call(&app.anyone.with_token("e30.e30.e30"), method, path);
        forged.refused(401, "not_authenticated");
        if path.ends_with("/logout") {
            continue; // would end the sessions that the walk goes on with
        }
        for (role, client) in &roles {
            let reply = call(client, method, path);
            if roles_of(permission).contains(role) {
                let code = reply.json()["code"].clone();
                assert!(
                    code != "not_allowed" && code != "not_authenticated",
                    "{method} {path} as {role}: {}",
                    reply.text()
                );
                assert!(
                    reply.status < 500,
                    "{method} {path} as {role}: {}",
                    reply.text()
                );
            } else {
                reply.refused(403, "not_allowed");
            }
        }
    }
}

both_engines! {
    fn every_operation_as_nobody_and_as_each_role(app) {
        walk(app);
    }

    fn what_belongs_to_somebody_else_is_not_there(app) {
        let estate = Estate::of(app);
        let (mut asked, mut shown) = (0, Vec::new());
        for (method, operation, permission) in OPERATIONS {
            if !operation.contains("{id}") || *permission == PUBLIC || shared(method, operation) {
                continue;
            }
            let mut strangers = roles_of(permission).iter().filter_map(|role| estate.stranger(app, *role)).peekable();
            if strangers.peek().is_none() {
                continue; // the city's own
            }
            let path = estate.path(operation)
                .unwrap_or_else(|| panic!("{operation}: nobody in the estate has such a thing"));
            for stranger in strangers {
                let reply = knock(stranger, method, operation, &path);
                let hidden = [(404, "not_found"), (403, "not_your_workshop")];
                let code = reply.json()["code"].as_str().unwrap_or_default().to_owned();
                if !hidden.contains(&(reply.status, code.as_str())) {
                    shown.push(format!("{method} {operation}: {} {}", reply.status, reply.text()));
                }
                asked += 1;
            }
        }
        assert!(shown.is_empty(), "{shown:#?}");
        assert!(asked > 40, "{asked} questions");
    }

    fn what_is_shared_shows_nothing_of_somebody_else(app) {
        let estate = Estate::of(app);
        for (method, operation, permission, why) in SHARED {
            let row = OPERATIONS.iter().find(|row| (row.0, row.1) == (*method, *operation));
            let roles = row.unwrap_or_else(|| panic!("{operation} ({why}) is not served")).2;
            assert_eq!(roles, *permission, "{operation}");
            let path = estate.path(operation).unwrap();
            let mut asked = 0;
            for stranger in roles_of(permission).iter().filter_map(|role| estate.stranger(app, *role)) {
                let reply = knock(stranger, method, operation, &path);
                assert!(reply.status < 500, "{method} {operation}: {}", reply.text());
                let found = estate.shown(&reply.text());
                assert!(found.is_none(), "{method} {operation} shows {found:?}: {}", reply.text());
                asked += 1;
            }
            assert!(asked > 0, "{operation} is the city's own");
        }
        // the marks are what an owner sees: else the walk above would find nothing to judge
        let lines = estate.path("/api/v1/waves/{id}/lines").unwrap();
        assert!(estate.shown(&app.staff.get(&lines).text()).is_some());
    }
}

/// What is nobody's own, and why: anyone of the role may ask it by the same id, and finds in it
/// what is theirs alone.
const SHARED: &[(&str, &str, &str, &str)] = &[
    (
        "post",
        "/api/v1/programmes/{id}/applications",
        "Apply",
        "opens an application of one's own",
    ),
    (
        "get",
        "/api/v1/programmes/{id}/waiting-list",
        "ReadWaveLines",
        "one's own row of the list",
    ),
    (
        "get",
        "/api/v1/waves/{id}",
        "ReadWaveLines",
        "the wave, and one's own line of it",
    ),
    (
        "get",
        "/api/v1/waves/{id}/lines",
        "ReadWaveLines",
        "one's own line",
    ),
    (
        "get",
        "/api/v1/waves/{id}/devices",
        "ReadPickingLists",
        "what one's own workshop keeps",
    ),
];

fn shared(method: &str, operation: &str) -> bool {
    SHARED
        .iter()
        .any(|row| (row.0, row.1) == (method, operation))
}

/// Asks with a body of the right kind, so that it is not the body that is refused.
fn knock(client: &Client, method: &str, operation: &str, path: &str) -> testkit::Reply {
    match (method, operation.rsplit('/').next().unwrap_or_default()) {
        ("get", _) => client.get(path),
        ("delete", _) => client.delete(path),
        ("put", "manifest") => client.put_csv(path, b"serial\nCZC0009\n"),
        ("post", "documents") => client.send("POST", path, "application/pdf", applications::PDF),
        ("post", "erasure-reports") => {
            client.send("POST", path, "application/pdf", applications::PDF)
        }
        ("post", "photographs") => client.send("POST", path, "image/png", b"\x89PNG\r\n\x1a\n"),
        ("put", _) => client.put(path, well_formed(operation)),
        ("patch", _) => client.patch(path, well_formed(operation)),
        _ => client.post(path, well_formed(operation)),
    }
}
