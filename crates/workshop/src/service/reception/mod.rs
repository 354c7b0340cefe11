//! The count at the dock.

mod count;
mod shelf;

use db::{Result, Tx};
use intake::Batch;
use kernel::{Actor, BatchId, Code, DeviceKind, OrganisationId, Refusal, Text, squash};
use serde_json::json;

pub use count::{close, reconciliation};
use shelf::{LINES, Shelf, check, key, kind_of};

use super::ledger::{Ledger, Record};
use crate::model::{
    Device, Drive, KitPart, Reception, ReceptionAnswer, ReceptionDevice, ReceptionLine,
    ReceptionStatus, Stage,
};
use crate::rules;
use crate::store::{self, Movement};

/// Counts what comes off the truck: machines of the manifest, machines that nobody
/// announced, accessories. What was counted before is said to be, and nothing more.
///
/// # Errors
/// `batch_step_not_allowed`, `not_found`, `invalid_fields`.
pub fn receive(
    tx: &mut Tx<'_>,
    actor: &Actor,
    batch_id: BatchId,
    reception: &Reception,
) -> Result<ReceptionAnswer> {
    let batch = intake::batch(tx, actor, batch_id)?;
    intake::may_count(tx, actor, &batch)?;
    let workshop = workshop_of(&batch)?;
    let keys: Vec<String> = reception
        .devices
        .iter()
        .take(LINES)
        .filter_map(key)
        .collect();
    let mut shelf = Shelf::of(store::by_serial_keys(tx, &keys)?, &batch);
    for device in store::by_serial_keys(tx, &shelf.others(reception))? {
        shelf.put(&device);
    }
    check(&batch, reception, &shelf)?;

    let mut dock = Dock {
        actor,
        batch: &batch,
        workshop,
        ledger: Ledger::default(),
        late: 0,
    };
    let mut answer = ReceptionAnswer::default();
    let new = reception
        .devices
        .iter()
        .filter(|line| shelf.find(line).is_none())
        .count();
    let mut tags = intake::tags(tx, new)?.into_iter();
    for line in &reception.devices {
        let device = match shelf.find(line).cloned() {
            Some(known) => dock.known(tx, known, line)?,
            None => dock.unexpected(tx, line, tags.next().unwrap_or_default())?,
        };
        shelf.put(&device.1);
        answer.add(line, device);
    }
    let late = dock.late;
    dock.ledger.write(tx)?;
    if late > 0 {
        tell_late(tx, actor, batch_id, late)?;
    }
    add_accessories(tx, actor, &batch, workshop, &reception.accessories)?;
    answer.version = intake::batch(tx, actor, batch_id)?.version;
    Ok(answer)
}

/// The donor was told that these machines never came: it hears that they did, once the count is
/// closed, and what is missing still.
pub(super) fn tell_late(
    tx: &mut Tx<'_>,
    actor: &Actor,
    batch_id: BatchId,
    devices: i64,
) -> Result<()> {
    let batch = intake::batch(tx, actor, batch_id)?;
    if batch.status != intake::BatchStatus::Closed {
        return Ok(());
    }
    let missing = reconciliation(tx, actor, batch_id)?.missing;
    intake::tell_late(tx, &batch, devices, missing)
}

fn workshop_of(batch: &Batch) -> Result<OrganisationId> {
    batch
        .workshop_id
        .ok_or_else(|| Refusal::plain(Code::BatchStepNotAllowed).into())
}

/// Where machines are counted.
struct Dock<'a> {
    actor: &'a Actor,
    batch: &'a Batch,
    workshop: OrganisationId,
    ledger: Ledger,
    /// Machines that were given up when the batch was closed.
    late: i64,
}

