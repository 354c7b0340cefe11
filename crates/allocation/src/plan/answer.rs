//! What planning answers: one award per line in the public order and what is
//! left of each kind, or a refusal with its code.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The result of a wave, as printed and published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum Answer {
    /// The wave could be planned.
    Ok {
        /// One per line, in the public order.
        lines: Vec<Award>,
        /// Devices not given, for each kind in stock.
        left_by_kind: BTreeMap<String, u64>,
    },
    /// The instance was refused.
    Error(Refused),
}

/// What one line receives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// The line.
    pub id: String,
    /// The kind it receives; none when it receives nothing.
    pub kind: Option<String>,
    /// How many devices.
    pub qty: u64,
}

/// Why an instance cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The stable code.
    pub code: Code,
    /// What is wrong and where.
    #[serde(default)]
    pub detail: String,
}

impl Refused {
    pub(super) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for Refused {}

/// The codes with which an instance is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The pins ask more than stock, restrictions or caps allow.
    PinNotPossible,
    /// A pin names no line of the wave, or a line already pinned.
    PinUnknown,
    /// A pin names a line that is excluded.
    PinExcluded,
    /// A line that received devices before must name the one kind it received.
    HistoryNeedsOneKind,
    /// The file is malformed.
    InvalidInstance,
}

impl Code {
    /// The code as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PinNotPossible => "pin_not_possible",
            Self::PinUnknown => "pin_unknown",
            Self::PinExcluded => "pin_excluded",
            Self::HistoryNeedsOneKind => "history_needs_one_kind",
            Self::InvalidInstance => "invalid_instance",
        }
    }
}
