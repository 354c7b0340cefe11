//! The count at the dock, and the two-sided count that comes of it.

use std::collections::{BTreeMap, HashMap};

use db::{Db, Result, Tx};
use intake::Batch;
use kernel::{Actor, BatchId, Code, DeviceKind, Fields, OrganisationId, Refusal, Text, squash};
use notifications::Message;
use serde_json::json;

use super::ledger::{Ledger, Record};
use crate::model::{
    AccessoryReconciliation, Device, KindReconciliation, KitPart, Reception, ReceptionAnswer,
    ReceptionDevice, ReceptionLine, ReceptionStatus, Reconciliation, Stage,
};
use crate::rules;
use crate::store::{self, KindCount, Movement};

/// Machines of one call at the most.
const LINES: usize = 10_000;

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
    intake::mark_received(tx, actor, &batch)?;
    let workshop = workshop_of(&batch)?;
    let keys: Vec<String> = reception.devices.iter().filter_map(key).collect();
    let mut shelf = Shelf::of(store::by_serial_keys(tx, &keys)?, &batch);
    check(&batch, reception, &shelf)?;

    let mut dock = Dock {
        actor,
        batch: &batch,
        workshop,
        ledger: Ledger::default(),
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
    dock.ledger.write(tx)?;
    add_accessories(tx, actor, &batch, workshop, &reception.accessories)?;
    Ok(answer)
}

fn workshop_of(batch: &Batch) -> Result<OrganisationId> {
    batch
        .workshop_id
        .ok_or_else(|| Refusal::plain(Code::BatchStepNotAllowed).into())
}

fn key(line: &ReceptionLine) -> Option<String> {
    Some(squash(line.serial.as_deref()?)).filter(|key| !key.is_empty())
}

/// The devices that have a serial number of the call, the most fitting one of each.
struct Shelf {
    batch: BatchId,
    by_key: HashMap<String, Device>,
}

impl Shelf {
    fn of(devices: Vec<Device>, batch: &Batch) -> Self {
        let mut shelf = Self {
            batch: batch.id,
            by_key: HashMap::new(),
        };
        for device in devices {
            shelf.put(&device);
        }
        shelf
    }

    fn put(&mut self, device: &Device) {
        let Some(key) = device.serial_key.clone() else { return };
        let rank = self.rank(device);
        let known = self.by_key.get(&key);
        let better = known.is_none_or(|known| known.id == device.id || self.rank(known) < rank);
        if rank > 0 && better {
            self.by_key.insert(key, device.clone());
        }
    }

    /// What is here comes before what is elsewhere, and that before what was given up; what
    /// is gone from another batch does not count.
    fn rank(&self, device: &Device) -> u8 {
        let own = device.batch_id == self.batch;
        match device.stage {
            Stage::Missing | Stage::Scrapped | Stage::Parts if !own => 0,
            Stage::Scrapped | Stage::Parts => 1,
            Stage::Missing => 2,
            _ if !own => 3,
            _ => 4,
        }
    }

    fn find(&self, line: &ReceptionLine) -> Option<&Device> {
        self.by_key.get(&key(line)?)
    }
}

