//! What the donor says to the count at the dock.

use kernel::{Actor, DeviceKind, Instant, Language, PersonId, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Batch;

text_enum! {
    /// The donor's answer to the count.
    pub enum DonorAnswer {
        /// The count is right.
        Confirmed = "confirmed",
        /// It is not; the comment says why.
        Contested = "contested",
    }
}
db::text_column!(DonorAnswer);

/// What the donor said to the count, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceptionAnswer {
    /// Confirmed or contested.
    pub answer: DonorAnswer,
    /// In the donor's words.
    pub comment: Option<String>,
    /// The tags of the devices that it contests, where it names some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<String>,
    /// When.
    pub answered_at: Instant,
    /// Who said it.
    #[serde(skip)]
    pub answered_by: PersonId,
}

/// A remark to an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default)]
pub struct Comment {
    /// The remark; required of who contests.
    #[schema(max_length = 2000)]
    pub comment: Option<String>,
    /// The devices that are contested, by tag or serial number; of the batch.
    pub devices: Vec<String>,
}

/// How many devices came of those announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// On the manifest.
    pub expected: i64,
    /// Of these, counted at the dock.
    pub received: i64,
    /// Of these, not.
    pub missing: i64,
    /// Counted, and on no manifest.
    pub unexpected: i64,
}

/// What a link in a mail opens: one batch, for one person.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceptionLink {
    /// The batch.
    pub batch: Batch,
    /// Who was written to.
    pub actor: Actor,
    /// What they read.
    pub language: Language,
    /// Until when the link works.
    pub expires_at: Instant,
}

/// A device that came without being announced, or was announced and did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// Its tag.
    pub tag: String,
    /// Its serial number, when it has one.
    pub serial: Option<String>,
    /// What it is.
    pub kind: DeviceKind,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// True when it was on no manifest.
    pub unexpected: bool,
}
