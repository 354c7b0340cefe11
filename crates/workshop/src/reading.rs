//! Reads an event off JSON, field by field, so that every mistake is named at once and at
//! its place, and one bad line of a list spoils no other.

use std::collections::BTreeMap;

use kernel::{Code, Fields, Grade, Refusal, Text};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::model::{CheckResult, DriveErasure, Event, Incoming};

/// Characters of a short text.
const SHORT: usize = 200;
/// Characters of a long text.
const LONG: usize = 2_000;
/// Bytes of a tool's report, written as JSON, within an event.
const REPORT: usize = 64 * 1024;
/// Drives of one event.
const DRIVES: usize = 100;

/// Reads one event, and what is said about it.
///
/// # Errors
/// `invalid_fields`, with each field at fault.
pub fn incoming(value: &Value) -> Result<Incoming, Refusal> {
    let Value::Object(object) = value else {
        return Err(Refusal::field(
            "",
            Code::Invalid,
            Text::new("Un objet JSON est attendu.", "A JSON object is expected."),
        ));
    };
    let mut reader = Reader {
        object,
        at: String::new(),
        fields: Fields::default(),
    };
    let event = event(&mut reader);
    let at = reader.optional("at");
    let note = reader.optional_text("note", LONG);
    let client_id = reader.number_or_text("client_id", SHORT);
    let device = reader.number_or_text("device", SHORT);
    reader.fields.check()?;
    event
        .map(|event| Incoming {
            event,
            at,
            note,
            client_id,
            device,
        })
        .ok_or_else(|| Refusal::plain(Code::InvalidFields)) // no event without a field error
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
        "graded" => Event::Graded {
            cosmetic: reader.required::<Grade>("cosmetic")?,
        },
        "quality_checked" => Event::QualityChecked {
            passed: reader.required("passed")?,
        },
        "ready" => Event::Ready {},
        "scrapped" => {
            let reason = reader.text("reason", LONG);
            let waste_reference = reader.optional_text("waste_reference", SHORT);
            Event::Scrapped {
                reason: reason?,
                waste_reference,
            }
        }
        "harvested" => Event::Harvested {},
        "missing" => Event::Missing {},
        "moved" => Event::Moved {
            location: reader.text("location", SHORT)?,
        },
        "returned" => Event::Returned {
            reason: reader.text("reason", LONG)?,
        },
        _ => {
            reader.refuse("type", Code::Invalid, unknown_type());
            return None;
        }
    })
}

fn unknown_type() -> Text {
    let types = "received, triaged, erased, tested, repair_started, repaired, graded, \
                 quality_checked, ready, scrapped, harvested, missing, moved, returned";
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

fn repaired(reader: &mut Reader<'_>) -> Option<Event> {
    let description = reader.text("description", LONG);
    let minutes: Option<u32> = reader.required("minutes");
    if minutes.is_some_and(|minutes| minutes > 100_000) {
        let detail = Text::new("100 000 minutes au plus.", "At most 100,000 minutes.");
        reader.refuse("minutes", Code::OutOfRange, detail);
    }
    let parts = reader.json("parts");
    Some(Event::Repaired {
        description: description?,
        minutes: minutes?,
        parts,
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
        tool,
        tool_version,
        started_at,
        finished_at,
        result: result?,
        report,
    })
}

struct Reader<'a> {
    object: &'a Map<String, Value>,
    at: String,
    fields: Fields,
}

