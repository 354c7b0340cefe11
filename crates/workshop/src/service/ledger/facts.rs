//! What is looked up before lines are decided. What nobody asks for is not read, so that it is
//! not in the way of others either.

use std::collections::BTreeSet;

use db::{Db, Result};
use kernel::{DeviceId, squash};

use super::{Bench, Ledger};
use crate::model::{Event, Incoming, Part};
use crate::store;

/// What is looked up before a line is decided. What nobody asks for is not read, so that
/// it is not in the way of others either.
#[derive(Debug, Clone, Default)]
pub(in crate::service) struct Needs {
    /// A line has no number of the sender's, and may be a second click.
    pub(in crate::service) last_event: bool,
    /// The numbers that lines have.
    pub(in crate::service) client_ids: BTreeSet<String>,
    /// A line takes a kit.
    pub(in crate::service) accessories: bool,
    /// Spare parts that lines name, by their keys.
    pub(in crate::service) parts: BTreeSet<String>,
    /// A line corrects a repair.
    pub(in crate::service) repairs: bool,
    /// A line gives a waste note.
    pub(in crate::service) waste: bool,
    /// Drives that lines say something about, by their serial numbers.
    pub(in crate::service) drives: BTreeSet<String>,
}

impl Needs {
    /// Of these lines.
    pub(in crate::service) fn of<'a>(lines: impl IntoIterator<Item = &'a Incoming>) -> Self {
        let mut needs = Self::default();
        for line in lines {
            needs.last_event |= line.client_id.is_none();
            needs.client_ids.extend(line.client_id.clone());
            let parts = match &line.event {
                Event::Ready {} => {
                    needs.accessories = true;
                    None
                }
                Event::WasteNoted { .. } => {
                    needs.waste = true;
                    None
                }
                Event::RepairCorrected { parts, .. } => {
                    needs.repairs = true;
                    parts.as_ref()
                }
                Event::Repaired { parts, .. } => parts.as_ref(),
                Event::Erased { drives } => {
                    let serials = drives.iter().filter_map(|drive| drive.serial.as_deref());
                    needs.drives.extend(serials.map(squash));
                    None
                }
                _ => None,
            };
            let named = Part::named_in(parts).into_iter();
            needs.parts.extend(named.map(|part| part.key()));
        }
        needs
    }
}

impl Ledger {
    /// Loads the drives, and of logs and stock what the lines at hand ask for.
    pub(in crate::service) fn load_facts(&mut self, db: &mut Db, needs: Needs) -> Result<()> {
        let ids = self.order.clone();
        let mut drives = store::of_devices(db, &ids)?;
        for (id, bench) in &mut self.benches {
            let cycle = bench.device.cycle;
            bench.drives = drives.remove(id).unwrap_or_default();
            bench.drives.retain(|drive| drive.cycle == cycle);
        }
        if needs.last_event {
            for (id, last) in store::last_events(db, &ids)? {
                self.on_bench(id, |bench| bench.last = Some(last));
            }
        }
        if !needs.client_ids.is_empty() {
            let mut known = store::client_ids(db, &ids)?;
            known.retain(|(_, client_id)| needs.client_ids.contains(client_id));
            for (id, client_id, event) in store::under_client_ids(db, &known)? {
                self.on_bench(id, |bench| {
                    bench.client_ids.insert(client_id, event);
                });
            }
        }
        if needs.waste {
            for waste in store::waste_of(db, &ids)? {
                self.on_bench(waste.device_id, |bench| bench.waste.push(waste));
            }
        }
        let drives: Vec<String> = needs.drives.iter().cloned().collect();
        self.proven_in = store::proven_in(db, &drives)?;
        self.load_cycles(db)?;
        self.load_transfers(db)?;
        self.load_stock(db, needs)
    }

    /// When the cycles of devices began that came back.
    fn load_cycles(&mut self, db: &mut Db) -> Result<()> {
        let again: Vec<DeviceId> = self
            .benches
            .values()
            .filter(|bench| bench.device.cycle > 1)
            .map(|bench| bench.device.id)
            .collect();
        for (id, at) in store::last_receptions(db, &again)? {
            self.on_bench(id, |bench| bench.cycle_started_at = Some(at));
        }
        Ok(())
    }

    /// Loads the counts of parts in a device's workshop that are not known yet.
    pub(in crate::service) fn know_parts(
        &mut self,
        db: &mut Db,
        id: DeviceId,
        keys: &BTreeSet<String>,
    ) -> Result<()> {
        let bench = self.benches.get(&id);
        let Some(workshop) = bench.and_then(|bench| bench.device.workshop_id) else {
            return Ok(());
        };
        let counts = store::parts(db, workshop, keys)?;
        let stock = self.stock.entry(workshop).or_default();
        for (key, count) in counts {
            stock.parts.entry(key).or_insert(count);
        }
        Ok(())
    }

    fn on_bench(&mut self, id: DeviceId, note: impl FnOnce(&mut Bench)) {
        if let Some(bench) = self.benches.get_mut(&id) {
            note(bench);
        }
    }

    fn load_transfers(&mut self, db: &mut Db) -> Result<()> {
        let on_the_road: BTreeSet<_> = self
            .benches
            .values()
            .filter_map(|bench| bench.device.transfer_id)
            .collect();
        for transfer in store::transfers(db, &on_the_road)? {
            for bench in self.benches.values_mut() {
                if bench.device.transfer_id == Some(transfer.id) {
                    bench.transfer = Some(transfer.clone());
                }
            }
        }
        Ok(())
    }

    /// Kits and parts are one workshop's each; a part that nobody counts is not there.
    fn load_stock(&mut self, db: &mut Db, mut needs: Needs) -> Result<()> {
        if needs.repairs {
            for (id, repair) in store::repairs_of(db, &self.order)? {
                needs.parts.extend(repair.parts.0.iter().map(Part::key));
                self.on_bench(id, |bench| bench.repairs.push(repair));
            }
        }
        if !needs.accessories && needs.parts.is_empty() {
            return Ok(());
        }
        let workshops: BTreeSet<_> = self
            .benches
            .values()
            .flat_map(|bench| [bench.device.workshop_id, bench.bound_for()])
            .flatten()
            .collect();
        for workshop in workshops {
            let stock = self.stock.entry(workshop).or_default();
            if needs.accessories {
                stock.accessories = store::accessories(db, workshop)?;
            }
            stock.parts = store::parts(db, workshop, &needs.parts)?;
        }
        Ok(())
    }
}
