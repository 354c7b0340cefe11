//! The access walk: every operation of the OpenAPI document, as nobody and as each role.
//! An operation without a row here fails.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

mod support;

use kernel::Role;
use support::estate::{Estate, well_formed};
use testkit::{Client, TestApp, both_engines, json};

const PUBLIC: &str = "";

/// Operation → the row of the access table that its handler names.
const OPERATIONS: &[(&str, &str, &str)] = &[
    ("get", "/health/live", PUBLIC),
    ("get", "/health/ready", PUBLIC),
    ("get", "/metrics", PUBLIC),
    ("post", "/api/v1/auth/login", PUBLIC),
    ("post", "/api/v1/auth/refresh", PUBLIC),
    ("post", "/api/v1/auth/invitation", PUBLIC),
    ("post", "/api/v1/auth/forgotten", PUBLIC),
    ("post", "/api/v1/auth/reset", PUBLIC),
    ("post", "/api/v1/registrations", PUBLIC),
    ("get", "/api/v1/programmes/{id}/figures", PUBLIC),
    ("get", "/api/v1/lists", PUBLIC),
    ("get", "/api/v1/waves/{id}/notice", PUBLIC),
    ("get", "/api/v1/waves/{id}/file", PUBLIC),
    ("post", "/api/v1/auth/logout", "UseAccount"),
    ("get", "/api/v1/me", "UseAccount"),
    ("patch", "/api/v1/me", "ManageAccount"),
    ("get", "/api/v1/me/data", "ManageAccount"),
    ("post", "/api/v1/me/password", "ManageAccount"),
    ("post", "/api/v1/me/second-factor", "ManageAccount"),
    ("post", "/api/v1/me/second-factor/confirm", "ManageAccount"),
    ("post", "/api/v1/me/second-factor/remove", "ManageAccount"),
    (
        "delete",
        "/api/v1/people/{id}/second-factor",
        "ManagePeople",
    ),
    ("get", "/api/v1/people/{id}/data", "ManagePeople"),
    ("post", "/api/v1/people/{id}/erase", "ManagePeople"),
    ("get", "/api/v1/api-keys", "ManageApiKeys"),
    ("delete", "/api/v1/api-keys/{id}", "ManageApiKeys"),
    ("get", "/api/v1/audit", "ReadAudit"),
    ("post", "/api/v1/users", "InvitePeople"),
    ("post", "/api/v1/api-keys", "ManageApiKeys"),
    ("post", "/api/v1/organisations", "CreateOrganisations"),
    ("get", "/api/v1/organisations", "ReadOrganisations"),
    ("get", "/api/v1/organisations/{id}", "ReadOrganisations"),
    (
        "post",
        "/api/v1/organisations/{id}/verify",
        "JudgeOrganisations",
    ),
    (
        "post",
        "/api/v1/organisations/{id}/suspend",
        "JudgeOrganisations",
    ),
    ("post", "/api/v1/batches", "RegisterBatches"),
    ("get", "/api/v1/batches", "ReadBatches"),
    ("get", "/api/v1/batches/{id}", "ReadBatches"),
    ("put", "/api/v1/batches/{id}/manifest", "RegisterBatches"),
    ("post", "/api/v1/batches/{id}/submit", "RegisterBatches"),
    ("post", "/api/v1/batches/{id}/accept", "DecideBatches"),
    ("post", "/api/v1/batches/{id}/refuse", "DecideBatches"),
    ("post", "/api/v1/batches/{id}/cancel", "CancelBatches"),
    ("post", "/api/v1/batches/{id}/schedule", "DecideBatches"),
    ("post", "/api/v1/batches/{id}/collect", "CollectBatches"),
    (
        "put",
        "/api/v1/batches/{id}/restrictions",
        "RegisterBatches",
    ),
    ("post", "/api/v1/batches/{id}/confirm", "AnswerReceptions"),
    ("post", "/api/v1/batches/{id}/contest", "AnswerReceptions"),
    ("post", "/api/v1/batches/{id}/receive", "ReceiveBatches"),
    ("post", "/api/v1/batches/{id}/close", "CloseBatches"),
    ("get", "/api/v1/batches/{id}/reconciliation", "ReadBatches"),
    ("get", "/api/v1/devices", "ReadDevices"),
    ("get", "/api/v1/devices/{id}", "ReadDevices"),
    ("get", "/api/v1/devices/{id}/events", "ReadDevices"),
    ("post", "/api/v1/devices/{id}/events", "LogDevices"),
    ("put", "/api/v1/devices/{id}/hardware", "LogDevices"),
    ("get", "/api/v1/devices/{id}/captures", "ReadEvidence"),
    (
        "get",
        "/api/v1/devices/{id}/captures/{sha256}",
        "ReadEvidence",
    ),
    ("post", "/api/v1/devices/{id}/contradictions", "LogDevices"),
    ("get", "/api/v1/devices/{id}/erasure-reports", "ReadDevices"),
    (
        "get",
        "/api/v1/devices/{id}/erasure-reports/{sha256}",
        "ReadDevices",
    ),
    ("post", "/api/v1/devices/{id}/erasure-reports", "LogDevices"),
    ("post", "/api/v1/device-events", "LogDevices"),
    ("get", "/api/v1/workshops/{id}/accessories", "ReadStock"),
    ("post", "/api/v1/workshops/{id}/accessories", "CountStock"),
    ("get", "/api/v1/workshops/{id}/parts", "ReadStock"),
    ("post", "/api/v1/workshops/{id}/parts", "CountStock"),
    ("get", "/api/v1/devices/{id}/repairs", "ReadDevices"),
    ("get", "/api/v1/devices/counts", "ReadDevices"),
    ("get", "/api/v1/workshop-templates", "ReadDevices"),
    ("post", "/api/v1/transfers", "SendDevices"),
    ("get", "/api/v1/transfers", "ReadTransfers"),
    ("get", "/api/v1/transfers/{id}", "ReadTransfers"),
    ("get", "/api/v1/transfers/{id}/devices", "ReadTransfers"),
    ("post", "/api/v1/transfers/{id}/receive", "SendDevices"),
    ("post", "/api/v1/transfers/{id}/cancel", "SendDevices"),
    ("get", "/api/v1/waste", "ReadWaste"),
    (
        "get",
        "/api/v1/organisations/{id}/people",
        "ManageColleagues",
    ),
    (
        "post",
        "/api/v1/organisations/{id}/people",
        "ManageColleagues",
    ),
    (
        "delete",
        "/api/v1/organisations/{id}/people/{person_id}",
        "ManageColleagues",
    ),
    ("get", "/api/v1/registration-cases", "SettleRegistrations"),
    (
        "post",
        "/api/v1/registration-cases/{id}/settle",
        "SettleRegistrations",
    ),
    (
        "post",
        "/api/v1/applications/{id}/changes/{number}/resolve",
        "Apply",
    ),
    ("post", "/api/v1/applications/{id}/documents", "Apply"),
    (
        "get",
        "/api/v1/applications/{id}/documents",
        "ReadApplications",
    ),
    ("get", "/api/v1/documents/{id}", "ReadApplications"),
    ("delete", "/api/v1/documents/{id}", "Apply"),
    ("post", "/api/v1/applications/{id}/appeals", "Apply"),
    ("get", "/api/v1/appeals", "ReadApplications"),
    ("get", "/api/v1/appeals/{id}", "ReadApplications"),
    ("post", "/api/v1/appeals/{id}/decide", "DecideAppeals"),
    (
        "post",
        "/api/v1/organisations/{id}/obligations",
        "ReviewApplications",
    ),
    (
        "get",
        "/api/v1/organisations/{id}/obligations",
        "ReadApplications",
    ),
    ("get", "/api/v1/obligations", "ReadApplications"),
    ("post", "/api/v1/obligations/{id}/report", "Apply"),
    (
        "post",
        "/api/v1/obligations/{id}/meet",
        "ReviewApplications",
    ),
    (
        "get",
        "/api/v1/programmes/{id}/ranking",
        "ReviewApplications",
    ),
    (
        "post",
        "/api/v1/programmes/{id}/rubric/compare",
        "ManageProgrammes",
    ),
    ("put", "/api/v1/programmes/{id}/rubric", "ManageProgrammes"),
    ("post", "/api/v1/programmes", "ManageProgrammes"),
    ("get", "/api/v1/programmes", "ReadProgrammes"),
    ("get", "/api/v1/programmes/{id}", "ReadProgrammes"),
    ("get", "/api/v1/programmes/{id}/rubric", "ReadProgrammes"),
    ("post", "/api/v1/territories", "ManageProgrammes"),
    ("post", "/api/v1/programmes/{id}/applications", "Apply"),
    ("get", "/api/v1/applications", "ReadApplications"),
    ("get", "/api/v1/applications/{id}", "ReadApplications"),
    ("patch", "/api/v1/applications/{id}", "Apply"),
    ("post", "/api/v1/applications/{id}/submit", "Apply"),
    ("post", "/api/v1/applications/{id}/withdraw", "Apply"),
    (
        "post",
        "/api/v1/applications/{id}/request-changes",
        "ReviewApplications",
    ),
    (
        "put",
        "/api/v1/applications/{id}/assessments/{criterion}",
        "ReviewApplications",
    ),
    (
        "post",
        "/api/v1/applications/{id}/decide",
        "ReviewApplications",
    ),
    ("get", "/api/v1/applications/{id}/score", "ReadApplications"),
    ("post", "/api/v1/programmes/{id}/waves", "ManageWaves"),
    ("get", "/api/v1/programmes/{id}/waves", "ReadWaveLines"),
    ("get", "/api/v1/waves", "ReadWaveLines"),
    ("get", "/api/v1/waves/{id}", "ReadWaveLines"),
    ("post", "/api/v1/waves/{id}/propose", "ManageWaves"),
    ("post", "/api/v1/waves/{id}/simulate", "ManageWaves"),
    ("get", "/api/v1/waves/{id}/lines", "ReadWaveLines"),
    (
        "put",
        "/api/v1/waves/{id}/pins/{application_id}",
        "ManageWaves",
    ),
    (
        "delete",
        "/api/v1/waves/{id}/pins/{application_id}",
        "ManageWaves",
    ),
    (
        "get",
        "/api/v1/waves/{id}/lines/{application_id}/explanation",
        "ReadWaveLines",
    ),
    ("post", "/api/v1/waves/{id}/submit", "ManageWaves"),
    ("post", "/api/v1/waves/{id}/approve", "ApproveWaves"),
    ("post", "/api/v1/waves/{id}/reject", "ManageWaves"),
    ("post", "/api/v1/waves/{id}/cancel", "ManageWaves"),
    ("get", "/api/v1/waves/{id}/devices", "ReadPickingLists"),
    ("get", "/api/v1/handovers", "ReadHandovers"),
    ("get", "/api/v1/handovers/{id}", "ReadHandovers"),
    ("get", "/api/v1/handovers/{id}/note", "ReadHandovers"),
    ("post", "/api/v1/handovers/{id}/release", "ManageWaves"),
    ("post", "/api/v1/handovers/{id}/schedule", "RunHandovers"),
    ("post", "/api/v1/handovers/{id}/complete", "RunHandovers"),
    ("post", "/api/v1/handovers/{id}/missed", "RunHandovers"),
    ("post", "/api/v1/handovers/{id}/replace", "RunHandovers"),
    ("post", "/api/v1/handovers/{id}/pass-on", "ManageWaves"),
    ("patch", "/api/v1/waves/{id}", "ManageWaves"),
    ("get", "/api/v1/awards", "ReadWaveLines"),
    (
        "put",
        "/api/v1/organisations/{id}/conventions/{year}",
        "ManageWaves",
    ),
    (
        "get",
        "/api/v1/programmes/{id}/waiting-list",
        "ReadWaveLines",
    ),
    ("get", "/api/v1/notifications", "ReadOutbox"),
    ("get", "/api/v1/notifications/{id}", "ReadOutbox"),
    ("post", "/api/v1/notifications/{id}/retry", "ReadOutbox"),
    ("get", "/api/v1/notifications/templates", "ReadOutbox"),
    (
        "get",
        "/api/v1/notifications/templates/{kind}/preview",
        "ReadOutbox",
    ),
    ("get", "/api/v1/me/notifications", "UseAccount"),
    ("put", "/api/v1/me/notifications", "ManageAccount"),
    ("post", "/api/v1/webhooks", "ManageWebhooks"),
    ("get", "/api/v1/webhooks", "ManageWebhooks"),
    ("get", "/api/v1/webhooks/{id}", "ManageWebhooks"),
    ("delete", "/api/v1/webhooks/{id}", "ManageWebhooks"),
    ("post", "/api/v1/webhooks/{id}/enable", "ManageWebhooks"),
    ("get", "/api/v1/webhooks/{id}/deliveries", "ManageWebhooks"),
];

