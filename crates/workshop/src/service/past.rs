//! Devices that come with their whole past: written as they are, many at once.

use db::{Result, Tx};
use kernel::{DeviceId, DriveId};

use crate::custody::Link;
use crate::model::{Device, Drive, Repair, Waste};
use crate::store::{self, DriveRow, Movement};

/// Devices and everything that was written about them, ready to be stored. Whoever puts them
/// here answers for it that each step was decided by the rules and each log is a chain.
#[derive(Debug, Default)]
pub struct Past {
    devices: Vec<Device>,
    drives: Vec<DriveRow>,
    events: Vec<Link>,
    movements: Vec<Movement>,
    repairs: Vec<(DeviceId, Repair)>,
    waste: Vec<Waste>,
}

impl Past {
    /// Adds a device as it stands at the end of its log.
    pub fn add(&mut self, device: Device, drives: Vec<(DriveId, Drive)>, log: Vec<Link>) {
        let of_device = |(id, drive)| DriveRow::new(device.id, id, drive);
        self.drives.extend(drives.into_iter().map(of_device));
        self.events.extend(log);
        self.devices.push(device);
    }

    /// Adds accessories that came into a workshop's stock or left it.
    pub fn move_accessories(&mut self, movement: Movement) {
        self.movements.push(movement);
    }

    /// Adds a repair of a device.
    pub fn add_repair(&mut self, device: DeviceId, repair: Repair) {
        self.repairs.push((device, repair));
    }

    /// Adds what a device is as waste.
    pub fn add_waste(&mut self, waste: Waste) {
        self.waste.push(waste);
    }

    /// How many devices there are.
    pub fn devices(&self) -> usize {
        self.devices.len()
    }

    /// How many lines their logs have.
    pub fn events(&self) -> usize {
        self.events.len()
    }
}

/// Stores devices with their past.
///
/// # Errors
/// `stock_too_low` when more accessories left a stock than came; when the database refuses.
pub fn take_over(tx: &mut Tx<'_>, past: &Past) -> Result<()> {
    store::insert_all(tx, &past.devices)?;
    store::insert_drives(tx, &past.drives)?;
    store::append_copies(tx, &past.events)?;
    store::move_accessories(tx, &past.movements)?;
    for (device, repair) in &past.repairs {
        store::save_repair(tx, *device, repair)?;
    }
    past.waste
        .iter()
        .try_for_each(|waste| store::save_waste(tx, waste))
}