/// Every field at fault, before anything is written.
fn check(batch: &Batch, reception: &Reception, shelf: &Shelf) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    if reception.devices.is_empty() && reception.accessories.is_empty() {
        let detail = Text::new("Indiquez ce qui est arrivé.", "Say what arrived.");
        fields.push("/devices", Code::Required, detail);
    }
    if reception.devices.len() > LINES {
        let detail = Text::new(
            format!("Envoyez {LINES} appareils au plus à la fois."),
            format!("Send {LINES} devices at a time at most."),
        );
        fields.push("/devices", Code::OutOfRange, detail);
    }
    for (n, line) in reception.devices.iter().enumerate().take(LINES) {
        let texts = [
            ("serial", &line.serial),
            ("manufacturer", &line.manufacturer),
            ("model", &line.model),
            ("note", &line.note),
        ];
        for (name, value) in texts {
            let Some(value) = value else { continue };
            let pointer = format!("/devices/{n}/{name}");
            if value.chars().count() > 200 {
                let detail = Text::new("200 caractères au plus.", "At most 200 characters.");
                fields.push(pointer, Code::TooLong, detail);
            } else if value.contains('\0') {
                let detail = Text::new(
                    "Ce texte contient un caractère nul.",
                    "This text contains a NUL character.",
                );
                fields.push(pointer, Code::Invalid, detail);
            }
        }
        if shelf.find(line).is_none() && kind_of(batch, line).is_none() {
            let detail = Text::new(
                "Indiquez le type de cet appareil, que personne n'a annoncé.",
                "Say what this device is: nobody announced it.",
            );
            fields.push(format!("/devices/{n}/kind"), Code::Required, detail);
        }
    }
    for (n, part) in reception.accessories.iter().enumerate() {
        if !(0..=1_000_000).contains(&part.quantity) {
            let detail = Text::new("De 0 à 1 000 000.", "From 0 to 1,000,000.");
            fields.push(
                format!("/accessories/{n}/quantity"),
                Code::OutOfRange,
                detail,
            );
        }
    }
    fields.check()
}

/// What a machine that nobody announced is: as said, or as the whole batch.
fn kind_of(batch: &Batch, line: &ReceptionLine) -> Option<DeviceKind> {
    line.kind.or_else(|| {
        let first = batch.declared.first()?.kind;
        batch
            .declared
            .iter()
            .all(|declared| declared.kind == first)
            .then_some(first)
    })
}

/// Where machines are counted.
struct Dock<'a> {
    actor: &'a Actor,
    batch: &'a Batch,
    workshop: OrganisationId,
    ledger: Ledger,
}

