//! What is read of a machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod components;
mod document;
mod drives;
mod language;
mod system;

use kernel::DeviceKind;
use serde_json::{Value, json};

use super::*;
use crate::model::{Capture, Media};

fn machine(children: &Value) -> Value {
    json!({
        "id": "poste", "class": "system", "vendor": "Exemple SA", "product": "Modèle 3 (0042)",
        "serial": "EX-3-0042", "configuration": {"chassis": "low-profile"},
        "children": [{"id": "core", "class": "bus", "children": children}],
    })
}

fn read_value(value: &Value) -> Capture {
    read(value.to_string().as_bytes()).expect("reads")
}

/// A machine with these parts, and what is read of it.
fn parts(children: Value) -> Capture {
    read_value(&machine(&children))
}
