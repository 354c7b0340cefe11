//! What happened, as a table and as `demo.json`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use db::Database;
use serde_json::{Value, json};

use super::cast::Cast;
use super::waves::WaveOutcome;
use super::{Progress, blocking};

/// The figures of the operation.
pub struct Report(Value);

impl Report {
    /// Asks the API for everything; waits until the mails have left.
    pub fn gather(
        cast: &Cast,
        programme: &str,
        waves: &[WaveOutcome],
        database: &Database,
        progress: &Progress,
    ) -> Result<Self, String> {
        let sent = Sent::gather(cast)?;
        let mut devices: BTreeMap<String, u64> = BTreeMap::new();
        for device in cast.sam.all("/devices")? {
            let stage = device["stage"].as_str().unwrap_or("?").to_owned();
            *devices.entry(stage).or_default() += 1;
        }
        for stage in ["reserved", "handed_over", "ready"] {
            devices.entry(stage.to_owned()).or_default();
        }
        let figures = cast.sam.get(&format!("/programmes/{programme}/figures"))?;
        let keys = database.chain_keys();
        let custody = blocking(database.snapshot(move |db| {
            let mut how = workshop::Verification {
                keys: &keys,
                replay: true,
                folds: &mut kernel::Folds::default(),
            };
            workshop::verify_custody(db, &mut how, |_, _| {})
        }))?;
        Ok(Self(json!({
            "programme": programme,
            "waves": waves.iter().map(|wave| json!({
                "id": wave.id,
                "name": wave.name,
                "associations": wave.associations,
                "devices": wave.devices,
                "smallest": wave.smallest,
                "largest": wave.largest,
                "unserved": wave.unserved,
            })).collect::<Vec<_>>(),
            "devices": devices,
            "associations_served": figures["associations_served"],
            "mails": sent.mails,
            "messages": sent.by_kind.values().sum::<u64>(),
            "messages_by_kind": sent.by_kind,
            "custody": match &custody.broken {
                None => "intact".to_owned(),
                Some(link) => link.to_string(),
            },
            "custody_events": custody.events,
            "seconds": (progress.start.elapsed().as_secs_f64() * 10.0).round() / 10.0,
        })))
    }

    /// Writes the same as JSON.
    pub fn write(&self, file: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(&self.0).map_err(|cause| cause.to_string())?;
        std::fs::write(file, text + "\n").map_err(|cause| format!("{}: {cause}", file.display()))
    }
}

/// The table.
impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        writeln!(
            out,
            "\n{:<38} {:>12} {:>8} {:>9} {:>8}",
            "wave", "associations", "devices", "smallest", "largest"
        )?;
        for wave in report["waves"].as_array().into_iter().flatten() {
            let figure = |member: &str| wave[member].to_string(); // padded as text
            writeln!(
                out,
                "{:<38} {:>12} {:>8} {:>9} {:>8}",
                wave["name"].as_str().unwrap_or(""),
                figure("associations"),
                figure("devices"),
                figure("smallest"),
                figure("largest"),
            )?;
        }
        writeln!(out)?;
        for (title, member) in [
            ("devices by stage", "devices"),
            ("messages by kind", "messages_by_kind"),
        ] {
            writeln!(out, "{title}")?;
            for (name, count) in report[member].as_object().into_iter().flatten() {
                writeln!(out, "  {name:<36} {:>6}", count.to_string())?;
            }
        }
        write!(
            out,
            "\n{} associations served, {} messages in {} mails, {} custody events, custody {}, {} s",
            report["associations_served"],
            report["messages"],
            report["mails"],
            report["custody_events"],
            report["custody"].as_str().unwrap_or(""),
            report["seconds"],
        )
    }
}

/// What was sent.
struct Sent {
    by_kind: BTreeMap<String, u64>,
    /// Messages of a kind to the same person that come close together share a mail.
    mails: u64,
}

impl Sent {
    /// Waits until nothing is left to send.
    fn gather(cast: &Cast) -> Result<Self, String> {
        let patience = Instant::now() + Duration::from_secs(120);
        // a workshop reads of its appointments once a day, in the morning
        let is_for_tomorrow = |message: &Value| message["kind"] == "handover_booked";
        while !cast.sam.get("/notifications?status=queued&limit=200")?["items"]
            .as_array()
            .is_some_and(|waiting| waiting.iter().all(is_for_tomorrow))
        {
            if Instant::now() > patience {
                return Err("mails are still waiting to be sent".to_owned());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut sent = Self {
            by_kind: BTreeMap::new(),
            mails: 0,
        };
        for message in cast.sam.all("/notifications?status=sent")? {
            let kind = message["kind"].as_str().unwrap_or("?").to_owned();
            *sent.by_kind.entry(kind).or_default() += 1;
            sent.mails += u64::from(message["part_of"].is_null());
        }
        Ok(sent)
    }
}
