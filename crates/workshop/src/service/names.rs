//! A device by whatever is at hand: its id, its tag or its serial number.

use std::collections::{HashMap, HashSet};

use db::{Db, Result};
use kernel::{Actor, DeviceId, squash};

use crate::model::{Device, DeviceRef};
use crate::store;

/// Finds devices by id, tag or serial number. Names that nobody has are not in the answer.
/// Not scoped: whoever calls it decides whether the asker may see what was found.
///
/// # Errors
/// When the database fails.
pub fn find_devices(db: &mut Db, names: &[String]) -> Result<HashMap<String, DeviceRef>> {
    let found = resolve(db, names, None)?;
    let devices: HashMap<DeviceId, &Device> = found
        .devices
        .iter()
        .map(|device| (device.id, device))
        .collect();
    Ok(found
        .by_name
        .iter()
        .filter_map(|(name, id)| {
            let device = devices.get(id)?;
            let named = DeviceRef {
                id: device.id,
                tag: device.tag.clone(),
                serial: device.serial.clone(),
            };
            Some((name.clone(), named))
        })
        .collect())
}

/// What names led to.
pub(super) struct Found {
    pub(super) by_name: HashMap<String, DeviceId>,
    /// Each once.
    pub(super) devices: Vec<Device>,
}

/// Finds devices by their names. Of several that had the same serial number, the live one
/// in the actor's workshop comes first.
pub(super) fn resolve(db: &mut Db, names: &[String], actor: Option<&Actor>) -> Result<Found> {
    let (mut ids, mut tags, mut keys) = (HashSet::new(), HashSet::new(), HashSet::new());
    for name in names {
        match name.trim().parse::<DeviceId>() {
            Ok(id) => {
                ids.insert(id);
            }
            Err(_) => {
                tags.extend(intake::read_tag(name));
                keys.insert(squash(name));
            }
        }
    }
    keys.remove("");
    let mut by_id: HashMap<DeviceId, Device> = HashMap::new();
    let ids: Vec<_> = ids.into_iter().collect();
    let tags: Vec<_> = tags.into_iter().collect();
    let keys: Vec<_> = keys.into_iter().collect();
    for device in store::by_ids(db, &ids)? {
        by_id.insert(device.id, device);
    }
    let mut by_tag = HashMap::new();
    for device in store::by_tags(db, &tags)? {
        by_tag.insert(device.tag.clone(), device.id);
        by_id.insert(device.id, device);
    }
    let mut by_key: HashMap<String, (u8, DeviceId)> = HashMap::new();
    for device in store::by_serial_keys(db, &keys)? {
        let rank = rank(&device, actor);
        if let Some(key) = device.serial_key.clone() {
            let best = by_key.entry(key).or_insert((rank, device.id));
            *best = (*best).max((rank, device.id));
        }
        by_id.insert(device.id, device);
    }
    let by_name: HashMap<String, DeviceId> = names
        .iter()
        .filter_map(|name| {
            let id = match name.trim().parse::<DeviceId>() {
                Ok(id) => by_id.contains_key(&id).then_some(id),
                Err(_) => intake::read_tag(name)
                    .and_then(|tag| by_tag.get(&tag).copied())
                    .or_else(|| by_key.get(&squash(name)).map(|(_, id)| *id)),
            };
            Some((name.clone(), id?))
        })
        .collect();
    let mut named: Vec<_> = by_name.values().copied().collect();
    named.sort_unstable();
    named.dedup();
    let devices = named.iter().filter_map(|id| by_id.remove(id)).collect();
    Ok(Found { by_name, devices })
}

fn rank(device: &Device, actor: Option<&Actor>) -> u8 {
    let own = actor.is_none_or(|actor| device.workshop_id == Some(actor.organisation));
    u8::from(device.is_live()) * 2 + u8::from(own)
}
