//! What the register says of an association that registers.

use kernel::{Instant, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text_enum! {
    /// What the copy of the register said.
    pub enum RegisterAnswer {
        /// It is there and exists.
        Active = "active",
        /// It is not there.
        NotFound = "not_found",
        /// No register was loaded.
        NotLoaded = "not_loaded",
        /// No number was given to look for.
        NotAsked = "not_asked",
    }
}

/// What the register said when an association was registered; staff read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisterCheck {
    /// What it said.
    pub answer: RegisterAnswer,
    /// The name that was given.
    pub given_name: String,
    /// The name that the register has.
    pub register_name: Option<String>,
    /// The two have little in common: people look whether the number is theirs.
    #[serde(default)]
    pub name_differs: bool,
    /// When it was asked.
    pub checked_at: Instant,
    /// When the copy was loaded.
    pub loaded_at: Option<Instant>,
}
db::json_column!(RegisterCheck);
