//! The fields of a JSON object, read one by one.

use kernel::{Code, Fields, Text};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Bytes of a tool's report, written as JSON, within an event.
const REPORT: usize = 64 * 1024;

/// An object, where it stands in the body, and the mistakes found so far.
pub(super) struct Reader<'a> {
    pub(super) object: &'a Map<String, Value>,
    pub(super) at: String,
    pub(super) fields: Fields,
}

impl Reader<'_> {
    pub(super) fn refuse(&mut self, name: &str, code: Code, detail: Text) {
        self.fields
            .push(format!("{}/{name}", self.at), code, detail);
    }

    pub(super) fn present(&self, name: &str) -> Option<&Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        match T::deserialize(self.present(name)?) {
            Ok(value) => Some(value),
            Err(cause) => {
                self.refuse(name, Code::Invalid, Text::of_serde(&cause.to_string()));
                None
            }
        }
    }

    pub(super) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if self.present(name).is_none() {
            let detail = Text::new("Ce champ est à remplir.", "This field is required.");
            self.refuse(name, Code::Required, detail);
            return None;
        }
        self.optional(name)
    }

    pub(super) fn text(&mut self, name: &str, max: usize) -> Option<String> {
        let text: String = self.required(name)?;
        let pointer = format!("{}/{name}", self.at);
        self.fields.text(&pointer, &text, max);
        Some(text.trim().to_owned())
    }

    /// An empty text is no text.
    pub(super) fn optional_text(&mut self, name: &str, max: usize) -> Option<String> {
        let text: String = self.optional(name)?;
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let pointer = format!("{}/{name}", self.at);
        self.fields.text(&pointer, text, max);
        Some(text.to_owned())
    }

    /// A scanner may send a bare number where a text is meant.
    pub(super) fn number_or_text(&mut self, name: &str, max: usize) -> Option<String> {
        match self.present(name) {
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => self.optional_text(name, max),
        }
    }

    pub(super) fn json(&mut self, name: &str) -> Option<Value> {
        let value = self.present(name)?.clone();
        if value.to_string().len() > REPORT {
            let detail = Text::new("64 Ko au plus.", "At most 64 KB.");
            self.refuse(name, Code::TooLong, detail);
        }
        Some(value)
    }
}

/// As RFC 6901 asks for a name within a pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
