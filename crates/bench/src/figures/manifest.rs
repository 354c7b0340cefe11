//! A donor's list.

use std::time::Instant;

use kernel::{BatchId, Clock, DeviceKind, OrganisationId, SystemClock};
use serde_json::{Value, json};
use workshop::Device;

use super::{Bench, Result};
use crate::bare;
use crate::report::Figure;

impl Bench {
    pub(super) async fn manifest(&mut self) -> Result<()> {
        let who = self.server.sign_in("donor-1").await?;
        let (mut best, rows) = (f64::MAX, self.rows);
        let mut last = None;
        for round in 0..3 {
            let batch = self
                .server
                .post("/api/v1/batches", Some(&who), &new_batch(rows))
                .await?;
            let id = batch["id"].as_str().unwrap_or_default().to_owned();
            let csv = list(rows, round);
            let path = format!("/api/v1/batches/{id}/manifest");
            let started = Instant::now();
            let body = ("text/csv", csv.as_bytes());
            self.server.ask(("PUT", &path), Some(&who), body).await?;
            best = best.min(started.elapsed().as_secs_f64());
            last = Some((id, csv));
        }
        let (batch, csv) = last.ok_or("no manifest")?;
        let rate = rows as f64 / best;
        let insert = self.bare_insert(&batch)?;
        let figure = Figure::rate("manifest import", 1, rate, "rows/s");
        self.note(
            figure
                .clone()
                .against(insert, "bare insert of the same rows"),
        );
        self.note(figure.against(read_csv(&csv)?, "the `csv` crate reading alone"));
        Ok(())
    }

    /// Rows a second that the database takes, those of the manifest under other numbers.
    fn bare_insert(&mut self, batch: &str) -> Result<f64> {
        let batch: BatchId = batch.parse().map_err(|_| "no batch".to_owned())?;
        let donor = bare::asker(&mut self.db, "donor-1@generated.example")?.organisation;
        let mut best = f64::MAX;
        for round in 0..3 {
            let rows = rows_like(self.rows, round, batch, donor);
            let started = Instant::now();
            bare::insert(&mut self.db, &rows)?;
            best = best.min(started.elapsed().as_secs_f64());
        }
        Ok(self.rows as f64 / best)
    }
}

fn new_batch(rows: usize) -> Value {
    json!({"title": "Mesure", "declared": [{"kind": "desktop", "quantity": rows}],
        "accessories": [], "pickup": {"address": "10 boulevard de Dunkerque",
            "postal_code": "13002", "commune": "Marseille", "contact_name": "Quai",
            "contact_phone": "04 91 00 00 00", "from": "2035-03-01T08:00:00Z",
            "to": "2035-03-31T17:00:00Z"}})
}

/// Tells apart what several runs write.
fn stamp() -> i64 {
    SystemClock.now().micros() % 1_000_000_000
}

fn list(rows: usize, round: usize) -> String {
    let stamp = stamp();
    let mut csv = "N° de série;Type;Marque;Modèle;RAM\n".to_owned();
    for row in 0..rows {
        csv.push_str(&format!(
            "MB{stamp}{round}{row:06};UC;HP;ProDesk 400 G6;8 Go\n"
        ));
    }
    csv
}

fn rows_like(rows: usize, round: usize, batch: BatchId, donor: OrganisationId) -> Vec<Device> {
    let (stamp, now) = (stamp(), SystemClock.now());
    let row = |n: usize| {
        let serial = format!("MC{stamp}{round}{n:06}");
        let tag = format!("RS-M{stamp}{round}{n:06}");
        let id = bare::fresh_id(now);
        let mut device = Device::unannounced(id, tag, DeviceKind::Desktop, batch, donor, now);
        device.serial_key = Some(serial.clone());
        device.search_key = format!("{} {} hp prodesk 400 g6", device.tag, serial).to_lowercase();
        device.serial = Some(serial);
        device.manufacturer = Some("HP".to_owned());
        device.model = Some("ProDesk 400 G6".to_owned());
        device.attributes = "{\"memory_mib\":8192}".to_owned();
        device.manifest_line = i32::try_from(n + 2).ok();
        device
    };
    (0..rows).map(row).collect()
}

/// Rows a second that the `csv` crate reads, at its best.
fn read_csv(text: &str) -> Result<f64> {
    let mut best = 0.0_f64;
    for _ in 0..3 {
        best = best.max(read_csv_once(text)?);
    }
    Ok(best)
}

fn read_csv_once(text: &str) -> Result<f64> {
    let started = Instant::now();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text.as_bytes());
    let mut rows = 0_u32;
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|cause| cause.to_string())?
    {
        rows += 1;
    }
    Ok(f64::from(rows) / started.elapsed().as_secs_f64())
}
