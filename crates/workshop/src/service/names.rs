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

/// Characters of a part of a scanned string that may be a number.
const PART: usize = 5;
/// Parts of a scanned string that are tried.
const PARTS: usize = 4;

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
                tags.extend(readings(name).filter_map(intake::read_tag));
                keys.extend(readings(name).map(squash));
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
                Err(_) => readings(name).find_map(|reading| {
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

/// What a scanner's string may mean: all of it first, then, last to first, its parts, as in
/// `https://…/d/RS-00001-V` or `S/N: CZC0001`.
fn readings(name: &str) -> impl Iterator<Item = &str> {
    let parts = name
        .rsplit(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(move |part| part.len() >= PART && *part != name);
    std::iter::once(name).chain(parts.take(PARTS))
}

#[cfg(test)]
mod tests {
    use super::readings;

    #[test]
    fn a_scanned_string_is_read_whole_and_then_in_parts() {
        let all = |name| readings(name).collect::<Vec<_>>();
        assert_eq!(all("CZC0001"), ["CZC0001"]);
        assert_eq!(all("S/N: CZC0001"), ["S/N: CZC0001", "CZC0001"]);
        let link = "https://ressac.example/d/RS-00001-V";
        assert_eq!(all(link)[..2], [link, "RS-00001-V"]);
    }
}
