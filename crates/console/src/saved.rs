//! What came of a form: where it leads, what is said there, what the audit log says of it.

use kernel::Text;
use serde::{Deserialize, Serialize};

/// Where a form that was saved leads, and what is said there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Saved {
    pub(crate) location: String,
    pub(crate) flash: Option<(Text, String)>,
    /// What was made or changed, for the audit log.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// What it came to, for the audit log.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// Of what was changed, for a form that saves itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<i32>,
}

impl Saved {
    /// Leads to a path of ours.
    pub(crate) fn at(location: impl Into<String>) -> Self {
        Self {
            location: location.into(),
            flash: None,
            id: None,
            status: None,
            version: None,
        }
    }

    /// Says which version was made, for a form that saves itself.
    #[must_use]
    pub(crate) fn version(mut self, version: i32) -> Self {
        self.version = Some(version);
        self
    }

    /// Says there what was done.
    #[must_use]
    pub(crate) fn saying(mut self, french: &str, english: &str) -> Self {
        let text = Text::new(french.to_owned(), english.to_owned());
        self.flash = Some((text, "success".to_owned()));
        self
    }

    /// Tells there how it went: `kind` is `success`, `info`, `warning` or `danger`.
    #[must_use]
    pub(crate) fn telling(mut self, text: Text, kind: &str) -> Self {
        self.flash = Some((text, kind.to_owned()));
        self
    }

    /// Names what was made or changed, for the audit log.
    #[must_use]
    pub(crate) fn about<T>(mut self, id: kernel::Id<T>) -> Self {
        self.id = Some(id.to_string());
        self
    }

    /// What was made or changed.
    pub(crate) fn made<T>(&self) -> Option<kernel::Id<T>> {
        self.id.as_deref()?.parse().ok()
    }

    /// Says what it came to, for the audit log.
    #[must_use]
    pub(crate) fn with_status(mut self, status: impl ToString) -> Self {
        self.status = Some(status.to_string());
        self
    }
}

/// What the next page says of what was just done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Flash {
    /// The sentence.
    pub(crate) text: String,
    /// `success`, `info`, `warning` or `danger`.
    pub(crate) kind: String,
}
