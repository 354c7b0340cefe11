//! A device by whatever is at hand: its id, its tag or its serial number.

use std::collections::{HashMap, HashSet};

use db::{Db, Result};
use kernel::{Actor, DeviceId, squash};

use super::scan::readings;
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
                let readings = readings(name);
                tags.extend(readings.iter().filter_map(|text| intake::read_tag(text)));
                keys.extend(readings.iter().map(|text| squash(text)));
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
                Err(_) => readings(name).iter().find_map(|reading| {
                    intake::read_tag(reading)
                        .and_then(|tag| by_tag.get(&tag).copied())
                        .or_else(|| by_key.get(&squash(reading)).map(|(_, id)| *id))
                }),
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

/// Suggestions for one name at the most.
const SUGGESTIONS: usize = 3;

/// For the names that led nowhere and look like a mistyped tag: the tags of the actor's own
/// devices that they may have been.
pub(super) fn mistyped(
    db: &mut Db,
    actor: &Actor,
    names: &[String],
    found: &Found,
) -> Result<HashMap<String, Vec<String>>> {
    let lost: Vec<(&String, Vec<String>)> = names
        .iter()
        .filter(|name| !found.by_name.contains_key(*name))
        .map(|name| (name, intake::near_tags(name)))
        .filter(|(_, near)| !near.is_empty())
        .collect();
    let tags: HashSet<String> = lost.iter().flat_map(|(_, near)| near.clone()).collect();
    let tags: Vec<String> = tags.into_iter().collect();
    let own = |device: &Device| actor.is_city() || device.workshop_id == Some(actor.organisation);
    let known: HashSet<String> = store::by_tags(db, &tags)?
        .into_iter()
        .filter(own)
        .map(|device| device.tag)
        .collect();
    let near = |(name, near): (&String, Vec<String>)| {
        let near = near.into_iter().filter(|tag| known.contains(tag));
        (name.clone(), near.take(SUGGESTIONS).collect())
    };
    Ok(lost.into_iter().map(near).collect())
}
