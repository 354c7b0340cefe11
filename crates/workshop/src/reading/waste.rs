//! What is said of waste: weights, batteries, the number of the note.

use kernel::{Code, Text};
use serde_json::Value;

use super::reader::Reader;
use super::repairs::parts;
use super::{LONG, SHORT};
use crate::model::{Batteries, Event};

pub(super) fn scrapped(reader: &mut Reader<'_>) -> Option<Event> {
    let reason = reader.text("reason", LONG);
    let waste_reference = reader.optional_text("waste_reference", SHORT);
    let weight_grams = weight(reader);
    let batteries = batteries(reader);
    Some(Event::Scrapped {
        reason: reason?,
        waste_reference,
        weight_grams,
        batteries,
    })
}

pub(super) fn harvested(reader: &mut Reader<'_>) -> Event {
    Event::Harvested {
        parts: parts(reader),
        waste_reference: reader.optional_text("waste_reference", SHORT),
        weight_grams: weight(reader),
        batteries: batteries(reader),
    }
}

pub(super) fn waste_noted(reader: &mut Reader<'_>) -> Option<Event> {
    let batteries = batteries(reader);
    // the batteries' truck may come first
    let waste_reference = match &batteries {
        Some(_) => reader.optional_text("waste_reference", SHORT),
        None => Some(reader.text("waste_reference", SHORT)?),
    };
    Some(Event::WasteNoted {
        waste_reference,
        weight_grams: weight(reader),
        batteries,
    })
}

/// What a device weighed, of a gram to two tons.
fn weight(reader: &mut Reader<'_>) -> Option<i32> {
    let grams: i32 = reader.optional("weight_grams")?;
    if !(1..=2_000_000).contains(&grams) {
        let detail = Text::new(
            "Indiquez un poids en grammes, de 1 à 2 000 000.",
            "Give a weight in grams, from 1 to 2,000,000.",
        );
        reader.refuse("weight_grams", Code::OutOfRange, detail);
    }
    Some(grams)
}

/// Batteries that were taken out: what they weighed, and their note.
fn batteries(reader: &mut Reader<'_>) -> Option<Batteries> {
    let value = reader.present("batteries")?.clone();
    let Value::Object(object) = &value else {
        let detail = Text::new("Un objet JSON est attendu.", "A JSON object is expected.");
        reader.refuse("batteries", Code::Invalid, detail);
        return None;
    };
    let at = format!("{}/batteries", reader.at);
    let fields = std::mem::take(&mut reader.fields);
    let mut inner = Reader { object, at, fields };
    let batteries = Batteries {
        weight_grams: weight(&mut inner),
        waste_reference: inner.optional_text("waste_reference", SHORT),
    };
    reader.fields = inner.fields;
    Some(batteries)
}
