//! The columns of a device that its log accounts for. Each line of the log says which of them it
//! set, so that the device can be built again from its log and compared column by column.
//!
//! The first line, and the first after lines of version 1, has all of them (`whole`); drives are
//! written together, those of one cycle at a time. Long texts stand there as their SHA-256.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use kernel::Instant;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::model::{Device, Drive, Stage};

/// Marks a line that has every column.
const WHOLE: &str = "whole";
/// The drives of the device's cycle.
const DRIVES: &str = "drives";

/// The columns that are not empty.
pub(crate) fn of(device: &Device) -> Value {
    let columns = columns(device).into_iter();
    Value::Object(
        columns
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// What a line says: every column, or those that it changes; drives where they are known to
/// have changed.
pub fn line(before: Option<&Device>, after: &Device, drives: Option<&[Drive]>) -> String {
    let mut said = match before {
        None => {
            let mut all = of(after);
            all[WHOLE] = Value::Bool(true);
            all
        }
        Some(before) => changes(before, after),
    };
    if let Some(drives) = drives {
        said[DRIVES] = self::drives(drives);
    }
    said.to_string()
}

fn changes(before: &Device, after: &Device) -> Value {
    let (before_all, after_all) = (columns(before), columns(after));
    let mut changed = Map::new();
    for ((name, old), (_, new)) in before_all.into_iter().zip(after_all) {
        // a batch that changes hands before its devices came has no line of its own
        let outside = name == "workshop_id" && before.received_at.is_none() && !new.is_null();
        if old != new || outside {
            changed.insert(name.to_owned(), new);
        }
    }
    Value::Object(changed)
}

fn moment(at: Instant) -> Value {
    Value::from(at.micros())
}

fn digest(text: &str) -> Value {
    let digest = Sha256::digest(text.as_bytes());
    Value::from(HEXLOWER.encode(digest.get(..16).unwrap_or(&digest)))
}

fn as_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn columns(device: &Device) -> [(&'static str, Value); 26] {
    // where nothing was counted yet, the batch says whose it is
    let workshop = device.workshop_id.filter(|_| device.received_at.is_some());
    [
        ("tag", json!(device.tag)),
        ("serial", json!(device.serial)),
        ("serial_key", json!(device.serial_key)),
        ("kind", json!(device.kind)),
        ("manufacturer", json!(device.manufacturer)),
        ("model", json!(device.model)),
        ("stage", json!(device.stage.as_str())),
        ("grade", json!(device.grade)),
        ("batch_id", json!(device.batch_id)),
        ("donor_id", json!(device.donor_id)),
        ("workshop_id", json!(workshop)),
        ("manifest_line", json!(device.manifest_line)),
        ("attributes", digest(&device.attributes)),
        (
            "hardware",
            device
                .hardware
                .as_ref()
                .map_or(Value::Null, |hardware| digest(&as_json(hardware))),
        ),
        ("location", json!(device.location)),
        ("cycle", json!(device.cycle)),
        (
            "erasure_proven",
            device.erasure_proven.then_some(true).into(),
        ),
        (
            "triage",
            json!(device.triage.map(|triage| triage.to_string())),
        ),
        ("tests_passed", json!(device.tests_passed)),
        ("tested_by", json!(device.tested_by)),
        ("quality_checked_by", json!(device.quality_checked_by)),
        ("kit", json!(device.kit)),
        ("stage_at", moment(device.stage_at)),
        (
            "received_at",
            json!(device.received_at.map(Instant::micros)),
        ),
        ("ready_at", json!(device.ready_at.map(Instant::micros))),
        ("transfer_id", json!(device.transfer_id)),
    ]
}

fn drives(drives: &[Drive]) -> Value {
    let each = drives.iter().map(|drive| {
        let columns = drive_columns(drive).into_iter();
        let given: Map<_, _> = columns
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        (drive.serial_key.clone(), Value::Object(given))
    });
    Value::Object(each.collect())
}

fn drive_columns(drive: &Drive) -> [(&'static str, Value); 8] {
    [
        ("serial", json!(drive.serial)),
        ("media", json!(drive.media.as_str())),
        ("model", json!(drive.model)),
        ("size_bytes", json!(drive.size_bytes)),
        (
            "proof",
            drive
                .proof
                .as_ref()
                .map_or(Value::Null, |proof| digest(&as_json(proof))),
        ),
        ("proven", drive.proven.then_some(true).into()),
        (
            "history",
            match drive.history.is_empty() {
                true => Value::Null,
                false => digest(&as_json(&drive.history)),
            },
        ),
        ("seen_at", moment(drive.seen_at)),
    ]
}

/// A device built again from its log.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    /// None before the first line that has every column.
    columns: Option<Map<String, Value>>,
    /// Drives by cycle; cycles of which no line told are not there.
    drives: BTreeMap<i64, Value>,
    /// A line of version 1 came last, or none.
    unkeyed: bool,
}

/// What a device's row has otherwise than its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// `grade`, or `drives.proven` and of which drive.
    pub(crate) column: String,
    /// As the log says.
    pub(crate) log: String,
    /// As the row has it.
    pub(crate) row: String,
}

impl Replayed {
    pub(crate) fn new() -> Self {
        Self {
            unkeyed: true,
            ..Self::default()
        }
    }

    /// Takes the next line; false when it cannot be one that the program wrote.
    pub(crate) fn take(&mut self, state: Option<&str>, to: Stage) -> bool {
        let Some(state) = state else {
            self.unkeyed = true;
            return true;
        };
        let Ok(Value::Object(mut said)) = serde_json::from_str(state) else {
            return false;
        };
        let drives = said.remove(DRIVES);
        let whole = said.remove(WHOLE).is_some();
        if whole != self.unkeyed {
            return false;
        }
        self.unkeyed = false;
        match (&mut self.columns, whole) {
            (columns, true) => *columns = Some(said),
            (Some(columns), false) => {
                columns.extend(said);
                columns.retain(|_, value| !value.is_null());
            }
            (None, false) => return false,
        }
        let columns = self.columns.iter().flatten();
        let (mut stage, mut cycle) = (None, 1);
        for (name, value) in columns {
            match name.as_str() {
                "stage" => stage = value.as_str(),
                "cycle" => cycle = value.as_i64().unwrap_or(1),
                _ => {}
            }
        }
        let holds = stage == Some(to.as_str());
        if let Some(drives) = drives {
            self.drives.insert(cycle, drives);
        }
        holds
    }

    /// The first column that the row has otherwise.
    pub(crate) fn difference(&self, device: &Device, drives: &[Drive]) -> Option<Difference> {
        let columns = self.columns.as_ref()?;
        let differs = columns_differ("", columns, columns_of(columns_list(device)));
        differs.or_else(|| {
            let mut cycles = self.drives.iter();
            cycles.find_map(|(cycle, said)| drives_differ(*cycle, said, drives))
        })
    }
}

fn columns_list(device: &Device) -> Vec<(&'static str, Value)> {
    columns(device).into()
}

fn columns_of(columns: Vec<(&'static str, Value)>) -> Map<String, Value> {
    columns
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Columns that are not there are empty.
fn columns_differ(
    prefix: &str,
    log: &Map<String, Value>,
    row: Map<String, Value>,
) -> Option<Difference> {
    row.into_iter().find_map(|(name, row)| {
        let log = log.get(&name).unwrap_or(&Value::Null);
        // the workshop of what has not come yet is the batch's
        let outside = name == "workshop_id" && row.is_null();
        (*log != row && !outside).then(|| Difference {
            column: format!("{prefix}{name}"),
            log: log.to_string(),
            row: row.to_string(),
        })
    })
}

fn drives_differ(cycle: i64, said: &Value, drives: &[Drive]) -> Option<Difference> {
    let said = said.as_object()?;
    let rows: BTreeMap<&str, &Drive> = drives
        .iter()
        .filter(|drive| i64::from(drive.cycle) == cycle)
        .map(|drive| (drive.serial_key.as_str(), drive))
        .collect();
    for (key, log) in said {
        let prefix = format!("drives[{key}].");
        let (Some(row), Some(log)) = (rows.get(key.as_str()), log.as_object()) else {
            return Some(Difference {
                column: format!("drives[{key}]"),
                log: log.to_string(),
                row: "nothing".to_owned(),
            });
        };
        let differs = columns_differ(&prefix, log, columns_of(drive_columns(row).into()));
        if differs.is_some() {
            return differs;
        }
    }
    let added = rows.keys().find(|key| !said.contains_key(**key))?;
    Some(Difference {
        column: format!("drives[{added}]"),
        log: "nothing".to_owned(),
        row: "a drive".to_owned(),
    })
}
