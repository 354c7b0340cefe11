//! A device by whatever is at hand: its id, its tag or its serial number.

use std::collections::{BTreeSet, HashMap, HashSet};

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

impl Found {
    /// Without what stands elsewhere: to a workshop, a name that another has is a name that
    /// nobody has. What is on its way to it is within reach.
    pub(super) fn within_reach(mut self, db: &mut Db, actor: &Actor) -> Result<Self> {
        if actor.is_city() {
            return Ok(self);
        }
        let own = |device: &Device| device.workshop_id == Some(actor.organisation);
        let elsewhere = self.devices.iter().filter(|device| !own(device));
        let on_the_road: BTreeSet<_> = elsewhere.filter_map(|device| device.transfer_id).collect();
        let coming: HashSet<_> = store::transfers(db, &on_the_road)?
            .into_iter()
            .filter(|transfer| transfer.to_workshop_id == actor.organisation)
            .map(|transfer| transfer.id)
            .collect();
        self.devices.retain(|device| {
            let comes = device.transfer_id.is_some_and(|id| coming.contains(&id));
            own(device) || comes
        });
        let kept: HashSet<DeviceId> = self.devices.iter().map(|device| device.id).collect();
        self.by_name.retain(|_, id| kept.contains(id));
        Ok(self)
    }
}

/// What names may mean, before anything is looked up.
#[derive(Default)]
struct Meant {
    ids: HashSet<DeviceId>,
    tags: HashSet<String>,
    keys: HashSet<String>,
}

impl Meant {
    fn by(names: &[String]) -> Self {
        let mut meant = Self::default();
        for name in names {
            if let Ok(id) = name.trim().parse::<DeviceId>() {
                meant.ids.insert(id);
                continue;
            }
            let readings = readings(name);
            let tags = readings.iter().filter_map(|text| intake::read_tag(text));
            meant.tags.extend(tags);
            meant.keys.extend(readings.iter().map(|text| squash(text)));
        }
        meant.keys.remove("");
        meant
    }
}

/// What was found of what names may mean.
#[derive(Default)]
struct Known {
    by_id: HashMap<DeviceId, Device>,
    by_tag: HashMap<String, DeviceId>,
    by_key: HashMap<String, (u8, DeviceId)>,
}

impl Known {
    fn load(db: &mut Db, meant: Meant, actor: Option<&Actor>) -> Result<Self> {
        let list = |set: HashSet<String>| -> Vec<String> { set.into_iter().collect() };
        let ids: Vec<_> = meant.ids.into_iter().collect();
        let mut known = Self::default();
        for device in store::by_ids(db, &ids)? {
            known.by_id.insert(device.id, device);
        }
        for device in store::by_tags(db, &list(meant.tags))? {
            known.by_tag.insert(device.tag.clone(), device.id);
            known.by_id.insert(device.id, device);
        }
        for device in store::by_serial_keys(db, &list(meant.keys))? {
            let rank = rank(&device, actor);
            if let Some(key) = device.serial_key.clone() {
                let best = known.by_key.entry(key).or_insert((rank, device.id));
                *best = (*best).max((rank, device.id));
            }
            known.by_id.insert(device.id, device);
        }
        Ok(known)
    }

    fn named(&self, name: &str) -> Option<DeviceId> {
        match name.trim().parse::<DeviceId>() {
            Ok(id) => self.by_id.contains_key(&id).then_some(id),
            Err(_) => readings(name).iter().find_map(|reading| {
                let tag = intake::read_tag(reading);
                tag.and_then(|tag| self.by_tag.get(&tag).copied())
                    .or_else(|| self.by_key.get(&squash(reading)).map(|(_, id)| *id))
            }),
        }
    }
}

/// Finds devices by their names. Of several that had the same serial number, the live one
/// in the actor's workshop comes first.
pub(super) fn resolve(db: &mut Db, names: &[String], actor: Option<&Actor>) -> Result<Found> {
    let mut known = Known::load(db, Meant::by(names), actor)?;
    let by_name: HashMap<String, DeviceId> = names
        .iter()
        .filter_map(|name| Some((name.clone(), known.named(name)?)))
        .collect();
    let mut named: Vec<_> = by_name.values().copied().collect();
    named.sort_unstable();
    named.dedup();
    let devices = named
        .iter()
        .filter_map(|id| known.by_id.remove(id))
        .collect();
    Ok(Found { by_name, devices })
}

fn rank(device: &Device, actor: Option<&Actor>) -> u8 {
    let own = actor.is_none_or(|actor| device.workshop_id == Some(actor.organisation));
    u8::from(device.is_live()) * 2 + u8::from(own)
}
