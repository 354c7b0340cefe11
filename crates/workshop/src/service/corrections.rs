//! Corrections: what they speak about, and the city's own way to make one.

use std::collections::BTreeSet;

use db::{Result, Tx};
use kernel::{Actor, DeviceId, squash};

use super::ledger::Record;
use super::names::resolve;
use super::recorder::Recorder;
use crate::model::{Event, Incoming, Operators, Part, Recorded, Stage};
use crate::rules::{self, CorrectedLine, Correcting};
use crate::store;

/// Puts a mistake right. A workshop does it on its own devices, as long as nothing irrevocable
/// followed; the city on any.
///
/// # Errors
/// `unknown_device`, `not_your_workshop`, `not_allowed` for the key of a station,
/// `correction_not_possible`, `correction_needs_city`, `duplicate_serial`, `stock_too_low`,
/// `invalid_fields`.
pub fn correct(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    correction: &Incoming,
) -> Result<Recorded> {
    super::hardware::person_only(actor)?;
    super::events::record(tx, actor, id, correction, &Operators::default())
}

impl Recorder<'_> {
    /// Looks up what a correction speaks about, before it is decided.
    pub(super) fn look_up(&mut self, tx: &mut Tx<'_>, id: DeviceId, event: &Event) -> Result<()> {
        let Event::Corrected {
            event_id,
            serial,
            same_as,
            ..
        } = event
        else {
            return Ok(());
        };
        let Some(bench) = self.ledger.get(id) else {
            return Ok(());
        };
        let device = bench.device.clone();
        let mut known = Correcting {
            by_city: self.actor.is_city(),
            ..Correcting::default()
        };
        let mut key = serial.as_deref().map(squash);
        if let Some(event_id) = event_id {
            known.line = store::line(tx, id, *event_id)?;
            known.noted = store::waste_of(tx, &[id])?
                .iter()
                .any(|waste| waste.waste_reference.is_some());
            known.batch_closed = intake::is_closed(tx, device.batch_id)?;
            key.clone_from(&device.serial_key);
            if let Some(keys) = known.line.as_ref().map(parts_given) {
                self.ledger.know_parts(tx, id, &keys)?;
            }
        }
        if let Some(name) = same_as {
            let names = [name.clone()];
            let found = resolve(tx, &names, Some(self.actor))?.within_reach(tx, self.actor)?;
            let other = found.by_name.get(name).copied();
            known.other = found
                .devices
                .into_iter()
                .find(|device| Some(device.id) == other);
            key = known
                .other
                .as_ref()
                .and_then(|other| other.serial_key.clone());
        }
        let other = known.other.as_ref().map(|other| other.id);
        if let Some(key) = key {
            let named = store::by_serial_keys(tx, &[key])?;
            known.serial_of = named
                .into_iter()
                .find(|device| device.id != id && Some(device.id) != other && device.is_live());
        }
        self.ledger.set_correcting(id, known);
        Ok(())
    }

    /// The announced row that a device turned out to be: its line says so before the device takes
    /// its serial number.
    pub(super) fn absorb(&mut self, tx: &Tx<'_>, id: DeviceId, line: &Incoming) -> Result<()> {
        if !matches!(
            &line.event,
            Event::Corrected {
                same_as: Some(_),
                ..
            }
        ) {
            return Ok(());
        }
        let Some(bench) = self.ledger.get(id) else {
            return Ok(());
        };
        let (device, other) = (bench.device.clone(), bench.correcting.other.clone());
        let Some(other) = other else {
            return Ok(());
        };
        let now = tx.now();
        let reason = match &line.event {
            Event::Corrected { reason, .. } => reason.clone(),
            _ => String::new(),
        };
        let record = Record {
            event_type: "merged".to_owned(),
            evidence: serde_json::json!({
                "into": device.tag,
                "serial": other.serial,
                "manifest_line": other.manifest_line,
                "reason": reason,
            })
            .to_string(),
            at: now,
            note: None,
            client_id: None,
            operated_by: None,
        };
        let gone = rules::absorbed(other.clone(), now);
        self.ledger.put_first(other);
        self.ledger.apply(tx, self.actor, gone, None, record)
    }
}

/// The parts that a line counted into stock, by their keys.
fn parts_given(line: &CorrectedLine) -> BTreeSet<String> {
    if line.to != Stage::Parts {
        return BTreeSet::new();
    }
    let evidence = serde_json::from_str::<serde_json::Value>(&line.evidence).ok();
    let given = evidence.as_ref().and_then(|said| said.get("parts"));
    Part::named_in(given)
        .into_iter()
        .map(|part| part.key())
        .collect()
}
