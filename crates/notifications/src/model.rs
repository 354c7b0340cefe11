//! The outbox as staff see it, and as the worker does.

use kernel::{Instant, Language, MessageId, text_enum};
use serde::Serialize;

text_enum! {
    /// How far a message has come.
    pub enum NotificationStatus {
        /// Waits for its first attempt.
        Queued = "queued",
        /// Accepted by the mail server, or written to its file.
        Sent = "sent",
        /// Not accepted yet; it is tried again by itself.
        Failed = "failed",
        /// Refused for good, or too often: a person has to look.
        Dead = "dead",
    }
}
db::text_column!(NotificationStatus);

/// A message in the outbox, without what it says: staff see that somebody was written to
/// and whether it arrived, not the tokens in it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Notification {
    /// Names it.
    #[schema(value_type = String, format = "uuid")]
    pub id: MessageId,
    /// Which message, such as `batch_accepted`.
    pub kind: String,
    /// The address.
    pub to: String,
    /// Whose address it is.
    pub name: String,
    /// In which language.
    pub language: Language,
    /// Its subject line.
    pub subject: String,
    /// How far it has come.
    pub status: NotificationStatus,
    /// Attempts so far, since it was last put into the queue.
    pub attempts: i32,
    /// When it is tried next, while it waits.
    pub due_at: Option<Instant>,
    /// What the mail server said last.
    pub last_error: Option<String>,
    /// Stable over all attempts.
    pub message_id: String,
    /// When it was put into the outbox.
    pub created_at: Instant,
    /// When it left.
    pub sent_at: Option<Instant>,
}

/// Which messages staff want to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this status.
    pub status: Option<NotificationStatus>,
    /// Only to this address; case does not matter.
    pub to: Option<String>,
}

/// A message that a worker has in hand until `locked_until`.
#[derive(Debug, Clone, diesel::Queryable)]
pub(crate) struct Claimed {
    pub(crate) id: MessageId,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) language: Language,
    /// The message as JSON: one that this program cannot read must not block the others.
    pub(crate) data: String,
    pub(crate) message_id: String,
    pub(crate) attempts: i32,
    pub(crate) created_at: Instant,
    pub(crate) locked_until: Instant,
}
