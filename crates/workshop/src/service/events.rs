//! What happens to devices, one by one and in bulk.

use db::{Result, Tx};
use kernel::{Actor, Code, DeviceId, Instant, Refusal, Text};
use serde_json::Value;

use super::ledger::Needs;
use super::limits::unknown_device;
use super::names::resolve;
use super::near::mistyped;
use super::recorder::Recorder;
use crate::model::{
    BulkAnswer, DeviceView, Event, EventOutcome, EventResult, Incoming, Operators, Recorded, Stage,
};
use crate::reading;
use crate::rules;
use crate::store;

/// Lines of a list at the most.
const LINES: usize = 1_000;

/// Whether what is decided about a step, and what it changes, is the device's own: its row, its
/// log and its files. Not so an erasure: a drive proves one device. Then a lock on the device is enough to keep others out, where
/// the others are those who scan; an approval that takes the device meets them at its row.
pub fn is_of_its_device_alone(line: &Incoming) -> bool {
    matches!(
        line.event,
        Event::Triaged { .. }
            | Event::Tested { .. }
            | Event::RepairStarted {}
            | Event::Graded { .. }
            | Event::QualityChecked { .. }
            | Event::Moved { .. }
    )
}

/// Keeps others off a device until the transaction ends: on PostgreSQL, since SQLite has one writer.
///
/// # Errors
/// When the database fails.
pub fn lock(tx: &mut Tx<'_>, id: DeviceId) -> Result<()> {
    store::lock(tx, id)
}

/// Records one step of one device.
///
/// # Errors
/// `unknown_device`, `not_your_workshop`, and what the step's rule says.
pub fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    line: &Incoming,
    operators: &Operators,
) -> Result<Recorded> {
    let devices = store::by_ids(tx, &[id])?;
    if devices.is_empty() {
        return Err(unknown_device(&id.to_string(), &[]).into());
    }
    let mut recorder = Recorder::new(tx, actor, devices, Needs::of([line]))?.at(operators);
    let status = recorder.take(tx, id, line)??;
    let bench = recorder
        .ledger
        .get(id)
        .ok_or_else(|| unknown_device(&id.to_string(), &[]))?;
    let checks = match &line.event {
        Event::Tested { checks, .. } => Some(rules::checks_report(
            bench.device.kind,
            checks,
            recorder.settings,
        )),
        _ => None,
    };
    let device = DeviceView::new(bench.device.clone(), bench.drives.clone());
    recorder.write(tx)?;
    Ok(Recorded {
        device,
        status,
        checks,
    })
}

/// Records a list of steps: each line has its verdict, in the order sent; within a device
/// they happen in the order of their time. Sent again, the list changes nothing.
///
/// # Errors
/// `invalid_fields` when there are too many lines, or none.
pub fn record_all(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lines: &[Value],
    operators: &Operators,
) -> Result<BulkAnswer> {
    check_count("/events", lines.len())?;
    let lines: Vec<_> = lines.iter().map(Line::read).collect();
    let names: Vec<String> = lines
        .iter()
        .filter_map(|line| line.device.clone())
        .collect();
    let found = resolve(tx, &names, Some(actor))?.within_reach(tx, actor)?;
    let near = mistyped(tx, actor, &names, &found)?;
    let needs = Needs::of(lines.iter().filter_map(|line| line.read.as_ref().ok()));
    let mut recorder = Recorder::new(tx, actor, found.devices, needs)?.at(operators);

    let mut results: Vec<Option<EventResult>> = vec![None; lines.len()];
    for n in in_order(&lines, tx.now()) {
        let line = &lines[n];
        let id = line
            .device
            .as_ref()
            .and_then(|name| found.by_name.get(name))
            .copied();
        let mut meant = &[][..];
        let verdict = match (&line.read, id) {
            (Err(refusal), _) => Err(refusal.clone()),
            (Ok(_), None) => {
                let name = line.device.as_deref().unwrap_or_default();
                meant = near.get(name).map_or(&[][..], Vec::as_slice);
                Err(unknown_device(name, meant))
            }
            (Ok(incoming), Some(id)) => recorder.take(tx, id, incoming)?,
        };
        let device = id.and_then(|id| recorder.visible(id));
        let mut result = result(line.client_id.clone(), verdict, device);
        result.near = meant.iter().map(|name| tag_of(name)).collect();
        if let (EventOutcome::Applied, Ok(incoming), Some(id)) = (result.status, &line.read, id) {
            result.left_out = recorder.left_out(id, &incoming.event);
        }
        results[n] = Some(result);
    }
    recorder.write(tx)?;
    Ok(BulkAnswer {
        results: results.into_iter().flatten().collect(),
    })
}

/// A list is neither empty nor too long.
pub(super) fn check_count(pointer: &str, lines: usize) -> Result<(), Refusal> {
    if (1..=LINES).contains(&lines) {
        return Ok(());
    }
    Err(Refusal::field(
        pointer,
        Code::OutOfRange,
        Text::new(
            format!("Envoyez de 1 à {LINES} lignes à la fois."),
            format!("Send 1 to {LINES} lines at a time."),
        ),
    ))
}

/// A line of a list as it could be read.
struct Line {
    device: Option<String>,
    client_id: Option<String>,
    read: Result<Incoming, Refusal>,
}

impl Line {
    fn read(value: &Value) -> Self {
        let text = |key: &str| match value.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let device = text("device").filter(|name| !name.trim().is_empty());
        let read = reading::incoming(value).and_then(|incoming| match device {
            Some(_) => Ok(incoming),
            None => Err(Refusal::field(
                "/device",
                Code::Required,
                Text::new("Indiquez l'appareil.", "Name the device."),
            )),
        });
        Self {
            device,
            client_id: text("client_id"),
            read,
        }
    }
}

/// The lines by their time, those without one being of now; the order sent decides
/// between equals. (Between devices the order does not matter, but for the stock.)
fn in_order(lines: &[Line], now: Instant) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|n| {
        lines[*n]
            .read
            .as_ref()
            .ok()
            .and_then(|incoming| incoming.at)
            .unwrap_or(now)
    });
    order
}

pub(super) fn result(
    client_id: Option<String>,
    verdict: Result<EventOutcome, Refusal>,
    device: Option<(DeviceId, Stage)>,
) -> EventResult {
    let (status, code, detail) = match verdict {
        Ok(status) => (status, None, None),
        Err(refusal) => {
            let detail = refusal
                .errors
                .first()
                .map_or(refusal.detail, |field| field.detail.clone());
            (EventOutcome::Refused, Some(refusal.code), Some(detail))
        }
    };
    EventResult {
        client_id,
        status,
        code,
        detail,
        device_id: device.map(|(id, _)| id),
        stage: device.map(|(_, stage)| stage),
        near: Vec::new(),
        left_out: Vec::new(),
    }
}

/// The tag in a device's name.
fn tag_of(name: &str) -> String {
    name.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}
