//! The devices of a use case in memory: loaded at once, changed one event after the
//! other, each with its line in the log, and written at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use db::{Db, Result, Tx};
use kernel::{AccessoryKind, Actor, DeviceId, DriveId, Instant, OrganisationId};

use crate::custody::{Line, Link};
use crate::model::{Device, Drive, Event, Incoming, Stage};
use crate::rules::{Facts, LastEvent, Stock};
use crate::store::{self, Movement};

/// A device on the bench.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) device: Device,
    /// Of this cycle.
    pub(super) drives: Vec<Drive>,
    pub(super) last: Option<LastEvent>,
    pub(super) client_ids: HashSet<String>,
    stored: Stored,
    drives_changed: bool,
}

/// How a device stands in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    /// Not yet.
    New,
    /// As it is here.
    Same,
    /// As it was before.
    Changed,
}

/// What a line of the log says, beside who and which device.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) event_type: String,
    pub(super) evidence: String,
    pub(super) at: Instant,
    pub(super) note: Option<String>,
    pub(super) client_id: Option<String>,
}

/// What is looked up before a line is decided. What nobody asks for is not read, so that
/// it is not in the way of others either.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Needs {
    /// A line has no number of the sender's, and may be a second click.
    pub(super) last_event: bool,
    /// A line has one.
    pub(super) client_ids: bool,
    /// A line takes a kit.
    pub(super) stock: bool,
}

