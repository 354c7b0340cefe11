//! Repairs and their parts.

use kernel::{Code, Text};
use serde_json::Value;

use super::reader::Reader;
use super::{LONG, SHORT};
use crate::model::Event;

/// Parts of one event.
const PARTS: usize = 100;

pub(super) fn repaired(reader: &mut Reader<'_>) -> Option<Event> {
    let description = reader.text("description", LONG);
    let minutes: Option<u32> = reader.required("minutes");
    check_minutes(reader, minutes);
    let parts = parts(reader);
    Some(Event::Repaired {
        description: description?,
        minutes: minutes?,
        parts,
    })
}

pub(super) fn repair_corrected(reader: &mut Reader<'_>) -> Option<Event> {
    let repair = reader.required("repair");
    let minutes: Option<u32> = reader.optional("minutes");
    check_minutes(reader, minutes);
    let parts = parts(reader);
    let reason = reader.text("reason", LONG);
    if minutes.is_none() && parts.is_none() {
        let detail = Text::new(
            "Indiquez les minutes ou les pièces telles qu'elles auraient dû être.",
            "Give the minutes or the parts as they should have been.",
        );
        reader.refuse("minutes", Code::Required, detail);
    }
    Some(Event::RepairCorrected {
        repair: repair?,
        minutes,
        parts,
        reason: reason?,
    })
}

fn check_minutes(reader: &mut Reader<'_>, minutes: Option<u32>) {
    if minutes.is_some_and(|minutes| minutes > 100_000) {
        let detail = Text::new("100 000 minutes au plus.", "At most 100,000 minutes.");
        reader.refuse("minutes", Code::OutOfRange, detail);
    }
}

/// Parts of an event: what names a kind is counted, so it has to be well-formed; anything
/// else is a remark.
pub(super) fn parts(reader: &mut Reader<'_>) -> Option<Value> {
    let value = reader.json("parts")?;
    let (entries, listed) = match &value {
        Value::Array(entries) => (entries.as_slice(), true),
        one => (std::slice::from_ref(one), false),
    };
    if entries.len() > PARTS {
        let detail = Text::new(
            format!("{PARTS} pièces au plus."),
            format!("At most {PARTS} parts."),
        );
        reader.refuse("parts", Code::OutOfRange, detail);
    }
    for (n, entry) in entries.iter().enumerate() {
        let Value::Object(object) = entry else {
            continue;
        };
        if !object.contains_key("kind") {
            continue;
        }
        let at = match listed {
            true => format!("{}/parts/{n}", reader.at),
            false => format!("{}/parts", reader.at),
        };
        let fields = std::mem::take(&mut reader.fields);
        let mut inner = Reader { object, at, fields };
        part(&mut inner);
        reader.fields = inner.fields;
    }
    Some(value)
}

fn part(reader: &mut Reader<'_>) {
    let kind = reader.text("kind", SHORT);
    if kind.is_some_and(|kind| !kind.is_empty() && kernel::fold(&kind).is_empty()) {
        reader.refuse("kind", Code::Invalid, Code::Invalid.help());
    }
    reader.optional_text("label", SHORT);
    let quantity: Option<i64> = reader.optional("quantity");
    if quantity.is_some_and(|quantity| !(1..=1_000).contains(&quantity)) {
        let detail = Text::new(
            "Indiquez de 1 à 1 000 pièces ; ce qui sort de la machine se dit avec « recovered ».",
            "Give 1 to 1,000 parts; what comes out of the machine is said with `recovered`.",
        );
        reader.refuse("quantity", Code::OutOfRange, detail);
    }
    reader.optional::<bool>("recovered");
}
