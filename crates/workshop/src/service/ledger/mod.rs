//! The devices of a use case in memory: loaded at once, changed one event after the
//! other, each with its line in the log, and written at once.

mod effects;
mod facts;

use std::collections::{BTreeMap, HashMap};

use db::{Result, Tx};
use kernel::{Actor, DeviceId, DriveId, Instant, OrganisationId, PersonId};

use effects::write_effects;
pub(super) use facts::Needs;

use crate::custody::{self, Line, Link};
use crate::model::{Device, Drive, EraseMethod, Repair, Stage, Transfer, Waste};
use crate::rules::{self, Correcting, Effects, Facts, LastEvent, Stock};
use crate::state;
use crate::store::{self, Changed, Movement, PartMovement};

/// A device on the bench.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) device: Device,
    /// Of this cycle.
    pub(super) drives: Vec<Drive>,
    pub(super) last: Option<LastEvent>,
    /// What its log has under the senders' numbers at hand.
    pub(super) client_ids: HashMap<String, LastEvent>,
    repairs: Vec<Repair>,
    waste: Vec<Waste>,
    /// What a correction at hand speaks about.
    pub(super) correcting: Correcting,
    /// The shipment with which it is on the road.
    transfer: Option<Transfer>,
    /// When its present cycle began.
    cycle_started_at: Option<Instant>,
    stored: Stored,
    drives_changed: bool,
}

/// How a device stands in the database.
#[derive(Debug)]
enum Stored {
    /// Not yet.
    New,
    /// As it is here.
    Same,
    /// Like this.
    Otherwise(Box<Device>),
}

/// What a line of the log says, beside who and which device.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) event_type: String,
    pub(super) evidence: String,
    pub(super) at: Instant,
    pub(super) note: Option<String>,
    pub(super) client_id: Option<String>,
    /// Who stood at the machine whose key logs it.
    pub(super) operated_by: Option<PersonId>,
}

impl Bench {
    /// The workshop that it is on its way to.
    pub(super) fn bound_for(&self) -> Option<OrganisationId> {
        let transfer = self.transfer.as_ref()?;
        Some(transfer.to_workshop_id)
    }

    /// The next line of its log, which leads to `device`.
    fn line(
        &self,
        tx: &Tx<'_>,
        actor: &Actor,
        device: &Device,
        drives: Option<&[Drive]>,
        record: Record,
    ) -> Line {
        let before = Some(&self.device).filter(|device| !device.is_untold());
        Line {
            device: device.id,
            seq: self.device.custody_seq + 1,
            id: tx.new_id(),
            event_type: record.event_type,
            at: record.at,
            recorded_at: tx.now(),
            actor: actor.person,
            organisation: actor.organisation,
            key: actor.key,
            operated_by: record.operated_by,
            from_stage: self.device.stage,
            to_stage: device.stage,
            client_id: record.client_id,
            evidence: record.evidence,
            note: record.note,
            state: Some(state::line(before, device, drives)),
        }
    }

    /// It is now `device`, with this line at the end of its log.
    fn take_over(&mut self, tx: &Tx<'_>, mut device: Device, link: &Link) {
        let line = &link.line;
        device.custody_seq = line.seq;
        device.custody_head.clone_from(&link.hash);
        custody::seal(&mut device, tx.chain_keys());
        device.updated_at = tx.now();
        device.search_key = rules::search_key(&device);
        let last = LastEvent {
            event_type: line.event_type.clone(),
            evidence: line.evidence.clone(),
            actor: line.actor,
            key: line.key,
            operated_by: line.operated_by,
        };
        if let Some(client_id) = line.client_id.clone() {
            self.client_ids.insert(client_id, last.clone());
        }
        self.last = Some(last);
        if matches!(self.stored, Stored::Same) {
            device.version = self.device.version + 1;
            let before = std::mem::replace(&mut self.device, device);
            self.stored = Stored::Otherwise(Box::new(before));
        } else {
            self.device = device;
        }
    }
}

