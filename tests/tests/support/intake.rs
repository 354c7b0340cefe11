//! A donor's batch and its list, as far as a story needs it.

use db::schema::devices;
use diesel::prelude::*;
use testkit::{Client, Reply, TestApp, Value, json};

/// A batch of desktops with their keyboards and mice.
pub fn new_batch(title: &str) -> Value {
    json!({
        "title": title,
        "declared": [{"kind": "desktop", "quantity": 1060, "manufacturer": "HP"}],
        "accessories": [{"kind": "keyboard", "quantity": 1100}, {"kind": "mouse", "quantity": 1100}],
        "pickup": {"address": "10 boulevard de Dunkerque", "postal_code": "13002", "commune": "Marseille",
            "contact_name": "Dora Don", "contact_phone": "04 91 00 00 00",
            "from": "2023-03-01T08:00:00Z", "to": "2023-03-31T17:00:00Z"},
    })
}

pub fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// A draft of the donor's.
pub fn draft(donor: &Client) -> String {
    id(&donor
        .post("/batches", new_batch("Postes fixes de fin 2019"))
        .expect(201))
}

/// Takes a step that needs no body.
pub fn step(client: &Client, batch: &str, step: &str) -> Reply {
    client.post(&format!("/batches/{batch}/{step}"), Value::Null)
}

/// Plans the pickup by the workshop on a day of March.
pub fn schedule(app: &TestApp, batch: &str, workshop: &Client, day: u32) -> Reply {
    let window = json!({
        "workshop_id": workshop.organisation,
        "from": format!("2023-03-0{day}T08:00:00Z"),
        "to": format!("2023-03-0{day}T10:00:00Z"),
    });
    app.staff
        .post(&format!("/batches/{batch}/schedule"), window)
}

/// What is told of a truck that left.
pub fn collected() -> Value {
    json!({"collected_at": "2023-02-27T09:30:00Z", "pallets": 26, "weight_kg": 6890.5})
}

pub fn collect(client: &Client, batch: &str) -> Reply {
    client.post(&format!("/batches/{batch}/collect"), collected())
}

/// Counts these serial numbers at the dock.
pub fn receive(client: &Client, batch: &str, serials: &[&str]) -> Reply {
    let devices: Vec<Value> = serials
        .iter()
        .map(|serial| json!({"serial": serial}))
        .collect();
    client.post(
        &format!("/batches/{batch}/receive"),
        json!({"devices": devices, "accessories": []}),
    )
}

/// A batch with these serial numbers on its manifest that has come so far.
pub fn batch_at(app: &TestApp, status: &str, serials: &[&str]) -> String {
    let batch = draft(&app.donor);
    if !serials.is_empty() {
        upload(&app.donor, &batch, list(serials)).expect(200);
    }
    for reached in [
        "draft",
        "submitted",
        "accepted",
        "scheduled",
        "collected",
        "received",
        "closed",
    ] {
        match reached {
            "draft" => app.donor.get(&format!("/batches/{batch}")),
            "submitted" => step(&app.donor, &batch, "submit"),
            "accepted" => step(&app.staff, &batch, "accept"),
            "scheduled" => schedule(app, &batch, &app.refurbisher, 1),
            "collected" => collect(&app.refurbisher, &batch),
            "received" => receive(&app.refurbisher, &batch, serials),
            _ => step(&app.refurbisher, &batch, "close"),
        }
        .expect(200);
        if reached == status {
            break;
        }
    }
    batch
}

/// A list of desktops, as a firm exports it.
pub fn list(serials: &[&str]) -> String {
    let rows: String = serials
        .iter()
        .map(|serial| format!("{serial};UC\n"))
        .collect();
    format!("N° de série;Type\n{rows}")
}

pub fn upload(client: &Client, batch: &str, file: impl AsRef<[u8]>) -> Reply {
    client.put_csv(&format!("/batches/{batch}/manifest"), file.as_ref())
}

pub fn try_out(client: &Client, batch: &str, file: impl AsRef<[u8]>) -> Reply {
    let path = format!("/batches/{batch}/manifest?dry_run=true");
    client.put_csv(&path, file.as_ref())
}

/// Devices of a batch that are announced and did not come yet.
pub fn announced(app: &TestApp, batch: &str) -> i64 {
    let batch: kernel::BatchId = batch.parse().unwrap();
    app.read(move |db| {
        Ok(devices::table
            .filter(devices::batch_id.eq(batch))
            .filter(devices::stage.eq("expected"))
            .count()
            .get_result(db)?)
    })
}

/// Lines and codes of everything that is wrong with a file.
pub fn mistakes(problem: &Value) -> Vec<(u64, String)> {
    let told = |error: &Value| {
        (
            error["line"].as_u64().unwrap_or(0),
            error["code"].as_str().unwrap().to_owned(),
        )
    };
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(told)
        .collect()
}

/// Pointers of everything that is wrong with a body.
pub fn pointers(problem: &Value) -> Vec<String> {
    let told = |error: &Value| error["pointer"].as_str().unwrap().to_owned();
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(told)
        .collect()
}
