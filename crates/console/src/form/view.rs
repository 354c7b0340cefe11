//! A form as templates see it: what stands in its fields, and what is wrong with them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::fields;

/// A mistake in a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Mistake {
    /// At which field; none when it is about the whole.
    pub(crate) field: Option<String>,
    /// What to do about it.
    pub(crate) text: String,
}

/// A form as templates see it: `form`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FormView {
    pub(super) key: String,
    pub(super) version: Option<String>,
    /// Somebody changed the thing since the form was made; `version` is what is there now.
    pub(super) stale: bool,
    pub(super) values: BTreeMap<String, Value>,
    pub(super) errors: Vec<Mistake>,
}

impl FormView {
    /// One that nothing was typed into.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub(crate) fn empty() -> db::Result<Self> {
        Ok(Self {
            key: identity::token::random()?,
            version: None,
            stale: false,
            values: BTreeMap::new(),
            errors: Vec::new(),
        })
    }

    /// One that shows what is there: the fields of the value, by path.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub(crate) fn filled(value: &impl Serialize) -> db::Result<Self> {
        let mut view = Self::empty()?;
        let json = serde_json::to_value(value)?;
        fields::flatten("", &json, &mut |name, text| view.add(name, text));
        Ok(view)
    }

    /// Says from which version it was made.
    #[must_use]
    pub(crate) fn version(mut self, version: i32) -> Self {
        self.version = Some(version.to_string());
        self
    }

    /// Says that somebody changed the thing meanwhile, and which version is there now: whoever
    /// sends the form again has seen both.
    pub(crate) fn against(&mut self, version: i32) {
        self.version = Some(version.to_string());
        self.stale = true;
    }

    /// Whether it came back.
    pub(crate) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// One with a mistake, for samples.
    pub(crate) fn with_mistake(mut self, field: &str, text: &str) -> Self {
        self.errors.push(Mistake {
            field: Some(field.to_owned()),
            text: text.to_owned(),
        });
        self
    }

    /// Adds a value; a second one of the same name makes a list.
    pub(super) fn add(&mut self, name: &str, value: String) {
        let value = Value::String(value);
        match self.values.get_mut(name) {
            None => {
                self.values.insert(name.to_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(one) => {
                let first = one.take();
                *one = Value::Array(vec![first, value]);
            }
        }
    }
}
