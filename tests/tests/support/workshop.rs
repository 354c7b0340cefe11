//! A batch at the dock, and the steps from there to the shelf.

use std::thread;

use kernel::{Clock, Instant};
use testkit::{Client, Reply, TestApp, Value, json};

/// The first day of March, and the last, or later when that is over.
pub fn pickup_time(app: &TestApp) -> (Instant, Instant) {
    let first: Instant = "2023-03-01T08:00:00Z".parse().unwrap();
    let first = first.max(app.clock.now());
    (first, first.plus_days(30))
}

/// A batch with a manifest of these serial numbers, on its way to the first workshop.
pub fn scheduled(app: &TestApp, serials: &[&str]) -> String {
    scheduled_under(app, serials, Value::Null)
}

/// The same, tied by its donor.
pub fn scheduled_under(app: &TestApp, serials: &[&str], restrictions: Value) -> String {
    let when = pickup_time(app);
    let batch = app.donor.post("/batches", json!({
        "restrictions": restrictions,
        "title": "Postes fixes",
        "declared": [{"kind": "desktop", "quantity": serials.len().max(1)}],
        "accessories": [{"kind": "keyboard", "quantity": 10}, {"kind": "mouse", "quantity": 10}],
        "pickup": {"address": "10 boulevard de Dunkerque", "postal_code": "13002", "commune": "Marseille",
            "contact_name": "Dora Don", "contact_phone": "04 91 00 00 00",
            "from": when.0, "to": when.1},
    })).expect(201);
    let id = batch["id"].as_str().unwrap().to_owned();
    if !serials.is_empty() {
        let rows: String = serials
            .iter()
            .map(|serial| format!("{serial};Unité centrale;HP;ProDesk 400\n"))
            .collect();
        let file = format!("N° de série;Type;Marque;Modèle\n{rows}");
        app.donor
            .put_csv(&format!("/batches/{id}/manifest"), file.as_bytes())
            .expect(200);
    }
    app.donor
        .post(&format!("/batches/{id}/submit"), Value::Null)
        .expect(200);
    app.staff
        .post(&format!("/batches/{id}/accept"), Value::Null)
        .expect(200);
    app.staff
        .post(
            &format!("/batches/{id}/schedule"),
            json!({
        "workshop_id": app.refurbisher.organisation,
        "from": when.0, "to": when.0.plus_seconds(2 * 3600)}),
        )
        .expect(200);
    id
}