/// The devices of a use case.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    benches: HashMap<DeviceId, Bench>,
    /// In the order in which they were put here, so that writes are the same each time.
    order: Vec<DeviceId>,
    stock: HashMap<OrganisationId, Stock>,
    links: Vec<Link>,
    movements: Vec<Movement>,
    part_movements: Vec<PartMovement>,
    /// Repairs and waste as they are now, by device; shipments that devices left.
    effects: Vec<(DeviceId, Effects)>,
    /// Where the drives that lines name are proven, as it is stored.
    proven_in: HashMap<String, Vec<store::ProvenIn>>,
}

impl Ledger {
    /// Puts loaded devices on the bench.
    pub(super) fn of(devices: Vec<Device>) -> Self {
        let mut ledger = Self::default();
        for device in devices {
            ledger.put(device, Stored::Same);
        }
        ledger
    }

    /// Puts one more loaded device on the bench.
    pub(super) fn put_loaded(&mut self, device: Device) {
        self.put(device, Stored::Same);
    }

    /// Puts one more loaded device on the bench, to be written before the others: its serial
    /// number becomes another's.
    pub(super) fn put_first(&mut self, device: Device) {
        let id = device.id;
        self.put(device, Stored::Same);
        self.order.retain(|known| *known != id);
        self.order.insert(0, id);
    }

    /// Puts a new device on the bench.
    pub(super) fn add(&mut self, device: Device) {
        self.put(device, Stored::New);
    }

    fn put(&mut self, device: Device, stored: Stored) {
        let id = device.id;
        let bench = Bench {
            cycle_started_at: device.received_at.filter(|_| device.cycle == 1),
            device,
            drives: Vec::new(),
            last: None,
            client_ids: HashMap::new(),
            repairs: Vec::new(),
            waste: Vec::new(),
            correcting: Correcting::default(),
            transfer: None,
            stored,
            drives_changed: false,
        };
        if self.benches.insert(id, bench).is_none() {
            self.order.push(id);
        }
    }

    /// Another device on the bench has this serial number, and is not gone.
    pub(super) fn has_live_serial(&self, key: &str, but: DeviceId) -> bool {
        self.benches.values().any(|bench| {
            let device = &bench.device;
            device.id != but && device.serial_key.as_deref() == Some(key) && device.is_live()
        })
    }

    /// Another device for which the erasure of this drive counts already. A drive that was taken out
    /// of a machine that is scrapped or in parts serves the next, unless it was destroyed.
    pub(super) fn proven_elsewhere(&self, key: &str, but: DeviceId) -> bool {
        let serves = |stage: Stage, method: EraseMethod| match method {
            EraseMethod::Absent => false,
            EraseMethod::Destroy => true,
            _ => !matches!(stage, Stage::Scrapped | Stage::Parts),
        };
        let stored = self.proven_in.get(key).into_iter().flatten();
        let mut stored = stored.filter(|one| !self.benches.contains_key(&one.device));
        let mut at_hand = self.benches.values().filter(|bench| bench.device.id != but);
        stored.any(|one| serves(one.stage, one.method))
            || at_hand.any(|bench| {
                bench.drives.iter().any(|drive| {
                    drive.proven
                        && drive.serial_key == key
                        && (drive.proof.as_ref())
                            .is_some_and(|proof| serves(bench.device.stage, proof.method))
                })
            })
    }

    pub(super) fn get(&self, id: DeviceId) -> Option<&Bench> {
        self.benches.get(&id)
    }

