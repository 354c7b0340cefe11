//! Who is written to about shipments.

use std::collections::BTreeMap;

use db::{Result, Tx};
use kernel::DeviceKind;
use notifications::{Message, Quantity};

use crate::model::{Device, Transfer};

/// The workshop that receives hears of a shipment once, whatever is in it.
pub(super) fn sent(tx: &mut Tx<'_>, transfer: &Transfer, devices: &[&Device]) -> Result<()> {
    tell(tx, transfer, devices, false)
}

/// What was still on the road to it does not come.
pub(super) fn called_back(tx: &mut Tx<'_>, transfer: &Transfer, devices: &[&Device]) -> Result<()> {
    tell(tx, transfer, devices, true)
}

fn tell(
    tx: &mut Tx<'_>,
    transfer: &Transfer,
    devices: &[&Device],
    called_back: bool,
) -> Result<()> {
    let mut kinds: BTreeMap<DeviceKind, u64> = BTreeMap::new();
    for device in devices {
        *kinds.entry(device.kind).or_default() += 1;
    }
    let sender = transfer.from_workshop_id;
    let message = Message::TransferSent {
        transfer: transfer.id.to_string(),
        workshop: identity::names(tx, &[sender])?
            .remove(&sender)
            .unwrap_or_default(),
        devices: i64::try_from(devices.len()).unwrap_or(i64::MAX),
        quantities: kinds
            .into_iter()
            .map(|(kind, count)| Quantity::of(kind, count))
            .collect(),
        note: transfer.note.clone().filter(|_| !called_back),
        called_back,
    };
    let people = identity::contacts(tx, transfer.to_workshop_id)?;
    notifications::push_all(tx, &people, &message)
}
