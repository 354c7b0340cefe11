//! What a step changes besides the device: stock, repairs, waste, shipments.

use std::collections::BTreeMap;

use db::{Result, Tx};
use kernel::{Actor, DeviceId};

use super::{Bench, Ledger};
use crate::model::Device;
use crate::rules::Effects;
use crate::store::{self, Movement, PartMovement};

impl Bench {
    fn note(&mut self, effects: &Effects) {
        if let Some(repair) = &effects.repair {
            self.repairs.retain(|known| known.seq != repair.seq);
            self.repairs.push(repair.clone());
        }
        if effects.no_waste {
            self.waste.clear();
        }
        for waste in &effects.waste {
            self.waste.retain(|known| known.category != waste.category);
            self.waste.push(waste.clone());
        }
        if effects.off_the_road.is_some() {
            self.transfer = None;
        }
    }
}

impl Ledger {
    /// Moves accessories and parts between the workshop's stock and a device, and keeps what
    /// else a step changes. To be called before [`Self::apply`], with the device as decided.
    pub(in crate::service) fn move_stock(
        &mut self,
        tx: &Tx<'_>,
        actor: &Actor,
        device: &Device,
        effects: &Effects,
    ) {
        if *effects == Effects::default() {
            return;
        }
        self.keep_movements(tx, actor, device, effects);
        if let Some(bench) = self.benches.get_mut(&device.id) {
            bench.note(effects);
        }
        self.effects.push((device.id, effects.clone()));
    }

    fn keep_movements(&mut self, tx: &Tx<'_>, actor: &Actor, device: &Device, effects: &Effects) {
        // whose kit and parts they are: of the workshop that it stands in before the step
        let before = self.benches.get(&device.id);
        let before = before.and_then(|bench| bench.device.workshop_id);
        let Some(workshop) = before.or(device.workshop_id) else {
            return;
        };
        let stock = self.stock.entry(workshop).or_default();
        for (kind, delta) in &effects.accessories {
            *stock.accessories.entry(*kind).or_default() += delta;
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
        for (part, delta) in &effects.parts {
            *stock.parts.entry(part.key()).or_default() += delta;
            self.part_movements.push(PartMovement {
                id: tx.new_id(),
                workshop_id: workshop,
                part: part.clone(),
                delta: *delta,
                reason: if *delta < 0 { "used" } else { "recovered" }.to_owned(),
                device_id: Some(device.id),
                actor_id: actor.person,
                at: tx.now(),
            });
        }
    }
}

pub(super) fn write_effects(tx: &mut Tx<'_>, effects: Vec<(DeviceId, Effects)>) -> Result<()> {
    let now = tx.now();
    let mut off_the_road: BTreeMap<_, Vec<DeviceId>> = BTreeMap::new();
    for (device, effects) in effects {
        if let Some(repair) = effects.repair {
            store::save_repair(tx, device, &repair)?;
        }
        if effects.no_waste {
            store::remove_waste(tx, device)?;
        }
        for waste in effects.waste {
            store::save_waste(tx, &waste)?;
        }
        if let Some((transfer, outcome)) = effects.off_the_road {
            off_the_road
                .entry((transfer, outcome))
                .or_default()
                .push(device);
        }
    }
    for ((transfer, outcome), devices) in off_the_road {
        store::settle_lines(tx, transfer, &devices, outcome, now)?;
        store::close_if_settled(tx, transfer, now)?;
    }
    Ok(())
}