impl Needs {
    /// Of these lines.
    pub(super) fn of<'a>(lines: impl IntoIterator<Item = &'a Incoming>) -> Self {
        lines.into_iter().fold(Self::default(), |needs, line| Self {
            last_event: needs.last_event || line.client_id.is_none(),
            client_ids: needs.client_ids || line.client_id.is_some(),
            stock: needs.stock || matches!(line.event, Event::Ready {}),
        })
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

    /// Puts a new device on the bench.
    pub(super) fn add(&mut self, device: Device) {
        self.put(device, Stored::New);
    }

    fn put(&mut self, device: Device, stored: Stored) {
        let id = device.id;
        let bench = Bench {
            device,
            drives: Vec::new(),
            last: None,
            client_ids: HashSet::new(),
            stored,
            drives_changed: false,
        };
        if self.benches.insert(id, bench).is_none() {
            self.order.push(id);
        }
    }

    /// Loads the drives, and of logs and stock what the lines at hand ask for.
    pub(super) fn load_facts(&mut self, db: &mut Db, needs: Needs) -> Result<()> {
        let ids = self.order.clone();
        let mut drives = store::of_devices(db, &ids)?;
        for (id, bench) in &mut self.benches {
            let cycle = bench.device.cycle;
            bench.drives = drives.remove(id).unwrap_or_default();
            bench.drives.retain(|drive| drive.cycle == cycle);
        }
        if needs.last_event {
            for (id, last) in store::last_events(db, &ids)? {
                if let Some(bench) = self.benches.get_mut(&id) {
                    bench.last = Some(last);
                }
            }
        }
        if needs.client_ids {
            for (id, client_id) in store::client_ids(db, &ids)? {
                if let Some(bench) = self.benches.get_mut(&id) {
                    bench.client_ids.insert(client_id);
                }
            }
        }
        if needs.stock {
            let workshops: HashSet<_> = self
                .benches
                .values()
                .filter_map(|bench| bench.device.workshop_id)
                .collect();
            for workshop in workshops {
                self.stock.insert(workshop, store::stock(db, workshop)?);
            }
        }
        Ok(())
    }

    /// Another device on the bench has this serial number, and is not gone.
    pub(super) fn has_live_serial(&self, key: &str, but: DeviceId) -> bool {
        self.benches.values().any(|bench| {
            let device = &bench.device;
            device.id != but && device.serial_key.as_deref() == Some(key) && device.is_live()
        })
    }

    pub(super) fn get(&self, id: DeviceId) -> Option<&Bench> {
        self.benches.get(&id)
    }

    /// What the rules want to know of a device.
    pub(super) fn facts<'a>(&'a self, bench: &'a Bench, client_id: Option<&str>) -> Facts<'a> {
        static EMPTY: Stock = BTreeMap::new();
        let stock = bench
            .device
            .workshop_id
            .and_then(|workshop| self.stock.get(&workshop));
        Facts {
            device: &bench.device,
            drives: &bench.drives,
            last: bench.last.as_ref(),
            repeated: client_id.is_some_and(|client_id| bench.client_ids.contains(client_id)),
            stock: stock.unwrap_or(&EMPTY),
        }
    }

    /// Takes over what was decided for a device, and appends the line of its log.
    pub(super) fn apply(
        &mut self,
        tx: &Tx<'_>,
        actor: &Actor,
        mut device: Device,
        drives: Option<Vec<Drive>>,
        record: Record,
    ) -> Result<()> {
        let bench = self
            .benches
            .get_mut(&device.id)
            .ok_or_else(|| db::Error::internal("a device that is not on the bench"))?;
        let line = Line {
            device: device.id,
            seq: bench.device.custody_seq + 1,
            id: tx.new_id(),
            event_type: record.event_type,
            at: record.at,
            recorded_at: tx.now(),
            actor: actor.person,
            organisation: actor.organisation,
            from_stage: bench.device.stage,
            to_stage: device.stage,
            client_id: record.client_id,
            evidence: record.evidence,
            note: record.note,
        };
        let prev_hash = bench.device.custody_head.clone();
        let hash = line.hash(&prev_hash);
        device.custody_seq = line.seq;
        device.custody_head.clone_from(&hash);
        device.updated_at = tx.now();
        if bench.stored == Stored::Same {
            bench.stored = Stored::Changed;
            device.version = bench.device.version + 1;
        }
        bench.last = Some(LastEvent {
            event_type: line.event_type.clone(),
            evidence: line.evidence.clone(),
            actor: actor.person,
        });
        bench.client_ids.extend(line.client_id.clone());
        bench.device = device;
        if let Some(drives) = drives.filter(|drives| *drives != bench.drives) {
            bench.drives = drives;
            bench.drives_changed = true;
        }
        self.links.push(Link {
            line,
            prev_hash,
            hash,
        });
        Ok(())
    }

    /// Moves accessories between the workshop's stock and a device.
    pub(super) fn move_stock(
        &mut self,
        tx: &Tx<'_>,
        actor: &Actor,
        device: &Device,
        changes: &[(AccessoryKind, i32)],
    ) {
        let Some(workshop) = device.workshop_id else {
            return;
        };
        let stock = self.stock.entry(workshop).or_default();
        for (kind, delta) in changes {
            *stock.entry(*kind).or_default() += delta;
            self.movements.push(Movement {
                id: tx.new_id(),
                workshop_id: workshop,
                kind: *kind,
                delta: *delta,
                reason: if *delta < 0 { "ready" } else { "not_ready" }.to_owned(),
                batch_id: None,
                device_id: Some(device.id),
                actor_id: actor.person,
                at: tx.now(),
            });
        }
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
                Stored::Changed => changed.push(bench.device),
            }
            for drive in bench.drives.into_iter().filter(|_| bench.drives_changed) {
                let drive_id: DriveId = drive.id.unwrap_or_else(|| tx.new_id());
                drives.push((*id, drive_id, drive));
            }
        }
        store::insert_all(tx, &new)?;
        store::update_all(tx, &changed)?;
        store::save_drives(tx, drives)?;
        store::append(tx, self.links)?;
        let mut net: BTreeMap<(OrganisationId, AccessoryKind), i32> = BTreeMap::new();
        for movement in &self.movements {
            *net.entry((movement.workshop_id, movement.kind))
                .or_default() += movement.delta;
        }
        for ((workshop, kind), delta) in net {
            if delta != 0 {
                store::adjust_stock(tx, workshop, kind, delta)?;
            }
        }
        store::insert_movements(tx, &self.movements)
    }
}
