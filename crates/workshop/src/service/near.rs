//! For names that led nowhere: what they may have been.

use std::collections::{HashMap, HashSet};

use db::{Db, Result};
use kernel::{Actor, squash};

use super::names::Found;
use super::scan::readings;
use crate::model::Device;
use crate::{rules, store};

/// Suggestions for one name at the most.
const SUGGESTIONS: usize = 3;
/// Names of one list for which serial numbers are tried, some eight hundred each.
const TRIED: usize = 10;
/// Readings of a scanned string that are tried.
const READINGS: usize = 2;

/// For the names that led nowhere: the actor's own devices, by tag and serial number, whose tag
/// or serial number is one character off.
pub(super) fn mistyped(
    db: &mut Db,
    actor: &Actor,
    names: &[String],
    found: &Found,
) -> Result<HashMap<String, Vec<String>>> {
    let mut seen = HashSet::new();
    let lost: Vec<&String> = names
        .iter()
        .filter(|name| !found.by_name.contains_key(*name) && seen.insert(*name))
        .collect();
    let mut near = by_tag(db, actor, &lost)?;
    let lost: Vec<&String> = lost
        .into_iter()
        .filter(|name| !near.contains_key(*name))
        .take(TRIED)
        .collect();
    near.extend(by_serial(db, actor, &lost)?);
    Ok(near)
}

/// What a name may have been, the likeliest first.
type Guesses<'a> = Vec<(&'a String, Vec<String>)>;

fn by_tag(db: &mut Db, actor: &Actor, lost: &[&String]) -> Result<HashMap<String, Vec<String>>> {
    let guesses: Guesses<'_> = lost
        .iter()
        .map(|name| (*name, intake::near_tags(name)))
        .collect();
    let devices = store::by_tags(db, &each_once(&guesses))?;
    let known = named(actor, devices, |device| Some(device.tag.clone()));
    Ok(told(guesses, &known))
}

fn by_serial(db: &mut Db, actor: &Actor, lost: &[&String]) -> Result<HashMap<String, Vec<String>>> {
    let near = |name: &str| {
        let readings = readings(name).into_iter().take(READINGS);
        readings
            .flat_map(|text| rules::near_keys(&squash(text)))
            .collect()
    };
    let guesses: Guesses<'_> = lost.iter().map(|name| (*name, near(name))).collect();
    let devices = store::by_serial_keys(db, &each_once(&guesses))?;
    let known = named(actor, devices, |device| device.serial_key.clone());
    Ok(told(guesses, &known))
}

fn each_once(guesses: &Guesses<'_>) -> Vec<String> {
    let all: HashSet<&String> = guesses.iter().flat_map(|(_, near)| near).collect();
    all.into_iter().cloned().collect()
}

/// The actor's own devices that are still there, as a person recognizes them.
fn named(
    actor: &Actor,
    devices: Vec<Device>,
    key: impl Fn(&Device) -> Option<String>,
) -> HashMap<String, String> {
    let own = |device: &Device| {
        device.is_live() && (actor.is_city() || device.workshop_id == Some(actor.organisation))
    };
    let own = devices.into_iter().filter(own);
    own.filter_map(|device| Some((key(&device)?, device.name())))
        .collect()
}

fn told(guesses: Guesses<'_>, known: &HashMap<String, String>) -> HashMap<String, Vec<String>> {
    let near = |(name, near): (&String, Vec<String>)| {
        let near: Vec<String> = near
            .iter()
            .filter_map(|guess| known.get(guess).cloned())
            .take(SUGGESTIONS)
            .collect();
        (!near.is_empty()).then(|| (name.clone(), near))
    };
    guesses.into_iter().filter_map(near).collect()
}