impl Dock<'_> {
    fn known(
        &mut self,
        tx: &mut Tx<'_>,
        device: Device,
        line: &ReceptionLine,
    ) -> Result<(ReceptionStatus, Device)> {
        if device.batch_id != self.batch.id {
            return Ok((ReceptionStatus::Refused, device));
        }
        // it may have been given up before the truck was empty
        if !matches!(device.stage, Stage::Expected | Stage::Missing) {
            return Ok((ReceptionStatus::AlreadyReceived, device));
        }
        self.late += i64::from(device.received_at.is_none() && device.stage == Stage::Missing);
        let (received, drives) = if device.received_at.is_some() {
            let mut drives = store::of_devices(tx, &[device.id])?;
            let mut drives = drives.remove(&device.id).unwrap_or_default();
            drives.retain(|drive| drive.cycle == device.cycle);
            let (device, drives) = rules::receive_again(device.clone(), &drives, tx.now());
            (device, Some(drives))
        } else {
            (
                rules::receive(device.clone(), self.workshop, tx.now()),
                None,
            )
        };
        self.ledger.put_loaded(device);
        let device = self.log(tx, received, drives, line)?;
        Ok((ReceptionStatus::Received, device))
    }

    fn unexpected(
        &mut self,
        tx: &Tx<'_>,
        line: &ReceptionLine,
        tag: String,
    ) -> Result<(ReceptionStatus, Device)> {
        let text = |value: &Option<String>| {
            value
                .as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let serial = text(&line.serial).filter(|serial| rules::identity_key(serial).is_some());
        let (manufacturer, model) = (text(&line.manufacturer), text(&line.model));
        let kind = kind_of(self.batch, line).unwrap_or(DeviceKind::Other); // checked before
        let (batch, donor) = (self.batch.id, self.batch.donor_id);
        let mut device = Device::unannounced(tx.new_id(), tag, kind, batch, donor, tx.now());
        device.workshop_id = Some(self.workshop);
        device.serial_key = serial.as_deref().map(squash);
        device.serial = serial;
        device.manufacturer = manufacturer;
        device.model = model;
        device.search_key = rules::search_key(&device);
        self.ledger.add(device.clone());
        let received = rules::receive(device, self.workshop, tx.now());
        let device = self.log(tx, received, None, line)?;
        Ok((ReceptionStatus::Unexpected, device))
    }

    fn log(
        &mut self,
        tx: &Tx<'_>,
        device: Device,
        drives: Option<Vec<Drive>>,
        line: &ReceptionLine,
    ) -> Result<Device> {
        let id = device.id;
        let unexpected = device.manifest_line.is_none();
        let mut evidence = json!({"batch": self.batch.reference, "unexpected": unexpected});
        if let Some(read) = &line.serial
            && device.serial_key.as_ref() != Some(&squash(read))
        {
            evidence["serial_read"] = json!(read);
        }
        let note = line
            .note
            .as_deref()
            .map(str::trim)
            .filter(|note| !note.is_empty());
        let record = Record {
            event_type: "received".to_owned(),
            evidence: evidence.to_string(),
            at: tx.now(),
            note: note.map(str::to_owned),
            client_id: None,
            operated_by: None,
        };
        self.ledger.apply(tx, self.actor, device, drives, record)?;
        let bench = self
            .ledger
            .get(id)
            .ok_or_else(|| db::Error::internal("lost a device"))?;
        Ok(bench.device.clone())
    }
}

impl ReceptionAnswer {
    fn add(&mut self, line: &ReceptionLine, (status, device): (ReceptionStatus, Device)) {
        let refused = status == ReceptionStatus::Refused;
        // known by its number without its leading zeros
        let announced = device.serial.filter(|serial| {
            let read = line.serial.as_deref().map(squash);
            !refused && read.is_some_and(|read| read != squash(serial))
        });
        match status {
            ReceptionStatus::Received => self.received += 1,
            ReceptionStatus::AlreadyReceived => self.already_received += 1,
            ReceptionStatus::Unexpected => self.unexpected += 1,
            ReceptionStatus::Refused => self.refused += 1,
        }
        self.devices.push(ReceptionDevice {
            serial: line.serial.clone(),
            announced,
            id: (!refused).then_some(device.id),
            tag: (!refused).then_some(device.tag),
            status,
            code: refused.then_some(Code::DuplicateSerial),
        });
    }
}

fn add_accessories(
    tx: &mut Tx<'_>,
    actor: &Actor,
    batch: &Batch,
    workshop: OrganisationId,
    parts: &[KitPart],
) -> Result<()> {
    let mut movements = Vec::new();
    let mut stock = store::accessories(tx, workshop)?;
    for part in parts.iter().filter(|part| part.quantity > 0) {
        let there = stock.entry(part.kind).or_default();
        *there = there.saturating_add(part.quantity);
        if *there > super::accessories::FULL {
            let detail = Text::new("Ce stock est trop grand.", "This stock is too large.");
            return Err(Refusal::field("/accessories", Code::OutOfRange, detail).into());
        }
        movements.push(Movement {
            id: tx.new_id(),
            workshop_id: workshop,
            kind: part.kind,
            delta: part.quantity,
            reason: "received".to_owned(),
            batch_id: Some(batch.id),
            device_id: None,
            actor_id: actor.person,
            at: tx.now(),
        });
    }
    store::move_accessories(tx, &movements)
}
