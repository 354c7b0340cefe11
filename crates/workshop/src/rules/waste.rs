//! What a device is as waste: its category, its weight, its waste note; and its batteries, which
//! are waste of their own.

use kernel::Instant;

use super::Asking;
use crate::Settings;
use crate::model::{BATTERIES, Batteries, Device, Event, Waste};

/// What an event says of a device as waste.
#[derive(Default)]
struct Told<'a> {
    reason: Option<&'a String>,
    waste_reference: Option<&'a String>,
    weight_grams: Option<i32>,
    batteries: Option<&'a Batteries>,
}

impl<'a> Told<'a> {
    fn by(event: &'a Event) -> Self {
        match event {
            Event::Scrapped {
                reason,
                waste_reference,
                weight_grams,
                batteries,
            } => Self {
                reason: Some(reason),
                waste_reference: waste_reference.as_ref(),
                weight_grams: *weight_grams,
                batteries: batteries.as_ref(),
            },
            Event::Harvested {
                waste_reference,
                weight_grams,
                batteries,
                ..
            }
            | Event::WasteNoted {
                waste_reference,
                weight_grams,
                batteries,
            } => Self {
                reason: None,
                waste_reference: waste_reference.as_ref(),
                weight_grams: *weight_grams,
                batteries: batteries.as_ref(),
            },
            _ => Self::default(),
        }
    }
}

/// A device that is scrapped, or taken apart. What its kind usually weighs includes the
/// batteries; what was weighed is without those that are named.
pub(super) fn of(device: &Device, asking: &Asking<'_>, settings: &Settings) -> Vec<Waste> {
    let Some(workshop_id) = device.workshop_id else {
        return Vec::new(); // what leaves a workshop is in one
    };
    let told = Told::by(asking.event);
    let (category, usual) = settings.waste(device.kind);
    let usual = without(usual, told.batteries);
    let whole = Waste {
        device_id: device.id,
        workshop_id,
        category: category.to_owned(),
        weight_grams: told.weight_grams.or(usual),
        waste_reference: told.waste_reference.cloned(),
        reason: told.reason.cloned(),
        at: asking.at,
    };
    let batteries = told
        .batteries
        .map(|told| taken_out(&whole, told, asking.at));
    [whole].into_iter().chain(batteries).collect()
}

/// The waste note often comes days later, with the truck; the batteries have their own. Weight
/// that batteries take with them is no longer the device's.
pub(super) fn noted(known: &[Waste], asking: &Asking<'_>) -> Vec<Waste> {
    let told = Told::by(asking.event);
    let (batteries, whole): (Vec<_>, Vec<_>) =
        known.iter().partition(|waste| waste.category == BATTERIES);
    let Some(whole) = whole.first() else {
        return Vec::new();
    };
    let before = batteries.first().map(|known| Batteries {
        weight_grams: known.weight_grams,
        waste_reference: known.waste_reference.clone(),
    });
    let after = told.batteries.map(|told| Batteries {
        weight_grams: told
            .weight_grams
            .or(before.as_ref().and_then(|b| b.weight_grams)),
        waste_reference: (told.waste_reference.clone())
            .or(before.as_ref().and_then(|b| b.waste_reference.clone())),
    });
    let left = match &after {
        None => whole.weight_grams,
        Some(after) => without(with(whole.weight_grams, before.as_ref()), Some(after)),
    };
    let whole = Waste {
        waste_reference: told
            .waste_reference
            .or(whole.waste_reference.as_ref())
            .cloned(),
        weight_grams: told.weight_grams.or(left),
        ..(*whole).clone()
    };
    let batteries = after.map(|after| {
        let at = batteries.first().map_or(asking.at, |known| known.at);
        taken_out(&whole, &after, at)
    });
    [whole].into_iter().chain(batteries).collect()
}

fn taken_out(whole: &Waste, told: &Batteries, at: Instant) -> Waste {
    Waste {
        category: BATTERIES.to_owned(),
        weight_grams: told.weight_grams,
        waste_reference: told.waste_reference.clone(),
        at,
        ..whole.clone()
    }
}

fn weight(batteries: Option<&Batteries>) -> i32 {
    batteries.and_then(|b| b.weight_grams).unwrap_or(0)
}

fn with(grams: Option<i32>, batteries: Option<&Batteries>) -> Option<i32> {
    Some(grams?.saturating_add(weight(batteries)))
}

fn without(grams: Option<i32>, batteries: Option<&Batteries>) -> Option<i32> {
    Some((grams? - weight(batteries)).max(0))
}
