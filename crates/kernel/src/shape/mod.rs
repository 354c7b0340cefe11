//! What is wrong with a JSON body, all of it at once and in the reader's language: the body is
//! held against its own schema in the API document. Serde alone stops at the first mistake, in
//! English, lets strangers pass, and takes any character.

mod strangers;
#[cfg(test)]
mod tests;
mod types;

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{Code, FieldError, Fields, Refusal, Text};
use strangers::Place;

/// Mistakes named at the most: a body of a million strangers has a short answer.
const MOST: usize = 100;

/// The schema of a type, with those that it refers to.
#[derive(Debug)]
pub struct Shape {
    root: Value,
    named: Map<String, Value>,
}

static SHAPES: LazyLock<RwLock<HashMap<TypeId, Arc<Shape>>>> = LazyLock::new(RwLock::default);

impl Shape {
    /// Of a type; it is made once.
    pub fn of<T: ToSchema + 'static>() -> Arc<Self> {
        let key = TypeId::of::<T>();
        let known = SHAPES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(shape) = known.get(&key) {
            return Arc::clone(shape);
        }
        drop(known);
        let shape = Arc::new(Self::make::<T>());
        let mut known = SHAPES.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(key).or_insert(shape))
    }

    fn make<T: ToSchema>() -> Self {
        let mut named = Vec::new();
        T::schemas(&mut named);
        let json = |schema| serde_json::to_value(schema).unwrap_or_default();
        Self {
            root: json(T::schema()),
            named: named
                .into_iter()
                .map(|(name, schema)| (name, json(schema)))
                .collect(),
        }
    }

    /// Members that the type does not know, and texts with characters that a field of their
    /// name may not have. Texts of many lines end their lines in one way afterwards.
    pub fn strangers(&self, body: &mut Value) -> Fields {
        let mut found = Fields::default();
        self.look(&[&self.root], body, Place::Body, &mut found);
        found
    }

    /// The same, but not of what is in lists: their items are read one by one.
    pub fn strangers_beside_lists(&self, body: &mut Value) -> Fields {
        let Value::Object(members) = body else {
            return Fields::default();
        };
        let mut beside: Map<String, Value> = members
            .iter()
            .map(|(name, value)| match value {
                Value::Array(_) => (name.clone(), Value::Array(Vec::new())),
                other => (name.clone(), other.clone()),
            })
            .collect();
        let mut found = Fields::default();
        let mut value = Value::Object(std::mem::take(&mut beside));
        self.look(&[&self.root], &mut value, Place::Body, &mut found);
        found
    }

    /// What is missing or of another type than the schema says, a hundred mistakes at the most.
    /// What is deeper than a type, such as a date that is not in the calendar, may not show here.
    pub fn mistakes(&self, body: &Value) -> Fields {
        let mut fields = Fields::default();
        self.compare(&self.root, body, "", &mut fields);
        fields
    }

    /// The schema that a reference names.
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.rsplit('/').next())
            .and_then(|name| self.named.get(name))
            .unwrap_or(schema)
    }

    /// The pointer of a member, escaped as RFC 6901 has it.
    pub fn child(pointer: &str, name: &str) -> String {
        child(pointer, name)
    }

    /// The one mistake at which serde stopped.
    pub fn stopped_at(pointer: String, cause: &str) -> FieldError {
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

    /// Refuses a body for everything that was found: `unknown_field` when it only has
    /// strangers.
    pub fn refusal(errors: Vec<FieldError>) -> Refusal {
        let strangers = errors.iter().all(|error| error.code == Code::UnknownField);
        let code = match strangers && !errors.is_empty() {
            true => Code::UnknownField,
            false => Code::InvalidFields,
        };
        let mut refusal = Refusal::plain(code);
        refusal.errors = errors;
        refusal
    }
}

fn list<'a>(schema: &'a Value, key: &str) -> &'a [Value] {
    schema
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}
