//! A correction: of a line of the log, of what the device is, or of which one it is.

use kernel::{Code, CustodyEventId, DeviceKind, Text};

use super::reader::Reader;
use super::{LONG, SHORT};
use crate::model::Event;

pub(super) fn corrected(reader: &mut Reader<'_>) -> Option<Event> {
    let event_id: Option<CustodyEventId> = reader.optional("event_id");
    let kind: Option<DeviceKind> = reader.optional("kind");
    let serial = reader.optional_text("serial", SHORT);
    let manufacturer = reader.optional_text("manufacturer", SHORT);
    let model = reader.optional_text("model", SHORT);
    let same_as = reader.optional_text("same_as", SHORT);
    let reason = reader.text("reason", LONG);
    let fields = kind.is_some() || serial.is_some() || manufacturer.is_some() || model.is_some();
    let said = [event_id.is_some(), fields, same_as.is_some()];
    if said.iter().filter(|said| **said).count() != 1 {
        let detail = Text::new(
            "Dites une chose à la fois : la ligne à annuler (event_id), ce qu'est l'appareil (kind, serial, manufacturer, model), ou l'appareil annoncé qu'il est (same_as).",
            "Say one thing at a time: the line to reverse (event_id), what the device is (kind, serial, manufacturer, model), or the announced device that it is (same_as).",
        );
        let code = match said.contains(&true) {
            true => Code::Invalid,
            false => Code::Required,
        };
        reader.refuse("event_id", code, detail);
    }
    Some(Event::Corrected {
        event_id,
        kind,
        serial,
        manufacturer,
        model,
        same_as,
        reason: reason?,
    })
}