/// Machines at the dock, with accessories for `kits` of them: the batch and the devices' ids.
pub fn dock(app: &TestApp, serials: &[&str], kits: i32) -> (String, Vec<String>) {
    let batch = scheduled(app, serials);
    let lines: Vec<_> = serials
        .iter()
        .map(|serial| json!({"serial": serial}))
        .collect();
    let answer = app.refurbisher.post(&format!("/batches/{batch}/receive"), json!({
        "devices": lines,
        "accessories": [{"kind": "keyboard", "quantity": kits}, {"kind": "mouse", "quantity": kits}],
    })).expect(200);
    let ids = answer["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| text(&d["id"]))
        .collect();
    (batch, ids)
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

pub fn log(who: &Client, device: &str, event: Value) -> Reply {
    who.post(&format!("/devices/{device}/events"), event)
}

pub fn erased(serials: &[&str]) -> Value {
    let drives: Vec<_> = serials
        .iter()
        .map(|serial| {
            json!({
        "serial": serial, "media": "nvme", "method": "purge", "tool": "nvme-cli",
        "tool_version": "2.4", "result": "success"})
        })
        .collect();
    json!({"type": "erased", "drives": drives})
}

/// The steps from the dock to the shelf; the quality check is another person's.
pub fn steps(drive: &str) -> Vec<Value> {
    vec![
        json!({"type": "triaged", "outcome": "keep"}),
        erased(&[drive]),
        json!({"type": "tested", "checks": {"boot": "pass", "memory": "pass"}}),
        json!({"type": "graded", "cosmetic": "B"}),
        json!({"type": "quality_checked", "passed": true}),
        json!({"type": "ready"}),
    ]
}

pub fn advance(app: &TestApp, device: &str, until: &str) {
    for event in steps(&format!("D-{device}")) {
        if event["type"] == until {
            return;
        }
        let who = if event["type"] == "quality_checked" {
            &app.other_refurbisher
        } else {
            &app.refurbisher
        };
        log(who, device, event).expect(200);
    }
}

pub fn stage(app: &TestApp, device: &str) -> String {
    text(
        &app.refurbisher
            .get(&format!("/devices/{device}"))
            .expect(200)["stage"],
    )
}

pub fn stock(app: &TestApp, kind: &str) -> i64 {
    let path = format!("/workshops/{}/accessories", app.refurbisher.organisation);
    let stock = app.refurbisher.get(&path).expect(200);
    let items = stock["items"].as_array().unwrap();
    items.iter().find(|item| item["kind"] == kind).unwrap()["quantity"]
        .as_i64()
        .unwrap()
}

/// Walks every chain, and builds each device again from its log.
pub fn custody(db: &mut db::Db, keys: &kernel::ChainKeys) -> db::Result<workshop::CustodyReport> {
    let mut how = workshop::Verification {
        keys,
        replay: true,
        folds: &mut kernel::Folds::default(),
    };
    workshop::verify_custody(db, &mut how, |_, _| {})
}

pub fn verify(app: &TestApp) -> workshop::CustodyReport {
    let keys = app.database.chain_keys();
    app.read(move |db| custody(db, &keys))
}

pub fn intact(app: &TestApp) -> workshop::CustodyReport {
    let report = verify(app);
    assert_eq!(report.broken, None);
    report
}

pub fn machine(drives: &[(&str, &str)]) -> Value {
    let disks: Vec<_> = drives
        .iter()
        .map(|(serial, model)| {
            json!({
        "id": "disk", "class": "disk", "description": "ATA Disk", "product": model,
        "serial": serial, "size": 256_060_514_304_u64})
        })
        .collect();
    json!([{"id": "poste", "class": "system", "vendor": "HP", "product": "ProDesk 400", "serial": "CZC0001",
        "configuration": {"chassis": "mini-tower"},
        "children": [{"id": "core", "class": "bus", "children": [
            {"id": "memory", "class": "memory", "description": "System Memory", "size": 8_589_934_592_u64},
            {"id": "scsi", "class": "storage", "children": disks}]}]}])
}

/// The steps that are left after triage.
pub fn advance_from(app: &TestApp, device: &str) {
    for event in steps(&format!("D-{device}")).into_iter().skip(1) {
        let who = if event["type"] == "quality_checked" {
            &app.other_refurbisher
        } else {
            &app.refurbisher
        };
        log(who, device, event).expect(200);
    }
}

/// Numbers that only look random, the same each time.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// Any event, more often one that leads on.
pub fn any_event(dice: &mut Dice) -> Value {
    let drive = ["D1", "D2"][dice.below(2)];
    match dice.below(16) {
        0 | 1 => json!({"type": "triaged", "outcome": "keep"}),
        2 | 3 => erased(&[drive]),
        4 => erased(&["D1", "D2"]),
        5 => {
            json!({"type": "erased", "drives": [{"serial": drive, "media": "hdd", "method": "purge", "result": "failure"}]})
        }
        6 | 7 => json!({"type": "tested", "checks": {"boot": "pass"}}),
        8 => json!({"type": "graded", "cosmetic": "B"}),
        9 | 10 => json!({"type": "quality_checked", "passed": dice.below(4) > 0}),
        11 | 12 => json!({"type": "ready"}),
        13 => json!({"type": "repair_started"}),
        14 => json!({"type": "repaired", "description": "x", "minutes": 1}),
        _ => json!({"type": "moved", "location": format!("E{}", dice.below(9))}),
    }
}

/// Everyone does it at the same moment.
pub fn at_once<J: Copy + Send, T: Send>(jobs: &[J], work: impl Fn(J) -> T + Sync) -> Vec<T> {
    let start = std::sync::Barrier::new(jobs.len());
    thread::scope(|scope| {
        let running: Vec<_> = jobs
            .iter()
            .map(|job| {
                let (start, work, job) = (&start, &work, *job);
                scope.spawn(move || {
                    start.wait();
                    work(job)
                })
            })
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("answers"))
            .collect()
    })
}