impl Reader<'_> {
    fn refuse(&mut self, name: &str, code: Code, detail: Text) {
        self.fields
            .push(format!("{}/{name}", self.at), code, detail);
    }

    fn present(&self, name: &str) -> Option<&Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        match T::deserialize(self.present(name)?) {
            Ok(value) => Some(value),
            Err(cause) => {
                let detail = Text::new(
                    format!("Cette valeur n'est pas acceptée : {cause}."),
                    format!("This value is not accepted: {cause}."),
                );
                self.refuse(name, Code::Invalid, detail);
                None
            }
        }
    }

    fn required<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if self.present(name).is_none() {
            let detail = Text::new("Ce champ est à remplir.", "This field is required.");
            self.refuse(name, Code::Required, detail);
            return None;
        }
        self.optional(name)
    }

    fn text(&mut self, name: &str, max: usize) -> Option<String> {
        let text: String = self.required(name)?;
        let pointer = format!("{}/{name}", self.at);
        self.fields.text(&pointer, &text, max);
        self.no_nul(name, &text);
        Some(text.trim().to_owned())
    }

    /// An empty text is no text.
    fn optional_text(&mut self, name: &str, max: usize) -> Option<String> {
        let text: String = self.optional(name)?;
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let pointer = format!("{}/{name}", self.at);
        self.fields.text(&pointer, text, max);
        self.no_nul(name, text);
        Some(text.to_owned())
    }

    /// A scanner may send a bare number where a text is meant.
    fn number_or_text(&mut self, name: &str, max: usize) -> Option<String> {
        match self.present(name) {
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => self.optional_text(name, max),
        }
    }

    /// PostgreSQL keeps every character in a text but this one.
    fn no_nul(&mut self, name: &str, text: &str) {
        if text.contains('\0') {
            let detail = Text::new(
                "Ce texte contient un caractère nul.",
                "This text contains a NUL character.",
            );
            self.refuse(name, Code::Invalid, detail);
        }
    }

    fn json(&mut self, name: &str) -> Option<Value> {
        let value = self.present(name)?.clone();
        if value.to_string().len() > REPORT {
            let detail = Text::new("64 Ko au plus.", "At most 64 KB.");
            self.refuse(name, Code::TooLong, detail);
        }
        Some(value)
    }
}

/// As RFC 6901 asks for a name within a pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{EraseMethod, EraseResult, Triage};

    fn faults(value: &Value) -> Vec<(String, &'static str)> {
        incoming(value)
            .expect_err("refused")
            .errors
            .into_iter()
            .map(|error| (error.pointer.unwrap_or_default(), error.code.as_str()))
            .collect()
    }

    #[test]
    fn a_line_is_read_with_what_is_said_about_it() {
        let line = incoming(&json!({
            "type": "triaged", "outcome": "keep", "at": "2023-03-01T09:00:00Z",
            "note": " ", "client_id": "42", "device": "RS-1", "more": true,
        }))
        .expect("reads");
        assert_eq!(
            line.event,
            Event::Triaged {
                outcome: Triage::Keep
            }
        );
        assert_eq!((line.note, line.client_id.as_deref()), (None, Some("42")));
        assert_eq!(line.event.evidence(), r#"{"outcome":"keep"}"#);
        let bare =
            incoming(&json!({"type": "ready", "client_id": 7, "device": 12_345})).expect("reads");
        assert_eq!(
            (bare.client_id.as_deref(), bare.device.as_deref()),
            (Some("7"), Some("12345"))
        );
    }

    #[test]
    fn every_fault_is_named_at_its_place() {
        let value = json!({"type": "erased", "at": "yesterday", "drives": [
            {"serial": "A", "media": "floppy", "result": "success"}, 7,
            {"method": "purge", "result": 1},
        ]});
        assert_eq!(
            faults(&value),
            [
                ("/drives/0/media".to_owned(), "invalid"),
                ("/drives/0/method".to_owned(), "required"),
                ("/drives/1".to_owned(), "invalid"),
                ("/drives/2/result".to_owned(), "invalid"),
                ("/at".to_owned(), "invalid"),
            ]
        );
        assert_eq!(faults(&json!({})), [("/type".to_owned(), "required")]);
        assert_eq!(
            faults(&json!({"type": "blessed"})),
            [("/type".to_owned(), "invalid")]
        );
        assert_eq!(
            faults(&json!({"type": "erased", "drives": []})),
            [("/drives".to_owned(), "required")]
        );
        assert_eq!(faults(&json!([1])), [(String::new(), "invalid")]);
        assert_eq!(
            faults(&json!({"type": "moved", "location": "a\u{0}b"})).len(),
            1
        );
    }

    #[test]
    fn evidence_of_a_drive_is_complete() {
        let line = incoming(&json!({"type": "erased", "drives": [{
            "serial": "S1", "media": "nvme", "method": "purge", "tool": "nvme-cli",
            "tool_version": "2.4", "finished_at": "2023-03-01T09:00:00Z", "result": "success",
            "report": {"status": "ok"},
        }]}))
        .expect("reads");
        let Event::Erased { drives } = &line.event else {
            panic!("erased")
        };
        assert_eq!(drives[0].method, EraseMethod::Purge);
        assert_eq!(drives[0].result, EraseResult::Success);
        assert!(
            line.event
                .evidence()
                .contains(r#""report":{"status":"ok"}"#)
        );
    }
}
