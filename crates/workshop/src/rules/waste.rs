//! What a device is as waste: its category, its weight, its waste note.

use super::Asking;
use crate::Settings;
use crate::model::{Device, Event, Waste};

/// What an event says of a device as waste.
#[derive(Default)]
struct Told<'a> {
    reason: Option<&'a String>,
    waste_reference: Option<&'a String>,
    weight_grams: Option<i32>,
}

impl<'a> Told<'a> {
    fn by(event: &'a Event) -> Self {
        match event {
            Event::Scrapped {
                reason,
                waste_reference,
                weight_grams,
            } => Self {
                reason: Some(reason),
                waste_reference: waste_reference.as_ref(),
                weight_grams: *weight_grams,
            },
            Event::Harvested {
                waste_reference,
                weight_grams,
                ..
            } => Self {
                reason: None,
                waste_reference: waste_reference.as_ref(),
                weight_grams: *weight_grams,
            },
            Event::WasteNoted {
                waste_reference,
                weight_grams,
            } => Self {
                reason: None,
                waste_reference: Some(waste_reference),
                weight_grams: *weight_grams,
            },
            _ => Self::default(),
        }
    }
}

/// A device that is scrapped, or taken apart.
pub(super) fn of(device: &Device, asking: &Asking<'_>, settings: &Settings) -> Option<Waste> {
    let told = Told::by(asking.event);
    let (category, usual) = settings.waste(device.kind);
    Some(Waste {
        device_id: device.id,
        workshop_id: device.workshop_id?, // what leaves a workshop is in one
        category: category.to_owned(),
        weight_grams: told.weight_grams.or(usual),
        waste_reference: told.waste_reference.cloned(),
        reason: told.reason.cloned(),
        at: asking.at,
    })
}

/// The waste note often comes days later, with the truck.
pub(super) fn noted(known: Option<&Waste>, event: &Event) -> Option<Waste> {
    let (known, told) = (known?, Told::by(event));
    Some(Waste {
        waste_reference: told.waste_reference.cloned(),
        weight_grams: told.weight_grams.or(known.weight_grams),
        ..known.clone()
    })
}
