//! Lots that are lent.

use kernel::{Instant, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a handover says of a lot that is lent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Loan {
    /// When it is due back.
    pub due_at: Instant,
    /// Why it was extended last.
    pub reason: Option<String>,
    /// When nothing of it was with the association any more.
    pub returned_at: Option<Instant>,
}

/// The body that extends a loan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Extension {
    /// The new day.
    pub due_at: Instant,
    /// Why; the association reads it.
    pub reason: String,
}

/// The body that checks devices of a lot in that come back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Return {
    /// The devices, by tag, serial number or id.
    pub devices: Vec<String>,
    /// In what state they come back; the workshop reads it in their logs.
    #[serde(default)]
    pub note: Option<String>,
}

text_enum! {
    /// Which loans to list.
    pub enum LoanFilter {
        /// Something is still with the association.
        Open = "open",
        /// And it was due before now.
        Overdue = "overdue",
        /// Nothing is any more.
        Returned = "returned",
    }
}
