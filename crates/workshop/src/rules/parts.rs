//! Spare parts: what a repair takes from the counted stock and gives to it.

use std::collections::BTreeMap;

use kernel::{Code, Refusal, Text};
use serde_json::Value;

use super::stages::in_workshop;
use super::{Asking, Change, Facts};
use crate::model::{CountedParts, Device, Part, Repair};

/// Notes a repair, and moves its parts.
pub(super) fn repaired(
    change: &mut Change,
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    (description, minutes): (&str, u32),
    parts: Option<&Value>,
) -> Result<(), Refusal> {
    let Some(workshop_id) = facts.device.workshop_id else {
        return Ok(()); // what is in repair is in a workshop
    };
    let mut shelf = Shelf::of(&facts.stock.parts);
    let counted = shelf.take(facts.device, Part::named_in(parts))?;
    change.effects.parts = shelf.moved;
    change.effects.repair = Some(Repair {
        seq: facts.device.custody_seq + 1,
        workshop_id,
        description: description.to_owned(),
        minutes: i32::try_from(minutes).unwrap_or(i32::MAX),
        parts: CountedParts(counted),
        at: asking.at,
        corrected_at: None,
    });
    Ok(())
}

/// Sets a repair right: what it moved goes back, and what it should have moved moves.
pub(super) fn corrected(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    seq: i32,
    minutes: Option<u32>,
    parts: Option<&Value>,
) -> Result<Change, Refusal> {
    in_workshop(facts, asking)?;
    let repair = facts
        .repairs
        .iter()
        .find(|repair| repair.seq == seq)
        .filter(|repair| Some(repair.workshop_id) == facts.device.workshop_id)
        .ok_or_else(no_such_repair)?;
    let mut repair = repair.clone();
    let mut change = Change::new(facts);
    if let Some(minutes) = minutes {
        repair.minutes = i32::try_from(minutes).unwrap_or(i32::MAX);
    }
    if parts.is_some() {
        let mut shelf = Shelf::of(&facts.stock.parts);
        shelf.put_back(&repair.parts.0);
        let counted = shelf.take(facts.device, Part::named_in(parts))?;
        shelf.none_below_zero(facts.device)?;
        change.effects.parts = shelf.moved;
        repair.parts = CountedParts(counted);
    }
    repair.corrected_at = Some(asking.at);
    change.effects.repair = Some(repair);
    Ok(change)
}

fn no_such_repair() -> Refusal {
    Refusal::field(
        "/repair",
        Code::UnknownReference,
        Text::new(
            "Aucune réparation de cet appareil dans votre atelier ne porte ce numéro.",
            "No repair of this device in your workshop has this number.",
        ),
    )
}

/// What a device that is taken apart gives.
pub(super) fn given(parts: Option<&Value>) -> Vec<(Part, i32)> {
    let named = Part::named_in(parts).into_iter();
    named
        .map(|part| {
            let quantity = part.quantity;
            (part, quantity)
        })
        .collect()
}

/// What a device gave that was never taken apart leaves the stock again.
pub(super) fn taken_back(
    change: &mut Change,
    facts: &Facts<'_>,
    given: Vec<Part>,
) -> Result<(), Refusal> {
    let mut shelf = Shelf::of(&facts.stock.parts);
    for part in given {
        shelf.shift(&part, -part.quantity);
    }
    shelf.none_below_zero(facts.device)?;
    change.effects.parts = shelf.moved;
    Ok(())
}

/// The counts as they are while parts move.
struct Shelf {
    counts: BTreeMap<String, i32>,
    moved: Vec<(Part, i32)>,
}

impl Shelf {
    fn of(counts: &BTreeMap<String, i32>) -> Self {
        Self {
            counts: counts.clone(),
            moved: Vec::new(),
        }
    }

    fn shift(&mut self, part: &Part, delta: i32) {
        *self.counts.entry(part.key()).or_default() += delta;
        self.moved.push((part.clone(), delta));
    }

    fn put_back(&mut self, counted: &[Part]) {
        for part in counted {
            let delta = if part.recovered { -1 } else { 1 };
            self.shift(part, delta * part.quantity);
        }
    }

    /// Moves parts, and says which of them are counted: those that come out of the machine,
    /// and those of which the workshop keeps a count.
    fn take(&mut self, device: &Device, parts: Vec<Part>) -> Result<Vec<Part>, Refusal> {
        let mut counted = Vec::new();
        for part in parts {
            if part.recovered {
                self.shift(&part, part.quantity);
            } else if let Some(there) = self.counts.get(&part.key()).copied() {
                if there < part.quantity {
                    return Err(too_few(device, &part.name(), there.max(0)));
                }
                self.shift(&part, -part.quantity);
            } else {
                continue;
            }
            counted.push(part);
        }
        Ok(counted)
    }

    /// What a wrong repair had given to stock may be used up by now.
    fn none_below_zero(&self, device: &Device) -> Result<(), Refusal> {
        let short = self
            .moved
            .iter()
            .find(|(part, _)| self.counts.get(&part.key()).is_some_and(|count| *count < 0));
        match short {
            None => Ok(()),
            Some((part, _)) => Err(too_few(device, &part.name(), 0)),
        }
    }
}

fn too_few(device: &Device, part: &str, there: i32) -> Refusal {
    Refusal::new(
        Code::StockTooLow,
        Text::new(
            format!(
                "{} : il n'y a que {there} « {part} » en stock.",
                device.name()
            ),
            format!(
                "{}: there are only {there} \"{part}\" in stock.",
                device.name()
            ),
        ),
    )
}
