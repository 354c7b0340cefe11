//! Whether the values of a body are of the types that its schema names.

use serde_json::{Map, Value};

use super::{MOST, Shape, child, list};
use crate::{Code, Fields, Text};

impl Shape {
    /// Notes what is missing and what is of another type than its schema says.
    pub(super) fn compare(
        &self,
        schema: &Value,
        value: &Value,
        pointer: &str,
        fields: &mut Fields,
    ) {
        if fields.len() >= MOST {
            return;
        }
        let schema = self.resolve(schema);
        for part in list(schema, "allOf") {
            self.compare(part, value, pointer, fields);
        }
        let choices = list(schema, "oneOf").iter().chain(list(schema, "anyOf"));
        let (nulls, others): (Vec<_>, Vec<_>) = choices.partition(|choice| allows_null(choice));
        if value.is_null() && (allows_null(schema) || !nulls.is_empty()) {
            return;
        }
        // which of several shapes was meant is for serde to say
        if let [only] = others.as_slice() {
            self.compare(only, value, pointer, fields);
        }
        if !fits(schema, value) {
            fields.push(pointer, Code::Invalid, expected(schema));
            return;
        }
        match value {
            Value::Object(members) => self.members(schema, members, pointer, fields),
            Value::Array(items) => {
                if let Some(item) = schema.get("items") {
                    for (index, value) in items.iter().enumerate() {
                        if fields.len() >= MOST {
                            return;
                        }
                        self.compare(item, value, &format!("{pointer}/{index}"), fields);
                    }
                }
            }
            _ => {}
        }
    }

    fn members(
        &self,
        schema: &Value,
        members: &Map<String, Value>,
        pointer: &str,
        fields: &mut Fields,
    ) {
        for name in list(schema, "required").iter().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                let missing = child(pointer, name);
                fields.push(missing, Code::Required, Code::Required.help());
            }
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, value) in members {
            if fields.len() >= MOST {
                return;
            }
            let known = properties.and_then(|properties| properties.get(name));
            let schema = known.or_else(|| schema.get("additionalProperties"));
            if let Some(schema) = schema {
                self.compare(schema, value, &child(pointer, name), fields);
            }
        }
    }
}

/// The types that a schema names; none for any.
fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn allows_null(schema: &Value) -> bool {
    types(schema).contains(&"null")
}

fn format(schema: &Value) -> &str {
    schema.get("format").and_then(Value::as_str).unwrap_or("")
}

fn fits(schema: &Value, value: &Value) -> bool {
    let types = types(schema);
    let of_type = types.is_empty()
        || types.iter().any(|name| match *name {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value
                .as_i64()
                .is_some_and(|number| in_range(schema, number)),
            "number" => value.is_number(),
            "string" => value.as_str().is_some_and(|text| readable(schema, text)),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => true,
        });
    let values = list(schema, "enum");
    of_type && (values.is_empty() || values.contains(value))
}

fn in_range(schema: &Value, number: i64) -> bool {
    let limit = |key| schema.get(key).and_then(Value::as_i64);
    limit("minimum").is_none_or(|least| number >= least)
        && limit("maximum").is_none_or(|most| number <= most)
        && (format(schema) != "int32" || i32::try_from(number).is_ok())
}

fn readable(schema: &Value, text: &str) -> bool {
    match format(schema) {
        "uuid" => text.parse::<crate::Id<()>>().is_ok(),
        "date" => text.parse::<crate::Date>().is_ok(),
        "date-time" => crate::Instant::try_from(text.to_owned()).is_ok(),
        _ => true,
    }
}

/// What a schema asks for.
fn expected(schema: &Value) -> Text {
    let values: Vec<_> = list(schema, "enum")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if !values.is_empty() {
        return Text::one_of(&values.join(", "));
    }
    let name = types(schema).into_iter().find(|name| *name != "null");
    match (name.unwrap_or(""), format(schema)) {
        ("string", "uuid") => Text::new("Un identifiant est attendu.", "An id is expected."),
        ("string", "date") => Text::new(
            "Une date est attendue, comme 2023-02-28.",
            "A date is expected, such as 2023-02-28.",
        ),
        ("string", "date-time") => Text::new(
            "Une date et une heure sont attendues, comme 2023-02-28T09:00:00Z.",
            "A date and a time are expected, such as 2023-02-28T09:00:00Z.",
        ),
        ("string", _) => Text::new("Un texte est attendu.", "A text is expected."),
        ("integer", _) if schema.get("minimum").and_then(Value::as_i64) == Some(0) => Text::new(
            "Un nombre entier, positif ou nul, est attendu.",
            "A whole number, zero or more, is expected.",
        ),
        ("integer", _) => Text::new(
            "Un nombre entier est attendu.",
            "A whole number is expected.",
        ),
        ("number", _) => Text::new("Un nombre est attendu.", "A number is expected."),
        ("boolean", _) => Text::new("true ou false est attendu.", "true or false is expected."),
        ("array", _) => Text::new("Une liste est attendue.", "A list is expected."),
        ("object", _) => Text::new("Un objet est attendu.", "An object is expected."),
        _ => Text::of_serde(""),
    }
}
