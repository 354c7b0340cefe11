//! Reads a file `alloc-wave/1`, and says where a mistake is.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::answer::{Code, Refused};
use super::instance::{Cap, Class, Exclude, Instance, Line, Params, Pin, SCHEMA, Wave, Weight};
use super::validate::validate;

impl Instance {
    /// Reads and validates a file.
    ///
    /// # Errors
    /// `invalid_instance` and the codes of contradictory pins and histories, with
    /// a detail that says what and where.
    pub fn read(text: &str) -> Result<Self, Refused> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let instance: Self = serde_json::from_str(text).map_err(|error| locate(text, &error))?;
        validate(&instance)?;
        Ok(instance)
    }
}

/// Turns a reader's error into one that names the place in the document.
fn locate(text: &str, error: &serde_json::Error) -> Refused {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(broken) => return invalid(format!("this is not JSON: {broken}")),
    };
    if !value.is_object() {
        return invalid("the document must be a JSON object".to_owned());
    }
    if let Some(schema) = value.get("schema").filter(|schema| *schema != SCHEMA) {
        return invalid(format!("schema: expected \"{SCHEMA}\", found {schema}"));
    }
    let found = part::<Wave>(&value, "wave")
        .or_else(|| params(&value))
        .or_else(|| each::<Class>(&value, "classes", "id"))
        .or_else(|| each::<Cap>(&value, "caps", "id"))
        .or_else(|| each::<Line>(&value, "lines", "id"))
        .or_else(|| each::<Pin>(&value, "pins", "line"))
        .or_else(|| each::<Exclude>(&value, "excludes", "line"));
    invalid(found.unwrap_or_else(|| error.to_string()))
}

fn invalid(detail: String) -> Refused {
    Refused {
        code: Code::InvalidInstance,
        detail,
    }
}

fn params(document: &Value) -> Option<String> {
    let inner = document
        .get("params")
        .and_then(|params| part::<Weight>(params, "weight"));
    inner
        .map(|found| format!("params.{found}"))
        .or_else(|| part::<Params>(document, "params"))
}

fn part<T: DeserializeOwned>(parent: &Value, name: &str) -> Option<String> {
    fault::<T>(parent.get(name)?).map(|found| format!("{name}{found}"))
}

fn each<T: DeserializeOwned>(document: &Value, name: &str, id: &str) -> Option<String> {
    let Some(items) = document.get(name)?.as_array() else {
        return Some(format!("{name}: expected a list"));
    };
    items.iter().enumerate().find_map(|(at, item)| {
        let found = fault::<T>(item)?;
        let id = item
            .get(id)
            .and_then(Value::as_str)
            .map_or_else(String::new, |id| format!(" ({id})"));
        Some(format!("{name}[{at}]{id}{found}"))
    })
}

/// What is wrong with one object: `.field: …` when one field is to blame.
fn fault<T: DeserializeOwned>(value: &Value) -> Option<String> {
    let error = T::deserialize(value).err()?.to_string();
    let named = ["missing field", "unknown field"]
        .iter()
        .any(|start| error.starts_with(start));
    match value.as_object() {
        Some(fields) if !named => fields
            .keys()
            .find(|field| is_to_blame::<T>(fields, field, &error))
            .map_or_else(
                || Some(format!(": {error}")),
                |field| Some(format!(".{field}: {error}")),
            ),
        _ => Some(format!(": {error}")),
    }
}

/// A field is to blame when the complaint changes once it is gone.
fn is_to_blame<T: DeserializeOwned>(fields: &Map<String, Value>, field: &str, error: &str) -> bool {
    let mut rest = fields.clone();
    rest.remove(field);
    T::deserialize(&Value::Object(rest))
        .err()
        .is_none_or(|other| other.to_string() != error)
}
