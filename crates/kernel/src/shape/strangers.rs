//! What a body has that its schema does not know, and texts with characters that a field of
//! their name may not have.

use serde_json::{Map, Value};

use super::{MOST, Shape, child, list};
use crate::characters::{Lines, as_sent};
use crate::{Code, Fields, Text};

/// Where a value stands, written out only when something is wrong with it.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    Body,
    Member(&'a Self, &'a str),
    Item(&'a Self, usize),
}

impl Place<'_> {
    fn pointer(self) -> String {
        match self {
            Self::Body => String::new(),
            Self::Member(outer, name) => child(&outer.pointer(), name),
            Self::Item(outer, index) => format!("{}/{index}", outer.pointer()),
        }
    }

    /// The name of the member that the value is, or is an item of.
    fn name(&self) -> &str {
        match self {
            Self::Body => "",
            Self::Member(_, name) => name,
            Self::Item(outer, _) => outer.name(),
        }
    }
}

impl Shape {
    /// Notes strangers and misfits, and gives texts of many lines the same ends of lines. What
    /// a schema leaves open is let be.
    pub(super) fn look(
        &self,
        schemas: &[&Value],
        value: &mut Value,
        place: Place<'_>,
        found: &mut Fields,
    ) {
        if found.len() >= MOST {
            return;
        }
        let schemas = self.leaves(schemas);
        match value {
            Value::String(text) if !schemas.iter().any(|schema| is_open(schema)) => {
                take_text(text, place, found);
            }
            Value::Array(items) => {
                let of_items: Vec<_> = schemas.iter().filter_map(|s| s.get("items")).collect();
                if !of_items.is_empty() {
                    for (index, item) in items.iter_mut().enumerate() {
                        self.look(&of_items, item, Place::Item(&place, index), found);
                    }
                }
            }
            Value::Object(members) => self.look_at_members(&schemas, members, place, found),
            _ => {}
        }
    }

    fn look_at_members(
        &self,
        schemas: &[&Value],
        members: &mut Map<String, Value>,
        place: Place<'_>,
        found: &mut Fields,
    ) {
        let objects: Vec<_> = schemas.iter().filter(|schema| is_object(schema)).collect();
        if objects.is_empty() || schemas.iter().any(|schema| is_open(schema)) {
            return;
        }
        for (name, value) in members {
            if found.len() >= MOST {
                return;
            }
            let at = Place::Member(&place, name);
            let known: Vec<_> = objects
                .iter()
                .filter_map(|schema| schema.get("properties")?.get(name))
                .collect();
            if !known.is_empty() {
                self.look(&known, value, at, found);
                continue;
            }
            let free: Vec<_> = objects
                .iter()
                .filter_map(|schema| schema.get("additionalProperties"))
                .filter(|schema| **schema != Value::Bool(false))
                .collect();
            if free.is_empty() {
                found.push(at.pointer(), Code::UnknownField, Code::UnknownField.help());
                continue;
            }
            if let Some(misfit) = Lines::One.misfit(name) {
                found.push(at.pointer(), Code::Invalid, Lines::One.advice(misfit));
            }
            self.look(&free, value, at, found);
        }
    }

    /// The schemas that these are made of, without references.
    fn leaves<'a>(&'a self, schemas: &[&'a Value]) -> Vec<&'a Value> {
        let mut leaves = Vec::with_capacity(schemas.len());
        let mut left: Vec<&Value> = schemas.iter().rev().copied().collect();
        while let Some(schema) = left.pop() {
            let schema = self.resolve(schema);
            let parts = ["allOf", "oneOf", "anyOf"].map(|key| list(schema, key));
            if parts.iter().all(|parts| parts.is_empty()) || schema.get("properties").is_some() {
                leaves.push(schema);
            }
            left.extend(parts.into_iter().flatten());
        }
        leaves
    }
}

fn take_text(text: &mut String, place: Place<'_>, found: &mut Fields) {
    let name = place.name();
    let lines = Lines::of_field(name);
    let sent = as_sent(name, text);
    if *sent != **text {
        *text = sent.into_owned();
    }
    if let Some(misfit) = lines.misfit(text) {
        let advice: Text = lines.advice(misfit);
        found.push(place.pointer(), Code::Invalid, advice);
    }
}

fn is_object(schema: &Value) -> bool {
    schema.get("properties").is_some()
        || schema.get("additionalProperties").is_some()
        || schema.get("type").is_some_and(|kind| match kind {
            Value::String(name) => name == "object",
            Value::Array(names) => names.iter().any(|name| name == "object"),
            _ => false,
        })
}

/// Anything may stand here, or any object.
fn is_open(schema: &Value) -> bool {
    let said = |key| schema.get(key).is_some();
    match schema.get("type") {
        Some(kind) => kind == "object" && !said("properties") && !said("additionalProperties"),
        None => !["properties", "additionalProperties", "enum", "const"]
            .into_iter()
            .any(said),
    }
}
