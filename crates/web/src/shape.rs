//! What is wrong with the shape of a JSON body, all of it at once and in the reader's
//! language: the body is held against its own schema in the API document. Serde alone
//! stops at the first mistake, in English.

use kernel::{Code, FieldError, Fields, Text};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A schema with those that it refers to.
struct Shape {
    root: Value,
    named: Map<String, Value>,
}

/// What does not fit the schema of `T`. What is deeper than a type, such as a date that is
/// not in the calendar, may not show here.
pub fn mistakes<T: ToSchema>(body: &Value) -> Vec<FieldError> {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let json = |schema| serde_json::to_value(schema).unwrap_or_default();
    let shape = Shape {
        root: json(T::schema()),
        named: named
            .into_iter()
            .map(|(name, schema)| (name, json(schema)))
            .collect(),
    };
    let mut fields = Fields::default();
    shape.compare(&shape.root, body, "", &mut fields);
    fields.into_vec()
}

impl Shape {
    /// The schema that a reference names.
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.rsplit('/').next())
            .and_then(|name| self.named.get(name))
            .unwrap_or(schema)
    }

    fn compare(&self, schema: &Value, value: &Value, pointer: &str, fields: &mut Fields) {
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
            let known = properties.and_then(|properties| properties.get(name));
            let schema = known.or_else(|| schema.get("additionalProperties"));
            if let Some(schema) = schema {
                self.compare(schema, value, &child(pointer, name), fields);
            }
        }
    }
}

fn list<'a>(schema: &'a Value, key: &str) -> &'a [Value] {
    schema
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The pointer of a member, escaped as RFC 6901 has it.
pub fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
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
        "uuid" => text.parse::<kernel::Id<()>>().is_ok(),
        "date" => text.parse::<kernel::Date>().is_ok(),
        "date-time" => kernel::Instant::try_from(text.to_owned()).is_ok(),
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

/// The one mistake at which serde stopped.
pub fn mistake(pointer: String, cause: &str) -> FieldError {
    let quoted = |start: &str| cause.split_once(start)?.1.split('`').next();
    let (pointer, code, detail) = match quoted("missing field `") {
        Some(name) => (child(&pointer, name), Code::Required, Code::Required.help()),
        None => (pointer, Code::Invalid, Text::of_serde(cause)),
    };
    FieldError {
        pointer: Some(pointer),
        line: None,
        column: None,
        code,
        detail,
    }
}

#[cfg(test)]
mod tests {
    #![allow(dead_code)] // the bodies are only ever compared

    use serde_json::json;

    use super::*;

    #[derive(ToSchema)]
    struct Order {
        reference: String,
        kind: kernel::DeviceKind,
        since: kernel::Instant,
        lines: Vec<Line>,
        donor: Option<kernel::DeviceId>,
        accepts: Option<Vec<kernel::DeviceKind>>,
    }

    #[derive(ToSchema)]
    struct Line {
        #[schema(minimum = 0)]
        quantity: i32,
        spare: Option<Box<Part>>,
    }

    #[derive(ToSchema)]
    struct Part {
        name: String,
    }

    fn found(body: &Value) -> Vec<(String, &'static str)> {
        mistakes::<Order>(body)
            .into_iter()
            .map(|error| (error.pointer.unwrap_or_default(), error.code.as_str()))
            .collect()
    }

    #[test]
    fn a_body_that_fits_has_no_mistakes() {
        let body = json!({"reference": "A", "kind": "desktop", "since": "2023-02-28T09:00:00Z",
            "lines": [{"quantity": 3, "spare": null}, {"quantity": 0, "spare": {"name": "x"}}],
            "donor": null, "other": {"unknown": "members are let be"}});
        assert_eq!(found(&body), []);
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let body = json!({"kind": "toaster", "since": "2023-02-30T09:00:00Z",
            "lines": [{"quantity": "3"}, {"spare": {}}, {"quantity": -1}, 7],
            "donor": "Orange", "accepts": ["laptop", "boat"]});
        let mut found = found(&body);
        found.sort();
        let expected = [
            ("/accepts/1", "invalid"),
            ("/donor", "invalid"),
            ("/kind", "invalid"),
            ("/lines/0/quantity", "invalid"),
            ("/lines/1/quantity", "required"),
            ("/lines/1/spare/name", "required"),
            ("/lines/2/quantity", "invalid"),
            ("/lines/3", "invalid"),
            ("/reference", "required"),
            ("/since", "invalid"),
        ];
        assert_eq!(found, expected.map(|(at, code)| (at.to_owned(), code)));
    }

    #[test]
    fn what_is_expected_is_said_in_both_languages() {
        let body = json!({"reference": 7, "kind": "toaster", "since": "now", "lines": []});
        let details = mistakes::<Order>(&body);
        let of = |pointer: &str| {
            let found = details
                .iter()
                .find(|error| error.pointer.as_deref() == Some(pointer));
            found.map(|error| error.detail.clone())
        };
        assert_eq!(
            of("/reference").map(|text| text.fr.into_owned()),
            Some("Un texte est attendu.".to_owned())
        );
        let kinds = of("/kind").map(|text| text.fr.into_owned());
        assert!(kinds.is_some_and(|text| text.starts_with("Valeurs possibles : desktop, laptop")),);
        assert!(of("/since").is_some_and(|text| text.en.contains("2023-02-28T09:00:00Z")));
    }

    #[test]
    fn what_serde_says_is_not_passed_on_in_english() {
        let unknown = mistake(
            "/kind".to_owned(),
            "unknown variant `x`, expected one of `a`, `b`",
        );
        assert_eq!(unknown.detail.fr, "Valeurs possibles : a, b.");
        let one = mistake("/kind".to_owned(), "unknown variant `x`, expected `a`");
        assert_eq!(one.detail.en, "Possible values: a.");
        let missing = mistake("/a".to_owned(), "missing field `b/c`");
        assert_eq!(missing.pointer.as_deref(), Some("/a/b~1c"));
        let other = mistake("/a".to_owned(), "invalid type: map, expected u8");
        assert!(!other.detail.fr.contains("expected"));
    }
}