    /// What the rules want to know of a device. `asker` is the organization that asks.
    pub(super) fn facts<'a>(
        &'a self,
        bench: &'a Bench,
        client_id: Option<&str>,
        asker: Option<OrganisationId>,
    ) -> Facts<'a> {
        static EMPTY: Stock = Stock {
            accessories: BTreeMap::new(),
            parts: BTreeMap::new(),
        };
        let stock = bench
            .device
            .workshop_id
            .and_then(|workshop| self.stock.get(&workshop));
        Facts {
            device: &bench.device,
            drives: &bench.drives,
            last: bench.last.as_ref(),
            earlier: client_id.and_then(|client_id| bench.client_ids.get(client_id)),
            stock: stock.unwrap_or(&EMPTY),
            repairs: &bench.repairs,
            waste: &bench.waste,
            arriving_at: bench.bound_for().filter(|to| Some(*to) == asker),
            cycle_started_at: bench.cycle_started_at,
            correcting: &bench.correcting,
        }
    }

    /// What the correction at hand speaks about.
    pub(super) fn set_correcting(&mut self, id: DeviceId, correcting: Correcting) {
        if let Some(bench) = self.benches.get_mut(&id) {
            bench.correcting = correcting;
        }
    }

    /// Takes over what was decided for a device, and appends the line of its log.
    pub(super) fn apply(
        &mut self,
        tx: &Tx<'_>,
        actor: &Actor,
        device: Device,
        drives: Option<Vec<Drive>>,
        record: Record,
    ) -> Result<()> {
        let bench = self
            .benches
            .get_mut(&device.id)
            .ok_or_else(|| db::Error::internal("a device that is not on the bench"))?;
        // of a device whose log has not told them yet, drives are told as soon as they are known
        let untold = bench.device.is_untold();
        let drives = drives.filter(|drives| *drives != bench.drives || untold);
        // a device without a line was not seen yet, and so with no drive either
        let first = bench.device.custody_seq == 0;
        let drives = drives.or_else(|| first.then(Vec::new));
        let line = bench.line(tx, actor, &device, drives.as_deref(), record);
        let prev_hash = bench.device.custody_hash().to_vec();
        let link = Link::after(prev_hash, line, tx.chain_keys());
        if device.cycle != bench.device.cycle || device.received_at != bench.device.received_at {
            bench.cycle_started_at = Some(link.line.at);
        }
        bench.take_over(tx, device, &link);
        if let Some(drives) = drives.filter(|drives| *drives != bench.drives) {
            bench.drives = drives;
            bench.drives_changed = true;
        }
        self.links.push(link);
        Ok(())
    }

    /// Writes devices that did nothing but leave `from`, all of them for the same stage, and
    /// the lines that say so.
    pub(super) fn write_moves(mut self, tx: &mut Tx<'_>, from: Stage) -> Result<()> {
        let benches = self.order.iter().filter_map(|id| self.benches.remove(id));
        let moved: Vec<Device> = benches.map(|bench| bench.device).collect();
        store::move_all(tx, from, &moved)?;
        store::append(tx, self.links)
    }

    /// Writes everything.
    pub(super) fn write(mut self, tx: &mut Tx<'_>) -> Result<()> {
        let (mut new, mut changed, mut drives) = (Vec::new(), Vec::new(), Vec::new());
        for id in &self.order {
            let Some(bench) = self.benches.remove(id) else {
                continue;
            };
            match bench.stored {
                Stored::Same => continue,
                Stored::New => new.push(bench.device),
                Stored::Otherwise(before) => changed.push(Changed {
                    before: *before,
                    after: bench.device,
                }),
            }
            for drive in bench.drives.into_iter().filter(|_| bench.drives_changed) {
                let drive_id: DriveId = drive.id.unwrap_or_else(|| tx.new_id());
                drives.push((*id, drive_id, drive));
            }
        }
        store::insert_all(tx, &new)?;
        store::update_all(tx, changed)?;
        store::save_drives(tx, drives)?;
        store::append(tx, self.links)?;
        store::move_accessories(tx, &self.movements)?;
        store::move_parts(tx, &self.part_movements)?;
        write_effects(tx, self.effects)
    }
}
