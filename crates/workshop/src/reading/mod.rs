//! Reads an event off JSON, field by field, so that every mistake is named at once and at
//! its place, and one bad line of a list spoils no other.

mod correction;
mod reader;
mod repairs;
#[cfg(test)]
mod tests;
mod waste;

use std::collections::BTreeMap;

use kernel::{Code, Grade, Refusal, Shape, Text};
use serde_json::Value;

use correction::corrected;
use reader::{Reader, escape};
use repairs::{repair_corrected, repaired};
use waste::{harvested, scrapped, waste_noted};

use crate::model::{CheckResult, DriveErasure, Event, Incoming};

/// Characters of a short text.
const SHORT: usize = 200;
/// Characters of a long text.
const LONG: usize = 2_000;
/// Drives of one event.
const DRIVES: usize = 100;

/// Reads one event, and what is said about it.
///
/// # Errors
/// `invalid_fields`, with each field at fault.
pub fn incoming(value: &Value) -> Result<Incoming, Refusal> {
    let mut value = value.clone();
    let strangers = Shape::of::<Incoming>().strangers(&mut value);
    let Value::Object(object) = &value else {
        return Err(Refusal::field(
            "",
            Code::Invalid,
            Text::new("Un objet JSON est attendu.", "A JSON object is expected."),
        ));
    };
    let mut reader = Reader {
        object,
        at: String::new(),
        fields: strangers,
    };
    let event = event(&mut reader);
    let at = reader.optional("at");
    let note = reader.optional_text("note", LONG);
    let client_id = reader.number_or_text("client_id", SHORT);
    let operator = reader.optional_text("operator", LONG);
    let device = reader.number_or_text("device", SHORT);
    if !reader.fields.is_empty() {
        return Err(Shape::refusal(reader.fields.into_vec()));
    }
    event
        .map(|event| Incoming {
            event,
            at,
            note,
            client_id,
            operator,
            device,
        })
        .ok_or_else(|| Refusal::plain(Code::InvalidFields)) // no event without a field error
}

/// Reads a correction: an event that says nothing of its type is one.
///
/// # Errors
/// `invalid_fields`, with each field at fault.
pub fn correction(value: &Value) -> Result<Incoming, Refusal> {
    let mut value = value.clone();
    if let Value::Object(object) = &mut value {
        object.entry("type").or_insert_with(|| "corrected".into());
    }
    let read = incoming(&value)?;
    match read.event {
        Event::Corrected { .. } => Ok(read),
        _ => Err(Refusal::field(
            "/type",
            Code::Invalid,
            Text::new(
                "Ici, seul « corrected » est possible.",
                "Only `corrected` is possible here.",
            ),
        )),
    }
}

fn event(reader: &mut Reader<'_>) -> Option<Event> {
    let name: String = reader.required("type")?;
    Some(match name.as_str() {
        "received" => Event::Received {},
        "triaged" => Event::Triaged {
            outcome: reader.required("outcome")?,
        },
        "erased" => Event::Erased {
            drives: drives(reader)?,
        },
        "tested" => tested(reader)?,
        "repair_started" => Event::RepairStarted {},
        "repaired" => repaired(reader)?,
        "repair_corrected" => repair_corrected(reader)?,
        "graded" => Event::Graded {
            cosmetic: reader.required::<Grade>("cosmetic")?,
        },
        "quality_checked" => Event::QualityChecked {
            passed: reader.required("passed")?,
        },
        "ready" => Event::Ready {},
        "scrapped" => scrapped(reader)?,
        "harvested" => harvested(reader),
        "waste_noted" => waste_noted(reader)?,
        "missing" => Event::Missing {},
        "moved" => Event::Moved {
            location: reader.text("location", SHORT)?,
        },
        "returned" => Event::Returned {
            reason: reader.text("reason", LONG)?,
        },
        "corrected" => corrected(reader)?,
        _ => {
            reader.refuse("type", Code::Invalid, unknown_type());
            return None;
        }
    })
}

fn unknown_type() -> Text {
    let types = "received, triaged, erased, tested, repair_started, repaired, repair_corrected, \
                 graded, quality_checked, ready, scrapped, harvested, waste_noted, missing, moved, \
                 returned, corrected";
    Text::new(
        format!("Les types d'événement sont : {types}."),
        format!("The types of events are: {types}."),
    )
}

fn tested(reader: &mut Reader<'_>) -> Option<Event> {
    let checks: Option<BTreeMap<String, CheckResult>> = reader.required("checks");
    let battery_percent: Option<u32> = reader.optional("battery_percent");
    if battery_percent.is_some_and(|percent| percent > 100) {
        let detail = Text::new(
            "Un pourcentage va de 0 à 100.",
            "A percentage goes from 0 to 100.",
        );
        reader.refuse("battery_percent", Code::OutOfRange, detail);
    }
    let checks = checks?;
    if checks.is_empty() || checks.len() > 100 {
        let detail = Text::new("Indiquez de 1 à 100 contrôles.", "Give 1 to 100 checks.");
        reader.refuse("checks", Code::OutOfRange, detail);
    }
    for name in checks.keys() {
        let pointer = format!("{}/checks/{}", reader.at, escape(name));
        reader.fields.text(&pointer, name, SHORT);
    }
    Some(Event::Tested {
        checks,
        battery_percent,
    })
}

fn drives(reader: &mut Reader<'_>) -> Option<Vec<DriveErasure>> {
    let entries: Vec<Value> = reader.required("drives")?;
    if entries.is_empty() || entries.len() > DRIVES {
        let detail = Text::new(
            format!("Indiquez de 1 à {DRIVES} disques ; sans disque, la méthode « absent »."),
            format!("Give 1 to {DRIVES} drives; with no drive, the method `absent`."),
        );
        let code = if entries.is_empty() {
            Code::Required
        } else {
            Code::OutOfRange
        };
        reader.refuse("drives", code, detail);
        return None;
    }
    let mut drives = Vec::with_capacity(entries.len());
    for (n, entry) in entries.iter().enumerate() {
        let at = format!("{}/drives/{n}", reader.at);
        let Value::Object(object) = entry else {
            let detail = Text::new("Un objet JSON est attendu.", "A JSON object is expected.");
            reader.fields.push(at, Code::Invalid, detail);
            continue;
        };
        let fields = std::mem::take(&mut reader.fields);
        let mut inner = Reader { object, at, fields };
        drives.extend(drive(&mut inner));
        reader.fields = inner.fields;
    }
    Some(drives)
}

fn drive(reader: &mut Reader<'_>) -> Option<DriveErasure> {
    // « - » or « ? » is how people say that there is none
    let serial = reader
        .optional_text("serial", SHORT)
        .filter(|serial| !kernel::squash(serial).is_empty());
    let media = reader.optional("media");
    let method = reader.required("method");
    let standard = reader.optional_text("standard", SHORT);
    let tool = reader.optional_text("tool", SHORT);
    let tool_version = reader.optional_text("tool_version", SHORT);
    let started_at = reader.optional("started_at");
    let finished_at = reader.optional("finished_at");
    let result = reader.required("result");
    let report = reader.json("report");
    Some(DriveErasure {
        serial,
        media,
        method: method?,
        standard,
        tool,
        tool_version,
        started_at,
        finished_at,
        result: result?,
        report,
        read: None,
    })
}
