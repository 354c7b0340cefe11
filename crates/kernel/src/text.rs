//! What people read, in both languages.

use std::borrow::Cow;

/// A sentence in French and in English.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Text {
    /// French, read first.
    pub fr: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// The same sentence twice.
    pub fn new(fr: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self {
            fr: fr.into(),
            en: en.into(),
        }
    }

    /// The values that a choice has.
    pub fn one_of(values: &str) -> Self {
        Self::new(
            format!("Valeurs possibles : {values}."),
            format!("Possible values: {values}."),
        )
    }

    /// Of a value that serde does not take. Its English is not passed on, but for the values
    /// that it would have taken: "unknown variant `x`, expected one of `a`, `b`".
    pub fn of_serde(cause: &str) -> Self {
        let values = cause
            .strip_prefix("unknown variant ")
            .and_then(|rest| rest.split_once("expected "));
        match values {
            // every second piece is between backquotes
            Some((_, values)) => {
                let values: Vec<_> = values.split('`').skip(1).step_by(2).collect();
                Self::one_of(&values.join(", "))
            }
            None => Self::new(
                "Cette valeur n'est pas acceptée ici.",
                "This value is not accepted here.",
            ),
        }
    }
}