impl Dock<'_> {
    fn known(
        &mut self,
        tx: &Tx<'_>,
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
        let received = rules::receive(device.clone(), self.workshop, tx.now());
        self.ledger.put_loaded(device);
        let device = self.log(tx, received, line, false)?;
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
        let device = Device {
            id: tx.new_id(),
            search_key: intake::search_key(
                &tag,
                serial.as_deref(),
                manufacturer.as_deref(),
                model.as_deref(),
            ),
            tag,
            serial_key: serial.as_deref().map(squash),
            serial,
            kind,
            manufacturer,
            model,
            stage: Stage::Expected,
            grade: None,
            batch_id: self.batch.id,
            donor_id: self.batch.donor_id,
            workshop_id: Some(self.workshop),
            manifest_line: None,
            attributes: "{}".to_owned(),
            hardware: None,
            location: None,
            cycle: 1,
            erasure_proven: false,
            triage: None,
            tests_passed: None,
            tested_by: None,
            quality_checked_by: None,
            kit: None,
            stage_at: tx.now(),
            received_at: None,
            ready_at: None,
            custody_seq: 0,
            custody_head: Vec::new(),
            version: 1,
            updated_at: tx.now(),
        };
        self.ledger.add(device.clone());
        let received = rules::receive(device, self.workshop, tx.now());
        let device = self.log(tx, received, line, true)?;
        Ok((ReceptionStatus::Unexpected, device))
    }

    fn log(
        &mut self,
        tx: &Tx<'_>,
        device: Device,
        line: &ReceptionLine,
        unexpected: bool,
    ) -> Result<Device> {
        let id = device.id;
        let mut evidence = json!({"batch": self.batch.reference, "unexpected": unexpected});
        if device.serial.is_none()
            && let Some(read) = &line.serial
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
        };
        self.ledger.apply(tx, self.actor, device, None, record)?;
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
        match status {
            ReceptionStatus::Received => self.received += 1,
            ReceptionStatus::AlreadyReceived => self.already_received += 1,
            ReceptionStatus::Unexpected => self.unexpected += 1,
            ReceptionStatus::Refused => self.refused += 1,
        }
        self.devices.push(ReceptionDevice {
            serial: line.serial.clone(),
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
    for part in parts.iter().filter(|part| part.quantity > 0) {
        let there = store::stock(tx, workshop)?
            .get(&part.kind)
            .copied()
            .unwrap_or(0);
        if i64::from(there) + i64::from(part.quantity) > i64::from(super::accessories::FULL) {
            let detail = Text::new("Ce stock est trop grand.", "This stock is too large.");
            return Err(Refusal::field("/accessories", Code::OutOfRange, detail).into());
        }
        store::adjust_stock(tx, workshop, part.kind, part.quantity)?;
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
    store::insert_movements(tx, &movements)
}

/// Ends the count: what was announced and not seen is missing, and the donor is told. Of a
/// batch that is closed already, nothing changes.
///
/// # Errors
/// `batch_step_not_allowed`, `not_found`.
pub fn close(tx: &mut Tx<'_>, actor: &Actor, batch_id: BatchId) -> Result<Reconciliation> {
    let batch = intake::batch(tx, actor, batch_id)?;
    let already = batch.status == intake::BatchStatus::Closed;
    intake::mark_closed(tx, actor, &batch)?;
    if already {
        return reconciliation(tx, actor, batch_id);
    }
    let absent = store::expected_of_batch(tx, batch_id)?;
    let mut ledger = Ledger::of(absent.clone());
    let now = tx.now();
    for mut device in absent {
        device.stage = Stage::Missing;
        device.stage_at = now;
        let record = Record {
            event_type: "missing".to_owned(),
            evidence: json!({"batch": batch.reference}).to_string(),
            at: now,
            note: None,
            client_id: None,
        };
        ledger.apply(tx, actor, device, None, record)?;
    }
    ledger.write(tx)?;
    let view = reconciliation(tx, actor, batch_id)?;
    let donor = identity::contacts(tx, batch.donor_id)?;
    let message = Message::BatchClosed {
        reference: batch.reference,
        title: batch.title,
        expected: view.on_manifest,
        received: view.received,
        missing: view.missing,
        unexpected: view.unexpected,
    };
    notifications::push_all(tx, &donor, &message)?;
    Ok(view)
}

/// A batch as it was announced and as it came.
///
/// # Errors
/// `not_found`.
pub fn reconciliation(db: &mut Db, actor: &Actor, batch_id: BatchId) -> Result<Reconciliation> {
    let batch = intake::batch(db, actor, batch_id)?;
    let mut counts: BTreeMap<DeviceKind, (i64, KindCount)> = BTreeMap::new();
    for (kind, count) in store::counts_by_kind(db, batch_id)? {
        counts.entry(kind).or_default().1 = count;
    }
    for declared in &batch.declared {
        counts.entry(declared.kind).or_default().0 += declared.quantity;
    }
    let per_kind: Vec<_> = counts
        .into_iter()
        .map(|(kind, (declared, count))| KindReconciliation {
            kind,
            declared,
            on_manifest: count.on_manifest,
            received: count.received,
            missing: count.on_manifest - count.received,
            unexpected: count.unexpected,
        })
        .collect();
    let sum = |of: fn(&KindReconciliation) -> i64| per_kind.iter().map(of).sum();
    let mut accessories: BTreeMap<_, (i64, i64)> = BTreeMap::new();
    for declared in &batch.accessories {
        accessories.entry(declared.kind).or_default().0 += declared.quantity;
    }
    for (kind, received) in store::accessories_received(db, batch_id)? {
        accessories.entry(kind).or_default().1 = received;
    }
    Ok(Reconciliation {
        batch_id,
        reference: batch.reference,
        status: batch.status.to_string(),
        declared: sum(|kind| kind.declared),
        on_manifest: sum(|kind| kind.on_manifest),
        received: sum(|kind| kind.received),
        missing: sum(|kind| kind.missing),
        unexpected: sum(|kind| kind.unexpected),
        per_kind,
        accessories: accessories
            .into_iter()
            .map(|(kind, (declared, received))| AccessoryReconciliation {
                kind,
                declared,
                received,
            })
            .collect(),
    })
}
