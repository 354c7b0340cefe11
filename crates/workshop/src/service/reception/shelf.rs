//! The devices that a call at the dock may mean, and what is wrong with the call.

use std::collections::HashMap;

use intake::Batch;
use kernel::{BatchId, Code, DeviceKind, Fields, Refusal, Text, squash};

use crate::model::{Device, Reception, ReceptionLine, Stage};
use crate::rules::{identity_key, zeros_apart};

/// Machines of one call at the most.
pub(super) const LINES: usize = 10_000;
/// Counts of accessories of one call at the most: a kind or two of each.
const ACCESSORIES: usize = 100;
/// Characters of a text about a machine.
const TEXT: usize = 200;

/// The serial number of a line, for comparison.
pub(super) fn key(line: &ReceptionLine) -> Option<String> {
    Some(squash(line.serial.as_deref()?)).filter(|key| !key.is_empty())
}

/// The devices that have a serial number of the call, the most fitting one of each.
pub(super) struct Shelf {
    batch: BatchId,
    by_key: HashMap<String, Device>,
}

impl Shelf {
    pub(super) fn of(devices: Vec<Device>, batch: &Batch) -> Self {
        let mut shelf = Self {
            batch: batch.id,
            by_key: HashMap::new(),
        };
        for device in devices {
            shelf.put(&device);
        }
        shelf
    }

    pub(super) fn put(&mut self, device: &Device) {
        let Some(key) = device.serial_key.clone() else {
            return;
        };
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
        let serial = device.serial.as_deref().unwrap_or_default();
        let placeholder = identity_key(serial).is_none();
        match device.stage {
            Stage::Missing | Stage::Scrapped | Stage::Parts if !own => 0,
            Stage::Scrapped | Stage::Parts => 1,
            Stage::Missing => 2,
            // a placeholder of a maker's names nothing beyond its own manifest
            _ if !own && placeholder => 0,
            _ if !own => 3,
            _ => 4,
        }
    }

    pub(super) fn find(&self, line: &ReceptionLine) -> Option<&Device> {
        let key = key(line)?;
        self.by_key.get(&key).or_else(|| self.zeros_apart(&key))
    }

    /// The one machine of this batch that is awaited under the number without, or with, its
    /// leading zeros.
    fn zeros_apart(&self, key: &str) -> Option<&Device> {
        let near = zeros_apart(key);
        let mut awaited = near
            .iter()
            .filter_map(|key| self.by_key.get(key))
            .filter(|device| device.batch_id == self.batch)
            .filter(|device| device.manifest_line.is_some());
        let found = awaited.next()?;
        awaited.next().is_none().then_some(found)
    }

    /// Numbers under which lines that were not found may be awaited.
    pub(super) fn others(&self, reception: &Reception) -> Vec<String> {
        let lines = reception.devices.iter().take(LINES).filter_map(key);
        lines
            .filter(|key| !self.by_key.contains_key(key))
            .flat_map(|key| zeros_apart(&key))
            .collect()
    }
}

/// Every field at fault, before anything is written.
pub(super) fn check(batch: &Batch, reception: &Reception, shelf: &Shelf) -> Result<(), Refusal> {
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
    if reception.accessories.len() > ACCESSORIES {
        fields.push("/accessories", Code::OutOfRange, Code::OutOfRange.help());
    }
    for (n, line) in reception.devices.iter().enumerate().take(LINES) {
        check_texts(&mut fields, n, line);
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

fn check_texts(fields: &mut Fields, n: usize, line: &ReceptionLine) {
    let texts = [
        ("serial", &line.serial),
        ("manufacturer", &line.manufacturer),
        ("model", &line.model),
        ("note", &line.note),
    ];
    for (name, value) in texts {
        let Some(value) = value else { continue };
        let pointer = format!("/devices/{n}/{name}");
        if value.chars().count() > TEXT {
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
}

/// What a machine that nobody announced is: as said, or as the whole batch.
pub(super) fn kind_of(batch: &Batch, line: &ReceptionLine) -> Option<DeviceKind> {
    line.kind.or_else(|| {
        let first = batch.declared.first()?.kind;
        batch
            .declared
            .iter()
            .all(|declared| declared.kind == first)
            .then_some(first)
    })
}