fn roles_of(permission: &str) -> &'static [Role] {
    api::access::TABLE
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
    for (name, _) in api::access::TABLE {
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
        .replace("{kind}", "lot_granted");
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
            let named = operation.contains("{id}") && *permission != PUBLIC;
            if !named || SHARED.iter().any(|shared| operation.starts_with(shared)) {
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
}

/// What is nobody's own: anyone of the role may see it, and finds in it what is theirs.
const SHARED: &[&str] = &["/api/v1/programmes/", "/api/v1/waves/"];

/// Asks with a body of the right kind, so that it is not the body that is refused.
fn knock(client: &Client, method: &str, operation: &str, path: &str) -> testkit::Reply {
    match (method, operation.rsplit('/').next().unwrap_or_default()) {
        ("get", _) => client.get(path),
        ("delete", _) => client.delete(path),
        ("put", "manifest") => client.put_csv(path, b"serial\nCZC0009\n"),
        ("post", "documents") => {
            client.send("POST", path, "application/pdf", support::applications::PDF)
        }
        ("post", "erasure-reports") => {
            client.send("POST", path, "application/pdf", support::applications::PDF)
        }
        ("put", _) => client.put(path, well_formed(operation)),
        ("patch", _) => client.patch(path, well_formed(operation)),
        _ => client.post(path, well_formed(operation)),
    }
}
